// SPDX-License-Identifier: Apache-2.0
/* category list, add, rename, move, remove. */
#include <jansson.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "exchange/category_input.h"

#define LANGUAGE_OPTION \
    { \
        "language", 'l', false, "CODE", \
            "in this language (default: the newspaper's)" \
    }

static enum err find(struct db *db, struct str language, const char *path,
                     struct arena *arena, struct category *ret_category,
                     struct fault *fault)
{
    enum err err =
        category_find(db, language, str_from_c(path), arena, ret_category);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "PATH",
                         "there is no category '%s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         path, ARG_STR(language));
    return err ? db_fault(db, err, fault) : ERR_OK;
}

/* ---- list ------------------------------------------------------------------
 */

static json_t *category_json(const struct category *category)
{
    json_t *object = json_pack(
        "{s:s%, s:s%, s:s%, s:s%}", "id", category->id.text, (size_t)ID_LEN,
        "path", category->path.ptr, category->path.len, "name",
        category->name.ptr, category->name.len, "description",
        category->description.len ? category->description.ptr : "",
        category->description.len);
    return object;
}

static enum err print_json(const struct command_line *line,
                           const struct category_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, category_json(&list->categories[i]));
    return output_json(line->output, array);
}

static enum err print_table(const struct command_line *line,
                            const struct category_list *list)
{
    static const char *const heads[] = {"path", "name", "id", NULL};
    DEFER(output_table_finish) struct output_table table;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        output_table_cell(&table, list->categories[i].path);
        output_table_cell(&table, list->categories[i].name);
        output_table_cell(&table, id_str(&list->categories[i].id));
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
    struct str language;
    struct category_list list;
    err = newspaper_language(line, lease.db, &language, fault);
    if (err)
        return err;
    err = category_tree(lease.db, language, line->arena, &list);
    if (err)
        return db_fault(lease.db, err, fault);
    return command_flag(line, "json") ? print_json(line, &list)
                                      : print_table(line, &list);
}

/* ---- Changes ---------------------------------------------------------------
 */

/* What a change works on. */
struct work {
    const struct command_line *line;
    struct edit edit;
    struct str language;
    struct id made; /* a new category, or none */
    struct fault *fault;
};

static enum err change(const struct command_line *line,
                       enum err (*how)(struct work *work), struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_writing(line, &content, fault);
    if (err)
        return err;
    struct work work = {.line = line, .fault = fault};
    err = newspaper_edit(&work.edit, content, fault);
    if (!err)
        err = newspaper_language(line, work.edit.db, &work.language, fault);
    if (!err)
        err = how(&work);
    if (!err)
        err = newspaper_commit(line, &work.edit, fault);
    edit_end(&work.edit);
    if (!err && id_is_set(&work.made))
        output_printf(line->output, "%s\n", work.made.text);
    return err;
}

static enum err find_argument(struct work *work, const char *path,
                              struct category *ret_category)
{
    return find(work->edit.db, work->language, path, work->line->arena,
                ret_category, work->fault);
}

/* The parent that an option names; none when it is not given. */
static enum err find_parent(struct work *work, const char *option,
                            struct id *ret_parent)
{
    const char *path = command_value(work->line, option);
    struct category parent = {0};
    enum err err = path ? find_argument(work, path, &parent) : ERR_OK;
    if (!err)
        *ret_parent = parent.id;
    return err;
}

/* Behind all its siblings. */
static enum err last_position(struct work *work, const struct id *parent,
                              int64_t *ret_position)
{
    struct category_list list;
    enum err err =
        category_tree(work->edit.db, work->language, work->line->arena, &list);
    int64_t position = 0;
    for (size_t i = 0; !err && i < list.count; i++) {
        if (str_eq(id_str(&list.categories[i].parent), id_str(parent)) &&
            list.categories[i].position >= position)
            position = list.categories[i].position + 1;
    }
    *ret_position = position;
    return err;
}

static enum err read_position(struct work *work, int64_t otherwise,
                              int64_t *ret_position)
{
    return command_number(work->line, "position", 0, 100000, otherwise,
                          ret_position, work->fault);
}

static enum err add(struct work *work)
{
    struct category_name name = {
        .language = work->language,
        .name = str_from_c(work->line->arguments[0]),
        .slug = str_from_c(command_value(work->line, "slug")),
        .description = str_from_c(command_value(work->line, "description")),
    };
    struct category_input input = {.names = &name, .name_count = 1};
    int64_t last = 0;
    enum err err = find_parent(work, "under", &input.parent);
    if (!err)
        err = last_position(work, &input.parent, &last);
    if (!err)
        err = read_position(work, last, &input.position);
    return err ? err : category_save(&work->edit, &input, &work->made);
}

