// SPDX-License-Identifier: Apache-2.0
/* render/folder_source.h: the files of a folder that a person edits (a theme,
 * messages), read all at once. */
#ifndef RENDER_FOLDER_SOURCE_H
#define RENDER_FOLDER_SOURCE_H

#include <stdint.h>

#include "base/embedded.h"
#include "base/fault.h"

struct arena;

enum { FOLDER_DEPTH_MAX = 4 };

struct folder_limits {
    const char *const *endings; /* ".html", …, NULL: what else is there is
                                   left alone */
    size_t files_max;
    size_t file_bytes_max;
};

/* Reads the files whose names have one of the endings, in folders within too,
 * sorted by path; names that begin with '.' are skipped. No folder is no file.
 * Everything lives in arena. */
MUST_USE enum err folder_source_read(const char *folder,
                                     const struct folder_limits *limits,
                                     struct arena *arena,
                                     struct embedded_files *ret_files,
                                     struct fault *fault);

/* Differs when a file was added, taken away or written; 0 without a folder. */
uint64_t folder_source_stamp(const char *folder,
                             const struct folder_limits *limits);

/* Whether the path has one of the endings; *ret_ending is its number. */
bool folder_source_ending(struct str path, const char *const *endings,
                          size_t *ret_ending);

#endif
