// SPDX-License-Identifier: Apache-2.0
/* From subjects, people and places to categories and tags.
 *
 * Subjects with the relation "category" are categories. Where no subject has
 * it, those are that the newspaper has a category for, and the first few others
 * become new ones. All the rest are tags. */
#include <assert.h>

#include "exchange/category_input.h"
#include "exchange/ninjs_import_internal.h"
#include "render/slug.h"

enum { NEW_CATEGORIES_MAX = 3 }; /* of an item that marks none */

/* ---- Categories that are known ---------------------------------------------
 */

static enum err known_in(struct ninjs_import *import, struct str language,
                         const struct category_list **ret_list)
{
    struct known_categories *known = import->categories;
    while (known && !str_eq(known->language, language))
        known = known->next;
    if (!known) {
        known = arena_new(&import->session.arena, struct known_categories);
        known->language = language;
        enum err err = category_tree(import->session.edit.db, language,
                                     &import->session.arena, &known->list);
        if (err)
            return err;
        known->next = import->categories;
        import->categories = known;
    }
    *ret_list = &known->list;
    return ERR_OK;
}

static const struct category *find_path(const struct category_list *list,
                                        struct str path)
{
    for (size_t i = 0; path.len && i < list->count; i++) {
        if (str_eq(list->categories[i].path, path))
            return &list->categories[i];
    }
    return NULL;
}

static const struct category *find_name(const struct category_list *list,
                                        struct str name)
{
    for (size_t i = 0; name.len && i < list->count; i++) {
        if (str_eq_ascii_case(list->categories[i].name, name))
            return &list->categories[i];
    }
    return NULL;
}

/* The category that a subject means, by its path or its name; NULL. */
static enum err find_known(struct incoming *incoming,
                           const struct ninjs_name *subject,
                           const struct category **ret_category)
{
    struct ninjs_import *import = incoming->import;
    struct str language = incoming->input.content.language;
    const struct category_list *list;
    enum err err = known_in(import, language, &list);
    if (err)
        return err;
    const struct category *category = find_path(list, subject->literal);
    if (!category)
        category = find_name(list, str_trim(subject->name));
    if (!category)
        category = find_path(
            list, slug_make(subject->name, language, &import->session.arena));
    *ret_category = category;
    return ERR_OK;
}

/* ---- New ones --------------------------------------------------------------
 */

/* Whether text is slugs with '/' between. */
static bool is_path(struct str text)
{
    struct str rest = text, part;
    size_t parts = 0;
    while (str_split_next(&rest, '/', &part)) {
        if (!slug_is_valid(part) || ++parts > CATEGORY_DEPTH_MAX)
            return false;
    }
    return parts > 0;
}

/* The same path in another language is the same category: it gets one more
 * name. ERR_NOT_FOUND when no language has the path. */
static enum err name_elsewhere(struct incoming *incoming, struct str path,
                               const struct category_name *name,
                               struct id *ret_id)
{
    struct ninjs_import *import = incoming->import;
    for (size_t i = 0; i < import->session.languages.count; i++) {
        struct category category;
        enum err err =
            category_find(import->session.edit.db,
                          import->session.languages.languages[i].code, path,
                          &import->session.arena, &category);
        if (err == ERR_NOT_FOUND)
            continue;
        struct category_input input;
        if (!err)
            err = category_input_load(import->session.edit.db, &category.id,
                                      &import->session.arena, &input);
        if (err)
            return err;
        category_input_set_name(&input, name);
        return category_save(&import->session.edit, &input, ret_id);
    }
    return ERR_NOT_FOUND;
}

static enum err make_one(struct incoming *incoming, struct str path,
                         const struct id *parent, struct str name,
                         struct id *ret_id)
{
    struct ninjs_import *import = incoming->import;
    ptrdiff_t slash = str_find_last_char(path, '/');
    const struct category_name named = {
        .language = incoming->input.content.language,
        .slug = str_from(path, (size_t)(slash + 1)),
        .name = name,
    };
    enum err err = path.len ? name_elsewhere(incoming, path, &named, ret_id)
                            : ERR_NOT_FOUND;
    if (err != ERR_NOT_FOUND)
        return err;
    const struct category_list *list;
    err = known_in(import, named.language, &list);
    if (err)
        return err;
    const struct category_input input = {
        .parent = *parent,
        .position = (int64_t)list->count, /* behind all others */
        .names = &named,
        .name_count = 1,
    };
    err = category_save(&import->session.edit, &input, ret_id);
    import->categories = NULL; /* what is known is not true any more */
    return err;
}

/* Makes the category and, of a path, those above it that are missing; they are
 * called by their slugs until somebody names them. */
static enum err make_category(struct incoming *incoming,
                              const struct ninjs_name *subject,
                              struct id *ret_id)
{
    struct str path = is_path(subject->literal) &&
                              str_eq_ascii_case(subject->rel, STR("category"))
                          ? subject->literal
                          : STR("");
    struct id parent = {0};
    for (size_t i = 0; i < path.len; i++) {
        if (path.ptr[i] != '/')
            continue;
        struct str above = str_slice(path, 0, i);
        ptrdiff_t slash = str_find_last_char(above, '/');
        struct ninjs_name named = {.literal = above};
        const struct category *category;
        enum err err = find_known(incoming, &named, &category);
        if (!err && category)
            parent = category->id;
        else if (!err)
            err = make_one(incoming, above, &parent,
                           str_from(above, (size_t)(slash + 1)), &parent);
        if (err)
            return err;
    }
    return make_one(incoming, path, &parent, str_trim(subject->name), ret_id);
}

/* ---- Categories and tags of an article -------------------------------------
 */

