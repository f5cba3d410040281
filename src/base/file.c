// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

static enum err system_fault(struct fault *fault, const char *doing,
                             const char *path)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), path, "cannot %s %s: %s",
                     doing, path, strerror(number));
}

void fd_close(const int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

enum err file_open(const char *path, int *ret_fd, struct fault *fault)
{
    assert(path);
    assert(ret_fd);
    struct stat info;
    *ret_fd = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return system_fault(fault, "open", path);
    enum err err = ERR_OK;
    if (fstat(fd, &info) < 0)
        err = system_fault(fault, "read", path);
    else if (S_ISDIR(info.st_mode))
        err = fault_set(fault, ERR_INVALID, path, "%s is a folder, not a file",
                        path);
    if (err)
        close(fd);
    else
        *ret_fd = fd;
    return err;
}

enum err file_read_some(int fd, const char *path, char *target, size_t len,
                        size_t *ret_len, struct fault *fault)
{
    ssize_t got;
    do
        got = read(fd, target, len);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return system_fault(fault, "read", path);
    *ret_len = (size_t)got;
    return ERR_OK;
}

enum err file_read(const char *path, size_t max_bytes, struct arena *arena,
                   struct str *ret_bytes, struct fault *fault)
{
    assert(ret_bytes);
    DEFER(fd_close) int fd;
    enum err err = file_open(path, &fd, fault);
    if (err)
        return err;
    struct stat info;
    if (fstat(fd, &info) < 0)
        return system_fault(fault, "read", path);
    if ((uint64_t)info.st_size > max_bytes)
        return fault_set(fault, ERR_TOO_LONG, path,
                         "%s is larger than %zu bytes", path, max_bytes);
    size_t capacity = (size_t)info.st_size, len = 0, got = 1;
    char *bytes = arena_alloc(arena, capacity + 1, 1);
    while (!err && got && len < capacity) {
        err =
            file_read_some(fd, path, bytes + len, capacity - len, &got, fault);
        len += err ? 0 : got;
    }
    *ret_bytes = str_of(bytes, len);
    return err;
}

static bool sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    ptrdiff_t slash = str_find_last_char(str_from_c(path), '/');
    struct str name = slash > 0 ? str_of(path, (size_t)slash) : STR(".");
    if (str_to_c(name, folder, sizeof folder))
        return false;
    DEFER(fd_close) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

enum err file_write_atomic(const char *path, struct str bytes,
                           struct fault *fault)
{
    assert(path);
    char beside[PATH_MAX];
    int len = snprintf(beside, sizeof beside, "%s.new-XXXXXX", path);
    if (len < 0 || (size_t)len >= sizeof beside)
        return fault_set(fault, ERR_TOO_LONG, path, "the path %s is too long",
                         path);
    DEFER(fd_close) int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return system_fault(fault, "create a file beside", path);
    if (!fd_write_all(fd, bytes) || fchmod(fd, 0644) < 0 || fsync(fd) < 0 ||
        rename(beside, path) < 0) {
        enum err err = system_fault(fault, "write", path);
        unlink(beside);
        return err;
    }
    if (!sync_folder_of(path))
        return system_fault(fault, "sync the folder of", path);
    return ERR_OK;
}

enum err folder_make(const char *path, struct fault *fault)
{
    assert(path);
    char part[PATH_MAX];
    enum err err = str_to_c(str_from_c(path), part, sizeof part);
    if (err)
        return fault_set(fault, err, path,
                         "the path of the folder is too long");
    for (char *at = part + 1; *at; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        if (mkdir(part, 0755) < 0 && errno != EEXIST)
            return system_fault(fault, "make the folder", part);
        *at = '/';
    }
    struct stat info;
    if (mkdir(part, 0755) < 0 && errno != EEXIST)
        return system_fault(fault, "make the folder", part);
    if (stat(part, &info) < 0 || !S_ISDIR(info.st_mode)) {
        errno = ENOTDIR;
        return system_fault(fault, "use as a folder", part);
    }
    return ERR_OK;
}

bool fd_read_all(int fd, char *target, size_t len)
{
    while (len) {
        ssize_t got = read(fd, target, len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        target += got;
        len -= (size_t)got;
    }
    return true;
}

bool fd_write_all(int fd, struct str bytes)
{
    while (bytes.len) {
        ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes = str_from(bytes, (size_t)put);
    }
    return true;
}
