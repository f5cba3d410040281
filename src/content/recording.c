// SPDX-License-Identifier: Apache-2.0
#include "content/recording.h"

#include "base/time.h"
#include "content/change.h"
#include "content/channel.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

#define DAY_US (24 * 3600 * TIME_US_PER_SECOND)
#define SECONDS_US(seconds) ((seconds)*TIME_US_PER_SECOND)

enum { EXPIRED_AT_ONCE = 100 };

/* A programme of channel c is to be recorded. */
#define IS_KEPT "(p.keep_days > 0 OR (p.keep_days = 0 AND c.keep_days > 0))"

/* No recording of it was decided on: neither of it, nor of one that stood in
 * its place. */
#define IS_NEW \
    "NOT EXISTS (SELECT 1 FROM recording AS r WHERE r.id = p.id" \
    " OR (r.channel_id = p.channel_id AND r.start_us = p.start_us))"

/* Recording r is of programme p, which has become longer since. What was
 * removed stays so. */
#define IS_SHORT \
    "(r.id = p.id OR (r.channel_id = p.channel_id" \
    "  AND r.start_us = p.start_us)) AND r.state IN (1, 2)" \
    " AND (p.end_us > r.end_us OR p.start_us < r.start_us)"

/* Recording r is of programme p, which has become shorter since. */
#define IS_LONG \
    "(r.id = p.id OR (r.channel_id = p.channel_id" \
    "  AND r.start_us = p.start_us AND r.title = p.title)) AND r.state = 1" \
    " AND p.end_us < r.end_us AND p.end_us > r.start_us"
_Static_assert(RECORDING_READY == 1 && RECORDING_NOTHING == 2,
               "in IS_SHORT and IS_LONG");

enum err recording_unknown(struct fault *fault, const struct id *id)
{
    return fault_set(fault, ERR_NOT_FOUND, "ID",
                     "there is no recording %s; 'broadsheet recording list' "
                     "names those there are",
                     id->text);
}

static void note(struct edit *edit, struct str id, struct str channel)
{
    change_notef(edit, "recording", "recording:%" PRI_STR, ARG_STR(id));
    change_notef(edit, "recording", "recordings:%" PRI_STR, ARG_STR(channel));
    change_notef(edit, "recording", "channel:%" PRI_STR, ARG_STR(channel));
}

/* ---- Looking ----------------------------------------------------------------
 */

#define COLUMNS \
    "SELECT id, channel_id, start_us, end_us, title, description, category," \
    " language, repeat, channel, state, until_us, media_start_us," \
    " duration_us, bytes, width, height FROM recording"

static struct recording read_row(struct db_query *query, struct arena *arena)
{
    return (struct recording){
        .of = {.id = row_id(query, 0),
               .channel = row_id(query, 1),
               .start_us = db_column_i64(query, 2),
               .end_us = db_column_i64(query, 3),
               .title = db_column_str(query, 4, arena),
               .description = db_column_str(query, 5, arena),
               .category = db_column_str(query, 6, arena),
               .language = db_column_str(query, 7, arena),
               .repeat = db_column_i64(query, 8) != 0},
        .channel_name = db_column_str(query, 9, arena),
        .state = (enum recording_state)db_column_i64(query, 10),
        .until_us = db_column_i64(query, 11),
        .media_start_us = db_column_i64(query, 12),
        .duration_us = db_column_i64(query, 13),
        .bytes = db_column_i64(query, 14),
        .width = db_column_i64(query, 15),
        .height = db_column_i64(query, 16),
    };
}

static enum err take_one(struct db_query *query, struct arena *arena,
                         struct recording *ret_recording)
{
    enum err err = db_query_row(query);
    if (!err)
        *ret_recording = read_row(query, arena);
    return err;
}

enum err recording_load(struct db *db, const struct id *id, struct arena *arena,
                        struct recording *ret_recording)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, COLUMNS " WHERE id = $1 AND state < $2",
                                   DB_ID(id), DB_I64(RECORDING_REMOVED));
    return take_one(&query, arena, ret_recording);
}

enum err recording_of(struct db *db, const struct programme *programme,
                      struct arena *arena, struct recording *ret_recording)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               COLUMNS " WHERE state < $4 AND (id = $1"
                       "  OR (channel_id = $2 AND start_us = $3))"
                       " ORDER BY id <> $1, state LIMIT 1",
               DB_ID(&programme->id), DB_ID(&programme->channel),
               DB_I64(programme->start_us), DB_I64(RECORDING_REMOVED));
    return take_one(&query, arena, ret_recording);
}

