// SPDX-License-Identifier: Apache-2.0
#include "content/programme.h"

#include "base/time.h"
#include "content/change.h"
#include "content/channel.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/programme_internal.h"
#include "content/row_internal.h"
#include "render/locale.h"

#define TURN_FOLLOWER STR("programme")

void programme_note(struct edit *edit, struct str channel, const char *kind)
{
    change_notef(edit, kind, "channel:%" PRI_STR, ARG_STR(channel));
}

/* ---- Checking --------------------------------------------------------------
 */

static enum err check_keeping(const struct programme *programme,
                              struct fault *fault)
{
    if (programme->keep_days >= PROGRAMME_KEEP_NOT &&
        programme->keep_days <= PROGRAMME_KEEP_DAYS_MAX)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "keep",
                     "a recording is kept for up to %d days",
                     PROGRAMME_KEEP_DAYS_MAX);
}

static enum err check_times(const struct programme *programme,
                            struct fault *fault)
{
    if (programme->end_us <= programme->start_us)
        return fault_set(fault, ERR_INVALID, "end",
                         "a programme ends after it begins");
    if (programme->end_us - programme->start_us >
        PROGRAMME_SECONDS_MAX * TIME_US_PER_SECOND)
        return fault_set(fault, ERR_INVALID, "end",
                         "a programme is at most 24 hours long; is the date "
                         "of its end right?");
    return ERR_OK;
}

enum err programme_check(const struct programme *programme, struct fault *fault)
{
    enum err err = check_required("title", programme->title,
                                  PROGRAMME_TITLE_BYTES_MAX, fault);
    if (!err)
        err = check_line("title", programme->title, PROGRAMME_TITLE_BYTES_MAX,
                         fault);
    if (!err)
        err = check_text("description", programme->description,
                         PROGRAMME_DESCRIPTION_BYTES_MAX, fault);
    if (!err)
        err = check_line("category", programme->category,
                         PROGRAMME_CATEGORY_BYTES_MAX, fault);
    if (err)
        return err;
    if (programme->language.len && !language_is_valid(programme->language))
        return fault_set(fault, ERR_INVALID, "language",
                         "'%" PRI_STR
                         "' is no language; write a code such as en or ka",
                         ARG_STR(programme->language));
    err = check_times(programme, fault);
    return err ? err : check_keeping(programme, fault);
}

/* ---- Reading ----------------------------------------------------------------
 */

#define COLUMNS \
    "SELECT id, channel_id, start_us, end_us, title, description, category," \
    " language, repeat, keep_days FROM programme"

static struct programme read_row(struct db_query *query, struct arena *arena)
{
    return (struct programme){
        .id = row_id(query, 0),
        .channel = row_id(query, 1),
        .start_us = db_column_i64(query, 2),
        .end_us = db_column_i64(query, 3),
        .title = db_column_str(query, 4, arena),
        .description = db_column_str(query, 5, arena),
        .category = db_column_str(query, 6, arena),
        .language = db_column_str(query, 7, arena),
        .repeat = db_column_i64(query, 8) != 0,
        .keep_days = db_column_i64(query, 9),
    };
}

enum err programme_load(struct db *db, const struct id *id, struct arena *arena,
                        struct programme *ret_programme)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, COLUMNS " WHERE id = $1", DB_ID(id));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_programme = read_row(&query, arena);
    return err;
}

enum err programme_during(struct db *db, const struct id *channel,
                          int64_t start_us, int64_t end_us, size_t limit,
                          struct arena *arena, struct programme_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               COLUMNS " WHERE channel_id = $1 AND end_us > $2"
                       " AND start_us < $3 ORDER BY start_us LIMIT $4",
               DB_ID(channel), DB_I64(start_us), DB_I64(end_us),
               DB_I64((int64_t)limit));
    struct programme_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.programmes, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

/* ---- Writing ----------------------------------------------------------------
 */

enum err programme_channel(struct edit *edit, struct str name,
                           struct channel *ret_channel)
{
    enum err err = channel_load(edit->db, name, &edit->arena, ret_channel);
    return err == ERR_NOT_FOUND ? channel_unknown(edit->fault, name)
                                : edit_failed(edit, err);
}

static enum err make_room(struct edit *edit, const struct id *channel,
                          const struct programme *programme, bool replace)
{
    struct programme_list others;
    if (replace)
        return edit_run(edit,
                        "DELETE FROM programme WHERE channel_id = $1"
                        " AND end_us > $2 AND start_us < $3",
                        DB_ID(channel), DB_I64(programme->start_us),
                        DB_I64(programme->end_us));
    enum err err = edit_failed(
        edit, programme_during(edit->db, channel, programme->start_us,
                               programme->end_us, 1, &edit->arena, &others));
    if (err || !others.count)
        return err;
    const struct programme *other = &others.programmes[0];
    char start[TIME_RFC3339_BYTES], end[TIME_RFC3339_BYTES];
    time_format_rfc3339(other->start_us, start);
    time_format_rfc3339(other->end_us, end);
    return fault_set(edit->fault, ERR_CONFLICT, "start",
                     "'%" PRI_STR "' (%s) is on from %s to %s; remove it, or "
                     "let this one take its place with --replace",
                     ARG_STR(other->title), other->id.text, start, end);
}

