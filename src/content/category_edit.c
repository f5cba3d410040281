// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "content/category.h"
#include "content/change.h"
#include "content/check_internal.h"
#include "content/listing_internal.h"
#include "content/redirect.h"
#include "content/row_internal.h"
#include "content/search_internal.h"

/* What stands at the same place of an address. */
static const char *const taken_slugs[] = {
    "article", "author", "tag",  "menu",   "tv",    "search",
    "suggest", "saved",  "live", "assets", "media", "programme",
};

/* What is being saved: the names with their slugs and paths. */
struct saving {
    struct id id;
    struct id parent;
    struct category_list parents; /* the parent in each language */
    struct category *names;       /* what will be */
    size_t count;
};

/* ---- Checks
 * ------------------------------------------------------------------ */

static enum err check_free_slug(struct edit *edit, struct str slug)
{
    for (size_t i = 0; i < sizeof taken_slugs / sizeof *taken_slugs; i++)
        if (str_eq(slug, str_from_c(taken_slugs[i])))
            return fault_set(edit->fault, ERR_INVALID, "slug",
                             "the slug \"%" PRI_STR
                             "\" is an address of the site itself: use another",
                             ARG_STR(slug));
    return ERR_OK;
}

static const struct category *in_language(const struct category_list *list,
                                          struct str language)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->categories[i].language, language))
            return &list->categories[i];
    return NULL;
}

static enum err path_of(struct edit *edit, const struct saving *saving,
                        struct category *name)
{
    name->path = name->slug;
    if (!id_is_set(&saving->parent))
        return ERR_OK;
    const struct category *parent =
        in_language(&saving->parents, name->language);
    if (!parent)
        return fault_set(edit->fault, ERR_INVALID, "names",
                         "the parent has no name in \"%" PRI_STR
                         "\": give it one first",
                         ARG_STR(name->language));
    name->depth = parent->depth + 1;
    if (name->depth >= CATEGORY_DEPTH_MAX)
        return fault_set(edit->fault, ERR_INVALID, "parent",
                         "the tree has at most %d levels", CATEGORY_DEPTH_MAX);
    name->path = arena_printf(&edit->arena, "%" PRI_STR "/%" PRI_STR,
                              ARG_STR(parent->path), ARG_STR(name->slug));
    return ERR_OK;
}

/* No other category may have the path. */
static enum err check_free_path(struct edit *edit, const struct category *name)
{
    struct category other;
    enum err err = category_find(edit->db, name->language, name->path,
                                 &edit->arena, &other);
    if (err == ERR_NOT_FOUND ||
        (!err && str_eq(id_str(&other.id), id_str(&name->id))))
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    return fault_set(edit->fault, ERR_EXISTS, "slug",
                     "the category \"%" PRI_STR "\" has the address %" PRI_STR
                     " already; give this one another slug (--slug)",
                     ARG_STR(other.name), ARG_STR(name->path));
}

static enum err check_name(struct edit *edit, const struct saving *saving,
                           const struct category_name *input,
                           struct category *name)
{
    *name = (struct category){
        .id = saving->id,
        .language = input->language,
        .name = input->name,
        .description = input->description,
    };
    enum err err = check_required("name", input->name, CATEGORY_NAME_BYTES_MAX,
                                  edit->fault);
    if (!err)
        err = check_text("description", input->description,
                         CATEGORY_DESCRIPTION_BYTES_MAX, edit->fault);
    if (!err)
        err = check_slug("slug", input->slug, input->name, input->language,
                         &edit->arena, &name->slug, edit->fault);
    if (!err)
        err = check_free_slug(edit, name->slug);
    if (!err)
        err = path_of(edit, saving, name);
    if (!err)
        err = check_free_path(edit, name);
    return err;
}

static enum err check_parent(struct edit *edit, struct saving *saving)
{
    if (!id_is_set(&saving->parent))
        return ERR_OK;
    enum err err = category_translations(edit->db, &saving->parent,
                                         &edit->arena, &saving->parents);
    if (err)
        return edit_failed(edit, err);
    if (saving->parents.count == 0)
        return fault_set(edit->fault, ERR_NOT_FOUND, "parent",
                         "there is no category %s", saving->parent.text);
    struct str any = saving->parents.categories[0].language;
    struct category_list trail;
    err = category_trail(edit->db, any, &saving->parent, &edit->arena, &trail);
    if (err)
        return edit_failed(edit, err);
    for (size_t i = 0; i < trail.count; i++)
        if (str_eq(id_str(&trail.categories[i].id), id_str(&saving->id)))
            return fault_set(edit->fault, ERR_INVALID, "parent",
                             "a category cannot stand below itself");
    return ERR_OK;
}

