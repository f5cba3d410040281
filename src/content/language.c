// SPDX-License-Identifier: Apache-2.0
#include "content/language.h"

#include <assert.h>

#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"
#include "content/search_internal.h"
#include "content/settings.h"
#include "render/locale.h"

enum { LANGUAGE_CODE_BYTES_MAX = 16, LANGUAGE_NAME_BYTES_MAX = 100 };

static bool is_code(struct str code)
{
    for (size_t i = 0; i < code.len; i++) {
        char c = code.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    /* "tv" would hide the channel's page; ICU knows which others exist. */
    return code.len >= 2 && code.len <= LANGUAGE_CODE_BYTES_MAX &&
           !str_eq(code, STR("tv")) && language_is_valid(code);
}

enum err language_save(struct edit *edit, const struct language *language)
{
    struct str code = language->code, name = language->name;
    if (!is_code(code))
        return fault_set(edit->fault, ERR_INVALID, "language",
                         "\"%" PRI_STR "\" is no language: use its BCP 47 "
                         "code in lower case, such as en, ka or zh-hant",
                         ARG_STR(code));
    if (name.len == 0)
        name = language_own_name(code, &edit->arena);
    enum err err = check_required("language name", name,
                                  LANGUAGE_NAME_BYTES_MAX, edit->fault);
    if (!err)
        err =
            edit_run(edit,
                     "INSERT INTO language (code, name, rtl, position)"
                     " VALUES ($1, $2, $3, $4)"
                     " ON CONFLICT (code) DO UPDATE SET"
                     " name = excluded.name, position = excluded.position",
                     DB_STR(code), DB_STR(name), DB_I64(language_is_rtl(code)),
                     DB_I64(language->position));
    if (!err)
        err = search_add_language(edit, code);
    if (!err)
        change_note(edit, STR("languages"), "save");
    return err;
}

static enum err check_unused(struct edit *edit, struct str code)
{
    struct str standard;
    enum err err = setting_get(edit->db, STR("language"), STR(""), &edit->arena,
                               &standard);
    if (err)
        return edit_failed(edit, err);
    if (str_eq(code, standard))
        return fault_set(edit->fault, ERR_CONFLICT, "language",
                         "\"%" PRI_STR "\" is the language of the address /: "
                         "set another first (setting language)",
                         ARG_STR(code));
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "SELECT 1 FROM article WHERE language = $1 LIMIT 1",
               DB_STR(code));
    err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    return fault_set(edit->fault, ERR_CONFLICT, "language",
                     "there are articles in \"%" PRI_STR "\"", ARG_STR(code));
}

/* Names in the language go with it. */
static const char *const remove_sql[] = {
    "DELETE FROM menu_item WHERE language = $1",
    "DELETE FROM category_name WHERE language = $1",
    "DELETE FROM person_name WHERE language = $1",
    "DELETE FROM tag WHERE language = $1",
    "DELETE FROM setting WHERE language = $1",
    "DELETE FROM language WHERE code = $1",
};

static enum err check_there(struct edit *edit, struct str code)
{
    struct language language;
    enum err err = language_find(edit->db, code, &edit->arena, &language);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "language",
                         "the newspaper has no language \"%" PRI_STR
                         "\"; 'broadsheet language list' tells which it has",
                         ARG_STR(code));
    return edit_failed(edit, err);
}

enum err language_remove(struct edit *edit, struct str code)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = check_there(edit, code);
    if (!err)
        err = check_unused(edit, code);
    for (size_t i = 0; !err && i < sizeof remove_sql / sizeof *remove_sql; i++)
        err = edit_run(edit, remove_sql[i], DB_STR(code));
    if (!err)
        err = search_drop_language(edit, code);
    if (err)
        return err;
    change_note(edit, STR("languages"), "remove");
    return edit_step_commit(&step);
}

/* ---- Reading
 * ----------------------------------------------------------------- */

#define LANGUAGE_COLUMNS "SELECT code, name, rtl, position FROM language"

static struct language read_row(const struct db_query *query,
                                struct arena *arena)
{
    return (struct language){
        .code = db_column_str(query, 0, arena),
        .name = db_column_str(query, 1, arena),
        .rtl = db_column_i64(query, 2) != 0,
        .position = db_column_i64(query, 3),
    };
}

enum err language_list(struct db *db, struct arena *arena,
                       struct language_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(db, LANGUAGE_COLUMNS " ORDER BY position, code");
    struct language_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.languages, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

enum err language_find(struct db *db, struct str code, struct arena *arena,
                       struct language *ret_language)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, LANGUAGE_COLUMNS " WHERE code = $1", DB_STR(code));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_language = read_row(&query, arena);
    return err;
}
