// SPDX-License-Identifier: Apache-2.0
/* Views on the desk's side. What the edges counted comes as numbered batches
 * (link/views.h); a thread writes what has come, once a second at most, in
 * transactions so short that nobody who publishes waits long for them, answers,
 * tells the edges the new totals, and has the pages that show them printed
 * again.
 *
 * The log of changes is not part of this. A row for each article that somebody
 * reads, every few seconds and for ever, would be most of the log; the press is
 * the only follower that wants to know, it runs in this process, and what it
 * would do after a crash it does from the database (views_each_recent). So the
 * keys views:<id> and most:<shelf> are touched (press_touch.c). */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/views.h"
#include "link/wire.h"
#include "site/press_internal.h"

enum {
    COMMIT_EVERY_MS = 1000,
    ARTICLES_AT_ONCE = 64,     /* of one transaction */
    PAUSE_MS = 5,              /* between two: others want the writer too */
    LOOK_EVERY_MS = 10 * 1000, /* for buckets that left their periods */
    QUEUED_PAIRS_MAX = 1 << 20,
    TOTALS_AT_ONCE = 4096, /* of one message */
};

/* ---- what comes -----------------------------------------------------------
 */

struct viewed_batch {
    struct viewed_batch *next;
    unsigned edge;
    struct feed_viewed viewed; /* the pairs' bytes are owned */
    bool is_new;
};

struct press_views {
    struct press *press;
    pthread_t thread;
    bool is_running;

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t news;
    bool stopping;
    struct viewed_batch *first, *last;
    size_t pairs;
    uint64_t *asked; /* articles whose total changed otherwise */
    size_t asked_count, asked_capacity;
};

void press_views_take(struct press_views *views, unsigned edge,
                      const struct feed_viewed *viewed)
{
    struct viewed_batch *batch =
        malloc(sizeof *batch + viewed->pairs.bytes.len);
    if (!batch)
        log_panic("no memory for views");
    *batch = (struct viewed_batch){.edge = edge, .viewed = *viewed};
    if (viewed->pairs.bytes.len)
        memcpy(batch + 1, viewed->pairs.bytes.ptr, viewed->pairs.bytes.len);
    batch->viewed.pairs.bytes.ptr = (char *)(batch + 1);
    pthread_mutex_lock(&views->lock);
    bool room = views->pairs + viewed->pairs.count <= QUEUED_PAIRS_MAX;
    if (room) {
        *(views->last ? &views->last->next : &views->first) = batch;
        views->last = batch;
        views->pairs += viewed->pairs.count;
        pthread_cond_signal(&views->news);
    }
    pthread_mutex_unlock(&views->lock);
    if (!room) {
        log_error("an edge sends more views than it may; they are lost",
                  LOG_INT("edge", edge), LOG_INT("max", QUEUED_PAIRS_MAX));
        free(batch);
    }
}

