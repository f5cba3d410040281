// SPDX-License-Identifier: Apache-2.0
#include "content/menu.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"
#include "render/document.h"

static enum err check_item(struct edit *edit, const struct menu_item *item,
                           size_t index)
{
    char field[32];
    snprintf(field, sizeof field, "items[%zu]", index);
    enum err err =
        check_line(field, item->label, MENU_LABEL_BYTES_MAX, edit->fault);
    if (err || id_is_set(&item->category))
        return err;
    if (item->label.len == 0)
        return fault_set(edit->fault, ERR_INVALID, field,
                         "%s needs a label, or a category", field);
    if (!document_href_is_allowed(item->target))
        return fault_set(edit->fault, ERR_INVALID, field,
                         "%s needs a target: a path such as /en/about or an "
                         "address such as https://example.org",
                         field);
    return ERR_OK;
}

static enum err add_item(struct edit *edit, struct str language,
                         struct str name, const struct menu_item *item,
                         size_t index)
{
    enum err err = check_item(edit, item, index);
    if (err)
        return err;
    err = db_run(edit->db,
                 "INSERT INTO menu_item"
                 " (language, menu, position, category_id, label, target)"
                 " VALUES ($1, $2, $3, $4, $5, $6)",
                 DB_STR(language), DB_STR(name), DB_I64((int64_t)index),
                 DB_ID_OR_NULL(&item->category), DB_STR(item->label),
                 DB_STR(item->target));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, ERR_NOT_FOUND, "items",
                         "items[%zu]: there is no such category, or no such "
                         "language",
                         index);
    return edit_failed(edit, err);
}

enum err menu_save(struct edit *edit, struct str language, struct str name,
                   const struct menu_item *items, size_t count)
{
    if (count > MENU_ITEMS_MAX)
        return fault_set(edit->fault, ERR_TOO_LONG, "items",
                         "a menu has at most %d items", MENU_ITEMS_MAX);
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = check_required("menu", name, MENU_LABEL_BYTES_MAX, edit->fault);
    if (!err)
        err = edit_run(
            edit, "DELETE FROM menu_item WHERE language = $1 AND menu = $2",
            DB_STR(language), DB_STR(name));
    for (size_t i = 0; !err && i < count; i++)
        err = add_item(edit, language, name, &items[i], i);
    if (err)
        return err;
    change_notef(edit, "save", "menu:%" PRI_STR, ARG_STR(language));
    return edit_step_commit(&step);
}

enum err menu_load(struct db *db, struct str language, struct str name,
                   struct arena *arena, struct menu *ret_menu)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT menu_item.category_id, menu_item.label, menu_item.target,"
        " category_name.name, category_name.path"
        " FROM menu_item LEFT JOIN category_name"
        " ON category_name.category_id = menu_item.category_id"
        " AND category_name.language = menu_item.language"
        " WHERE menu_item.language = $1 AND menu_item.menu = $2"
        " AND (menu_item.category_id IS NULL OR category_name.path IS NOT NULL)"
        " ORDER BY menu_item.position",
        DB_STR(language), DB_STR(name));
    struct menu menu = {0};
    while (db_query_next(&query)) {
        struct menu_item item = {
            .category = row_id(&query, 0),
            .label = db_column_str(&query, 1, arena),
            .target = db_column_str(&query, 2, arena),
            .category_path = db_column_str(&query, 4, arena),
        };
        if (item.label.len == 0)
            item.label = db_column_str(&query, 3, arena);
        ROW_ADD(arena, menu.items, menu.count) = item;
    }
    enum err err = db_query_err(&query);
    if (!err)
        *ret_menu = menu;
    return err;
}
