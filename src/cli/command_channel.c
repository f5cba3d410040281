// SPDX-License-Identifier: Apache-2.0
/* channel add, change, list, show, status, remove: television. */
#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "base/time.h"
#include "cli/channel_telling.h"
#include "cli/command_table.h"
#include "cli/desk_client.h"
#include "cli/newspaper.h"
#include "content/channel.h"
#include "content/programme.h"
#include "content/recording.h"
#include "media/srt_pull.h"

enum { SHOW_PROGRAMMES = 6, MINUTES_PER_DAY = 24 * 60 };

/* ---- Changes ---------------------------------------------------------------
 */

static enum err check_pull(struct str text, struct fault *fault)
{
    struct srt_pull pull;
    return srt_pull_parse(text, &pull, fault);
}

/* What the options say; the rest of channel stays. */
static enum err read_options(const struct command_line *line,
                             struct channel *channel, struct fault *fault)
{
    const char *title = command_value(line, "title");
    const char *ladder = command_value(line, "ladder");
    const char *pull = command_value(line, "pull");
    const char *captions = command_value(line, "captions");
    int64_t minutes = 0, gigabytes = 0;
    enum err err = command_number(line, "dvr", 1, MINUTES_PER_DAY,
                                  channel->dvr_seconds / 60, &minutes, fault);
    if (!err && ladder)
        err = channel_ladder_parse(str_from_c(ladder), &channel->ladder, fault);
    if (!err)
        err = command_number(line, "keep", 0, CHANNEL_KEEP_DAYS_MAX,
                             channel->keep_days, &channel->keep_days, fault);
    if (!err)
        err = command_number(line, "keep-gb", 1, CHANNEL_KEEP_BYTES_MAX >> 30,
                             channel->keep_bytes >> 30, &gigabytes, fault);
    if (err)
        return err;
    if (captions)
        err = channel_captions_parse(str_from_c(captions), channel->captions,
                                     fault);
    if (!err && pull && *pull)
        err = check_pull(str_from_c(pull), fault);
    if (err)
        return err;
    if (pull)
        channel->pull = str_from_c(pull);
    if (title)
        channel->title = str_trim(str_from_c(title));
    channel->dvr_seconds = minutes * 60;
    channel->keep_bytes = gigabytes << 30;
    return ERR_OK;
}

static enum err add(const struct command_line *line, struct edit *edit,
                    struct fault *fault)
{
    struct str name = str_from_c(line->arguments[0]);
    struct channel channel = {
        .name = name,
        .title = name,
        .dvr_seconds = CHANNEL_DVR_SECONDS,
        .ladder = CHANNEL_LADDER_DEFAULT,
        .keep_days = CHANNEL_KEEP_DAYS,
        .keep_bytes = CHANNEL_KEEP_BYTES,
    };
    enum err err = read_options(line, &channel, fault);
    return err ? err : channel_add(edit, &channel);
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    enum err err = newspaper_change(line, add, fault);
    if (!err)
        output_tell(line->output,
                    "Now make a key for the studio: broadsheet channel key add "
                    "%s",
                    line->arguments[0]);
    return err;
}

static enum err change_one(const struct command_line *line, struct edit *edit,
                           struct fault *fault)
{
    struct str name = str_from_c(line->arguments[0]);
    struct channel channel;
    if (!line->given_count ||
        !(command_value(line, "title") || command_value(line, "dvr") ||
          command_value(line, "ladder") || command_value(line, "keep") ||
          command_value(line, "keep-gb") || command_value(line, "pull") ||
          command_value(line, "captions")))
        return fault_set(fault, ERR_USAGE, NULL,
                         "say what is to change: --title, --dvr, --ladder, "
                         "--captions, --keep, --keep-gb or --pull");
    enum err err = channel_load(edit->db, name, line->arena, &channel);
    if (err == ERR_NOT_FOUND)
        return channel_unknown(fault, name);
    err = err ? db_fault(edit->db, err, fault)
              : read_options(line, &channel, fault);
    return err ? err : channel_change(edit, &channel);
}

static enum err run_change(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, change_one, fault);
}

static enum err remove_one(const struct command_line *line, struct edit *edit,
                           struct fault *fault)
{
    (void)fault;
    return channel_remove(edit, str_from_c(line->arguments[0]));
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, remove_one, fault);
}

