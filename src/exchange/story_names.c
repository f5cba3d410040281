// SPDX-License-Identifier: Apache-2.0
/* Categories, tags and people of a story: found, or made when they are
 * missing. */
#include "base/utf8.h"
#include "content/category.h"
#include "content/person.h"
#include "content/tag.h"
#include "exchange/category_input.h"
#include "exchange/story_import_internal.h"
#include "render/slug.h"

enum { PARENTS_MAX = 32 };

/* Names may be escaped for HTML ("Arts &amp; letters"). */
static struct str unescape(struct arriving *arriving, struct str text,
                           size_t max)
{
    static const struct {
        struct str entity, text;
    } entities[] = {
        {STR_INIT("&amp;"), STR_INIT("&")},
        {STR_INIT("&lt;"), STR_INIT("<")},
        {STR_INIT("&gt;"), STR_INIT(">")},
        {STR_INIT("&quot;"), STR_INIT("\"")},
        {STR_INIT("&#039;"), STR_INIT("'")},
        {STR_INIT("&#39;"), STR_INIT("'")},
    };
    DEFER(buf_finish) struct buf out;
    buf_init(&out, text.len + 1);
    while (text.len) {
        size_t taken = 1;
        struct str put = str_slice(text, 0, 1);
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
            if (!str_starts_with(text, entities[i].entity))
                continue;
            taken = entities[i].entity.len;
            put = entities[i].text;
            break;
        }
        unsigned char c = (unsigned char)put.ptr[0];
        if (c < 0x20 || c == 0x7f)
            put = STR(" ");
        buf_add(&out, put);
        text = str_from(text, taken);
    }
    return str_trim(utf8_cut(
        arena_copy(&arriving->import->session.arena, buf_str(&out)), max));
}

/* ---- Old lists -------------------------------------------------------------
 */

/* "/category/economy/fishing": slugs from the root. */
static struct str old_category_path(const struct arriving *arriving,
                                    const struct story_category *category)
{
    struct arena *arena = &arriving->import->session.arena;
    const struct story_source *source = arriving->import->source;
    struct str slugs = category->slug;
    int depth = 0;
    for (category = category->parent; category && depth++ < PARENTS_MAX;
         category = category->parent)
        slugs = arena_printf(arena, "%" PRI_STR "/%" PRI_STR,
                             ARG_STR(category->slug), ARG_STR(slugs));
    return arena_printf(arena, "%" PRI_STR "%s%" PRI_STR, ARG_STR(source->base),
                        source->category_lists, ARG_STR(slugs));
}

static enum err redirect_category(struct arriving *arriving,
                                  const struct story_category *category,
                                  const struct id *id)
{
    struct story_import *import = arriving->import;
    struct str language = arriving->input.content.language;
    struct category here;
    if (!import->source->category_lists || category->only_known)
        return ERR_OK;
    enum err err = category_load(import->session.edit.db, language, id,
                                 &import->session.arena, &here);
    if (err)
        return err;
    return story_redirect(import, old_category_path(arriving, category),
                          arena_printf(&import->session.arena,
                                       "/%" PRI_STR "/%" PRI_STR,
                                       ARG_STR(language), ARG_STR(here.path)));
}

static enum err redirect_person(struct arriving *arriving,
                                const struct story_person *from,
                                const struct id *id)
{
    struct story_import *import = arriving->import;
    const struct story_source *source = import->source;
    struct str language = arriving->input.content.language;
    struct person here;
    if (!source->person_lists)
        return ERR_OK;
    enum err err = person_load(import->session.edit.db, language, id,
                               &import->session.arena, &here);
    if (err)
        return err;
    struct str old = arena_printf(
        &import->session.arena, "%" PRI_STR "%s%" PRI_STR,
        ARG_STR(source->base), source->person_lists, ARG_STR(from->key));
    return story_redirect(import, old,
                          arena_printf(&import->session.arena,
                                       "/%" PRI_STR "/author/%" PRI_STR,
                                       ARG_STR(language), ARG_STR(here.slug)));
}

/* ---- Categories ------------------------------------------------------------
 */

/* Where the newspaper has a category of that path, in this language or in
 * another one (it is then named in this one, too). ERR_NOT_FOUND. */
