// SPDX-License-Identifier: Apache-2.0
/* edge/streams.h: the open streams of one thread: who listens to which topics,
 * and how what is told reaches all of them.
 *
 * Telling ten thousand readers takes a while; a thread does it some dozens at a
 * time, and serves pages between. What is told first reaches everyone first.
 * Whoever does not read is cut off and delays nobody. */
#ifndef EDGE_STREAMS_H
#define EDGE_STREAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edge/event_ring.h"
#include "net/address.h"
#include "net/http_server.h"

struct streams;

enum {
    STREAM_TOPICS_MAX = 3,
    STREAMS_MAX = 12288, /* of a thread: the rest of its connections is for
                            pages */
    STREAMS_PER_ADDRESS_MAX = 64,
    STREAM_REPLAY_MAX = 12, /* events; whoever missed more loads the page */
    STREAMS_HEARTBEAT_MS = 25 * 1000,
    STREAMS_VIEWS_MS = 3 * 1000, /* between two totals of one article */
};

/* What somebody asks for. */
struct stream_ask {
    struct str topics[STREAM_TOPICS_MAX]; /* borrowed for the call */
    size_t topic_count;
    bool has_since;
    uint64_t since;             /* has seen everything up to it */
    struct address_peer reader; /* who it is; not limited when it is this
                                   machine */
};

/* open counts the streams of all threads. */
MUST_USE enum err streams_create(struct loop *loop, _Atomic unsigned *open,
                                 struct streams **ret_streams);

/* When the server is gone, and with it all clients, and then the loop, which
 * may have a turn of ours left. Accepts NULL. */
void streams_destroy(struct streams *streams);

/* Answers with a stream: the exchange is gone. ERR_BUSY, ERR_RATE: too many
 * are open, of all or of this reader; the exchange is the caller's still. */
MUST_USE enum err streams_open(struct streams *streams,
                               struct http_exchange *exchange,
                               const struct stream_ask *ask);

/* The desk tells these, all there are behind after up to upto. */
void streams_tell(struct streams *streams, uint64_t after, uint64_t upto,
                  struct edge_event *const *events, size_t count);

/* The article has so many views now. */
void streams_tell_views(struct streams *streams, uint64_t article,
                        int64_t views);

#endif
