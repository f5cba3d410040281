// SPDX-License-Identifier: Apache-2.0
#include "site/press.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "site/press_internal.h"
#include "site/site.h"

static struct timespec after_ms(int64_t duration_ms)
{
    int64_t at_us = clock_now_us() + duration_ms * 1000;
    return (struct timespec){
        .tv_sec = at_us / TIME_US_PER_SECOND,
        .tv_nsec = at_us % TIME_US_PER_SECOND * 1000,
    };
}

enum err press_create(const struct press_config *config,
                      struct press **ret_press)
{
    assert(config);
    assert(config->printers && config->printers <= PRESS_PRINTERS_MAX);
    assert(ret_press);
    struct press *press = calloc(1, sizeof *press);
    if (!press)
        return ERR_NO_MEMORY;
    press->config = *config;
    press->edition = site_edition(config->site);
    press->pins_wanted = 1;
    for (unsigned i = 0; i < PRESS_PRINTERS_MAX; i++)
        press->running_since[i] = INT64_MAX;
    sheets_init(&press->sheets);
    map_init(&press->jobs);
    map_init(&press->touches);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&press->lock, NULL);
    pthread_cond_init(&press->news, &monotonic);
    pthread_cond_init(&press->work, &monotonic);
    pthread_cond_init(&press->done, &monotonic);
    pthread_condattr_destroy(&monotonic);

    struct feed_events events = press_feed_events(press);
    enum err err = feed_create(&events, &press->feed);
    if (!err)
        err = press_views_create(press, &press->views);
    if (!err)
        err = press_events_create(press, &press->events);
    if (!err)
        err = feed_add_edge(press->feed, config->edge_path,
                            config->work_connections);
    if (err) {
        press_destroy(press);
        return err;
    }
    *ret_press = press;
    return ERR_OK;
}

/* ---- the press thread ---- */

static bool theme_changed(struct press *press)
{
    struct fault fault;
    bool changed = false;
    enum err err = site_reload_theme(press->config.site, &changed, &fault);
    if (err)
        log_error("the theme has an error; the one before stays in use",
                  LOG_C("place", fault.field), LOG_C("cause", fault.message));
    return !err && changed;
}

static void look_at_theme(struct press *press)
{
    if (!theme_changed(press))
        return;
    log_info("theme changed; printing everything again");
    pthread_mutex_lock(&press->lock);
    press->edition = site_edition(press->config.site);
    press_reprint_all(press);
    press->pins_wanted++;
    pthread_mutex_unlock(&press->lock);
}

static bool has_news(const struct press *press)
{
    return press->stopping || press->edges_new ||
           press->pins_wanted != press->pins_done ||
           press->wanted_seq > press->printed_seq;
}

static void *follow_log(void *argument)
{
    struct press *press = argument;
    struct arena arena;
    arena_init(&arena, 64 * 1024);
    pthread_mutex_lock(&press->lock);
    while (!press->stopping) {
        bool pin = press->pins_wanted != press->pins_done;
        pthread_mutex_unlock(&press->lock);

        arena_reset(&arena);
        look_at_theme(press);
        press_round(press, &arena);
        pthread_mutex_lock(&press->lock);
        press_act_on_touches(press);
        pthread_mutex_unlock(&press->lock);
        if (pin)
            press_pin(press, &arena);

        pthread_mutex_lock(&press->lock);
        struct timespec until = after_ms(PRESS_POLL_MS);
        int late = 0;
        while (!has_news(press) && !late)
            late = pthread_cond_timedwait(&press->news, &press->lock, &until);
    }
    pthread_mutex_unlock(&press->lock);
    arena_finish(&arena);
    return NULL;
}

enum err press_start(struct press *press, struct fault *fault)
{
    assert(press);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    int64_t seq = 0;
    enum err err = change_last_seq(lease.db, &seq);
    if (err)
        return db_fault(lease.db, err, fault);
    pthread_mutex_lock(&press->lock); /* the desk may be asked already */
    press->applied_seq = press->printed_seq = seq;
    pthread_mutex_unlock(&press->lock);
    if (pthread_create(&press->follower, NULL, follow_log, press))
        return fault_set(fault, ERR_NO_MEMORY, NULL, "no thread for the press");
    press->follower_running = true;
    for (unsigned i = 0; i < press->config.printers; i++) {
        if (pthread_create(&press->printers[i], NULL, press_run_printer, press))
            log_panic("no thread to print");
    }
    err = press_views_start(press->views);
    if (!err)
        err = press_events_start(press->events);
    return err ? fault_set(fault, err, NULL, "no thread for views and events")
               : feed_start(press->feed);
}