void press_views_ask(struct press_views *views, struct str id_text)
{
    struct id id;
    if (id_parse(id_text, &id))
        return;
    pthread_mutex_lock(&views->lock);
    if (views->asked_count == views->asked_capacity) {
        size_t capacity =
            views->asked_capacity ? views->asked_capacity * 2 : 64;
        uint64_t *grown = realloc(views->asked, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for views");
        views->asked = grown;
        views->asked_capacity = capacity;
    }
    views->asked[views->asked_count++] = id_number(&id);
    pthread_cond_signal(&views->news);
    pthread_mutex_unlock(&views->lock);
}

/* ---- what is made of it: on the thread ------------------------------------
 */

/* One article of the batches. */
struct tally {
    uint64_t article;
    struct id id;
    int64_t views; /* to add */
    bool is_read;  /* readers can see it */
};

struct round {
    struct viewed_batch *batches;
    struct tally *tallies; /* by article */
    size_t count;
};

static int compare_tallies(const void *a, const void *b)
{
    const struct tally *one = a, *other = b;
    return (one->article > other->article) - (one->article < other->article);
}

static struct tally *find_tally(const struct round *round, uint64_t article)
{
    struct tally key = {.article = article};
    return bsearch(&key, round->tallies, round->count, sizeof key,
                   compare_tallies);
}

static void add_tally(struct round *round, uint64_t article)
{
    struct tally *tally = &round->tallies[round->count];
    *tally = (struct tally){.article = article};
    round->count += !id_from_number(article, &tally->id);
}

static void keep_each_once(struct round *round)
{
    size_t kept = 0;
    qsort(round->tallies, round->count, sizeof *round->tallies,
          compare_tallies);
    for (size_t i = 0; i < round->count; i++) {
        if (!kept ||
            round->tallies[kept - 1].article != round->tallies[i].article)
            round->tallies[kept++] = round->tallies[i];
    }
    round->count = kept;
}

static void make_room(struct round *round, size_t more)
{
    struct tally *grown =
        realloc(round->tallies, (round->count + more + 1) * sizeof *grown);
    if (!grown)
        log_panic("no memory for views");
    round->tallies = grown;
}

static void add_asked(struct press_views *views, struct round *round)
{
    make_room(round, views->asked_count);
    for (size_t i = 0; i < views->asked_count; i++)
        add_tally(round, views->asked[i]);
    views->asked_count = 0;
    keep_each_once(round);
}

/* Adds the batch unless the round would have too many articles with it: batches
 * of the same articles are written together. */
static bool add_batch(struct round *round, const struct viewed_batch *batch)
{
    const struct views_pairs *pairs = &batch->viewed.pairs;
    size_t known = round->count, more = 0;
    for (size_t i = 0; i < pairs->count; i++)
        more += !find_tally(round, views_pair_at(pairs, i).article);
    if (round->batches && known + more > ARTICLES_AT_ONCE)
        return false;
    make_room(round, pairs->count);
    for (size_t i = 0; i < pairs->count; i++)
        add_tally(round, views_pair_at(pairs, i).article);
    keep_each_once(round);
    return true;
}

/* Takes as much of what has come as is written at once. */
static void begin_round(struct press_views *views, struct round *round)
{
    struct viewed_batch **end = &round->batches;
    *round = (struct round){.count = 0};
    make_room(round, 0);
    pthread_mutex_lock(&views->lock);
    add_asked(views, round);
    while (views->first && add_batch(round, views->first)) {
        struct viewed_batch *batch = views->first;
        views->first = batch->next;
        views->pairs -= batch->viewed.pairs.count;
        batch->next = NULL;
        *end = batch;
        end = &batch->next;
    }
    if (!views->first)
        views->last = NULL;
    pthread_mutex_unlock(&views->lock);
}

/* Back to where it came from, before what came meanwhile. */
static void put_back(struct press_views *views, struct round *round)
{
    size_t pairs = 0;
    struct viewed_batch *last = NULL;
    for (struct viewed_batch *at = round->batches; at; at = at->next) {
        pairs += at->viewed.pairs.count;
        last = at;
    }
    if (!last)
        return;
    pthread_mutex_lock(&views->lock);
    last->next = views->first;
    views->first = round->batches;
    if (!views->last)
        views->last = last;
    views->pairs += pairs;
    pthread_mutex_unlock(&views->lock);
    round->batches = NULL;
}

static void end_round(struct round *round)
{
    while (round->batches) {
        struct viewed_batch *batch = round->batches;
        round->batches = batch->next;
        free(batch);
    }
    free(round->tallies);
}

/* Numbers that nobody's article has must not cost the writer's time. */
static enum err find_read(struct db *db, struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        struct tally *tally = &round->tallies[i];
        enum err err = views_is_read(db, &tally->id, &tally->is_read);
        if (err)
            return err;
    }
    return ERR_OK;
}

/* Adds the batches that were not added before. */
static enum err add_batches(struct edit *edit, struct round *round)
{
    struct views_more *more =
        arena_array(&edit->arena, struct views_more, round->count + 1);
    size_t count = 0;
    for (struct viewed_batch *at = round->batches; at; at = at->next) {
        enum err err = views_note_batch(edit, at->viewed.edge,
                                        at->viewed.number, &at->is_new);
        if (err)
            return err;
        for (size_t i = 0; at->is_new && i < at->viewed.pairs.count; i++) {
            struct views_pair pair = views_pair_at(&at->viewed.pairs, i);
            find_tally(round, pair.article)->views += pair.count;
        }
    }
    for (size_t i = 0; i < round->count; i++) {
        const struct tally *tally = &round->tallies[i];
        if (tally->is_read && tally->views)
            more[count++] = (struct views_more){tally->id, tally->views};
    }
    return views_add(edit, more, count);
}

