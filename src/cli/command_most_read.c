// SPDX-License-Identifier: Apache-2.0
/* article most-read: what readers read. */
#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/category.h"
#include "content/most_read.h"

#include <jansson.h>

enum { STANDARD = 10 };

struct asked {
    const struct command_line *line;
    struct db *db;
    struct most_read of;
    struct category category;
    enum views_period period;
    int64_t limit;
    struct fault *fault;
};

static enum err read_category(struct asked *asked)
{
    const char *path = command_value(asked->line, "category");
    if (!path)
        return ERR_OK;
    enum err err =
        category_find(asked->db, asked->of.language, str_from_c(path),
                      asked->line->arena, &asked->category);
    if (err == ERR_NOT_FOUND)
        return fault_set(asked->fault, err, "category",
                         "there is no category '%s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         path, ARG_STR(asked->of.language));
    if (err)
        return db_fault(asked->db, err, asked->fault);
    asked->of.category = &asked->category.id;
    return ERR_OK;
}

static enum err read_asked(struct asked *asked)
{
    const struct command_line *line = asked->line;
    const char *period = line->argument_count ? line->arguments[0]
                                              : views_period_name(VIEWS_DAY);
    if (views_period_parse(str_from_c(period), &asked->period))
        return fault_set(asked->fault, ERR_USAGE, "PERIOD",
                         "'%s' is no period; say hour, day or week", period);
    enum err err = command_number(line, "limit", 1, MOST_READ_MAX, STANDARD,
                                  &asked->limit, asked->fault);
    if (!err)
        err = newspaper_language(line, asked->db, &asked->of.language,
                                 asked->fault);
    return err ? err : read_category(asked);
}

static void add_number(struct output_table *table, struct arena *arena,
                       int64_t number)
{
    output_table_cell(table, arena_printf(arena, "%lld", (long long)number));
}

static enum err print_table(const struct asked *asked,
                            const struct most_read_list *list)
{
    const char *const heads[] = {views_period_name(asked->period), "ever", "id",
                                 "headline", NULL};
    struct arena *arena = asked->line->arena;
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct most_read_entry *entry = &list->entries[i];
        add_number(&table, arena, entry->views);
        add_number(&table, arena, entry->card.views);
        output_table_cell(&table, id_str(&entry->card.id));
        output_table_cell(&table, entry->card.headline);
    }
    return output_table_write(&table, asked->line->output);
}

static enum err print_json(const struct asked *asked,
                           const struct most_read_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct most_read_entry *entry = &list->entries[i];
        const struct article_card *card = &entry->card;
        json_array_append_new(
            array, json_pack("{s:s, s:s%, s:s%, s:I, s:I}", "id", card->id.text,
                             "language", card->language.ptr, card->language.len,
                             "headline", card->headline.ptr, card->headline.len,
                             "views", (json_int_t)entry->views, "views_ever",
                             (json_int_t)card->views));
    }
    return output_json(asked->line->output, array);
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct asked asked = {.line = line, .db = lease.db, .fault = fault};
    struct most_read_list list;
    err = read_asked(&asked);
    if (err)
        return err;
    err = most_read_of(lease.db, &asked.of, asked.period, (size_t)asked.limit,
                       line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    if (command_flag(line, "json"))
        return print_json(&asked, &list);
    if (!list.count)
        output_tell(line->output, "Nothing was read in that time.");
    return print_table(&asked, &list);
}

const struct command command_article_most_read = {
    .name = "article most-read",
    .summary = "tell which articles are read most, of late",
    .details = "A period is whole hours and the one that runs. Each reader of "
               "an article counts once in half an hour; robots do not count. "
               "The list of a category is found among the 300 articles of "
               "the language that are read most and its own 300 newest.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "PERIOD",
             .summary = "hour, day or week (default: day)",
             .optional = true},
            {0}},
    .options =
        (const struct command_option[]){
            {"language", 'l', false, "CODE",
             "of this language (default: the newspaper's first)"},
            {"category", 'c', false, "PATH", "only those in or below it"},
            {"limit", 'n', false, "N", "at most so many (default: 10)"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article most-read", "What people read today"},
            {"article most-read week --category politics --json",
             "The week in politics, for programs"},
            {0}},
    .run = run,
};
