// SPDX-License-Identifier: Apache-2.0
/* programme add, list, remove, import, export: what is on when. */
#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/channel_telling.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_times.h"
#include "content/channel.h"
#include "content/programme.h"
#include "content/programme_import.h"
#include "content/settings.h"
#include "exchange/xmltv.h"

enum {
    TIMES_MAX = 366,
    LIST_MAX = 1000,
    EXPORT_MAX = 100000,
    EXPORT_BYTES_MAX = 256 * 1024 * 1024,
    DAYS_STANDARD = 7,
    DAYS_MAX = 3660,
};

#define DAY_US (24 * 3600 * TIME_US_PER_SECOND)

static enum err load_channel(struct db *db, const char *name,
                             struct arena *arena, struct channel *ret_channel,
                             struct fault *fault)
{
    enum err err = channel_load(db, str_from_c(name), arena, ret_channel);
    if (err == ERR_NOT_FOUND)
        return channel_unknown(fault, str_from_c(name));
    return err ? db_fault(db, err, fault) : ERR_OK;
}

/* ---- add -------------------------------------------------------------------
 */

/* The same time of day a number of days later; "2030-01-01 20:00" is kept as it
 * is typed, so that 20:00 stays 20:00 when the clocks change. */
static enum err later(struct db *db, const char *name, const char *text,
                      int64_t days, int64_t *ret_time_us, struct fault *fault)
{
    char day[TIME_RFC3339_BYTES], typed[64];
    int64_t midnight_us;
    enum err err =
        article_times_parse(db, name, str_from_c(text), ret_time_us, fault);
    if (err || !days)
        return err;
    enum { DATE_LEN = sizeof "2030-01-01" - 1 };
    bool has_date = strlen(text) > DATE_LEN && strlen(text) < sizeof typed;
    if (has_date) {
        snprintf(day, sizeof day, "%.10sT00:00:00Z", text);
        has_date = !time_parse_rfc3339(str_from_c(day), &midnight_us);
    }
    if (!has_date)
        return fault_set(fault, ERR_INVALID, name,
                         "a series wants its first time with a date: "
                         "'2030-01-01 20:00'");
    time_format_rfc3339(midnight_us + days * DAY_US, day);
    snprintf(typed, sizeof typed, "%.10s%s", day, text + DATE_LEN);
    return article_times_parse(db, name, str_from_c(typed), ret_time_us, fault);
}

/* How many days there are between two of the series, and how many of it. */
static enum err read_series(const struct command_line *line, int64_t *ret_every,
                            int64_t *ret_times, struct fault *fault)
{
    const char *every = command_value(line, "every");
    *ret_every = 0;
    enum err err =
        command_number(line, "times", 1, TIMES_MAX, 1, ret_times, fault);
    if (err || (!every && *ret_times == 1))
        return err;
    if (!every)
        return fault_set(fault, ERR_USAGE, "times",
                         "--times wants --every day or --every week");
    if (str_eq(str_from_c(every), STR("day")))
        *ret_every = 1;
    else if (str_eq(str_from_c(every), STR("week")))
        *ret_every = 7;
    else
        return fault_set(fault, ERR_INVALID, "every",
                         "--every takes day or week, not '%s'", every);
    if (*ret_times == 1)
        return fault_set(fault, ERR_USAGE, "every",
                         "say how often it comes in all: --times 5");
    return ERR_OK;
}

static enum err add(const struct command_line *line, struct edit *edit,
                    struct fault *fault)
{
    int64_t every, times, keep = PROGRAMME_KEEP_AS_CHANNEL;
    enum err err = read_series(line, &every, &times, fault);
    if (!err && command_value(line, "keep")) {
        err = command_number(line, "keep", 0, PROGRAMME_KEEP_DAYS_MAX, 0, &keep,
                             fault);
        keep = keep ? keep : PROGRAMME_KEEP_NOT;
    }
    for (int64_t i = 0; !err && i < times; i++) {
        struct programme programme = {
            .title = str_trim(str_from_c(line->arguments[3])),
            .description =
                str_trim(str_from_c(command_value(line, "description"))),
            .category = str_trim(str_from_c(command_value(line, "category"))),
            .language = str_from_c(command_value(line, "language")),
            .repeat = command_flag(line, "repeat"),
            .keep_days = keep,
        };
        err = later(edit->db, "START", line->arguments[1], i * every,
                    &programme.start_us, fault);
        if (!err)
            err = later(edit->db, "END", line->arguments[2], i * every,
                        &programme.end_us, fault);
        if (!err)
            err = programme_add(edit, str_from_c(line->arguments[0]),
                                &programme, command_flag(line, "replace"));
        if (!err)
            output_printf(line->output, "%s\n", programme.id.text);
    }
    return err;
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, add, fault);
}

