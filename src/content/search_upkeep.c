// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "content/content.h"
#include "content/row_internal.h"
#include "content/search.h"
#include "content/search_internal.h"

/* ---- What waits to be indexed ----------------------------------------------
 */

/* Newest first: ids grow with time. */
static enum err read_pending(struct edit *edit, size_t limit,
                             struct id **ret_ids, size_t *ret_count)
{
    struct id *ids = NULL;
    size_t count = 0;
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db,
                                   "SELECT article_id FROM search_pending"
                                   " ORDER BY article_id DESC LIMIT $1",
                                   DB_I64((int64_t)limit));
    while (db_query_next(&query))
        ROW_ADD(&edit->arena, ids, count) = row_id(&query, 0);
    *ret_ids = ids;
    *ret_count = count;
    return edit_failed(edit, db_query_err(&query));
}

static enum err index_again(struct edit *edit, const struct id *id)
{
    struct article_head head;
    struct article_checked checked;
    enum err err = article_head_find(edit, id, &head);
    bool seen = !err && head.state == ARTICLE_PUBLISHED;
    if (err == ERR_NOT_FOUND)
        err = ERR_OK;
    else if (!err) /* first, so that the same words are written anew */
        err = search_remove(edit, id);
    if (!err && seen)
        err = article_read_revision(edit->db, id, head.live_revision,
                                    &edit->arena, &checked, edit->fault);
    if (!err && seen)
        err = search_put(edit, id, &checked);
    if (!err)
        err = edit_run(edit, "DELETE FROM search_pending WHERE article_id = $1",
                       DB_ID(id));
    return err;
}

static enum err count_pending(struct db *db, int64_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT COUNT(*) FROM search_pending");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_count = db_column_i64(&query, 0);
    return err;
}

static enum err index_some(struct content *content, size_t limit,
                           struct fault *fault)
{
    struct id *ids;
    size_t count;
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("search"), fault);
    if (!err)
        err = read_pending(&edit, limit, &ids, &count);
    for (size_t i = 0; !err && i < count; i++)
        err = index_again(&edit, &ids[i]);
    return err ? err : edit_commit(&edit);
}

enum err search_index_pending(struct content *content, size_t limit,
                              int64_t *ret_left, struct fault *fault)
{
    int64_t left = 0;
    {
        DEFER(db_lease_end) struct db_lease lease = content_reader(content);
        enum err err = count_pending(lease.db, &left);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    *ret_left = left > (int64_t)limit ? left - (int64_t)limit : 0;
    return left ? index_some(content, limit, fault) : ERR_OK;
}

/* ---- Reindexing ------------------------------------------------------------
 */

enum err search_languages(struct edit *edit, struct str **ret_codes,
                          size_t *ret_count)
{
    struct str *codes = NULL;
    size_t count = 0;
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(edit->db, "SELECT code FROM language");
    while (db_query_next(&query))
        ROW_ADD(&edit->arena, codes, count) =
            db_column_str(&query, 0, &edit->arena);
    *ret_codes = codes;
    *ret_count = count;
    return edit_failed(edit, db_query_err(&query));
}

static enum err forget_all(struct edit *edit)
{
    struct str *codes = NULL;
    size_t count = 0;
    enum err err = search_languages(edit, &codes, &count);
    for (size_t i = 0; !err && i < count; i++)
        err = search_drop_language(edit, codes[i]);
    if (!err)
        err = edit_failed(
            edit, db_run_script(edit->db, "DELETE FROM search_document"));
    return err ? err : search_add_language(edit, STR(""));
}

/* Also what is in the index and should not be. */
static const char all_pending_sql[] =
    "INSERT INTO search_pending (article_id)"
    " SELECT id FROM article WHERE state = 'published'"
    " ON CONFLICT DO NOTHING;"
    "INSERT INTO search_pending (article_id)"
    " SELECT article_id FROM search_document WHERE true"
    " ON CONFLICT DO NOTHING";

enum err search_reindex(struct content *content, bool anew,
                        int64_t *ret_pending, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("search"), fault);
    if (!err && anew)
        err = forget_all(&edit);
    if (!err)
        err = edit_failed(&edit, db_run_script(edit.db, all_pending_sql));
    if (!err)
        err = edit_failed(&edit, count_pending(edit.db, ret_pending));
    return err ? err : edit_commit(&edit);
}