static void free_jobs(struct press *press)
{
    size_t position = 0;
    struct print_job *job;
    while ((job = map_next(&press->jobs, &position, NULL)))
        free(job);
    map_finish(&press->jobs);
}

void press_destroy(struct press *press)
{
    if (!press)
        return;
    pthread_mutex_lock(&press->lock);
    press->stopping = true;
    pthread_cond_broadcast(&press->news);
    pthread_cond_broadcast(&press->work);
    pthread_cond_broadcast(&press->done);
    pthread_mutex_unlock(&press->lock);
    if (press->follower_running) {
        pthread_join(press->follower, NULL);
        for (unsigned i = 0; i < press->config.printers; i++)
            pthread_join(press->printers[i], NULL);
    }
    press_views_stop(press->views);
    press_events_destroy(press->events);
    feed_destroy(press->feed);
    press_views_destroy(press->views);
    free_jobs(press);
    press_touches_finish(press);
    sheets_finish(&press->sheets);
    for (size_t i = 0; i < press->recent_count; i++)
        free((char *)(uintptr_t)press->recent[i].key.ptr);
    free(press->recent);
    pthread_mutex_destroy(&press->lock);
    pthread_cond_destroy(&press->news);
    pthread_cond_destroy(&press->work);
    pthread_cond_destroy(&press->done);
    free(press);
}

/* ---- waiting ---- */

enum err press_catch_up(struct press *press, int64_t seq, struct fault *fault)
{
    assert(press);
    struct timespec until = after_ms(PRESS_ACK_TIMEOUT_MS);
    int64_t began_us = clock_now_us();
    int late = 0;
    pthread_mutex_lock(&press->lock);
    if (seq > press->wanted_seq)
        press->wanted_seq = seq;
    pthread_cond_signal(&press->news);
    while (
        !press->stopping && !late &&
        (press->printed_seq < seq || !press->edges_known || press->edges_new))
        late = pthread_cond_timedwait(&press->done, &press->lock, &until);
    bool reached =
        press->printed_seq >= seq && press->edges_known && !press->edges_new;
    pthread_mutex_unlock(&press->lock);
    if (!reached)
        return fault_set(fault, ERR_TIMEOUT, NULL,
                         "the change is stored, but no edge could be told "
                         "within %d seconds; it will be shown when the edge "
                         "is back",
                         PRESS_ACK_TIMEOUT_MS / 1000);
    feed_wait_acknowledged(press->feed, PRESS_ACK_TIMEOUT_MS * INT64_C(1000));
    metric_observe(&press->figures.publish_seconds, clock_now_us() - began_us);
    return ERR_OK;
}

/* Whatever is asked for is printed at once from here on; the rest of the
 * pinned pages follows in the background. */
static bool is_ready(const struct press *press)
{
    return press->edges_known && press->pins_wanted == press->pins_done &&
           !press->changes_open;
}

enum err press_wait_ready(struct press *press, int64_t timeout_us)
{
    assert(press);
    struct timespec until = after_ms(timeout_us / 1000);
    int late = 0;
    pthread_mutex_lock(&press->lock);
    while (!press->stopping && !is_ready(press) && !late)
        late = pthread_cond_timedwait(&press->done, &press->lock, &until);
    bool ready = is_ready(press);
    pthread_mutex_unlock(&press->lock);
    if (!ready)
        return ERR_TIMEOUT;
    feed_wait_acknowledged(press->feed, PRESS_ACK_TIMEOUT_MS * INT64_C(1000));
    return ERR_OK;
}

void press_work_closed(struct press *press, unsigned edge)
{
    feed_work_closed(press->feed, edge);
}

const struct press_figures *press_figures(const struct press *press)
{
    assert(press);
    return &press->figures;
}

void press_read_status(struct press *press, struct press_status *ret_status)
{
    assert(press);
    assert(ret_status);
    struct press_status status = {.edges = feed_connected(press->feed)};
    pthread_mutex_lock(&press->lock);
    status.log_seq = press->printed_seq;
    status.pages = press->sheets.by_key.count;
    status.waiting = press->jobs.count;
    status.prints = press->prints;
    for (unsigned edge = 0; edge < FEED_EDGES_MAX; edge++)
        status.streams += press->streams[edge];
    size_t position = 0;
    struct sheet *sheet;
    while ((sheet = sheets_next(&press->sheets, &position)))
        status.pinned += sheet->pinned;
    pthread_mutex_unlock(&press->lock);
    *ret_status = status;
}
