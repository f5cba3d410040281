// SPDX-License-Identifier: Apache-2.0
#include "content/sitemap.h"

#include <assert.h>

#include "content/row_internal.h"

#define CHUNK_COLUMNS \
    "SELECT language, month, part, articles, changed_us, first_us, first_id" \
    " FROM sitemap_chunk"

/* ---- Chunks -----------------------------------------------------------------
 */

static struct sitemap_chunk read_chunk(const struct db_query *query,
                                       struct arena *arena)
{
    return (struct sitemap_chunk){
        .language = db_column_str(query, 0, arena),
        .month = db_column_str(query, 1, arena),
        .part = db_column_i64(query, 2),
        .articles = db_column_i64(query, 3),
        .changed_us = db_column_i64(query, 4),
        .first = {db_column_i64(query, 5), row_id(query, 6)},
    };
}

enum err sitemap_chunks(struct db *db, struct arena *arena,
                        struct sitemap_chunks *ret_chunks)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, CHUNK_COLUMNS " WHERE articles > 0"
                          " ORDER BY language, first_us, first_id");
    struct sitemap_chunks list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.chunks, list.count) = read_chunk(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_chunks = list;
    return err;
}

enum err sitemap_chunk_find(struct db *db, struct str language,
                            struct str month, int64_t part, struct arena *arena,
                            struct sitemap_chunk *ret_chunk)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               CHUNK_COLUMNS " WHERE language = $1 AND month = $2"
                             " AND part = $3 AND articles > 0",
               DB_STR(language), DB_STR(month), DB_I64(part));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_chunk = read_chunk(&query, arena);
    return err;
}

/* Where the chunk behind this one begins. */
static enum err find_end(struct db *db, const struct sitemap_chunk *chunk,
                         struct article_cursor *ret_end)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT first_us, first_id FROM sitemap_chunk"
               " WHERE language = $1 AND (first_us, first_id) > ($2, $3)"
               " ORDER BY first_us, first_id LIMIT 1",
               DB_STR(chunk->language), DB_I64(chunk->first.published_us),
               DB_ID(&chunk->first.id));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_end = err ? (struct article_cursor){.published_us = INT64_MAX}
                   : (struct article_cursor){db_column_i64(&query, 0),
                                             row_id(&query, 1)};
    return ERR_OK;
}

/* ---- Entries ----------------------------------------------------------------
 */

#define ENTRY_COLUMNS \
    "SELECT article.id, slug, headline, sponsored, article.published_us," \
    " MAX(article.published_us, updated_us, CASE WHEN corrected THEN " \
    "COALESCE(" \
    "  (SELECT MAX(time_us) FROM correction WHERE correction.article_id =" \
    "   article.id), 0) ELSE 0 END," \
    " COALESCE((SELECT changed_us FROM live_blog" \
    "   WHERE live_blog.article_id = article.id), 0))"

#define RANGE \
    " WHERE listing.shelf = 'l:' || $1" \
    " AND (listing.published_us, listing.article_id) >= ($2, $3)" \
    " AND (listing.published_us, listing.article_id) < ($4, $5)" \
    " ORDER BY listing.published_us, listing.article_id"

static struct sitemap_entry read_entry(const struct db_query *query,
                                       struct arena *arena)
{
    return (struct sitemap_entry){
        .id = row_id(query, 0),
        .slug = db_column_str(query, 1, arena),
        .headline = db_column_str(query, 2, arena),
        .sponsored = db_column_i64(query, 3) != 0,
        .published_us = db_column_i64(query, 4),
        .changed_us = db_column_i64(query, 5),
    };
}

static enum err read_entries(struct db *db, const struct sitemap_chunk *chunk,
                             const struct article_cursor *end,
                             struct arena *arena,
                             struct sitemap_entries *entries)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        ENTRY_COLUMNS ", CASE WHEN mime LIKE 'image/%' THEN blob ELSE '' END"
                      " FROM listing JOIN article"
                      " ON article.id = listing.article_id"
                      " LEFT JOIN medium ON medium.id = picture_id" RANGE,
        DB_STR(chunk->language), DB_I64(chunk->first.published_us),
        DB_ID(&chunk->first.id), DB_I64(end->published_us), DB_ID(&end->id));
    while (db_query_next(&query)) {
        struct sitemap_entry entry = read_entry(&query, arena);
        if (blob_parse(db_column_peek(&query, 6), &entry.picture))
            entry.picture = (struct blob){.name = ""};
        ROW_ADD(arena, entries->entries, entries->count) = entry;
    }
    return db_query_err(&query);
}

