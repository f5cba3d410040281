// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "link/feed_internal.h"
#include "link/wire.h"

enum {
    RETRY_MS_FIRST = 5,
    RETRY_MS_MAX = 250,
    SETTLED_MS = 1000, /* a conversation as long as that was a good one */
    READ_BYTES = 64 * 1024,
};

static void free_queue(struct feed_edge *edge)
{
    while (edge->first) {
        struct feed_item *item = edge->first;
        edge->first = item->next;
        feed_payload_release(item->payload);
        free(item);
    }
    edge->last = NULL;
    edge->waiting_bytes = 0;
}

void feed_edge_cut(struct feed_edge *edge)
{
    if (edge->fd >= 0)
        shutdown(edge->fd, SHUT_RDWR);
    edge->ready = false;
    free_queue(edge);
    pthread_cond_broadcast(&edge->feed->changed);
}

/* Connects and says what for. -1 when the edge is not there. */
static int dial(const struct feed_edge *edge, const char *greeting)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (str_to_c(str_from_c(edge->path), address.sun_path,
                 sizeof address.sun_path))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        send(fd, greeting, LINK_GREETING_BYTES, MSG_NOSIGNAL) !=
            LINK_GREETING_BYTES) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool send_all(int fd, struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = (size_t)count};
    while (message.msg_iovlen) {
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        size_t left = (size_t)sent;
        while (message.msg_iovlen && left >= message.msg_iov->iov_len) {
            left -= message.msg_iov->iov_len;
            message.msg_iov++;
            message.msg_iovlen--;
        }
        if (message.msg_iovlen) {
            message.msg_iov->iov_base =
                (char *)message.msg_iov->iov_base + left;
            message.msg_iov->iov_len -= left;
        }
    }
    return true;
}

static bool send_message(int fd, const struct feed_item *item)
{
    DEFER(buf_finish) struct buf head;
    buf_init(&head, MESSAGE_HEAD_BYTES);
    message_put(&head, item->payload->kind, item->number);
    if (buf_err(&head))
        return false;
    for (size_t i = 0; i < 4; i++) /* the length: the payload is sent apart */
        head.ptr[i] = (char)(item->payload->len >> (8 * i));
    struct iovec parts[] = {
        {head.ptr, head.len},
        {item->payload->bytes, item->payload->len},
    };
    return send_all(fd, parts, 2);
}

/* Waits for the next thing to write. Lock held; NULL at the end. The
 * descriptor given back is a duplicate of the caller's to close, so that the
 * reader can hang up meanwhile. */
static struct feed_item *next_item(struct feed_edge *edge, int *ret_fd)
{
    struct feed *feed = edge->feed;
    while (!feed->stopping && !edge->first)
        pthread_cond_wait(&feed->changed, &feed->lock);
    if (feed->stopping)
        return NULL;
    struct feed_item *item = edge->first;
    edge->first = item->next;
    if (!edge->first)
        edge->last = NULL;
    edge->waiting_bytes -= item->payload->len;
    *ret_fd = dup(edge->fd);
    return item;
}

void *feed_edge_write(void *argument)
{
    struct feed_edge *edge = argument;
    struct feed *feed = edge->feed;
    for (;;) {
        int fd = -1;
        pthread_mutex_lock(&feed->lock);
        struct feed_item *item = next_item(edge, &fd);
        pthread_mutex_unlock(&feed->lock);
        if (!item)
            return NULL;
        if (fd < 0 || !send_message(fd, item)) {
            pthread_mutex_lock(&feed->lock);
            feed_edge_cut(edge);
            pthread_mutex_unlock(&feed->lock);
        }
        if (fd >= 0)
            close(fd);
        feed_payload_release(item->payload);
        free(item);
    }
}

static void on_ack(struct feed_edge *edge, uint64_t number)
{
    pthread_mutex_lock(&edge->feed->lock);
    if (number > edge->acked_number && number <= edge->sent_number)
        edge->acked_number = number;
    pthread_cond_broadcast(&edge->feed->changed);
    pthread_mutex_unlock(&edge->feed->lock);
}

