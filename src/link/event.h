// SPDX-License-Identifier: Apache-2.0
/* link/event.h: what open pages are told, on its way from the desk to edges.
 *
 * An event belongs to a topic, "front:en" or "article:62f9f7d471fdc", and
 * carries JSON on one line. Its number is that of the change in the log that it
 * was made from: a reader who comes back says which was the last one.
 *
 * MESSAGE_EVENTS tells all events of the changes behind one number up to
 * another one, so that an edge that was away knows whether it has missed any:
 * u64 after, u64 upto, then events in the order of their numbers. */
#ifndef LINK_EVENT_H
#define LINK_EVENT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    EVENT_TOPIC_BYTES_MAX = 96,
    EVENT_DATA_BYTES_MAX = 8192,
    EVENTS_KEPT = 512, /* by the desk and by each edge, to be told again */
};

/* Numbers stay below it, so that browsers and logs can hold them. */
#define EVENT_NUMBER_MAX (UINT64_C(1) << 53)

struct event {
    uint64_t number; /* 1 … EVENT_NUMBER_MAX - 1 */
    struct str topic;
    struct str data;
};

/* What a MESSAGE_EVENTS says; borrowed from its payload. */
struct events {
    uint64_t after;
    uint64_t upto;
    struct str rest; /* of the events that event_next has not taken */
};

/* Whether text can be a topic: a kind of small letters, a colon, and a name of
 * letters, digits, '-', '_' or '/', not longer than EVENT_TOPIC_BYTES_MAX. */
bool event_topic_is_valid(struct str text);

/* "front" of "front:en". */
struct str event_topic_kind(struct str topic);

/* The payload of one message, piece by piece. */
void events_begin(struct buf *out, uint64_t after, uint64_t upto);
void events_put(struct buf *out, const struct event *event);

/* ERR_INVALID unless the whole payload is well formed: every event's number
 * lies within, none before the one it follows, every topic is valid and all
 * data is one line of at most EVENT_DATA_BYTES_MAX. */
MUST_USE enum err events_read(struct str payload, struct events *ret_events);

/* Takes the next event off; false at the end. */
bool events_next(struct events *events, struct event *ret_event);

#endif
