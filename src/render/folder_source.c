// SPDX-License-Identifier: Apache-2.0
#include "render/folder_source.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"

struct walk {
    const struct folder_limits *limits;
    struct arena *arena;
    struct fault *fault;
    struct embedded_file *files; /* NULL: only count and stamp */
    size_t count;
    uint64_t stamp;
};

bool folder_source_ending(struct str path, const char *const *endings,
                          size_t *ret_ending)
{
    for (size_t i = 0; endings[i]; i++)
        if (str_ends_with(path, str_from_c(endings[i]))) {
            *ret_ending = i;
            return true;
        }
    return false;
}

/* FNV-1a over 64 bits. */
static void add_to_stamp(struct walk *walk, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < len; i++)
        walk->stamp = (walk->stamp ^ at[i]) * UINT64_C(1099511628211);
}

static void stamp_file(struct walk *walk, const char *path,
                       const struct stat *info)
{
    add_to_stamp(walk, path, strlen(path));
    add_to_stamp(walk, &info->st_size, sizeof info->st_size);
    add_to_stamp(walk, &info->st_mtim, sizeof info->st_mtim);
    add_to_stamp(walk, &info->st_ino, sizeof info->st_ino);
}

static enum err visit_file(struct walk *walk, const char *path, size_t skip,
                           const struct stat *info)
{
    size_t ending;
    if (!folder_source_ending(str_from_c(path), walk->limits->endings, &ending))
        return ERR_OK;
    stamp_file(walk, path, info);
    if (walk->count == walk->limits->files_max)
        return fault_set(walk->fault, ERR_TOO_LONG, path,
                         "The folder has more than %zu files.",
                         walk->limits->files_max);
    if (walk->files) {
        struct str bytes;
        enum err err = file_read(path, walk->limits->file_bytes_max,
                                 walk->arena, &bytes, walk->fault);
        if (err)
            return err;
        struct str name =
            arena_copy(walk->arena, str_from(str_from_c(path), skip));
        walk->files[walk->count] =
            (struct embedded_file){.path = name.ptr, .bytes = bytes};
    }
    walk->count++;
    return ERR_OK;
}

static enum err visit_folder(struct walk *walk, const char *folder, size_t skip,
                             int depth);

static enum err visit_entry(struct walk *walk, const char *folder,
                            const char *name, size_t skip, int depth)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    struct stat info;
    if (name[0] == '.' || len < 0 || (size_t)len >= sizeof path ||
        stat(path, &info) != 0)
        return ERR_OK;
    if (S_ISDIR(info.st_mode))
        return visit_folder(walk, path, skip, depth + 1);
    if (S_ISREG(info.st_mode))
        return visit_file(walk, path, skip, &info);
    return ERR_OK;
}

static enum err visit_folder(struct walk *walk, const char *folder, size_t skip,
                             int depth)
{
    if (depth > FOLDER_DEPTH_MAX)
        return ERR_OK;
    struct dirent **names;
    int count = scandir(folder, &names, NULL, alphasort);
    if (count < 0)
        return fault_set(walk->fault, err_from_errno(errno), folder,
                         "The folder %s cannot be read: %s.", folder,
                         strerror(errno));
    enum err err = ERR_OK;
    for (int i = 0; i < count; i++) {
        if (!err)
            err = visit_entry(walk, folder, names[i]->d_name, skip, depth);
        free(names[i]);
    }
    free(names);
    return err;
}

static bool folder_exists(const char *folder)
{
    struct stat info;
    return folder && stat(folder, &info) == 0 && S_ISDIR(info.st_mode);
}

enum err folder_source_read(const char *folder,
                            const struct folder_limits *limits,
                            struct arena *arena,
                            struct embedded_files *ret_files,
                            struct fault *fault)
{
    assert(limits && limits->endings);
    assert(ret_files);
    *ret_files = (struct embedded_files){0};
    if (!folder_exists(folder))
        return ERR_OK;
    struct walk walk = {
        .limits = limits,
        .arena = arena,
        .fault = fault,
        .files = arena_array(arena, struct embedded_file, limits->files_max),
    };
    enum err err = visit_folder(&walk, folder, strlen(folder) + 1, 0);
    if (!err)
        *ret_files = (struct embedded_files){walk.files, walk.count};
    return err;
}

uint64_t folder_source_stamp(const char *folder,
                             const struct folder_limits *limits)
{
    if (!folder_exists(folder))
        return 0;
    struct walk walk = {.limits = limits, .stamp = 1};
    /* What cannot be read counts as not there. */
    (void)!visit_folder(&walk, folder, strlen(folder) + 1, 0);
    return walk.stamp;
}