/* ---- list, show ------------------------------------------------------------
 */

static enum err list_json(const struct command_line *line,
                          const struct channel_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, channel_json(&list->channels[i]));
    return output_json(line->output, array);
}

static enum err list_table(const struct command_line *line,
                           const struct channel_list *list)
{
    static const char *const heads[] = {
        "name", "title", "on air since", "renditions", "goes back", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct channel *channel = &list->channels[i];
        output_table_cell(&table, channel->name);
        output_table_cell(&table, channel->title);
        output_table_cell(
            &table, channel->air_us ? telling_time(line->arena, channel->air_us)
                                    : STR("off air"));
        output_table_cell(&table, channel_ladder(line->arena, channel->ladder));
        output_table_cell(&table,
                          arena_printf(line->arena, "%lld min",
                                       (long long)channel->dvr_seconds / 60));
    }
    return output_table_write(&table, line->output);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct channel_list list;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = channel_all(lease.db, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? list_json(line, &list)
                                      : list_table(line, &list);
}

/* A channel, its keys, and what is on now and next. */
struct shown {
    struct channel channel;
    struct stream_key_list keys;
    struct programme_list programmes;
    int64_t recorded_bytes, recordings;
};

static enum err load_shown(const struct command_line *line, struct db *db,
                           struct shown *shown, struct fault *fault)
{
    struct str name = str_from_c(line->arguments[0]);
    enum err err = channel_load(db, name, line->arena, &shown->channel);
    if (err == ERR_NOT_FOUND)
        return channel_unknown(fault, name);
    if (!err)
        err = stream_key_all(db, &shown->channel.id, line->arena, &shown->keys);
    if (!err)
        err =
            programme_during(db, &shown->channel.id, time_now_us(), INT64_MAX,
                             SHOW_PROGRAMMES, line->arena, &shown->programmes);
    if (!err)
        err = recording_sums(db, &shown->channel.id, &shown->recorded_bytes,
                             &shown->recordings);
    return err ? db_fault(db, err, fault) : ERR_OK;
}

static enum err show_json(const struct command_line *line,
                          const struct shown *shown)
{
    json_t *object = channel_json(&shown->channel);
    json_t *keys = json_array(), *programmes = json_array();
    for (size_t i = 0; i < shown->keys.count; i++)
        json_array_append_new(keys, stream_key_json(&shown->keys.keys[i]));
    for (size_t i = 0; i < shown->programmes.count; i++)
        json_array_append_new(programmes,
                              programme_json(&shown->programmes.programmes[i]));
    json_object_set_new(object, "keys", keys);
    json_object_set_new(object, "programmes", programmes);
    json_object_set_new(object, "recordings", json_integer(shown->recordings));
    json_object_set_new(object, "recorded_bytes",
                        json_integer(shown->recorded_bytes));
    return output_json(line->output, object);
}

static void show_text(const struct command_line *line,
                      const struct shown *shown)
{
    const struct channel *channel = &shown->channel;
    struct output *output = line->output;
    struct str since = telling_time(line->arena, channel->air_us);
    output_str(output, channel->title);
    output_printf(output, " (%.*s), %s%.*s\n", ARG_STR(channel->name),
                  channel->air_us ? "on air since " : "off air",
                  ARG_STR(since));
    output_printf(output, "page        /tv/%.*s, /tv when it is the first\n",
                  ARG_STR(channel->name));
    output_printf(output, "stream      /live/%.*s/master.m3u8\n",
                  ARG_STR(channel->name));
    output_printf(output, "renditions  %.*s\n",
                  ARG_STR(channel_ladder(line->arena, channel->ladder)));
    struct str captions = channel_captions_text(channel->captions, line->arena);
    if (captions.len)
        output_printf(output, "captions    %.*s\n", ARG_STR(captions));
    output_printf(output, "goes back   %lld minutes\n",
                  (long long)channel->dvr_seconds / 60);
    if (channel->keep_days)
        output_printf(output,
                      "keeps       programmes for %lld days, in up to %lld "
                      "GB\n",
                      (long long)channel->keep_days,
                      (long long)(channel->keep_bytes >> 30));
    else
        output_str(output, STR("keeps       no programmes, unless they say "
                               "so\n"));
    output_printf(output, "recordings  %lld, in %lld MB\n",
                  (long long)shown->recordings,
                  (long long)(shown->recorded_bytes >> 20));
    output_printf(output, "keys        %zu\n", shown->keys.count);
    for (size_t i = 0; i < shown->programmes.count; i++) {
        const struct programme *programme = &shown->programmes.programmes[i];
        struct str start = telling_time(line->arena, programme->start_us);
        output_printf(output, "%-11s %.*s  ", i ? "" : "programmes",
                      ARG_STR(start));
        output_text(output, programme->title);
        output_str(output, STR("\n"));
    }
}

static enum err run_show(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct shown shown;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = load_shown(line, lease.db, &shown, fault);
    if (!err && command_flag(line, "json"))
        return show_json(line, &shown);
    if (!err)
        show_text(line, &shown);
    return err;
}

/* ---- status ----------------------------------------------------------------
 */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static struct str whole_of(struct arena *arena, const json_t *object,
                           const char *name, const char *unit)
{
    const json_t *value = json_object_get(object, name);
    return json_is_number(value)
               ? arena_printf(arena, "%.0f%s", json_number_value(value), unit)
               : STR("");
}

/* "33 %, not 720p": of a core, and what there was no time for. */
static struct str encoder_of(struct arena *arena, const json_t *media)
{
    const json_t *load = json_object_get(media, "encoder_load");
    if (!json_is_number(load))
        return STR("");
    struct str text =
        arena_printf(arena, "%.0f %%", json_number_value(load) * 100);
    size_t i;
    const json_t *name;
    json_array_foreach(json_object_get(media, "shed"), i, name) text =
        arena_printf(arena, "%" PRI_STR ", not %s", ARG_STR(text),
                     json_is_string(name) ? json_string_value(name) : "?");
    return text;
}

static enum err status_table(const struct command_line *line,
                             const json_t *channels)
{
    static const char *const heads[] = {
        "channel",  "state",   "feed",     "kb/s",    "viewers",
        "loudness", "encoder", "restarts", "trouble", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    struct arena *arena = line->arena;
    size_t i;
    const json_t *channel;
    json_array_foreach(channels, i, channel)
    {
        const json_t *feed = json_object_get(channel, "feed");
        const json_t *media = json_object_get(channel, "media");
        bool air = json_is_true(json_object_get(channel, "on_air"));
        bool slate = json_is_true(json_object_get(media, "slate"));
        double bits = json_number_value(json_object_get(feed, "bits_a_second"));
        output_table_cell(&table, str_from_c(text_of(channel, "name")));
        output_table_cell(&table, !air    ? STR("off air")
                                  : slate ? STR("slate")
                                          : STR("on air"));
        output_table_cell(&table, str_from_c(text_of(feed, "protocol")));
        output_table_cell(&table, bits > 0
                                      ? arena_printf(arena, "%.0f", bits / 1000)
                                      : STR(""));
        output_table_cell(&table, whole_of(arena, channel, "viewers", ""));
        output_table_cell(&table,
                          whole_of(arena, media, "loudness_lufs", " LUFS"));
        output_table_cell(&table, encoder_of(arena, media));
        output_table_cell(&table, whole_of(arena, channel, "restarts", ""));
        output_table_cell(&table, str_from_c(text_of(channel, "trouble")));
    }
    return output_table_write(&table, line->output);
}

static enum err run_status(const struct command_line *line, struct fault *fault)
{
    struct str body;
    enum err err = desk_get(newspaper_directory(line), "/television",
                            line->arena, &body, fault);
    if (err)
        return err;
    json_t *root = json_text_read(body, NULL);
    const json_t *channels = json_object_get(root, "channels");
    if (!json_is_array(channels))
        err = fault_set(fault, ERR_INTERNAL, NULL,
                        "the running server told nothing of its channels");
    else if (!json_is_true(json_object_get(root, "playout")))
        output_tell(line->output,
                    "The television of the running server does not answer; its "
                    "log tells why.");
    if (!err && command_flag(line, "json"))
        return output_json(line->output, root);
    if (!err)
        err = status_table(line, channels);
    json_decref(root);
    return err;
}

/* ---- The commands ----------------------------------------------------------
 */

/* What an option is when it is not given: of a new channel a default; of one
 * that is changed, what it was. */
#define DEFAULT(text) " (default: " text ")"
#define AS_IT_IS(text) ""

#define CHANNEL_OPTIONS(OTHERWISE) \
    {"title", 't', false, "TEXT", "what readers see" OTHERWISE("its name")}, \
        {"dvr", 0, false, "MINUTES", \
         "how far back viewers may go" OTHERWISE("240")}, \
        {"keep", 0, false, "DAYS", \
         "keep recordings of programmes so long; 0: make none" OTHERWISE( \
             "7")}, \
        {"keep-gb", 0, false, "GIGABYTES", \
         "the oldest go when they take more" OTHERWISE("50")}, \
        {"pull", 0, false, "ADDRESS", \
         "fetch the broadcast from srt://HOST:PORT?streamid=…, an encoder " \
         "or relay that waits to be called; '' ends that"}, \
        {"captions", 0, false, "LANGUAGES", \
         "which the captions in the pictures are in, as in cc1=en,cc3=fr; '' " \
         "takes that back"}, \
    { \
        "ladder", 0, false, "RENDITIONS", \
            "some of source,720p,360p,audio" OTHERWISE("source,360p,audio") \
    }

#define NAME_ARGUMENT \
    (const struct command_argument[]) \
    { \
        {.name = "NAME", .summary = "the channel's name"}, \
        { \
            0 \
        } \
    }

const struct command command_channel_add = {
    .name = "channel add",
    .summary = "make a television channel",
    .details = "Its page is /tv in every language; of further channels, "
               "/tv/NAME. What comes from the studio is let in by a key: "
               "'channel key add' makes one.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME",
             .summary = "stands in addresses: small letters, digits, hyphens"},
            {0}},
    .options = (const struct command_option[]){CHANNEL_OPTIONS(DEFAULT), {0}},
    .examples =
        (const struct command_example[]){
            {"channel add news --title 'First Channel'", "A channel"},
            {"channel add radio --ladder audio", "Sound alone"},
            {"channel add van --pull "
             "'srt://relay.example.org:9710?streamid=van'",
             "Fetched from an encoder that listens"},
            {0}},
    .run = run_add,
};

