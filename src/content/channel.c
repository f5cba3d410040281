// SPDX-License-Identifier: Apache-2.0
#include "content/channel.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"
#include "render/document.h"
#include "render/locale.h"

const struct str channel_renditions[CHANNEL_RENDITION_COUNT] = {
#define X(rendition, name) STR_INIT(name),
    CHANNEL_RENDITIONS(X)
#undef X
};

enum err channel_unknown(struct fault *fault, struct str name)
{
    return fault_set(fault, ERR_NOT_FOUND, "channel",
                     "there is no channel '%" PRI_STR
                     "'; 'broadsheet channel list' names those there are",
                     ARG_STR(name));
}

/* They stand between the blocks of a document, nowhere else. */
enum err channel_check_shown(struct edit *edit,
                             const struct document_node *document)
{
    struct channel channel;
    int at = 0;
    for (const struct document_node *node = document ? document->first : NULL;
         node; node = node->next, at++) {
        if (node->kind != DOCUMENT_CHANNEL)
            continue;
        struct str name = document_str(node, DOCUMENT_NAME);
        enum err err = channel_load(edit->db, name, &edit->arena, &channel);
        if (err == ERR_NOT_FOUND)
            return fault_set(edit->fault, ERR_INVALID, "body",
                             "body: content[%d] shows the channel '%" PRI_STR
                             "', which there is not; take it out, name one "
                             "that 'broadsheet channel list' names, or make "
                             "it with 'broadsheet channel add %" PRI_STR "'",
                             at, ARG_STR(name), ARG_STR(name));
        if (err)
            return edit_failed(edit, err);
    }
    return ERR_OK;
}

static int find_rendition(struct str name)
{
    for (int i = 0; i < CHANNEL_RENDITION_COUNT; i++)
        if (str_eq(channel_renditions[i], name))
            return i;
    return -1;
}

enum err channel_ladder_parse(struct str text, unsigned *ret_ladder,
                              struct fault *fault)
{
    unsigned ladder = 0;
    struct str rest = text, word;
    while (str_split_next(&rest, ',', &word)) {
        int found = find_rendition(str_trim(word));
        if (found < 0)
            return fault_set(fault, ERR_INVALID, "ladder",
                             "'%" PRI_STR
                             "' is no rendition; name some of source, 720p, "
                             "360p, audio, parted by commas",
                             ARG_STR(str_trim(word)));
        ladder |= 1U << found;
    }
    *ret_ladder = ladder;
    return ERR_OK;
}

/* "cc3=fr" as a channel of captions and its language. */
static enum err read_captions(struct str word,
                              struct str languages[CHANNEL_CAPTIONS],
                              struct fault *fault)
{
    struct str language = word, name;
    (void)str_split_next(&language, '=', &name);
    name = str_trim(name);
    language = str_trim(language);
    int at = name.len == 3 && (name.ptr[0] | 0x20) == 'c' &&
                     (name.ptr[1] | 0x20) == 'c'
                 ? name.ptr[2] - '1'
                 : -1;
    if (at < 0 || at >= CHANNEL_CAPTIONS || !language.len)
        return fault_set(fault, ERR_INVALID, "captions",
                         "'%" PRI_STR
                         "' is no channel of captions with its language; name "
                         "some of cc1 to cc4, as in cc1=en,cc3=fr",
                         ARG_STR(str_trim(word)));
    if (languages[at].len)
        return fault_set(fault, ERR_INVALID, "captions",
                         "cc%d is named twice; it has one language", at + 1);
    for (size_t i = 0; i < language.len; i++) {
        char c = language.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-'))
            language.len = 0;
    }
    if (!language_is_valid(language))
        return fault_set(fault, ERR_INVALID, "captions",
                         "'%" PRI_STR
                         "' names no language; use its BCP 47 code, such as "
                         "cc%d=en, cc%d=ka or cc%d=fr-CA",
                         ARG_STR(str_trim(word)), at + 1, at + 1, at + 1);
    languages[at] = language;
    return ERR_OK;
}

enum err channel_captions_parse(struct str text,
                                struct str ret_languages[CHANNEL_CAPTIONS],
                                struct fault *fault)
{
    struct str languages[CHANNEL_CAPTIONS] = {{NULL, 0}};
    struct str rest = text, word;
    if (text.len > CHANNEL_CAPTIONS_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "captions",
                         "the languages of four channels take no more than %d "
                         "bytes, as in cc1=en,cc3=fr",
                         CHANNEL_CAPTIONS_BYTES_MAX);
    while (str_trim(text).len && str_split_next(&rest, ',', &word)) {
        enum err err = read_captions(word, languages, fault);
        if (err)
            return err;
    }
    memcpy(ret_languages, languages, sizeof languages);
    return ERR_OK;
}