/* ---- list ------------------------------------------------------------------
 */

static enum err list_table(const struct command_line *line,
                           const struct programme_list *list)
{
    static const char *const heads[] = {"id",       "start", "end",
                                        "category", "title", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct programme *programme = &list->programmes[i];
        output_table_cell(&table, id_str(&programme->id));
        output_table_cell(&table,
                          telling_time(line->arena, programme->start_us));
        output_table_cell(&table, telling_time(line->arena, programme->end_us));
        output_table_cell(&table, programme->category);
        output_table_cell(&table, programme->title);
    }
    return output_table_write(&table, line->output);
}

/* From now, or from --from, so many days. */
static enum err read_span(const struct command_line *line, struct db *db,
                          int64_t *ret_from_us, int64_t *ret_to_us,
                          struct fault *fault)
{
    const char *from = command_value(line, "from");
    int64_t days;
    *ret_from_us = time_now_us();
    enum err err =
        command_number(line, "days", 1, DAYS_MAX, DAYS_STANDARD, &days, fault);
    if (!err && from)
        err = article_times_parse(db, "from", str_from_c(from), ret_from_us,
                                  fault);
    *ret_to_us = *ret_from_us + days * DAY_US;
    return err;
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct channel channel;
    struct programme_list list;
    int64_t from_us, to_us;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = load_channel(lease.db, line->arguments[0], line->arena, &channel,
                       fault);
    if (!err)
        err = read_span(line, lease.db, &from_us, &to_us, fault);
    if (err)
        return err;
    err = programme_during(lease.db, &channel.id, from_us, to_us, LIST_MAX,
                           line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    if (!command_flag(line, "json"))
        return list_table(line, &list);
    json_t *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, programme_json(&list.programmes[i]));
    return output_json(line->output, array);
}

/* ---- remove ----------------------------------------------------------------
 */

static enum err remove_one(const struct command_line *line, struct edit *edit,
                           struct fault *fault)
{
    struct id id;
    if (id_parse(str_from_c(line->arguments[0]), &id))
        return fault_set(fault, ERR_INVALID, "ID",
                         "'%s' is no id of a programme: 13 digits such as "
                         "62f9f7d471fdc, as 'broadsheet programme list' tells",
                         line->arguments[0]);
    return programme_remove(edit, &id);
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, remove_one, fault);
}

/* ---- import ----------------------------------------------------------------
 */

struct import {
    const struct command_line *line;
    struct edit *edit;
    struct fault *fault;
    struct xmltv xmltv;
    struct channel_list channels;
    struct programme_import done;
    int64_t taken, passed_over;
};

static const struct channel *find(const struct import *import, struct str name)
{
    for (size_t i = 0; i < import->channels.count; i++)
        if (str_eq(import->channels.channels[i].name, name))
            return &import->channels.channels[i];
    return NULL;
}

/* The channel of this newspaper that a programme of the file is for; NULL when
 * it is for none. --channel takes those of --id, or, without it, all: then the
 * file must be of one channel. */
static const struct channel *target_of(const struct import *import,
                                       struct str id)
{
    const char *channel = command_value(import->line, "channel");
    const char *wanted = command_value(import->line, "id");
    if (wanted && !str_eq(id, str_from_c(wanted)))
        return NULL;
    return find(import, channel ? str_from_c(channel) : id);
}

static enum err check_wanted(const struct import *import)
{
    const char *channel = command_value(import->line, "channel");
    const char *id = command_value(import->line, "id");
    const struct xmltv *xmltv = &import->xmltv;
    if (id && !channel)
        return fault_set(import->fault, ERR_USAGE, "id",
                         "--id names a channel of the file; say with --channel "
                         "which of the newspaper's it is");
    if (channel && !find(import, str_from_c(channel)))
        return channel_unknown(import->fault, str_from_c(channel));
    if (!channel || id || !xmltv->count ||
        str_eq(xmltv->programmes[0].channel,
               xmltv->programmes[xmltv->count - 1].channel))
        return ERR_OK;
    return fault_set(import->fault, ERR_USAGE, "channel",
                     "the file is of several channels, among them '%.*s' and "
                     "'%.*s'; say with --id which one it is to be",
                     ARG_STR(xmltv->programmes[0].channel),
                     ARG_STR(xmltv->programmes[xmltv->count - 1].channel));
}

