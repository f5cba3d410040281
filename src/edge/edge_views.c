// SPDX-License-Identifier: Apache-2.0
/* Views: the beacon that a page sends once somebody reads it.
 *
 *   POST /views/<id>       counts; answers {"views": N}, N null until the desk
 *                          has told the total
 *   GET  /views/<id>       the same answer, and counts nothing
 *   GET  /views/<id>.gif   counts; a picture of one pixel, for pages without
 *                          JavaScript
 *
 * The thread that has the connection counts in a table of its own; a few times
 * a second what is there goes to the first thread, which makes numbered batches
 * of it and keeps each until the desk has it on disk (link/views.h). */
#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/log.h"
#include "base/time.h"
#include "edge/edge_internal.h"
#include "edge/readers.h"
#include "edge/robots.h"
#include "edge/view_counts.h"
#include "link/wire.h"

enum {
    HAND_OVER_MS = 200, /* what kill -9 may take, with the way to the desk */
    THREAD_ARTICLES_MAX = 1 << 14,          /* then it is handed over at once */
    WAITING_ARTICLES_MAX = VIEWS_PAIRS_MAX, /* while there is no desk */
    /* Of articles that the desk told no total of, invented ones among them: so
     * many are handed over at once, and may wait; those that it told of, which
     * are as many as there is room for totals, always find a place. */
    STRANGE_AT_ONCE_MAX = 256,
    STRANGE_WAITING_MAX = WAITING_ARTICLES_MAX - VIEW_TOTALS,
    UNANSWERED_PAIRS_MAX = 1 << 18, /* sent, and not known to be durable */
    ANSWER_BYTES = 32,
    KEY_LOOK_S = 60,
    KEEP_LOOK_MS = 10,
};

#define GIF_ENDING STR(".gif")

#define COMMON_FIELDS \
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"

/* The smallest picture that every browser shows: one transparent pixel
 * (GIF89a). */
#define PIXEL \
    "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0" \
    "\1\0\0\2\2D\1\0;"

static_assert(sizeof PIXEL - 1 == 43, "as PIXEL_HEAD says");

static const struct str pixel_head =
    STR_INIT("HTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n"
             "Content-Length: 43\r\n" COMMON_FIELDS);

/* The number is padded to a fixed length, so that nothing but its digits has to
 * be written for an answer. */
static const struct str number_head =
    STR_INIT("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
             "Content-Length: 32\r\n" COMMON_FIELDS);

/* A batch on its way. */
struct views_sent {
    struct views_sent *next;
    uint64_t number;
    size_t count;
    struct buf message;
};

struct edge_views {
    /* Of all threads: */
    struct readers *readers;
    struct robots robots;
    struct view_totals totals;

    /* Of the first thread: */
    struct edge *edge;
    uint64_t name; /* this edge, as the desk remembers it */
    uint64_t number;
    struct view_counts waiting; /* in no batch yet */
    struct views_sent *first, *last;
    size_t unanswered; /* pairs in them */
    bool told_full;
    struct loop_timer key_timer;
    struct loop_timer keep_timer; /* at the end */
    int64_t keep_until_us;
    void (*on_kept)(void *context);
    void *on_kept_context;
};

/* ---- counting, on any thread ----------------------------------------------
 */

/* What a thread hands over. */
struct hand_over {
    struct edge_views *views;
    struct view_counts counts;
};

static void take_counts(void *argument);

void edge_views_hand_over(struct edge_thread *thread)
{
    loop_timer_cancel(thread->loop, &thread->views_timer);
    thread->views_strange = 0;
    if (!thread->views.count)
        return;
    struct hand_over *bundle = malloc(sizeof *bundle);
    if (!bundle)
        log_panic("no memory for views");
    *bundle = (struct hand_over){thread->edge->views, thread->views};
    view_counts_init(&thread->views, THREAD_ARTICLES_MAX);
    loop_post(edge_first(thread->edge)->loop, take_counts, bundle);
}

static void on_hand_over(void *thread)
{
    edge_views_hand_over(thread);
}

