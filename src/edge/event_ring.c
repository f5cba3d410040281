// SPDX-License-Identifier: Apache-2.0
#include "edge/event_ring.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "net/http_tail.h"

enum { FRAME_BYTES = 64 + EVENT_TOPIC_BYTES_MAX };

static struct http_piece *make_piece(const struct event *event)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, EVENT_DATA_BYTES_MAX + FRAME_BYTES);
    buf_printf(&text, "id: %" PRIu64 "\nevent: ", event->number);
    buf_add(&text, event_topic_kind(event->topic));
    buf_add_c(&text, "\ndata: ");
    buf_add(&text, event->data);
    buf_add_c(&text, "\n\n");
    return buf_err(&text) ? NULL : http_piece_create(buf_str(&text));
}

struct edge_event *edge_event_create(const struct event *event)
{
    struct edge_event *made = malloc(sizeof *made + event->topic.len);
    struct http_piece *piece = made ? make_piece(event) : NULL;
    if (!piece) {
        free(made);
        return NULL;
    }
    char *topic = (char *)(made + 1);
    memcpy(topic, event->topic.ptr, event->topic.len);
    *made = (struct edge_event){
        .number = event->number,
        .topic = str_of(topic, event->topic.len),
        .piece = piece,
    };
    atomic_init(&made->references, 1);
    return made;
}

struct edge_event *edge_event_hold(struct edge_event *event)
{
    assert(event);
    atomic_fetch_add_explicit(&event->references, 1, memory_order_relaxed);
    return event;
}

void edge_event_release(struct edge_event *event)
{
    if (!event || atomic_fetch_sub_explicit(&event->references, 1,
                                            memory_order_acq_rel) != 1)
        return;
    http_piece_release(event->piece);
    free(event);
}

void event_ring_init(struct event_ring *ring)
{
    *ring = (struct event_ring){.count = 0};
}

static void drop_first(struct event_ring *ring)
{
    struct edge_event *old = ring->at[ring->first];
    ring->after = old->number;
    ring->first = (ring->first + 1) % EVENTS_KEPT;
    ring->count--;
    edge_event_release(old);
}

void event_ring_finish(struct event_ring *ring)
{
    while (ring->count)
        drop_first(ring);
}

enum event_ring_step event_ring_begin(struct event_ring *ring, uint64_t after,
                                      uint64_t upto)
{
    assert(after <= upto);
    enum event_ring_step step = EVENT_RING_GOES_ON;
    if (!ring->is_filled)
        step = EVENT_RING_FILLED;
    else if (after > ring->upto || upto < ring->upto)
        step = EVENT_RING_BROKEN;
    ring->held = ring->upto;
    if (step != EVENT_RING_GOES_ON) {
        event_ring_finish(ring);
        ring->after = ring->held = after;
    }
    ring->is_filled = true;
    ring->upto = upto;
    return step;
}

bool event_ring_add(struct event_ring *ring, struct edge_event *event)
{
    if (event->number <= ring->held)
        return false;
    if (ring->count == EVENTS_KEPT)
        drop_first(ring);
    ring->at[(ring->first + ring->count++) % EVENTS_KEPT] =
        edge_event_hold(event);
    return true;
}

bool event_ring_reaches(const struct event_ring *ring, uint64_t since)
{
    return ring->is_filled && since >= ring->after && since <= ring->upto;
}

struct edge_event *event_ring_next(const struct event_ring *ring,
                                   uint64_t since, size_t *position)
{
    while (*position < ring->count) {
        struct edge_event *event =
            ring->at[(ring->first + (*position)++) % EVENTS_KEPT];
        if (event->number > since)
            return event;
    }
    return NULL;
}
