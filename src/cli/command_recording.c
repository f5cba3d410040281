// SPDX-License-Identifier: Apache-2.0
/* recording list, download, keep, remove: programmes that can be watched again.
 */
#include <errno.h>
#include <jansson.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/new_file.h"
#include "base/time.h"
#include "cli/channel_telling.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/channel.h"
#include "content/recording.h"
#include "playout/recording.h"

enum { LIST_MAX = 10000 };

static const enum recording_state shown[] = {RECORDING_WANTED, RECORDING_READY};

static const char *state_name(enum recording_state state)
{
    return state == RECORDING_WANTED ? "is being made" : "ready";
}

/* ---- list ------------------------------------------------------------------
 */

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

static json_t *recording_json(const struct recording *recording)
{
    char until[TIME_RFC3339_BYTES];
    json_t *object = programme_json(&recording->of);
    time_format_rfc3339(recording->until_us, until);
    json_object_set_new(object, "channel", text_json(recording->channel_name));
    json_object_set_new(object, "ready",
                        json_boolean(recording->state == RECORDING_READY));
    json_object_set_new(object, "kept_until", json_string(until));
    json_object_set_new(
        object, "seconds",
        json_real((double)recording->duration_us / TIME_US_PER_SECOND));
    json_object_set_new(object, "bytes", json_integer(recording->bytes));
    json_object_set_new(object, "width", json_integer(recording->width));
    json_object_set_new(object, "height", json_integer(recording->height));
    return object;
}

static void add_row(const struct command_line *line, struct output_table *table,
                    const struct recording *recording)
{
    struct arena *arena = line->arena;
    int64_t seconds = recording->duration_us / TIME_US_PER_SECOND;
    output_table_cell(table, id_str(&recording->of.id));
    output_table_cell(table, recording->channel_name);
    output_table_cell(table, telling_time(arena, recording->of.start_us));
    output_table_cell(table, arena_printf(arena, "%lld:%02lld",
                                          (long long)seconds / 60,
                                          (long long)seconds % 60));
    output_table_cell(table, arena_printf(arena, "%lld MB",
                                          (long long)recording->bytes >> 20));
    output_table_cell(table, telling_time(arena, recording->until_us));
    output_table_cell(table, str_from_c(state_name(recording->state)));
    output_table_cell(table, recording->of.title);
}

static enum err write_list(const struct command_line *line,
                           const struct recording_list lists[])
{
    static const char *const heads[] = {"id",      "channel", "start",
                                        "minutes", "takes",   "until",
                                        "state",   "title",   NULL};
    DEFER(output_table_finish) struct output_table table;
    bool as_json = command_flag(line, "json");
    json_t *array = as_json ? json_array() : NULL;
    output_table_init(&table, heads);
    for (size_t n = 0; n < sizeof shown / sizeof *shown; n++) {
        for (size_t i = 0; i < lists[n].count; i++) {
            if (as_json)
                json_array_append_new(array,
                                      recording_json(&lists[n].recordings[i]));
            else
                add_row(line, &table, &lists[n].recordings[i]);
        }
    }
    return as_json ? output_json(line->output, array)
                   : output_table_write(&table, line->output);
}

/* Also of a channel that is gone: by the name that it had. */
static void leave_out_others(struct recording_list *list, struct str channel)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (!channel.len || str_eq(list->recordings[i].channel_name, channel))
            list->recordings[count++] = list->recordings[i];
    }
    list->count = count;
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct recording_list lists[sizeof shown / sizeof *shown];
    struct str channel = str_from_c(command_value(line, "channel"));
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    for (size_t i = 0; !err && i < sizeof shown / sizeof *shown; i++) {
        err = recording_list_state(lease.db, shown[i], NULL, LIST_MAX,
                                   line->arena, &lists[i]);
        if (!err)
            leave_out_others(&lists[i], channel);
    }
    return err ? db_fault(lease.db, err, fault) : write_list(line, lists);
}

/* ---- keep, remove ----------------------------------------------------------
 */

static enum err read_id(const struct command_line *line, struct id *ret_id,
                        struct fault *fault)
{
    if (!id_parse(str_from_c(line->arguments[0]), ret_id))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, "ID",
                     "'%s' is no id of a recording: 13 digits such as "
                     "62f9f7d471fdc, as 'broadsheet recording list' tells",
                     line->arguments[0]);
}