static void count(struct edge_thread *thread, uint64_t article, int64_t views)
{
    if (view_counts_add(&thread->views, article, views)) {
        edge_views_hand_over(thread);
        if (view_counts_add(&thread->views, article, views))
            log_panic("no memory for views");
    }
    if (!loop_timer_is_armed(&thread->views_timer)) {
        thread->views_timer.on_due = on_hand_over;
        thread->views_timer.context = thread;
        loop_timer_arm(thread->loop, &thread->views_timer,
                       loop_now_us(thread->loop) +
                           HAND_OVER_MS * INT64_C(1000));
    }
}

/* Whoever invents articles may not have the views of real ones lost: of those
 * that the desk has not told of, only some are looked at. */
static bool may_count(const struct edge_thread *thread, uint64_t article,
                      int64_t total)
{
    return total >= 0 || thread->views_strange < STRANGE_AT_ONCE_MAX ||
           view_counts_has(&thread->views, article);
}

/* Whether this request is a reader's who has not read the article for half an
 * hour. Another site's page may show the picture and run the script's request,
 * and is not read here (Fetch Metadata). */
static bool is_new_reading(struct edge_thread *thread,
                           const struct http_exchange *exchange,
                           uint64_t article)
{
    struct edge_views *views = thread->edge->views;
    const struct http_fields *fields = &exchange->request.fields;
    struct str site = http_fields_known(fields, HTTP_FIELD_SEC_FETCH_SITE);
    if (str_eq(site, STR("cross-site")) ||
        robots_is_one(&views->robots, fields))
        return false;
    struct address_peer reader =
        proxies_reader(&thread->edge->config.proxies, &exchange->peer, fields);
    return readers_admit(views->readers, &reader,
                         http_fields_known(fields, HTTP_FIELD_USER_AGENT),
                         article, loop_now_us(thread->loop));
}

/* ---- answering ------------------------------------------------------------
 */

static void answer_number(struct http_exchange *exchange, int64_t views)
{
    char body[ANSWER_BYTES + 1] = "{\"views\":null                 }\r\n";
    char digits[ANSWER_BYTES];
    size_t len = 0;
    for (uint64_t rest = views < 0 ? 0 : (uint64_t)views; views >= 0;
         rest /= 10) {
        digits[len++] = (char)('0' + rest % 10);
        if (rest < 10)
            break;
    }
    for (size_t i = 0; i < len || (len && i < 4); i++)
        body[9 + i] = ' ';
    for (size_t i = 0; i < len; i++)
        body[9 + i] = digits[len - 1 - i];
    struct http_ready ready = {.head = number_head,
                               .body = str_of(body, ANSWER_BYTES)};
    http_answer_ready(exchange, &ready);
}

static void answer_pixel(struct http_exchange *exchange)
{
    struct http_ready ready = {.head = pixel_head,
                               .body = str_of(PIXEL, sizeof PIXEL - 1)};
    http_answer_ready(exchange, &ready);
}

static void refuse_method(struct http_exchange *exchange, bool is_pixel)
{
    http_answer(
        exchange,
        &(struct http_answer){
            .status = 405,
            .fields = is_pixel
                          ? STR("Allow: GET, HEAD\r\n" COMMON_FIELDS)
                          : STR("Allow: GET, HEAD, POST\r\n" COMMON_FIELDS),
        });
}

static void note(struct edge_thread *thread, uint64_t article, bool counts,
                 bool is_strange)
{
    bool is_new = !view_counts_has(&thread->views, article);
    count(thread, article, counts);
    thread->views_strange += is_new && is_strange;
}

