// SPDX-License-Identifier: Apache-2.0
#include "content/views.h"

#include "base/time.h"
#include "content/change.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

enum { EDGE_KEPT_DAYS = 8 /* an edge that was silent so long is forgotten */ };

#define US_PER_HOUR (3600 * TIME_US_PER_SECOND)

/* Above every id, which is hexadecimal digits: the end of an hour. */
#define LAST_ID STR("g")

static const struct {
    const char *name;
    int64_t hours;
} periods[VIEWS_PERIOD_COUNT] = {
#define X(id, name, hours) {name, hours},
    VIEWS_PERIODS(X)
#undef X
};

const char *views_period_name(enum views_period period)
{
    return periods[period].name;
}

enum err views_period_parse(struct str name, enum views_period *ret_period)
{
    for (int i = 0; i < VIEWS_PERIOD_COUNT; i++) {
        if (str_eq(name, str_from_c(periods[i].name))) {
            *ret_period = (enum views_period)i;
            return ERR_OK;
        }
    }
    return ERR_INVALID;
}

static int64_t hour_of(int64_t time_us)
{
    return time_us / US_PER_HOUR;
}

/* The first hour that the period still holds. */
static int64_t first_hour(enum views_period period, int64_t now_us)
{
    return hour_of(now_us) - periods[period].hours;
}

/* ---- Totals -----------------------------------------------------------------
 */

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

enum err views_is_read(struct db *db, const struct id *id, bool *ret_is_read)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, "SELECT 1 FROM article WHERE id = $1 AND state = 'published'",
        DB_ID(id));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_is_read = !err;
    return ERR_OK;
}

enum err views_set(struct edit *edit, const struct id *id, int64_t views)
{
    if (views < 0)
        return fault_set(edit->fault, ERR_INVALID, "views",
                         "a count of views cannot be negative");
    int64_t changed = 0;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "INSERT INTO view_count (article_id, views)"
               " SELECT id, $2 FROM article WHERE id = $1"
               " ON CONFLICT (article_id) DO UPDATE SET views = excluded.views",
               DB_ID(id), DB_I64(views));
    enum err err = db_query_run(&query, &changed);
    if (err)
        return edit_failed(edit, err);
    if (!changed)
        return fault_set(edit->fault, ERR_NOT_FOUND, "id",
                         "there is no article %s", id->text);
    change_notef(edit, "views", "views:%s", id->text);
    return ERR_OK;
}

/* ---- How far a period is --------------------------------------------------
 */

/* All buckets up to this one are out of the period's sums. */
struct taken {
    int64_t hour;
    struct str article; /* an id, or LAST_ID */
    char text[ID_BYTES];
};

static enum err load_taken(struct db *db, enum views_period period,
                           struct taken *ret_taken)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT hour, article_id FROM view_period WHERE period = $1",
               DB_I64(period));
    enum err err = db_query_row(&query);
    if (err)
        return err;
    ret_taken->hour = db_column_i64(&query, 0);
    struct str article = db_column_peek(&query, 1);
    size_t len = article.len < ID_LEN ? article.len : ID_LEN;
    memcpy(ret_taken->text, article.ptr, len);
    ret_taken->article = str_of(ret_taken->text, len);
    return ERR_OK;
}

static enum err save_taken(struct edit *edit, enum views_period period,
                           int64_t hour, struct str article)
{
    return edit_run(edit,
                    "INSERT INTO view_period (period, hour, article_id)"
                    " VALUES ($1, $2, $3) ON CONFLICT (period) DO UPDATE SET"
                    " hour = excluded.hour, article_id = excluded.article_id",
                    DB_I64(period), DB_I64(hour), DB_STR(article));
}

/* ---- Adding -----------------------------------------------------------------
 */

static const char add_total_sql[] =
    "INSERT INTO view_count (article_id, views) VALUES ($1, $2)"
    " ON CONFLICT (article_id)"
    " DO UPDATE SET views = view_count.views + excluded.views";

static const char add_hour_sql[] =
    "INSERT INTO view_hour (hour, article_id, views) VALUES ($1, $2, $3)"
    " ON CONFLICT (hour, article_id)"
    " DO UPDATE SET views = view_hour.views + excluded.views";

static const char add_period_sql[] =
    "INSERT INTO view_sum (article_id, period, language, views)"
    " VALUES ($1, $2, $3, $4) ON CONFLICT (article_id, period) DO UPDATE SET"
    " views = view_sum.views + excluded.views, language = excluded.language";

/* What an edit adds to. */
struct adding {
    struct edit *edit;
    int64_t hour;
    bool holds[VIEWS_PERIOD_COUNT]; /* the period has this hour */
};

