// SPDX-License-Identifier: Apache-2.0
/* article schedule: when an article appears, from when it may, until when. */
#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_times.h"
#include "content/schedule.h"

/* The members of article_times_read, from the words of the command. */
static enum err read_words(const struct command_line *line, json_t **ret_object,
                           struct fault *fault)
{
    static const struct {
        const char *option;
        const char *member;
    } options[] = {
        {"embargo", "embargoed"},
        {"reason", "embargoed_reason"},
        {"expires", "expires"},
    };
    json_t *object = json_object();
    if (line->argument_count > 1)
        json_object_set_new(object, "scheduled",
                            json_string(line->arguments[1]));
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const char *value = command_value(line, options[i].option);
        if (value)
            json_object_set_new(object, options[i].member, json_string(value));
    }
    *ret_object = object;
    if (json_object_size(object))
        return ERR_OK;
    return fault_set(fault, ERR_USAGE, "TIME",
                     "say when, as in: broadsheet article schedule %s "
                     "'2030-01-01 06:00'",
                     line->arguments[0]);
}

static void drop_json(json_t **value)
{
    json_decref(*value);
}

static enum err set_times(const struct command_line *line, const struct id *id,
                          struct edit *edit, struct fault *fault)
{
    DEFER(drop_json) json_t *object = NULL;
    enum err err = read_words(line, &object, fault);
    if (!err)
        err = article_times_read(object, edit, id, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "ID",
                         "there is no article %s; 'broadsheet article list' "
                         "tells which there are",
                         id->text);
    return err;
}

static enum err run_schedule(const struct command_line *line,
                             struct fault *fault)
{
    struct id id;
    enum err err = newspaper_parse_id(line->arguments[0], &id, fault);
    DEFER(newspaper_close) struct content *content = NULL;
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    DEFER(edit_end) struct edit edit = {0};
    if (!err)
        err = newspaper_edit(&edit, content, fault);
    if (!err)
        err = set_times(line, &id, &edit, fault);
    if (!err)
        err = newspaper_commit(line, &edit, fault);
    if (!err)
        output_printf(line->output, "%s\n", id.text);
    return err;
}

const struct command command_article_schedule = {
    .name = "article schedule",
    .summary = "say when an article appears, not before when, and until when",
    .details = ARTICLE_TIMES_HELP
    "; 'none' takes it back.\n\n"
    "The article is published at TIME while the newspaper is served, or as "
    "soon as it is served again. Under embargo nothing of it reaches "
    "readers: publishing it schedules it for the end of the embargo. When "
    "it expires it is withdrawn, and its address says that it was "
    "available until then.\n\n"
    "An article that cannot be published at its time stays scheduled and "
    "is tried again; 'article list' tells the cause.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "its id, or its address"},
            {.name = "TIME", .summary = "when it appears", .optional = true},
            {0}},
    .options =
        (const struct command_option[]){
            {"embargo", 'e', false, "TIME", "nothing of it appears before"},
            {"reason", 'r', false, "TEXT", "why there is an embargo"},
            {"expires", 'x', false, "TIME", "it is withdrawn then"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article schedule 62f9f7d471fdc '2030-01-01 06:00'",
             "It appears at six in the morning"},
            {"article schedule 62f9f7d471fdc none", "It waits again"},
            {"article schedule 62f9f7d471fdc --embargo '2030-01-01 06:00'",
             "Whoever publishes it earlier schedules it for then"},
            {"article schedule 62f9f7d471fdc --expires '2030-02-01 00:00'",
             "It is withdrawn at the end of January"},
            {0}},
    .run = run_schedule,
};
