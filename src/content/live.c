// SPDX-License-Identifier: Apache-2.0
#include "content/live.h"

#include <assert.h>

#include "content/live_internal.h"
#include "content/row_internal.h"
#include "render/document.h"

static const char *const state_names[] = {
    [LIVE_RUNNING] = "live",
    [LIVE_ENDED] = "ended",
};

const char *live_state_name(enum live_state state)
{
    return state_names[state];
}

struct str live_post_path(struct arena *arena, struct str article,
                          const struct id *post)
{
    return arena_printf(arena, "%" PRI_STR "?post=%s", ARG_STR(article),
                        post->text);
}

#define BLOGS_SQL \
    "SELECT article_id, seq, started_us, ended_us, changed_us," \
    " (SELECT COUNT(*) FROM live_post" \
    "  WHERE live_post.article_id = live_blog.article_id) FROM live_blog "

static struct live_blog read_blog(const struct db_query *query)
{
    int64_t ended_us = db_column_i64(query, 3);
    return (struct live_blog){
        .article = row_id(query, 0),
        .state = ended_us ? LIVE_ENDED : LIVE_RUNNING,
        .seq = db_column_i64(query, 1),
        .started_us = db_column_i64(query, 2),
        .ended_us = ended_us,
        .changed_us = db_column_i64(query, 4),
        .post_count = db_column_i64(query, 5),
    };
}

enum err live_load(struct db *db, const struct id *article,
                   struct live_blog *ret_blog)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, BLOGS_SQL "WHERE article_id = $1", DB_ID(article));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_blog = read_blog(&query);
    return err;
}

enum err live_blogs(struct db *db, size_t limit, struct arena *arena,
                    struct live_blog **ret_blogs, size_t *ret_count)
{
    *ret_blogs = NULL;
    *ret_count = 0;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               BLOGS_SQL "ORDER BY ended_us = 0 DESC, started_us DESC,"
                         " article_id DESC LIMIT $1",
               DB_I64((int64_t)limit));
    while (db_query_next(&query))
        ROW_ADD(arena, *ret_blogs, *ret_count) = read_blog(&query);
    return db_query_err(&query);
}

/* ---- Posts -----------------------------------------------------------------
 */

#define POSTS_SQL \
    "SELECT id, article_id, time_us, headline, body, key_event, pinned," \
    " correction, corrected_us, removed_reason, removed_us, revision," \
    " edited_us, seq, first_seq FROM live_post "

static enum err read_bylines(struct db *db, struct str language,
                             struct arena *arena, struct live_post *post)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT person_id, name, role FROM live_post_byline"
               " WHERE post_id = $1 ORDER BY position",
               DB_ID(&post->id));
    while (db_query_next(&query)) {
        struct article_byline byline = {
            .person = row_id(&query, 0),
            .name = db_column_str(&query, 1, arena),
            .role = db_column_str(&query, 2, arena),
            .slug = STR(""),
        };
        struct person person;
        enum err err = ERR_NOT_FOUND;
        if (id_is_set(&byline.person))
            err = person_load(db, language, &byline.person, arena, &person);
        if (err && err != ERR_NOT_FOUND)
            return err;
        if (!err) {
            byline.name = person.name;
            byline.slug = person.slug;
        }
        ROW_ADD(arena, post->bylines, post->byline_count) = byline;
    }
    return db_query_err(&query);
}

static enum err read_post(const struct db_query *query, struct arena *arena,
                          struct live_post *post)
{
    *post = (struct live_post){
        .id = row_id(query, 0),
        .article = row_id(query, 1),
        .time_us = db_column_i64(query, 2),
        .headline = db_column_str(query, 3, arena),
        .body = db_column_str(query, 4, arena),
        .key = db_column_i64(query, 5) != 0,
        .pinned = db_column_i64(query, 6) != 0,
        .correction = db_column_str(query, 7, arena),
        .corrected_us = db_column_i64(query, 8),
        .removed_reason = db_column_str(query, 9, arena),
        .removed_us = db_column_i64(query, 10),
        .revision = db_column_i64(query, 11),
        .edited_us = db_column_i64(query, 12),
        .seq = db_column_i64(query, 13),
        .first_seq = db_column_i64(query, 14),
    };
    struct document_node *document;
    if (document_parse_json(post->body, arena, &document, NULL))
        return ERR_CORRUPT;
    post->document = document;
    return ERR_OK;
}

/* What was removed is not even in the hands of those who print. */
static void hide(struct live_post *post, struct arena *arena)
{
    *post = (struct live_post){
        .id = post->id,
        .article = post->article,
        .time_us = post->time_us,
        .document = document_new(arena),
        .removed_us = post->removed_us,
        .removed_reason = post->removed_reason,
        .revision = post->revision,
        .seq = post->seq,
        .first_seq = post->first_seq,
    };
}

