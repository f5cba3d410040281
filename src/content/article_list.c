// SPDX-License-Identifier: Apache-2.0
#include "content/article_list.h"

#include <assert.h>

#include "content/article_internal.h"
#include "content/row_internal.h"

/* Above every id, which is hexadecimal digits. */
#define LAST_ID STR("g")

/* ---- Cursors
 * --------------------------------------------------------------------- */

void article_cursor_format(const struct article_cursor *cursor,
                           char target[ARTICLE_CURSOR_BYTES])
{
    snprintf(target, ARTICLE_CURSOR_BYTES, "%016llx-%.13s",
             (unsigned long long)cursor->published_us, cursor->id.text);
}

enum err article_cursor_parse(struct str text,
                              struct article_cursor *ret_cursor)
{
    struct article_cursor cursor = {0};
    uint64_t time = 0;
    if (text.len != 16 + 1 + ID_LEN || text.ptr[16] != '-')
        return ERR_INVALID;
    for (size_t i = 0; i < 16; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return ERR_INVALID;
        time = time << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    if (time > INT64_MAX || id_parse(str_from(text, 17), &cursor.id))
        return ERR_INVALID;
    cursor.published_us = (int64_t)time;
    *ret_cursor = cursor;
    return ERR_OK;
}

/* ---- Cards
 * ------------------------------------------------------------------------ */

#define CARD_COLUMNS \
    "SELECT article.id, article.language, article.slug, headline, kicker," \
    " standfirst, byline, source, article.published_us, updated_us, weight," \
    " opinion, live, sponsored, corrected, COALESCE(view_count.views, 0)," \
    " picture_id, picture_alt, article_category.category_id," \
    " category_name.name, category_name.path"

#define CARD_JOINS \
    " LEFT JOIN view_count ON view_count.article_id = article.id" \
    " LEFT JOIN article_category ON article_category.article_id = article.id" \
    "  AND article_category.position = 0" \
    " LEFT JOIN category_name" \
    "  ON category_name.category_id = article_category.category_id" \
    "  AND category_name.language = article.language"

static struct article_card read_card(const struct db_query *query,
                                     struct arena *arena)
{
    struct article_card card = {
        .id = row_id(query, 0),
        .language = db_column_str(query, 1, arena),
        .slug = db_column_str(query, 2, arena),
        .headline = db_column_str(query, 3, arena),
        .kicker = db_column_str(query, 4, arena),
        .standfirst = db_column_str(query, 5, arena),
        .byline = db_column_str(query, 6, arena),
        .source = db_column_str(query, 7, arena),
        .published_us = db_column_i64(query, 8),
        .updated_us = db_column_i64(query, 9),
        .opinion = db_column_i64(query, 11) != 0,
        .live = db_column_i64(query, 12) != 0,
        .sponsored = db_column_i64(query, 13) != 0,
        .corrected = db_column_i64(query, 14) != 0,
        .views = db_column_i64(query, 15),
        .picture_alt = db_column_str(query, 17, arena),
        .category = row_id(query, 18),
        .category_name = db_column_str(query, 19, arena),
        .category_path = db_column_str(query, 20, arena),
    };
    if (article_weight_parse(db_column_peek(query, 10), &card.weight))
        card.weight = ARTICLE_STANDARD;
    return card;
}

static enum err add_picture(struct db *db, const struct id *id,
                            struct arena *arena, struct article_card *card)
{
    if (!id_is_set(id))
        return ERR_OK;
    struct medium *picture = arena_new(arena, struct medium);
    enum err err = media_load(db, id, arena, picture);
    if (err)
        return err;
    card->picture = picture;
    if (card->picture_alt.len == 0)
        card->picture_alt = picture->alt;
    return ERR_OK;
}

static enum err add_byline(struct db *db, struct arena *arena,
                           struct article_card *card)
{
    struct article_byline *bylines;
    size_t count;
    if (card->byline.len)
        return ERR_OK;
    enum err err = article_read_bylines(db, &card->id, card->language, arena,
                                        &bylines, &count);
    if (!err)
        card->byline =
            article_byline_text(card->language, bylines, count, arena);
    return err;
}

static enum err complete_card(struct db *db, const struct db_query *query,
                              struct arena *arena, struct article_card *card)
{
    struct id picture = row_id(query, 16);
    *card = read_card(query, arena);
    enum err err = add_picture(db, &picture, arena, card);
    if (!err)
        err = add_byline(db, arena, card);
    return err;
}

static size_t clamp(size_t limit)
{
    return limit < ARTICLE_LIST_MAX ? limit : ARTICLE_LIST_MAX;
}

/* Reads at most limit cards; one row more says that there are more. */
static enum err read_cards(struct db *db, struct db_query *query, size_t limit,
                           struct arena *arena, struct article_list *ret_list)
{
    struct article_list list = {
        .cards = arena_array(arena, struct article_card, limit + 1)};
    while (db_query_next(query)) {
        if (list.count == limit) {
            list.more = true;
            break;
        }
        enum err err =
            complete_card(db, query, arena, &list.cards[list.count++]);
        if (err)
            return err;
    }
    enum err err = db_query_err(query);
    if (err)
        return err;
    if (list.more && list.count) {
        const struct article_card *last = &list.cards[list.count - 1];
        list.next = (struct article_cursor){last->published_us, last->id};
    }
    *ret_list = list;
    return ERR_OK;
}

enum err article_card_load(struct db *db, const struct id *id,
                           struct arena *arena, struct article_card *ret_card)
{
    struct article_card card;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        CARD_COLUMNS " FROM article" CARD_JOINS
                     " WHERE article.id = $1 AND article.state = 'published'",
        DB_ID(id));
    enum err err = db_query_row(&query);
    if (!err)
        err = complete_card(db, &query, arena, &card);
    if (!err)
        *ret_card = card;
    return err;
}

