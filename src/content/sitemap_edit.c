// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"
#include "content/change.h"
#include "content/row_internal.h"
#include "content/sitemap_internal.h"

/* A chunk as writing sees it, found by a key that lies in it. */
struct chunk {
    bool found;
    char month[SITEMAP_MONTH_BYTES];
    int64_t part;
    int64_t articles;
    int64_t changed_us;
    struct article_cursor first;
};

static void month_of(int64_t time_us, char target[SITEMAP_MONTH_BYTES])
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    memcpy(target, text, SITEMAP_MONTH_BYTES - 1);
    target[SITEMAP_MONTH_BYTES - 1] = '\0';
}

static int64_t month_begins_us(const char *month)
{
    char text[TIME_RFC3339_BYTES];
    int64_t time_us = 0;
    snprintf(text, sizeof text, "%s-01T00:00:00Z", month);
    return time_parse_rfc3339(str_from_c(text), &time_us) ? 0 : time_us;
}

static struct str shelf_of(struct edit *edit, struct str language)
{
    return arena_concat(&edit->arena, STR("l:"), language);
}

/* ---- Finding ----------------------------------------------------------------
 */

static enum err find_chunk(struct edit *edit, struct str language,
                           int64_t published_us, struct str id,
                           struct chunk *ret_chunk)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT month, part, articles, changed_us, first_us, first_id"
               " FROM sitemap_chunk"
               " WHERE language = $1 AND (first_us, first_id) <= ($2, $3)"
               " ORDER BY first_us DESC, first_id DESC LIMIT 1",
               DB_STR(language), DB_I64(published_us), DB_STR(id));
    *ret_chunk = (struct chunk){.found = false};
    enum err err = db_query_row(&query);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : edit_failed(edit, err);
    err = str_to_c(db_column_peek(&query, 0), ret_chunk->month,
                   sizeof ret_chunk->month);
    ret_chunk->found = !err;
    ret_chunk->part = db_column_i64(&query, 1);
    ret_chunk->articles = db_column_i64(&query, 2);
    ret_chunk->changed_us = db_column_i64(&query, 3);
    ret_chunk->first =
        (struct article_cursor){db_column_i64(&query, 4), row_id(&query, 5)};
    return ERR_OK;
}

/* ---- Growing ----------------------------------------------------------------
 */

static enum err make_chunk(struct edit *edit, struct str language,
                           const char *month,
                           const struct article_cursor *first, int64_t articles)
{
    return edit_run(edit,
                    "INSERT INTO sitemap_chunk (language, first_us, first_id,"
                    " month, part, articles, changed_us)"
                    " SELECT $1, $2, $3, $4, COALESCE(MAX(part), 0) + 1, $5, $6"
                    " FROM sitemap_chunk WHERE language = $1 AND month = $4",
                    DB_STR(language), DB_I64(first->published_us),
                    DB_ID(&first->id), DB_C(month), DB_I64(articles),
                    DB_I64(edit->time_us));
}

static enum err count_in(struct edit *edit, struct str language,
                         const struct chunk *chunk, int64_t articles)
{
    return edit_run(edit,
                    "UPDATE sitemap_chunk SET articles = articles + $4"
                    " WHERE language = $1 AND month = $2 AND part = $3",
                    DB_STR(language), DB_C(chunk->month), DB_I64(chunk->part),
                    DB_I64(articles));
}

/* The key of the chunk's article that has offset others of it before it. */
static enum err find_key(struct edit *edit, struct str language,
                         const struct chunk *chunk, int64_t offset,
                         struct article_cursor *ret_key)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db,
        "SELECT published_us, article_id FROM listing WHERE shelf = $1"
        " AND (published_us, article_id) >= ($2, $3)"
        " ORDER BY published_us, article_id LIMIT 1 OFFSET $4",
        DB_STR(shelf_of(edit, language)), DB_I64(chunk->first.published_us),
        DB_ID(&chunk->first.id), DB_I64(offset));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_key = (struct article_cursor){db_column_i64(&query, 0),
                                           row_id(&query, 1)};
    return edit_failed(edit, err);
}

