// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/edge_live_internal.h"
#include "link/message_socket.h"

enum {
    OUT_BYTES_MAX = 1 << 20,
    VIEWERS_EVERY_MS = 2000,
};

/* ---- A thread's side --------------------------------------------------------
 */

enum err edge_live_create(struct edge_thread *thread)
{
    struct edge_live *live = calloc(1, sizeof *live);
    if (!live)
        return ERR_NO_MEMORY;
    live->thread = thread;
    map_init(&live->names);
    address_shares_init(&live->socket_shares, LIVE_SOCKETS_PER_ADDRESS_MAX);
    edge_live_ring_init(&live->due);
    loop_timeouts_add(thread->loop, &live->timeouts,
                      LIVE_WAIT_STEP_MS * INT64_C(1000), edge_live_on_timeout,
                      live);
    thread->live = live;
    return ERR_OK;
}

static struct live_seat *seat_of(struct edge_live *live, uint64_t channel)
{
    struct live_seat *seat = live->seats;
    while (seat && seat->channel != channel)
        seat = seat->next;
    return seat;
}

static struct live_seat *add_seat(struct edge_live *live, uint64_t channel)
{
    struct live_seat *seat = calloc(1, sizeof *seat);
    if (!seat)
        log_panic("no memory for television");
    seat->channel = channel;
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        for (size_t list = 0; list < LIVE_WAIT_LISTS; list++)
            edge_live_ring_init(&seat->waiting[i][list]);
    }
    seat->next = live->seats;
    live->seats = seat;
    return seat;
}

static void forget_name(struct edge_live *live, struct live_seat *seat)
{
    if (seat->station &&
        map_get(&live->names, seat->station->info.name) == seat)
        map_remove(&live->names, seat->station->info.name);
}

static void free_seat(struct live_seat *seat)
{
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++)
        live_edition_release(seat->editions[i]);
    live_captions_release(seat->captions);
    live_station_release(seat->station);
    free(seat);
}

static void apply_station(struct edge_live *live, struct live_station *station,
                          uint64_t channel)
{
    struct live_seat *seat = seat_of(live, channel);
    if (!seat)
        seat = add_seat(live, channel);
    forget_name(live, seat);
    live_station_release(seat->station);
    seat->station = live_station_hold(station);
    if (map_set(&live->names, station->info.name, seat, NULL))
        log_panic("no memory for television");
}

static void apply_captions(struct edge_live *live,
                           struct live_captions *captions, uint64_t channel)
{
    struct live_seat *seat = seat_of(live, channel);
    assert(seat);
    live_captions_release(seat->captions);
    seat->captions = live_captions_hold(captions);
}

static void apply_edition(struct edge_live *live, struct live_edition *edition,
                          uint64_t channel)
{
    struct live_seat *seat = seat_of(live, channel);
    assert(seat);
    struct live_edition *old = seat->editions[edition->rendition];
    uint64_t before = 0, after = 0;
    size_t part;
    if (old)
        live_edition_next(old, &before, &part);
    live_edition_next(edition, &after, &part);
    seat->editions[edition->rendition] = live_edition_hold(edition);
    live_edition_release(old);
    edge_live_wake(live, seat, edition->rendition, before != after);
}

static void apply_gone(struct edge_live *live, uint64_t channel)
{
    struct live_seat *seat = seat_of(live, channel);
    if (!seat)
        return;
    forget_name(live, seat);
    edge_live_turn_away(live, seat);
    struct live_seat **at = &live->seats;
    while (*at != seat)
        at = &(*at)->next;
    *at = seat->next;
    free_seat(seat);
}

void edge_live_destroy(struct edge_thread *thread)
{
    struct edge_live *live = thread->live;
    if (!live)
        return;
    while (live->seats) {
        struct live_seat *seat = live->seats;
        live->seats = seat->next;
        free_seat(seat);
    }
    map_finish(&live->names);
    address_shares_finish(&live->socket_shares);
    free(live);
}

/* ---- The first thread's: what the playout tells -----------------------------
 */

struct edge_live_link {
    struct edge *edge;
    struct message_socket socket;
    struct live_origin *origin;
    struct loop_timer viewers_timer;
};

/* What one read brought, for all threads. */
struct batch {
    atomic_uint remaining;
    bool is_all; /* after it threads know all that there is */
    size_t count, capacity;
    struct live_change *changes;
};

struct errand {
    struct edge_thread *thread;
    struct batch *batch;
};

static void free_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        live_station_release(batch->changes[i].station);
        live_captions_release(batch->changes[i].captions);
        live_edition_release(batch->changes[i].edition);
    }
    free(batch->changes);
    free(batch);
}

