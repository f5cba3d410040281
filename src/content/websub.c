// SPDX-License-Identifier: Apache-2.0
#include "content/websub.h"

#include <assert.h>

#include "base/arena.h"
#include "base/time.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

#define RETRY_FIRST_US (10 * TIME_US_PER_SECOND)
#define RETRY_MAX_US (3600 * TIME_US_PER_SECOND)

/* A time to try again that lies further ahead than any is chosen was written
 * before the clock was set back: it does not hold. */
#define MAY_TRY_SQL "(retry_us <= $1 OR retry_us > $1 + 3600000000)"

static int64_t retry_time(const struct edit *edit, int64_t tries)
{
    int64_t wait_us = RETRY_MAX_US;
    if (tries < 9 && (RETRY_FIRST_US << tries) < RETRY_MAX_US)
        wait_us = RETRY_FIRST_US << tries;
    return edit->time_us + wait_us;
}

/* ---- What the hub was asked for
 * ----------------------------------------------------- */

static enum err check_room(struct edit *edit)
{
    struct websub_counts counts;
    enum err err = edit_failed(edit, websub_count(edit->db, &counts));
    if (err)
        return err;
    if (counts.asks >= WEBSUB_ASKS_MAX ||
        counts.subscriptions >= WEBSUB_SUBSCRIPTIONS_MAX)
        return fault_set(edit->fault, ERR_BUSY, NULL,
                         "the hub has as many subscribers as it takes; try "
                         "again later");
    return ERR_OK;
}

enum err websub_ask(struct edit *edit, const struct websub_ask *ask)
{
    assert(ask->callback.len && ask->path.len);
    enum err err = check_room(edit);
    if (err)
        return err;
    return edit_run(
        edit,
        "INSERT INTO websub_ask (callback, path, secret, unsubscribe, lease_s,"
        " asked_us, tries, retry_us) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)"
        " ON CONFLICT (callback, path) DO UPDATE SET secret = excluded.secret,"
        " unsubscribe = excluded.unsubscribe, lease_s = excluded.lease_s,"
        " asked_us = MAX(websub_ask.asked_us + 1, excluded.asked_us),"
        " tries = 0, retry_us = 0",
        DB_STR(ask->callback), DB_STR(ask->path), DB_STR(ask->secret),
        DB_I64(ask->unsubscribe), DB_I64(ask->lease_s), DB_I64(edit->time_us));
}

static bool is_chosen(const struct websub_choice *choice,
                      const struct db_query *query)
{
    return !choice || choice->chooses(choice->context, db_column_peek(query, 0),
                                      db_column_peek(query, 1));
}

enum err websub_asks_due(struct db *db, int64_t now_us, size_t limit,
                         const struct websub_choice *choice,
                         struct arena *arena, struct websub_ask **ret_asks,
                         size_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT callback, path, secret, unsubscribe, lease_s, asked_us,"
        " tries FROM websub_ask WHERE " MAY_TRY_SQL " ORDER BY tries, asked_us",
        DB_I64(now_us));
    struct websub_ask *asks = NULL;
    size_t count = 0;
    while (count < limit && db_query_next(&query)) {
        if (!is_chosen(choice, &query))
            continue;
        ROW_ADD(arena, asks, count) = (struct websub_ask){
            .callback = db_column_str(&query, 0, arena),
            .path = db_column_str(&query, 1, arena),
            .secret = db_column_str(&query, 2, arena),
            .unsubscribe = db_column_i64(&query, 3) != 0,
            .lease_s = db_column_i64(&query, 4),
            .asked_us = db_column_i64(&query, 5),
            .tries = db_column_i64(&query, 6),
        };
    }
    enum err err = db_query_err(&query);
    if (err)
        return err;
    *ret_asks = asks;
    *ret_count = count;
    return ERR_OK;
}

