// SPDX-License-Identifier: Apache-2.0
#include "folder.h"

#include <ftw.h>
#include <stdio.h>

int folder_open(void **state)
{
    struct folder *folder = calloc(1, sizeof *folder);
    assert_non_null(folder);
    arena_init(&folder->arena, 0);
    snprintf(folder->path, sizeof folder->path, "/tmp/broadsheet-store-XXXXXX");
    assert_non_null(mkdtemp(folder->path));
    snprintf(folder->database, sizeof folder->database, "%s/test.db",
             folder->path);
    *state = folder;
    return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind,
                      struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    return remove(path);
}

int folder_close(void **state)
{
    struct folder *folder = *state;
    nftw(folder->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_finish(&folder->arena);
    free(folder);
    return 0;
}

const char *folder_path(struct folder *folder, const char *name)
{
    return arena_printf(&folder->arena, "%s/%s", folder->path, name).ptr;
}
