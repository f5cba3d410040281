// SPDX-License-Identifier: Apache-2.0
#include "store/blob.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

enum { FOLDERS = 256 }; /* by the digest's first two digits */

struct blob_store {
    int private_fd;
    int public_fd; /* -1: publishes nothing */

    /* After a sync that failed, what the kernel says to be on the disk may not
     * be there, and a sync that succeeds later proves nothing about it: nothing
     * is then taken for stored but what is written anew. */
    atomic_bool doubtful;
    atomic_bool folder_is_synced[FOLDERS]; /* its name is durable */
};

/* "ab/cdef….ext", "new-…", with a NUL. */
struct blob_path {
    char text[BLOB_NAME_BYTES + 2];
};

static struct blob_path path_of(const struct blob *blob)
{
    struct blob_path path;
    snprintf(path.text, sizeof path.text, "%.2s/%s", blob->name,
             blob->name + 2);
    return path;
}

static enum err fail(struct fault *fault, const char *doing, const char *name)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), NULL,
                     "cannot %s the stored file %s: %s", doing, name,
                     strerror(number));
}

/* ---- Opening ----------------------------------------------------------------
 */

static enum err open_folder(const char *path, int *ret_fd, struct fault *fault)
{
    enum err err = folder_make(path, fault);
    if (err)
        return err;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, err_from_errno(errno), path,
                         "cannot open the folder %s: %s", path,
                         strerror(errno));
    *ret_fd = fd;
    return ERR_OK;
}

static bool on_one_file_system(const struct blob_store *store)
{
    struct stat a, b;
    return fstat(store->private_fd, &a) == 0 &&
           fstat(store->public_fd, &b) == 0 && a.st_dev == b.st_dev;
}

enum err blob_store_open(const char *private_folder, const char *public_folder,
                         struct blob_store **ret_store, struct fault *fault)
{
    assert(private_folder);
    assert(ret_store);
    struct blob_store *store = calloc(1, sizeof *store);
    if (!store)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    store->private_fd = store->public_fd = -1;
    enum err err = open_folder(private_folder, &store->private_fd, fault);
    if (!err && public_folder)
        err = open_folder(public_folder, &store->public_fd, fault);
    if (!err && public_folder && !on_one_file_system(store))
        err = fault_set(fault, ERR_UNSUPPORTED, public_folder,
                        "%s and %s must be on one file system: files are "
                        "published by hard links",
                        private_folder, public_folder);
    if (err) {
        blob_store_close(store);
        return err;
    }
    *ret_store = store;
    return ERR_OK;
}

void blob_store_close(struct blob_store *store)
{
    if (!store)
        return;
    fd_close(&store->private_fd);
    fd_close(&store->public_fd);
    free(store);
}

/* ---- Names ------------------------------------------------------------------
 */

