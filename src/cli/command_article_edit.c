// SPDX-License-Identifier: Apache-2.0
/* article new, edit, publish, withdraw, correct: changing articles. */
#include <errno.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/time.h"
#include "cli/article_change.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/article_members.h"
#include "content/article_story.h"
#include "content/article_times.h"
#include "content/json_members.h"
#include "content/schedule.h"
#include "content/settings.h"
#include "content/workflow.h"
#include "render/document.h"

#define ID_ARGUMENT \
    { \
        .name = "ID", .summary = "its id, or its address" \
    }

/* ---- publish, withdraw, correct --------------------------------------------
 */

static enum err publish(struct article_change *change)
{
    const char *at = command_value(change->line, "at");
    int64_t time_us = 0;
    enum err err = ERR_OK;
    if (at)
        err = article_times_parse(change->edit.db, "at", str_from_c(at),
                                  &time_us, change->fault);
    if (err)
        return err;
    if (time_us > change->edit.time_us)
        return article_schedule(&change->edit, &change->id, time_us);
    return article_change_publish(change, time_us);
}

static enum err withdraw(struct article_change *change)
{
    const char *reason = command_value(change->line, "reason");
    if (!reason || !*reason)
        return fault_set(change->fault, ERR_USAGE, "reason",
                         "readers are told why: --reason TEXT, as in: "
                         "broadsheet %s",
                         change->line->command->examples[0].line);
    return article_withdraw(&change->edit, &change->id, str_from_c(reason),
                            str_from_c(command_value(change->line, "target")),
                            0);
}

static enum err correct(struct article_change *change)
{
    return correction_add(&change->edit, &change->id,
                          str_from_c(change->line->arguments[1]), 0);
}

/* ---- new, edit -------------------------------------------------------------
 */

/* The whole of standard input. */
static enum err read_input(struct arena *arena, struct str *ret_bytes,
                           struct fault *fault)
{
    DEFER(buf_finish) struct buf input;
    buf_init(&input, DOCUMENT_JSON_BYTES_MAX);
    char piece[16 * 1024];
    ssize_t n;
    while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0)
        buf_add_bytes(&input, piece, (size_t)n);
    if (n < 0)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot read standard input: %s", strerror(errno));
    enum err err = buf_err(&input);
    if (err)
        return fault_set(fault, err, NULL,
                         "standard input is longer than an article may be");
    *ret_bytes = arena_copy(arena, buf_str(&input));
    return ERR_OK;
}

/* Once: standard input has nothing more for a second try. */
static enum err read_object(struct article_change *change, const char *path)
{
    if (change->input)
        return ERR_OK;
    struct str text;
    struct arena *arena = change->line->arena;
    enum err err = strcmp(path, "-") == 0
                       ? read_input(arena, &text, change->fault)
                       : file_read(path, DOCUMENT_JSON_BYTES_MAX, arena, &text,
                                   change->fault);
    if (err)
        return err;
    struct json_text_fault found;
    change->input = json_text_read(text, &found);
    if (change->input)
        return ERR_OK;
    return fault_set(change->fault, ERR_INVALID, NULL,
                     "%s: line %d, column %d: not JSON: %s", path, found.line,
                     found.column, found.cause);
}

/* "translates": an article whose story this one tells in another language. */
static enum err read_story(struct article_change *change, const json_t *object,
                           struct article_input *input)
{
    const json_t *translates = json_object_get(object, "translates");
    if (!translates)
        return ERR_OK;
    struct id id;
    if (!json_is_string(translates))
        return fault_set(change->fault, ERR_INVALID, "translates",
                         "translates has to be the id or address of an "
                         "article");
    enum err err =
        newspaper_parse_id(json_string_value(translates), &id, change->fault);
    if (err)
        return err;
    return article_story_find(&change->edit, &input->id,
                              input->content.language, &id, &input->story);
}

static const struct json_members of_article = {
    .what = "an article",
    .lists = {article_members, article_times_members,
              JSON_MEMBERS("translates")},
    .told = article_members_told,
    .help = "broadsheet help article new",
};

/* Reads the file over content, saves it, publishes it when asked to. */
static enum err save(struct article_change *change, struct article_input *input,
                     const char *path)
{
    enum err err = read_object(change, path);
    const json_t *object = change->input;
    if (!err)
        err = json_members_check(object, &of_article, change->fault);
    if (!err)
        err = article_members_read(object, change->edit.db, change->line->arena,
                                   &input->content, change->fault);
    if (!err)
        err = read_story(change, object, input);
    int64_t revision;
    if (!err)
        err = article_save(&change->edit, input, &change->id, &revision);
    if (!err)
        err = article_times_read(object, &change->edit, &change->id,
                                 change->fault);
    if (!err && command_flag(change->line, "publish"))
        err = article_change_publish(change, 0);
    return err;
}

