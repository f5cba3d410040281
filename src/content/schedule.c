// SPDX-License-Identifier: Apache-2.0
#include "content/schedule.h"

#include <assert.h>

#include "base/time.h"
#include "base/utf8.h"
#include "content/alert.h"
#include "content/change.h"
#include "content/check_internal.h"
#include "content/row_internal.h"
#include "content/workflow_internal.h"

enum { PROBLEM_BYTES_MAX = 500 };

#define RETRY_FIRST_US (60 * TIME_US_PER_SECOND)
#define RETRY_MAX_US (3600 * TIME_US_PER_SECOND)

/* ---- Setting times
 * ------------------------------------------------------------------ */

static enum err refuse(struct edit *edit, const char *field, const char *what,
                       int64_t than_us)
{
    return fault_set(edit->fault, ERR_INVALID, field, "%s %" PRI_STR, what,
                     ARG_STR(workflow_time_text(edit, than_us)));
}

static enum err check_schedule(struct edit *edit,
                               const struct article_head *head, int64_t time_us)
{
    if (time_us <= edit->time_us)
        return fault_set(edit->fault, ERR_INVALID, "time",
                         "the time lies in the past: publish it instead");
    if (time_us < head->embargo_us)
        return refuse(edit, "time",
                      "the time lies before the end of the article's embargo,",
                      head->embargo_us);
    if (head->expires_us && time_us >= head->expires_us)
        return refuse(edit, "time", "by that time it expired already, at",
                      head->expires_us);
    return ERR_OK;
}

enum err article_schedule(struct edit *edit, const struct id *id,
                          int64_t time_us)
{
    struct article_head head;
    enum err err = article_head_load(edit, id, &head);
    if (!err)
        err = workflow_check_transition(edit, &head, ARTICLE_SCHEDULED);
    if (!err)
        err = check_schedule(edit, &head, time_us);
    return err ? err : workflow_set_state(edit, id, ARTICLE_SCHEDULED, time_us);
}

static enum err check_embargo(struct edit *edit,
                              const struct article_head *head,
                              int64_t embargo_us, struct str reason)
{
    if (embargo_us && head->state == ARTICLE_PUBLISHED)
        return fault_set(edit->fault, ERR_CONFLICT, "embargo",
                         "article %s is published; an embargo cannot take back "
                         "what readers saw: withdraw it instead",
                         head->id.text);
    if (embargo_us && embargo_us <= edit->time_us)
        return fault_set(edit->fault, ERR_INVALID, "embargo",
                         "an embargo has to end in the future");
    if (embargo_us && head->expires_us && embargo_us >= head->expires_us)
        return refuse(edit, "embargo",
                      "the embargo would end after the article expires, at",
                      head->expires_us);
    return check_line("embargo_reason", reason, EMBARGO_REASON_BYTES_MAX,
                      edit->fault);
}

enum err article_set_embargo(struct edit *edit, const struct id *id,
                             int64_t embargo_us, struct str reason)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err)
        err = check_embargo(edit, &head, embargo_us, reason);
    if (!err)
        err = edit_run(edit,
                       "UPDATE article SET embargo_us = $2,"
                       " embargo_reason = $3 WHERE id = $1",
                       DB_ID(id), DB_I64(embargo_us), DB_STR(reason));
    if (!err && head.state == ARTICLE_SCHEDULED &&
        head.scheduled_us < embargo_us)
        err = workflow_set_state(edit, id, ARTICLE_SCHEDULED, embargo_us);
    if (err)
        return err;
    change_notef(edit, "embargo", "draft:%s", id->text);
    return edit_step_commit(&step);
}

