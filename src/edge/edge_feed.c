// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/edge_internal.h"
#include "link/message_socket.h"
#include "link/wire.h"

enum {
    OUT_BYTES_MAX = 256 << 20,
    HELD_BYTES = 1 << 20, /* about, of one message of the list */
};

/* The first thread's end of the feed. */
struct edge_feed {
    struct edge *edge;
    struct message_socket socket;
    bool is_open;        /* the desk knows who we are */
    uint64_t connection; /* counts them, so that late acks find nobody */
    uint64_t edition;    /* of the last mark */
    uint64_t log_number;
    struct map wants; /* page key → struct feed_want, asked for */
};

static_assert(EDGE_THREADS_MAX <= 64, "threads are bits of a word");

/* A page that the desk was asked for. */
struct feed_want {
    struct str key;   /* owned */
    uint64_t threads; /* bit set: where it is waited for */
};

/* ---- batches: what one read brought, done by every thread ---- */

enum op_kind {
    OP_PAGE,
    OP_DROP,
    OP_CLEAR,
    OP_REFUSE,
    OP_BUSY,
    OP_EVENTS,
    OP_TOTALS,
};

struct op {
    enum op_kind kind;
    struct page *page;            /* OP_PAGE: one reference */
    struct edge_telling *telling; /* OP_EVENTS: owned */
    struct str key;               /* others: owned; OP_TOTALS: the payload */
};

struct batch {
    struct edge_feed *feed;
    uint64_t connection;
    uint64_t number; /* of the last message in it; 0: our own doing */
    atomic_uint remaining;
    size_t count, capacity;
    struct op *ops;
};

/* For a thread to apply. */
struct errand {
    struct edge_thread *thread;
    struct batch *batch;
};

static void add_op(struct batch *batch, struct op op)
{
    if (batch->count == batch->capacity) {
        batch->capacity = batch->capacity ? batch->capacity * 2 : 16;
        struct op *grown = realloc(batch->ops, batch->capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for what the desk sends");
        batch->ops = grown;
    }
    batch->ops[batch->count++] = op;
}

static struct str copy_key(struct str key)
{
    char *copy = malloc(key.len + 1);
    if (!copy)
        log_panic("no memory for what the desk sends");
    memcpy(copy, key.ptr, key.len);
    return str_of(copy, key.len);
}

static void free_key(struct str key)
{
    free((char *)(uintptr_t)key.ptr);
}

static void add_key_op(struct batch *batch, enum op_kind kind, struct str key)
{
    add_op(batch, (struct op){.kind = kind, .key = copy_key(key)});
}

static void free_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        page_release(batch->ops[i].page);
        edge_telling_destroy(batch->ops[i].telling);
        free_key(batch->ops[i].key);
    }
    free(batch->ops);
    free(batch);
}

/* ---- sending ---- */

static void on_gone(void *context)
{
    struct edge_feed *feed = context;
    feed->is_open = false;
    log_warn("the desk is gone; pages held are still served");
}

bool edge_feed_is_open(const struct edge_feed *feed)
{
    return feed->is_open;
}

void edge_feed_send(struct edge_feed *feed, struct str messages)
{
    if (feed->is_open)
        buf_add(&feed->socket.out, messages);
}

void edge_feed_flush(struct edge_feed *feed)
{
    message_socket_flush(&feed->socket);
}

static void on_batch_done(void *argument)
{
    struct batch *batch = argument;
    struct edge_feed *feed = batch->feed;
    if (batch->number && message_socket_is_open(&feed->socket) &&
        feed->connection == batch->connection) {
        message_put(&feed->socket.out, MESSAGE_ACK, batch->number);
        message_socket_flush(&feed->socket);
    }
    free_batch(batch);
}

static void apply_batch(void *argument)
{
    struct errand *errand = argument;
    struct edge_thread *thread = errand->thread;
    struct batch *batch = errand->batch;
    free(errand);
    for (size_t i = 0; i < batch->count; i++) {
        const struct op *op = &batch->ops[i];
        switch (op->kind) {
        case OP_PAGE:
            edge_apply_page(thread, page_hold(op->page));
            break;
        case OP_DROP:
            edge_apply_drop(thread, op->key);
            break;
        case OP_CLEAR:
            edge_apply_clear(thread);
            break;
        case OP_REFUSE:
            edge_apply_refuse(thread, op->key, 500);
            break;
        case OP_BUSY:
            edge_apply_refuse(thread, op->key, 503);
            break;
        case OP_EVENTS:
            edge_apply_telling(thread, op->telling);
            break;
        case OP_TOTALS:
            edge_apply_totals(thread, op->key);
            break;
        }
    }
    if (atomic_fetch_sub(&batch->remaining, 1) == 1)
        loop_post(edge_first(thread->edge)->loop, on_batch_done, batch);
}

