// SPDX-License-Identifier: Apache-2.0
/* link/feed.h: the desk's side of the feed: it dials every edge, tells all of
 * them the same in the same order, and knows what each has acknowledged.
 *
 * An edge that goes away is dialled again and starts from what it holds. An
 * edge that is there but does not acknowledge in time might go on showing what
 * is no longer true: it is killed, so that its supervisor starts it afresh. */
#ifndef LINK_FEED_H
#define LINK_FEED_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "link/figures.h"
#include "link/message.h"
#include "link/views.h"

struct feed;

enum {
    FEED_EDGES_MAX = 64,
    FEED_WAITING_BYTES_MAX = 512 << 20, /* of one edge; beyond it is cut off */
};

/* What an edge said of itself when it was reached. */
struct feed_welcome {
    unsigned edge; /* 0 … FEED_EDGES_MAX - 1 */
    uint64_t edition;
    uint64_t log_number;
};

/* What an edge counted (views.h). */
struct feed_viewed {
    uint64_t edge; /* the number it made up at its start */
    uint64_t number;
    struct views_pairs pairs;
};

/* All are called on the feed's threads, those of one edge never at once. */
struct feed_events {
    void *context;
    /* The edge holds this page; comes before on_connect. Borrowed. */
    void (*on_held)(void *context, unsigned edge, struct str key,
                    unsigned flags, struct str depends);
    /* The edge is there. What is sent from now on reaches it. */
    void (*on_connect)(void *context, const struct feed_welcome *welcome);
    /* Also when it went away while it said what it holds. */
    void (*on_disconnect)(void *context, unsigned edge);
    void (*on_want)(void *context, unsigned edge, struct str key);
    /* Nobody there waits for it any more. */
    void (*on_unwant)(void *context, unsigned edge, struct str key);
    void (*on_evicted)(void *context, unsigned edge, struct str key);
    /* A batch of views; borrowed. */
    void (*on_viewed)(void *context, unsigned edge,
                      const struct feed_viewed *viewed);
    /* How many streams are open there; NULL: nobody wants to know. */
    void (*on_streams)(void *context, unsigned edge, uint64_t count);
    /* What it has counted; NULL: nobody wants to know. */
    void (*on_figures)(void *context, unsigned edge,
                       const struct edge_figures *figures);
    /* A connection for requests, dialled at the edge; owned by the callee. */
    void (*on_work)(void *context, unsigned edge, int fd);
};

/* A message's payload, shared by all edges that it is on its way to. */
struct feed_payload;

struct feed_payload *feed_payload_create(enum message_kind kind,
                                         struct str bytes); /* copies; NULL */
struct feed_payload *feed_payload_hold(struct feed_payload *payload);
void feed_payload_release(struct feed_payload *payload);

/* Nothing is dialled before feed_start. events is copied. */
MUST_USE enum err feed_create(const struct feed_events *events,
                              struct feed **ret_feed);

/* path of the edge's Unix socket, work_connections to keep open beside the
 * feed. Before feed_start only. */
MUST_USE enum err feed_add_edge(struct feed *feed, const char *path,
                                unsigned work_connections);
MUST_USE enum err feed_start(struct feed *feed);

/* Stops the threads and hangs up. Accepts NULL. */
void feed_destroy(struct feed *feed);

/* To every connected edge; it never waits. The reference is the feed's. */
void feed_send(struct feed *feed, struct feed_payload *payload);

/* To one edge only (filling a new one). */
void feed_send_to(struct feed *feed, unsigned edge,
                  struct feed_payload *payload);

/* A work connection of edge was closed: another one is dialled at once, so
 * on_work may be called before this returns. */
void feed_work_closed(struct feed *feed, unsigned edge);

/* Waits until every connected edge has acknowledged all that was sent before
 * the call. An edge that takes longer than timeout_us is killed; the wait then
 * still ends well, because nobody is served by it any more. */
void feed_wait_acknowledged(struct feed *feed, int64_t timeout_us);

/* How many edges are connected now. */
unsigned feed_connected(struct feed *feed);

#endif
