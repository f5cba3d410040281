// SPDX-License-Identifier: Apache-2.0
#include "link/feed.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "link/feed_internal.h"

struct feed_payload *feed_payload_create(enum message_kind kind,
                                         struct str bytes)
{
    assert(bytes.len <= MESSAGE_PAYLOAD_BYTES_MAX);
    struct feed_payload *payload = malloc(sizeof *payload + bytes.len);
    if (!payload)
        return NULL;
    atomic_init(&payload->references, 1);
    payload->kind = kind;
    payload->len = bytes.len;
    if (bytes.len)
        memcpy(payload->bytes, bytes.ptr, bytes.len);
    return payload;
}

struct feed_payload *feed_payload_hold(struct feed_payload *payload)
{
    assert(payload);
    atomic_fetch_add_explicit(&payload->references, 1, memory_order_relaxed);
    return payload;
}

void feed_payload_release(struct feed_payload *payload)
{
    if (payload && atomic_fetch_sub_explicit(&payload->references, 1,
                                             memory_order_acq_rel) == 1)
        free(payload);
}

enum err feed_create(const struct feed_events *events, struct feed **ret_feed)
{
    assert(events);
    assert(ret_feed);
    struct feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return ERR_NO_MEMORY;
    feed->events = *events;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&feed->lock, NULL);
    pthread_cond_init(&feed->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *ret_feed = feed;
    return ERR_OK;
}

enum err feed_add_edge(struct feed *feed, const char *path,
                       unsigned work_connections)
{
    assert(feed);
    assert(!feed->started);
    if (feed->edge_count == FEED_EDGES_MAX)
        return ERR_TOO_LONG;
    struct feed_edge *edge = &feed->edges[feed->edge_count];
    *edge = (struct feed_edge){
        .feed = feed,
        .index = feed->edge_count,
        .work_wanted = work_connections,
        .fd = -1,
    };
    enum err err = str_to_c(str_from_c(path), edge->path, sizeof edge->path);
    if (!err)
        feed->edge_count++;
    return err;
}

enum err feed_start(struct feed *feed)
{
    assert(feed);
    assert(!feed->started);
    for (unsigned i = 0; i < feed->edge_count; i++) {
        struct feed_edge *edge = &feed->edges[i];
        if (pthread_create(&edge->reader, NULL, feed_edge_read, edge) ||
            pthread_create(&edge->writer, NULL, feed_edge_write, edge))
            log_panic("no thread for the feed", LOG_C("edge", edge->path));
    }
    feed->started = true;
    return ERR_OK;
}

void feed_destroy(struct feed *feed)
{
    if (!feed)
        return;
    pthread_mutex_lock(&feed->lock);
    feed->stopping = true;
    for (unsigned i = 0; i < feed->edge_count; i++)
        feed_edge_cut(&feed->edges[i]);
    pthread_cond_broadcast(&feed->changed);
    pthread_mutex_unlock(&feed->lock);
    for (unsigned i = 0; feed->started && i < feed->edge_count; i++) {
        pthread_join(feed->edges[i].reader, NULL);
        pthread_join(feed->edges[i].writer, NULL);
    }
    pthread_mutex_destroy(&feed->lock);
    pthread_cond_destroy(&feed->changed);
    free(feed);
}

/* An edge that cannot be told the truth may not serve. Lock held. */
static void kill_edge(struct feed_edge *edge, const char *cause)
{
    log_error(cause, LOG_INT("edge", edge->index), LOG_INT("pid", edge->pid),
              LOG_INT("sent", edge->sent_number),
              LOG_INT("acknowledged", edge->acked_number));
    if (edge->pid > 1)
        kill(edge->pid, SIGKILL);
    feed_edge_cut(edge);
}

/* Queues for one edge. Lock held. */
static void enqueue(struct feed_edge *edge, struct feed_payload *payload)
{
    if (!edge->ready)
        return;
    struct feed_item *item = malloc(sizeof *item);
    if (!item || edge->waiting_bytes > FEED_WAITING_BYTES_MAX) {
        free(item);
        kill_edge(edge, "an edge does not keep up; killing it");
        return;
    }
    *item = (struct feed_item){
        .payload = feed_payload_hold(payload),
        .number = ++edge->sent_number,
    };
    if (edge->last)
        edge->last->next = item;
    else
        edge->first = item;
    edge->last = item;
    edge->waiting_bytes += payload->len;
    pthread_cond_broadcast(&edge->feed->changed);
}

void feed_send(struct feed *feed, struct feed_payload *payload)
{
    assert(feed);
    assert(payload);
    pthread_mutex_lock(&feed->lock);
    for (unsigned i = 0; i < feed->edge_count; i++)
        enqueue(&feed->edges[i], payload);
    pthread_mutex_unlock(&feed->lock);
    feed_payload_release(payload);
}

void feed_send_to(struct feed *feed, unsigned edge,
                  struct feed_payload *payload)
{
    assert(feed);
    assert(edge < feed->edge_count);
    assert(payload);
    pthread_mutex_lock(&feed->lock);
    enqueue(&feed->edges[edge], payload);
    pthread_mutex_unlock(&feed->lock);
    feed_payload_release(payload);
}

void feed_work_closed(struct feed *feed, unsigned edge)
{
    assert(feed);
    assert(edge < feed->edge_count);
    pthread_mutex_lock(&feed->lock);
    feed->edges[edge].work_open--;
    pthread_mutex_unlock(&feed->lock);
    feed_edge_dial_work(&feed->edges[edge]);
}

/* Whether the edge still owes an acknowledgement up to number over the
 * connection that was open then. Lock held. */
static bool owes(const struct feed_edge *edge, int fd, uint64_t number)
{
    return fd >= 0 && edge->fd == fd && edge->ready &&
           edge->sent_number >= number && edge->acked_number < number;
}

void feed_wait_acknowledged(struct feed *feed, int64_t timeout_us)
{
    assert(feed);
    int64_t until_us = clock_now_us() + timeout_us;
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    uint64_t numbers[FEED_EDGES_MAX];
    int fds[FEED_EDGES_MAX];
    pthread_mutex_lock(&feed->lock);
    for (unsigned i = 0; i < feed->edge_count; i++) {
        numbers[i] = feed->edges[i].sent_number;
        fds[i] = feed->edges[i].ready ? feed->edges[i].fd : -1;
    }
    for (unsigned i = 0; i < feed->edge_count; i++) {
        struct feed_edge *edge = &feed->edges[i];
        int late = 0;
        while (owes(edge, fds[i], numbers[i]) && !late && !feed->stopping)
            late = pthread_cond_timedwait(&feed->changed, &feed->lock, &until);
        if (owes(edge, fds[i], numbers[i]) && late == ETIMEDOUT)
            kill_edge(edge, "an edge does not acknowledge; killing it");
    }
    pthread_mutex_unlock(&feed->lock);
}

unsigned feed_connected(struct feed *feed)
{
    assert(feed);
    unsigned count = 0;
    pthread_mutex_lock(&feed->lock);
    for (unsigned i = 0; i < feed->edge_count; i++)
        count += feed->edges[i].ready;
    pthread_mutex_unlock(&feed->lock);
    return count;
}
