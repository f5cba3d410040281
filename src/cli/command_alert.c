// SPDX-License-Identifier: Apache-2.0
/* alert set, clear, show: breaking news. */
#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/alert.h"
#include "content/article_list.h"
#include "content/article_times.h"

#define LANGUAGE_OPTION \
    { \
        "language", 'l', false, "CODE", \
            "in this language (default: the newspaper's)" \
    }

/* ---- show ------------------------------------------------------------------
 */

static void set_time(json_t *object, const char *name, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    json_object_set_new(object, name,
                        time_us ? json_string(text) : json_null());
}

static enum err print_json(const struct command_line *line,
                           const struct alert_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct alert *alert = &list->alerts[i];
        json_t *object = json_pack(
            "{s:s%, s:s%, s:s%, s:s%, s:s%}", "language", alert->language.ptr,
            alert->language.len, "id", alert->id.text, (size_t)ID_LEN, "label",
            alert->label.ptr, alert->label.len, "text", alert->text.ptr,
            alert->text.len, "url", alert->url.ptr, alert->url.len);
        set_time(object, "set", alert->set_us);
        set_time(object, "until", alert->until_us);
        json_array_append_new(array, object);
    }
    return output_json(line->output, array);
}

static enum err print_table(const struct command_line *line,
                            const struct alert_list *list)
{
    static const char *const heads[] = {"language", "label", "text",
                                        "url",      "until", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct alert *alert = &list->alerts[i];
        char until[TIME_RFC3339_BYTES] = "";
        if (alert->until_us)
            time_format_rfc3339(alert->until_us, until);
        output_table_cell(&table, alert->language);
        output_table_cell(&table, alert->label);
        output_table_cell(&table, alert->text);
        output_table_cell(&table, alert->url);
        output_table_cell(&table, arena_copy(line->arena, str_from_c(until)));
    }
    return output_table_write(&table, line->output);
}

static enum err run_show(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct alert_list list;
    err = alert_all(lease.db, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? print_json(line, &list)
                                      : print_table(line, &list);
}

/* ---- set, clear ------------------------------------------------------------
 */

/* The address of an article that readers see. */
static enum err article_url(struct edit *edit, const char *text,
                            struct alert *alert, struct arena *arena,
                            struct fault *fault)
{
    struct id id;
    struct article_card card;
    enum err err = newspaper_parse_id(text, &id, fault);
    if (err)
        return err;
    err = article_card_load(edit->db, &id, arena, &card);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "article",
                         "readers see no article %s; publish it first",
                         id.text);
    if (err)
        return db_fault(edit->db, err, fault);
    if (!str_eq(card.language, alert->language))
        return fault_set(fault, ERR_INVALID, "article",
                         "article %s is in '%" PRI_STR
                         "', the breaking news in '%" PRI_STR "'",
                         id.text, ARG_STR(card.language),
                         ARG_STR(alert->language));
    alert->url = article_path(arena, card.language, card.slug, id_str(&id));
    return ERR_OK;
}

static enum err read_alert(const struct command_line *line, struct edit *edit,
                           struct alert *alert, struct fault *fault)
{
    const char *article = command_value(line, "article");
    const char *until = command_value(line, "until");
    *alert = (struct alert){
        .text = str_trim(str_from_c(line->arguments[0])),
        .label = str_from_c(command_value(line, "label")),
        .url = str_from_c(command_value(line, "url")),
    };
    if (article && alert->url.len)
        return fault_set(fault, ERR_USAGE, "url",
                         "--article and --url contradict each other: it leads "
                         "to one of them");
    enum err err = newspaper_language(line, edit->db, &alert->language, fault);
    if (!err && article)
        err = article_url(edit, article, alert, line->arena, fault);
    if (!err && until)
        err = article_times_parse(edit->db, "until", str_from_c(until),
                                  &alert->until_us, fault);
    return err;
}

static enum err set(const struct command_line *line, struct edit *edit,
                    struct fault *fault)
{
    struct alert alert;
    enum err err = read_alert(line, edit, &alert, fault);
    return err ? err : alert_set(edit, &alert);
}

static enum err clear(const struct command_line *line, struct edit *edit,
                      struct fault *fault)
{
    struct str language;
    enum err err = newspaper_language(line, edit->db, &language, fault);
    return err ? err : alert_clear(edit, language);
}

static enum err run_set(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, set, fault);
}

static enum err run_clear(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, clear, fault);
}

/* ---- The commands ----------------------------------------------------------
 */

const struct command command_alert_set = {
    .name = "alert set",
    .summary = "put breaking news above every page",
    .details =
        "It comes to pages that are open at once. It takes the place of the "
        "one that is there in its language; whoever put that one away sees the "
        "new one.\n\n" ARTICLE_TIMES_HELP ".",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "TEXT", .summary = "what happened, in one line"}, {0}},
    .options =
        (const struct command_option[]){
            {"article", 'a', false, "ID", "it leads to this article"},
            {"url", 'u', false, "ADDRESS", "it leads there, such as /en/tv"},
            {"until", 'x', false, "TIME", "it goes by itself then"},
            {"label", 0, false, "WORD",
             "before the text, in place of Breaking"},
            LANGUAGE_OPTION,
            {0}},
    .examples =
        (const struct command_example[]){
            {"alert set 'Parliament has been dissolved' --article "
             "62f9f7d471fdc",
             "One line, and where to read more"},
            {"alert set 'Polls close at 20:00' --url /en/tv --until "
             "'2030-01-01 20:00'",
             "It goes by itself"},
            {0}},
    .run = run_set,
};

const struct command command_alert_clear = {
    .name = "alert clear",
    .summary = "take the breaking news away",
    .shared = COMMAND_DATA,
    .options = (const struct command_option[]){LANGUAGE_OPTION, {0}},
    .examples =
        (const struct command_example[]){
            {"alert clear", "In the newspaper's language"},
            {"alert clear --language ka", "In Georgian"},
            {0}},
    .run = run_clear,
};

const struct command command_alert_show = {
    .name = "alert show",
    .summary = "tell the breaking news of every language",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples =
        (const struct command_example[]){{"alert show", "What stands there"},
                                         {0}},
    .run = run_show,
};