/* Both queries go through the chunk in the same order. */
static enum err read_translations(struct db *db,
                                  const struct sitemap_chunk *chunk,
                                  const struct article_cursor *end,
                                  struct arena *arena,
                                  struct sitemap_entries *entries)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT this.id, other.id, other.language, other.slug"
        " FROM listing JOIN article AS this ON this.id = listing.article_id"
        " JOIN article AS other ON other.story_id = this.story_id"
        "  AND other.id <> this.id AND other.state = 'published'" RANGE
        ", other.language",
        DB_STR(chunk->language), DB_I64(chunk->first.published_us),
        DB_ID(&chunk->first.id), DB_I64(end->published_us), DB_ID(&end->id));
    size_t at = 0;
    while (db_query_next(&query)) {
        struct str id = db_column_peek(&query, 0);
        while (at < entries->count &&
               !str_eq(id_str(&entries->entries[at].id), id))
            at++;
        if (at == entries->count)
            break;
        struct sitemap_entry *entry = &entries->entries[at];
        ROW_ADD(arena, entry->translations, entry->translation_count) =
            (struct sitemap_translation){
                .id = row_id(&query, 1),
                .language = db_column_str(&query, 2, arena),
                .slug = db_column_str(&query, 3, arena),
            };
    }
    return db_query_err(&query);
}

enum err sitemap_chunk_read(struct db *db, const struct sitemap_chunk *chunk,
                            struct arena *arena,
                            struct sitemap_entries *ret_entries)
{
    assert(chunk);
    struct article_cursor end;
    struct sitemap_entries entries = {0};
    enum err err = find_end(db, chunk, &end);
    if (!err)
        err = read_entries(db, chunk, &end, arena, &entries);
    if (!err)
        err = read_translations(db, chunk, &end, arena, &entries);
    if (!err)
        *ret_entries = entries;
    return err;
}

enum err sitemap_newest(struct db *db, struct str language, int64_t since_us,
                        size_t limit, struct arena *arena,
                        struct sitemap_entries *ret_entries)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               ENTRY_COLUMNS " FROM listing JOIN article"
                             " ON article.id = listing.article_id"
                             " WHERE listing.shelf = 'l:' || $1"
                             " AND listing.published_us >= $2"
                             " ORDER BY listing.published_us DESC,"
                             " listing.article_id DESC LIMIT $3",
               DB_STR(language), DB_I64(since_us), DB_I64((int64_t)limit));
    struct sitemap_entries entries = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, entries.entries, entries.count) =
            read_entry(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_entries = entries;
    return err;
}

/* ---- Tags and people --------------------------------------------------------
 */

static enum err read_slugs(struct db *db, const char *sql, struct str language,
                           const struct sitemap_part *part, struct arena *arena,
                           struct sitemap_slugs *ret_slugs)
{
    assert(part->number >= 1 && part->size >= 1);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, sql, DB_STR(language), DB_I64(part->size),
               DB_I64((part->number - 1) * part->size), DB_I64(part->limit));
    struct sitemap_slugs list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.slugs, list.count) =
            db_column_str(&query, 0, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_slugs = list;
    return err;
}

enum err sitemap_tags(struct db *db, struct str language,
                      const struct sitemap_part *part, struct arena *arena,
                      struct sitemap_slugs *ret_slugs)
{
    return read_slugs(db,
                      "SELECT slug FROM (SELECT id, slug FROM tag"
                      "  WHERE language = $1"
                      "  ORDER BY slug LIMIT $2 OFFSET $3) AS part"
                      " WHERE EXISTS (SELECT 1 FROM listing"
                      "  WHERE shelf = 't:' || part.id)"
                      " ORDER BY slug LIMIT $4",
                      language, part, arena, ret_slugs);
}

enum err sitemap_authors(struct db *db, struct str language,
                         const struct sitemap_part *part, struct arena *arena,
                         struct sitemap_slugs *ret_slugs)
{
    return read_slugs(db,
                      "SELECT slug FROM (SELECT id, slug FROM person"
                      "  ORDER BY slug LIMIT $2 OFFSET $3) AS part"
                      " WHERE EXISTS (SELECT 1 FROM listing"
                      "  WHERE shelf = 'p:' || part.id || ':' || $1)"
                      " ORDER BY slug LIMIT $4",
                      language, part, arena, ret_slugs);
}

static enum err read_count(struct db_query *query, int64_t *ret_count)
{
    enum err err = db_query_row(query);
    if (!err)
        *ret_count = db_column_i64(query, 0);
    return err;
}

enum err sitemap_tag_count(struct db *db, struct str language,
                           int64_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, "SELECT COUNT(*) FROM tag WHERE language = $1", DB_STR(language));
    return read_count(&query, ret_count);
}

enum err sitemap_author_count(struct db *db, struct str language,
                              int64_t *ret_count)
{
    (void)language; /* people are the same in all */
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, "SELECT COUNT(*) FROM person");
    return read_count(&query, ret_count);
}
