// SPDX-License-Identifier: Apache-2.0
#include "content/import_item.h"

#include "content/edit_internal.h"
#include "content/row_internal.h"

static const char *kind_name(enum import_kind kind)
{
    static const char *const names[] = {
#define X(kind, name) name,
        IMPORT_KINDS(X)
#undef X
    };
    return names[kind];
}

enum err import_item_find(struct db *db, const struct import_key *key,
                          struct arena *arena, struct import_item *ret_item)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        "SELECT local_id, digest, revision, state FROM import_item"
        " WHERE source = $1 AND kind = $2 AND foreign_id = $3",
        DB_STR(key->source), DB_C(kind_name(key->kind)), DB_STR(key->foreign));
    enum err err = db_query_row(&query);
    if (err)
        return err;
    *ret_item = (struct import_item){
        .id = row_id(&query, 0),
        .digest = db_column_str(&query, 1, arena),
        .revision = db_column_i64(&query, 2),
        .state = db_column_str(&query, 3, arena),
    };
    return ERR_OK;
}

enum err import_item_save(struct edit *edit, const struct import_key *key,
                          const struct import_item *item)
{
    if (key->foreign.len > IMPORT_FOREIGN_BYTES_MAX)
        return fault_set(edit->fault, ERR_TOO_LONG, "id",
                         "its id has %zu bytes; at most %d are kept",
                         key->foreign.len, IMPORT_FOREIGN_BYTES_MAX);
    return edit_run(
        edit,
        "INSERT INTO import_item"
        " (source, kind, foreign_id, local_id, digest, revision, state)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (source, kind, foreign_id) DO UPDATE SET"
        " local_id = excluded.local_id, digest = excluded.digest,"
        " revision = excluded.revision, state = excluded.state",
        DB_STR(key->source), DB_C(kind_name(key->kind)), DB_STR(key->foreign),
        DB_ID(&item->id), DB_STR(item->digest), DB_I64(item->revision),
        DB_STR(item->state));
}
