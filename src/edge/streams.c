// SPDX-License-Identifier: Apache-2.0
#include "edge/streams.h"

#include <assert.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/map.h"
#include "net/address_shares.h"
#include "net/http_tail.h"
#include "net/loop.h"

enum {
    SEATS = 1 + STREAM_TOPICS_MAX, /* the first one is among all */
    SENDS_A_TURN = 64,
    RETRY_MS_LEAST = 1000,  /* before a browser comes back; spread, so that */
    RETRY_MS_SPREAD = 4000, /* ten thousand do not come at once */
    TEXT_BYTES = 160,
};

struct topic {
    struct seat *first;
    unsigned seats;
    unsigned deliveries; /* under way */
    int64_t views;       /* of an article: -1 when not known, … */
    bool views_wait;     /* … or not told yet */
    struct str name;     /* the bytes follow */
};

/* A stream's place among those who hear of a topic. */
struct seat {
    struct seat *previous, *next;
    struct topic *topic;
    struct stream *stream;
};

struct stream {
    struct http_tail tail;
    struct streams *streams;
    struct address_share *share; /* NULL: not limited */
    struct seat seats[SEATS];
    size_t seat_count;
    uint64_t since; /* while it waits: it is told the rest when we know it */
    bool waits;
};

/* Something on its way to all of a topic, in the order of seats. */
struct delivery {
    struct delivery *next;
    struct topic *topic;
    struct seat *seat;        /* the next one */
    struct http_piece *piece; /* NULL: those who wait catch up … */
    uint64_t upto;            /* … so far */
};

struct streams {
    struct loop *loop;
    _Atomic unsigned *open;
    struct event_ring ring;
    struct map topics; /* name → struct topic */
    struct topic all;
    struct address_shares shares;
    struct delivery *first, *last;
    bool is_delivering; /* a turn is posted */
    struct loop_timer heartbeat;
    struct loop_timer views_timer;
};

/* ---- Topics ----------------------------------------------------------------
 */

static struct topic *find_topic(struct streams *streams, struct str name)
{
    struct topic *topic = map_get(&streams->topics, name);
    if (topic)
        return topic;
    topic = calloc(1, sizeof *topic + name.len);
    if (!topic)
        log_panic("no memory for a stream");
    memcpy(topic + 1, name.ptr, name.len);
    topic->name = str_of((char *)(topic + 1), name.len);
    topic->views = -1;
    if (map_set(&streams->topics, topic->name, topic, NULL))
        log_panic("no memory for a stream");
    return topic;
}

static void forget_if_empty(struct streams *streams, struct topic *topic)
{
    if (topic->seats || topic->deliveries || topic == &streams->all)
        return;
    map_remove(&streams->topics, topic->name);
    free(topic);
}

/* In front: what is on its way to the topic already has passed here. */
static void take_seat(struct stream *stream, struct topic *topic)
{
    struct seat *seat = &stream->seats[stream->seat_count++];
    *seat =
        (struct seat){.next = topic->first, .topic = topic, .stream = stream};
    if (seat->next)
        seat->next->previous = seat;
    topic->first = seat;
    topic->seats++;
}

static void leave_seat(struct streams *streams, struct seat *seat)
{
    struct topic *topic = seat->topic;
    for (struct delivery *at = streams->first; at; at = at->next) {
        if (at->seat == seat)
            at->seat = seat->next;
    }
    *(seat->previous ? &seat->previous->next : &topic->first) = seat->next;
    if (seat->next)
        seat->next->previous = seat->previous;
    topic->seats--;
    forget_if_empty(streams, topic);
}

/* ---- The life of a stream --------------------------------------------------
 */

static void close_stream(struct stream *stream)
{
    struct streams *streams = stream->streams;
    for (size_t i = 0; i < stream->seat_count; i++)
        leave_seat(streams, &stream->seats[i]);
    address_shares_give_back(&streams->shares, stream->share);
    atomic_fetch_sub(streams->open, 1);
    free(stream);
}

static void on_gone(struct http_tail *tail)
{
    close_stream(
        (struct stream *)((char *)tail - offsetof(struct stream, tail)));
}

/* False when it does not read: then it is gone. */
static bool give(struct stream *stream, struct http_piece *piece)
{
    if (http_tail_send(&stream->tail, piece) != ERR_BUSY)
        return true;
    http_tail_end(&stream->tail);
    close_stream(stream);
    return false;
}

static struct http_piece *make_piece(const char *text, size_t len)
{
    struct http_piece *piece = http_piece_create(str_of(text, len));
    if (!piece)
        log_panic("no memory for streams");
    return piece;
}

/* What a page is told that cannot be told what it missed. */
static struct http_piece *make_reload(const struct streams *streams)
{
    char text[TEXT_BYTES];
    int len = snprintf(text, sizeof text,
                       "id: %" PRIu64 "\nevent: reload\ndata: {}\n\n",
                       streams->ring.upto);
    return make_piece(text, (size_t)len);
}

