// SPDX-License-Identifier: Apache-2.0
/* content/content_internal.h: for content_open.c, which fills it in. */
#ifndef CONTENT_CONTENT_INTERNAL_H
#define CONTENT_CONTENT_INTERNAL_H

#include <limits.h>

#include "content/content.h"
#include "store/blob.h"

struct content {
    char directory[PATH_MAX];
    struct db_pool *pool;
    struct blob_store *blobs;
};

#endif