/* A language may only go when neither a child nor an article needs it. */
static enum err check_needed(struct edit *edit, const struct saving *saving,
                             struct str language)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT 1 FROM category"
               " JOIN category_name ON category_id = category.id"
               " WHERE parent_id = $1 AND language = $2"
               " UNION SELECT 1 FROM article_category"
               " JOIN article ON article.id = article_id"
               " WHERE category_id = $1 AND language = $2",
               DB_ID(&saving->id), DB_STR(language));
    enum err err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    return fault_set(edit->fault, ERR_CONFLICT, "names",
                     "there are articles or categories below it in \"%" PRI_STR
                     "\": it needs a name there",
                     ARG_STR(language));
}

static enum err check_left_out(struct edit *edit, const struct saving *saving,
                               const struct category_list *before)
{
    struct category_list after = {saving->names, saving->count};
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < before->count; i++)
        if (!in_language(&after, before->categories[i].language))
            err = check_needed(edit, saving, before->categories[i].language);
    return err;
}

/* ---- What is below
 * ------------------------------------------------------------ */

static const char below_sql[] =
    "WITH RECURSIVE below (id) AS ("
    "  SELECT id FROM category WHERE id = $1"
    "  UNION SELECT category.id FROM category"
    "  JOIN below ON category.parent_id = below.id)"
    " SELECT category_id, language, slug, path FROM category_name"
    " WHERE category_id IN (SELECT id FROM below) ORDER BY LENGTH(path), path";

static enum err read_below(struct edit *edit, const struct id *id,
                           struct category_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db, below_sql, DB_ID(id));
    struct category_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(&edit->arena, list.categories, list.count) = (struct category){
            .id = row_id(&query, 0),
            .language = db_column_str(&query, 1, &edit->arena),
            .slug = db_column_str(&query, 2, &edit->arena),
            .path = db_column_str(&query, 3, &edit->arena),
        };
    *ret_list = list;
    return edit_failed(edit, db_query_err(&query));
}

static void note_all(struct edit *edit, const struct category_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        change_notef(edit, "save", "category:%" PRI_STR "/%" PRI_STR,
                     ARG_STR(list->categories[i].language),
                     ARG_STR(list->categories[i].slug));
}

static const char repath_sql[] =
    "UPDATE category_name SET path = (SELECT upper.path"
    "  FROM category JOIN category_name AS upper"
    "  ON upper.category_id = category.parent_id"
    "  WHERE category.id = category_name.category_id"
    "  AND upper.language = category_name.language) || '/' || slug"
    " WHERE category_id = $1";

/* Writes the paths of everything below anew, parents first. */
static enum err repath_below(struct edit *edit, const struct id *id)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT id FROM category WHERE parent_id = $1", DB_ID(id));
    while (db_query_next(&query)) {
        struct id child = row_id(&query, 0);
        enum err err = edit_run(edit, repath_sql, DB_ID(&child));
        if (!err)
            err = repath_below(edit, &child);
        if (err)
            return err;
    }
    return edit_failed(edit, db_query_err(&query));
}

static struct str address_of(struct edit *edit, const struct category *category)
{
    return arena_printf(&edit->arena, "/%" PRI_STR "/%" PRI_STR,
                        ARG_STR(category->language), ARG_STR(category->path));
}

static enum err redirect_one(struct edit *edit, const struct category *before,
                             const struct category *after)
{
    struct str address = address_of(edit, after);
    if (before && str_eq(before->path, after->path))
        return ERR_OK;
    enum err err = redirect_remove(edit, address);
    if (!err && before)
        err = redirect_save(edit, address_of(edit, before), address);
    return err;
}

/* Old paths go to new ones. */
static enum err redirect_moved(struct edit *edit,
                               const struct category_list *before,
                               const struct category_list *after)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < after->count; i++) {
        const struct category *new = &after->categories[i], *old = NULL;
        for (size_t j = 0; !old && j < before->count; j++)
            if (str_eq(id_str(&before->categories[j].id), id_str(&new->id)) &&
                str_eq(before->categories[j].language, new->language))
                old = &before->categories[j];
        err = redirect_one(edit, old, new);
    }
    return err;
}

