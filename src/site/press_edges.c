// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "content/change.h"
#include "content/content.h"
#include "link/page.h"
#include "link/page_key.h"
#include "link/wire.h"
#include "site/press_internal.h"

static uint64_t bit_of(unsigned edge)
{
    return UINT64_C(1) << edge;
}

/* ---- what edges say ---- */

static void on_held(void *context, unsigned edge, struct str key,
                    unsigned flags, struct str depends)
{
    struct press *press = context;
    struct sheet *sheet;
    pthread_mutex_lock(&press->lock);
    if (sheets_put(&press->sheets, key, depends, &sheet)) {
        log_panic("no memory for what an edge holds", LOG_STR("page", key));
    }
    sheet->pinned |= (flags & PAGE_PINNED) != 0;
    if (flags & PAGE_BULK)
        sheet->keeping = SITE_KEPT_IN_BULK;
    sheet->held_by |= bit_of(edge);
    pthread_mutex_unlock(&press->lock);
}

static void on_connect(void *context, const struct feed_welcome *welcome)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press->welcomes[welcome->edge] = *welcome;
    press->edges_new |= bit_of(welcome->edge);
    pthread_cond_signal(&press->news);
    pthread_mutex_unlock(&press->lock);
}

/* Nobody holds a page that is neither pinned nor with any edge. */
static void forget_unheld(struct press *press)
{
    size_t position = 0, count = 0;
    struct sheet *sheet;
    struct sheet **unheld =
        calloc(press->sheets.by_key.count + 1, sizeof(struct sheet *));
    if (!unheld)
        return; /* they are dropped later, at no harm */
    while ((sheet = sheets_next(&press->sheets, &position))) {
        if (!sheet->held_by && !sheet->pinned)
            unheld[count++] = sheet;
    }
    for (size_t i = 0; i < count; i++)
        sheets_remove(&press->sheets, unheld[i]);
    free(unheld);
}

static void on_disconnect(void *context, unsigned edge)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press->edges_known &= ~bit_of(edge);
    press->edges_untold &= ~bit_of(edge);
    press->streams[edge] = 0;
    press->edges_told &= ~bit_of(edge);
    press->edges_new &= ~bit_of(edge);
    size_t position = 0;
    struct sheet *sheet;
    while ((sheet = sheets_next(&press->sheets, &position)))
        sheet->held_by &= ~bit_of(edge);
    forget_unheld(press);
    pthread_mutex_unlock(&press->lock);
}

static struct feed_payload *key_payload(enum message_kind kind, struct str key)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, MESSAGE_PAYLOAD_BYTES_MAX);
    wire_put_str(&text, key);
    return buf_err(&text) ? NULL : feed_payload_create(kind, buf_str(&text));
}

/* Lock held. */
static void tell_key(struct press *press, unsigned edge, enum message_kind kind,
                     struct str key)
{
    struct feed_payload *payload = key_payload(kind, key);
    if (payload)
        feed_send_to(press->feed, edge, payload);
}

static void on_want(void *context, unsigned edge, struct str key)
{
    struct press *press = context;
    if (key.len == 0 || key.len > PAGE_KEY_BYTES_MAX)
        return;
    bool search = page_key_is_search(key);
    pthread_mutex_lock(&press->lock);
    if (search && press->searches_waiting >= PRESS_SEARCHES_MAX &&
        !map_get(&press->jobs, key))
        tell_key(press, edge, MESSAGE_BUSY, key);
    else
        press_order(press, key, search ? PRINT_FOR_SEARCH : PRINT_FOR_READER,
                    false, bit_of(edge));
    pthread_mutex_unlock(&press->lock);
}

static void on_unwant(void *context, unsigned edge, struct str key)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press_cancel(press, key, bit_of(edge));
    pthread_mutex_unlock(&press->lock);
}

/* The edge may have been sent a newer print while it said so: it is told to
 * drop that too, so that what is written here is true in any order. */
static void on_evicted(void *context, unsigned edge, struct str key)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    struct sheet *sheet = sheets_find(&press->sheets, key);
    struct feed_payload *payload = key_payload(MESSAGE_DROP, key);
    if (sheet && !sheet->pinned && payload) {
        feed_send_to(press->feed, edge, feed_payload_hold(payload));
        sheet->held_by &= ~bit_of(edge);
        if (!sheet->held_by)
            sheets_remove(&press->sheets, sheet);
    }
    feed_payload_release(payload);
    pthread_mutex_unlock(&press->lock);
}

static void on_viewed(void *context, unsigned edge,
                      const struct feed_viewed *viewed)
{
    struct press *press = context;
    press_views_take(press->views, edge, viewed);
}

static void on_streams(void *context, unsigned edge, uint64_t count)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press->streams[edge] = count;
    pthread_mutex_unlock(&press->lock);
}

static void on_figures(void *context, unsigned edge,
                       const struct edge_figures *figures)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press->told[edge] = *figures;
    press->edges_told |= bit_of(edge);
    pthread_mutex_unlock(&press->lock);
}

size_t press_read_edges(struct press *press,
                        struct edge_told ret_told[FEED_EDGES_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&press->lock);
    for (unsigned edge = 0; edge < FEED_EDGES_MAX; edge++) {
        if (press->edges_told & bit_of(edge))
            ret_told[count++] = (struct edge_told){edge, press->told[edge]};
    }
    pthread_mutex_unlock(&press->lock);
    return count;
}