static void add_category(struct incoming *incoming, const struct id *id)
{
    struct article_content *content = &incoming->input.content;
    for (size_t i = 0; i < content->category_count; i++) {
        if (str_eq(id_str(&content->categories[i]), id_str(id)))
            return;
    }
    if (content->category_count < ARTICLE_CATEGORIES_MAX)
        content->categories[content->category_count++] = *id;
}

static void add_tag_name(struct incoming *incoming, struct str name)
{
    struct article_content *content = &incoming->input.content;
    name = str_trim(name);
    if (!name.len || name.len > TAG_NAME_BYTES_MAX ||
        content->tag_count == ARTICLE_TAGS_MAX)
        return;
    for (size_t i = 0; i < content->tag_count; i++) {
        if (str_eq_ascii_case(content->tags[i], name))
            return;
    }
    content->tags[content->tag_count++] = name;
}

/* A tag with a readable code keeps it as its slug, so that it is the same in
 * all languages. */
static enum err add_tag(struct incoming *incoming,
                        const struct ninjs_name *subject)
{
    struct ninjs_import *import = incoming->import;
    struct tag tag = {.language = incoming->input.content.language,
                      .slug = subject->literal,
                      .name = str_trim(subject->name)};
    if (!slug_is_valid(tag.slug) || tag.slug.ptr[0] < 'a' ||
        tag.name.len > TAG_NAME_BYTES_MAX) {
        add_tag_name(incoming, tag.name);
        return ERR_OK;
    }
    struct tag known;
    enum err err = tag_find(import->session.edit.db, tag.language, tag.slug,
                            &import->session.arena, &known);
    if (err == ERR_NOT_FOUND && tag.name.len) {
        known = tag;
        err = tag_save(&import->session.edit, &tag, &known.id);
    }
    if (!err) /* articles find their tags by the slug of what is given */
        add_tag_name(incoming, known.slug);
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static bool marks_categories(const struct ninjs_names *subjects)
{
    for (size_t i = 0; i < subjects->count; i++) {
        if (str_eq_ascii_case(subjects->items[i].rel, STR("category")))
            return true;
    }
    return false;
}

/* A category that was made for the sake of one below it is called by its slug,
 * until a subject comes that has its name. */
static enum err name_category(struct incoming *incoming,
                              const struct category *category, struct str name)
{
    struct ninjs_import *import = incoming->import;
    name = str_trim(name);
    if (!str_eq(category->name, category->slug) || !name.len ||
        str_eq(category->name, name))
        return ERR_OK;
    struct category_input input;
    enum err err = category_input_load(import->session.edit.db, &category->id,
                                       &import->session.arena, &input);
    if (err)
        return err;
    const struct category_name named = {.language = category->language,
                                        .slug = category->slug,
                                        .name = name,
                                        .description = category->description};
    category_input_set_name(&input, &named);
    struct id id;
    import->categories = NULL;
    return category_save(&import->session.edit, &input, &id);
}

/* Readers see categories at once, in the menu. An item that they are not to
 * know of yet neither makes one nor gives one its name. */
static bool is_under_embargo(const struct incoming *incoming)
{
    return incoming->item->embargoed_until.us >
           incoming->import->session.edit.time_us;
}

/* What a subject becomes. */
static enum err read_subject(struct incoming *incoming,
                             const struct ninjs_name *subject, bool marked,
                             size_t *made)
{
    struct ninjs_import *import = incoming->import;
    bool is_marked = str_eq_ascii_case(subject->rel, STR("category"));
    if (marked && !is_marked)
        return add_tag(incoming, subject);
    const struct category *known;
    enum err err = find_known(incoming, subject, &known);
    if (!err && known)
        add_category(incoming, &known->id);
    bool embargo = is_under_embargo(incoming);
    if (!err && known && is_marked && !embargo)
        err = name_category(incoming, known, subject->name);
    if (err || known)
        return err;
    bool may_make = !import->options.keep_categories &&
                    str_trim(subject->name).len &&
                    (is_marked || *made < NEW_CATEGORIES_MAX);
    if (may_make && embargo) {
        may_make = false;
        incoming_leave_out(incoming,
                           "category %.*s: not made while the article is under "
                           "embargo, it is a tag",
                           ARG_STR(str_trim(subject->name)));
    }
    struct id id;
    err = may_make ? make_category(incoming, subject, &id) : ERR_INVALID;
    if (err == ERR_INVALID || err == ERR_EXISTS || err == ERR_TOO_LONG)
        return add_tag(incoming, subject); /* no name for a category */
    if (!err)
        add_category(incoming, &id);
    *made += !err;
    return err;
}

static void add_names(struct incoming *incoming,
                      const struct ninjs_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!str_eq_ascii_case(names->items[i].rel, STR("author")))
            add_tag_name(incoming, names->items[i].name);
    }
}

enum err ninjs_read_subjects(struct incoming *incoming)
{
    struct arena *arena = &incoming->import->session.arena;
    struct article_content *content = &incoming->input.content;
    const struct ninjs_item *item = incoming->item;
    content->categories = arena_array(arena, struct id, ARTICLE_CATEGORIES_MAX);
    content->tags = arena_array(arena, struct str, ARTICLE_TAGS_MAX);
    bool marked = marks_categories(&item->subjects);
    size_t made = 0;
    for (size_t i = 0; i < item->subjects.count; i++) {
        enum err err =
            read_subject(incoming, &item->subjects.items[i], marked, &made);
        if (err)
            return err;
    }
    add_names(incoming, &item->people);
    add_names(incoming, &item->organisations);
    add_names(incoming, &item->places);
    add_names(incoming, &item->events);
    return ERR_OK;
}