enum err programme_insert(struct edit *edit, const struct programme *programme)
{
    return edit_run(
        edit,
        "INSERT INTO programme (id, channel_id, start_us, end_us, title,"
        " description, category, language, repeat, keep_days)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        DB_ID(&programme->id), DB_ID(&programme->channel),
        DB_I64(programme->start_us), DB_I64(programme->end_us),
        DB_STR(programme->title), DB_STR(programme->description),
        DB_STR(programme->category), DB_STR(programme->language),
        DB_I64(programme->repeat), DB_I64(programme->keep_days));
}

enum err programme_add(struct edit *edit, struct str channel,
                       struct programme *programme, bool replace)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct channel of;
    enum err err = programme_check(programme, edit->fault);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = programme_channel(edit, channel, &of);
    if (!err)
        err = make_room(edit, &of.id, programme, replace);
    if (err)
        return err;
    struct programme added = *programme;
    added.id = id_make();
    added.channel = of.id;
    err = programme_insert(edit, &added);
    if (err)
        return err;
    programme_note(edit, channel, "programme");
    err = edit_step_commit(&step);
    if (!err)
        *programme = added;
    return err;
}

enum err programme_remove(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT name FROM programme JOIN channel"
               " ON channel.id = channel_id WHERE programme.id = $1",
               DB_ID(id));
    err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "programme",
                         "there is no programme %s; 'broadsheet programme "
                         "list' names those there are",
                         id->text);
    if (err)
        return edit_failed(edit, err);
    programme_note(edit, db_column_peek(&query, 0), "programme");
    err = edit_run(edit, "DELETE FROM programme WHERE id = $1", DB_ID(id));
    return err ? err : edit_step_commit(&step);
}

enum err programme_clear(struct edit *edit, struct str channel,
                         int64_t start_us, int64_t end_us, int64_t *ret_removed)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct channel of;
    int64_t removed = 0;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = programme_channel(edit, channel, &of);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "DELETE FROM programme WHERE channel_id = $1"
               " AND start_us >= $2 AND start_us < $3",
               DB_ID(&of.id), DB_I64(start_us), DB_I64(end_us));
    err = edit_failed(edit, db_query_run(&query, &removed));
    if (err)
        return err;
    if (removed)
        programme_note(edit, channel, "programme");
    err = edit_step_commit(&step);
    if (!err)
        *ret_removed = removed;
    return err;
}

/* ---- Time -------------------------------------------------------------------
 */

enum err programme_next_turn(struct db *db, int64_t time_us,
                             int64_t *ret_time_us)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT MIN(at) FROM ("
               " SELECT MIN(start_us) AS at FROM programme WHERE start_us > $1"
               " UNION ALL SELECT MIN(end_us) FROM programme WHERE end_us > $1)"
               " AS turns",
               DB_I64(time_us));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_time_us =
            db_column_is_null(&query, 0) ? INT64_MAX : db_column_i64(&query, 0);
    return err;
}

static enum err note_turned(struct edit *edit, int64_t from_us, int64_t to_us)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT name FROM channel WHERE EXISTS (SELECT 1 FROM programme"
               " WHERE channel_id = channel.id"
               " AND ((start_us > $1 AND start_us <= $2)"
               "  OR (end_us > $1 AND end_us <= $2)))",
               DB_I64(from_us), DB_I64(to_us));
    while (db_query_next(&query))
        programme_note(edit, db_column_peek(&query, 0), "turn");
    return edit_failed(edit, db_query_err(&query));
}

enum err programme_turned_at(struct db *db, int64_t *ret_time_us)
{
    return follower_seq(db, TURN_FOLLOWER, ret_time_us);
}

/* The cursor of this follower is a time, as that of the days. A clock that was
 * set back leaves it where it was: nothing turns twice. */
enum err programme_turn(struct content *content, int64_t now_us,
                        struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    int64_t turned_us = 0;
    enum err err = edit_begin(&edit, content, STR("schedule"), fault);
    if (!err)
        err = edit_failed(&edit,
                          follower_seq(edit.db, TURN_FOLLOWER, &turned_us));
    if (err || turned_us >= now_us)
        return err;
    err = note_turned(&edit, turned_us, now_us);
    if (!err)
        err = follower_advance(&edit, TURN_FOLLOWER, now_us);
    return err ? err : edit_commit(&edit);
}
