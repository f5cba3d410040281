// SPDX-License-Identifier: Apache-2.0
/* Whether the lists of readers hold the published articles, each where it
 * belongs, and nothing else. See listing_internal.h for what a shelf is. */
#include "content/content_check_internal.h"
#include "content/edit_internal.h"
#include "content/sitemap_internal.h"

/* What listing.c puts on the shelves, for all articles at once. */
#define EXPECTED_SQL \
    "WITH RECURSIVE up (article_id, category_id) AS (" \
    "  SELECT article_id, category_id FROM article_category" \
    "  UNION SELECT up.article_id, category.parent_id FROM up" \
    "  JOIN category ON category.id = up.category_id" \
    "  WHERE category.parent_id IS NOT NULL)," \
    " expected (article_id, shelf, published_us) AS (" \
    "  SELECT id, 'l:' || language, published_us FROM article" \
    "   WHERE state = 'published'" \
    "  UNION ALL SELECT id, 'm:' || category_id || ':' || language," \
    "   published_us FROM article JOIN article_category ON article_id = id" \
    "   WHERE state = 'published' AND position = 0" \
    "  UNION ALL SELECT id, 'c:' || category_id || ':' || language," \
    "   published_us FROM article JOIN up ON up.article_id = id" \
    "   WHERE state = 'published'" \
    "  UNION ALL SELECT DISTINCT id, 't:' || tag_id, published_us" \
    "   FROM article JOIN article_tag ON article_id = id" \
    "   WHERE state = 'published'" \
    "  UNION ALL SELECT DISTINCT id, 'p:' || person_id || ':' || language," \
    "   published_us FROM article JOIN article_byline ON article_id = id" \
    "   WHERE state = 'published' AND person_id IS NOT NULL)"

static const char absent_sql[] =
    EXPECTED_SQL " SELECT * FROM expected"
                 " EXCEPT SELECT article_id, shelf, published_us FROM listing";

static const char surplus_sql[] =
    EXPECTED_SQL " SELECT article_id, shelf, published_us FROM listing"
                 " EXCEPT SELECT * FROM expected";

/* Chunks of the sitemap count their articles; those of a language together are
 * all of it. */
static const char sitemap_sql[] =
    "SELECT code, (SELECT COALESCE(SUM(articles), 0) FROM sitemap_chunk"
    "  WHERE sitemap_chunk.language = code),"
    " (SELECT COUNT(*) FROM article"
    "  WHERE article.language = code AND state = 'published')"
    " FROM language";

static const char remedy[] = "'broadsheet check --repair' sets the lists right";

static enum err compare(struct checking *checking, const char *sql,
                        const char *what)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, sql);
    while (db_query_next(&query))
        check_found(checking, remedy, "article %" PRI_STR " %s %" PRI_STR,
                    ARG_STR(db_column_peek(&query, 0)), what,
                    ARG_STR(db_column_peek(&query, 1)));
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

static enum err check_sitemap(struct checking *checking)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, sitemap_sql);
    while (db_query_next(&query)) {
        if (db_column_i64(&query, 1) == db_column_i64(&query, 2))
            continue;
        check_found(checking, remedy,
                    "the sitemap of the language %" PRI_STR
                    " counts %lld articles, and %lld are published",
                    ARG_STR(db_column_peek(&query, 0)),
                    (long long)db_column_i64(&query, 1),
                    (long long)db_column_i64(&query, 2));
    }
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

/* All of it is one state, though articles are published meanwhile. */
enum err check_lists(struct checking *checking)
{
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    check_progress(checking, 0, 0);
    enum err err = db_begin_read(&transaction, checking->db);
    if (err)
        return db_fault(checking->db, err, checking->fault);
    err = compare(checking, absent_sql, "is missing in the list");
    if (!err)
        err = compare(checking, surplus_sql, "has no place in the list");
    return err ? err : check_sitemap(checking);
}

enum err repair_lists(struct edit *edit)
{
    enum err err =
        edit_failed(edit, db_run_script(edit->db, "DELETE FROM listing"));
    if (!err)
        err = edit_failed(
            edit,
            db_run_script(edit->db,
                          "INSERT INTO listing"
                          " (article_id, shelf, published_us) " EXPECTED_SQL
                          " SELECT * FROM expected"));
    return err ? err : sitemap_rebuild(edit);
}
