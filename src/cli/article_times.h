// SPDX-License-Identifier: Apache-2.0
/* cli/article_times.h: the times at which something happens to an article, as
 * they are typed and as they are told. */
#ifndef CLI_ARTICLE_TIMES_H
#define CLI_ARTICLE_TIMES_H

#include <jansson.h>

#include "base/fault.h"
#include "base/id.h"
#include "content/article.h"
#include "content/article_list.h"

struct arena;
struct article_json_dates;
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

/* Does what the members scheduled, embargoed, embargoed_reason and expires of
 * object say: texts as above, or null for none. What is so already stays. */
MUST_USE enum err article_times_read(const json_t *object, struct edit *edit,
                                     const struct id *id, struct fault *fault);

/* What happens to it next: "failed: …", "embargo until …", "appears at …",
 * "expires at …", or "". */
struct str article_times_next(const struct article_row *row,
                              const struct article_json_dates *dates,
                              struct arena *arena);

#endif