/* In front of the cause where in the file it is. */
static enum err refuse_line(struct import *import, int64_t number, enum err err)
{
    char cause[FAULT_MESSAGE_BYTES_MAX];
    snprintf(cause, sizeof cause, "%s", fault_text(import->fault));
    return fault_set(import->fault, err, NULL, "line %lld: %s",
                     (long long)number, cause);
}

/* In front of that, which file. */
static enum err name_file(const struct command_line *line, enum err err,
                          struct fault *fault)
{
    char cause[FAULT_MESSAGE_BYTES_MAX];
    snprintf(cause, sizeof cause, "%s", fault_text(fault));
    if (!str_starts_with(str_from_c(cause), STR("line ")))
        return err;
    return fault_set(fault, err, NULL, "%s: %s", line->arguments[0], cause);
}

/* All of one channel of the file. */
static enum err import_group(struct import *import, size_t first, size_t count)
{
    struct xmltv_programme *all = &import->xmltv.programmes[first];
    const struct channel *channel = target_of(import, all[0].channel);
    if (!channel) {
        import->passed_over += (int64_t)count;
        return ERR_OK;
    }
    struct programme *programmes =
        arena_array(import->line->arena, struct programme, count);
    for (size_t i = 0; i < count; i++)
        programmes[i] = all[i].programme;
    struct programme_import done;
    size_t wrong = count;
    enum err err = programme_import(import->edit, channel->name, programmes,
                                    count, &done, &wrong);
    if (err)
        return wrong < count ? refuse_line(import, all[wrong].line, err) : err;
    import->taken += (int64_t)count;
    import->done.added += done.added;
    import->done.changed += done.changed;
    import->done.same += done.same;
    import->done.removed += done.removed;
    return ERR_OK;
}

static enum err import_all(struct import *import)
{
    const struct xmltv *xmltv = &import->xmltv;
    enum err err = check_wanted(import);
    for (size_t at = 0, end; !err && at < xmltv->count; at = end) {
        end = at + 1;
        while (end < xmltv->count && str_eq(xmltv->programmes[end].channel,
                                            xmltv->programmes[at].channel))
            end++;
        err = import_group(import, at, end - at);
    }
    if (!err && !import->taken && import->passed_over)
        err = fault_set(import->fault, ERR_NOT_FOUND, "channel",
                        "none of the file's channels ('%.*s' …) has the name "
                        "of a channel here; say which it is with --channel",
                        ARG_STR(xmltv->programmes[0].channel));
    return err;
}

static enum err import_file(const struct command_line *line, struct edit *edit,
                            struct fault *fault)
{
    struct import import = {.line = line, .edit = edit, .fault = fault};
    enum err err =
        xmltv_read_file(line->arguments[0], line->arena, &import.xmltv, fault);
    if (err)
        return name_file(line, err, fault);
    err = channel_all(edit->db, line->arena, &import.channels);
    err = err ? db_fault(edit->db, err, fault) : import_all(&import);
    if (err)
        return name_file(line, err, fault);
    output_tell(line->output,
                "%lld programmes: %lld new, %lld changed, %lld as they were; "
                "%lld are no longer on, %lld of other channels were passed "
                "over.",
                (long long)import.taken, (long long)import.done.added,
                (long long)import.done.changed, (long long)import.done.same,
                (long long)import.done.removed, (long long)import.passed_over);
    return ERR_OK;
}

static enum err run_import(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, import_file, fault);
}

/* ---- export ----------------------------------------------------------------
 */

static enum err load_export(const struct command_line *line, struct db *db,
                            const struct channel_list *channels,
                            struct xmltv_channel *target, size_t *ret_count,
                            struct fault *fault)
{
    int64_t from_us, to_us;
    size_t count = 0;
    const char *only = line->argument_count ? line->arguments[0] : NULL;
    enum err err = read_span(line, db, &from_us, &to_us, fault);
    for (size_t i = 0; !err && i < channels->count; i++) {
        const struct channel *channel = &channels->channels[i];
        if (only && !str_eq(channel->name, str_from_c(only)))
            continue;
        struct programme_list *list =
            arena_new(line->arena, struct programme_list);
        err = programme_during(db, &channel->id, from_us, to_us, EXPORT_MAX,
                               line->arena, list);
        if (err)
            return db_fault(db, err, fault);
        target[count++] =
            (struct xmltv_channel){channel->name, channel->title, list};
    }
    if (!err && only && !count)
        return channel_unknown(fault, str_from_c(only));
    *ret_count = count;
    return err;
}

