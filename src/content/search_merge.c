// SPDX-License-Identifier: Apache-2.0
/* Every transaction leaves a segment of its own in a full-text table, and a
 * search looks into all of them. FTS5 can merge segments in the commits that
 * make them, which then makes one publication wait for what many others left;
 * here it is done between publications instead, a little at a time. When nobody
 * does it, FTS5 still merges what MERGED_IN_COMMITS (search_index.c) lets
 * gather. */
#include <assert.h>

#include "content/content.h"
#include "content/row_internal.h"
#include "content/search.h"
#include "content/search_internal.h"

/* What FTS5 keeps of a table's segments; a merge always changes it. See "Record
 * Formats" in SQLite's fts5_index.c. */
static enum err read_structure(struct edit *edit, const char *table,
                               struct str *ret_structure)
{
    struct str sql = arena_printf(
        &edit->arena, "SELECT block FROM %s_data WHERE id = 10", table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(edit->db, sql.ptr);
    enum err err = db_query_row(&query);
    if (!err)
        *ret_structure = db_column_blob(&query, 0, &edit->arena);
    return edit_failed(edit, err);
}

static enum err merge_table(struct edit *edit, struct str language,
                            size_t pages, bool *changed)
{
    char table[SEARCH_TABLE_BYTES];
    search_table(language, table);
    struct str before, after;
    struct str sql = arena_printf(
        &edit->arena, "INSERT INTO %s (%s, rank) VALUES ('merge', $1)", table,
        table);
    enum err err = read_structure(edit, table, &before);
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(edit->db, sql.ptr);
    db_bind_i64(&query, (int64_t)pages);
    err = edit_failed(edit, db_query_run(&query, NULL));
    if (!err)
        err = read_structure(edit, table, &after);
    if (!err && !str_eq(before, after))
        *changed = true;
    return err;
}

enum err search_merge(struct content *content, size_t pages, bool *ret_left,
                      struct fault *fault)
{
    assert(pages > 0);
    struct str *languages = NULL;
    size_t count = 0;
    *ret_left = false;
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("search"), fault);
    if (!err)
        err = search_languages(&edit, &languages, &count);
    for (size_t i = 0; !err && i < count; i++)
        err = merge_table(&edit, languages[i], pages, ret_left);
    return err ? err : edit_commit(&edit);
}

enum err search_settle(struct content *content, struct fault *fault)
{
    enum { PAGES_AT_ONCE = 4096 };
    enum err err = ERR_OK;
    bool is_left = true;
    while (!err && is_left)
        err = search_merge(content, PAGES_AT_ONCE, &is_left, fault);
    return err;
}