/* Whether it is still what was asked last. */
static enum err take_ask(struct edit *edit, const struct websub_ask *ask,
                         bool *ret_taken)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "DELETE FROM websub_ask WHERE callback = $1 AND path = $2"
               " AND asked_us = $3",
               DB_STR(ask->callback), DB_STR(ask->path), DB_I64(ask->asked_us));
    int64_t count = 0;
    enum err err = edit_failed(edit, db_query_run(&query, &count));
    *ret_taken = !err && count;
    return err;
}

static enum err subscribe(struct edit *edit, const struct websub_ask *ask)
{
    /* What the feed says now is for who comes now: not delivered. */
    return edit_run(
        edit,
        "INSERT INTO websub_subscription (callback, path, secret, lease_us,"
        " created_us, delivered_seq, tries, retry_us)"
        " SELECT $1, path, $3, $4, $5, seq, 0, 0 FROM websub_topic"
        " WHERE path = $2"
        " ON CONFLICT (callback, path) DO UPDATE SET secret = excluded.secret,"
        " lease_us = excluded.lease_us, tries = 0, retry_us = 0",
        DB_STR(ask->callback), DB_STR(ask->path), DB_STR(ask->secret),
        DB_I64(edit->time_us + ask->lease_s * TIME_US_PER_SECOND),
        DB_I64(edit->time_us));
}

static enum err unsubscribe(struct edit *edit, struct str callback,
                            struct str path)
{
    return edit_run(edit,
                    "DELETE FROM websub_subscription"
                    " WHERE callback = $1 AND path = $2",
                    DB_STR(callback), DB_STR(path));
}

enum err websub_ask_confirm(struct edit *edit, const struct websub_ask *ask)
{
    bool taken;
    enum err err = take_ask(edit, ask, &taken);
    if (err || !taken)
        return err;
    return ask->unsubscribe ? unsubscribe(edit, ask->callback, ask->path)
                            : subscribe(edit, ask);
}

enum err websub_ask_refuse(struct edit *edit, const struct websub_ask *ask)
{
    bool taken;
    return take_ask(edit, ask, &taken);
}

enum err websub_ask_retry(struct edit *edit, const struct websub_ask *ask)
{
    if (ask->tries + 1 >= WEBSUB_ASK_TRIES_MAX)
        return websub_ask_refuse(edit, ask);
    return edit_run(edit,
                    "UPDATE websub_ask SET tries = tries + 1, retry_us = $4"
                    " WHERE callback = $1 AND path = $2 AND asked_us = $3",
                    DB_STR(ask->callback), DB_STR(ask->path),
                    DB_I64(ask->asked_us),
                    DB_I64(retry_time(edit, ask->tries)));
}

/* ---- Feeds
 * -------------------------------------------------------------------------- */

enum err websub_topics(struct db *db, struct arena *arena,
                       struct websub_topic **ret_topics, size_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT path, digest, seq FROM websub_topic");
    struct websub_topic *topics = NULL;
    size_t count = 0;
    while (db_query_next(&query))
        ROW_ADD(arena, topics, count) = (struct websub_topic){
            .path = db_column_str(&query, 0, arena),
            .digest = db_column_str(&query, 1, arena),
            .seq = db_column_i64(&query, 2),
        };
    enum err err = db_query_err(&query);
    if (err)
        return err;
    *ret_topics = topics;
    *ret_count = count;
    return ERR_OK;
}

enum err websub_topic_save(struct edit *edit, const struct websub_topic *topic)
{
    return edit_run(edit,
                    "INSERT INTO websub_topic (path, digest, seq)"
                    " VALUES ($1, $2, $3) ON CONFLICT (path) DO UPDATE"
                    " SET digest = excluded.digest, seq = excluded.seq",
                    DB_STR(topic->path), DB_STR(topic->digest),
                    DB_I64(topic->seq));
}

/* ---- Subscriptions
 * ------------------------------------------------------------------ */