/* ---- Lists
 * ------------------------------------------------------------------------ */

const char article_list_sql[] = CARD_COLUMNS
    " FROM listing JOIN article ON article.id = listing.article_id" CARD_JOINS
    " WHERE listing.shelf = $1"
    " AND (listing.published_us, listing.article_id) < ($2, $3)"
    " ORDER BY listing.published_us DESC, listing.article_id DESC LIMIT $4";

static enum err list_shelf(struct db *db, struct str shelf,
                           const struct article_cursor *before, size_t limit,
                           struct arena *arena, struct article_list *ret_list)
{
    bool from_newest = !before || !id_is_set(&before->id);
    limit = clamp(limit);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, article_list_sql, DB_STR(shelf),
               DB_I64(from_newest ? INT64_MAX : before->published_us),
               DB_STR(from_newest ? LAST_ID : id_str(&before->id)),
               DB_I64((int64_t)limit + 1));
    return read_cards(db, &query, limit, arena, ret_list);
}

/* A page of a list that readers leaf through. */
static enum err list_page(struct db *db, struct str shelf,
                          const struct article_cursor *before, size_t limit,
                          struct arena *arena, struct article_list *ret_list)
{
    enum err err = list_shelf(db, shelf, before, limit, arena, ret_list);
    if (err || !before || !id_is_set(&before->id))
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT 1 FROM listing WHERE shelf = $1 AND published_us = $2"
               " AND article_id = $3",
               DB_STR(shelf), DB_I64(before->published_us), DB_ID(&before->id));
    err = db_query_row(&query);
    ret_list->is_stray = err == ERR_NOT_FOUND;
    return ret_list->is_stray ? ERR_OK : err;
}

enum err article_list_latest(struct db *db, struct str language,
                             const struct article_cursor *before, size_t limit,
                             struct arena *arena, struct article_list *ret_list)
{
    return list_page(db, arena_printf(arena, "l:%" PRI_STR, ARG_STR(language)),
                     before, limit, arena, ret_list);
}

enum err article_list_category(struct db *db, struct str language,
                               const struct id *category,
                               const struct article_cursor *before,
                               size_t limit, struct arena *arena,
                               struct article_list *ret_list)
{
    return list_page(db,
                     arena_printf(arena, "c:%s:%" PRI_STR, category->text,
                                  ARG_STR(language)),
                     before, limit, arena, ret_list);
}