static enum err find_path(struct arriving *arriving, struct str path,
                          const struct category_name *name, struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct category found;
    enum err err = category_find(import->session.edit.db, name->language, path,
                                 &import->session.arena, &found);
    if (!err)
        *ret_id = found.id;
    for (size_t i = 0;
         err == ERR_NOT_FOUND && i < import->session.languages.count; i++) {
        err = category_find(import->session.edit.db,
                            import->session.languages.languages[i].code, path,
                            &import->session.arena, &found);
        if (err)
            continue;
        struct category_input input;
        err = category_input_load(import->session.edit.db, &found.id,
                                  &import->session.arena, &input);
        if (err)
            return err;
        category_input_set_name(&input, name);
        return category_save(&import->session.edit, &input, ret_id);
    }
    return err;
}

static enum err parent_of(struct arriving *arriving, const struct id *id,
                          struct category *ret_parent)
{
    struct story_import *import = arriving->import;
    *ret_parent = (struct category){0};
    if (!id_is_set(id))
        return ERR_OK;
    return category_load(import->session.edit.db,
                         arriving->input.content.language, id,
                         &import->session.arena, ret_parent);
}

static enum err make_category(struct arriving *arriving,
                              const struct story_category *category,
                              const struct id *parent_id, struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct str language = arriving->input.content.language;
    struct category parent;
    enum err err = parent_of(arriving, parent_id, &parent);
    if (err)
        return err;
    if (id_is_set(&parent.id) && parent.depth + 1 >= CATEGORY_DEPTH_MAX) {
        *ret_id = parent.id; /* deeper than ours go: its articles go there */
        return ERR_OK;
    }
    struct category_name name = {
        .language = language,
        .slug = slug_is_valid(category->slug) ? category->slug : STR(""),
        .name = unescape(arriving, category->name, CATEGORY_NAME_BYTES_MAX),
        .description = unescape(arriving, category->description,
                                CATEGORY_DESCRIPTION_BYTES_MAX),
    };
    if (!name.slug.len)
        name.slug = slug_make(name.name, language, &import->session.arena);
    struct str path = name.slug;
    if (parent.path.len)
        path = arena_printf(&import->session.arena, "%" PRI_STR "/%" PRI_STR,
                            ARG_STR(parent.path), ARG_STR(name.slug));
    err = path.len ? find_path(arriving, path, &name, ret_id) : ERR_NOT_FOUND;
    if (err != ERR_NOT_FOUND || category->only_known)
        return err;
    struct category_list list;
    err = category_tree(import->session.edit.db, language,
                        &import->session.arena, &list);
    if (err)
        return err;
    const struct category_input input = {
        .parent = parent.id,
        .position = (int64_t)list.count, /* behind all others */
        .names = &name,
        .name_count = 1,
    };
    return category_save(&import->session.edit, &input, ret_id);
}

/* Whether a category is still there, with a name in this language. */
static bool is_there(struct arriving *arriving, const struct id *id)
{
    struct category category;
    return !category_load(arriving->import->session.edit.db,
                          arriving->input.content.language, id,
                          &arriving->import->session.arena, &category);
}

/* One category whose parent is known. */
static enum err find_category(struct arriving *arriving,
                              const struct story_category *category,
                              const struct id *parent, struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct str foreign = arena_printf(
        &import->session.arena, "%" PRI_STR ":%" PRI_STR,
        ARG_STR(arriving->input.content.language), ARG_STR(category->key));
    if (known_find(import, IMPORT_KIND_CATEGORY, foreign, ret_id))
        return ERR_OK;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_CATEGORY, foreign);
    struct import_item item;
    enum err err = import_item_find(import->session.edit.db, &key,
                                    &import->session.arena, &item);
    if (!err && is_there(arriving, &item.id)) {
        *ret_id = item.id;
        known_add(import, IMPORT_KIND_CATEGORY, foreign, ret_id);
        return ERR_OK;
    }
    if (err && err != ERR_NOT_FOUND)
        return err;
    err = make_category(arriving, category, parent, ret_id);
    if (err)
        return err;
    item = (struct import_item){.id = *ret_id};
    known_add(import, IMPORT_KIND_CATEGORY, foreign, ret_id);
    err = import_item_save(&import->session.edit, &key, &item);
    return err ? err : redirect_category(arriving, category, ret_id);
}