/* A clock that was set back may be in an hour that a short period has given up
 * already: it would never be taken out again. */
static enum err begin_adding(struct adding *adding, struct edit *edit)
{
    *adding = (struct adding){.edit = edit, .hour = hour_of(edit->time_us)};
    for (int i = 0; i < VIEWS_PERIOD_COUNT; i++) {
        struct taken taken;
        enum views_period period = (enum views_period)i;
        enum err err = load_taken(edit->db, period, &taken);
        if (err == ERR_NOT_FOUND) {
            taken.hour = first_hour(period, edit->time_us) - 1;
            err = save_taken(edit, period, taken.hour, LAST_ID);
        }
        if (err)
            return edit_failed(edit, err);
        adding->holds[i] = adding->hour > taken.hour;
    }
    return ERR_OK;
}

/* ERR_NOT_FOUND: nobody can read it. */
static enum err find_language(struct db *db, const struct id *id,
                              char target[32], struct str *ret_language)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db,
                                   "SELECT language FROM article WHERE id = $1"
                                   " AND state = 'published'",
                                   DB_ID(id));
    enum err err = db_query_row(&query);
    if (err)
        return err;
    struct str language = db_column_peek(&query, 0);
    size_t len = language.len < 32 ? language.len : 32;
    memcpy(target, language.ptr, len);
    *ret_language = str_of(target, len);
    return ERR_OK;
}

static enum err add_one(struct adding *adding, const struct views_more *more)
{
    struct edit *edit = adding->edit;
    char bytes[32];
    struct str language;
    enum err err = find_language(edit->db, &more->id, bytes, &language);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : edit_failed(edit, err);
    struct db_value id = DB_ID(&more->id), views = DB_I64(more->views);
    err = db_run(edit->db, add_total_sql, id, views);
    if (!err)
        err = db_run(edit->db, add_hour_sql, DB_I64(adding->hour), id, views);
    for (int i = 0; !err && i < VIEWS_PERIOD_COUNT; i++) {
        if (adding->holds[i])
            err = db_run(edit->db, add_period_sql, id, DB_I64(i),
                         DB_STR(language), views);
    }
    return edit_failed(edit, err);
}

enum err views_add(struct edit *edit, const struct views_more *more,
                   size_t count)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct adding adding;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = begin_adding(&adding, edit);
    for (size_t i = 0; !err && i < count; i++) {
        if (more[i].views > 0)
            err = add_one(&adding, &more[i]);
    }
    return err ? err : edit_step_commit(&step);
}

/* The number of the last batch of the edge; 0 when it is new. */
static enum err last_batch(struct edit *edit, int64_t edge, int64_t *ret_number)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT number FROM view_edge WHERE edge = $1", DB_I64(edge));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    *ret_number = err ? 0 : db_column_i64(&query, 0);
    return ERR_OK;
}

static enum err forget_silent_edges(struct edit *edit)
{
    return edit_run(edit, "DELETE FROM view_edge WHERE time_us < $1",
                    DB_I64(edit->time_us - EDGE_KEPT_DAYS * 24 * US_PER_HOUR));
}

enum err views_note_batch(struct edit *edit, uint64_t edge, uint64_t number,
                          bool *ret_is_new)
{
    int64_t last = 0;
    enum err err = last_batch(edit, (int64_t)edge, &last);
    if (err)
        return err;
    *ret_is_new = number > (uint64_t)last;
    if (!*ret_is_new)
        return ERR_OK;
    err = edit_run(
        edit,
        "INSERT INTO view_edge (edge, number, time_us) VALUES ($1, $2, $3)"
        " ON CONFLICT (edge) DO UPDATE SET number = excluded.number,"
        " time_us = excluded.time_us",
        DB_I64((int64_t)edge), DB_I64((int64_t)number), DB_I64(edit->time_us));
    return err || number > 1 ? err : forget_silent_edges(edit);
}

/* ---- Leaving a period -------------------------------------------------------
 */

static enum err take_out(struct edit *edit, enum views_period period,
                         const struct id *id, int64_t views)
{
    struct db_value article = DB_ID(id), of = DB_I64(period);
    enum err err = db_run(edit->db,
                          "UPDATE view_sum SET views = views - $3"
                          " WHERE article_id = $1 AND period = $2",
                          article, of, DB_I64(views));
    if (!err)
        err = db_run(edit->db,
                     "DELETE FROM view_sum WHERE article_id = $1"
                     " AND period = $2 AND views <= 0",
                     article, of);
    return edit_failed(edit, err);
}

