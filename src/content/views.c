// SPDX-License-Identifier: Apache-2.0
#include "content/views.h"

#include "content/change.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

enum err views_get(struct db *db, const struct id *id, int64_t *ret_views)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, "SELECT views FROM view_count WHERE article_id = $1", DB_ID(id));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_views = err ? 0 : db_column_i64(&query, 0);
    return ERR_OK;
}

/* *ret_changed is 0 when there is no such article. */
static enum err write_count(struct edit *edit, const char *sql,
                            const struct id *id, int64_t views,
                            int64_t *ret_changed)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db, sql, DB_ID(id), DB_I64(views));
    enum err err = db_query_run(&query, ret_changed);
    if (err)
        return edit_failed(edit, err);
    if (*ret_changed)
        change_notef(edit, "views", "views:%s", id->text);
    return ERR_OK;
}

enum err views_set(struct edit *edit, const struct id *id, int64_t views)
{
    static const char sql[] =
        "INSERT INTO view_count (article_id, views)"
        " SELECT id, $2 FROM article WHERE id = $1"
        " ON CONFLICT (article_id) DO UPDATE SET views = excluded.views";
    if (views < 0)
        return fault_set(edit->fault, ERR_INVALID, "views",
                         "a count of views cannot be negative");
    int64_t changed = 0;
    enum err err = write_count(edit, sql, id, views, &changed);
    if (!err && !changed)
        err = fault_set(edit->fault, ERR_NOT_FOUND, "id",
                        "there is no article %s", id->text);
    return err;
}

enum err views_add(struct edit *edit, const struct views_more *more,
                   size_t count)
{
    static const char sql[] =
        "INSERT INTO view_count (article_id, views)"
        " SELECT id, $2 FROM article WHERE id = $1"
        " ON CONFLICT (article_id)"
        " DO UPDATE SET views = view_count.views + excluded.views";
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    for (size_t i = 0; !err && i < count; i++) {
        int64_t changed = 0;
        if (more[i].views > 0)
            err = write_count(edit, sql, &more[i].id, more[i].views, &changed);
    }
    return err ? err : edit_step_commit(&step);
}