static bool has_views(const struct round *round)
{
    for (struct viewed_batch *at = round->batches; at; at = at->next) {
        for (size_t i = 0; i < at->viewed.pairs.count; i++) {
            if (views_pair_at(&at->viewed.pairs, i).count)
                return true;
        }
    }
    return false;
}

static enum err write_round(struct press_views *views, struct round *round,
                            bool expiry_is_due, struct fault *fault)
{
    if (!expiry_is_due && !has_views(round))
        return ERR_OK;
    DEFER(edit_end) struct edit edit = {0};
    enum err err =
        edit_begin(&edit, views->press->config.content, STR("readers"), fault);
    if (!err)
        err = add_batches(&edit, round);
    if (!err && expiry_is_due)
        err = views_expire(&edit);
    return err ? err : edit_commit(&edit);
}

/* ---- what is said of it ---- */

static void answer(struct press *press, const struct round *round)
{
    for (struct viewed_batch *at = round->batches; at; at = at->next) {
        DEFER(buf_finish) struct buf bytes;
        buf_init(&bytes, 2 * sizeof(uint64_t));
        wire_put_u64(&bytes, at->viewed.edge);
        wire_put_u64(&bytes, at->viewed.number);
        struct feed_payload *payload =
            buf_err(&bytes)
                ? NULL
                : feed_payload_create(MESSAGE_COUNTED, buf_str(&bytes));
        if (!payload)
            log_panic("no memory to answer an edge");
        feed_send_to(press->feed, at->edge, payload);
    }
}

static void send_totals(struct press *press, struct buf *bytes)
{
    if (!bytes->len)
        return;
    struct feed_payload *payload =
        buf_err(bytes) ? NULL
                       : feed_payload_create(MESSAGE_TOTALS, buf_str(bytes));
    if (!payload)
        log_panic("no memory for totals");
    feed_send(press->feed, payload);
    buf_reset(bytes);
}

static enum err tell_totals(struct press *press, struct db *db,
                            const struct round *round)
{
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, TOTALS_AT_ONCE * VIEWS_PAIR_BYTES);
    for (size_t i = 0; i < round->count; i++) {
        const struct tally *tally = &round->tallies[i];
        int64_t total = 0;
        if (!tally->is_read)
            continue;
        enum err err = views_get(db, &tally->id, &total);
        if (err)
            return err;
        if (total > VIEWS_COUNT_MAX)
            total = VIEWS_COUNT_MAX;
        views_put_pair(&bytes, (struct views_pair){tally->article, total});
        if (bytes.len == TOTALS_AT_ONCE * VIEWS_PAIR_BYTES)
            send_totals(press, &bytes);
    }
    send_totals(press, &bytes);
    return ERR_OK;
}

static void touch_key(void *context, struct str key)
{
    struct press *press = context;
    pthread_mutex_lock(&press->lock);
    press_touch(press, key);
    pthread_mutex_unlock(&press->lock);
}

static void touch_views(void *press, const struct id *id)
{
    char key[sizeof "views:" + ID_LEN];
    int len = snprintf(key, sizeof key, "views:%s", id->text);
    touch_key(press, str_of(key, (size_t)len));
}

static enum err touch_round(struct press *press, struct db *db,
                            const struct round *round)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < round->count; i++) {
        const struct tally *tally = &round->tallies[i];
        if (!tally->is_read || !tally->views)
            continue;
        touch_views(press, &tally->id);
        err = views_each_list(db, &tally->id, touch_key, press);
    }
    return err;
}

/* ---- the thread -----------------------------------------------------------
 */

/* Reads before and after the write are of one lease each, so that the writer
 * waits for nobody. */