static enum err read_rows(struct db_query *query, struct arena *arena,
                          struct recording_list *ret_list)
{
    struct recording_list list = {0};
    while (db_query_next(query))
        ROW_ADD(arena, list.recordings, list.count) = read_row(query, arena);
    enum err err = db_query_err(query);
    if (!err)
        *ret_list = list;
    return err;
}

enum err recording_list_state(struct db *db, enum recording_state state,
                              const struct id *channel, size_t limit,
                              struct arena *arena,
                              struct recording_list *ret_list)
{
    static const struct id none = {0};
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               COLUMNS " WHERE state = $1 AND ($2 = '' OR channel_id = $2)"
                       " ORDER BY start_us LIMIT $3",
               DB_I64(state), DB_ID(channel ? channel : &none),
               DB_I64((int64_t)limit));
    return read_rows(&query, arena, ret_list);
}

/* The times are the programme's where a is "p". */
#define CHANGED(a, condition) \
    "SELECT r.id, r.channel_id, " a ".start_us, p.end_us, r.title," \
    " r.description, r.category, r.language, r.repeat, r.channel, r.state," \
    " r.until_us, r.media_start_us, r.duration_us, r.bytes, r.width," \
    " r.height FROM programme AS p JOIN channel AS c ON c.id = p.channel_id" \
    " JOIN recording AS r ON " condition \
    " WHERE p.end_us <= $1 AND p.end_us > $2 AND " IS_KEPT \
    " ORDER BY p.start_us LIMIT $3"

static enum err list_changed(struct db *db, const char *sql, int64_t now_us,
                             size_t limit, struct arena *arena,
                             struct recording_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, sql, DB_I64(now_us - SECONDS_US(RECORDING_DELAY_SECONDS)),
               DB_I64(now_us - SECONDS_US(RECORDING_LATEST_SECONDS)),
               DB_I64((int64_t)limit));
    return read_rows(&query, arena, ret_list);
}

enum err recording_list_short(struct db *db, int64_t now_us, size_t limit,
                              struct arena *arena,
                              struct recording_list *ret_list)
{
    return list_changed(db, CHANGED("p", IS_SHORT), now_us, limit, arena,
                        ret_list);
}

enum err recording_list_long(struct db *db, int64_t now_us, size_t limit,
                             struct arena *arena,
                             struct recording_list *ret_list)
{
    return list_changed(db, CHANGED("r", IS_LONG), now_us, limit, arena,
                        ret_list);
}

enum err recording_hold(struct db *db, const struct id *channel, int64_t now_us,
                        int64_t *ret_from_us)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT MIN(start_us) FROM ("
        " SELECT start_us FROM recording WHERE channel_id = $1 AND state = $2"
        " UNION ALL SELECT p.start_us FROM programme AS p"
        " JOIN channel AS c ON c.id = p.channel_id WHERE p.channel_id = $1"
        " AND p.end_us > $3 AND " IS_KEPT " AND (" IS_NEW
        " OR EXISTS (SELECT 1 FROM recording AS r WHERE " IS_SHORT
        "))) AS needed",
        DB_ID(channel), DB_I64(RECORDING_WANTED),
        DB_I64(now_us - SECONDS_US(RECORDING_LATEST_SECONDS)));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_from_us =
            db_column_is_null(&query, 0) ? INT64_MAX : db_column_i64(&query, 0);
    return err;
}

enum err recording_sums(struct db *db, const struct id *channel,
                        int64_t *ret_bytes, int64_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT COALESCE(SUM(bytes), 0), COUNT(*) FROM recording"
               " WHERE channel_id = $1 AND state = $2",
               DB_ID(channel), DB_I64(RECORDING_READY));
    enum err err = db_query_row(&query);
    if (!err) {
        *ret_bytes = db_column_i64(&query, 0);
        *ret_count = db_column_i64(&query, 1);
    }
    return err;
}