enum err websub_deliveries_due(struct db *db, int64_t now_us, size_t limit,
                               const struct websub_choice *choice,
                               struct arena *arena,
                               struct websub_delivery **ret_deliveries,
                               size_t *ret_count)
{
    /* Written so that feeds are gone through, which are few, and of each the
     * subscriptions that are behind, by their index: this is asked several
     * times a second. */
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT callback, topic.path, secret, topic.seq, tries"
               " FROM websub_topic AS topic JOIN websub_subscription AS s"
               " ON s.path = topic.path || '' AND s.delivered_seq < topic.seq"
               " WHERE " MAY_TRY_SQL " AND +lease_us > $1"
               " ORDER BY tries, retry_us, topic.path",
               DB_I64(now_us));
    struct websub_delivery *deliveries = NULL;
    size_t count = 0;
    while (count < limit && db_query_next(&query)) {
        if (!is_chosen(choice, &query))
            continue;
        ROW_ADD(arena, deliveries, count) = (struct websub_delivery){
            .callback = db_column_str(&query, 0, arena),
            .path = db_column_str(&query, 1, arena),
            .secret = db_column_str(&query, 2, arena),
            .seq = db_column_i64(&query, 3),
            .tries = db_column_i64(&query, 4),
        };
    }
    enum err err = db_query_err(&query);
    if (err)
        return err;
    *ret_deliveries = deliveries;
    *ret_count = count;
    return ERR_OK;
}

enum err websub_delivered(struct edit *edit,
                          const struct websub_delivery *delivery)
{
    return edit_run(edit,
                    "UPDATE websub_subscription SET"
                    " delivered_seq = MAX(delivered_seq, $3), tries = 0,"
                    " retry_us = 0 WHERE callback = $1 AND path = $2",
                    DB_STR(delivery->callback), DB_STR(delivery->path),
                    DB_I64(delivery->seq));
}

enum err websub_failed(struct edit *edit,
                       const struct websub_delivery *delivery,
                       bool *ret_dropped)
{
    *ret_dropped = delivery->tries + 1 >= WEBSUB_TRIES_MAX;
    if (*ret_dropped)
        return websub_drop(edit, delivery);
    return edit_run(edit,
                    "UPDATE websub_subscription SET tries = tries + 1,"
                    " retry_us = $3 WHERE callback = $1 AND path = $2",
                    DB_STR(delivery->callback), DB_STR(delivery->path),
                    DB_I64(retry_time(edit, delivery->tries)));
}

enum err websub_drop(struct edit *edit, const struct websub_delivery *delivery)
{
    return unsubscribe(edit, delivery->callback, delivery->path);
}

enum err websub_expire(struct edit *edit, int64_t *ret_forgotten)
{
    enum err err =
        edit_run(edit, "DELETE FROM websub_subscription WHERE lease_us <= $1",
                 DB_I64(edit->time_us));
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(edit->db, "DELETE FROM websub_topic WHERE path NOT IN"
                                 " (SELECT path FROM websub_subscription)"
                                 " AND path NOT IN"
                                 " (SELECT path FROM websub_ask)");
    return edit_failed(edit, db_query_run(&query, ret_forgotten));
}

enum err websub_is_used(struct db *db, bool *ret_used)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT EXISTS (SELECT 1 FROM websub_subscription)"
                           " OR EXISTS (SELECT 1 FROM websub_ask)");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_used = db_column_i64(&query, 0) != 0;
    return err;
}

enum err websub_count(struct db *db, struct websub_counts *ret_counts)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "SELECT (SELECT COUNT(*) FROM websub_subscription),"
            " (SELECT COUNT(*) FROM websub_ask),"
            " (SELECT COUNT(*) FROM websub_topic AS topic"
            "  JOIN websub_subscription AS s ON s.path = topic.path"
            "  AND s.delivered_seq < topic.seq)");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_counts = (struct websub_counts){
            .subscriptions = db_column_i64(&query, 0),
            .asks = db_column_i64(&query, 1),
            .behind = db_column_i64(&query, 2),
        };
    return err;
}