static enum err do_round(struct press_views *views, struct round *round,
                         bool *ret_expired, struct fault *fault)
{
    struct press *press = views->press;
    bool expiry_is_due = false;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    enum err err = find_read(lease.db, round);
    if (!err)
        err = views_expiry_is_due(lease.db, time_now_us(), &expiry_is_due);
    if (err)
        return db_fault(lease.db, err, fault);
    *ret_expired = expiry_is_due;
    err = write_round(views, round, expiry_is_due, fault);
    if (err)
        return err;
    answer(press, round);
    err = tell_totals(press, lease.db, round);
    if (!err)
        err = touch_round(press, lease.db, round);
    if (err) { /* kept they are, and told with the next view */
        db_fault(lease.db, err, fault);
        log_error("views cannot be read", LOG_C("cause", fault_text(fault)));
    }
    return ERR_OK;
}

/* What the desk before this one counted may stand on no page yet. */
static void touch_what_was_read(struct press *press)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    enum err err =
        views_each_recent(lease.db, time_now_us(), touch_views, press);
    struct fault fault;
    if (err) {
        db_fault(lease.db, err, &fault);
        log_error("views cannot be read", LOG_C("cause", fault_text(&fault)));
    }
}

/* Waits until until_us, or, with for_news, until something comes. False at the
 * end. */
static bool wait_until(struct press_views *views, int64_t until_us,
                       bool for_news)
{
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    int late = 0;
    pthread_mutex_lock(&views->lock);
    while (!views->stopping && !late &&
           !(for_news && (views->first || views->asked_count)))
        late = pthread_cond_timedwait(&views->news, &views->lock, &until);
    bool stopping = views->stopping;
    pthread_mutex_unlock(&views->lock);
    return !stopping;
}

static bool has_more(struct press_views *views)
{
    pthread_mutex_lock(&views->lock);
    bool more = views->first != NULL;
    pthread_mutex_unlock(&views->lock);
    return more;
}

/* False when it could not be written: it waits where it was. */
static bool work_once(struct press_views *views, bool was_failing,
                      bool *ret_expired)
{
    struct round round;
    struct fault fault = {0};
    begin_round(views, &round);
    enum err err = do_round(views, &round, ret_expired, &fault);
    if (err)
        put_back(views, &round);
    if (err && !was_failing)
        log_error("views cannot be stored; they are kept and tried again",
                  LOG_C("cause",
                        fault.message[0] ? fault.message : err_sentence(err)));
    end_round(&round);
    return !err;
}

static void *run(void *argument)
{
    struct press_views *views = argument;
    bool failing = false, expired = false;
    touch_what_was_read(views->press);
    while (wait_until(views,
                      clock_now_us() +
                          (expired ? PAUSE_MS : LOOK_EVERY_MS) * INT64_C(1000),
                      true)) {
        int64_t began_us = clock_now_us();
        do
            failing = !work_once(views, failing, &expired);
        while (!failing && has_more(views) &&
               wait_until(views, clock_now_us() + PAUSE_MS * INT64_C(1000),
                          false));
        if (!wait_until(views, began_us + COMMIT_EVERY_MS * INT64_C(1000),
                        false))
            break;
    }
    return NULL;
}

enum err press_views_create(struct press *press, struct press_views **ret_views)
{
    struct press_views *views = calloc(1, sizeof *views);
    if (!views)
        return ERR_NO_MEMORY;
    views->press = press;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&views->lock, NULL);
    pthread_cond_init(&views->news, &monotonic);
    pthread_condattr_destroy(&monotonic);
    *ret_views = views;
    return ERR_OK;
}

enum err press_views_start(struct press_views *views)
{
    if (pthread_create(&views->thread, NULL, run, views))
        return ERR_NO_MEMORY;
    views->is_running = true;
    return ERR_OK;
}

void press_views_stop(struct press_views *views)
{
    if (!views || !views->is_running)
        return;
    pthread_mutex_lock(&views->lock);
    views->stopping = true;
    pthread_cond_signal(&views->news);
    pthread_mutex_unlock(&views->lock);
    pthread_join(views->thread, NULL);
    views->is_running = false;
}

void press_views_destroy(struct press_views *views)
{
    if (!views)
        return;
    struct round rest = {.batches = views->first};
    end_round(&rest); /* the edge has them still */
    free(views->asked);
    pthread_mutex_destroy(&views->lock);
    pthread_cond_destroy(&views->news);
    free(views);
}