static const char left_sql[] =
    "SELECT hour, article_id, views FROM view_hour"
    " WHERE (hour, article_id) > ($1, $2) AND hour < $3"
    " ORDER BY hour, article_id LIMIT $4";

/* The next few buckets that have left the period. */
static enum err expire_some(struct edit *edit, enum views_period period,
                            const struct taken *taken, int64_t first)
{
    struct {
        int64_t hour, views;
        struct id id;
    } left[VIEWS_EXPIRED_AT_ONCE];
    size_t count = 0;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, left_sql, DB_I64(taken->hour), DB_STR(taken->article),
               DB_I64(first), DB_I64(VIEWS_EXPIRED_AT_ONCE));
    for (; db_query_next(&query); count++) {
        left[count].hour = db_column_i64(&query, 0);
        left[count].id = row_id(&query, 1);
        left[count].views = db_column_i64(&query, 2);
    }
    enum err err = edit_failed(edit, db_query_err(&query));
    bool is_last = period == VIEWS_PERIOD_COUNT - 1;
    for (size_t i = 0; !err && i < count; i++) {
        err = take_out(edit, period, &left[i].id, left[i].views);
        if (!err && is_last)
            err = edit_run(
                edit,
                "DELETE FROM view_hour WHERE hour = $1 AND article_id = $2",
                DB_I64(left[i].hour), DB_ID(&left[i].id));
    }
    if (err)
        return err;
    if (count < VIEWS_EXPIRED_AT_ONCE)
        return save_taken(edit, period, first - 1, LAST_ID);
    return save_taken(edit, period, left[count - 1].hour,
                      id_str(&left[count - 1].id));
}

static enum err sum_anew(struct edit *edit, enum views_period period,
                         int64_t first)
{
    enum err err = edit_run(edit, "DELETE FROM view_sum WHERE period = $1",
                            DB_I64(period));
    if (!err)
        err = edit_run(
            edit,
            "INSERT INTO view_sum (article_id, period, language, views)"
            " SELECT article.id, $1, article.language, SUM(view_hour.views)"
            " FROM view_hour JOIN article ON article.id = view_hour.article_id"
            " WHERE view_hour.hour >= $2 GROUP BY article.id, article.language",
            DB_I64(period), DB_I64(first));
    return err ? err : save_taken(edit, period, first - 1, LAST_ID);
}

enum err views_expire(struct edit *edit)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    for (int i = 0; !err && i < VIEWS_PERIOD_COUNT; i++) {
        enum views_period period = (enum views_period)i;
        int64_t first = first_hour(period, edit->time_us);
        struct taken taken;
        err = load_taken(edit->db, period, &taken);
        if (err == ERR_NOT_FOUND)
            err = ERR_OK; /* nothing was ever added */
        else if (err)
            err = edit_failed(edit, err);
        else if (taken.hour >= first)
            err = sum_anew(edit, period, first);
        else if (taken.hour < first - 1 || !str_eq(taken.article, LAST_ID))
            err = expire_some(edit, period, &taken, first);
    }
    return err ? err : edit_step_commit(&step);
}

enum err views_expiry_is_due(struct db *db, int64_t now_us, bool *ret_due)
{
    bool due = false;
    for (int i = 0; i < VIEWS_PERIOD_COUNT; i++) {
        enum views_period period = (enum views_period)i;
        struct taken taken;
        enum err err = load_taken(db, period, &taken);
        if (err && err != ERR_NOT_FOUND)
            return err;
        due |= !err && (taken.hour != first_hour(period, now_us) - 1 ||
                        !str_eq(taken.article, LAST_ID));
    }
    *ret_due = due;
    return ERR_OK;
}

/* ---- What was read ----------------------------------------------------------
 */

enum err views_each_recent(struct db *db, int64_t now_us,
                           void (*visit)(void *context, const struct id *id),
                           void *context)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT DISTINCT article_id FROM view_hour WHERE hour >= $1",
               DB_I64(first_hour(VIEWS_HOUR, now_us)));
    while (db_query_next(&query)) {
        struct id id = row_id(&query, 0);
        visit(context, &id);
    }
    return db_query_err(&query);
}

enum err views_each_list(struct db *db, const struct id *id,
                         void (*visit)(void *context, struct str key),
                         void *context)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT 'most:' || shelf FROM listing WHERE article_id = $1"
               " AND (shelf LIKE 'l:%' OR shelf LIKE 'c:%')",
               DB_ID(id));
    while (db_query_next(&query))
        visit(context, db_column_peek(&query, 0));
    return db_query_err(&query);
}
