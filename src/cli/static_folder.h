// SPDX-License-Identifier: Apache-2.0
/* cli/static_folder.h: a folder of files that is written again and again: what
 * did not change stays untouched, each file is whole at any time, and what is
 * gone is taken away when asked, but never what somebody else put there: the
 * folder keeps a list of the files that were made in it. */
#ifndef CLI_STATIC_FOLDER_H
#define CLI_STATIC_FOLDER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/map.h"

/* Where the folder keeps what is not for readers. */
#define STATIC_FOLDER_PRIVATE "_broadsheet"

struct static_folder {
    const char *path;
    int fd;
    FILE *list;         /* of what was made, a line each */
    struct arena arena; /* for the names */
    struct map made;    /* name → struct static_file */
    bool compress;      /* a file.gz and a file.br beside each that gains */

    /* How many files. */
    int64_t written, unchanged, removed, stale;
};

/* Makes the folder when it is not there. ERR_EXISTS when it has something in it
 * and was not made by this. path is kept. */
MUST_USE enum err static_folder_open(struct static_folder *folder,
                                     const char *path, struct fault *fault);

/* name is "en/politics/index.html": no "..", no empty part. */
MUST_USE enum err static_folder_put(struct static_folder *folder,
                                    struct str name, struct str bytes,
                                    struct fault *fault);

/* A file whose content never changes under its name, read from fd when it is
 * not there in that size. */
MUST_USE enum err static_folder_put_fd(struct static_folder *folder,
                                       struct str name, int fd, int64_t size,
                                       struct fault *fault);

/* Counts as stale what was made before and not put now, and with remove takes
 * it away; then all is on the disk. */
MUST_USE enum err static_folder_finish(struct static_folder *folder,
                                       bool remove, struct fault *fault);
void static_folder_close(struct static_folder *folder); /* for DEFER */

#endif
