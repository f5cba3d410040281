// SPDX-License-Identifier: Apache-2.0
#include "content/withdrawn_list.h"

#include <assert.h>

#include "content/row_internal.h"

/* By article_withdrawn: few are, of all that there are. */
#define WITHDRAWN(where) \
    "SELECT id, withdrawn_us, withdrawn_reason FROM article" \
    " WHERE language = $1 AND withdrawn_us > 0 AND withdrawn_us >= $2" \
    " AND state = 'withdrawn' AND published_us > 0" where \
    " ORDER BY withdrawn_us DESC, id LIMIT $3"

static const char all_sql[] = WITHDRAWN("");
static const char category_sql[] = WITHDRAWN(
    " AND EXISTS (WITH RECURSIVE below (id) AS (SELECT $4"
    "  UNION SELECT category.id FROM category"
    "  JOIN below ON category.parent_id = below.id)"
    "  SELECT 1 FROM article_category JOIN below ON below.id = category_id"
    "  WHERE article_id = article.id)");
static const char tag_sql[] =
    WITHDRAWN(" AND EXISTS (SELECT 1 FROM article_tag"
              "  WHERE article_id = article.id AND tag_id = $4)");
static const char person_sql[] =
    WITHDRAWN(" AND EXISTS (SELECT 1 FROM article_byline"
              "  WHERE article_id = article.id AND person_id = $4)");

/* *ret_id: what $4 stands for, or NULL. */
static const char *sql_of(const struct withdrawn_place *place,
                          const struct id **ret_id)
{
    const struct {
        const struct id *id;
        const char *sql;
    } places[] = {{&place->category, category_sql},
                  {&place->tag, tag_sql},
                  {&place->person, person_sql}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!id_is_set(places[i].id))
            continue;
        *ret_id = places[i].id;
        return places[i].sql;
    }
    *ret_id = NULL;
    return all_sql;
}

enum err withdrawn_list(struct db *db, const struct withdrawn_place *place,
                        int64_t since_us, size_t limit, struct arena *arena,
                        struct withdrawn **ret_list, size_t *ret_count)
{
    assert(db && place && place->language.len);
    const struct id *id;
    struct withdrawn *list = NULL;
    size_t count = 0;
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, sql_of(place, &id));
    db_bind_str(&query, place->language);
    db_bind_i64(&query, since_us);
    db_bind_i64(&query, (int64_t)limit);
    if (id)
        db_bind_str(&query, id_str(id));
    while (db_query_next(&query))
        ROW_ADD(arena, list, count) = (struct withdrawn){
            .id = row_id(&query, 0),
            .withdrawn_us = db_column_i64(&query, 1),
            .reason = db_column_str(&query, 2, arena),
        };
    *ret_list = list;
    *ret_count = count;
    return db_query_err(&query);
}
