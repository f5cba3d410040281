// SPDX-License-Identifier: Apache-2.0
/* content/article_times.h: the times at which something happens to an article,
 * as they are typed and in JSON. */
#ifndef CONTENT_ARTICLE_TIMES_H
#define CONTENT_ARTICLE_TIMES_H

#include <jansson.h>

#include "base/fault.h"
#include "base/id.h"
#include "store/db.h"

struct edit;

/* How a command tells what a TIME is. */
#define ARTICLE_TIMES_HELP \
    "A TIME is '2030-01-01 20:00' in the newspaper's zone, or " \
    "2030-01-01T20:00:00+04:00"

/* "2026-08-15 15:00" in the newspaper's zone, or RFC 3339. "none" is 0.
 * ERR_INVALID with name as its field. */
MUST_USE enum err article_times_parse(struct db *db, const char *name,
                                      struct str text, int64_t *ret_time_us,
                                      struct fault *fault);

/* For json_members.h. */
extern const char *const article_times_members[];

/* Does what the members scheduled, embargoed, embargoed_reason and expires of
 * object say: texts as above, or null for none. What is so already stays. */
MUST_USE enum err article_times_read(const json_t *object, struct edit *edit,
                                     const struct id *id, struct fault *fault);

#endif
