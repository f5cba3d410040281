// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/edge_live_internal.h"

void edge_live_ring_init(struct live_waiter *ring)
{
    ring->previous = ring->next = ring;
}

static bool is_empty(const struct live_waiter *ring)
{
    return ring->next == ring;
}

static void add(struct live_waiter *ring, struct live_waiter *waiter)
{
    waiter->previous = ring->previous;
    waiter->next = ring;
    ring->previous->next = waiter;
    ring->previous = waiter;
}

static void take_out(struct live_waiter *waiter)
{
    waiter->previous->next = waiter->next;
    waiter->next->previous = waiter->previous;
    waiter->previous = waiter->next = waiter;
}

/* All of from behind what is in to. */
static void move_all(struct live_waiter *from, struct live_waiter *to)
{
    if (is_empty(from))
        return;
    from->next->previous = to->previous;
    to->previous->next = from->next;
    from->previous->next = to;
    to->previous = from->previous;
    edge_live_ring_init(from);
}

static struct http_exchange *take_exchange(struct live_waiter *waiter)
{
    struct http_exchange *exchange = waiter->exchange;
    exchange->on_abandon = NULL;
    take_out(waiter);
    loop_timeout_cancel(&waiter->timeout);
    waiter->live->waiting--;
    free(waiter);
    return exchange;
}

static void on_abandon(struct http_exchange *exchange)
{
    struct live_waiter *waiter = exchange->handler_data;
    edge_count(waiter->live->thread, EDGE_LIVE_GONE);
    take_exchange(waiter);
}

/* Where somebody waits for it now. */
static struct live_waiter *ring_of(const struct live_ask *ask)
{
    const struct live_edition *edition = ask->seat->editions[ask->rendition];
    uint64_t sequence = 0;
    size_t part = 0;
    enum live_wait_list list = LIVE_WAIT_LATER;
    if (edition)
        live_edition_next(edition, &sequence, &part);
    if (ask->sequence == sequence && ask->part == (int64_t)part)
        list = LIVE_WAIT_PART;
    else if (ask->sequence == sequence && ask->part < 0)
        list = LIVE_WAIT_SEGMENT;
    return &ask->seat->waiting[ask->rendition][list];
}

/* Three target durations, as they are by now. */
static int64_t until_us(const struct live_waiter *waiter)
{
    const struct live_seat *seat = waiter->ask.seat;
    const struct live_edition *edition = seat->editions[waiter->ask.rendition];
    int64_t target = seat->station->info.target;
    if (edition && edition->longest > target)
        target = edition->longest;
    return waiter->since_us + LIVE_WAIT_TARGETS * target * 100 / 9;
}

void edge_live_wait(struct edge_live *live, const struct live_ask *ask,
                    struct http_exchange *exchange)
{
    struct live_waiter *waiter = calloc(1, sizeof *waiter);
    if (!waiter)
        log_panic("no memory for a viewer who waits");
    waiter->ask = *ask;
    waiter->live = live;
    exchange = http_exchange_slim(exchange);
    waiter->exchange = exchange;
    waiter->since_us = loop_now_us(live->thread->loop);
    exchange->handler_data = waiter;
    exchange->on_abandon = on_abandon;
    exchange->ended_is_gone = true;
    add(ring_of(ask), waiter);
    live->waiting++;
    loop_timeout_arm(live->thread->loop, &live->timeouts, &waiter->timeout);
}

void edge_live_on_timeout(void *context, struct loop_timeout *timeout)
{
    struct edge_live *live = context;
    struct live_waiter *waiter =
        (struct live_waiter *)((char *)timeout -
                               offsetof(struct live_waiter, timeout));
    if (loop_now_us(live->thread->loop) < until_us(waiter)) {
        loop_timeout_arm(live->thread->loop, &live->timeouts, timeout);
        return;
    }
    edge_count(live->thread, EDGE_LIVE_LATE);
    edge_live_answer_words(take_exchange(waiter), 503,
                           STR("nothing came in three target durations"));
}

/* What they ask next may add waiters again, for what comes then. */
static void release_some(void *argument)
{
    struct edge_live *live = argument;
    live->is_posted = false;
    for (int i = 0; i < LIVE_RELEASES_A_TURN && !is_empty(&live->due); i++) {
        struct live_waiter *waiter = live->due.next;
        struct live_ask ask = waiter->ask;
        if (edge_live_has_to_wait(&ask)) {
            take_out(waiter);
            add(ring_of(&ask), waiter);
        } else {
            edge_count(live->thread, EDGE_LIVE_ANSWERED);
            edge_live_answer(&ask, take_exchange(waiter));
        }
    }
    if (!is_empty(&live->due)) {
        live->is_posted = true;
        loop_post(live->thread->loop, release_some, live);
    }
}

void edge_live_wake(struct edge_live *live, struct live_seat *seat,
                    uint32_t rendition, bool segment_ended)
{
    struct live_waiter *rings = seat->waiting[rendition];
    move_all(&rings[LIVE_WAIT_PART], &live->due);
    if (segment_ended)
        move_all(&rings[LIVE_WAIT_SEGMENT], &live->due);
    move_all(&rings[LIVE_WAIT_LATER], &live->due);
    if (!is_empty(&live->due) && !live->is_posted)
        release_some(live);
}

static void turn_away(struct live_waiter *ring, const struct live_seat *seat)
{
    struct live_waiter *waiter = ring->next;
    while (waiter != ring) {
        struct live_waiter *next = waiter->next;
        if (waiter->ask.seat == seat)
            edge_live_answer_words(take_exchange(waiter), 404,
                                   STR("this channel has been removed"));
        waiter = next;
    }
}

void edge_live_turn_away(struct edge_live *live, struct live_seat *seat)
{
    turn_away(&live->due, seat);
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        for (size_t list = 0; list < LIVE_WAIT_LISTS; list++)
            turn_away(&seat->waiting[i][list], seat);
    }
}