static bool is_extension(struct str text)
{
    if (text.len == 0 || text.len > BLOB_EXTENSION_BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return true;
}

enum err blob_parse(struct str text, struct blob *ret_blob)
{
    size_t digits = DIGEST_HEX_BYTES - 1;
    if (text.len <= digits + 1 || text.ptr[digits] != '.' ||
        !is_extension(str_from(text, digits + 1)))
        return ERR_INVALID;
    for (size_t i = 0; i < digits; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return ERR_INVALID;
    }
    return str_to_c(text, ret_blob->name, sizeof ret_blob->name);
}

void blob_public_name(const struct blob *blob, char target[BLOB_PUBLIC_BYTES])
{
    snprintf(target, BLOB_PUBLIC_BYTES, "%.*s.%.*s", BLOB_PUBLIC_DIGITS,
             blob->name, BLOB_EXTENSION_BYTES_MAX,
             blob->name + DIGEST_HEX_BYTES);
}

/* ---- Storing ----------------------------------------------------------------
 */

/* A name beside the others that nobody else takes. */
static struct blob_path new_name(void)
{
    unsigned long long number;
    struct blob_path path;
    random_bytes(&number, sizeof number);
    snprintf(path.text, sizeof path.text, "new-%016llx", number);
    return path;
}

static enum err write_beside(int folder, const char *name, struct str bytes,
                             struct fault *fault)
{
    DEFER(fd_close)
    int fd =
        openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(fault, "create", name);
    if (fd_write_all(fd, bytes) && fsync(fd) == 0)
        return ERR_OK;
    enum err err = fail(fault, "write", name);
    unlinkat(folder, name, 0);
    return err;
}

static bool sync_folder(int parent, const char *name)
{
    DEFER(fd_close)
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

static bool is_stored(struct blob_store *store, const struct blob_path *path,
                      size_t size)
{
    struct stat info;
    return !atomic_load(&store->doubtful) &&
           fstatat(store->private_fd, path->text, &info, AT_SYMLINK_NOFOLLOW) ==
               0 &&
           S_ISREG(info.st_mode) && (size_t)info.st_size == size;
}

/* Who made the folder may have died before its name was durable: each process
 * makes sure once. */
static enum err make_folder(struct blob_store *store,
                            const struct blob_path *path, const char *folder,
                            struct fault *fault)
{
    atomic_bool *synced =
        &store->folder_is_synced[strtoul(folder, NULL, 16) % FOLDERS];
    if (mkdirat(store->private_fd, folder, 0700) < 0 && errno != EEXIST)
        return fail(fault, "make the folder of", path->text);
    if (atomic_load(synced))
        return ERR_OK;
    if (fsync(store->private_fd) < 0) {
        enum err err = fail(fault, "sync the folder of", path->text);
        unlinkat(store->private_fd, folder, AT_REMOVEDIR); /* if it is new */
        return err;
    }
    atomic_store(synced, true);
    return ERR_OK;
}

/* Puts bytes at path: the file is whole or not there. */
static enum err store_at(struct blob_store *store, const struct blob_path *path,
                         const char *folder, struct str bytes,
                         struct fault *fault)
{
    enum err made = make_folder(store, path, folder, fault);
    if (made)
        return made;
    struct blob_path beside = new_name();
    enum err err = write_beside(store->private_fd, beside.text, bytes, fault);
    if (err)
        return err;
    if (renameat(store->private_fd, beside.text, store->private_fd,
                 path->text) == 0)
        return ERR_OK;
    err = fail(fault, "name", path->text);
    unlinkat(store->private_fd, beside.text, 0);
    return err;
}

enum err blob_put(struct blob_store *store, struct str bytes,
                  struct str extension, struct blob *ret_blob,
                  struct fault *fault)
{
    assert(store);
    assert(ret_blob);
    if (!is_extension(extension))
        return fault_set(fault, ERR_INVALID, "extension",
                         "an extension is one to %d lower-case letters or "
                         "digits, such as \"webp\"",
                         BLOB_EXTENSION_BYTES_MAX);
    if (bytes.len > BLOB_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the file has %zu bytes; %d are the most", bytes.len,
                         BLOB_BYTES_MAX);
    char digest[DIGEST_HEX_BYTES];
    digest_hex(bytes, digest);
    struct blob blob;
    snprintf(blob.name, sizeof blob.name, "%s.%.*s", digest, (int)extension.len,
             extension.ptr);
    struct blob_path path = path_of(&blob);
    char folder[3] = {blob.name[0], blob.name[1], '\0'};
    enum err err = ERR_OK;
    if (!is_stored(store, &path, bytes.len))
        err = store_at(store, &path, folder, bytes, fault);
    if (!err && !sync_folder(store->private_fd, folder)) {
        err = fail(fault, "sync the folder of", path.text);
        atomic_store(&store->doubtful, true);
    }
    if (!err)
        *ret_blob = blob;
    return err;
}

enum err blob_remove(struct blob_store *store, const struct blob *blob,
                     struct fault *fault)
{
    struct blob_path path = path_of(blob);
    if (unlinkat(store->private_fd, path.text, 0) < 0 && errno != ENOENT)
        return fail(fault, "remove", blob->name);
    return ERR_OK;
}

/* ---- Reading ----------------------------------------------------------------
 */

enum err blob_open(struct blob_store *store, const struct blob *blob,
                   int *ret_fd, int64_t *ret_size, struct fault *fault)
{
    struct blob_path path = path_of(blob);
    int fd =
        openat(store->private_fd, path.text, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail(fault, "open", blob->name);
    struct stat info;
    if (fstat(fd, &info) < 0) {
        enum err err = fail(fault, "read", blob->name);
        close(fd);
        return err;
    }
    *ret_fd = fd;
    *ret_size = info.st_size;
    return ERR_OK;
}

enum err blob_read(struct blob_store *store, const struct blob *blob,
                   size_t max_bytes, struct arena *arena, struct str *ret_bytes,
                   struct fault *fault)
{
    int64_t size;
    DEFER(fd_close) int fd = -1;
    enum err err = blob_open(store, blob, &fd, &size, fault);
    if (err)
        return err;
    if ((uint64_t)size > max_bytes)
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the stored file %s is larger than %zu bytes",
                         blob->name, max_bytes);
    char *bytes = arena_alloc(arena, (size_t)size + 1, 1);
    errno = EIO;
    if (!fd_read_all(fd, bytes, (size_t)size))
        return fail(fault, "read", blob->name);
    char digest[DIGEST_HEX_BYTES];
    digest_hex(str_of(bytes, (size_t)size), digest);
    if (memcmp(digest, blob->name, DIGEST_HEX_BYTES - 1) != 0)
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "the stored file %s is damaged: its bytes are not "
                         "those that were stored. Restore it from a backup",
                         blob->name);
    *ret_bytes = str_of(bytes, (size_t)size);
    return ERR_OK;
}

/* ---- Publishing -------------------------------------------------------------
 */

enum err blob_link_public(struct blob_store *store, const struct blob *blob,
                          bool *ret_new, struct fault *fault)
{
    assert(store->public_fd >= 0);
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(blob, name);
    struct blob_path path = path_of(blob);
    int result =
        linkat(store->private_fd, path.text, store->public_fd, name, 0);
    if (result < 0 && errno != EEXIST)
        return fail(fault, "publish", blob->name);
    if (ret_new)
        *ret_new = result == 0;
    return ERR_OK;
}

enum err blob_sync_public(struct blob_store *store, struct fault *fault)
{
    if (fsync(store->public_fd) < 0)
        return fail(fault, "sync", "the public folder");
    return ERR_OK;
}

enum err blob_unpublish(struct blob_store *store, const struct blob *blob,
                        struct fault *fault)
{
    assert(store->public_fd >= 0);
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(blob, name);
    if (unlinkat(store->public_fd, name, 0) < 0 && errno != ENOENT)
        return fail(fault, "withdraw", blob->name);
    return ERR_OK;
}

bool blob_is_public(struct blob_store *store, const struct blob *blob)
{
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(blob, name);
    return store->public_fd >= 0 &&
           faccessat(store->public_fd, name, F_OK, 0) == 0;
}
