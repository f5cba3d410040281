// SPDX-License-Identifier: Apache-2.0
/* The sample newspaper without its articles. */
#include "base/arena.h"
#include "content/category.h"
#include "content/edit.h"
#include "content/language.h"
#include "content/menu.h"
#include "content/person.h"
#include "content/settings.h"
#include "content/tag.h"
#include "exchange/demo_internal.h"

struct making {
    struct edit *edit;
    const json_t *site;
    struct arena *arena;
};

struct str demo_text(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return str_of(json_string_value(value), json_string_length(value));
}

/* The languages in their order. */
static const json_t *languages_of(const struct making *making)
{
    return json_object_get(making->site, "languages");
}

static size_t language_count(const struct making *making)
{
    return json_array_size(languages_of(making));
}

static struct str language_at(const struct making *making, size_t index)
{
    return demo_text(json_array_get(languages_of(making), index), "code");
}

/* The text of a language out of {"en": …, "ka": …}. */
static struct str text_in(const json_t *object, const char *name,
                          struct str language)
{
    const json_t *texts = json_object_get(object, name);
    const json_t *value = json_object_getn(texts, language.ptr, language.len);
    return str_of(json_string_value(value), json_string_length(value));
}

static enum err make_languages(const struct making *making)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < language_count(making); i++) {
        const struct language language = {
            .code = language_at(making, i),
            .position = (int64_t)i,
        };
        err = language_save(making->edit, &language);
    }
    return err;
}

static enum err make_settings(const struct making *making)
{
    static const char *const texts[] = {"name", "tagline", "description",
                                        "place"};
    const json_t *site = making->site;
    struct edit *edit = making->edit;
    enum err err =
        setting_set(edit, STR("zone"), STR(""), demo_text(site, "zone"));
    if (!err)
        err = setting_set(edit, STR("date_pattern"), STR(""),
                          demo_text(site, "date_pattern"));
    if (!err)
        err = setting_set(edit, STR("language"), STR(""),
                          demo_text(site, "default_language"));
    for (size_t i = 0; !err && i < language_count(making); i++) {
        struct str language = language_at(making, i);
        for (size_t k = 0; !err && k < sizeof texts / sizeof *texts; k++)
            err = setting_set(edit, str_from_c(texts[k]), language,
                              text_in(site, texts[k], language));
    }
    return err;
}

static enum err make_categories(const struct making *making, const json_t *list,
                                const struct id *parent, unsigned depth)
{
    size_t count = language_count(making);
    if (depth > CATEGORY_DEPTH_MAX)
        return fault_set(making->edit->fault, ERR_TOO_LONG, "categories",
                         "site.json: categories lie too deep");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        struct category_name *names =
            arena_array(making->arena, struct category_name, count + 1);
        for (size_t k = 0; k < count; k++) {
            struct str language = language_at(making, k);
            names[k] = (struct category_name){
                .language = language,
                .slug = demo_text(object, "slug"),
                .name = text_in(object, "name", language),
                .description = text_in(object, "description", language),
            };
        }
        const struct category_input input = {.parent = *parent,
                                             .position = (int64_t)i,
                                             .names = names,
                                             .name_count = count};
        struct id id;
        enum err err = category_save(making->edit, &input, &id);
        if (!err)
            err = make_categories(making, json_object_get(object, "children"),
                                  &id, depth + 1);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err make_tags(const struct making *making)
{
    const json_t *list = json_object_get(making->site, "tags");
    enum err err = ERR_OK;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *object = json_array_get(list, i);
        for (size_t k = 0; !err && k < language_count(making); k++) {
            const struct tag tag = {
                .language = language_at(making, k),
                .slug = demo_text(object, "slug"),
                .name = text_in(object, "name", language_at(making, k)),
            };
            struct id id;
            err = tag.name.len ? tag_save(making->edit, &tag, &id) : ERR_OK;
        }
    }
    return err;
}

static enum err make_person(const struct making *making, const json_t *object)
{
    size_t count = language_count(making);
    struct person_name *names =
        arena_array(making->arena, struct person_name, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct str language = language_at(making, i);
        names[i] = (struct person_name){
            .language = language,
            .name = text_in(object, "name", language),
            .role = text_in(object, "role", language),
            .bio = text_in(object, "bio", language),
        };
    }
    const struct person_input input = {
        .slug = demo_text(object, "slug"), .names = names, .name_count = count};
    struct id id;
    return person_save(making->edit, &input, &id);
}

static enum err make_people(const struct making *making)
{
    const json_t *list = json_object_get(making->site, "people");
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < json_array_size(list); i++)
        err = make_person(making, json_array_get(list, i));
    return err;
}

static enum err make_menu(const struct making *making, struct str language,
                          const char *name)
{
    const json_t *list =
        json_object_get(json_object_get(making->site, "menus"), name);
    size_t count = json_array_size(list);
    struct menu_item *items =
        arena_array(making->arena, struct menu_item, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct category category;
        enum err err =
            category_find(making->edit->db, language,
                          demo_text(json_array_get(list, i), "category"),
                          making->arena, &category);
        if (err)
            return fault_set(making->edit->fault, err, "menus",
                             "site.json: the menu '%s' names a category that "
                             "is not there",
                             name);
        items[i].category = category.id;
    }
    return menu_save(making->edit, language, str_from_c(name), items, count);
}

static enum err make_menus(const struct making *making)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < language_count(making); i++) {
        err = make_menu(making, language_at(making, i), "sections");
        if (!err)
            err = make_menu(making, language_at(making, i), "footer");
    }
    return err;
}

enum err demo_make_site(struct edit *edit, const json_t *site,
                        struct arena *arena)
{
    const struct making making = {edit, site, arena};
    const struct id none = {0};
    enum err err = make_languages(&making);
    if (!err)
        err = make_settings(&making);
    if (!err)
        err = make_categories(&making, json_object_get(site, "categories"),
                              &none, 1);
    if (!err)
        err = make_tags(&making);
    if (!err)
        err = make_people(&making);
    return err ? err : make_menus(&making);
}