static enum err rename_it(struct work *work)
{
    struct category category;
    struct category_input input;
    enum err err = find_argument(work, work->line->arguments[0], &category);
    if (!err)
        err = category_input_load(work->edit.db, &category.id,
                                  work->line->arena, &input);
    if (err)
        return err;
    const char *as = command_value(work->line, "as");
    const char *description = command_value(work->line, "description");
    struct category_name name = {
        .language = as ? str_from_c(as) : work->language,
        .name = str_from_c(work->line->arguments[1]),
        .slug = str_from_c(command_value(work->line, "slug")),
        .description = description ? str_from_c(description)
                                   : (as ? STR("") : category.description),
    };
    category_input_set_name(&input, &name);
    return category_save(&work->edit, &input, &category.id);
}

static enum err move(struct work *work)
{
    struct category category;
    struct category_input input;
    enum err err = find_argument(work, work->line->arguments[0], &category);
    if (!err)
        err = category_input_load(work->edit.db, &category.id,
                                  work->line->arena, &input);
    if (err)
        return err;
    bool top = command_flag(work->line, "top");
    bool under = command_value(work->line, "under") != NULL;
    if (top && under)
        return fault_set(work->fault, ERR_USAGE, "top",
                         "--top and --under contradict each other");
    if (!top && !under && !command_value(work->line, "position"))
        return fault_set(work->fault, ERR_USAGE, "under",
                         "where to is missing: --under PATH, --top or "
                         "--position N");
    if (top || under)
        err = find_parent(work, "under", &input.parent);
    if (!err)
        err = read_position(work, input.position, &input.position);
    return err ? err : category_save(&work->edit, &input, &category.id);
}

static enum err remove_it(struct work *work)
{
    struct category category;
    enum err err = find_argument(work, work->line->arguments[0], &category);
    return err ? err : category_remove(&work->edit, &category.id);
}

static enum err run_add(const struct command_line *line, struct fault *fault)
{
    return change(line, add, fault);
}

static enum err run_rename(const struct command_line *line, struct fault *fault)
{
    return change(line, rename_it, fault);
}

static enum err run_move(const struct command_line *line, struct fault *fault)
{
    return change(line, move, fault);
}

static enum err run_remove(const struct command_line *line, struct fault *fault)
{
    return change(line, remove_it, fault);
}

/* ---- The commands ----------------------------------------------------------
 */

#define PATH_ARGUMENT \
    { \
        .name = "PATH", .summary = "its path, such as economy/land" \
    }

const struct command command_category_list = {
    .name = "category list",
    .summary = "tell the categories, parents before their children",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .options = (const struct command_option[]){LANGUAGE_OPTION, {0}},
    .examples =
        (const struct command_example[]){{"category list", "All categories"},
                                         {0}},
    .run = run_list,
};

const struct command command_category_add = {
    .name = "category add",
    .summary = "add a category, and tell its id",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "NAME", .summary = "what it is called"}, {0}},
    .options =
        (const struct command_option[]){
            {"under", 'u', false, "PATH", "as a part of this one"},
            {"slug", 's', false, "SLUG", "in addresses (default: its name)"},
            {"description", 0, false, "TEXT", "a sentence about it"},
            {"position", 'p', false, "N", "among its siblings (last)"},
            LANGUAGE_OPTION,
            {0}},
    .examples =
        (const struct command_example[]){
            {"category add Economy", "A section"},
            {"category add Land --under economy", "A part of it"},
            {0}},
    .run = run_add,
};

const struct command command_category_rename = {
    .name = "category rename",
    .summary = "give a category another name, or one in another language",
    .details = "Its old address leads to the new one.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            PATH_ARGUMENT,
            {.name = "NAME", .summary = "what it will be called"},
            {0}},
    .options =
        (const struct command_option[]){
            {"as", 0, false, "CODE", "the name is in this language"},
            {"slug", 's', false, "SLUG", "in addresses (default: its name)"},
            {"description", 0, false, "TEXT", "a sentence about it"},
            LANGUAGE_OPTION,
            {0}},
    .examples =
        (const struct command_example[]){
            {"category rename economy Business", "Another name"},
            {"category rename economy ეკონომიკა --as ka", "A Georgian name"},
            {0}},
    .run = run_rename,
};

const struct command command_category_move = {
    .name = "category move",
    .summary = "put a category under another one, or elsewhere in its row",
    .shared = COMMAND_DATA,
    .arguments = (const struct command_argument[]){PATH_ARGUMENT, {0}},
    .options =
        (const struct command_option[]){
            {"under", 'u', false, "PATH", "make it a part of this one"},
            {"top", 't', false, NULL, "make it a section"},
            {"position", 'p', false, "N", "among its siblings, from 0"},
            LANGUAGE_OPTION,
            {0}},
    .examples =
        (const struct command_example[]){
            {"category move land --under economy", "Land is a part of economy"},
            {"category move economy/land --top --position 2",
             "It is a section, the third one"},
            {0}},
    .run = run_move,
};

const struct command command_category_remove = {
    .name = "category remove",
    .summary = "take away a category that has no articles and no parts",
    .shared = COMMAND_DATA,
    .arguments = (const struct command_argument[]){PATH_ARGUMENT, {0}},
    .options = (const struct command_option[]){LANGUAGE_OPTION, {0}},
    .examples =
        (const struct command_example[]){
            {"category remove economy/land", "No such category any more"}, {0}},
    .run = run_remove,
};