static bool hears(const struct stream *stream, const struct edge_event *event)
{
    for (size_t i = 1; i < stream->seat_count; i++) {
        if (str_eq(stream->seats[i].topic->name, event->topic))
            return true;
    }
    return false;
}

static size_t count_missed(const struct stream *stream, uint64_t upto)
{
    const struct event_ring *ring = &stream->streams->ring;
    size_t position = 0, count = 0;
    struct edge_event *event;
    while ((event = event_ring_next(ring, stream->since, &position)))
        count += event->number <= upto && hears(stream, event);
    return count;
}

/* Tells what was missed up to upto, or that something was. */
static void catch_up(struct stream *stream, uint64_t upto)
{
    struct streams *streams = stream->streams;
    struct event_ring *ring = &streams->ring;
    stream->waits = false;
    if (!event_ring_reaches(ring, stream->since) ||
        count_missed(stream, upto) > STREAM_REPLAY_MAX) {
        struct http_piece *reload = make_reload(streams);
        give(stream, reload);
        http_piece_release(reload);
        return;
    }
    size_t position = 0;
    struct edge_event *event;
    while ((event = event_ring_next(ring, stream->since, &position))) {
        if (event->number <= upto && hears(stream, event) &&
            !give(stream, event->piece))
            return;
    }
}

static void on_heartbeat(void *context);

static void arm(struct streams *streams, struct loop_timer *timer,
                void (*on_due)(void *context), int64_t after_ms)
{
    if (loop_timer_is_armed(timer))
        return;
    timer->on_due = on_due;
    timer->context = streams;
    loop_timer_arm(streams->loop, timer,
                   loop_now_us(streams->loop) + after_ms * 1000);
}

/* The head, when to come back, and where this stream begins: a browser that
 * heard of nothing yet says that when it comes back. */
static enum err begin(struct stream *stream, struct http_exchange *exchange,
                      const struct stream_ask *ask)
{
    const struct event_ring *ring = &stream->streams->ring;
    char text[TEXT_BYTES];
    uint32_t spread;
    random_bytes(&spread, sizeof spread);
    int len = snprintf(text, sizeof text, "retry: %u\n",
                       RETRY_MS_LEAST + spread % RETRY_MS_SPREAD);
    if (ring->is_filled && !ask->has_since)
        len += snprintf(text + len, sizeof text - (size_t)len,
                        "id: %" PRIu64 "\n", ring->upto);
    text[len++] = '\n';
    const struct http_answer answer = {
        .status = 200,
        .content_type = STR("text/event-stream"),
        .fields = STR("Cache-Control: no-store, no-transform\r\n"
                      "X-Accel-Buffering: no\r\n"
                      "X-Content-Type-Options: nosniff\r\n"),
        .body = str_of(text, (size_t)len),
    };
    stream->tail.on_gone = on_gone;
    return http_tail_begin(exchange, &answer, &stream->tail);
}

static enum err make_stream(struct streams *streams,
                            const struct address_peer *reader,
                            struct stream **ret_stream)
{
    struct address_share *share = NULL;
    enum err err = ERR_OK;
    if (streams->all.seats >= STREAMS_MAX)
        return ERR_BUSY;
    if (!address_peer_is_this_machine(reader))
        err = address_shares_take(&streams->shares, reader, &share);
    if (err)
        return err;
    struct stream *stream = calloc(1, sizeof *stream);
    if (!stream) {
        address_shares_give_back(&streams->shares, share);
        return ERR_NO_MEMORY;
    }
    stream->streams = streams;
    stream->share = share;
    *ret_stream = stream;
    return ERR_OK;
}

enum err streams_open(struct streams *streams, struct http_exchange *exchange,
                      const struct stream_ask *ask)
{
    assert(ask->topic_count <= STREAM_TOPICS_MAX);
    struct stream *stream = NULL;
    enum err err = make_stream(streams, &ask->reader, &stream);
    if (err)
        return err == ERR_RATE ? err : ERR_BUSY;
    stream->since = ask->since;
    take_seat(stream, &streams->all);
    for (size_t i = 0; i < ask->topic_count; i++)
        take_seat(stream, find_topic(streams, ask->topics[i]));
    atomic_fetch_add(streams->open, 1);
    arm(streams, &streams->heartbeat, on_heartbeat, STREAMS_HEARTBEAT_MS);
    if (begin(stream, exchange, ask)) {
        close_stream(stream); /* it came and went */
        return ERR_OK;
    }
    stream->waits = ask->has_since;
    if (stream->waits && streams->ring.is_filled)
        catch_up(stream, streams->ring.upto);
    return ERR_OK;
}

/* ---- Delivering ------------------------------------------------------------
 */

static void end_delivery(struct streams *streams)
{
    struct delivery *done = streams->first;
    streams->first = done->next;
    if (!streams->first)
        streams->last = NULL;
    done->topic->deliveries--;
    forget_if_empty(streams, done->topic);
    http_piece_release(done->piece);
    free(done);
}

