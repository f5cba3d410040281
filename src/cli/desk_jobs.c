// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_jobs.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/repeat.h"
#include "base/time.h"
#include "content/calendar.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/schedule.h"

enum {
    LOOK_EVERY_MS = 1000,    /* also how soon a jump of the clock shows */
    WAIT_LEAST_US = 1000,    /* times are not waited for in circles */
    RETRY_DOUBLINGS_MAX = 6, /* a failing database is asked each minute */
};

struct desk_jobs {
    struct content *content;
    struct repeat repeat;
    int64_t midnight_us;
    unsigned failures; /* of the database, in a row */
    int64_t hour_us;   /* when it ends */
};

static void log_failure(const char *job, enum err err,
                        const struct fault *fault)
{
    log_error(job, LOG_C("cause", fault->message[0] ? fault->message
                                                    : err_sentence(err)));
}

static void turn_day(struct desk_jobs *jobs)
{
    int64_t now_us = time_now_us();
    struct fault fault = {0};
    /* A clock that was set back a day or more makes another day as well. */
    bool same_day =
        now_us < jobs->midnight_us &&
        now_us >= jobs->midnight_us - 25 * 3600 * TIME_US_PER_SECOND;
    if (same_day)
        return;
    enum err err =
        calendar_turn_day(jobs->content, now_us, &jobs->midnight_us, &fault);
    if (err)
        log_failure("the date cannot be turned", err, &fault);
}

static void turn_hour(struct desk_jobs *jobs)
{
    int64_t now_us = time_now_us();
    struct fault fault = {0};
    bool same_hour = now_us < jobs->hour_us &&
                     now_us >= jobs->hour_us - 3600 * TIME_US_PER_SECOND;
    if (same_hour)
        return;
    enum err err =
        calendar_turn_hour(jobs->content, now_us, &jobs->hour_us, &fault);
    if (err)
        log_failure("the hour cannot be turned", err, &fault);
}

static void log_report(const struct schedule_report *report)
{
    if (report->published || report->expired)
        log_info("the schedule was followed",
                 LOG_INT("published", (int64_t)report->published),
                 LOG_INT("expired", (int64_t)report->expired));
    for (size_t i = 0; i < report->failure_count; i++) {
        const struct schedule_failure *failure = &report->failures[i];
        char retry[TIME_RFC3339_BYTES];
        time_format_rfc3339(failure->retry_us, retry);
        log_error("an article that is due is left as it is",
                  LOG_C("id", failure->id.text),
                  LOG_C("cause", fault_text(&failure->fault)),
                  LOG_C("next_try", retry));
    }
}

/* One edit's worth of what is due. */
static enum err follow_once(struct desk_jobs *jobs,
                            struct schedule_report *report)
{
    struct fault fault = {0};
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, jobs->content, STR("schedule"), &fault);
    if (!err)
        err = schedule_run(&edit, report);
    if (!err)
        err = edit_commit(&edit);
    if (!err)
        log_report(report);
    else if (!jobs->failures)
        log_failure("the schedule cannot be followed", err, &fault);
    return err;
}

static enum err find_next(struct desk_jobs *jobs, int64_t *ret_time_us)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(jobs->content);
    struct fault fault = {0};
    enum err err = schedule_next(lease.db, time_now_us(), ret_time_us);
    if (!err)
        return ERR_OK;
    db_fault(lease.db, err, &fault);
    if (!jobs->failures)
        log_failure("the schedule cannot be read", err, &fault);
    return err;
}

/* Does what is due and tells how long the next thing is away, LOOK_EVERY_MS at
 * most: another process may schedule something, and the clock may jump. A
 * failure of the database is told once, and tried again ever later. */
static int64_t follow_schedule(struct desk_jobs *jobs)
{
    struct schedule_report report = {.more = true};
    int64_t next_us = 0;
    enum err err = find_next(jobs, &next_us);
    while (!err && next_us <= time_now_us() && report.more &&
           !repeat_is_stopping(&jobs->repeat))
        err = follow_once(jobs, &report);
    if (!err)
        err = find_next(jobs, &next_us);
    if (err) {
        unsigned doublings = jobs->failures < RETRY_DOUBLINGS_MAX
                                 ? jobs->failures
                                 : RETRY_DOUBLINGS_MAX;
        jobs->failures++;
        return LOOK_EVERY_MS * INT64_C(1000) << doublings;
    }
    jobs->failures = 0;
    int64_t wait_us = next_us - time_now_us();
    if (wait_us > LOOK_EVERY_MS * INT64_C(1000))
        return LOOK_EVERY_MS * INT64_C(1000);
    return wait_us > WAIT_LEAST_US ? wait_us : WAIT_LEAST_US;
}

static int64_t run(void *context)
{
    struct desk_jobs *jobs = context;
    turn_day(jobs);
    turn_hour(jobs);
    return follow_schedule(jobs);
}

enum err desk_jobs_start(struct content *content, struct desk_jobs **ret_jobs)
{
    assert(content);
    assert(ret_jobs);
    struct desk_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return ERR_NO_MEMORY;
    jobs->content = content;
    enum err err = repeat_start(&jobs->repeat, run, jobs);
    if (err)
        free(jobs);
    else
        *ret_jobs = jobs;
    return err;
}

void desk_jobs_stop(struct desk_jobs *jobs)
{
    if (!jobs)
        return;
    repeat_stop(&jobs->repeat);
    free(jobs);
}