static bool is_behind(const struct article_cursor *a,
                      const struct article_cursor *b)
{
    return a->published_us != b->published_us
               ? a->published_us > b->published_us
               : str_compare(id_str(&a->id), id_str(&b->id)) > 0;
}

/* A full chunk is left as it is when the new article stands behind all of it,
 * as nearly all do; else it is halved. */
static enum err split(struct edit *edit, struct str language,
                      const struct chunk *chunk,
                      const struct article_cursor *key)
{
    struct article_cursor last, middle;
    int64_t half = chunk->articles / 2;
    enum err err = find_key(edit, language, chunk, chunk->articles - 1, &last);
    if (err)
        return err;
    if (is_behind(key, &last))
        return make_chunk(edit, language, chunk->month, key, 0);
    err = find_key(edit, language, chunk, half, &middle);
    if (!err)
        err = make_chunk(edit, language, chunk->month, &middle,
                         chunk->articles - half);
    if (!err)
        err = count_in(edit, language, chunk, half - chunk->articles);
    if (!err)
        err = sitemap_note(edit, language, chunk->first.published_us,
                           id_str(&chunk->first.id), "split");
    if (!err)
        err = sitemap_note(edit, language, middle.published_us,
                           id_str(&middle.id), "split");
    return err;
}

static enum err make_room(struct edit *edit, struct str language,
                          const struct chunk *chunk,
                          const struct article_cursor *key, bool *ret_made)
{
    char month[SITEMAP_MONTH_BYTES];
    month_of(key->published_us, month);
    *ret_made = true;
    if (!chunk->found || strcmp(chunk->month, month) != 0) {
        struct article_cursor first = {.published_us = month_begins_us(month)};
        return make_chunk(edit, language, month, &first, 0);
    }
    *ret_made = chunk->articles >= SITEMAP_CHUNK_ARTICLES;
    return *ret_made ? split(edit, language, chunk, key) : ERR_OK;
}

enum err sitemap_add(struct edit *edit, const struct article_cursor *key,
                     struct str language)
{
    struct chunk chunk;
    bool made = false;
    enum err err =
        find_chunk(edit, language, key->published_us, id_str(&key->id), &chunk);
    if (!err)
        err = make_room(edit, language, &chunk, key, &made);
    if (!err && made)
        err = find_chunk(edit, language, key->published_us, id_str(&key->id),
                         &chunk);
    return err ? err : count_in(edit, language, &chunk, 1);
}

/* ---- Where an article stands ------------------------------------------------
 */

struct place {
    bool stands;
    struct str language;
    int64_t published_us;
};

static enum err find_place(struct edit *edit, struct str id,
                           struct place *ret_place)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT shelf, published_us FROM listing WHERE article_id = $1"
               " AND shelf >= 'l:' AND shelf < 'l;'",
               DB_STR(id));
    enum err err = db_query_row(&query);
    *ret_place = (struct place){.stands = !err};
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : edit_failed(edit, err);
    ret_place->language =
        str_from(db_column_str(&query, 0, &edit->arena), sizeof "l:" - 1);
    ret_place->published_us = db_column_i64(&query, 1);
    return ERR_OK;
}

enum err sitemap_remove(struct edit *edit, const struct id *id)
{
    struct place place;
    struct chunk chunk;
    enum err err = find_place(edit, id_str(id), &place);
    if (err || !place.stands)
        return err;
    err = find_chunk(edit, place.language, place.published_us, id_str(id),
                     &chunk);
    return err ? err : count_in(edit, place.language, &chunk, -1);
}

/* ---- Change keys ------------------------------------------------------------
 */