static void apply_batch(void *argument)
{
    struct errand errand = *(struct errand *)argument;
    free(argument);
    struct edge_live *live = errand.thread->live;
    live->is_told = live->is_told || errand.batch->is_all;
    for (size_t i = 0; i < errand.batch->count; i++) {
        const struct live_change *change = &errand.batch->changes[i];
        if (change->station)
            apply_station(live, change->station, change->channel);
        else if (change->captions)
            apply_captions(live, change->captions, change->channel);
        else if (change->edition)
            apply_edition(live, change->edition, change->channel);
        else
            apply_gone(live, change->channel);
    }
    if (atomic_fetch_sub(&errand.batch->remaining, 1) == 1)
        free_batch(errand.batch);
}

static struct batch *collect(struct live_origin *origin)
{
    struct batch *batch = calloc(1, sizeof *batch);
    struct live_change change;
    if (!batch)
        log_panic("no memory for television");
    while (live_origin_next(origin, &change)) {
        if (batch->count == batch->capacity) {
            batch->capacity = batch->capacity ? 2 * batch->capacity : 8;
            struct live_change *grown =
                realloc(batch->changes, batch->capacity * sizeof *grown);
            if (!grown)
                log_panic("no memory for television");
            batch->changes = grown;
        }
        batch->changes[batch->count++] = change;
    }
    return batch;
}

static void hand_on(struct edge_live_link *link, bool is_all)
{
    struct edge *edge = link->edge;
    struct batch *batch = collect(link->origin);
    batch->is_all = is_all;
    if (!batch->count && !is_all) {
        free_batch(batch);
        return;
    }
    atomic_init(&batch->remaining, edge->config.threads);
    for (unsigned i = 0; i < edge->config.threads; i++) {
        struct errand *errand = malloc(sizeof *errand);
        if (!errand)
            log_panic("no memory for television");
        *errand = (struct errand){&edge->threads[i], batch};
        loop_post(edge->threads[i].loop, apply_batch, errand);
    }
}

static void on_gone(void *context)
{
    struct edge_live_link *link = context;
    log_warn("the playout is gone; what is on air stands still");
    edge_live_fail_sayings(link->edge->sayings);
}

struct buf *edge_live_link_out(struct edge_live_link *link)
{
    return message_socket_is_open(&link->socket) ? &link->socket.out : NULL;
}

void edge_live_link_flush(struct edge_live_link *link)
{
    message_socket_flush(&link->socket);
}

static bool on_bytes(void *context, struct str *bytes)
{
    struct edge_live_link *link = context;
    struct message message;
    bool is_all = false;
    enum err err;
    while (!(err = message_next(bytes, &message))) {
        err = message.kind != MESSAGE_LIVE_SAID
                  ? live_origin_take(link->origin, &message)
              : edge_live_on_said(link->edge->sayings, &message) ? ERR_OK
                                                                 : ERR_INVALID;
        if (err)
            break;
        is_all = is_all || message.kind == MESSAGE_LIVE_READY;
    }
    hand_on(link, is_all);
    if (err != ERR_AGAIN)
        log_error("the playout sent what cannot be understood");
    return err == ERR_AGAIN;
}

void edge_live_adopt(struct edge_live_link *link, int fd)
{
    message_socket_adopt(&link->socket, fd);
}

static void tell_viewers(void *argument)
{
    struct edge_live_link *link = argument;
    struct loop *loop = edge_first(link->edge)->loop;
    if (message_socket_is_open(&link->socket)) {
        live_origin_put_viewers(link->origin, loop_now_us(loop),
                                &link->socket.out);
        message_socket_flush(&link->socket);
    }
    loop_timer_arm(loop, &link->viewers_timer,
                   loop_now_us(loop) + VIEWERS_EVERY_MS * INT64_C(1000));
}

enum err edge_live_link_create(struct edge *edge,
                               struct edge_live_link **ret_link)
{
    struct edge_live_link *link = calloc(1, sizeof *link);
    if (!link)
        return ERR_NO_MEMORY;
    link->edge = edge;
    link->socket = (struct message_socket){.loop = edge_first(edge)->loop,
                                           .context = link,
                                           .on_bytes = on_bytes,
                                           .on_gone = on_gone};
    message_socket_init(&link->socket, OUT_BYTES_MAX);
    link->origin = live_origin_create();
    link->viewers_timer.on_due = tell_viewers;
    link->viewers_timer.context = link;
    tell_viewers(link);
    *ret_link = link;
    return ERR_OK;
}

void edge_live_link_close(struct edge_live_link *link)
{
    message_socket_close(&link->socket);
    edge_live_fail_sayings(link->edge->sayings);
}

void edge_live_link_destroy(struct edge_live_link *link)
{
    if (!link)
        return;
    message_socket_finish(&link->socket);
    live_origin_destroy(link->origin);
    free(link);
}
