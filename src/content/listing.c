// SPDX-License-Identifier: Apache-2.0
#include "content/listing_internal.h"

#include <assert.h>

#include "content/article_list.h"
#include "content/change.h"
#include "content/row_internal.h"
#include "content/sitemap_internal.h"

/* ---- Standing in lists
 * ------------------------------------------------------- */

/* What stands there twice (a parent of two categories, for one) is left to the
 * conflict: telling rows apart takes a table of its own each time. */
static const char fill_sql[] =
    "INSERT INTO listing (article_id, shelf, published_us)"
    " WITH RECURSIVE up (id) AS ("
    "  SELECT category_id FROM article_category WHERE article_id = $1"
    "  UNION ALL SELECT category.parent_id FROM category"
    "  JOIN up ON category.id = up.id WHERE category.parent_id IS NOT NULL)"
    " SELECT $1, 'l:' || $2, CAST($3 AS BIGINT)"
    " UNION ALL SELECT $1, 'm:' || category_id || ':' || $2, $3"
    "  FROM article_category WHERE article_id = $1 AND position = 0"
    " UNION ALL SELECT $1, 'c:' || id || ':' || $2, $3 FROM up"
    " UNION ALL SELECT $1, 't:' || tag_id, $3 FROM article_tag"
    "  WHERE article_id = $1"
    " UNION ALL SELECT $1, 'p:' || person_id || ':' || $2, $3"
    "  FROM article_byline WHERE article_id = $1 AND person_id IS NOT NULL"
    " ON CONFLICT DO NOTHING";

enum err listing_fill(struct edit *edit, const struct article_cursor *key,
                      struct str language)
{
    enum err err = sitemap_add(edit, key, language);
    return err ? err
               : edit_run(edit, fill_sql, DB_ID(&key->id), DB_STR(language),
                          DB_I64(key->published_us));
}

enum err listing_clear(struct edit *edit, const struct id *id)
{
    enum err err = sitemap_remove(edit, id);
    if (!err)
        err = edit_run(edit, "DELETE FROM listing WHERE article_id = $1",
                       DB_ID(id));
    return err;
}

#define BELOW_SQL \
    " WITH RECURSIVE below (id) AS (" \
    "  SELECT id FROM category WHERE id = $1" \
    "  UNION SELECT category.id FROM category" \
    "  JOIN below ON category.parent_id = below.id)"

static const char refill_clear_sql[] =
    "DELETE FROM listing WHERE shelf LIKE 'c:%' AND article_id IN (" BELOW_SQL
    " SELECT article_id FROM article_category"
    " WHERE category_id IN (SELECT id FROM below))";

static const char refill_sql[] =
    "INSERT INTO listing (article_id, shelf, published_us)" BELOW_SQL
    ", moved (id) AS ("
    "  SELECT DISTINCT article_id FROM article_category"
    "  WHERE category_id IN (SELECT id FROM below))"
    ", up (article_id, id) AS ("
    "  SELECT article_id, category_id FROM article_category"
    "  WHERE article_id IN (SELECT id FROM moved)"
    "  UNION SELECT up.article_id, category.parent_id FROM up"
    "  JOIN category ON category.id = up.id"
    "  WHERE category.parent_id IS NOT NULL)"
    " SELECT article.id, 'c:' || up.id || ':' || language, published_us"
    " FROM up JOIN article ON article.id = up.article_id"
    " WHERE article.state = 'published'";

enum err listing_refill_category(struct edit *edit, const struct id *category)
{
    enum err err = edit_run(edit, refill_clear_sql, DB_ID(category));
    if (!err)
        err = edit_run(edit, refill_sql, DB_ID(category));
    return err;
}

/* ---- Change keys
 * -------------------------------------------------------------- */

/* Notes prefix and the text of each row. */
static enum err note_rows(struct edit *edit, const char *prefix,
                          struct db_query *query, const char *kind)
{
    while (db_query_next(query)) {
        struct str name = db_column_peek(query, 0);
        change_notef(edit, kind, "%s%" PRI_STR, prefix, ARG_STR(name));
    }
    return edit_failed(edit, db_query_err(query));
}

static enum err note_category(struct edit *edit, struct str category,
                              struct str language, const char *kind)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT language || '/' || slug FROM category_name"
               " WHERE category_id = $1 AND language = $2",
               DB_STR(category), DB_STR(language));
    return note_rows(edit, "category:", &query, kind);
}

/* Whether the shelf holds one article alone: with it the shelf comes or goes.
 */
static enum err stands_alone(struct edit *edit, struct str shelf,
                             bool *ret_alone)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT COUNT(*) FROM"
               " (SELECT 1 FROM listing WHERE shelf = $1 LIMIT 2) AS some",
               DB_STR(shelf));
    enum err err = db_query_row(&query);
    *ret_alone = !err && db_column_i64(&query, 0) == 1;
    return edit_failed(edit, err);
}

