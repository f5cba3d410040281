// SPDX-License-Identifier: Apache-2.0
#include "render/catalogue_check.h"

#include <assert.h>
#include <stdlib.h>

#include "render/catalogue_internal.h"
#include "render/locale.h"
#include "render/message.h"
#include "render/template.h"

enum {
    CATEGORIES = 6,
    NAMES_MAX = 16,
    PLURALS_MAX = 8,
    USUAL_MAX = 1000, /* up to here numbers are met every day */
    RARE = 1000000,   /* French and Spanish have a case for millions */
};

static const char *const categories[CATEGORIES] = {"zero", "one",  "two",
                                                   "few",  "many", "other"};

/* For each category the least number of it, or -1. */
struct plural_rules {
    int64_t least[CATEGORIES];
};

struct plural {
    struct str name;
    bool has[CATEGORIES];
};

/* What a message takes. */
struct shape {
    struct str names[NAMES_MAX];
    size_t name_count;
    struct plural plurals[PLURALS_MAX];
    size_t plural_count;
};

struct checking {
    struct catalogue_check *check;
    const struct catalogue *catalogue, *english;
    struct plural_rules rules;
    struct arena arena;
};

/* ---- What a message takes --------------------------------------------------
 */

static bool takes(const struct shape *shape, struct str name)
{
    for (size_t i = 0; i < shape->name_count; i++) {
        if (str_eq(shape->names[i], name))
            return true;
    }
    return false;
}

static void add_argument(void *context, struct str name)
{
    struct shape *shape = context;
    if (!takes(shape, name) && shape->name_count < NAMES_MAX)
        shape->names[shape->name_count++] = name;
}

static int category_of(struct str word)
{
    for (int i = 0; i < CATEGORIES; i++) {
        if (str_eq(word, str_from_c(categories[i])))
            return i;
    }
    return -1;
}

static void add_plural(void *context, struct str name, const struct str *cases,
                       size_t count)
{
    struct shape *shape = context;
    if (shape->plural_count == PLURALS_MAX)
        return;
    struct plural *plural = &shape->plurals[shape->plural_count++];
    plural->name = name;
    for (size_t i = 0; i < count; i++) {
        int category = category_of(cases[i]);
        if (category >= 0)
            plural->has[category] = true;
    }
}

static struct shape shape_of(const struct message *message)
{
    struct shape shape = {0};
    const struct message_visitor visitor = {add_argument, add_plural, &shape};
    if (message->has_args)
        message_visit(message->text, &visitor);
    return shape;
}

/* ---- Telling ---------------------------------------------------------------
 */

static void tell(struct checking *checking, const struct message *message,
                 struct str what)
{
    struct catalogue_check *check = checking->check;
    check->count++;
    check->found(check->context, &(struct catalogue_finding){
                                     .language = checking->catalogue->language,
                                     .key = message->key,
                                     .path = message->path,
                                     .line = message->line,
                                     .what = what,
                                 });
}

static void tell_missing(struct checking *checking,
                         const struct message *english)
{
    struct message nowhere = {.key = english->key};
    tell(checking, &nowhere,
         arena_printf(&checking->arena, "is missing; in English: %" PRI_STR,
                      ARG_STR(english->text)));
}

/* ---- One message -----------------------------------------------------------
 */

static void check_arguments(struct checking *checking,
                            const struct message *message,
                            const struct shape *shape,
                            const struct shape *english)
{
    struct arena *arena = &checking->arena;
    for (size_t i = 0; i < english->name_count; i++) {
        if (!takes(shape, english->names[i]))
            tell(checking, message,
                 arena_printf(arena,
                              "does not have {%" PRI_STR "}, as English does",
                              ARG_STR(english->names[i])));
    }
    for (size_t i = 0; i < shape->name_count; i++) {
        if (!takes(english, shape->names[i]))
            tell(checking, message,
                 arena_printf(arena,
                              "has {%" PRI_STR "}, which English has not and "
                              "nothing is put in for",
                              ARG_STR(shape->names[i])));
    }
}

