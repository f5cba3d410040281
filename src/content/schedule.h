// SPDX-License-Identifier: Apache-2.0
/* content/schedule.h: what happens by itself at a time: articles are published
 * and expire, and breaking news (alert.h) goes.
 *
 * An article may carry an embargo: before that time nothing of it reaches
 * readers, and publishing it schedules it for then. It may carry an expiry
 * time: then it is withdrawn, and its page says that it expired.
 *
 * What is due is done in the order of the times (then of the ids), each in a
 * transaction with its change: once, whatever restarts or clocks do. The
 * publication time of an article is the time that it was scheduled for. What
 * readers have seen stays when the clock is set back.
 *
 * An article that cannot be published stays scheduled, says why
 * (article.due_problem), does not hold up others and is tried again: after a
 * minute, then ever later up to an hour, and at once when it was saved or
 * scheduled anew. */
#ifndef CONTENT_SCHEDULE_H
#define CONTENT_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"
#include "store/db.h"

struct edit;

enum {
    EMBARGO_REASON_BYTES_MAX = 500,
    SCHEDULE_AT_ONCE = 50, /* done in one edit */
};

/* ---- Setting times ----------------------------------------------------------
 */

/* Publishes it at time_us, which lies ahead, not before its embargo, and before
 * it expires: else ERR_INVALID. ERR_CONFLICT when it is published already. */
MUST_USE enum err article_schedule(struct edit *edit, const struct id *id,
                                   int64_t time_us);

/* 0 lifts it. reason is for the newsroom ("" for none). A schedule that lies
 * before the embargo moves to its end. ERR_INVALID for a time that lies in the
 * past or not before the expiry time; ERR_CONFLICT when readers see the
 * article. */
MUST_USE enum err article_set_embargo(struct edit *edit, const struct id *id,
                                      int64_t embargo_us, struct str reason);

/* 0 is never. ERR_INVALID for a time that lies in the past, or not after the
 * embargo, the schedule and the publication. */
MUST_USE enum err article_set_expiry(struct edit *edit, const struct id *id,
                                     int64_t expires_us);

/* Withdraws a published article as expired at expires_us, which is over: for
 * those that come from elsewhere. */
MUST_USE enum err article_expire(struct edit *edit, const struct id *id,
                                 int64_t expires_us);

/* ---- Doing what is due ------------------------------------------------------
 */

/* Something that failed in another way than the last time. */
struct schedule_failure {
    struct id id;
    int64_t due_us;
    int64_t retry_us;
    struct fault fault;
};

struct schedule_report {
    size_t published;
    size_t expired;
    bool more; /* is due: run again in another edit */
    struct schedule_failure failures[SCHEDULE_AT_ONCE];
    size_t failure_count;
};

/* Publishes and withdraws what is due at edit->time_us, SCHEDULE_AT_ONCE at
 * most, and takes away breaking news whose time is over. An error is one of the
 * database: nothing was done then. */
MUST_USE enum err schedule_run(struct edit *edit,
                               struct schedule_report *ret_report);

/* When schedule_run has something to do next: a time that may have come
 * already, or INT64_MAX. */
MUST_USE enum err schedule_next(struct db *db, int64_t now_us,
                                int64_t *ret_time_us);

/* The queries behind schedule_run and schedule_next, which run every second
 * however large the archive is, so that a test can ask for their plans. */
enum { SCHEDULE_NEXT_QUERIES = 4 };
extern const char schedule_due_sql[];
extern const char *const schedule_next_sql[SCHEDULE_NEXT_QUERIES];

#endif
