// SPDX-License-Identifier: Apache-2.0
/* channel key add, list, revoke: what lets a studio in, and a captioner. */
#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/channel_telling.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_times.h"
#include "content/channel.h"

/* ---- add -------------------------------------------------------------------
 */

static enum err read_time(const struct command_line *line, struct edit *edit,
                          const char *name, int64_t *ret_time_us,
                          struct fault *fault)
{
    const char *text = command_value(line, name);
    return text ? article_times_parse(edit->db, name, str_from_c(text),
                                      ret_time_us, fault)
                : ERR_OK;
}

/* An empty one is a mistake, not none. */
static enum err read_passphrase(const struct command_line *line,
                                struct stream_key *key, struct fault *fault)
{
    const char *text = command_value(line, "passphrase");
    key->passphrase = text ? str_from_c(text) : STR("");
    return text && !*text
               ? fault_set(fault, ERR_INVALID, "passphrase",
                           "the passphrase is empty; leave --passphrase out "
                           "for a key without one")
               : ERR_OK;
}

static enum err add(const struct command_line *line, struct edit *edit,
                    struct stream_key *key, char text[STREAM_KEY_BYTES],
                    struct fault *fault)
{
    *key = (struct stream_key){
        .label = str_trim(str_from_c(command_value(line, "label")))};
    const char *role = command_value(line, "for");
    enum err err =
        role ? stream_key_role_parse(str_from_c(role), &key->role, fault)
             : ERR_OK;
    if (!err)
        err = command_number(line, "priority", 0, STREAM_KEY_PRIORITY_MAX, 0,
                             &key->priority, fault);
    if (!err)
        err = read_passphrase(line, key, fault);
    if (!err)
        err = read_time(line, edit, "from", &key->from_us, fault);
    if (!err)
        err = read_time(line, edit, "until", &key->until_us, fault);
    return err ? err
               : stream_key_add(edit, str_from_c(line->arguments[0]), key,
                                text);
}

static enum err tell_key(const struct command_line *line,
                         const struct stream_key *key, const char *text)
{
    if (command_flag(line, "json")) {
        json_t *object = stream_key_json(key);
        json_object_set_new(object, "key", json_string(text));
        return output_json(line->output, object);
    }
    output_printf(line->output, "%s\n", text);
    if (key->role == STREAM_KEY_CAPTIONS)
        output_tell(line->output,
                    "This is shown once and kept nowhere: give it to the "
                    "captioner now. To try it: curl -H 'Authorization: Bearer "
                    "KEY' --data-binary 'Good evening.' "
                    "https://HOST/live/%s/captions. To take it back: "
                    "broadsheet channel key revoke %s",
                    line->arguments[0], key->id.text);
    else
        output_tell(
            line->output,
            "This is shown once and kept nowhere: give it to the studio "
            "now. In OBS: %s. To take it back: broadsheet channel key "
            "revoke %s",
            key->passphrase.len
                ? "server srt://HOST:PORT?streamid=THIS&passphrase=THAT, "
                  "no stream key"
                : "server rtmp://HOST/live, this as the stream key",
            key->id.text);
    return ERR_OK;
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    char text[STREAM_KEY_BYTES];
    struct stream_key key;
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    DEFER(edit_end) struct edit edit = {0};
    err = newspaper_edit(&edit, content, fault);
    if (!err)
        err = add(line, &edit, &key, text, fault);
    key.label = err ? STR("") : arena_copy(line->arena, key.label);
    if (!err)
        err = newspaper_commit(line, &edit, fault);
    return err ? err : tell_key(line, &key, text);
}

/* ---- list ------------------------------------------------------------------
 */

static struct str state_of(struct arena *arena, const struct stream_key *key,
                           int64_t now_us)
{
    if (key->revoked_us)
        return arena_printf(arena, "revoked %.*s",
                            ARG_STR(telling_time(arena, key->revoked_us)));
    if (key->until_us && key->until_us <= now_us)
        return arena_printf(arena, "over since %.*s",
                            ARG_STR(telling_time(arena, key->until_us)));
    if (key->from_us > now_us)
        return arena_printf(arena, "good from %.*s",
                            ARG_STR(telling_time(arena, key->from_us)));
    if (key->until_us)
        return arena_printf(arena, "good until %.*s",
                            ARG_STR(telling_time(arena, key->until_us)));
    return STR("good");
}

static struct str name_of(const struct channel_list *channels,
                          const struct id *id)
{
    for (size_t i = 0; i < channels->count; i++)
        if (str_eq(id_str(&channels->channels[i].id), id_str(id)))
            return channels->channels[i].name;
    return STR("");
}

