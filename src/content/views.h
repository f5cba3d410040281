// SPDX-License-Identifier: Apache-2.0
/* content/views.h: how often articles were read: in all, and lately.
 *
 * What is counted goes into the total and into a bucket of the article and the
 * hour. For each period of the most read (most_read.h) the sum of its buckets
 * is kept as well, so that a list is one range of an index, whatever the size
 * of the archive; buckets that leave a period are taken out of its sums a few
 * at a time, and are deleted when they leave the longest one.
 *
 * Counting writes nothing to the log of changes: a busy paper would add a row
 * for each article that is read, second after second, that no follower needs
 * but the press, and the press is told directly (site/press_views.c). What is
 * durable is the count itself. */
#ifndef CONTENT_VIEWS_H
#define CONTENT_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "store/db.h"

struct arena;
struct edit;

/* clang-format off */
/* The longest one last.
 *   name   hours: whole ones before the one that runs */
#define VIEWS_PERIODS(X) \
    X(HOUR, "hour", 1) \
    X(DAY,  "day",  24) \
    X(WEEK, "week", 7 * 24)
/* clang-format on */

enum views_period {
#define X(id, name, hours) VIEWS_##id,
    VIEWS_PERIODS(X)
#undef X
        VIEWS_PERIOD_COUNT
};

enum { VIEWS_EXPIRED_AT_ONCE = 32 /* buckets, of each period */ };

/* "hour", "day", "week". */
const char *views_period_name(enum views_period period);
MUST_USE enum err views_period_parse(struct str name,
                                     enum views_period *ret_period);

/* 0 when it was never read, or does not exist. */
MUST_USE enum err views_get(struct db *db, const struct id *id,
                            int64_t *ret_views);

/* Whether readers can see the article, so that its views count. */
MUST_USE enum err views_is_read(struct db *db, const struct id *id,
                                bool *ret_is_read);

/* Replaces the total; what was read lately stays what it is. Emits views:<id>.
 * ERR_NOT_FOUND without such an article, ERR_INVALID below 0. */
MUST_USE enum err views_set(struct edit *edit, const struct id *id,
                            int64_t views);

struct views_more {
    struct id id;
    int64_t views; /* to be added */
};

/* Adds what was read at edit->time_us; articles that readers cannot see are
 * passed over. Emits no key. */
MUST_USE enum err views_add(struct edit *edit, const struct views_more *more,
                            size_t count);

/* Notes that this edit adds batch number of edge: true the first time, however
 * often it comes. The batches of an edge come in the order of their numbers,
 * beginning with 1. An edit that does not add it after all may not be
 * committed. */
MUST_USE enum err views_note_batch(struct edit *edit, uint64_t edge,
                                   uint64_t number, bool *ret_is_new);

/* Takes buckets out of the periods that they have left at edit->time_us, at
 * most VIEWS_EXPIRED_AT_ONCE of each. After the clock was set back, the sums
 * are made anew from the buckets. */
MUST_USE enum err views_expire(struct edit *edit);

/* Whether views_expire has something to do. */
MUST_USE enum err views_expiry_is_due(struct db *db, int64_t now_us,
                                      bool *ret_due);

/* Calls visit for each article that was read in this hour or the one before. */
MUST_USE enum err views_each_recent(struct db *db, int64_t now_us,
                                    void (*visit)(void *context,
                                                  const struct id *id),
                                    void *context);

/* Calls visit for each list of readers that the article may lead as one of the
 * most read, named as most_read_key does. */
MUST_USE enum err views_each_list(struct db *db, const struct id *id,
                                  void (*visit)(void *context, struct str key),
                                  void *context);

#endif
