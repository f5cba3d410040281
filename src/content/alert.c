// SPDX-License-Identifier: Apache-2.0
#include "content/alert.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"
#include "render/document.h"

static enum err check(struct edit *edit, const struct alert *alert)
{
    enum err err =
        check_required("text", alert->text, ALERT_TEXT_BYTES_MAX, edit->fault);
    if (!err)
        err =
            check_line("text", alert->text, ALERT_TEXT_BYTES_MAX, edit->fault);
    if (!err)
        err = check_line("label", alert->label, ALERT_LABEL_BYTES_MAX,
                         edit->fault);
    if (!err)
        err = check_line("url", alert->url, ALERT_URL_BYTES_MAX, edit->fault);
    if (err)
        return err;
    if (alert->url.len && !document_href_is_allowed(alert->url))
        return fault_set(edit->fault, ERR_INVALID, "url",
                         "the address must be a path such as /en/tv, or begin "
                         "with https://");
    if (alert->until_us && alert->until_us <= edit->time_us)
        return fault_set(edit->fault, ERR_INVALID, "until",
                         "the time until which it stands is over already");
    return ERR_OK;
}

static void note(struct edit *edit, struct str language, const char *kind)
{
    change_notef(edit, kind, "alert:%" PRI_STR, ARG_STR(language));
}

enum err alert_set(struct edit *edit, const struct alert *alert)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct id id = id_make();
    enum err err = check(edit, alert);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (err)
        return err;
    err = db_run(edit->db,
                 "INSERT INTO alert (language, id, label, text, url, set_us,"
                 " until_us) VALUES ($1, $2, $3, $4, $5, $6, $7)"
                 " ON CONFLICT (language) DO UPDATE SET id = excluded.id,"
                 " label = excluded.label, text = excluded.text,"
                 " url = excluded.url, set_us = excluded.set_us,"
                 " until_us = excluded.until_us",
                 DB_STR(alert->language), DB_ID(&id), DB_STR(alert->label),
                 DB_STR(alert->text), DB_STR(alert->url), DB_I64(edit->time_us),
                 DB_I64(alert->until_us));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, ERR_NOT_FOUND, "language",
                         "the newspaper does not appear in '%" PRI_STR "'",
                         ARG_STR(alert->language));
    if (err)
        return edit_failed(edit, err);
    note(edit, alert->language, "set");
    return edit_step_commit(&step);
}

enum err alert_clear(struct edit *edit, struct str language)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "DELETE FROM alert WHERE language = $1", DB_STR(language));
    int64_t cleared = 0;
    err = edit_failed(edit, db_query_run(&query, &cleared));
    if (err)
        return err;
    if (!cleared)
        return fault_set(edit->fault, ERR_NOT_FOUND, "language",
                         "there is no breaking news in '%" PRI_STR "'",
                         ARG_STR(language));
    note(edit, language, "clear");
    return edit_step_commit(&step);
}

/* ---- Reading ----------------------------------------------------------------
 */

#define COLUMNS \
    "SELECT language, id, label, text, url, set_us, until_us FROM alert"

static struct alert read_row(struct db_query *query, struct arena *arena)
{
    return (struct alert){
        .language = db_column_str(query, 0, arena),
        .id = row_id(query, 1),
        .label = db_column_str(query, 2, arena),
        .text = db_column_str(query, 3, arena),
        .url = db_column_str(query, 4, arena),
        .set_us = db_column_i64(query, 5),
        .until_us = db_column_i64(query, 6),
    };
}

enum err alert_load(struct db *db, struct str language, struct arena *arena,
                    struct alert *ret_alert)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, COLUMNS " WHERE language = $1", DB_STR(language));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_alert = read_row(&query, arena);
    return err;
}

static enum err read_all(struct db *db, const char *sql, int64_t until_us,
                         struct arena *arena, struct alert_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, sql, DB_I64(until_us));
    struct alert_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.alerts, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

enum err alert_all(struct db *db, struct arena *arena,
                   struct alert_list *ret_list)
{
    return read_all(db, COLUMNS " WHERE set_us >= $1 ORDER BY language",
                    INT64_MIN, arena, ret_list);
}

enum err alert_expire(struct edit *edit)
{
    struct alert_list list;
    enum err err =
        read_all(edit->db, COLUMNS " WHERE until_us > 0 AND until_us <= $1",
                 edit->time_us, &edit->arena, &list);
    err = edit_failed(edit, err);
    for (size_t i = 0; !err && i < list.count; i++)
        err = alert_clear(edit, list.alerts[i].language);
    return err;
}

enum err alert_next(struct db *db, int64_t *ret_time_us)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(
        db, "SELECT MIN(until_us) FROM alert WHERE until_us > 0");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_time_us =
            db_column_is_null(&query, 0) ? INT64_MAX : db_column_i64(&query, 0);
    return err;
}
