// SPDX-License-Identifier: Apache-2.0
#include "content/category.h"

#include "content/row_internal.h"

#define CATEGORY_COLUMNS \
    "SELECT category.id, category.parent_id, category.position, language," \
    " slug, path, name, description" \
    " FROM category JOIN category_name ON category_id = category.id"

static int64_t depth_of(struct str path)
{
    int64_t depth = 0;
    for (size_t i = 0; i < path.len; i++)
        depth += path.ptr[i] == '/';
    return depth;
}

static struct category read_row(const struct db_query *query,
                                struct arena *arena)
{
    return (struct category){
        .id = row_id(query, 0),
        .parent = row_id(query, 1),
        .position = db_column_i64(query, 2),
        .depth = depth_of(db_column_peek(query, 5)),
        .language = db_column_str(query, 3, arena),
        .slug = db_column_str(query, 4, arena),
        .path = db_column_str(query, 5, arena),
        .name = db_column_str(query, 6, arena),
        .description = db_column_str(query, 7, arena),
    };
}

static enum err read_one(struct db_query *query, struct arena *arena,
                         struct category *ret_category)
{
    enum err err = db_query_row(query);
    if (!err)
        *ret_category = read_row(query, arena);
    return err;
}

static enum err read_all(struct db_query *query, struct arena *arena,
                         struct category_list *ret_list)
{
    struct category_list list = {0};
    while (db_query_next(query))
        ROW_ADD(arena, list.categories, list.count) = read_row(query, arena);
    enum err err = db_query_err(query);
    if (!err)
        *ret_list = list;
    return err;
}

enum err category_find(struct db *db, struct str language, struct str path,
                       struct arena *arena, struct category *ret_category)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, CATEGORY_COLUMNS " WHERE language = $1 AND path = $2",
               DB_STR(language), DB_STR(path));
    return read_one(&query, arena, ret_category);
}

enum err category_load(struct db *db, struct str language, const struct id *id,
                       struct arena *arena, struct category *ret_category)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, CATEGORY_COLUMNS " WHERE category_id = $1 AND language = $2",
               DB_ID(id), DB_STR(language));
    return read_one(&query, arena, ret_category);
}

enum err category_trail(struct db *db, struct str language, const struct id *id,
                        struct arena *arena, struct category_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "WITH RECURSIVE up (id) AS ("
               "  SELECT id FROM category WHERE id = $1"
               "  UNION SELECT category.parent_id FROM category"
               "  JOIN up ON category.id = up.id"
               "  WHERE category.parent_id IS NOT NULL) " CATEGORY_COLUMNS
               " JOIN up ON up.id = category.id"
               " WHERE language = $2 ORDER BY LENGTH(path)",
               DB_ID(id), DB_STR(language));
    return read_all(&query, arena, ret_list);
}

enum err category_translations(struct db *db, const struct id *id,
                               struct arena *arena,
                               struct category_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, CATEGORY_COLUMNS " WHERE category_id = $1 ORDER BY language",
               DB_ID(id));
    return read_all(&query, arena, ret_list);
}

/* Appends the children of parent, each followed by its own. all is ordered by
 * position. A category has one parent, so this ends. */
static void add_children(const struct category_list *all,
                         const struct id *parent, struct category_list *tree)
{
    for (size_t i = 0; i < all->count; i++) {
        const struct category *category = &all->categories[i];
        if (!str_eq(id_str(&category->parent), id_str(parent)))
            continue;
        tree->categories[tree->count++] = *category;
        add_children(all, &category->id, tree);
    }
}

enum err category_tree(struct db *db, struct str language, struct arena *arena,
                       struct category_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               CATEGORY_COLUMNS " WHERE language = $1"
                                " ORDER BY category.position, name,"
                                " category.id",
               DB_STR(language));
    struct category_list all;
    enum err err = read_all(&query, arena, &all);
    if (err)
        return err;
    struct category_list tree = {
        arena_array(arena, struct category, all.count ? all.count : 1), 0};
    add_children(&all, &(struct id){0}, &tree);
    *ret_list = tree;
    return ERR_OK;
}