/* The seat may be gone afterwards, the delivery knows the next one. */
static void deliver_one(struct delivery *delivery)
{
    struct stream *stream = delivery->seat->stream;
    delivery->seat = delivery->seat->next;
    if (delivery->piece)
        give(stream, delivery->piece);
    else if (stream->waits)
        catch_up(stream, delivery->upto);
}

static void take_turn(void *context)
{
    struct streams *streams = context;
    streams->is_delivering = false;
    for (size_t sent = 0; streams->first && sent < SENDS_A_TURN;) {
        if (streams->first->seat) {
            deliver_one(streams->first);
            sent++;
        } else {
            end_delivery(streams);
        }
    }
    if (streams->first) {
        streams->is_delivering = true;
        loop_post(streams->loop, take_turn, streams);
    }
}

/* Takes the reference to piece. */
static void deliver(struct streams *streams, struct topic *topic,
                    struct http_piece *piece, uint64_t upto)
{
    if (!topic || !topic->first) {
        http_piece_release(piece);
        return;
    }
    struct delivery *delivery = calloc(1, sizeof *delivery);
    if (!delivery)
        log_panic("no memory for streams");
    *delivery = (struct delivery){
        .topic = topic, .seat = topic->first, .piece = piece, .upto = upto};
    topic->deliveries++;
    *(streams->last ? &streams->last->next : &streams->first) = delivery;
    streams->last = delivery;
    if (!streams->is_delivering) {
        streams->is_delivering = true;
        loop_post(streams->loop, take_turn, streams);
    }
}

static void on_heartbeat(void *context)
{
    struct streams *streams = context;
    if (!streams->all.seats)
        return;
    deliver(streams, &streams->all, make_piece(":\n\n", 3), 0);
    arm(streams, &streams->heartbeat, on_heartbeat, STREAMS_HEARTBEAT_MS);
}

/* ---- What is told ----------------------------------------------------------
 */

void streams_tell(struct streams *streams, uint64_t after, uint64_t upto,
                  struct edge_event *const *events, size_t count)
{
    struct event_ring *ring = &streams->ring;
    enum event_ring_step step = event_ring_begin(ring, after, upto);
    for (size_t i = 0; i < count; i++) {
        bool is_new = event_ring_add(ring, events[i]);
        if (is_new && step == EVENT_RING_GOES_ON)
            deliver(streams, map_get(&streams->topics, events[i]->topic),
                    http_piece_hold(events[i]->piece), 0);
    }
    if (step == EVENT_RING_FILLED)
        deliver(streams, &streams->all, NULL, upto);
    else if (step == EVENT_RING_BROKEN)
        deliver(streams, &streams->all, make_reload(streams), 0);
}

static void on_views_due(void *context)
{
    struct streams *streams = context;
    size_t position = 0;
    struct topic *topic;
    while ((topic = map_next(&streams->topics, &position, NULL))) {
        if (!topic->views_wait)
            continue;
        char text[TEXT_BYTES];
        int len =
            snprintf(text, sizeof text,
                     "event: article\n"
                     "data: {\"type\":\"views\",\"views\":%" PRId64 "}\n\n",
                     topic->views);
        topic->views_wait = false;
        deliver(streams, topic, make_piece(text, (size_t)len), 0);
    }
}

void streams_tell_views(struct streams *streams, uint64_t article,
                        int64_t views)
{
    char name[sizeof "article:" + ID_LEN];
    struct id id;
    if (!streams->topics.count || id_from_number(article, &id))
        return;
    int len = snprintf(name, sizeof name, "article:%s", id.text);
    struct topic *topic = map_get(&streams->topics, str_of(name, (size_t)len));
    if (!topic || topic->views == views)
        return;
    topic->views = views;
    topic->views_wait = true;
    arm(streams, &streams->views_timer, on_views_due, STREAMS_VIEWS_MS);
}

/* ---- Start and end ---------------------------------------------------------
 */

enum err streams_create(struct loop *loop, _Atomic unsigned *open,
                        struct streams **ret_streams)
{
    struct streams *streams = calloc(1, sizeof *streams);
    if (!streams)
        return ERR_NO_MEMORY;
    streams->loop = loop;
    streams->open = open;
    streams->all.views = -1;
    map_init(&streams->topics);
    address_shares_init(&streams->shares, STREAMS_PER_ADDRESS_MAX);
    event_ring_init(&streams->ring);
    *ret_streams = streams;
    return ERR_OK;
}

void streams_destroy(struct streams *streams)
{
    if (!streams)
        return;
    assert(!streams->all.seats);
    while (streams->first)
        end_delivery(streams);
    map_finish(&streams->topics);
    address_shares_finish(&streams->shares);
    event_ring_finish(&streams->ring);
    free(streams);
}