static void check_plural(struct checking *checking,
                         const struct message *message,
                         const struct plural *plural)
{
    for (int i = 0; i < CATEGORIES; i++) {
        int64_t least = checking->rules.least[i];
        const char *name = categories[i];
        if (least >= 0 && least <= USUAL_MAX && !plural->has[i])
            tell(checking, message,
                 arena_printf(&checking->arena,
                              "lacks the case %s of {%" PRI_STR
                              "}, which %lld is in this language",
                              name, ARG_STR(plural->name), (long long)least));
        if (least < 0 && plural->has[i] && i != CATEGORIES - 1)
            tell(checking, message,
                 arena_printf(&checking->arena,
                              "has a case %s of {%" PRI_STR
                              "}, which no number is in this language",
                              name, ARG_STR(plural->name)));
    }
}

static void check_message(struct checking *checking,
                          const struct message *message)
{
    const struct message *english =
        map_get(&checking->english->messages, message->key);
    if (message->line_before)
        tell(checking, message,
             arena_printf(&checking->arena,
                          "stands in line %u already; only the last is used",
                          message->line_before));
    if (!english) {
        tell(checking, message,
             STR("is not used: English has no such message"));
        return;
    }
    struct shape shape = shape_of(message), wanted = shape_of(english);
    check_arguments(checking, message, &shape, &wanted);
    for (size_t i = 0; i < shape.plural_count; i++)
        check_plural(checking, message, &shape.plurals[i]);
}

/* ---- One language ----------------------------------------------------------
 */

static int by_place(const void *left, const void *right)
{
    const struct message *a = *(const struct message *const *)left;
    const struct message *b = *(const struct message *const *)right;
    int paths = strcmp(a->path, b->path);
    return paths ? paths : (a->line > b->line) - (a->line < b->line);
}

/* The messages by file and line. */
static const struct message **sorted(const struct catalogue *catalogue,
                                     struct arena *arena)
{
    const struct message **list = arena_array(arena, const struct message *,
                                              catalogue->messages.count + 1);
    size_t position = 0, count = 0;
    const struct message *message;
    while ((message = map_next(&catalogue->messages, &position, NULL)))
        list[count++] = message;
    qsort(list, count, sizeof *list, by_place);
    list[count] = NULL;
    return list;
}

static enum err load_rules(struct checking *checking, struct fault *fault)
{
    const struct locale *locale;
    enum err err =
        locales_get(checking->check->locales, checking->catalogue->language,
                    STR("UTC"), &locale, fault);
    if (err)
        return err;
    for (int i = 0; i < CATEGORIES; i++)
        checking->rules.least[i] = -1;
    for (int64_t n = 0; n <= USUAL_MAX + 1; n++) {
        int64_t number = n > USUAL_MAX ? RARE : n;
        int category = category_of(locale_plural(locale, number));
        if (category >= 0 && checking->rules.least[category] < 0)
            checking->rules.least[category] = number;
    }
    return ERR_OK;
}

/* Whether it has the message, or its base has. */
static bool has(const struct checking *checking, struct str key)
{
    const struct catalogue *catalogue = checking->catalogue;
    while (catalogue && catalogue != checking->english) {
        if (map_get(&catalogue->messages, key))
            return true;
        catalogue = catalogue->fallback;
    }
    return checking->catalogue == checking->english;
}

static enum err check_language(struct checking *checking, struct fault *fault)
{
    enum err err = load_rules(checking, fault);
    if (err)
        return err;
    const struct message **own = sorted(checking->catalogue, &checking->arena);
    for (size_t i = 0; own[i]; i++)
        check_message(checking, own[i]);
    const struct message **all = sorted(checking->english, &checking->arena);
    for (size_t i = 0; all[i]; i++) {
        if (!has(checking, all[i]->key))
            tell_missing(checking, all[i]);
    }
    return ERR_OK;
}