struct str channel_captions_text(const struct str languages[CHANNEL_CAPTIONS],
                                 struct arena *arena)
{
    struct str text = STR("");
    for (int i = 0; i < CHANNEL_CAPTIONS; i++)
        if (languages[i].len)
            text = arena_printf(arena, "%" PRI_STR "%scc%d=%" PRI_STR,
                                ARG_STR(text), text.len ? "," : "", i + 1,
                                ARG_STR(languages[i]));
    return text;
}

/* It stands in addresses of the stream, which other players remember. */
static enum err check_name(struct str name, struct fault *fault)
{
    bool good = name.len > 0 && name.len <= CHANNEL_NAME_BYTES_MAX &&
                name.ptr[0] != '-' && name.ptr[name.len - 1] != '-';
    for (size_t i = 0; good && i < name.len; i++) {
        char c = name.ptr[i];
        good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    }
    if (good)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "name",
                     "a channel's name stands in addresses: 1 to %d lower-case "
                     "letters, digits and hyphens between them, such as news; "
                     "what readers see is its title",
                     CHANNEL_NAME_BYTES_MAX);
}

static enum err check_channel(struct edit *edit, const struct channel *channel)
{
    enum err err = check_required("title", channel->title,
                                  CHANNEL_TITLE_BYTES_MAX, edit->fault);
    if (!err)
        err = check_line("title", channel->title, CHANNEL_TITLE_BYTES_MAX,
                         edit->fault);
    if (!err)
        err = check_line("pull", channel->pull, CHANNEL_PULL_BYTES_MAX,
                         edit->fault);
    if (err)
        return err;
    if (channel->dvr_seconds < CHANNEL_DVR_SECONDS_MIN ||
        channel->dvr_seconds > CHANNEL_DVR_SECONDS_MAX)
        return fault_set(edit->fault, ERR_INVALID, "dvr",
                         "viewers may go back one minute to 24 hours");
    if (channel->ladder & CHANNEL_LADDER_ENCODED &&
        !(channel->ladder & 1U << CHANNEL_SOURCE))
        return fault_set(edit->fault, ERR_INVALID, "ladder",
                         "720p and 360p are made beside the source; name it as "
                         "well, as in source,360p,audio");
    if (!channel->ladder || channel->ladder & ~(unsigned)CHANNEL_LADDER_ALL)
        return fault_set(edit->fault, ERR_INVALID, "ladder",
                         "a channel needs at least one rendition");
    if (channel->keep_days < 0 || channel->keep_days > CHANNEL_KEEP_DAYS_MAX ||
        channel->keep_bytes < 0 || channel->keep_bytes > CHANNEL_KEEP_BYTES_MAX)
        return fault_set(edit->fault, ERR_INVALID, "keep",
                         "recordings are kept for 0 to %d days, 0 for not at "
                         "all, and in up to a million gigabytes",
                         CHANNEL_KEEP_DAYS_MAX);
    return ERR_OK;
}

static void note_all(struct edit *edit, struct str name, const char *kind)
{
    change_note(edit, STR("channels"), kind);
    change_notef(edit, kind, "channel:%" PRI_STR, ARG_STR(name));
}

/* ---- Reading ----------------------------------------------------------------
 */

#define COLUMNS \
    "SELECT id, name, title, dvr_seconds, ladder, created_us, air_us," \
    " keep_days, keep_bytes, past_us, pull, captions FROM channel"

static struct channel read_row(struct db_query *query, struct arena *arena)
{
    struct channel channel = {
        .id = row_id(query, 0),
        .name = db_column_str(query, 1, arena),
        .title = db_column_str(query, 2, arena),
        .dvr_seconds = db_column_i64(query, 3),
        .ladder = (unsigned)db_column_i64(query, 4),
        .created_us = db_column_i64(query, 5),
        .air_us = db_column_i64(query, 6),
        .keep_days = db_column_i64(query, 7),
        .keep_bytes = db_column_i64(query, 8),
        .past_us = db_column_i64(query, 9),
        .pull = db_column_str(query, 10, arena),
    };
    struct fault fault; /* what was stored had none */
    (void)!channel_captions_parse(db_column_str(query, 11, arena),
                                  channel.captions, &fault);
    return channel;
}