enum err live_post_load(struct db *db, const struct id *id, struct arena *arena,
                        struct live_post *ret_post)
{
    struct live_post post;
    DEFER(db_query_end)
    struct db_query query = db_ask(db, POSTS_SQL "WHERE id = $1", DB_ID(id));
    enum err err = db_query_row(&query);
    if (!err)
        err = read_post(&query, arena, &post);
    if (!err)
        err = read_bylines(db, STR(""), arena, &post);
    if (!err)
        *ret_post = post;
    return err;
}

static const char *const which_sql[] = {
    [LIVE_BEFORE] = POSTS_SQL "WHERE article_id = $1"
                              " AND (time_us, id) < ($2, $3)"
                              " ORDER BY time_us DESC, id DESC LIMIT $4",
    [LIVE_FROM] = POSTS_SQL "WHERE article_id = $1"
                            " AND (time_us, id) <= ($2, $3)"
                            " ORDER BY time_us DESC, id DESC LIMIT $4",
    [LIVE_SINCE] = POSTS_SQL "WHERE article_id = $1 AND seq > $2 AND $3 = ''"
                             " ORDER BY seq LIMIT $4",
    [LIVE_KEYS] = POSTS_SQL "WHERE article_id = $1 AND key_event = 1"
                            " AND removed_us = 0 AND (time_us, id) < ($2, $3)"
                            " ORDER BY time_us DESC, id DESC LIMIT $4",
    [LIVE_PINNED] = POSTS_SQL "WHERE article_id = $1 AND pinned = 1"
                              " AND removed_us = 0"
                              " AND (time_us, id) < ($2, $3)"
                              " ORDER BY time_us DESC, id DESC LIMIT $4",
};

/* One more row than wanted tells whether there are others. */
static struct db_query ask(struct db *db, const struct id *article,
                           const struct live_query *asked)
{
    int64_t limit = (int64_t)asked->limit + 1;
    const char *sql = which_sql[asked->which];
    if (asked->which == LIVE_SINCE)
        return db_ask(db, sql, DB_ID(article), DB_I64(asked->since),
                      DB_STR(STR("")), DB_I64(limit));
    int64_t before_us =
        asked->cursor.published_us ? asked->cursor.published_us : INT64_MAX;
    return db_ask(db, sql, DB_ID(article), DB_I64(before_us),
                  DB_ID(&asked->cursor.id), DB_I64(limit));
}

static void cut(struct live_posts *posts, size_t limit)
{
    posts->more = posts->count > limit;
    if (!posts->more)
        return;
    posts->count = limit;
    if (!limit)
        return;
    const struct live_post *last = &posts->posts[limit - 1];
    posts->next = (struct article_cursor){last->time_us, last->id};
}

enum err live_posts(struct db *db, const struct id *article,
                    struct str language, const struct live_query *asked,
                    struct arena *arena, struct live_posts *ret_posts)
{
    assert(asked->limit <= LIVE_POSTS_MAX);
    struct live_posts posts = {0};
    DEFER(db_query_end) struct db_query query = ask(db, article, asked);
    while (db_query_next(&query)) {
        struct live_post post;
        enum err err = read_post(&query, arena, &post);
        if (!err && post.removed_us)
            hide(&post, arena);
        else if (!err)
            err = read_bylines(db, language, arena, &post);
        if (err)
            return err;
        ROW_ADD(arena, posts.posts, posts.count) = post;
    }
    enum err err = db_query_err(&query);
    if (err)
        return err;
    cut(&posts, asked->limit);
    *ret_posts = posts;
    return ERR_OK;
}

/* ---- Search ----------------------------------------------------------------
 */

enum err live_set_indexed(struct edit *edit, const struct id *article)
{
    return edit_run(edit,
                    "UPDATE live_post SET indexed = CASE removed_us"
                    " WHEN 0 THEN revision ELSE 0 END WHERE article_id = $1",
                    DB_ID(article));
}

enum err live_write_indexed(struct db *db, const struct id *article,
                            struct arena *arena, struct buf *out)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT live_post_revision.headline, live_post_revision.body"
               " FROM live_post JOIN live_post_revision"
               " ON post_id = id AND number = indexed"
               " WHERE article_id = $1 AND indexed > 0 ORDER BY id",
               DB_ID(article));
    while (db_query_next(&query)) {
        struct document_node *document;
        enum err err = document_parse_json(db_column_peek(&query, 1), arena,
                                           &document, NULL);
        if (err)
            return ERR_CORRUPT;
        buf_add_c(out, "\n\n");
        buf_add(out, db_column_peek(&query, 0));
        buf_add_char(out, '\n');
        document_write_text(document, out);
    }
    return db_query_err(&query);
}
