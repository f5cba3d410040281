// SPDX-License-Identifier: Apache-2.0
/* language list, add, remove. */
#include <jansson.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/language_words.h"
#include "cli/newspaper.h"
#include "content/language.h"

/* ---- list ------------------------------------------------------------------
 */

static enum err print_json(const struct command_line *line,
                           const struct language_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct language *language = &list->languages[i];
        json_array_append_new(
            array, json_pack("{s:s%, s:s%, s:b}", "code", language->code.ptr,
                             language->code.len, "name", language->name.ptr,
                             language->name.len, "rtl", language->rtl));
    }
    return output_json(line->output, array);
}

static enum err print_table(const struct command_line *line,
                            const struct language_list *list)
{
    static const char *const heads[] = {"code", "name", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        output_table_cell(&table, list->languages[i].code);
        output_table_cell(&table, list->languages[i].name);
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
    struct language_list list;
    err = language_list(lease.db, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? print_json(line, &list)
                                      : print_table(line, &list);
}

const struct command command_language_list = {
    .name = "language list",
    .summary = "tell the languages the newspaper appears in",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples =
        (const struct command_example[]){{"language list", "The languages"},
                                         {0}},
    .run = run_list,
};

/* ---- add, remove -----------------------------------------------------------
 */

/* A language goes behind those that are there; one that is there stays where
 * it is. */
static enum err add(const struct command_line *line, struct edit *edit,
                    struct fault *fault)
{
    (void)fault;
    struct language_list list;
    enum err err = language_list(edit->db, line->arena, &list);
    if (err)
        return err;
    struct language language = {
        .code = str_from_c(line->arguments[0]),
        .name = str_from_c(command_value(line, "name")),
        .position = (int64_t)list.count,
    };
    for (size_t i = 0; i < list.count; i++) {
        if (str_eq_ascii_case(list.languages[i].code, language.code))
            language.position = list.languages[i].position;
    }
    return language_save(edit, &language);
}

static enum err remove_it(const struct command_line *line, struct edit *edit,
                          struct fault *fault)
{
    (void)fault;
    return language_remove(edit, str_from_c(line->arguments[0]));
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    enum err err = newspaper_change(line, add, fault);
    return err ? err
               : language_tell_words(line, str_from_c(line->arguments[0]),
                                     fault);
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return newspaper_change(line, remove_it, fault);
}

const struct command command_language_add = {
    .name = "language add",
    .summary = "let the newspaper appear in one more language",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "CODE", .summary = "its code, such as ka or pt-br"}, {0}},
    .options =
        (const struct command_option[]){
            {"name", 'n', false, "NAME",
             "how menus call it (default: its own name in itself)"},
            {0}},
    .examples =
        (const struct command_example[]){{"language add ka", "Georgian, too"},
                                         {0}},
    .run = run_add,
};

const struct command command_language_remove = {
    .name = "language remove",
    .summary = "take away a language that no article is in",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "CODE", .summary = "its code, such as ka"}, {0}},
    .examples =
        (const struct command_example[]){
            {"language remove ka", "No Georgian any more"}, {0}},
    .run = run_remove,
};