static void post_batch(struct batch *batch)
{
    struct edge *edge = batch->feed->edge;
    unsigned threads = edge->config.threads;
    atomic_init(&batch->remaining, threads);
    for (unsigned i = 0; i < threads; i++) {
        struct errand *errand = malloc(sizeof *errand);
        if (!errand)
            log_panic("no memory for what the desk sends");
        *errand = (struct errand){&edge->threads[i], batch};
        loop_post(edge->threads[i].loop, apply_batch, errand);
    }
}

/* ---- messages of the desk ---- */

static void forget_want(struct edge_feed *feed, struct str key)
{
    struct feed_want *want = map_remove(&feed->wants, key);
    if (want)
        free_key(want->key);
    free(want);
}

static void evict(struct edge_feed *feed, struct batch *batch)
{
    struct page *page;
    while ((page = shelf_evict(&feed->edge->shelf))) {
        add_key_op(batch, OP_DROP, page->key);
        message_put_str(&feed->socket.out, MESSAGE_EVICTED, 0, page->key);
        edge_count(edge_first(feed->edge), EDGE_PAGES_EVICTED);
        page_release(page);
    }
}

static bool on_page(struct edge_feed *feed, struct batch *batch,
                    struct str payload)
{
    struct page *page;
    enum err err = page_decode(payload, &page);
    if (err)
        return false;
    forget_want(feed, page->key);
    if (!(page->flags & PAGE_TRANSIENT) && shelf_put(&feed->edge->shelf, page))
        log_panic("no memory for the shelf");
    add_op(batch, (struct op){.kind = OP_PAGE, .page = page});
    evict(feed, batch);
    return true;
}

static bool on_keys(struct edge_feed *feed, struct batch *batch,
                    enum op_kind kind, struct str payload)
{
    struct wire_reader reader = {.rest = payload};
    while (reader.rest.len && !reader.bad) {
        struct str key = wire_get_str(&reader);
        if (reader.bad)
            break;
        if (kind == OP_DROP)
            shelf_drop(&feed->edge->shelf, key);
        else
            forget_want(feed, key);
        add_key_op(batch, kind, key);
    }
    return !reader.bad;
}

static void clear_shelf(struct edge_feed *feed)
{
    size_t budget = feed->edge->shelf.budget_bytes;
    shelf_finish(&feed->edge->shelf);
    shelf_init(&feed->edge->shelf, budget);
}

/* Who we are and what we hold. */
static void welcome(struct edge_feed *feed)
{
    struct buf *out = &feed->socket.out;
    size_t start = message_begin(out, MESSAGE_WELCOME, 0);
    wire_put_u32(out, (uint32_t)feed->edge->pid);
    wire_put_u64(out, feed->edition);
    wire_put_u64(out, feed->log_number);
    message_end(out, start);
    size_t position = 0;
    struct page *page = shelf_next(&feed->edge->shelf, &position);
    while (page) {
        start = message_begin(out, MESSAGE_HELD, 0);
        for (; page && out->len - start < HELD_BYTES;
             page = shelf_next(&feed->edge->shelf, &position)) {
            wire_put_str(out, page->key);
            wire_put_u16(out, page->flags);
            wire_put_str(out, page->depends);
        }
        message_end(out, start);
    }
    message_put(out, MESSAGE_HELD, 0);
}

static void ask_again(struct edge_feed *feed)
{
    size_t position = 0;
    struct feed_want *want;
    while ((want = map_next(&feed->wants, &position, NULL)))
        message_put_str(&feed->socket.out, MESSAGE_WANT, 0, want->key);
}

static bool on_counted(struct edge_feed *feed, struct wire_reader *reader)
{
    uint64_t edge = wire_get_u64(reader);
    uint64_t number = wire_get_u64(reader);
    if (!reader->bad)
        edge_views_on_counted(feed->edge->views, edge, number);
    return !reader->bad;
}

static bool on_events_told(struct batch *batch, struct str payload)
{
    struct edge_telling *telling = edge_telling_create(payload);
    if (telling)
        add_op(batch, (struct op){.kind = OP_EVENTS, .telling = telling});
    return telling != NULL;
}

/* Open pages show them too. */
static bool on_totals(struct edge_feed *feed, struct batch *batch,
                      struct str payload)
{
    if (!edge_views_on_totals(feed->edge->views, payload))
        return false;
    if (atomic_load(&feed->edge->streams_open))
        add_key_op(batch, OP_TOTALS, payload);
    return true;
}