void edge_answer_views(struct edge_thread *thread,
                       struct http_exchange *exchange, struct str name)
{
    enum http_method method = exchange->request.method;
    bool is_pixel = str_ends_with(name, GIF_ENDING);
    struct id id;
    if (is_pixel)
        name = str_slice(name, 0, name.len - GIF_ENDING.len);
    if (id_parse(name, &id)) {
        edge_answer_error(exchange, 404);
        return;
    }
    if (method != HTTP_GET && method != HTTP_HEAD &&
        (is_pixel || method != HTTP_POST)) {
        refuse_method(exchange, is_pixel);
        return;
    }
    if (exchange->request.query.ptr) {
        edge_answer_error(exchange, 400);
        return;
    }
    uint64_t article = id_number(&id);
    int64_t total = view_totals_get(&thread->edge->views->totals, article);
    bool may = may_count(thread, article, total);
    bool is_beacon = method == (is_pixel ? HTTP_GET : HTTP_POST);
    bool counts = may && is_beacon && is_new_reading(thread, exchange, article);
    if (is_beacon)
        edge_count(thread, counts ? EDGE_BEACONS_COUNTED : EDGE_BEACONS_OTHER);
    if (counts || (may && total < 0 && !is_pixel))
        note(thread, article, counts, total < 0);
    if (is_pixel)
        answer_pixel(exchange);
    else
        answer_number(exchange, total < 0 ? total : total + counts);
}

/* ---- batches, on the first thread -----------------------------------------
 */

static void free_sent(struct views_sent *sent)
{
    buf_finish(&sent->message);
    free(sent);
}

/* The desk knows a batch by its number, so it stays as it is from here on. */
static struct views_sent *make_batch(struct edge_views *views, size_t *position)
{
    struct views_sent *sent = calloc(1, sizeof *sent);
    if (!sent)
        log_panic("no memory for views");
    sent->number = ++views->number;
    buf_init(&sent->message, MESSAGE_PAYLOAD_BYTES_MAX);
    size_t start = message_begin(&sent->message, MESSAGE_VIEWED, sent->number);
    wire_put_u64(&sent->message, views->name);
    struct views_pair pair;
    while (sent->count < VIEWS_BATCH_PAIRS &&
           view_counts_next(&views->waiting, position, &pair)) {
        views_put_pair(&sent->message, pair);
        sent->count++;
    }
    message_end(&sent->message, start);
    if (buf_err(&sent->message))
        log_panic("no memory for views");
    return sent;
}

static void send_waiting(struct edge_views *views)
{
    struct edge_feed *feed = views->edge->feed;
    if (!edge_feed_is_open(feed) ||
        views->unanswered + views->waiting.count > UNANSWERED_PAIRS_MAX)
        return;
    size_t position = 0;
    for (size_t left = views->waiting.count; left;) {
        struct views_sent *sent = make_batch(views, &position);
        *(views->last ? &views->last->next : &views->first) = sent;
        views->last = sent;
        views->unanswered += sent->count;
        left -= sent->count;
        edge_feed_send(feed, buf_str(&sent->message));
    }
    view_counts_clear(&views->waiting);
    views->told_full = false;
}

static void take_pair(struct edge_views *views, struct views_pair pair)
{
    bool has_place = views->waiting.count < STRANGE_WAITING_MAX ||
                     view_counts_has(&views->waiting, pair.article) ||
                     view_totals_get(&views->totals, pair.article) >= 0;
    if (has_place &&
        !view_counts_add(&views->waiting, pair.article, pair.count))
        return;
    if (views->told_full)
        return;
    views->told_full = true;
    log_error("views of more articles than can wait for the desk are lost",
              LOG_INT("articles", WAITING_ARTICLES_MAX));
}

static void take_counts(void *argument)
{
    struct hand_over *bundle = argument;
    struct edge_views *views = bundle->views;
    struct views_pair pair;
    size_t position = 0;
    while (view_counts_next(&bundle->counts, &position, &pair)) {
        if (views->waiting.count >= WAITING_ARTICLES_MAX)
            send_waiting(views);
        take_pair(views, pair);
    }
    view_counts_finish(&bundle->counts);
    free(bundle);
    send_waiting(views);
    edge_feed_flush(views->edge->feed);
}

