// SPDX-License-Identifier: Apache-2.0
#include "content/import_link.h"

#include "content/edit_internal.h"
#include "content/row_internal.h"

enum err import_link_wait(struct edit *edit,
                          const struct import_linking *linking, struct str path,
                          struct str host)
{
    return edit_run(edit,
                    "INSERT INTO import_link"
                    " (path, article_id, host, source, foreign_id)"
                    " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                    DB_STR(path), DB_ID(&linking->article), DB_STR(host),
                    DB_STR(linking->key.source), DB_STR(linking->key.foreign));
}

enum err import_link_arrive(struct edit *edit, struct str path)
{
    int64_t due;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "INSERT INTO import_due (article_id, host, source, foreign_id)"
               " SELECT article_id, host, source, foreign_id FROM import_link"
               " WHERE path = $1 ON CONFLICT DO NOTHING",
               DB_STR(path));
    enum err err = edit_failed(edit, db_query_run(&query, &due));
    return err ? err
               : edit_run(edit, "DELETE FROM import_link WHERE path = $1",
                          DB_STR(path));
}

enum err import_link_count_due(struct db *db, int64_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT COUNT(DISTINCT article_id) FROM import_due");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_count = db_column_i64(&query, 0);
    return err;
}

enum err import_link_next_due(struct db *db, struct arena *arena,
                              struct import_due *ret_due)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "SELECT article_id, host, source, foreign_id FROM import_due"
            " WHERE article_id = (SELECT MIN(article_id) FROM import_due)");
    struct import_due due = {0};
    while (db_query_next(&query)) {
        ROW_ADD(arena, due.hosts, due.host_count) =
            db_column_str(&query, 1, arena);
        due.linking = (struct import_linking){
            .article = row_id(&query, 0),
            .key = {.source = db_column_str(&query, 2, arena),
                    .kind = IMPORT_KIND_ARTICLE,
                    .foreign = db_column_str(&query, 3, arena)}};
    }
    enum err err = db_query_err(&query);
    if (!err && !due.host_count)
        err = ERR_NOT_FOUND;
    if (!err)
        *ret_due = due;
    return err;
}

enum err import_link_settle(struct edit *edit, const struct id *article)
{
    return edit_run(edit, "DELETE FROM import_due WHERE article_id = $1",
                    DB_ID(article));
}