enum err sitemap_note(struct edit *edit, struct str language,
                      int64_t published_us, struct str id, const char *kind)
{
    struct chunk chunk;
    enum err err = find_chunk(edit, language, published_us, id, &chunk);
    if (err || !chunk.found)
        return err;
    change_note(edit, STR("sitemaps"), kind);
    change_notef(edit, kind, "sitemap:%" PRI_STR "/%s-%lld", ARG_STR(language),
                 chunk.month, (long long)chunk.part);
    if (chunk.changed_us == edit->time_us)
        return ERR_OK;
    return edit_run(edit,
                    "UPDATE sitemap_chunk SET changed_us = $4"
                    " WHERE language = $1 AND month = $2 AND part = $3",
                    DB_STR(language), DB_C(chunk.month), DB_I64(chunk.part),
                    DB_I64(edit->time_us));
}

enum err sitemap_note_article(struct edit *edit, struct str id,
                              const char *kind)
{
    struct place place;
    enum err err = find_place(edit, id, &place);
    if (err || !place.stands)
        return err;
    return sitemap_note(edit, place.language, place.published_us, id, kind);
}

/* ---- Cutting anew -----------------------------------------------------------
 */

static enum err note_chunks(struct edit *edit)
{
    struct sitemap_chunks list;
    enum err err = sitemap_chunks(edit->db, &edit->arena, &list);
    for (size_t i = 0; !err && i < list.count; i++)
        change_notef(edit, "cut", "sitemap:%" PRI_STR "/%" PRI_STR "-%lld",
                     ARG_STR(list.chunks[i].language),
                     ARG_STR(list.chunks[i].month),
                     (long long)list.chunks[i].part);
    change_note(edit, STR("sitemaps"), "cut");
    return edit_failed(edit, err);
}

/* The chunk that is being filled. */
struct cut {
    struct str language;
    char month[SITEMAP_MONTH_BYTES];
    struct article_cursor first;
    int64_t articles;
};

static enum err finish_cut(struct edit *edit, struct cut *cut)
{
    if (!cut->articles)
        return ERR_OK;
    return make_chunk(edit, cut->language, cut->month, &cut->first,
                      cut->articles);
}

static enum err add_to_cut(struct edit *edit, struct cut *cut,
                           struct str language,
                           const struct article_cursor *key)
{
    char month[SITEMAP_MONTH_BYTES];
    month_of(key->published_us, month);
    bool same_month =
        str_eq(language, cut->language) && strcmp(month, cut->month) == 0;
    if (same_month && cut->articles < SITEMAP_CHUNK_ARTICLES) {
        cut->articles++;
        return ERR_OK;
    }
    enum err err = finish_cut(edit, cut);
    if (!str_eq(language, cut->language))
        cut->language = arena_copy(&edit->arena, language);
    memcpy(cut->month, month, sizeof month);
    cut->first =
        same_month
            ? *key
            : (struct article_cursor){.published_us = month_begins_us(month)};
    cut->articles = 1;
    return err;
}

static enum err cut_all(struct edit *edit)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        edit->db, "SELECT shelf, published_us, article_id FROM listing"
                  " WHERE shelf >= 'l:' AND shelf < 'l;'"
                  " ORDER BY shelf, published_us, article_id");
    struct cut cut = {.articles = 0};
    enum err err = ERR_OK;
    while (!err && db_query_next(&query)) {
        struct article_cursor key = {db_column_i64(&query, 1),
                                     row_id(&query, 2)};
        struct str shelf = db_column_peek(&query, 0);
        err = add_to_cut(edit, &cut, str_from(shelf, sizeof "l:" - 1), &key);
    }
    if (!err)
        err = edit_failed(edit, db_query_err(&query));
    return err ? err : finish_cut(edit, &cut);
}

enum err sitemap_rebuild(struct edit *edit)
{
    enum err err = note_chunks(edit);
    if (!err)
        err = edit_failed(edit,
                          db_run_script(edit->db, "DELETE FROM sitemap_chunk"));
    if (!err)
        err = cut_all(edit);
    return err ? err : note_chunks(edit);
}
