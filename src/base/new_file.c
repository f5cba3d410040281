// SPDX-License-Identifier: Apache-2.0
#include "base/new_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"

enum { FD_PATH_BYTES = 40 };

static enum err fail(struct fault *fault, const char *doing, const char *path)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), path, "cannot %s %s: %s",
                     doing, path, strerror(number));
}

enum err path_folder(const char *path, char target[PATH_MAX])
{
    ptrdiff_t slash = str_find_last_char(str_from_c(path), '/');
    struct str folder = slash < 0    ? STR(".")
                        : slash == 0 ? STR("/")
                                     : str_of(path, (size_t)slash);
    return str_to_c(folder, target, PATH_MAX);
}

bool write_whole(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes = str_from(bytes, (size_t)put);
    }
    return true;
}

/* A name beside path that nobody else takes. */
static enum err name_beside(struct new_file *file, struct fault *fault)
{
    unsigned number;
    random_bytes(&number, sizeof number);
    int len = snprintf(file->beside, sizeof file->beside, "%s.new-%08x",
                       file->path, number);
    if (len > 0 && (size_t)len < sizeof file->beside)
        return ERR_OK;
    file->beside[0] = '\0';
    return fault_set(fault, ERR_TOO_LONG, file->path, "the path %s is too long",
                     file->path);
}

static bool is_unknown_to_the_file_system(int number)
{
    return number == EOPNOTSUPP || number == EISDIR || number == EINVAL;
}

enum err new_file_begin(struct new_file *file, const char *path,
                        struct fault *fault)
{
    char folder[PATH_MAX];
    *file = (struct new_file){.fd = -1, .path = path};
    enum err err = path_folder(path, folder);
    if (err)
        return fault_set(fault, err, path, "the path %s is too long", path);
    file->fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    if (file->fd >= 0)
        return ERR_OK;
    if (!is_unknown_to_the_file_system(errno))
        return fail(fault, "write into the folder", folder);
    err = name_beside(file, fault);
    if (err)
        return err;
    file->fd =
        open(file->beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file->fd < 0) {
        err = fail(fault, "write into the folder", folder);
        file->beside[0] = '\0';
    }
    return err;
}

/* Gives a file that has no name one beside its own. */
static enum err give_name(struct new_file *file, struct fault *fault)
{
    char from[FD_PATH_BYTES];
    if (file->beside[0])
        return ERR_OK;
    enum err err = name_beside(file, fault);
    if (err)
        return err;
    snprintf(from, sizeof from, "/proc/self/fd/%d", file->fd);
    if (linkat(AT_FDCWD, from, AT_FDCWD, file->beside, AT_SYMLINK_FOLLOW) < 0) {
        file->beside[0] = '\0';
        return fail(fault, "name", file->path);
    }
    return ERR_OK;
}

static bool take_place(const struct new_file *file, bool replace)
{
    if (replace)
        return rename(file->beside, file->path) == 0;
    if (renameat2(AT_FDCWD, file->beside, AT_FDCWD, file->path,
                  RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EINVAL)
        return false;
    if (access(file->path, F_OK) == 0) { /* the best there is without it */
        errno = EEXIST;
        return false;
    }
    return rename(file->beside, file->path) == 0;
}

static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    if (path_folder(path, folder))
        return false;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool synced = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return synced;
}

enum err new_file_commit(struct new_file *file, bool replace,
                         struct fault *fault)
{
    assert(file->fd >= 0);
    if (fsync(file->fd) < 0)
        return fail(fault, "write", file->path);
    enum err err = give_name(file, fault);
    if (err)
        return err;
    if (!take_place(file, replace)) {
        if (errno == EEXIST)
            return fault_set(fault, ERR_EXISTS, file->path,
                             "%s is there already", file->path);
        return fail(fault, "name", file->path);
    }
    file->beside[0] = '\0';
    if (!sync_folder(file->path))
        return fail(fault, "sync the folder of", file->path);
    return ERR_OK;
}

void new_file_end(struct new_file *file)
{
    if (file->beside[0])
        unlink(file->beside);
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    file->beside[0] = '\0';
}

enum err file_without_name(const char *folder, int *ret_fd, struct fault *fault)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 && is_unknown_to_the_file_system(errno)) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/.broadsheet-XXXXXX", folder);
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
    }
    if (fd < 0)
        return fail(fault, "write into the folder", folder);
    *ret_fd = fd;
    return ERR_OK;
}