enum err catalogue_check_all(struct catalogue_check *check, struct fault *fault)
{
    assert(check->found);
    enum err err = ERR_OK;
    struct checking checking = {.check = check};
    arena_init(&checking.arena, 0);
    checking.english = catalogues_get(check->catalogues, STR("en"));
    for (size_t i = 0; !err && i < check->catalogues->count; i++) {
        checking.catalogue = &check->catalogues->items[i];
        err = check_language(&checking, fault);
        arena_reset(&checking.arena);
    }
    arena_finish(&checking.arena);
    return err;
}

/* ---- Templates -------------------------------------------------------------
 */

/* Whether English has messages below it ({{#t.list}}). */
static bool is_group(const struct catalogue *english, struct str key)
{
    size_t position = 0;
    const struct message *message;
    while ((message = map_next(&english->messages, &position, NULL))) {
        if (message->key.len > key.len && message->key.ptr[key.len] == '.' &&
            str_starts_with(message->key, key))
            return true;
    }
    return false;
}

static void on_name(void *context, const struct theme_name *name)
{
    struct catalogue_check *check = context;
    const struct catalogue *english =
        catalogues_get(check->catalogues, STR("en"));
    if (!str_starts_with(name->name, STR("t.")))
        return;
    struct str key = str_from(name->name, 2);
    const struct message *message = map_get(&english->messages, key);
    if (message ? !message->has_args : is_group(english, key))
        return;
    char file[256];
    struct str shown = str_slice(
        name->file, 0,
        name->file.len < sizeof file ? name->file.len : sizeof file - 1);
    (void)!str_to_c(shown, file, sizeof file);
    check->count++;
    check->found(check->context,
                 &(struct catalogue_finding){
                     .key = name->name,
                     .path = file,
                     .line = name->line,
                     .what = message ? STR("takes arguments, which a template "
                                           "cannot give: nothing is shown")
                                     : STR("is not there: English has no such "
                                           "message, and nothing is shown"),
                 });
}

void catalogue_check_theme(struct catalogue_check *check,
                           const struct theme *theme)
{
    assert(check->found);
    theme_names(theme, on_name, check);
}

/* ---- Writing one -----------------------------------------------------------
 */

static struct str first_part(struct str key)
{
    ptrdiff_t dot = str_find_char(key, '.');
    return dot < 0 ? STR("") : str_slice(key, 0, (size_t)dot);
}

/* As read_message reads it. A fixed text with a brace is quoted from there to
 * its end, which also keeps a space there. */
static void write_text(const struct message *message, struct buf *out)
{
    struct str text = message->text;
    bool quoted = false;
    if (text.len && text.ptr[0] && strchr(" \t\r\f\v", text.ptr[0]))
        buf_add_c(out, "\\"); /* or it would be trimmed */
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool brace = (c == '{' || c == '}') && !message->has_args;
        if (brace && !quoted)
            buf_add_c(out, "'");
        quoted |= brace;
        if (c == '\n')
            buf_add_c(out, "\\n");
        else if (c == '\\')
            buf_add_c(out, "\\\\");
        else if (c == '\'' && !message->has_args)
            buf_add_c(out, "''");
        else
            buf_add_char(out, c);
    }
    if (quoted)
        buf_add_c(out, "'");
}

void catalogue_write(const struct catalogues *catalogues, struct str language,
                     struct buf *out)
{
    const struct catalogue *english = catalogue_find(catalogues, STR("en"));
    const struct catalogue *own = catalogue_find(catalogues, language);
    struct arena arena;
    arena_init(&arena, 0);
    const struct message **all = sorted(english, &arena);
    for (size_t i = 0; all[i]; i++) {
        struct str key = all[i]->key;
        const struct message *mine = own ? map_get(&own->messages, key) : NULL;
        if (i && !str_eq(first_part(key), first_part(all[i - 1]->key)))
            buf_add_c(out, "\n");
        buf_printf(out, "%s%" PRI_STR " = ", mine ? "" : "# ", ARG_STR(key));
        write_text(mine ? mine : all[i], out);
        buf_add_c(out, "\n");
    }
    arena_finish(&arena);
}