static bool each_key(struct feed_edge *edge, struct str payload,
                     void (*visit)(void *, unsigned, struct str))
{
    struct wire_reader reader = {.rest = payload};
    while (reader.rest.len && !reader.bad) {
        struct str key = wire_get_str(&reader);
        if (!reader.bad)
            visit(edge->feed->events.context, edge->index, key);
    }
    return !reader.bad;
}

static bool on_viewed(struct feed_edge *edge, const struct message *message)
{
    const struct feed_events *events = &edge->feed->events;
    struct feed_viewed viewed = {.number = message->number};
    if (views_read_batch(message->payload, &viewed.edge, &viewed.pairs))
        return false;
    events->on_viewed(events->context, edge->index, &viewed);
    return true;
}

static bool on_streams(struct feed_edge *edge, struct str payload)
{
    const struct feed_events *events = &edge->feed->events;
    struct wire_reader reader = {.rest = payload};
    uint64_t count = wire_get_u64(&reader);
    if (!reader.bad && events->on_streams)
        events->on_streams(events->context, edge->index, count);
    return !reader.bad;
}

static bool on_figures(struct feed_edge *edge, struct str payload)
{
    const struct feed_events *events = &edge->feed->events;
    struct edge_figures figures;
    if (edge_figures_read(payload, &figures))
        return false;
    if (events->on_figures)
        events->on_figures(events->context, edge->index, &figures);
    return true;
}

static bool on_message(struct feed_edge *edge, const struct message *message)
{
    const struct feed_events *events = &edge->feed->events;
    switch (message->kind) {
    case MESSAGE_ACK:
        on_ack(edge, message->number);
        return true;
    case MESSAGE_WANT:
        return each_key(edge, message->payload, events->on_want);
    case MESSAGE_UNWANT:
        return each_key(edge, message->payload, events->on_unwant);
    case MESSAGE_EVICTED:
        return each_key(edge, message->payload, events->on_evicted);
    case MESSAGE_VIEWED:
        return on_viewed(edge, message);
    case MESSAGE_STREAMS:
        return on_streams(edge, message->payload);
    case MESSAGE_FIGURES:
        return on_figures(edge, message->payload);
    default:
        return false; /* not the edge's to say now */
    }
}

