// SPDX-License-Identifier: Apache-2.0
#include "content/change.h"

#include <assert.h>
#include <stdarg.h>

#include "base/log.h"
#include "content/change_internal.h"
#include "content/edit_internal.h"

enum { CHANGE_KEY_BYTES_MAX = 512, CHANGE_READ_MAX = 10 * 1000 };

void change_note(struct edit *edit, struct str key, const char *kind)
{
    struct edit_change *change = map_get(&edit->changed, key);
    if (change) {
        change->kind = kind;
        return;
    }
    change = arena_new(&edit->arena, struct edit_change);
    change->key = arena_copy(&edit->arena, key);
    change->kind = kind;
    change->older = edit->changes;
    edit->changes = change;
    void *old;
    if (map_set(&edit->changed, change->key, change, &old))
        /* As an arena does. */
        log_panic("out of memory", LOG_C("where", "changes"));
}

void change_notef(struct edit *edit, const char *kind, const char *format, ...)
{
    char key[CHANGE_KEY_BYTES_MAX];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(key, sizeof key, format, args);
    va_end(args);
    assert(len >= 0 && (size_t)len < sizeof key); /* slugs are short */
    change_note(edit, str_of(key, (size_t)len), kind);
}

/* ---- Writing ----------------------------------------------------------------
 */

static struct edit_change *reversed(struct edit_change *newest)
{
    struct edit_change *oldest = NULL;
    while (newest) {
        struct edit_change *older = newest->older;
        newest->older = oldest;
        oldest = newest;
        newest = older;
    }
    return oldest;
}

enum err change_write(struct edit *edit, int64_t *ret_seq)
{
    if (!edit->changes)
        return ERR_OK;
    int64_t seq = 0;
    enum err err = change_last_seq(edit->db, &seq);
    if (err)
        return edit_failed(edit, err);
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        edit->db, "INSERT INTO change (seq, time_us, actor, key, kind)"
                  " VALUES ($1, $2, $3, $4, $5)");
    edit->changes = reversed(edit->changes);
    for (struct edit_change *at = edit->changes; at; at = at->older) {
        db_query_rewind(&query);
        db_bind_i64(&query, ++seq);
        db_bind_i64(&query, edit->time_us);
        db_bind_str(&query, edit->actor);
        db_bind_str(&query, at->key);
        db_bind_c(&query, at->kind);
        err = db_query_run(&query, NULL);
        if (err)
            return edit_failed(edit, err);
    }
    *ret_seq = seq;
    return ERR_OK;
}

/* ---- Reading ----------------------------------------------------------------
 */

enum err change_read(struct db *db, int64_t after_seq, size_t limit,
                     struct arena *arena, struct change_list *ret_list)
{
    if (limit > CHANGE_READ_MAX)
        limit = CHANGE_READ_MAX;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT seq, time_us, actor, key, kind FROM change"
               " WHERE seq > $1 ORDER BY seq LIMIT $2",
               DB_I64(after_seq), DB_I64((int64_t)limit));
    struct change_list list = {arena_array(arena, struct change, limit), 0};
    while (db_query_next(&query))
        list.changes[list.count++] = (struct change){
            .seq = db_column_i64(&query, 0),
            .time_us = db_column_i64(&query, 1),
            .actor = db_column_str(&query, 2, arena),
            .key = db_column_str(&query, 3, arena),
            .kind = db_column_str(&query, 4, arena),
        };
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

enum err change_last_seq(struct db *db, int64_t *ret_seq)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT COALESCE(MAX(seq), 0) FROM change");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_seq = db_column_i64(&query, 0);
    return err;
}

enum err follower_seq(struct db *db, struct str name, int64_t *ret_seq)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT seq FROM follower WHERE name = $1", DB_STR(name));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_seq = err ? 0 : db_column_i64(&query, 0);
    return ERR_OK;
}

enum err follower_advance(struct edit *edit, struct str name, int64_t seq)
{
    return edit_run(edit,
                    "INSERT INTO follower (name, seq, time_us)"
                    " VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE"
                    " SET seq = excluded.seq, time_us = excluded.time_us",
                    DB_STR(name), DB_I64(seq), DB_I64(edit->time_us));
}
