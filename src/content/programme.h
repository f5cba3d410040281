// SPDX-License-Identifier: Apache-2.0
/* content/programme.h: what is on a channel when: one programme at a time, each
 * from a start to an end. */
#ifndef CONTENT_PROGRAMME_H
#define CONTENT_PROGRAMME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct content;
struct edit;

enum {
    PROGRAMME_TITLE_BYTES_MAX = 300,
    PROGRAMME_DESCRIPTION_BYTES_MAX = 4000,
    PROGRAMME_CATEGORY_BYTES_MAX = 120,
    PROGRAMME_SECONDS_MAX = 24 * 3600,
    PROGRAMME_KEEP_NOT = -1,
    PROGRAMME_KEEP_AS_CHANNEL = 0,
    PROGRAMME_KEEP_DAYS_MAX = 36500, /* for good */
};

struct programme {
    int64_t start_us;
    int64_t end_us; /* the next may begin then */
    struct str title;
    struct str description;
    struct str category;
    struct str language; /* in which it is told, such as "ka"; "": not said */
    bool repeat;         /* it was on before */
    int64_t keep_days;   /* its recording; PROGRAMME_KEEP_AS_CHANNEL, … */

    /* Made by programme_add. */
    struct id id, channel;
};

struct programme_list {
    struct programme *programmes; /* by start */
    size_t count;
};

/* Puts it on the channel of that name and fills programme->id. Where others
 * are on at that time: with replace they go, else ERR_CONFLICT names the first
 * of them. Emits channel:<name>. ERR_INVALID, ERR_TOO_LONG, ERR_NOT_FOUND. */
MUST_USE enum err programme_add(struct edit *edit, struct str channel,
                                struct programme *programme, bool replace);

/* ERR_NOT_FOUND. */
MUST_USE enum err programme_remove(struct edit *edit, const struct id *id);

/* Takes away those that begin from start_us on and before end_us. */
MUST_USE enum err programme_clear(struct edit *edit, struct str channel,
                                  int64_t start_us, int64_t end_us,
                                  int64_t *ret_removed);

/* Those of the channel that are on at some time from start_us to before end_us,
 * at most limit. */
MUST_USE enum err programme_during(struct db *db, const struct id *channel,
                                   int64_t start_us, int64_t end_us,
                                   size_t limit, struct arena *arena,
                                   struct programme_list *ret_list);

/* ERR_NOT_FOUND. */
MUST_USE enum err programme_load(struct db *db, const struct id *id,
                                 struct arena *arena,
                                 struct programme *ret_programme);

/* When the next programme of any channel begins or ends after time_us:
 * INT64_MAX for never. */
MUST_USE enum err programme_next_turn(struct db *db, int64_t time_us,
                                      int64_t *ret_time_us);

/* Up to when programme_turn noted all; 0: never. */
MUST_USE enum err programme_turned_at(struct db *db, int64_t *ret_time_us);

/* Time as a change: notes channel:<name> of each channel on which a programme
 * began or ended since the last time this was called, by this process or
 * another. */
MUST_USE enum err programme_turn(struct content *content, int64_t now_us,
                                 struct fault *fault);

#endif
