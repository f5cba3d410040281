// SPDX-License-Identifier: Apache-2.0
/* settings list, get, set, unset. */
#include <jansson.h>

#include "base/arena.h"
#include "base/suggest.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/settings.h"

static const struct command_option options[] = {
    {"language", 'l', false, "CODE",
     "as this language has it (default: for all of them)"},
    {0}};

static struct str asked_language(const struct command_line *line)
{
    return str_from_c(command_value(line, "language"));
}

static enum err refuse_name(const char *name, struct fault *fault)
{
    struct suggestion suggestion = suggestion_for(name);
    for (size_t i = 0; i < SETTING_COUNT; i++)
        suggestion_offer(&suggestion, setting_table[i].name);
    if (suggestion.best)
        return fault_set(fault, ERR_NOT_FOUND, "NAME",
                         "there is no setting '%s'; did you mean '%s'?", name,
                         suggestion.best);
    return fault_set(fault, ERR_NOT_FOUND, "NAME",
                     "there is no setting '%s'; 'broadsheet settings list' "
                     "tells them all",
                     name);
}

/* ---- list ------------------------------------------------------------------
 */

static enum err read_all(const struct command_line *line, struct db *db,
                         struct str values[SETTING_COUNT], struct fault *fault)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        enum err err =
            setting_get(db, str_from_c(setting_table[i].name),
                        asked_language(line), line->arena, &values[i]);
        if (err)
            return db_fault(db, err, fault);
    }
    return ERR_OK;
}

static enum err print_json(const struct command_line *line,
                           const struct str values[SETTING_COUNT])
{
    json_t *object = json_object();
    for (size_t i = 0; i < SETTING_COUNT; i++)
        json_object_set_new(object, setting_table[i].name,
                            json_stringn(values[i].ptr, values[i].len));
    return output_json(line->output, object);
}

static enum err print_table(const struct command_line *line,
                            const struct str values[SETTING_COUNT])
{
    static const char *const heads[] = {"name", "value", "what it is", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        output_table_cell(&table, str_from_c(setting_table[i].name));
        output_table_cell(&table, values[i]);
        output_table_cell(&table, str_from_c(setting_table[i].description));
    }
    return output_table_write(&table, line->output);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct str values[SETTING_COUNT];
    err = read_all(line, lease.db, values, fault);
    if (err)
        return err;
    return command_flag(line, "json") ? print_json(line, values)
                                      : print_table(line, values);
}

const struct command command_settings_list = {
    .name = "settings list",
    .summary = "tell all settings and what they are",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options = options,
    .examples =
        (const struct command_example[]){
            {"settings list", "All settings"},
            {"settings list --language ka", "As Georgian pages have them"},
            {0}},
    .run = run_list,
};

/* ---- get -------------------------------------------------------------------
 */

static enum err run_get(const struct command_line *line, struct fault *fault)
{
    const char *name = line->arguments[0];
    const struct setting *setting = setting_find(str_from_c(name));
    if (!setting)
        return refuse_name(name, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct str value;
    err = setting_get(lease.db, str_from_c(setting->name), asked_language(line),
                      line->arena, &value);
    if (err)
        return db_fault(lease.db, err, fault);
    if (command_flag(line, "json"))
        return output_json(line->output, json_stringn(value.ptr, value.len));
    output_printf(line->output, "%.*s\n", ARG_STR(value));
    return ERR_OK;
}

const struct command command_settings_get = {
    .name = "settings get",
    .summary = "tell one setting",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME", .summary = "the setting, such as zone"}, {0}},
    .options = options,
    .examples =
        (const struct command_example[]){
            {"settings get zone", "The time zone"},
            {"settings get name -l ka", "The name on Georgian pages"},
            {0}},
    .run = run_get,
};

/* ---- set, unset ------------------------------------------------------------
 */

/* value NULL: back to the default. */
static enum err change(const struct command_line *line, const char *value,
                       struct fault *fault)
{
    const char *name = line->arguments[0];
    const struct setting *setting = setting_find(str_from_c(name));
    if (!setting)
        return refuse_name(name, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    DEFER(edit_end) struct edit edit = {0};
    err = newspaper_edit(&edit, content, fault);
    if (err)
        return err;
    struct str key = str_from_c(setting->name);
    err = value
              ? setting_set(&edit, key, asked_language(line), str_from_c(value))
              : setting_unset(&edit, key, asked_language(line));
    return err ? err : newspaper_commit(line, &edit, fault);
}

static enum err run_set(const struct command_line *line, struct fault *fault)
{
    return change(line, line->arguments[1], fault);
}

static enum err run_unset(const struct command_line *line, struct fault *fault)
{
    return change(line, NULL, fault);
}

const struct command command_settings_set = {
    .name = "settings set",
    .summary = "change a setting",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME", .summary = "the setting, such as zone"},
            {.name = "VALUE", .summary = "what it becomes"},
            {0}},
    .options = options,
    .examples =
        (const struct command_example[]){
            {"settings set zone Asia/Tbilisi", "The time zone of all dates"},
            {"settings set tagline 'ამბები' -l ka",
             "The line under the name, on Georgian pages"},
            {0}},
    .run = run_set,
};

const struct command command_settings_unset = {
    .name = "settings unset",
    .summary = "put a setting back to its default",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME", .summary = "the setting, such as zone"}, {0}},
    .options = options,
    .examples =
        (const struct command_example[]){
            {"settings unset tagline -l ka",
             "Georgian pages show what all others show"},
            {0}},
    .run = run_unset,
};