static enum err keep(const struct command_line *line, struct edit *edit,
                     struct fault *fault)
{
    struct id id;
    int64_t days;
    enum err err = read_id(line, &id, fault);
    if (!err && str_parse_i64(str_from_c(line->arguments[1]), &days))
        err = fault_set(fault, ERR_INVALID, "DAYS", "'%s' is no number of days",
                        line->arguments[1]);
    return err ? err : recording_keep(edit, &id, days);
}

static enum err run_keep(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, keep, fault);
}

static enum err remove_one(const struct command_line *line, struct edit *edit,
                           struct fault *fault)
{
    struct id id;
    enum err err = read_id(line, &id, fault);
    return err ? err : recording_remove(edit, &id);
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, remove_one, fault);
}

/* ---- download --------------------------------------------------------------
 */

static enum err copy(int from, int64_t bytes, int to, struct fault *fault)
{
    while (bytes > 0) {
        ssize_t n = sendfile(to, from, NULL, (size_t)bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fault_set(fault, n ? err_from_errno(errno) : ERR_CORRUPT,
                             NULL, "the recording cannot be copied: %s",
                             n ? strerror(errno)
                               : "its file became shorter meanwhile");
        bytes -= n;
    }
    return ERR_OK;
}

static enum err check_ready(const struct command_line *line,
                            const struct id *id, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct recording recording;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = recording_load(lease.db, id, line->arena, &recording);
    if (err == ERR_NOT_FOUND || (!err && recording.state > RECORDING_READY))
        return recording_unknown(fault, id);
    if (err)
        return db_fault(lease.db, err, fault);
    return recording.state == RECORDING_READY
               ? ERR_OK
               : fault_set(fault, ERR_AGAIN, "ID",
                           "recording %s is still being made", id->text);
}

static enum err run_download(const struct command_line *line,
                             struct fault *fault)
{
    DEFER(new_file_end) struct new_file file = {.fd = -1};
    struct id id;
    int from = -1;
    int64_t bytes = 0;
    enum err err = read_id(line, &id, fault);
    if (!err)
        err = check_ready(line, &id, fault);
    struct str folder =
        arena_printf(line->arena, "%s/live", newspaper_directory(line));
    if (!err)
        err = recording_open(folder.ptr, &id, &from, &bytes, fault);
    if (err)
        return err;
    err = new_file_begin(&file, line->arguments[1], fault);
    if (!err)
        err = copy(from, bytes, file.fd, fault);
    close(from);
    if (!err)
        err = new_file_commit(&file, command_flag(line, "force"), fault);
    if (!err)
        output_tell(line->output, "%s: %lld MB", line->arguments[1],
                    (long long)bytes >> 20);
    return err;
}

/* ---- The commands ----------------------------------------------------------
 */

const struct command command_recording_list = {
    .name = "recording list",
    .summary = "list the programmes that can be watched again",
    .details = "A programme that is over is recorded when its channel keeps "
               "programmes, or when it says so itself. Its page, "
               "/programme/ID in every language, has the recording.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options =
        (const struct command_option[]){
            {"channel", 'c', false, "NAME", "of that channel only"}, {0}},
    .examples =
        (const struct command_example[]){{"recording list", "All there are"},
                                         {0}},
    .run = run_list,
};

const struct command command_recording_download = {
    .name = "recording download",
    .summary = "write a recording to one MP4 file",
    .details = "Its best rendition as it was on the air, a fragmented MP4 "
               "that players and editing programs take.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "as 'recording list' tells"},
            {.name = "FILE", .summary = "to write"},
            {0}},
    .options =
        (const struct command_option[]){
            {"force", 'f', false, NULL, "replace FILE when it is there"}, {0}},
    .examples =
        (const struct command_example[]){
            {"recording download 62f9f7d471fdc news.mp4", "For an editor"},
            {0}},
    .run = run_download,
};

const struct command command_recording_keep = {
    .name = "recording keep",
    .summary = "keep a recording for so many days from now",
    .details = "Whatever its channel says; but the oldest still go when those "
               "of a channel take more than its --keep-gb.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "as 'recording list' tells"},
            {.name = "DAYS", .summary = "from now"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"recording keep 62f9f7d471fdc 365", "For a year"}, {0}},
    .run = run_keep,
};

const struct command command_recording_remove = {
    .name = "recording remove",
    .summary = "do away with a recording",
    .details = "Its page no longer offers it; its files are erased.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "as 'recording list' tells"}, {0}},
    .examples =
        (const struct command_example[]){
            {"recording remove 62f9f7d471fdc", "For good"}, {0}},
    .run = run_remove,
};
