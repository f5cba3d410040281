// SPDX-License-Identifier: Apache-2.0
/* edge/event_ring.h: the last events that the desk told, for readers who come
 * back: each thread has a ring, the events in it are shared.
 *
 * The ring knows all events of the changes behind one number (after) up to
 * another (upto). Whoever has seen everything up to a number in between can be
 * told what was missed; whoever has not is told that something was. */
#ifndef EDGE_EVENT_RING_H
#define EDGE_EVENT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "link/event.h"

struct http_piece;

/* An event as it is sent: made once, immutable, counted. */
struct edge_event {
    _Atomic unsigned references;
    uint64_t number;
    struct str topic;
    struct http_piece *piece; /* an event of a stream (HTML, server-sent
                                 events) */
};

/* NULL when there is no memory. */
struct edge_event *edge_event_create(const struct event *event);
struct edge_event *edge_event_hold(struct edge_event *event);
void edge_event_release(struct edge_event *event); /* accepts NULL */

struct event_ring {
    struct edge_event
        *at[EVENTS_KEPT]; /* oldest at first; one reference each */
    size_t first, count;
    uint64_t after, upto;
    uint64_t held; /* events up to it are in the ring, or were */
    bool is_filled;
};

void event_ring_init(struct event_ring *ring);
void event_ring_finish(struct event_ring *ring);

enum event_ring_step {
    EVENT_RING_FILLED, /* these are the first ones */
    EVENT_RING_GOES_ON,
    EVENT_RING_BROKEN, /* some were missed, or the desk follows another log:
                          the ring begins anew */
};

/* The desk tells all events of the changes behind after up to upto: they are
 * added next. */
enum event_ring_step event_ring_begin(struct event_ring *ring, uint64_t after,
                                      uint64_t upto);

/* Whether the event is new here; then the ring has a reference of its own. */
bool event_ring_add(struct event_ring *ring, struct edge_event *event);

/* Whether whoever has seen everything up to since can be told the rest. */
bool event_ring_reaches(const struct event_ring *ring, uint64_t since);

/* Walks over the events behind since, oldest first: start with *position 0;
 * NULL at the end. */
struct edge_event *event_ring_next(const struct event_ring *ring,
                                   uint64_t since, size_t *position);

#endif