static enum err list_table(const struct command_line *line,
                           const struct channel_list *channels,
                           const struct stream_key_list *list)
{
    static const char *const heads[] = {"id",    "channel", "for", "priority",
                                        "state", "label",   NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    int64_t now_us = time_now_us();
    for (size_t i = 0; i < list->count; i++) {
        const struct stream_key *key = &list->keys[i];
        output_table_cell(&table, id_str(&key->id));
        output_table_cell(&table, name_of(channels, &key->channel));
        output_table_cell(&table, stream_key_roles[key->role]);
        output_table_cell(&table, arena_printf(line->arena, "%lld",
                                               (long long)key->priority));
        output_table_cell(&table, state_of(line->arena, key, now_us));
        output_table_cell(&table, key->label);
    }
    return output_table_write(&table, line->output);
}

static enum err list_json(const struct command_line *line,
                          const struct channel_list *channels,
                          const struct stream_key_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        struct str name = name_of(channels, &list->keys[i].channel);
        json_t *object = stream_key_json(&list->keys[i]);
        json_object_set_new(object, "channel",
                            json_stringn(name.ptr, name.len));
        json_array_append_new(array, object);
    }
    return output_json(line->output, array);
}

static enum err find_wanted(const struct command_line *line,
                            const struct channel_list *channels,
                            const struct id **ret_id, struct fault *fault)
{
    *ret_id = NULL;
    if (!line->argument_count)
        return ERR_OK;
    struct str name = str_from_c(line->arguments[0]);
    for (size_t i = 0; i < channels->count; i++)
        if (str_eq(channels->channels[i].name, name))
            *ret_id = &channels->channels[i].id;
    return *ret_id ? ERR_OK : channel_unknown(fault, name);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct channel_list channels;
    struct stream_key_list list;
    const struct id *wanted;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = channel_all(lease.db, line->arena, &channels);
    if (err)
        return db_fault(lease.db, err, fault);
    err = find_wanted(line, &channels, &wanted, fault);
    if (err)
        return err;
    err = stream_key_all(lease.db, wanted, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? list_json(line, &channels, &list)
                                      : list_table(line, &channels, &list);
}

/* ---- revoke ----------------------------------------------------------------
 */

static enum err revoke(const struct command_line *line, struct edit *edit,
                       struct fault *fault)
{
    struct id id;
    if (id_parse(str_from_c(line->arguments[0]), &id))
        return fault_set(fault, ERR_INVALID, "ID",
                         "that is no id of a key: 13 digits such as "
                         "62f9f7d471fdc, as 'broadsheet channel key list' "
                         "tells; the key itself is not needed");
    return stream_key_revoke(edit, &id);
}

static enum err run_revoke(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, revoke, fault);
}

/* ---- The commands ----------------------------------------------------------
 */

const struct command command_channel_key_add = {
    .name = "channel key add",
    .summary = "make a key with which a studio feeds the channel, or a "
               "captioner writes",
    .details =
        "The key is told once and kept nowhere. A feed with a higher priority "
        "takes the air from a lower one; the same key takes it over from "
        "itself.\n\n" ARTICLE_TIMES_HELP ".",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME", .summary = "the channel's name"}, {0}},
    .options =
        (const struct command_option[]){
            {"label", 0, false, "TEXT", "whose it is"},
            {"for", 0, false, "USE",
             "feed, or captions: a captioner's tool sends lines with it "
             "(default: feed)"},
            {"priority", 0, false, "NUMBER", "0 to 100 (default: 0)"},
            {"from", 0, false, "TIME", "it is good from then (default: now)"},
            {"until", 'x', false, "TIME", "and until then (default: for good)"},
            {"passphrase", 0, false, "TEXT",
             "it is good for SRT alone, encrypted by this"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"channel key add news --label 'Studio A'", "For the main studio"},
            {"channel key add news --label 'OB van' --priority 10 --until "
             "'2030-01-02 00:00'",
             "For one day, before the studio"},
            {"channel key add news --for captions --label 'Nino'",
             "For whoever writes the captions"},
            {"channel key add news --label 'OB van' --passphrase 'a long "
             "sentence'",
             "For SRT over the internet"},
            {0}},
    .run = run_add,
};

const struct command command_channel_key_list = {
    .name = "channel key list",
    .summary = "list the keys; not what they are",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME",
             .summary = "of this channel (default: of all)",
             .optional = true},
            {0}},
    .examples =
        (const struct command_example[]){{"channel key list", "All"}, {0}},
    .run = run_list,
};

const struct command command_channel_key_revoke = {
    .name = "channel key revoke",
    .summary = "take a key back; who feeds with it is cut off",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID",
             .summary = "of the key, as 'channel key list' tells"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"channel key revoke 62f9f7d471fdc", "Within a second"}, {0}},
    .run = run_revoke,
};