static enum err run_export(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct channel_list channels;
    struct settings settings;
    struct xmltv_channel all[CHANNELS_MAX];
    size_t count = 0;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = channel_all(lease.db, line->arena, &channels);
    if (!err)
        err = settings_load(lease.db, STR(""), line->arena, &settings);
    if (err)
        return db_fault(lease.db, err, fault);
    err = load_export(line, lease.db, &channels, all, &count, fault);
    if (err)
        return err;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, EXPORT_BYTES_MAX);
    err = xmltv_write(all, count, settings.name, &out);
    if (err)
        return fault_set(fault, err, NULL,
                         "the schedule is too long for one file; take fewer "
                         "--days");
    output_str(line->output, buf_str(&out));
    return ERR_OK;
}

/* ---- The commands ----------------------------------------------------------
 */

#define SPAN_OPTIONS \
    {"from", 0, false, "TIME", "from then on (default: now)"}, \
    { \
        "days", 0, false, "NUMBER", "so many days (default: 7)" \
    }

const struct command command_programme_add = {
    .name = "programme add",
    .summary = "put a programme on a channel's schedule",
    .details = ARTICLE_TIMES_HELP
    ". On a channel one programme is on at a time. Of a series each one stands "
    "for itself afterwards; 20:00 stays "
    "20:00 when the clocks change.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "CHANNEL", .summary = "the channel's name"},
            {.name = "START", .summary = "a TIME"},
            {.name = "END", .summary = "a TIME"},
            {.name = "TITLE", .summary = "what readers see"},
            {0}},
    .options =
        (const struct command_option[]){
            {"description", 0, false, "TEXT", "what it is about"},
            {"category", 'c', false, "WORD", "such as News, or Film"},
            {"language", 'l', false, "CODE", "of the programme"},
            {"repeat", 0, false, NULL, "it was shown before"},
            {"keep", 0, false, "DAYS",
             "keep its recording so long; 0: make none (default: as the "
             "channel)"},
            {"every", 0, false, "UNIT", "day or week: a series"},
            {"times", 0, false, "NUMBER", "how many of the series"},
            {"replace", 0, false, NULL, "those on at the time go"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"programme add news '2030-01-01 20:00' '2030-01-01 20:30' "
             "'Evening "
             "News' --category News",
             "Once"},
            {"programme add news '2030-01-01 20:00' '2030-01-01 20:30' 'News' "
             "--every day --times 30",
             "On thirty days"},
            {0}},
    .run = run_add,
};

const struct command command_programme_list = {
    .name = "programme list",
    .summary = "list what is on a channel",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "CHANNEL", .summary = "the channel's name"}, {0}},
    .options = (const struct command_option[]){SPAN_OPTIONS, {0}},
    .examples =
        (const struct command_example[]){
            {"programme list news", "The next seven days"},
            {"programme list news --from '2030-01-01 00:00' --days 1",
             "One day"},
            {0}},
    .run = run_list,
};

const struct command command_programme_remove = {
    .name = "programme remove",
    .summary = "take a programme off the schedule",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "as 'programme list' tells"}, {0}},
    .examples =
        (const struct command_example[]){
            {"programme remove 62f9f7d471fdc", "One of them"}, {0}},
    .run = run_remove,
};

const struct command command_programme_import = {
    .name = "programme import",
    .summary = "take the schedule from an XMLTV file",
    .details =
        "Programmes go to the channel whose name is the channel's id in the "
        "file. From its first start to its last end the file is the truth: "
        "what else began there goes, and what was on when it begins ends "
        "then. A programme that comes again keeps its id, so its page, its "
        "recording and --keep hold: one of the same title at the same start, "
        "or moved by up to three hours (the nearest; one that is over only "
        "where both times overlap), or else the one at the same start. "
        "Recordings stay in any case. All of the file comes or nothing.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "XMLTV: <tv> with its <programme>s"},
            {0}},
    .options =
        (const struct command_option[]){
            {"channel", 0, false, "NAME", "all of it is of this channel"},
            {"id", 0, false, "ID", "of the file's channels take this one"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"programme import week.xml", "Channels have the same names"},
            {"programme import week.xml --channel news --id 1.example.org",
             "They have not"},
            {0}},
    .run = run_import,
};

const struct command command_programme_export = {
    .name = "programme export",
    .summary = "write the schedule as an XMLTV file",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "CHANNEL",
             .summary = "of this channel (default: of all)",
             .optional = true},
            {0}},
    .options = (const struct command_option[]){SPAN_OPTIONS, {0}},
    .examples =
        (const struct command_example[]){
            {"programme export > week.xml", "Seven days of all channels"}, {0}},
    .run = run_export,
};
