// SPDX-License-Identifier: Apache-2.0
#include "content/most_read.h"

#include "content/row_internal.h"

const char most_read_language_sql[] =
    "SELECT view_sum.article_id, view_sum.views FROM view_sum"
    " CROSS JOIN article"
    " WHERE view_sum.period = $1 AND view_sum.language = $2"
    " AND article.id = view_sum.article_id AND article.language = $2"
    " AND article.state = 'published'"
    " ORDER BY view_sum.views DESC, view_sum.article_id DESC LIMIT $3";

/* CROSS JOIN keeps the order in which the tables are read (both databases allow
 * it): candidates first, then where they stand. */
const char most_read_category_sql[] =
    "SELECT article_id, views FROM ("
    " SELECT top.article_id AS article_id, top.views AS views FROM ("
    "  SELECT article_id, views FROM view_sum"
    "  WHERE period = $1 AND language = $2"
    "  ORDER BY views DESC, article_id DESC LIMIT $5) AS top"
    " CROSS JOIN listing"
    " WHERE listing.article_id = top.article_id AND listing.shelf = $3"
    " UNION"
    " SELECT newest.article_id, view_sum.views FROM ("
    "  SELECT article_id FROM listing WHERE shelf = $3"
    "  ORDER BY published_us DESC, article_id DESC LIMIT $5) AS newest"
    " CROSS JOIN view_sum"
    " WHERE view_sum.article_id = newest.article_id AND view_sum.period = $1"
    ") AS found ORDER BY views DESC, article_id DESC LIMIT $4";

const char most_read_ever_sql[] =
    "SELECT newest.article_id, view_count.views FROM ("
    " SELECT article_id FROM listing WHERE shelf = $1"
    " ORDER BY published_us DESC, article_id DESC LIMIT $2) AS newest"
    " CROSS JOIN view_count"
    " WHERE view_count.article_id = newest.article_id"
    " AND view_count.views > 0"
    " ORDER BY view_count.views DESC, newest.article_id DESC LIMIT $3";

static struct str shelf_of(const struct most_read *of, struct arena *arena)
{
    return of->category
               ? arena_printf(arena, "c:%s:%" PRI_STR, of->category->text,
                              ARG_STR(of->language))
               : arena_printf(arena, "l:%" PRI_STR, ARG_STR(of->language));
}

struct str most_read_key(const struct most_read *of, struct arena *arena)
{
    return arena_printf(arena, "most:%" PRI_STR, ARG_STR(shelf_of(of, arena)));
}

static bool is_in(const struct most_read_list *list, const struct id *id)
{
    for (size_t i = 0; i < list->count; i++) {
        if (str_eq(id_str(&list->entries[i].card.id), id_str(id)))
            return true;
    }
    return false;
}

/* Adds what the query gives and the list lacks, up to limit. */
static enum err add_rows(struct db *db, struct db_query *query, size_t limit,
                         struct arena *arena, struct most_read_list *list)
{
    while (list->count < limit && db_query_next(query)) {
        struct most_read_entry *entry = &list->entries[list->count];
        struct id id = row_id(query, 0);
        if (is_in(list, &id))
            continue;
        enum err err = article_card_load(db, &id, arena, &entry->card);
        if (err && err != ERR_NOT_FOUND)
            return err;
        entry->views = db_column_i64(query, 1);
        list->count += !err;
    }
    return db_query_err(query);
}

static enum err add_period(struct db *db, const struct most_read *of,
                           enum views_period period, size_t limit,
                           struct arena *arena, struct most_read_list *list)
{
    struct db_value when = DB_I64(period), language = DB_STR(of->language),
                    count = DB_I64((int64_t)limit);
    DEFER(db_query_end)
    struct db_query query =
        of->category
            ? db_ask(db, most_read_category_sql, when, language,
                     DB_STR(shelf_of(of, arena)), count,
                     DB_I64(MOST_READ_CANDIDATES))
            : db_ask(db, most_read_language_sql, when, language, count);
    return add_rows(db, &query, limit, arena, list);
}

static enum err add_ever(struct db *db, const struct most_read *of,
                         size_t limit, struct arena *arena,
                         struct most_read_list *list)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, most_read_ever_sql, DB_STR(shelf_of(of, arena)),
        DB_I64(MOST_READ_NEWEST), DB_I64((int64_t)(limit + list->count)));
    return add_rows(db, &query, limit, arena, list);
}

static struct most_read_list begin(size_t *limit, struct arena *arena)
{
    if (*limit > MOST_READ_MAX)
        *limit = MOST_READ_MAX;
    return (struct most_read_list){
        .entries = arena_array(arena, struct most_read_entry, *limit + 1)};
}

enum err most_read_of(struct db *db, const struct most_read *of,
                      enum views_period period, size_t limit,
                      struct arena *arena, struct most_read_list *ret_list)
{
    struct most_read_list list = begin(&limit, arena);
    enum err err = add_period(db, of, period, limit, arena, &list);
    if (!err)
        *ret_list = list;
    return err;
}

enum err most_read_best(struct db *db, const struct most_read *of, size_t limit,
                        struct arena *arena, struct most_read_list *ret_list)
{
    /* How often the last of a list was read for the list to stand by itself:
     * one reader more or less should not turn it over. */
    static const int64_t enough[VIEWS_PERIOD_COUNT] = {
        [VIEWS_HOUR] = 20, [VIEWS_DAY] = 5, [VIEWS_WEEK] = 1};
    struct most_read_list list = begin(&limit, arena);
    enum err err = ERR_OK;
    for (int i = 0; !err && i < VIEWS_PERIOD_COUNT && list.count < limit; i++) {
        err = add_period(db, of, (enum views_period)i, limit, arena, &list);
        bool stands =
            list.count == limit && list.entries[limit - 1].views >= enough[i];
        if (!err && !stands && i + 1 < VIEWS_PERIOD_COUNT)
            list.count = 0;
    }
    if (!err && list.count < limit)
        err = add_ever(db, of, limit, arena, &list);
    if (!err)
        *ret_list = list;
    return err;
}