static enum err note_tag(struct edit *edit, struct str tag, const char *kind)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT language || '/' || slug FROM tag WHERE id = $1",
        DB_STR(tag));
    return note_rows(edit, "tag:", &query, kind);
}

static enum err note_tags(struct edit *edit, struct str tag, const char *kind)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "SELECT language FROM tag WHERE id = $1", DB_STR(tag));
    return note_rows(edit, "tags:", &query, kind);
}

static enum err note_author(struct edit *edit, struct str person,
                            const char *kind)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT slug FROM person WHERE id = $1", DB_STR(person));
    return note_rows(edit, "author:", &query, kind);
}

/* The next newer ones of the main category show this one as related. */
static enum err note_newer(struct edit *edit, struct str shelf,
                           int64_t published_us, const struct id *id,
                           const char *kind)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT article_id FROM listing WHERE shelf = $1"
               " AND (published_us, article_id) > ($2, $3)"
               " ORDER BY published_us, article_id LIMIT $4",
               DB_STR(shelf), DB_I64(published_us), DB_ID(id),
               DB_I64(ARTICLE_RELATED));
    return note_rows(edit, "article:", &query, kind);
}

static enum err note_shelf(struct edit *edit, struct str shelf,
                           int64_t published_us, const struct id *id,
                           const char *kind)
{
    bool alone = false;
    enum err err = ERR_OK;
    struct str rest = str_from(shelf, 2);
    struct str name = str_slice(rest, 0, ID_LEN);
    struct str language = str_from(rest, ID_LEN + 1);
    switch (shelf.ptr[0]) {
    case 'l':
        change_notef(edit, kind, "front:%" PRI_STR, ARG_STR(rest));
        change_notef(edit, kind, "latest:%" PRI_STR, ARG_STR(rest));
        return sitemap_note(edit, rest, published_us, id_str(id), kind);
    case 'm':
        return note_newer(edit, shelf, published_us, id, kind);
    case 'c':
        return note_category(edit, name, language, kind);
    case 't':
        err = stands_alone(edit, shelf, &alone);
        if (alone)
            err = note_tags(edit, name, kind);
        return err ? err : note_tag(edit, name, kind);
    default:
        err = stands_alone(edit, shelf, &alone);
        if (alone)
            change_note(edit, STR("authors"), kind);
        return err ? err : note_author(edit, name, kind);
    }
}

static enum err note_translations(struct edit *edit, const struct id *id,
                                  const char *kind)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT other.id FROM article AS this JOIN article AS other"
               " ON other.story_id = this.story_id AND other.id <> this.id"
               " WHERE this.id = $1 AND other.state = 'published'",
               DB_ID(id));
    while (db_query_next(&query)) {
        struct str other = db_column_peek(&query, 0);
        change_notef(edit, kind, "article:%" PRI_STR, ARG_STR(other));
        enum err err = sitemap_note_article(edit, other, kind);
        if (err)
            return err;
    }
    return edit_failed(edit, db_query_err(&query));
}

enum err listing_note(struct edit *edit, const struct id *id, const char *kind)
{
    change_notef(edit, kind, "article:%s", id->text);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT shelf, published_us FROM listing WHERE article_id = $1"
               " ORDER BY shelf",
               DB_ID(id));
    bool stands = false;
    while (db_query_next(&query)) {
        enum err err = note_shelf(edit, db_column_peek(&query, 0),
                                  db_column_i64(&query, 1), id, kind);
        if (err)
            return err;
        stands = true;
    }
    enum err err = db_query_err(&query);
    if (err)
        return edit_failed(edit, err);
    return stands ? note_translations(edit, id, kind) : ERR_OK;
}

enum err listing_note_each(struct edit *edit, const char *sql, struct str value,
                           const char *kind)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db, sql, DB_STR(value));
    while (db_query_next(&query)) {
        struct id id = row_id(&query, 0);
        enum err err = listing_note(edit, &id, kind);
        if (err)
            return err;
    }
    return edit_failed(edit, db_query_err(&query));
}

enum err listing_note_category(struct edit *edit, const struct id *category,
                               const char *kind)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "WITH RECURSIVE up (id) AS ("
               "  SELECT id FROM category WHERE id = $1"
               "  UNION SELECT category.parent_id FROM category"
               "  JOIN up ON category.id = up.id"
               "  WHERE category.parent_id IS NOT NULL)"
               " SELECT language || '/' || slug FROM category_name"
               " WHERE category_id IN (SELECT id FROM up)",
               DB_ID(category));
    return note_rows(edit, "category:", &query, kind);
}