enum err recording_is_due(struct db *db, int64_t now_us, bool *ret_due)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT EXISTS (SELECT 1 FROM programme AS p"
        " JOIN channel AS c ON c.id = p.channel_id"
        " WHERE p.end_us <= $1 AND p.end_us > $2 AND " IS_KEPT " AND " IS_NEW
        ") OR EXISTS (SELECT 1 FROM recording WHERE state = $3"
        " AND until_us <= $4)",
        DB_I64(now_us - SECONDS_US(RECORDING_DELAY_SECONDS)),
        DB_I64(now_us - SECONDS_US(RECORDING_LATEST_SECONDS)),
        DB_I64(RECORDING_READY), DB_I64(now_us));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_due = db_column_i64(&query, 0) != 0;
    return err;
}

/* ---- Changing ---------------------------------------------------------------
 */

/* Notes each row that the statement, which returns id and channel, changed. */
static enum err note_each(struct edit *edit, struct db_query *query,
                          int64_t *ret_count)
{
    int64_t count = 0;
    while (db_query_next(query)) {
        note(edit, db_column_str(query, 0, &edit->arena),
             db_column_str(query, 1, &edit->arena));
        count++;
    }
    *ret_count = count;
    return edit_failed(edit, db_query_err(query));
}

enum err recording_plan(struct edit *edit, int64_t now_us, bool *ret_changed)
{
    int64_t count = 0;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db,
        "INSERT INTO recording (id, channel_id, channel, start_us, end_us,"
        " title, description, category, language, repeat, state, until_us,"
        " keep_bytes) SELECT p.id, p.channel_id, c.name, p.start_us, p.end_us,"
        " p.title, p.description, p.category, p.language, p.repeat, $1,"
        " p.end_us + $2 * CASE WHEN p.keep_days > 0 THEN p.keep_days"
        "  ELSE c.keep_days END, c.keep_bytes"
        " FROM programme AS p JOIN channel AS c ON c.id = p.channel_id"
        " WHERE p.end_us <= $3 AND p.end_us > $4 AND " IS_KEPT " AND " IS_NEW
        " RETURNING id, channel",
        DB_I64(RECORDING_WANTED), DB_I64(DAY_US),
        DB_I64(now_us - SECONDS_US(RECORDING_DELAY_SECONDS)),
        DB_I64(now_us - SECONDS_US(RECORDING_LATEST_SECONDS)));
    enum err err = note_each(edit, &query, &count);
    *ret_changed = count > 0;
    return err;
}

enum err recording_made(struct edit *edit, const struct recording *recording)
{
    int64_t count;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "UPDATE recording SET state = $1, media_start_us = $2,"
               " duration_us = $3, bytes = $4, width = $5, height = $6"
               " WHERE id = $7 AND state = $8 RETURNING id, channel",
               DB_I64(RECORDING_READY), DB_I64(recording->media_start_us),
               DB_I64(recording->duration_us), DB_I64(recording->bytes),
               DB_I64(recording->width), DB_I64(recording->height),
               DB_ID(&recording->of.id), DB_I64(RECORDING_WANTED));
    return note_each(edit, &query, &count);
}

enum err recording_lengthened(struct edit *edit,
                              const struct recording *recording, bool is_made)
{
    int64_t count;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db,
        "UPDATE recording SET until_us = until_us + $2 - end_us,"
        " start_us = $1, end_us = $2, state = CASE WHEN $3 THEN $4 ELSE state"
        " END, media_start_us = CASE WHEN $3 THEN $5 ELSE media_start_us END,"
        " duration_us = CASE WHEN $3 THEN $6 ELSE duration_us END,"
        " bytes = CASE WHEN $3 THEN $7 ELSE bytes END,"
        " width = CASE WHEN $3 THEN $8 ELSE width END,"
        " height = CASE WHEN $3 THEN $9 ELSE height END"
        " WHERE id = $10 AND state IN ($4, $11) RETURNING id, channel",
        DB_I64(recording->of.start_us), DB_I64(recording->of.end_us),
        DB_I64(is_made), DB_I64(RECORDING_READY),
        DB_I64(recording->media_start_us), DB_I64(recording->duration_us),
        DB_I64(recording->bytes), DB_I64(recording->width),
        DB_I64(recording->height), DB_ID(&recording->of.id),
        DB_I64(RECORDING_NOTHING));
    return note_each(edit, &query, &count);
}

