// SPDX-License-Identifier: Apache-2.0
/* content/alert.h: breaking news: one line above everything, in each language
 * at most one at a time. A new one has a new id, so that a reader who put the
 * last one away sees it. */
#ifndef CONTENT_ALERT_H
#define CONTENT_ALERT_H

#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum {
    ALERT_TEXT_BYTES_MAX = 400, /* what fits into a line or two */
    ALERT_LABEL_BYTES_MAX = 60,
    ALERT_URL_BYTES_MAX = 2000,
};

struct alert {
    struct str language;
    struct str label; /* "" for the language's own word for breaking news */
    struct str text;
    struct str url;   /* a path of this site, an address, or "" */
    int64_t until_us; /* it goes by itself then; 0: it stays */

    /* Made by alert_set. */
    struct id id;
    int64_t set_us;
};

struct alert_list {
    struct alert *alerts; /* by language */
    size_t count;
};

/* Puts the alert in the place of the one in its language. Emits alert:<lang>.
 * ERR_INVALID, ERR_TOO_LONG, ERR_NOT_FOUND for a language that the newspaper
 * does not appear in. */
MUST_USE enum err alert_set(struct edit *edit, const struct alert *alert);

/* Takes it away. ERR_NOT_FOUND when there is none. */
MUST_USE enum err alert_clear(struct edit *edit, struct str language);

/* Takes away those whose time is over at edit->time_us. */
MUST_USE enum err alert_expire(struct edit *edit);

/* When alert_expire has something to do: INT64_MAX for never. */
MUST_USE enum err alert_next(struct db *db, int64_t *ret_time_us);

/* The one of the language; ERR_NOT_FOUND. One whose time is over is there until
 * alert_expire. */
MUST_USE enum err alert_load(struct db *db, struct str language,
                             struct arena *arena, struct alert *ret_alert);

MUST_USE enum err alert_all(struct db *db, struct arena *arena,
                            struct alert_list *ret_list);

#endif
