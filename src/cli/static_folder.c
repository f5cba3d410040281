// SPDX-License-Identifier: Apache-2.0
#include "cli/static_folder.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/new_file.h"
#include "render/compress.h"

#define LIST STATIC_FOLDER_PRIVATE "/files"

enum {
    NAME_BYTES_MAX = 4096,
    COMPRESSED_BYTES_LEAST = 1024, /* below, a packet holds it anyway */
    COMPRESSED_BYTES_MAX = 64 << 20,
    STEP_BYTES = 64 * 1024,
    DEPTH_MAX = 64,
};

struct static_file {
    struct str name;
    bool put; /* in this run */
};

static enum err fail(const struct static_folder *folder, const char *doing,
                     const char *name, struct fault *fault)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), name, "cannot %s %s/%s: %s",
                     doing, folder->path, name, strerror(number));
}

/* ---- The list of what was made ---------------------------------------------
 */

static enum err note_name(struct static_folder *folder, struct str name,
                          struct static_file **ret_file)
{
    void *old;
    struct static_file *file = map_get(&folder->made, name);
    if (!file) {
        file = arena_new(&folder->arena, struct static_file);
        file->name = arena_copy(&folder->arena, name);
        enum err err = map_set(&folder->made, file->name, file, &old);
        if (err)
            return err;
    }
    *ret_file = file;
    return ERR_OK;
}

