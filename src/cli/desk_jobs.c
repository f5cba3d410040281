// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_jobs.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "content/calendar.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/workflow.h"

enum { LOOK_EVERY_MS = 1000 }; /* also how soon a jump of the clock shows */

struct desk_jobs {
    struct content *content;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t end;
    bool stopping;
    int64_t midnight_us;
    int64_t hour_us; /* when it ends */
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

static bool is_something_due(struct desk_jobs *jobs)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(jobs->content);
    int64_t due_us = 0;
    enum err err = article_next_due(lease.db, &due_us);
    struct fault fault = {0};
    if (err) {
        db_fault(lease.db, err, &fault);
        log_failure("the schedule cannot be read", err, &fault);
    }
    return !err && due_us && due_us <= time_now_us();
}

static void publish_due(struct desk_jobs *jobs)
{
    if (!is_something_due(jobs))
        return;
    struct fault fault = {0};
    int64_t count = 0;
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, jobs->content, STR("schedule"), &fault);
    if (!err)
        err = article_publish_due(&edit, &count);
    if (!err)
        err = edit_commit(&edit);
    if (err)
        log_failure("scheduled articles cannot be published", err, &fault);
    else
        log_info("scheduled articles published", LOG_INT("count", count));
}

static bool wait_a_while(struct desk_jobs *jobs)
{
    int64_t until_us = clock_now_us() + LOOK_EVERY_MS * INT64_C(1000);
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->stopping &&
           !pthread_cond_timedwait(&jobs->end, &jobs->lock, &until))
        ;
    bool stopping = jobs->stopping;
    pthread_mutex_unlock(&jobs->lock);
    return !stopping;
}

static void *run(void *argument)
{
    struct desk_jobs *jobs = argument;
    do {
        turn_day(jobs);
        turn_hour(jobs);
        publish_due(jobs);
    } while (wait_a_while(jobs));
    return NULL;
}

enum err desk_jobs_start(struct content *content, struct desk_jobs **ret_jobs)
{
    assert(content);
    assert(ret_jobs);
    struct desk_jobs *jobs = calloc(1, sizeof *jobs);
    if (!jobs)
        return ERR_NO_MEMORY;
    jobs->content = content;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_cond_init(&jobs->end, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&jobs->thread, NULL, run, jobs)) {
        free(jobs);
        return ERR_NO_MEMORY;
    }
    *ret_jobs = jobs;
    return ERR_OK;
}

void desk_jobs_stop(struct desk_jobs *jobs)
{
    if (!jobs)
        return;
    pthread_mutex_lock(&jobs->lock);
    jobs->stopping = true;
    pthread_cond_signal(&jobs->end);
    pthread_mutex_unlock(&jobs->lock);
    pthread_join(jobs->thread, NULL);
    pthread_mutex_destroy(&jobs->lock);
    pthread_cond_destroy(&jobs->end);
    free(jobs);
}