/* Reads more into in. False at the end of the connection. */
static bool read_more(int fd, struct buf *in)
{
    char *room = buf_reserve(in, READ_BYTES);
    if (!room)
        return false;
    ssize_t got;
    do {
        got = recv(fd, room, READ_BYTES, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0)
        return false;
    buf_grown(in, (size_t)got);
    return true;
}

/* The next whole message, borrowed from in until the next call. */
static bool read_message(int fd, struct buf *in, size_t *used,
                         struct message *ret_message)
{
    buf_drop_front(in, *used);
    *used = 0;
    for (;;) {
        struct str bytes = buf_str(in);
        enum err err = message_next(&bytes, ret_message);
        if (!err) {
            *used = in->len - bytes.len;
            return true;
        }
        if (err != ERR_AGAIN || !read_more(fd, in))
            return false;
    }
}

/* One page of the list of what the edge holds; *ret_last at its end. */
static bool read_held(struct feed_edge *edge, struct str payload,
                      bool *ret_last)
{
    const struct feed_events *events = &edge->feed->events;
    struct wire_reader reader = {.rest = payload};
    *ret_last = payload.len == 0;
    while (reader.rest.len && !reader.bad) {
        struct str key = wire_get_str(&reader);
        unsigned flags = wire_get_u16(&reader);
        struct str depends = wire_get_str(&reader);
        if (!reader.bad)
            events->on_held(events->context, edge->index, key, flags, depends);
    }
    return !reader.bad;
}

/* Asks the edge what it holds. */
static bool greet(struct feed_edge *edge, int fd, struct buf *in, size_t *used,
                  struct feed_welcome *ret_welcome)
{
    DEFER(buf_finish) struct buf hello;
    buf_init(&hello, MESSAGE_HEAD_BYTES);
    message_put(&hello, MESSAGE_HELLO, 0);
    struct iovec part = {hello.ptr, hello.len};
    struct message message;
    if (buf_err(&hello) || !send_all(fd, &part, 1) ||
        !read_message(fd, in, used, &message) ||
        message.kind != MESSAGE_WELCOME)
        return false;
    struct wire_reader reader = {.rest = message.payload};
    pid_t pid = (pid_t)wire_get_u32(&reader);
    *ret_welcome = (struct feed_welcome){
        .edge = edge->index,
        .edition = wire_get_u64(&reader),
        .log_number = wire_get_u64(&reader),
    };
    bool last = false;
    while (!reader.bad && !last) {
        if (!read_message(fd, in, used, &message) ||
            message.kind != MESSAGE_HELD ||
            !read_held(edge, message.payload, &last))
            return false;
    }
    edge->pid = pid;
    return !reader.bad;
}

/* False when the feed is to stop: nobody would hang up this connection. */
static bool set_connection(struct feed_edge *edge, int fd, bool ready)
{
    pthread_mutex_lock(&edge->feed->lock);
    bool stopping = edge->feed->stopping;
    edge->fd = fd;
    edge->ready = ready;
    if (fd < 0 || ready)
        edge->sent_number = edge->acked_number = 0;
    if (fd < 0)
        free_queue(edge);
    pthread_cond_broadcast(&edge->feed->changed);
    pthread_mutex_unlock(&edge->feed->lock);
    return !stopping;
}

/* Keeps the wanted number of work connections open. */
void feed_edge_dial_work(struct feed_edge *edge)
{
    const struct feed_events *events = &edge->feed->events;
    for (;;) {
        pthread_mutex_lock(&edge->feed->lock);
        bool enough = !edge->ready || edge->work_open >= edge->work_wanted;
        edge->work_open += !enough;
        pthread_mutex_unlock(&edge->feed->lock);
        if (enough)
            return;
        int fd = dial(edge, LINK_GREETING_WORK);
        if (fd < 0) {
            pthread_mutex_lock(&edge->feed->lock);
            edge->work_open--;
            pthread_mutex_unlock(&edge->feed->lock);
            return;
        }
        events->on_work(events->context, edge->index, fd);
    }
}

/* One connection from greeting to end. */
static void converse(struct feed_edge *edge, int fd)
{
    const struct feed_events *events = &edge->feed->events;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, MESSAGE_PAYLOAD_BYTES_MAX);
    size_t used = 0;
    struct feed_welcome welcome;
    if (!set_connection(edge, fd, false))
        return;
    if (greet(edge, fd, &in, &used, &welcome) &&
        set_connection(edge, fd, true)) {
        events->on_connect(events->context, &welcome);
        feed_edge_dial_work(edge);
        struct message message;
        while (read_message(fd, &in, &used, &message) &&
               on_message(edge, &message))
            ;
    }
    events->on_disconnect(events->context, edge->index);
}

static bool is_stopping(struct feed *feed)
{
    pthread_mutex_lock(&feed->lock);
    bool stopping = feed->stopping;
    pthread_mutex_unlock(&feed->lock);
    return stopping;
}

/* Sleeps, but wakes at once when the feed is to stop. */
static void rest(struct feed *feed, int64_t duration_ms)
{
    int64_t until_us = clock_now_us() + duration_ms * 1000;
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    pthread_mutex_lock(&feed->lock);
    while (!feed->stopping &&
           pthread_cond_timedwait(&feed->changed, &feed->lock, &until) !=
               ETIMEDOUT)
        ;
    pthread_mutex_unlock(&feed->lock);
}

/* An edge that is not there, or leaves again and again, is asked less and less
 * often, not as fast as both can. */
void *feed_edge_read(void *argument)
{
    struct feed_edge *edge = argument;
    int64_t retry_ms = RETRY_MS_FIRST;
    while (!is_stopping(edge->feed)) {
        int64_t began_us = clock_now_us();
        int fd = dial(edge, LINK_GREETING_FEED);
        if (fd >= 0) {
            converse(edge, fd);
            (void)set_connection(edge, -1, false);
            close(fd);
        }
        if (clock_now_us() - began_us >= SETTLED_MS * 1000) {
            retry_ms = RETRY_MS_FIRST;
            continue;
        }
        rest(edge->feed, retry_ms);
        retry_ms = retry_ms * 2 < RETRY_MS_MAX ? retry_ms * 2 : RETRY_MS_MAX;
    }
    return NULL;
}