enum err channel_load(struct db *db, struct str name, struct arena *arena,
                      struct channel *ret_channel)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, COLUMNS " WHERE name = $1", DB_STR(name));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_channel = read_row(&query, arena);
    return err;
}

enum err channel_all(struct db *db, struct arena *arena,
                     struct channel_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, COLUMNS " ORDER BY id");
    struct channel_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.channels, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

/* ---- Writing ----------------------------------------------------------------
 */

static enum err check_room(struct edit *edit, struct str name)
{
    struct channel_list list;
    enum err err =
        edit_failed(edit, channel_all(edit->db, &edit->arena, &list));
    if (err)
        return err;
    for (size_t i = 0; i < list.count; i++)
        if (str_eq(list.channels[i].name, name))
            return fault_set(edit->fault, ERR_EXISTS, "name",
                             "there is a channel '%" PRI_STR
                             "' already; 'broadsheet channel change' sets its "
                             "title",
                             ARG_STR(name));
    if (list.count >= CHANNELS_MAX)
        return fault_set(edit->fault, ERR_TOO_LONG, "name",
                         "%d channels are the most; remove one first",
                         CHANNELS_MAX);
    return ERR_OK;
}

enum err channel_add(struct edit *edit, struct channel *channel)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = check_name(channel->name, edit->fault);
    if (!err)
        err = check_channel(edit, channel);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = check_room(edit, channel->name);
    if (err)
        return err;
    struct id id = id_make();
    err = edit_run(
        edit,
        "INSERT INTO channel (id, name, title, dvr_seconds, ladder,"
        " created_us, keep_days, keep_bytes, pull, captions, air_us)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0)",
        DB_ID(&id), DB_STR(channel->name), DB_STR(channel->title),
        DB_I64(channel->dvr_seconds), DB_I64(channel->ladder),
        DB_I64(edit->time_us), DB_I64(channel->keep_days),
        DB_I64(channel->keep_bytes), DB_STR(channel->pull),
        DB_STR(channel_captions_text(channel->captions, &edit->arena)));
    if (err)
        return err;
    note_all(edit, channel->name, "add");
    err = edit_step_commit(&step);
    if (!err) {
        channel->id = id;
        channel->created_us = edit->time_us;
        channel->air_us = channel->past_us = 0;
    }
    return err;
}

/* Runs a statement that has to find the channel. */
static enum err run_on(struct edit *edit, struct db_query *query,
                       struct str name)
{
    int64_t changed = 0;
    enum err err = edit_failed(edit, db_query_run(query, &changed));
    if (!err && !changed)
        err = channel_unknown(edit->fault, name);
    return err;
}

enum err channel_change(struct edit *edit, const struct channel *channel)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = check_channel(edit, channel);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "UPDATE channel SET title = $1, dvr_seconds = $2, ladder = $3,"
               " keep_days = $4, keep_bytes = $5, pull = $7,"
               " captions = $8 WHERE name = $6",
               DB_STR(channel->title), DB_I64(channel->dvr_seconds),
               DB_I64(channel->ladder), DB_I64(channel->keep_days),
               DB_I64(channel->keep_bytes), DB_STR(channel->name),
               DB_STR(channel->pull),
               DB_STR(channel_captions_text(channel->captions, &edit->arena)));
    err = run_on(edit, &query, channel->name);
    if (err)
        return err;
    note_all(edit, channel->name, "change");
    return edit_step_commit(&step);
}

enum err channel_remove(struct edit *edit, struct str name)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "DELETE FROM channel WHERE name = $1", DB_STR(name));
    err = run_on(edit, &query, name);
    if (err)
        return err;
    note_all(edit, name, "remove");
    return edit_step_commit(&step);
}

/* From one time to another it is the same broadcast: only going on and off the
 * air is news. */
enum err channel_set_air(struct edit *edit, const struct id *id,
                         int64_t since_us, int64_t past_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "UPDATE channel SET air_us = $1, past_us = $3 WHERE id = $2"
               " AND (air_us = 0) <> ($1 = 0) RETURNING name",
               DB_I64(since_us), DB_ID(id), DB_I64(past_us));
    err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    change_notef(edit, since_us ? "air" : "off", "channel:%" PRI_STR,
                 ARG_STR(db_column_peek(&query, 0)));
    db_query_end(&query);
    query = (struct db_query){0};
    return edit_step_commit(&step);
}
