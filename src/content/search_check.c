// SPDX-License-Identifier: Apache-2.0
/* Whether the search index holds what readers may see, and nothing else. */
#include "content/content_check_internal.h"
#include "content/search_internal.h"

/* Each gives the ids of articles that are not as they should be. */
static const struct {
    const char *sql;
    const char *what;
} rules[] = {
    {"SELECT article.id FROM article LEFT JOIN search_document"
     " ON search_document.article_id = article.id"
     " WHERE article.state = 'published'"
     " AND (search_document.document IS NULL"
     "  OR search_document.revision <> article.live_revision"
     "  OR search_document.language <> article.language)"
     " AND article.id NOT IN (SELECT article_id FROM search_pending)",
     "cannot be found as readers see it"},
    {"SELECT search_document.article_id FROM search_document JOIN article"
     " ON article.id = search_document.article_id"
     " WHERE article.state <> 'published'",
     "can be found although readers may not see it"},
    /* Of one second there may be more than it has numbers for. 1024 is
     * SEARCH_SLOTS. */
    {"SELECT search_document.article_id FROM search_document JOIN article"
     " ON article.id = search_document.article_id"
     " WHERE article.published_us > 0"
     " AND search_document.document / 1024 < article.published_us / 1000000",
     "stands before its time in the search index"},
};

static enum err check_rule(struct checking *checking, size_t rule)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(checking->db, rules[rule].sql);
    while (db_query_next(&query))
        check_found(checking, "broadsheet reindex", "article %" PRI_STR " %s",
                    ARG_STR(db_column_peek(&query, 0)), rules[rule].what);
    return db_fault(checking->db, db_query_err(&query), checking->fault);
}

static enum err count(struct db *db, const char *sql, struct str language,
                      int64_t *ret_count)
{
    DEFER(db_query_end) struct db_query query = db_query_begin_made(db, sql);
    if (language.len)
        db_bind_str(&query, language);
    enum err err = db_query_row(&query);
    if (!err)
        *ret_count = db_column_i64(&query, 0);
    return err;
}

/* A full-text table holds the words of as many articles as there are rows. */
static enum err check_table(struct checking *checking, struct str language)
{
    char table[SEARCH_TABLE_BYTES], sql[128];
    int64_t rows = 0, held = 0;
    search_table(language, table);
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM %s_docsize", table);
    enum err err =
        count(checking->db,
              "SELECT COUNT(*) FROM search_document WHERE language = $1",
              language, &rows);
    if (!err)
        err = count(checking->db, sql, STR(""), &held);
    if (!err && rows != held)
        check_found(checking, "broadsheet reindex --anew",
                    "the search index of \"%" PRI_STR
                    "\" holds %lld articles instead of %lld",
                    ARG_STR(language), (long long)held, (long long)rows);
    return db_fault(checking->db, err, checking->fault);
}

enum err check_search(struct checking *checking)
{
    enum err err = ERR_OK;
    check_progress(checking, 0, 0);
    for (size_t i = 0; !err && i < sizeof rules / sizeof *rules; i++)
        err = check_rule(checking, i);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(checking->db, "SELECT code FROM language");
    while (!err && db_query_next(&query))
        err = check_table(checking, db_column_peek(&query, 0));
    return err ? err
               : db_fault(checking->db, db_query_err(&query), checking->fault);
}