enum err article_list_tag(struct db *db, const struct id *tag,
                          const struct article_cursor *before, size_t limit,
                          struct arena *arena, struct article_list *ret_list)
{
    return list_page(db, arena_printf(arena, "t:%s", tag->text), before, limit,
                     arena, ret_list);
}

enum err article_list_person(struct db *db, struct str language,
                             const struct id *person,
                             const struct article_cursor *before, size_t limit,
                             struct arena *arena, struct article_list *ret_list)
{
    return list_page(
        db,
        arena_printf(arena, "p:%s:%" PRI_STR, person->text, ARG_STR(language)),
        before, limit, arena, ret_list);
}

enum err article_list_related(struct db *db, const struct article *article,
                              size_t limit, struct arena *arena,
                              struct article_list *ret_list)
{
    if (article->content.category_count == 0) {
        *ret_list = (struct article_list){0};
        return ERR_OK;
    }
    struct article_cursor cursor = {article->published_us, article->id};
    struct str shelf = arena_printf(arena, "m:%s:%" PRI_STR,
                                    article->content.categories[0].text,
                                    ARG_STR(article->content.language));
    return list_shelf(db, shelf, &cursor, limit, arena, ret_list);
}

/* ---- Articles of any state
 * ---------------------------------------------------------- */

#define ROW_COLUMNS \
    "SELECT id, language, state, slug, headline, saved_us, published_us," \
    " scheduled_us, embargo_us, expires_us, due_problem" \
    " FROM article WHERE id < $1"
#define ROW_ORDER " ORDER BY id DESC LIMIT $2"

/* One query for each way to ask, so that each is a range of an index. */
static struct db_query ask_rows(struct db *db, struct str language,
                                enum article_state state, struct str before,
                                size_t limit)
{
    struct db_value from = DB_STR(before), count = DB_I64((int64_t)limit + 1);
    bool any_state = state >= ARTICLE_STATE_COUNT;
    struct str name =
        any_state ? STR("") : str_from_c(article_state_name(state));
    if (language.len && any_state)
        return db_ask(db, ROW_COLUMNS " AND language = $3" ROW_ORDER, from,
                      count, DB_STR(language));
    if (language.len)
        return db_ask(db,
                      ROW_COLUMNS " AND language = $3 AND state = $4" ROW_ORDER,
                      from, count, DB_STR(language), DB_STR(name));
    if (any_state)
        return db_ask(db, ROW_COLUMNS ROW_ORDER, from, count);
    return db_ask(db, ROW_COLUMNS " AND state = $3" ROW_ORDER, from, count,
                  DB_STR(name));
}

static struct article_row read_row(const struct db_query *query,
                                   struct arena *arena)
{
    struct article_row row = {
        .id = row_id(query, 0),
        .language = db_column_str(query, 1, arena),
        .slug = db_column_str(query, 3, arena),
        .headline = db_column_str(query, 4, arena),
        .time_us = db_column_i64(query, 5),
        .published_us = db_column_i64(query, 6),
        .scheduled_us = db_column_i64(query, 7),
        .embargo_us = db_column_i64(query, 8),
        .expires_us = db_column_i64(query, 9),
        .due_problem = db_column_str(query, 10, arena),
    };
    if (article_state_parse(db_column_peek(query, 2), &row.state))
        row.state = ARTICLE_DRAFT;
    return row;
}

enum err article_list_all(struct db *db, struct str language,
                          enum article_state state, const struct id *before,
                          size_t limit, struct arena *arena,
                          struct article_rows *ret_rows)
{
    bool from_newest = !before || !id_is_set(before);
    limit = clamp(limit);
    DEFER(db_query_end)
    struct db_query query = ask_rows(
        db, language, state, from_newest ? LAST_ID : id_str(before), limit);
    struct article_rows rows = {
        .rows = arena_array(arena, struct article_row, limit + 1)};
    while (!rows.more && db_query_next(&query)) {
        if (rows.count == limit)
            rows.more = true;
        else
            rows.rows[rows.count++] = read_row(&query, arena);
    }
    enum err err = db_query_err(&query);
    if (!err)
        *ret_rows = rows;
    return err;
}