enum err recording_shortened(struct edit *edit,
                             const struct recording *recording)
{
    int64_t count;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db,
        "UPDATE recording SET until_us = until_us + $1 - end_us, end_us = $1,"
        " state = $2, media_start_us = $3, duration_us = $4, bytes = $5,"
        " width = $6, height = $7 WHERE id = $8 AND state = $9"
        " RETURNING id, channel",
        DB_I64(recording->of.end_us), DB_I64(recording->state),
        DB_I64(recording->media_start_us), DB_I64(recording->duration_us),
        DB_I64(recording->bytes), DB_I64(recording->width),
        DB_I64(recording->height), DB_ID(&recording->of.id),
        DB_I64(RECORDING_READY));
    return note_each(edit, &query, &count);
}

static enum err move(struct edit *edit, const struct id *id,
                     enum recording_state least, enum recording_state most,
                     enum recording_state to)
{
    int64_t count;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "UPDATE recording SET state = $1 WHERE id = $2"
               " AND state >= $3 AND state <= $4 RETURNING id, channel",
               DB_I64(to), DB_ID(id), DB_I64(least), DB_I64(most));
    return note_each(edit, &query, &count);
}

enum err recording_set_nothing(struct edit *edit, const struct id *id)
{
    return move(edit, id, RECORDING_WANTED, RECORDING_READY, RECORDING_NOTHING);
}

enum err recording_set_wanted(struct edit *edit, const struct id *id)
{
    return move(edit, id, RECORDING_NOTHING, RECORDING_NOTHING,
                RECORDING_WANTED);
}

/* The sum is of those that are newer, and itself: the oldest are beyond. */
enum err recording_expire(struct edit *edit, int64_t now_us, bool *ret_changed)
{
    int64_t count = 0;
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db,
        "UPDATE recording SET state = $1 WHERE id IN ("
        " SELECT id FROM (SELECT id, until_us, COALESCE((SELECT keep_bytes"
        "   FROM channel WHERE channel.id = channel_id), keep_bytes) AS most,"
        "  SUM(bytes) OVER (PARTITION BY channel_id"
        "   ORDER BY start_us DESC, id DESC) AS taken"
        "  FROM recording WHERE state = $2) AS sums"
        " WHERE until_us <= $3 OR taken > most LIMIT $4)"
        " RETURNING id, channel",
        DB_I64(RECORDING_REMOVED), DB_I64(RECORDING_READY), DB_I64(now_us),
        DB_I64(EXPIRED_AT_ONCE));
    enum err err = note_each(edit, &query, &count);
    *ret_changed = count > 0;
    if (err)
        return err;
    /* What is not a programme of the last days any more needs no mark. */
    return edit_run(edit,
                    "DELETE FROM recording WHERE state IN ($1, $2)"
                    " AND end_us < $3 AND NOT EXISTS (SELECT 1 FROM programme"
                    " WHERE programme.id = recording.id AND"
                    " programme.end_us >= $3)",
                    DB_I64(RECORDING_NOTHING), DB_I64(RECORDING_ERASED),
                    DB_I64(now_us - 2 * SECONDS_US(RECORDING_LATEST_SECONDS)));
}

static enum err change_one(struct edit *edit, struct db_query *query,
                           const struct id *id)
{
    int64_t count = 0;
    enum err err = note_each(edit, query, &count);
    return !err && !count ? recording_unknown(edit->fault, id) : err;
}

enum err recording_remove(struct edit *edit, const struct id *id)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db,
                                   "UPDATE recording SET state = $1"
                                   " WHERE id = $2 AND state < $1"
                                   " RETURNING id, channel",
                                   DB_I64(RECORDING_REMOVED), DB_ID(id));
    return change_one(edit, &query, id);
}

enum err recording_erased(struct edit *edit, const struct id *id)
{
    return edit_run(edit,
                    "UPDATE recording SET state = $1, bytes = 0"
                    " WHERE id = $2 AND state = $3",
                    DB_I64(RECORDING_ERASED), DB_ID(id),
                    DB_I64(RECORDING_REMOVED));
}

enum err recording_keep(struct edit *edit, const struct id *id, int64_t days)
{
    if (days < 1 || days > CHANNEL_KEEP_DAYS_MAX)
        return fault_set(edit->fault, ERR_INVALID, "days",
                         "a recording is kept for 1 to %d days; 'broadsheet "
                         "recording remove' does away with it",
                         CHANNEL_KEEP_DAYS_MAX);
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "UPDATE recording SET until_us = $1 WHERE id = $2"
               " AND state < $3 RETURNING id, channel",
               DB_I64(edit->time_us + days * DAY_US), DB_ID(id),
               DB_I64(RECORDING_REMOVED));
    return change_one(edit, &query, id);
}
