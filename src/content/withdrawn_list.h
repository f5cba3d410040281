// SPDX-License-Identifier: Apache-2.0
/* content/withdrawn_list.h: what readers of a list had and have no more, so
 * that those who keep copies of it can be told. */
#ifndef CONTENT_WITHDRAWN_LIST_H
#define CONTENT_WITHDRAWN_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/str.h"

struct arena;
struct db;

struct withdrawn {
    struct id id;
    int64_t withdrawn_us;
    struct str reason; /* "" when its time was over */
};

/* Which list: of a language, and of these at most one; none is all of it. */
struct withdrawn_place {
    struct str language;
    struct id category; /* it and those below it */
    struct id tag;
    struct id person;
};

/* Those that were taken back at since_us or later, the last one first. */
MUST_USE enum err withdrawn_list(struct db *db,
                                 const struct withdrawn_place *place,
                                 int64_t since_us, size_t limit,
                                 struct arena *arena,
                                 struct withdrawn **ret_list,
                                 size_t *ret_count);

#endif
