// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_theme.h"

#include <dirent.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "render/folder_source.h"

static const struct folder_limits limits = {
    .endings = (const char *const[]){"", NULL},
    .files_max = 256,
    .file_bytes_max = 1 << 20,
};

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static enum err no_theme(const char *themes, const char *name,
                         struct arena *arena, struct fault *fault)
{
    struct dirent **entries;
    struct str names = STR("");
    int count = scandir(themes, &entries, is_shown, alphasort);
    for (int i = 0; i < count; i++) {
        names = arena_printf(arena, "%" PRI_STR "%s%s", ARG_STR(names),
                             i ? ", " : "", entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return fault_set(fault, ERR_NOT_FOUND, "theme",
                     "there is no theme \"%s\"; there is: %" PRI_STR, name,
                     ARG_STR(names));
}

static enum err put(const char *folder, const struct embedded_file *file,
                    struct arena *arena, struct fault *fault)
{
    struct str path = arena_printf(arena, "%s/%s", folder, file->path);
    ptrdiff_t slash = str_find_last_char(path, '/');
    const char *within =
        arena_c_string(arena, str_slice(path, 0, (size_t)slash));
    enum err err = folder_make(within, fault);
    return err ? err : file_write_atomic(path.ptr, file->bytes, fault);
}

static enum err read_theme(const char *demo, const char *name,
                           struct arena *arena, struct embedded_files *files,
                           struct fault *fault)
{
    const char *themes = arena_printf(arena, "%s/themes", demo).ptr;
    const char *source = arena_printf(arena, "%s/%s", themes, name).ptr;
    if (!strchr(name, '/') && name[0] != '.' && name[0]) {
        enum err err = folder_source_read(source, &limits, arena, files, fault);
        if (err)
            return err;
    }
    return files->count ? ERR_OK : no_theme(themes, name, arena, fault);
}

enum err demo_theme_read(const char *demo, const char *name,
                         const char *directory, struct arena *arena,
                         struct demo_theme *ret_theme, struct fault *fault)
{
    const char *target = arena_printf(arena, "%s/theme", directory).ptr;
    struct demo_theme theme = {.target = target};
    enum err err = read_theme(demo, name, arena, &theme.files, fault);
    if (err)
        return err;
    if (access(target, F_OK) == 0)
        return fault_set(fault, ERR_EXISTS, "theme",
                         "%s is there already; move it away first", target);
    *ret_theme = theme;
    return ERR_OK;
}

enum err demo_theme_write(const struct demo_theme *theme, struct arena *arena,
                          struct fault *fault)
{
    for (size_t i = 0; i < theme->files.count; i++) {
        enum err err = put(theme->target, &theme->files.files[i], arena, fault);
        if (err)
            return err;
    }
    return ERR_OK;
}