static void on_work(void *context, unsigned edge, int fd)
{
    struct press *press = context;
    press->config.on_work(press->config.context, edge, fd);
}

struct feed_events press_feed_events(struct press *press)
{
    return (struct feed_events){
        .context = press,
        .on_held = on_held,
        .on_connect = on_connect,
        .on_disconnect = on_disconnect,
        .on_want = on_want,
        .on_unwant = on_unwant,
        .on_evicted = on_evicted,
        .on_viewed = on_viewed,
        .on_streams = on_streams,
        .on_figures = on_figures,
        .on_work = on_work,
    };
}

/* ---- what edges are told ---- */

void press_drop(struct press *press, struct sheet *sheet)
{
    struct feed_payload *payload = key_payload(MESSAGE_DROP, sheet->key);
    if (!payload)
        log_panic("no memory to drop a page");
    feed_send(press->feed, payload);
    sheets_remove(&press->sheets, sheet);
}

static void send_numbers(struct press *press, enum message_kind kind,
                         const uint64_t *numbers, size_t count)
{
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, 64);
    for (size_t i = 0; i < count; i++)
        wire_put_u64(&bytes, numbers[i]);
    struct feed_payload *payload =
        buf_err(&bytes) ? NULL : feed_payload_create(kind, buf_str(&bytes));
    if (payload)
        feed_send(press->feed, payload);
}

void press_mark(struct press *press)
{
    uint64_t mark[] = {press->edition, (uint64_t)press->printed_seq};
    send_numbers(press, MESSAGE_MARK, mark, 2);
}

static void mark_sheet(void *context, struct sheet *sheet)
{
    (void)context;
    sheet->marked = true;
}

/* Marks what has changed since the edge heard the last. False when the log
 * cannot be read. */
static bool mark_changed_since(struct press *press, int64_t seq,
                               struct arena *arena)
{
    while (seq < press->applied_seq) {
        struct change_list changes;
        struct fault fault;
        if (press_read_changes(press, seq, arena, &changes, &fault)) {
            log_error("the log of changes cannot be read",
                      LOG_C("cause", fault_text(&fault)));
            return false;
        }
        if (changes.count == 0)
            break;
        for (size_t i = 0; i < changes.count; i++) {
            struct str key = changes.changes[i].key;
            sheets_each_of(&press->sheets, key, mark_sheet, NULL);
            press_touch_bar(press, key);
        }
        seq = changes.changes[changes.count - 1].seq;
    }
    return true;
}

/* Marks what the edge holds and must not show any longer. Pages printed by
 * another edition are true, but look old: of them only those that nobody would
 * print again are marked. */
static void mark_outdated(struct press *press,
                          const struct feed_welcome *welcome,
                          struct arena *arena)
{
    size_t position = 0;
    struct sheet *sheet;
    int64_t seen = (int64_t)welcome->log_number;
    /* It never heard how far it is, or it has seen another log than this. */
    bool unknown = seen <= 0 || seen > press->applied_seq ||
                   !mark_changed_since(press, seen, arena);
    bool other_edition = welcome->edition != press->edition;
    while ((sheet = sheets_next(&press->sheets, &position))) {
        if (sheet->held_by & bit_of(welcome->edge))
            sheet->marked |= unknown || (other_edition && !sheet->pinned);
        else
            sheet->marked = false;
    }
}

/* Gives the edge every pinned page that it lacks and drops what is outdated. */
static void fill_edge(struct press *press, unsigned edge)
{
    size_t position = 0, dropped = 0;
    struct sheet *sheet;
    uint64_t bit = bit_of(edge);
    struct sheet **outdated =
        calloc(press->sheets.by_key.count + 1, sizeof(struct sheet *));
    if (!outdated)
        log_panic("no memory to fill an edge");
    while ((sheet = sheets_next(&press->sheets, &position))) {
        bool fresh = (sheet->held_by & bit) && !sheet->marked;
        bool bulk = sheet->keeping == SITE_KEPT_IN_BULK;
        if (sheet->pinned && sheet->payload && !fresh) {
            feed_send_to(press->feed, edge, feed_payload_hold(sheet->payload));
            sheet->held_by |= bit;
        } else if (bulk && sheet->pinned && !sheet->marked && !fresh) {
            press_order(press, sheet->key, PRINT_IN_BULK, true, 0);
        } else if (sheet->marked && sheet->pinned && !bulk) {
            press_order(press, sheet->key, PRINT_FOR_CHANGE, true, 0);
        } else if (sheet->marked) {
            outdated[dropped++] = sheet;
        }
        sheet->marked = false;
    }
    for (size_t i = 0; i < dropped; i++)
        press_drop(press, outdated[i]);
    free(outdated);
}

void press_welcome_edges(struct press *press, struct arena *arena)
{
    press_touch_all_again(press);
    for (unsigned edge = 0; edge < FEED_EDGES_MAX; edge++) {
        if (!(press->edges_new & bit_of(edge)))
            continue;
        struct feed_welcome *welcome = &press->welcomes[edge];
        uint64_t budget = press->config.page_memory;
        send_numbers(press, MESSAGE_BUDGET, &budget, 1);
        mark_outdated(press, welcome, arena);
        press->edges_known |= bit_of(edge);
        press->edges_untold |= bit_of(edge);
        press->edges_new &= ~bit_of(edge);
        fill_edge(press, edge);
        log_info("edge connected", LOG_INT("edge", edge),
                 LOG_INT("log_number", welcome->log_number),
                 LOG_INT("pages", press->sheets.by_key.count));
    }
}
