// SPDX-License-Identifier: Apache-2.0
/* base/embedded.h: files that are part of the program: tables of a path and
 * its bytes, made at build time. */
#ifndef BASE_EMBEDDED_H
#define BASE_EMBEDDED_H

#include "base/str.h"

struct embedded_file {
    const char *path; /* relative, with '/', such as "page/article.html" */
    struct str bytes;
    struct str gzip, br; /* the same, compressed; empty: it is not */
};

struct embedded_files {
    const struct embedded_file *files;
    size_t count;
};

#endif