static enum err check_expiry(struct edit *edit, const struct article_head *head,
                             int64_t expires_us)
{
    if (!expires_us)
        return ERR_OK;
    if (expires_us <= edit->time_us)
        return fault_set(edit->fault, ERR_INVALID, "expires",
                         "the time lies in the past: withdraw it instead");
    if (expires_us <= head->embargo_us)
        return refuse(edit, "expires",
                      "it would expire before its embargo ends, at",
                      head->embargo_us);
    if (expires_us <= head->scheduled_us)
        return refuse(edit, "expires",
                      "it would expire before it is published, at",
                      head->scheduled_us);
    if (expires_us <= head->published_us)
        return refuse(edit, "expires",
                      "it would expire before it was published, at",
                      head->published_us);
    return ERR_OK;
}

enum err article_set_expiry(struct edit *edit, const struct id *id,
                            int64_t expires_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err)
        err = check_expiry(edit, &head, expires_us);
    if (!err)
        err = edit_run(edit, "UPDATE article SET expires_us = $2 WHERE id = $1",
                       DB_ID(id), DB_I64(expires_us));
    if (err)
        return err;
    change_notef(edit, "expiry", "draft:%s", id->text);
    return edit_step_commit(&step);
}

enum err article_expire(struct edit *edit, const struct id *id,
                        int64_t expires_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    assert(expires_us > 0 && expires_us <= edit->time_us);
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = edit_run(edit, "UPDATE article SET expires_us = $2 WHERE id = $1",
                       DB_ID(id), DB_I64(expires_us));
    if (!err)
        err = workflow_expire(edit, id);
    return err ? err : edit_step_commit(&step);
}

/* ---- What is due
 * -------------------------------------------------------------------- */

struct due {
    struct id id;
    int64_t time_us;
    bool expires;
    struct str problem; /* of the last try, or "" */
    int64_t tries;
};

struct due_list {
    struct due *items;
    size_t count;
};

/* A time to try again that lies further ahead than any is chosen was written
 * before the clock was set back: it does not hold. */
#define RETRY_MAX_SQL "3600000000"
#define TRIED_SQL \
    " AND (due_retry_us <= $1 OR due_retry_us > $1 + " RETRY_MAX_SQL ")"

const char schedule_due_sql[] =
    "SELECT id, at_us, expires, due_problem, due_tries FROM ("
    " SELECT * FROM (SELECT id, scheduled_us AS at_us, 0 AS expires,"
    "   due_problem, due_tries FROM article"
    "  WHERE state = 'scheduled' AND scheduled_us > 0"
    "  AND scheduled_us <= $1" TRIED_SQL
    "  ORDER BY scheduled_us, id LIMIT $2) AS publication"
    " UNION ALL"
    " SELECT * FROM (SELECT id, expires_us AS at_us, 1 AS expires,"
    "   due_problem, due_tries FROM article"
    "  WHERE state = 'published' AND expires_us > 0"
    "  AND expires_us <= $1" TRIED_SQL
    "  ORDER BY expires_us, id LIMIT $2) AS expiry"
    ") AS due ORDER BY at_us, id LIMIT $2";

static enum err find_due(struct edit *edit, struct due_list *ret_due)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, schedule_due_sql, DB_I64(edit->time_us),
               DB_I64(SCHEDULE_AT_ONCE + 1));
    struct due_list due = {0};
    while (db_query_next(&query))
        ROW_ADD(&edit->arena, due.items, due.count) = (struct due){
            .id = row_id(&query, 0),
            .time_us = db_column_i64(&query, 1),
            .expires = db_column_i64(&query, 2) != 0,
            .problem = db_column_str(&query, 3, &edit->arena),
            .tries = db_column_i64(&query, 4),
        };
    *ret_due = due;
    return edit_failed(edit, db_query_err(&query));
}

static int64_t retry_time(const struct edit *edit, int64_t tries)
{
    int64_t wait_us = RETRY_MAX_US;
    if (tries < 6 && (RETRY_FIRST_US << tries) < RETRY_MAX_US)
        wait_us = RETRY_FIRST_US << tries;
    return edit->time_us + wait_us;
}

