// SPDX-License-Identifier: Apache-2.0
/* What open pages are told (site/event.h): a thread that follows the log behind
 * the press. It waits until the edges have the pages of the changes, makes the
 * events and sends them to all edges.
 *
 * There is no cursor in the database: events are made from the log again, with
 * the same numbers, so a desk that starts tells those of the last minutes once
 * more, and edges take what they do not have. The same is kept for edges that
 * start. Whoever was away for longer is told just that something happened. */
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "link/event.h"
#include "site/event.h"
#include "site/press_internal.h"

enum {
    TOLD_AGAIN_CHANGES = 4000, /* of them, by a desk that starts, … */
    TOLD_AGAIN_MINUTES = 10,   /* … those so new */
    RETRY_MS = 1000,
};

/* An event that edges which start are told. */
struct kept_event {
    struct event event; /* the texts follow */
};

struct press_events {
    struct press *press;
    pthread_t thread;
    bool is_running;
    struct arena arena;
    uint64_t told; /* every change up to it was told of */

    /* Those behind after, of which no more than EVENTS_KEPT are kept: a ring,
     * oldest at first. */
    uint64_t after;
    struct kept_event *kept[EVENTS_KEPT];
    size_t first, count;
};

/* ---- keeping ---- */

/* All events of a change go together: it is told of whole or not at all. */
static void forget_first(struct press_events *events)
{
    events->after = events->kept[events->first]->event.number;
    while (events->count &&
           events->kept[events->first]->event.number == events->after) {
        free(events->kept[events->first]);
        events->first = (events->first + 1) % EVENTS_KEPT;
        events->count--;
    }
}

static void keep(struct press_events *events, const struct event *event)
{
    struct kept_event *kept =
        malloc(sizeof *kept + event->topic.len + event->data.len);
    if (!kept)
        log_panic("no memory for what pages are told");
    char *text = (char *)(kept + 1);
    memcpy(text, event->topic.ptr, event->topic.len);
    memcpy(text + event->topic.len, event->data.ptr, event->data.len);
    kept->event = (struct event){
        .number = event->number,
        .topic = str_of(text, event->topic.len),
        .data = str_of(text + event->topic.len, event->data.len),
    };
    if (events->count == EVENTS_KEPT)
        forget_first(events);
    events->kept[(events->first + events->count++) % EVENTS_KEPT] = kept;
}

/* ---- telling ---- */

static struct feed_payload *payload_of(const struct buf *out)
{
    struct feed_payload *payload =
        buf_err(out) ? NULL : feed_payload_create(MESSAGE_EVENTS, buf_str(out));
    if (!payload)
        log_panic("no memory for what pages are told");
    return payload;
}

/* Everything that is kept, to an edge that has come. One that holds it already
 * knows that by the numbers. */
static void tell_edge(struct press_events *events, unsigned edge)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, MESSAGE_PAYLOAD_BYTES_MAX);
    events_begin(&out, events->after, events->told);
    for (size_t i = 0; i < events->count; i++)
        events_put(&out,
                   &events->kept[(events->first + i) % EVENTS_KEPT]->event);
    feed_send_to(events->press->feed, edge, payload_of(&out));
}

static void tell_all(struct press_events *events, uint64_t upto,
                     const struct event_list *list)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, MESSAGE_PAYLOAD_BYTES_MAX);
    events_begin(&out, events->told, upto);
    for (size_t i = 0; i < list->count; i++) {
        events_put(&out, &list->at[i].event);
        keep(events, &list->at[i].event);
    }
    events->told = upto;
    feed_send(events->press->feed, payload_of(&out));
}

/* Whether what happened then may still be news to somebody. */
static bool is_recent(const struct change *change, int64_t now_us)
{
    return change->time_us >
           now_us - TOLD_AGAIN_MINUTES * 60 * TIME_US_PER_SECOND;
}

static void touch_bars(struct press *press, const struct change_list *changes)
{
    pthread_mutex_lock(&press->lock);
    for (size_t i = 0; i < changes->count; i++)
        press_touch_bar(press, changes->changes[i].key);
    pthread_mutex_unlock(&press->lock);
}

/* Tells of the next changes up to upto; all that are too old are passed over
 * as one that nobody was told of. */
