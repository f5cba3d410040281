// SPDX-License-Identifier: Apache-2.0
#include "content/tag.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/listing_internal.h"
#include "content/redirect.h"
#include "content/row_internal.h"
#include "content/search_internal.h"

/* ---- Reading
 * ----------------------------------------------------------------- */

#define TAG_COLUMNS "SELECT id, language, slug, name FROM tag"

static struct tag read_row(const struct db_query *query, struct arena *arena)
{
    return (struct tag){
        .id = row_id(query, 0),
        .language = db_column_str(query, 1, arena),
        .slug = db_column_str(query, 2, arena),
        .name = db_column_str(query, 3, arena),
    };
}

static enum err read_one(struct db_query *query, struct arena *arena,
                         struct tag *ret_tag)
{
    enum err err = db_query_row(query);
    if (!err)
        *ret_tag = read_row(query, arena);
    return err;
}

enum err tag_find(struct db *db, struct str language, struct str slug,
                  struct arena *arena, struct tag *ret_tag)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, TAG_COLUMNS " WHERE language = $1 AND slug = $2",
               DB_STR(language), DB_STR(slug));
    return read_one(&query, arena, ret_tag);
}

enum err tag_find_public(struct db *db, struct str language, struct str slug,
                         struct arena *arena, struct tag *ret_tag)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               TAG_COLUMNS " WHERE language = $1 AND slug = $2 AND EXISTS"
                           " (SELECT 1 FROM listing WHERE shelf = 't:' || id)",
               DB_STR(language), DB_STR(slug));
    return read_one(&query, arena, ret_tag);
}

enum err tag_find_named(struct db *db, struct str language, struct str name,
                        struct arena *arena, struct tag *ret_tag)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db,
        TAG_COLUMNS " WHERE language = $1 AND name = $2 ORDER BY id LIMIT 1",
        DB_STR(language), DB_STR(name));
    return read_one(&query, arena, ret_tag);
}

static enum err tag_load(struct db *db, const struct id *id,
                         struct arena *arena, struct tag *ret_tag)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, TAG_COLUMNS " WHERE id = $1", DB_ID(id));
    return read_one(&query, arena, ret_tag);
}

enum err tag_list(struct db *db, struct str language, struct arena *arena,
                  struct tag_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, TAG_COLUMNS " WHERE language = $1 ORDER BY name, id",
               DB_STR(language));
    struct tag_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.tags, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

/* ---- Writing
 * ----------------------------------------------------------------- */

static const char carriers_sql[] =
    "SELECT article_id FROM listing WHERE shelf = 't:' || $1";

static void note_tag(struct edit *edit, const struct tag *tag, const char *kind)
{
    change_notef(edit, kind, "tag:%" PRI_STR "/%" PRI_STR,
                 ARG_STR(tag->language), ARG_STR(tag->slug));
    change_notef(edit, kind, "tags:%" PRI_STR, ARG_STR(tag->language));
}

static struct str tag_path(struct edit *edit, const struct tag *tag)
{
    return arena_printf(&edit->arena, "/%" PRI_STR "/tag/%" PRI_STR,
                        ARG_STR(tag->language), ARG_STR(tag->slug));
}

static enum err check_tag(struct edit *edit, struct tag *tag)
{
    enum err err =
        check_required("name", tag->name, TAG_NAME_BYTES_MAX, edit->fault);
    if (!err)
        err = check_slug("slug", tag->slug, tag->name, tag->language,
                         &edit->arena, &tag->slug, edit->fault);
    return err;
}

static enum err insert(struct edit *edit, struct tag *tag)
{
    if (!id_is_set(&tag->id))
        tag->id = id_make();
    enum err err = db_run(edit->db,
                          "INSERT INTO tag (id, language, slug, name)"
                          " VALUES ($1, $2, $3, $4)",
                          DB_ID(&tag->id), DB_STR(tag->language),
                          DB_STR(tag->slug), DB_STR(tag->name));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, ERR_NOT_FOUND, "language",
                         "the newspaper has no language \"%" PRI_STR "\"",
                         ARG_STR(tag->language));
    if (err)
        return edit_failed(edit, err);
    note_tag(edit, tag, "save");
    return redirect_remove(edit, tag_path(edit, tag));
}

static enum err move_address(struct edit *edit, const struct tag *old,
                             const struct tag *tag)
{
    if (str_eq(old->slug, tag->slug))
        return ERR_OK;
    enum err err = redirect_remove(edit, tag_path(edit, tag));
    if (!err)
        err = redirect_save(edit, tag_path(edit, old), tag_path(edit, tag));
    return err;
}

static enum err update(struct edit *edit, const struct tag *old,
                       struct tag *tag)
{
    tag->id = old->id;
    tag->language = old->language; /* a tag does not change its language */
    if (str_eq(old->slug, tag->slug) && str_eq(old->name, tag->name))
        return ERR_OK;
    struct tag other;
    enum err err =
        tag_find(edit->db, tag->language, tag->slug, &edit->arena, &other);
    if (!err && !str_eq(id_str(&other.id), id_str(&tag->id)))
        return fault_set(edit->fault, ERR_EXISTS, "slug",
                         "another tag has the slug \"%" PRI_STR "\"",
                         ARG_STR(tag->slug));
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    note_tag(edit, old, "save");
    err = edit_run(edit, "UPDATE tag SET slug = $2, name = $3 WHERE id = $1",
                   DB_ID(&tag->id), DB_STR(tag->slug), DB_STR(tag->name));
    if (!err)
        err = move_address(edit, old, tag);
    if (!err)
        err = listing_note_each(edit, carriers_sql, id_str(&tag->id), "tag");
    if (!err)
        err = search_put_later(edit, SEARCH_TAG, &tag->id);
    if (!err)
        note_tag(edit, tag, "save");
    return err;
}

enum err tag_save(struct edit *edit, const struct tag *input, struct id *ret_id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct tag tag = *input, old;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = check_tag(edit, &tag);
    if (err)
        return err;
    err = id_is_set(&tag.id)
              ? tag_load(edit->db, &tag.id, &edit->arena, &old)
              : tag_find(edit->db, tag.language, tag.slug, &edit->arena, &old);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    err = err ? insert(edit, &tag) : update(edit, &old, &tag);
    if (!err)
        err = edit_step_commit(&step);
    if (!err && ret_id)
        *ret_id = tag.id;
    return err;
}

enum err tag_remove(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct tag tag;
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    err = tag_load(edit->db, id, &edit->arena, &tag);
    if (err)
        return edit_failed(edit, err);
    err = listing_note_each(edit, carriers_sql, id_str(id), "tag");
    if (!err)
        err = search_put_later(edit, SEARCH_TAG, id);
    note_tag(edit, &tag, "remove");
    if (!err)
        err = edit_run(edit, "DELETE FROM listing WHERE shelf = 't:' || $1",
                       DB_ID(id));
    if (!err)
        err = edit_run(edit, "DELETE FROM tag WHERE id = $1", DB_ID(id));
    return err ? err : edit_step_commit(&step);
}