/* Keeps what went wrong with the article. Tells it unless it was told. */
static enum err note_failure(struct edit *edit, const struct due *due,
                             const struct fault *fault,
                             struct schedule_report *report)
{
    struct str problem =
        utf8_cut(str_from_c(fault_text(fault)), PROBLEM_BYTES_MAX);
    int64_t retry_us = retry_time(edit, due->tries);
    if (!str_eq(problem, due->problem)) {
        report->failures[report->failure_count++] = (struct schedule_failure){
            .id = due->id,
            .due_us = due->time_us,
            .retry_us = retry_us,
            .fault = *fault,
        };
        change_notef(edit, "problem", "draft:%s", due->id.text);
    }
    return edit_run(edit,
                    "UPDATE article SET due_problem = $2,"
                    " due_tries = due_tries + 1, due_retry_us = $3"
                    " WHERE id = $1",
                    DB_ID(&due->id), DB_STR(problem), DB_I64(retry_us));
}

/* One article; what goes wrong with it is its own matter. */
static enum err do_one(struct edit *edit, const struct due *due,
                       struct schedule_report *report)
{
    struct fault *outer = edit->fault;
    struct fault fault = {0};
    edit->fault = &fault;
    enum err err = due->expires ? workflow_expire(edit, &due->id)
                                : workflow_publish_due(edit, &due->id);
    edit->fault = outer;
    if (err) {
        fault.code = err;
        return note_failure(edit, due, &fault, report);
    }
    if (due->expires)
        report->expired++;
    else
        report->published++;
    return ERR_OK;
}

enum err schedule_run(struct edit *edit, struct schedule_report *ret_report)
{
    assert(edit && edit->content);
    DEFER(edit_step_end) struct edit_step step = {0};
    struct due_list due;
    *ret_report = (struct schedule_report){0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = find_due(edit, &due);
    if (!err)
        err = alert_expire(edit);
    for (size_t i = 0; !err && i < due.count && i < SCHEDULE_AT_ONCE; i++)
        err = do_one(edit, &due.items[i], ret_report);
    if (err)
        return err;
    ret_report->more = due.count > SCHEDULE_AT_ONCE;
    return edit_step_commit(&step);
}

/* ---- The next time
 * ------------------------------------------------------------------ */

/* Those whose time lies ahead, by their index; of the few others, when they
 * are tried again. */
#define RETRY_SQL \
    "SELECT MIN(CASE WHEN due_retry_us > $1 + " RETRY_MAX_SQL \
    " THEN 0 ELSE due_retry_us END) FROM article"

const char *const schedule_next_sql[SCHEDULE_NEXT_QUERIES] = {
    "SELECT MIN(scheduled_us) FROM article"
    " WHERE state = 'scheduled' AND scheduled_us > 0 AND scheduled_us > $1",
    RETRY_SQL
    " WHERE state = 'scheduled' AND scheduled_us > 0 AND scheduled_us <= $1",
    "SELECT MIN(expires_us) FROM article"
    " WHERE state = 'published' AND expires_us > 0 AND expires_us > $1",
    RETRY_SQL
    " WHERE state = 'published' AND expires_us > 0 AND expires_us <= $1",
};

enum err schedule_next(struct db *db, int64_t now_us, int64_t *ret_time_us)
{
    int64_t next_us;
    enum err alert_err = alert_next(db, &next_us);
    if (alert_err)
        return alert_err;
    for (size_t i = 0; i < SCHEDULE_NEXT_QUERIES; i++) {
        DEFER(db_query_end)
        struct db_query query =
            db_ask(db, schedule_next_sql[i], DB_I64(now_us));
        enum err err = db_query_row(&query);
        if (err)
            return err;
        int64_t time_us = db_column_i64(&query, 0);
        if (!db_column_is_null(&query, 0) && time_us < next_us)
            next_us = time_us;
    }
    *ret_time_us = next_us;
    return ERR_OK;
}