/* From the root down. */
static enum err find_branch(struct arriving *arriving,
                            const struct story_category *category,
                            struct id *ret_id)
{
    const struct story_category *branch[PARENTS_MAX];
    size_t count = 0;
    for (; category && count < PARENTS_MAX; category = category->parent)
        branch[count++] = category;
    struct id id = {0};
    while (count) {
        struct id parent = id;
        enum err err = find_category(arriving, branch[--count], &parent, &id);
        if (err)
            return err;
    }
    *ret_id = id;
    return ERR_OK;
}

static void add_category(struct article_content *content, const struct id *id)
{
    for (size_t i = 0; i < content->category_count; i++)
        if (str_eq(id_str(&content->categories[i]), id_str(id)))
            return;
    if (content->category_count < ARTICLE_CATEGORIES_MAX)
        content->categories[content->category_count++] = *id;
}

/* ---- Tags ------------------------------------------------------------------
 */

static void add_tag(struct arriving *arriving, struct str text,
                    struct str old_slug)
{
    struct article_content *content = &arriving->input.content;
    struct str name = unescape(arriving, text, TAG_NAME_BYTES_MAX);
    struct str slug =
        slug_make(name, content->language, &arriving->import->session.arena);
    if (!name.len || !slug.len) {
        if (name.len)
            arriving_drop(arriving, STR("tag without letters"), 1);
        return;
    }
    if (content->tag_count == ARTICLE_TAGS_MAX)
        return;
    arriving->tag_slugs[content->tag_count] = old_slug;
    content->tags[content->tag_count++] = name;
}

static enum err redirect_tag(struct arriving *arriving, struct str name,
                             struct str old_slug)
{
    struct story_import *import = arriving->import;
    const struct story_source *source = import->source;
    struct arena *arena = &import->session.arena;
    struct str language = arriving->input.content.language;
    struct tag here;
    struct id id;
    struct str old =
        arena_printf(arena, "%" PRI_STR "%s%" PRI_STR, ARG_STR(source->base),
                     source->tag_lists, ARG_STR(old_slug));
    if (known_find(import, KNOWN_TAG, old, &id))
        return ERR_OK;
    enum err err =
        tag_find_named(import->session.edit.db, language, name, arena, &here);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    known_add(import, KNOWN_TAG, old, &here.id);
    return story_redirect(import, old,
                          arena_printf(arena, "/%" PRI_STR "/tag/%" PRI_STR,
                                       ARG_STR(language), ARG_STR(here.slug)));
}

enum err story_redirect_tags(struct arriving *arriving)
{
    const struct article_content *content = &arriving->input.content;
    enum err err = ERR_OK;
    if (!arriving->import->source->tag_lists)
        return ERR_OK;
    for (size_t i = 0; !err && i < content->tag_count; i++)
        if (arriving->tag_slugs[i].len)
            err = redirect_tag(arriving, content->tags[i],
                               arriving->tag_slugs[i]);
    return err;
}

static enum err read_categories(struct arriving *arriving)
{
    struct story_import *import = arriving->import;
    const struct story *story = arriving->story;
    struct article_content *content = &arriving->input.content;
    content->categories =
        arena_array(&import->session.arena, struct id, ARTICLE_CATEGORIES_MAX);
    content->tags =
        arena_array(&import->session.arena, struct str, ARTICLE_TAGS_MAX);
    arriving->tag_slugs =
        arena_array(&import->session.arena, struct str, ARTICLE_TAGS_MAX);
    for (size_t i = 0; i < story->category_count; i++) {
        const struct story_category *category = story->categories[i];
        struct id id;
        enum err err = find_branch(arriving, category, &id);
        if (!err) {
            add_category(content, &id);
            continue;
        }
        bool impossible = err == ERR_INVALID || err == ERR_EXISTS ||
                          err == ERR_TOO_LONG || err == ERR_NOT_FOUND ||
                          err == ERR_CONFLICT;
        if (!impossible)
            return err;
        if (!category->only_known)
            arriving_tell(arriving, "category '%.*s' became a tag: %s",
                          ARG_STR(utf8_cut(category->name, 100)),
                          fault_text(&import->session.fault));
        add_tag(arriving, category->name, STR(""));
        import->session.fault = (struct fault){0};
    }
    for (size_t i = 0; i < story->tag_count; i++)
        add_tag(arriving, story->tags[i].name, story->tags[i].slug);
    return ERR_OK;
}