static enum err tell_some(struct press_events *events, uint64_t upto,
                          bool only_recent, struct fault *fault)
{
    struct press *press = events->press;
    struct change_list changes;
    struct event_list list = {.count = 0};
    arena_reset(&events->arena);
    enum err err = press_read_changes(press, (int64_t)events->told,
                                      &events->arena, &changes, fault);
    if (err)
        return err;
    while (changes.count &&
           (uint64_t)changes.changes[changes.count - 1].seq > upto)
        changes.count--;
    while (only_recent && changes.count &&
           !is_recent(changes.changes, time_now_us())) {
        events->told = events->after = (uint64_t)changes.changes->seq;
        changes.changes++;
        changes.count--;
    }
    if (changes.count == 0) {
        if (!only_recent)
            events->told = upto; /* there are no such changes */
        return ERR_OK;
    }
    touch_bars(press, &changes);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    err = events_make(press->config.site, lease.db, &changes, &events->arena,
                      &list);
    if (err)
        return db_fault(lease.db, err, fault);
    tell_all(events, (uint64_t)changes.changes[changes.count - 1].seq, &list);
    return ERR_OK;
}

/* False when the log cannot be read; tried again later. */
static bool tell_upto(struct press_events *events, uint64_t upto,
                      bool only_recent)
{
    struct fault fault = {0};
    while (events->told < upto) {
        uint64_t before = events->told;
        if (tell_some(events, upto, only_recent, &fault)) {
            log_error("open pages cannot be told what changed",
                      LOG_C("cause", fault_text(&fault)));
            return false;
        }
        if (events->told == before)
            break; /* the log ends earlier */
    }
    return true;
}

/* ---- the thread ---- */

/* What there is to do: edges that have come, changes that are printed. Waits
 * for it; false at the end. */
static bool next_work(struct press_events *events, uint64_t *ret_edges,
                      uint64_t *ret_upto)
{
    struct press *press = events->press;
    pthread_mutex_lock(&press->lock);
    while (!press->stopping && !press->edges_untold &&
           (uint64_t)press->printed_seq <= events->told)
        pthread_cond_wait(&press->done, &press->lock);
    *ret_edges = press->edges_untold;
    *ret_upto = (uint64_t)press->printed_seq;
    press->edges_untold = 0;
    bool stopping = press->stopping;
    pthread_mutex_unlock(&press->lock);
    return !stopping;
}

static void rest(struct press *press)
{
    int64_t until_us = clock_now_us() + RETRY_MS * INT64_C(1000);
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    int late = 0;
    pthread_mutex_lock(&press->lock);
    while (!press->stopping && !late)
        late = pthread_cond_timedwait(&press->done, &press->lock, &until);
    pthread_mutex_unlock(&press->lock);
}

static void begin(struct press_events *events)
{
    struct press *press = events->press;
    pthread_mutex_lock(&press->lock);
    uint64_t upto = (uint64_t)press->printed_seq;
    pthread_mutex_unlock(&press->lock);
    events->told = upto > TOLD_AGAIN_CHANGES ? upto - TOLD_AGAIN_CHANGES : 0;
    events->after = events->told;
    if (!tell_upto(events, upto, true))
        events->told = events->after = upto;
}

static void *run(void *argument)
{
    struct press_events *events = argument;
    struct press *press = events->press;
    uint64_t edges, upto;
    begin(events);
    while (next_work(events, &edges, &upto)) {
        for (unsigned edge = 0; edge < FEED_EDGES_MAX; edge++) {
            if (edges & UINT64_C(1) << edge)
                tell_edge(events, edge);
        }
        if (upto <= events->told)
            continue;
        feed_wait_acknowledged(press->feed,
                               PRESS_ACK_TIMEOUT_MS * INT64_C(1000));
        if (!tell_upto(events, upto, false))
            rest(press);
    }
    return NULL;
}

enum err press_events_create(struct press *press,
                             struct press_events **ret_events)
{
    struct press_events *events = calloc(1, sizeof *events);
    if (!events)
        return ERR_NO_MEMORY;
    events->press = press;
    arena_init(&events->arena, 0);
    *ret_events = events;
    return ERR_OK;
}

enum err press_events_start(struct press_events *events)
{
    if (pthread_create(&events->thread, NULL, run, events))
        return ERR_NO_MEMORY;
    events->is_running = true;
    return ERR_OK;
}

void press_events_destroy(struct press_events *events)
{
    if (!events)
        return;
    if (events->is_running)
        pthread_join(events->thread, NULL);
    while (events->count)
        forget_first(events);
    arena_finish(&events->arena);
    free(events);
}