/* ---- Writing
 * ------------------------------------------------------------------ */

static enum err write_rows(struct edit *edit, const struct saving *saving,
                           int64_t position)
{
    enum err err = edit_run(
        edit,
        "INSERT INTO category (id, parent_id, position) VALUES ($1, $2, $3)"
        " ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id,"
        " position = excluded.position",
        DB_ID(&saving->id), DB_ID_OR_NULL(&saving->parent), DB_I64(position));
    if (!err)
        err = edit_run(edit, "DELETE FROM category_name WHERE category_id = $1",
                       DB_ID(&saving->id));
    for (size_t i = 0; !err && i < saving->count; i++) {
        const struct category *name = &saving->names[i];
        err = db_run(edit->db,
                     "INSERT INTO category_name"
                     " (category_id, language, slug, path, name, description)"
                     " VALUES ($1, $2, $3, $4, $5, $6)",
                     DB_ID(&saving->id), DB_STR(name->language),
                     DB_STR(name->slug), DB_STR(name->path), DB_STR(name->name),
                     DB_STR(name->description));
        if (err == ERR_CONFLICT)
            return fault_set(edit->fault, ERR_NOT_FOUND, "language",
                             "the newspaper has no language \"%" PRI_STR "\"",
                             ARG_STR(name->language));
        edit_failed(edit, err);
    }
    return err;
}

static enum err check_input(struct edit *edit,
                            const struct category_input *input,
                            struct saving *saving)
{
    if (input->name_count == 0)
        return fault_set(edit->fault, ERR_INVALID, "names",
                         "a category needs a name");
    saving->names =
        arena_array(&edit->arena, struct category, input->name_count);
    saving->count = input->name_count;
    enum err err = check_parent(edit, saving);
    for (size_t i = 0; !err && i < input->name_count; i++)
        err = check_name(edit, saving, &input->names[i], &saving->names[i]);
    return err;
}

static enum err save(struct edit *edit, const struct category_input *input,
                     struct saving *saving)
{
    struct category_list before = {0}, after = {0};
    enum err err = check_input(edit, input, saving);
    if (!err)
        err = read_below(edit, &saving->id, &before);
    if (!err)
        err = check_left_out(edit, saving, &before);
    if (!err)
        err = listing_note_category(edit, &saving->id, "save");
    if (!err)
        err = write_rows(edit, saving, input->position);
    if (!err)
        err = repath_below(edit, &saving->id);
    if (!err)
        err = read_below(edit, &saving->id, &after);
    if (!err)
        err = redirect_moved(edit, &before, &after);
    if (!err && before.count)
        err = listing_refill_category(edit, &saving->id);
    if (!err && before.count)
        err = search_put_later(edit, SEARCH_CATEGORY, &saving->id);
    if (!err)
        err = listing_note_category(edit, &saving->id, "save");
    if (err)
        return err;
    note_all(edit, &before);
    note_all(edit, &after);
    change_note(edit, STR("categories"), "save");
    return ERR_OK;
}

enum err category_save(struct edit *edit, const struct category_input *input,
                       struct id *ret_id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct saving saving = {
        .id = id_is_set(&input->id) ? input->id : id_make(),
        .parent = input->parent,
    };
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = save(edit, input, &saving);
    if (!err)
        err = edit_step_commit(&step);
    if (!err && ret_id)
        *ret_id = saving.id;
    return err;
}

enum err category_remove(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = listing_note_category(edit, id, "remove");
    if (err)
        return err;
    int64_t removed = 0;
    {
        DEFER(db_query_end)
        struct db_query query =
            db_ask(edit->db, "DELETE FROM category WHERE id = $1", DB_ID(id));
        err = db_query_run(&query, &removed);
    }
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, err, "id",
                         "there are articles in the category, or categories "
                         "below it: move them first");
    if (err)
        return edit_failed(edit, err);
    if (!removed)
        return fault_set(edit->fault, ERR_NOT_FOUND, "id",
                         "there is no category %s", id->text);
    change_note(edit, STR("categories"), "remove");
    return edit_step_commit(&step);
}
