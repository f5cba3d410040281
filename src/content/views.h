// SPDX-License-Identifier: Apache-2.0
/* content/views.h: how often articles were read. The list of the most read is
 * article_list_most_read. */
#ifndef CONTENT_VIEWS_H
#define CONTENT_VIEWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "store/db.h"

struct edit;

/* 0 when it was never read, or does not exist. */
MUST_USE enum err views_get(struct db *db, const struct id *id,
                            int64_t *ret_views);

/* Replaces the count. Emits views:<id>. ERR_NOT_FOUND without such an
 * article, ERR_INVALID below 0. */
MUST_USE enum err views_set(struct edit *edit, const struct id *id,
                            int64_t views);

struct views_more {
    struct id id;
    int64_t views; /* to be added */
};

/* Adds what was counted meanwhile; articles that do not exist are passed
 * over. Emits views:<id> of each. */
MUST_USE enum err views_add(struct edit *edit, const struct views_more *more,
                            size_t count);

#endif