const struct command command_channel_change = {
    .name = "channel change",
    .summary = "set what a channel is called and how it is made",
    .details = "What is not given stays as it is.",
    .shared = COMMAND_DATA,
    .arguments = NAME_ARGUMENT,
    .options = (const struct command_option[]){CHANNEL_OPTIONS(AS_IT_IS), {0}},
    .examples =
        (const struct command_example[]){
            {"channel change news --title 'Channel One'", "Another title"},
            {"channel change news --dvr 120", "Two hours back"},
            {"channel change news --captions cc1=en,cc3=es",
             "Viewers are told which captions are in which language"},
            {"channel change news --keep 30 --keep-gb 400",
             "Programmes can be watched again for a month"},
            {0}},
    .run = run_change,
};

const struct command command_channel_list = {
    .name = "channel list",
    .summary = "list the channels, the main one first",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples = (const struct command_example[]){{"channel list", "All"}, {0}},
    .run = run_list,
};

const struct command command_channel_show = {
    .name = "channel show",
    .summary = "show a channel, its keys, what is on now and next",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments = NAME_ARGUMENT,
    .examples =
        (const struct command_example[]){{"channel show news", "One of them"},
                                         {0}},
    .run = run_show,
};

const struct command command_channel_status = {
    .name = "channel status",
    .summary = "tell how the channels of the running server do",
    .details = "What comes in, what is made of it, how loud it is, how many "
               "watch, and what troubles it.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples =
        (const struct command_example[]){{"channel status", "At a glance"},
                                         {"channel status --json", "All of it"},
                                         {0}},
    .run = run_status,
};

const struct command command_channel_remove = {
    .name = "channel remove",
    .summary = "remove a channel with its keys and programmes",
    .details = "What is on air, and what viewers may go back to, is gone. "
               "Recordings of programmes stay until their time is over, or "
               "'recording remove'.",
    .shared = COMMAND_DATA,
    .arguments = NAME_ARGUMENT,
    .examples =
        (const struct command_example[]){{"channel remove news", "For good"},
                                         {0}},
    .run = run_remove,
};
