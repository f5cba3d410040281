// SPDX-License-Identifier: Apache-2.0
#include "content/redirect.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

static enum err find_exactly(struct db *db, struct str path,
                             struct arena *arena, struct str *ret_target)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT target FROM redirect WHERE path = $1", DB_STR(path));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_target = db_column_str(&query, 0, arena);
    return err;
}

enum err redirect_find(struct db *db, struct str path, struct arena *arena,
                       struct str *ret_target)
{
    if (path.len > REDIRECT_BYTES_MAX)
        return ERR_TOO_LONG;
    enum err err = find_exactly(db, path, arena, ret_target);
    if (err == ERR_NOT_FOUND && path.len > 1 && str_ends_with(path, STR("/")))
        err = find_exactly(db, str_slice(path, 0, path.len - 1), arena,
                           ret_target);
    return err;
}

static enum err check(struct edit *edit, struct str path, struct str target)
{
    enum err err = check_path("path", path, edit->fault);
    if (err)
        return err;
    err =
        str_starts_with(target, STR("/"))
            ? check_path("target", target, edit->fault)
            : check_required("target", target, REDIRECT_BYTES_MAX, edit->fault);
    if (!err && !str_starts_with(target, STR("/")))
        err = check_address("target", target, edit->fault);
    if (!err && str_eq(path, target))
        err = fault_set(edit->fault, ERR_INVALID, "target",
                        "%" PRI_STR " cannot go to itself", ARG_STR(path));
    return err;
}

/* Follows target to its end, so that nobody is sent twice. One step is enough:
 * no target that is stored goes on. */
static enum err end_of(struct edit *edit, struct str path, struct str *target)
{
    struct str further;
    enum err err = redirect_find(edit->db, *target, &edit->arena, &further);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    if (str_eq(further, path))
        return fault_set(edit->fault, ERR_INVALID, "target",
                         "%" PRI_STR " goes to %" PRI_STR
                         " already: that would be a circle",
                         ARG_STR(*target), ARG_STR(path));
    *target = further;
    return ERR_OK;
}

static void note(struct edit *edit, struct str path, const char *kind)
{
    change_note(edit, arena_concat(&edit->arena, STR("redirect:"), path), kind);
}

enum err redirect_save(struct edit *edit, struct str path, struct str target)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = check(edit, path, target);
    if (!err)
        err = end_of(edit, path, &target);
    if (!err)
        err =
            edit_run(edit, "UPDATE redirect SET target = $2 WHERE target = $1",
                     DB_STR(path), DB_STR(target));
    if (!err)
        err = edit_run(edit,
                       "INSERT INTO redirect (path, target, created_us)"
                       " VALUES ($1, $2, $3) ON CONFLICT (path) DO UPDATE"
                       " SET target = excluded.target",
                       DB_STR(path), DB_STR(target), DB_I64(edit->time_us));
    if (err)
        return err;
    note(edit, path, "save");
    return edit_step_commit(&step);
}

enum err redirect_remove(struct edit *edit, struct str path)
{
    struct str target;
    enum err err = redirect_find(edit->db, path, &edit->arena, &target);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    note(edit, path, "remove");
    return edit_run(edit, "DELETE FROM redirect WHERE path = $1", DB_STR(path));
}

enum err redirect_list(struct db *db, struct arena *arena,
                       struct redirect_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, "SELECT path, target FROM redirect ORDER BY path");
    struct redirect_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.redirects, list.count) = (struct redirect){
            .path = db_column_str(&query, 0, arena),
            .target = db_column_str(&query, 1, arena),
        };
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}