static bool on_message(struct edge_feed *feed, struct batch *batch,
                       const struct message *message)
{
    struct wire_reader reader = {.rest = message->payload};
    switch (message->kind) {
    case MESSAGE_HELLO:
        welcome(feed);
        ask_again(feed);
        feed->is_open = true;
        feed->edge->streams_told = UINT_MAX;
        edge_figures_tell_anew(feed->edge);
        edge_views_resend(feed->edge->views);
        return true;
    case MESSAGE_PAGE:
        return on_page(feed, batch, message->payload);
    case MESSAGE_DROP:
        return on_keys(feed, batch, OP_DROP, message->payload);
    case MESSAGE_REFUSE:
        return on_keys(feed, batch, OP_REFUSE, message->payload);
    case MESSAGE_BUSY:
        return on_keys(feed, batch, OP_BUSY, message->payload);
    case MESSAGE_CLEAR:
        clear_shelf(feed);
        add_op(batch, (struct op){.kind = OP_CLEAR});
        return true;
    case MESSAGE_MARK:
        feed->edition = wire_get_u64(&reader);
        feed->log_number = wire_get_u64(&reader);
        return !reader.bad;
    case MESSAGE_BUDGET:
        feed->edge->shelf.budget_bytes = (size_t)wire_get_u64(&reader);
        evict(feed, batch);
        return !reader.bad;
    case MESSAGE_COUNTED:
        return on_counted(feed, &reader);
    case MESSAGE_TOTALS:
        return on_totals(feed, batch, message->payload);
    case MESSAGE_EVENTS:
        return on_events_told(batch, message->payload);
    default:
        return false;
    }
}

/* ---- reading ---- */

/* Everything that is there whole becomes one batch. */
static bool on_bytes(void *context, struct str *bytes)
{
    struct edge_feed *feed = context;
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        log_panic("no memory for what the desk sends");
    batch->feed = feed;
    batch->connection = feed->connection;
    struct message message;
    enum err err;
    bool fine = true;
    while (fine && !(err = message_next(bytes, &message))) {
        batch->number = message.number;
        fine = on_message(feed, batch, &message);
    }
    fine = fine && err == ERR_AGAIN;
    if (batch->number)
        post_batch(batch);
    else
        free_batch(batch);
    if (!fine)
        log_error("the desk sent what cannot be understood");
    return fine;
}

void edge_feed_adopt(struct edge_feed *feed, int fd)
{
    message_socket_adopt(&feed->socket, fd);
    feed->connection++;
}

/* Whoever invents addresses, and leaves before the answer, must not fill the
 * desk's queue and our memory: only so many pages are asked for at a time. */
static void refuse_want(struct edge_feed *feed, struct str key)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        log_panic("no memory to refuse a page");
    batch->feed = feed;
    add_op(batch, (struct op){.kind = OP_BUSY, .key = key});
    post_batch(batch);
}

static struct feed_want *add_want(struct edge_feed *feed, struct str key)
{
    struct feed_want *want = calloc(1, sizeof *want);
    if (!want)
        log_panic("no memory to wait for a page");
    want->key = key;
    if (map_set(&feed->wants, want->key, want, NULL))
        log_panic("no memory to wait for a page");
    if (message_socket_is_open(&feed->socket)) {
        message_put_str(&feed->socket.out, MESSAGE_WANT, 0, key);
        message_socket_flush(&feed->socket);
    }
    return want;
}

void edge_feed_want(struct edge_feed *feed, unsigned thread, struct str key)
{
    struct feed_want *want = map_get(&feed->wants, key);
    if (want) {
        free_key(key);
    } else if (shelf_find(&feed->edge->shelf, key)) {
        free_key(key); /* it is on its way to the thread that asks */
        return;
    } else if (feed->wants.count >= EDGE_WANTS_MAX) {
        refuse_want(feed, key);
        return;
    } else {
        want = add_want(feed, key);
    }
    want->threads |= UINT64_C(1) << thread;
}

void edge_feed_unwant(struct edge_feed *feed, unsigned thread, struct str key)
{
    struct feed_want *want = map_get(&feed->wants, key);
    if (want)
        want->threads &= ~(UINT64_C(1) << thread);
    if (want && !want->threads) {
        forget_want(feed, key);
        if (message_socket_is_open(&feed->socket)) {
            message_put_str(&feed->socket.out, MESSAGE_UNWANT, 0, key);
            message_socket_flush(&feed->socket);
        }
    }
    free_key(key);
}

enum err edge_feed_create(struct edge *edge, struct edge_feed **ret_feed)
{
    struct edge_feed *feed = calloc(1, sizeof *feed);
    if (!feed)
        return ERR_NO_MEMORY;
    feed->edge = edge;
    feed->socket = (struct message_socket){.loop = edge_first(edge)->loop,
                                           .context = feed,
                                           .on_bytes = on_bytes,
                                           .on_gone = on_gone};
    message_socket_init(&feed->socket, OUT_BYTES_MAX);
    map_init(&feed->wants);
    *ret_feed = feed;
    return ERR_OK;
}

void edge_feed_close(struct edge_feed *feed)
{
    message_socket_close(&feed->socket);
    feed->is_open = false;
}

void edge_feed_destroy(struct edge_feed *feed)
{
    if (!feed)
        return;
    size_t position = 0;
    struct feed_want *want;
    while ((want = map_next(&feed->wants, &position, NULL))) {
        free_key(want->key);
        free(want);
    }
    map_finish(&feed->wants);
    message_socket_finish(&feed->socket);
    free(feed);
}
