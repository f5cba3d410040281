// SPDX-License-Identifier: Apache-2.0
/* Runs a fuzz target over files and folders instead of under libFuzzer, so that
 * `make check` replays every corpus in every flavour. Speaks TAP: one test per
 * folder or file named. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

enum { INPUT_BYTES_MAX = 16 << 20 };

static unsigned replay_file(const char *path)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str bytes;
    struct fault fault;
    if (file_read(path, INPUT_BYTES_MAX, &arena, &bytes, &fault)) {
        printf("# %s\n", fault_text(&fault));
        return 0;
    }
    /* Exactly as large as the input, so that ASan sees one byte too many. */
    uint8_t *exact = malloc(bytes.len ? bytes.len : 1);
    if (!exact)
        return 0;
    memcpy(exact, bytes.ptr, bytes.len);
    LLVMFuzzerTestOneInput(exact, bytes.len);
    free(exact);
    return 1;
}

static unsigned replay(const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return 0;
    if (!S_ISDIR(info.st_mode))
        return replay_file(path);
    unsigned count = 0;
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        count += replay(inner);
    }
    if (folder)
        closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int bad = argc < 2;
    for (int i = 1; i < argc; i++) {
        unsigned count = replay(argv[i]);
        printf("%sok %d - %s: %u inputs replayed\n", count ? "" : "not ", i,
               argv[i], count);
        bad |= count == 0;
    }
    printf("1..%d\n", argc - 1);
    return bad;
}