void edge_views_resend(struct edge_views *views)
{
    for (struct views_sent *sent = views->first; sent; sent = sent->next)
        edge_feed_send(views->edge->feed, buf_str(&sent->message));
    send_waiting(views);
}

void edge_views_on_counted(struct edge_views *views, uint64_t name,
                           uint64_t number)
{
    if (name != views->name)
        return;
    while (views->first && views->first->number <= number) {
        struct views_sent *sent = views->first;
        views->first = sent->next;
        if (!views->first)
            views->last = NULL;
        views->unanswered -= sent->count;
        free_sent(sent);
    }
    send_waiting(views);
}

bool edge_views_on_totals(struct edge_views *views, struct str payload)
{
    struct views_pairs pairs;
    if (views_read_pairs(payload, &pairs))
        return false;
    for (size_t i = 0; i < pairs.count; i++)
        view_totals_set(&views->totals, views_pair_at(&pairs, i));
    return true;
}

void edge_apply_totals(struct edge_thread *thread, struct str payload)
{
    struct views_pairs pairs;
    if (views_read_pairs(payload, &pairs))
        return; /* the first thread has read them already */
    for (size_t i = 0; i < pairs.count; i++) {
        struct views_pair pair = views_pair_at(&pairs, i);
        streams_tell_views(thread->streams, pair.article, pair.count);
    }
}

/* ---- the end of the process ---- */

static void look_whether_kept(void *argument)
{
    struct edge_views *views = argument;
    struct loop *loop = edge_first(views->edge)->loop;
    if ((!views->waiting.count && !views->first) ||
        loop_now_us(loop) >= views->keep_until_us)
        views->on_kept(views->on_kept_context);
    else
        loop_timer_arm(loop, &views->keep_timer,
                       loop_now_us(loop) + KEEP_LOOK_MS * INT64_C(1000));
}

void edge_views_finish(struct edge_views *views, void (*done)(void *context),
                       void *context)
{
    views->on_kept = done;
    views->on_kept_context = context;
    views->keep_until_us = loop_now_us(edge_first(views->edge)->loop) +
                           EDGE_VIEWS_KEEP_MS * INT64_C(1000);
    views->keep_timer.on_due = look_whether_kept;
    views->keep_timer.context = views;
    look_whether_kept(views);
}

/* ---- start and end --------------------------------------------------------
 */

static void look_at_key(void *argument)
{
    struct edge_views *views = argument;
    struct loop *loop = edge_first(views->edge)->loop;
    int64_t now_us = loop_now_us(loop);
    readers_turn_key(views->readers, now_us);
    loop_timer_arm(loop, &views->key_timer,
                   now_us + KEY_LOOK_S * TIME_US_PER_SECOND);
}

enum err edge_views_create(struct edge *edge, struct edge_views **ret_views)
{
    struct edge_views *views = calloc(1, sizeof *views);
    if (!views)
        return ERR_NO_MEMORY;
    views->edge = edge;
    random_bytes(&views->name, sizeof views->name);
    robots_init(&views->robots);
    view_counts_init(&views->waiting, WAITING_ARTICLES_MAX);
    for (unsigned i = 0; i < edge->config.threads; i++)
        view_counts_init(&edge->threads[i].views, THREAD_ARTICLES_MAX);
    enum err err = view_totals_init(&views->totals);
    if (!err)
        err = readers_create(clock_now_us(), &views->readers);
    if (err) {
        edge_views_destroy(views);
        return err;
    }
    views->key_timer.on_due = look_at_key;
    views->key_timer.context = views;
    look_at_key(views);
    *ret_views = views;
    return ERR_OK;
}

void edge_views_destroy(struct edge_views *views)
{
    if (!views)
        return;
    for (unsigned i = 0; i < views->edge->config.threads; i++)
        view_counts_finish(&views->edge->threads[i].views);
    while (views->first) {
        struct views_sent *sent = views->first;
        views->first = sent->next;
        free_sent(sent);
    }
    view_counts_finish(&views->waiting);
    view_totals_finish(&views->totals);
    readers_destroy(views->readers);
    free(views);
}
