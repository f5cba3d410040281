// SPDX-License-Identifier: Apache-2.0
/* Lists of stories: a category's, a tag's, a person's. */
#include "content/article_list.h"
#include "content/person.h"
#include "content/tag.h"
#include "render/catalogue.h"
#include "render/value.h"
#include "site/linked_data.h"
#include "site/list_model.h"
#include "site/most_read_model.h"
#include "site/pages.h"
#include "site/printing.h"
#include "site/story_model.h"

/* What search engines show below the name, when nobody wrote it. */
static struct str usual_description(struct printing *p, struct str name)
{
    struct catalogue_arg args[] = {CATALOGUE_STR("name", name),
                                   CATALOGUE_STR("site", p->settings.name)};
    return catalogue_format(p->words, p->locale, STR("list.about"), args, 2,
                            p->arena);
}

/* What the head of a list says; path is the list's own. */
static void set_head(struct printing *p, struct str name, struct str path,
                     struct str description, const struct article_list *list)
{
    printing_title(p, name);
    printing_describe(p, description.len ? description
                                         : usual_description(p, name));
    printing_feeds(p, name, path);
    if (list_cursor(p))
        path = printing_before(p, path, list_cursor(p));
    printing_canonical(p, path);
    printing_share(p, "website", name);
    printing_share_list(p, list);
}

/* ---- Category ---------------------------------------------------------------
 */

static const struct category *find_category(const struct printing *p,
                                            struct str path)
{
    for (size_t i = 0; i < p->categories.count; i++) {
        if (str_eq(p->categories.categories[i].path, path))
            return &p->categories.categories[i];
    }
    return NULL;
}

static void add_link(struct printing *p, struct value *list,
                     const struct category *category)
{
    struct value *link = value_add_object(list);
    value_set_str(link, "name", category->name);
    value_set_str(link, "url", printing_path(p, "", category->path));
}

static void set_family(struct printing *p, struct value *model,
                       const struct category *category)
{
    struct value *parents = value_set_list(model, "parents");
    struct value *children = value_set_list(model, "children");
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *other = &p->categories.categories[i];
        if (str_eq(id_str(&other->parent), id_str(&category->id)))
            add_link(p, children, other);
        if (str_starts_with(category->path, other->path) &&
            category->path.len > other->path.len &&
            category->path.ptr[other->path.len] == '/')
            add_link(p, parents, other);
    }
    value_set_bool(model, "has_children", value_count(children) > 0);
}

static enum err set_translations(struct printing *p,
                                 const struct category *category)
{
    struct category_list others;
    enum err err =
        category_translations(p->db, &category->id, p->arena, &others);
    for (size_t i = 0; !err && i < others.count; i++) {
        const struct category *other = &others.categories[i];
        printing_translated(p, other->language,
                            arena_printf(p->arena, "/%" PRI_STR "/%" PRI_STR,
                                         ARG_STR(other->language),
                                         ARG_STR(other->path)));
    }
    return printing_failed(p, err);
}

/* The newest story leads the first page, and the most read stand below it, if
 * there are more than the page shows. */
static enum err set_category(struct printing *p,
                             const struct category *category,
                             const struct article_list *list)
{
    struct value *model = value_set_object(p->data, "category");
    bool has_lead = !p->path.has_before && list->count > 0;
    value_set_str(model, "name", category->name);
    value_set_str(model, "description", category->description);
    set_family(p, model, category);
    value_set_bool(model, "lead", false);
    if (has_lead)
        story_fill(p, value_set_object(model, "lead"), &list->cards[0],
                   STORY_LEAD, STORY_EAGER);
    list_set(p, list, has_lead, printing_path(p, "", category->path));
    value_set_bool(model, "has_most_read", false);
    return p->path.has_before ? ERR_OK : most_read_set(p, model, &category->id);
}

enum err page_category(struct printing *p)
{
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    const struct category *category = find_category(p, p->path.category);
    if (!category)
        return ERR_NOT_FOUND;
    struct article_list list;
    err = article_list_category(p->db, p->lang, &category->id, list_cursor(p),
                                list_length(p), p->arena, &list);
    if (err)
        return printing_failed(p, err);
    err = set_category(p, category, &list);
    if (err)
        return err;
    set_head(p, category->name, printing_path(p, "", category->path),
             category->description, &list);
    struct linked_step *steps;
    size_t step_count;
    linked_category_steps(p, category->path, &steps, &step_count);
    linked_list(p, "CollectionPage", category->description, steps, step_count,
                &list);
    change_keys_add_in(&p->keys, STR("category:"), p->lang, category->slug);
    err = set_translations(p, category);
    return err ? err : printing_render(p, "category", 200);
}

/* ---- Tag --------------------------------------------------------------------
 */

enum err page_tag(struct printing *p)
{
    struct tag tag;
    struct article_list list;
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    change_keys_add_in(&p->keys, STR("tag:"), p->lang, p->path.slug);
    err = tag_find_public(p->db, p->lang, p->path.slug, p->arena, &tag);
    if (!err)
        err = article_list_tag(p->db, &tag.id, list_cursor(p), list_length(p),
                               p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct str path = printing_path(p, "tag/", tag.slug);
    struct value *model = value_set_object(p->data, "tag");
    value_set_str(model, "name", tag.name);
    list_set(p, &list, 0, path);
    set_head(p, tag.name, path, STR(""), &list);
    printing_translated(p, p->lang, path);
    linked_list(p, "CollectionPage", STR(""),
                &(struct linked_step){tag.name, path}, 1, &list);
    return printing_render(p, "tag", 200);
}

/* ---- Author -----------------------------------------------------------------
 */

static void set_author(struct printing *p, struct value *model,
                       const struct person *person)
{
    value_set_str(model, "name", person->name);
    value_set_str(model, "role", person->role);
    value_set_str(model, "about", person->bio);
    for (size_t i = 0; i < p->languages.count; i++) {
        struct str code = p->languages.languages[i].code;
        printing_translated(p, code,
                            arena_printf(p->arena,
                                         "/%" PRI_STR "/author/%" PRI_STR,
                                         ARG_STR(code), ARG_STR(person->slug)));
    }
}

/* Their face, beside the name. */
static enum err set_portrait(struct printing *p, struct value *model,
                             const struct person *person)
{
    struct medium medium;
    if (!id_is_set(&person->picture)) {
        story_set_picture(p, model, NULL, STR(""), STORY_PORTRAIT, true);
        return ERR_OK;
    }
    enum err err = media_load(p->db, &person->picture, p->arena, &medium);
    if (!err)
        story_set_picture(p, model, &medium,
                          medium.alt.len ? medium.alt : person->name,
                          STORY_PORTRAIT, true);
    return err;
}

enum err page_author(struct printing *p)
{
    struct person person;
    struct article_list list;
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    err = person_find(p->db, p->lang, p->path.slug, p->arena, &person);
    if (!err)
        err = article_list_person(p->db, p->lang, &person.id, list_cursor(p),
                                  list_length(p), p->arena, &list);
    struct value *model = value_set_object(p->data, "author");
    if (!err)
        err = set_portrait(p, model, &person);
    if (err)
        return printing_failed(p, err);
    struct str path = printing_path(p, "author/", person.slug);
    set_author(p, model, &person);
    list_set(p, &list, 0, path);
    set_head(p, person.name, path, person.bio, &list);
    linked_list(p, "CollectionPage", person.bio,
                &(struct linked_step){person.name, path}, 1, &list);
    change_keys_add(&p->keys, STR("author:"), person.slug);
    return printing_render(p, "author", 200);
}