static enum err read_list(struct static_folder *folder)
{
    char line[NAME_BYTES_MAX];
    while (fgets(line, sizeof line, folder->list)) {
        struct static_file *file;
        size_t len = strcspn(line, "\n");
        if (line[len] != '\n') /* cut off by a crash: made, but not noted */
            continue;
        enum err err = note_name(folder, str_of(line, len), &file);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err check_ours(struct static_folder *folder, struct fault *fault)
{
    struct stat info;
    if (fstatat(folder->fd, LIST, &info, 0) == 0)
        return ERR_OK;
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (!entries)
        return fail(folder, "look into", "", fault);
    bool empty = true;
    for (struct dirent *entry; (entry = readdir(entries));)
        empty &=
            strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(entries);
    if (empty)
        return ERR_OK;
    return fault_set(fault, ERR_EXISTS, folder->path,
                     "%s is not empty, and no export made it: name a folder "
                     "that is empty or not there yet",
                     folder->path);
}

static enum err open_list(struct static_folder *folder, struct fault *fault)
{
    if (mkdirat(folder->fd, STATIC_FOLDER_PRIVATE, 0755) < 0 && errno != EEXIST)
        return fail(folder, "make", STATIC_FOLDER_PRIVATE, fault);
    int fd =
        openat(folder->fd, LIST, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    folder->list = fd < 0 ? NULL : fdopen(fd, "a+");
    if (!folder->list)
        return fail(folder, "open", LIST, fault);
    rewind(folder->list);
    return read_list(folder);
}

enum err static_folder_open(struct static_folder *folder, const char *path,
                            struct fault *fault)
{
    *folder = (struct static_folder){.path = path, .fd = -1};
    arena_init(&folder->arena, 0);
    map_init(&folder->made);
    enum err err = folder_make(path, fault);
    if (err)
        return err;
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0)
        return fail(folder, "open", "", fault);
    err = check_ours(folder, fault);
    return err ? err : open_list(folder, fault);
}

void static_folder_close(struct static_folder *folder)
{
    if (folder->list)
        fclose(folder->list);
    if (folder->fd >= 0)
        close(folder->fd);
    map_finish(&folder->made);
    arena_finish(&folder->arena);
}

/* ---- Writing ---------------------------------------------------------------
 */

static enum err make_folders(struct static_folder *folder, char *name,
                             struct fault *fault)
{
    for (char *at = name; (at = strchr(at, '/')); at++) {
        *at = '\0';
        bool made = mkdirat(folder->fd, name, 0755) == 0 || errno == EEXIST;
        enum err err = made ? ERR_OK : fail(folder, "make", name, fault);
        *at = '/';
        if (err)
            return err;
    }
    return ERR_OK;
}

static bool has_bytes(const struct static_folder *folder, const char *name,
                      struct str bytes)
{
    struct stat info;
    int fd = openat(folder->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    bool same = fstat(fd, &info) == 0 && (size_t)info.st_size == bytes.len;
    char step[STEP_BYTES];
    while (same && bytes.len) {
        ssize_t got = read(fd, step, sizeof step);
        same = got > 0 && (size_t)got <= bytes.len &&
               memcmp(step, bytes.ptr, (size_t)got) == 0;
        bytes = str_from(bytes, same ? (size_t)got : 0);
    }
    close(fd);
    return same;
}

/* Marks it as put; a name that is new goes to the list at once, so that it is
 * known for ours even if this run does not come to its end. */
static enum err mark_put(struct static_folder *folder, struct str name,
                         struct fault *fault)
{
    struct static_file *file;
    bool is_new = !map_get(&folder->made, name);
    enum err err = note_name(folder, name, &file);
    if (err)
        return fault_set(fault, err, NULL, "out of memory");
    file->put = true;
    if (is_new && (fprintf(folder->list, "%" PRI_STR "\n", ARG_STR(name)) < 0 ||
                   fflush(folder->list)))
        return fail(folder, "write", LIST, fault);
    return ERR_OK;
}

/* A name, ended by a NUL, with its folders made. */
static enum err prepare(struct static_folder *folder, struct str name,
                        char target[NAME_BYTES_MAX], struct fault *fault)
{
    enum err err = str_to_c(name, target, NAME_BYTES_MAX);
    if (err || name.len == 0 || name.ptr[0] == '/' || strstr(target, "//") ||
        strstr(target, ".."))
        return fault_set(fault, err ? err : ERR_INVALID, target,
                         "\"%" PRI_STR "\" cannot be the name of a file",
                         ARG_STR(str_slice(name, 0, 200)));
    err = mark_put(folder, name, fault);
    return err ? err : make_folders(folder, target, fault);
}

static enum err write_file(struct static_folder *folder, const char *name,
                           struct str bytes, int from_fd, struct fault *fault)
{
    const char *beside = STATIC_FOLDER_PRIVATE "/new";
    int fd =
        openat(folder->fd, beside,
               O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return fail(folder, "write", beside, fault);
    bool fine = write_whole(fd, bytes);
    char step[STEP_BYTES];
    for (ssize_t got = 1; fine && from_fd >= 0 && got;) {
        got = read(from_fd, step, sizeof step);
        fine = got >= 0 && write_whole(fd, str_of(step, (size_t)got));
    }
    fine = close(fd) == 0 && fine;
    if (fine && renameat(folder->fd, beside, folder->fd, name) == 0) {
        folder->written++;
        return ERR_OK;
    }
    enum err err = fail(folder, "write", name, fault);
    unlinkat(folder->fd, beside, 0);
    return err;
}

static enum err put_plain(struct static_folder *folder, struct str name,
                          struct str bytes, bool *ret_changed,
                          struct fault *fault)
{
    char path[NAME_BYTES_MAX];
    enum err err = prepare(folder, name, path, fault);
    if (err)
        return err;
    *ret_changed = !has_bytes(folder, path, bytes);
    if (*ret_changed)
        return write_file(folder, path, bytes, -1, fault);
    folder->unchanged++;
    return ERR_OK;
}

/* ---- Compressed beside it --------------------------------------------------
 */

static bool gains(struct str name)
{
    static const struct str endings[] = {
        STR_INIT(".html"), STR_INIT(".xml"), STR_INIT(".json"),
        STR_INIT(".js"),   STR_INIT(".svg"), STR_INIT(".txt"),
    };
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (str_ends_with(name, endings[i]))
            return !str_starts_with(name, STR(STATIC_FOLDER_PRIVATE));
    }
    return false;
}

static enum err put_compressed(struct static_folder *folder, struct str name,
                               struct str bytes, bool changed,
                               struct fault *fault)
{
    static const struct {
        const char *ending;
        enum err (*compress)(struct str, enum compress_effort, struct buf *);
    } kinds[] = {{"gz", compress_gzip}, {"br", compress_brotli}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[NAME_BYTES_MAX];
        struct stat info;
        bool made;
        snprintf(path, sizeof path, "%" PRI_STR ".%s", ARG_STR(name),
                 kinds[i].ending);
        enum err err = ERR_OK;
        if (!changed && fstatat(folder->fd, path, &info, 0) == 0) {
            err = mark_put(folder, str_from_c(path), fault);
        } else {
            DEFER(buf_finish) struct buf out;
            buf_init(&out, COMPRESSED_BYTES_MAX);
            err = kinds[i].compress(bytes, COMPRESS_PAGE, &out);
            if (!err)
                err = put_plain(folder, str_from_c(path), buf_str(&out), &made,
                                fault);
        }
        if (err)
            return err;
    }
    return ERR_OK;
}

enum err static_folder_put(struct static_folder *folder, struct str name,
                           struct str bytes, struct fault *fault)
{
    bool changed = false;
    enum err err = put_plain(folder, name, bytes, &changed, fault);
    if (err || !folder->compress || bytes.len < COMPRESSED_BYTES_LEAST ||
        !gains(name))
        return err;
    return put_compressed(folder, name, bytes, changed, fault);
}

enum err static_folder_put_fd(struct static_folder *folder, struct str name,
                              int fd, int64_t size, struct fault *fault)
{
    struct stat info;
    char path[NAME_BYTES_MAX];
    enum err err = prepare(folder, name, path, fault);
    if (err)
        return err;
    bool same = fstatat(folder->fd, path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(info.st_mode) && info.st_size == size;
    if (!same)
        return write_file(folder, path, STR(""), fd, fault);
    folder->unchanged++;
    return ERR_OK;
}

/* ---- The end ---------------------------------------------------------------
 */

/* The file, and the folders that it leaves empty. */
static void remove_file(struct static_folder *folder, struct str name)
{
    char path[NAME_BYTES_MAX];
    if (str_to_c(name, path, sizeof path))
        return;
    unlinkat(folder->fd, path, 0);
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        char *slash = strrchr(path, '/');
        if (!slash)
            return;
        *slash = '\0';
        if (unlinkat(folder->fd, path, AT_REMOVEDIR) < 0)
            return;
    }
}

/* A name from the list leads nowhere else, whoever may have written to it. */
static bool is_harmless(struct str name)
{
    return name.len && name.ptr[0] != '/' && str_find(name, STR("..")) < 0;
}

static enum err write_list(struct static_folder *folder, struct fault *fault)
{
    char path[PATH_MAX];
    size_t position = 0;
    struct static_file *file;
    snprintf(path, sizeof path, "%s/" LIST, folder->path);
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    while ((file = map_next(&folder->made, &position, NULL))) {
        if (!file->put)
            continue;
        buf_add(&text, file->name);
        buf_add_char(&text, '\n');
    }
    enum err err = buf_err(&text);
    if (err)
        return fault_set(fault, err, NULL, "out of memory");
    return file_write_atomic(path, buf_str(&text), fault);
}

enum err static_folder_finish(struct static_folder *folder, bool remove,
                              struct fault *fault)
{
    size_t position = 0;
    struct static_file *file;
    while ((file = map_next(&folder->made, &position, NULL))) {
        if (file->put)
            continue;
        if (remove && is_harmless(file->name)) {
            remove_file(folder, file->name);
            folder->removed++;
        } else {
            folder->stale++;
        }
    }
    enum err err = folder->removed ? write_list(folder, fault) : ERR_OK;
    if (!err && syncfs(folder->fd) < 0)
        err = fail(folder, "sync", "", fault);
    return err;
}