static enum err make_new(struct article_change *change)
{
    struct article_input input = {0};
    enum err err = setting_get(change->edit.db, STR("language"), STR(""),
                               change->line->arena, &input.content.language);
    return err ? err : save(change, &input, change->line->arguments[0]);
}

static enum err edit_it(struct article_change *change)
{
    struct article_input input = {.id = change->id};
    enum err err = article_content_load(change->edit.db, &change->id, 0,
                                        change->line->arena, &input.content);
    return err ? err : save(change, &input, change->line->arguments[1]);
}

/* ---- The commands ----------------------------------------------------------
 */

static enum err run_publish(const struct command_line *line,
                            struct fault *fault)
{
    return article_change_run(line, true, publish, fault);
}

static enum err run_withdraw(const struct command_line *line,
                             struct fault *fault)
{
    return article_change_run(line, true, withdraw, fault);
}

static enum err run_correct(const struct command_line *line,
                            struct fault *fault)
{
    return article_change_run(line, true, correct, fault);
}

static enum err run_new(const struct command_line *line, struct fault *fault)
{
    return article_change_run(line, false, make_new, fault);
}

static enum err run_edit(const struct command_line *line, struct fault *fault)
{
    return article_change_run(line, true, edit_it, fault);
}

const struct command command_article_publish = {
    .name = "article publish",
    .summary = "show an article's newest revision to readers",
    .details = "When the newspaper is being served, readers see it when the "
               "command ends; pictures that are not made yet are made "
               "first. A time that lies ahead schedules it; under "
               "embargo it is scheduled for the end of that.",
    .shared = COMMAND_DATA,
    .arguments = (const struct command_argument[]){ID_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            {"at", 0, false, "TIME",
             "its time of publication: '2026-08-15 15:00', in the newspaper's "
             "zone, or with an offset"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article publish 62f9f7d471fdc", "Now"},
            {"article publish 62f9f7d471fdc --at 2030-01-01T06:00:00+04:00",
             "Later, by itself"},
            {0}},
    .run = run_publish,
};

const struct command command_article_withdraw = {
    .name = "article withdraw",
    .summary = "take an article back; its address then tells why",
    .shared = COMMAND_DATA,
    .arguments = (const struct command_argument[]){ID_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            {"reason", 'r', false, "TEXT", "why, for readers"},
            {"target", 't', false, "PATH", "where its address leads instead"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article withdraw 62f9f7d471fdc --reason 'The report was wrong.'",
             "Its address answers that it is gone, and why"},
            {0}},
    .run = run_withdraw,
};

const struct command command_article_correct = {
    .name = "article correct",
    .summary = "add a note of what was wrong in an article",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            ID_ARGUMENT,
            {.name = "TEXT", .summary = "what was wrong, and what is right"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article correct 62f9f7d471fdc 'The bridge is 40 m long, not "
             "400.'",
             "Shown on its page and in feeds"},
            {0}},
    .run = run_correct,
};

const struct command command_article_new = {
    .name = "article new",
    .summary = "make an article of a JSON file, and tell its id",
    .details =
        "The file has the members that 'article show --json' tells: headline, "
        "standfirst, language, categories (paths), tags, bylines, source, … "
        "and body (a document) or text (plain, an empty line parts "
        "paragraphs). Times as 'article schedule' takes them: scheduled, "
        "embargoed (with embargoed_reason), expires. translates names an "
        "article, by its id or address, that is the same in another language. "
        "What else 'article show' tells is passed over; any other member is "
        "refused.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "FILE", .summary = "the JSON file, or - to be piped in"},
            {0}},
    .options =
        (const struct command_option[]){
            {"publish", 'p', false, NULL, "publish it at once"}, {0}},
    .examples =
        (const struct command_example[]){
            {"article new story.json", "A draft"},
            {"article new --publish - < story.json", "Published at once"},
            {0}},
    .run = run_new,
};

const struct command command_article_edit = {
    .name = "article edit",
    .summary = "change an article by a JSON file",
    .details = "Members that the file lacks stay as they are; see 'article "
               "new' for what it may have.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            ID_ARGUMENT,
            {.name = "FILE", .summary = "the JSON file, or - to be piped in"},
            {0}},
    .options =
        (const struct command_option[]){
            {"publish", 'p', false, NULL, "publish the change at once"}, {0}},
    .examples =
        (const struct command_example[]){
            {"article edit 62f9f7d471fdc change.json", "A new revision"},
            {"article edit 62f9f7d471fdc --publish - < change.json",
             "Published at once"},
            {0}},
    .run = run_edit,
};