/* ---- People ----------------------------------------------------------------
 */

static enum err make_person(struct arriving *arriving,
                            const struct story_person *from, struct str name,
                            struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct str language = arriving->input.content.language;
    struct str slug = slug_is_valid(from->slug)
                          ? from->slug
                          : slug_make(name, language, &import->session.arena);
    struct person person;
    enum err err = slug.len ? person_find(import->session.edit.db, language,
                                          slug, &import->session.arena, &person)
                            : ERR_NOT_FOUND;
    if (!err)
        *ret_id = person.id;
    if (err != ERR_NOT_FOUND)
        return err;
    struct id picture = {0};
    if (from->picture.len)
        err = story_find_medium(arriving, from->picture, &picture);
    if (err && err != ERR_NOT_FOUND)
        return err;
    const struct person_name named = {
        .language = STR(""),
        .name = name,
        .bio = unescape(arriving, from->bio, PERSON_BIO_BYTES_MAX),
    };
    const struct person_input input = {
        .slug = slug, .picture = picture, .names = &named, .name_count = 1};
    return person_save(&import->session.edit, &input, ret_id);
}

static enum err find_person(struct arriving *arriving,
                            const struct story_person *from, struct str name,
                            struct id *ret_id)
{
    struct story_import *import = arriving->import;
    if (known_find(import, IMPORT_KIND_PERSON, from->key, ret_id))
        return ERR_OK;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_PERSON, from->key);
    struct import_item item;
    struct person person;
    enum err err = import_item_find(import->session.edit.db, &key,
                                    &import->session.arena, &item);
    if (!err)
        err = person_load(import->session.edit.db,
                          arriving->input.content.language, &item.id,
                          &import->session.arena, &person);
    if (!err)
        *ret_id = item.id;
    if (err == ERR_NOT_FOUND) {
        err = make_person(arriving, from, name, ret_id);
        item = (struct import_item){.id = *ret_id};
        if (!err)
            err = import_item_save(&import->session.edit, &key, &item);
        if (!err)
            err = redirect_person(arriving, from, ret_id);
    }
    if (!err)
        known_add(import, IMPORT_KIND_PERSON, from->key, ret_id);
    return err;
}

static enum err read_people(struct arriving *arriving)
{
    const struct story *story = arriving->story;
    struct story_import *import = arriving->import;
    struct article_content *content = &arriving->input.content;
    content->bylines = arena_array(
        &import->session.arena, struct article_byline, story->person_count + 1);
    for (size_t i = 0;
         i < story->person_count && content->byline_count < ARTICLE_BYLINES_MAX;
         i++) {
        const struct story_person *from = &story->people[i];
        struct str name = unescape(arriving, from->name, PERSON_NAME_BYTES_MAX);
        if (!name.len)
            continue;
        struct article_byline byline = {.name = name};
        enum err err = find_person(arriving, from, name, &byline.person);
        if (err == ERR_INVALID || err == ERR_EXISTS || err == ERR_TOO_LONG) {
            import->session.fault = (struct fault){0};
            byline.person = (struct id){0}; /* the name alone */
            err = ERR_OK;
        }
        if (err)
            return err;
        content->bylines[content->byline_count++] = byline;
    }
    return ERR_OK;
}

/* ---- Translations ----------------------------------------------------------
 */

/* The first of them that comes gives the story its id. */
static enum err read_story(struct arriving *arriving)
{
    struct story_import *import = arriving->import;
    if (!arriving->story->translations.len)
        return ERR_OK;
    const struct import_key key = arriving_key(arriving, IMPORT_KIND_STORY,
                                               arriving->story->translations);
    struct import_item item;
    enum err err = import_item_find(import->session.edit.db, &key,
                                    &import->session.arena, &item);
    if (!err)
        arriving->input.story = item.id;
    if (err != ERR_NOT_FOUND)
        return err;
    item = (struct import_item){.id = arriving->input.id};
    arriving->input.story = item.id;
    return import_item_save(&import->session.edit, &key, &item);
}

enum err story_read_names(struct arriving *arriving)
{
    enum err err = read_categories(arriving);
    if (!err)
        err = read_people(arriving);
    return err ? err : read_story(arriving);
}
