// SPDX-License-Identifier: Apache-2.0
/* link/feed_internal.h: what feed.c (sending, waiting) and feed_edge.c (the
 * threads that talk to one edge) share. */
#ifndef LINK_FEED_INTERNAL_H
#define LINK_FEED_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include "link/feed.h"

struct feed_payload {
    atomic_uint references;
    enum message_kind kind;
    size_t len;
    char bytes[];
};

/* One message on its way to one edge. */
struct feed_item {
    struct feed_item *next;
    struct feed_payload *payload;
    uint64_t number;
};

/* Everything below is guarded by feed->lock but for the fixed part. */
struct feed_edge {
    struct feed *feed;
    unsigned index;
    char path[108]; /* sun_path */
    unsigned work_wanted;
    pthread_t reader; /* dials, then reads */
    pthread_t writer;

    int fd;     /* -1 when not connected */
    bool ready; /* welcomed: what is sent is queued */
    pid_t pid;
    struct feed_item *first, *last;
    size_t waiting_bytes;
    uint64_t sent_number; /* of the last message queued */
    uint64_t acked_number;
    unsigned work_open;
};

struct feed {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* something to write, an ack, the end */
    struct feed_events events;
    struct feed_edge edges[FEED_EDGES_MAX];
    unsigned edge_count;
    bool started;
    bool stopping;
};

/* The thread functions; the argument is the struct feed_edge. */
void *feed_edge_read(void *edge);
void *feed_edge_write(void *edge);

/* Keeps the wanted number of work connections open, if the edge is there. */
void feed_edge_dial_work(struct feed_edge *edge);

/* Hangs up and forgets what was queued; the reader notices. Lock held. */
void feed_edge_cut(struct feed_edge *edge);

#endif
