// SPDX-License-Identifier: Apache-2.0
#include "content/person.h"

#include "content/change.h"
#include "content/check_internal.h"
#include "content/hiding.h"
#include "content/language.h"
#include "content/listing_internal.h"
#include "content/media_internal.h"
#include "content/redirect.h"
#include "content/row_internal.h"
#include "content/search_internal.h"

/* ---- Reading
 * ----------------------------------------------------------------- */

/* $1 is the language; its texts go before those that hold in every one. */
#define PERSON_COLUMNS \
    "SELECT person.id, person.slug, person.picture_id," \
    " COALESCE(NULLIF(own.name, ''), NULLIF(every.name, '')," \
    "  (SELECT name FROM person_name AS some WHERE some.person_id = person.id" \
    "   ORDER BY language LIMIT 1), person.slug) AS shown_name," \
    " COALESCE(NULLIF(own.role, ''), every.role)," \
    " COALESCE(NULLIF(own.bio, ''), every.bio)" \
    " FROM person" \
    " LEFT JOIN person_name AS own" \
    "  ON own.person_id = person.id AND own.language = $1" \
    " LEFT JOIN person_name AS every" \
    "  ON every.person_id = person.id AND every.language = ''"

static struct person read_row(const struct db_query *query, struct arena *arena)
{
    return (struct person){
        .id = row_id(query, 0),
        .slug = db_column_str(query, 1, arena),
        .picture = row_id(query, 2),
        .name = db_column_str(query, 3, arena),
        .role = db_column_str(query, 4, arena),
        .bio = db_column_str(query, 5, arena),
    };
}

static enum err read_one(struct db_query *query, struct arena *arena,
                         struct person *ret_person)
{
    enum err err = db_query_row(query);
    if (!err)
        *ret_person = read_row(query, arena);
    return err;
}

enum err person_find(struct db *db, struct str language, struct str slug,
                     struct arena *arena, struct person *ret_person)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, PERSON_COLUMNS " WHERE person.slug = $2",
                                   DB_STR(language), DB_STR(slug));
    return read_one(&query, arena, ret_person);
}

enum err person_load(struct db *db, struct str language, const struct id *id,
                     struct arena *arena, struct person *ret_person)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db, PERSON_COLUMNS " WHERE person.id = $2",
                                   DB_STR(language), DB_ID(id));
    return read_one(&query, arena, ret_person);
}

enum err person_list(struct db *db, struct str language, struct arena *arena,
                     struct person_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, PERSON_COLUMNS " ORDER BY shown_name, person.id", DB_STR(language));
    struct person_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.people, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

/* ---- Writing
 * ----------------------------------------------------------------- */

static const char bylined_sql[] =
    "SELECT DISTINCT article_id FROM article_byline"
    " JOIN article ON article.id = article_id"
    " WHERE person_id = $1 AND article.state = 'published'";

static enum err check_names(struct edit *edit, const struct person_input *input)
{
    if (input->name_count == 0)
        return fault_set(edit->fault, ERR_INVALID, "names",
                         "a person needs a name");
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < input->name_count; i++) {
        const struct person_name *name = &input->names[i];
        err = check_required("name", name->name, PERSON_NAME_BYTES_MAX,
                             edit->fault);
        if (!err)
            err = check_line("role", name->role, PERSON_NAME_BYTES_MAX,
                             edit->fault);
        if (!err)
            err =
                check_text("bio", name->bio, PERSON_BIO_BYTES_MAX, edit->fault);
    }
    return err;
}

/* Whether a person other than id has the slug. */
static enum err slug_is_taken(struct edit *edit, struct str slug,
                              const struct id *id, bool *ret_taken)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "SELECT 1 FROM person WHERE slug = $1 AND id <> $2",
               DB_STR(slug), DB_ID(id));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    *ret_taken = !err;
    return ERR_OK;
}

/* A given slug must be free; one that is made gets a number until it is. */
static enum err choose_slug(struct edit *edit, const struct person_input *input,
                            const struct id *id, struct str *ret_slug)
{
    struct str made;
    enum err err =
        check_slug("slug", input->slug, input->names[0].name,
                   input->names[0].language, &edit->arena, &made, edit->fault);
    struct str slug = made;
    bool taken = true;
    for (int number = 2; !err; number++) {
        err = slug_is_taken(edit, slug, id, &taken);
        if (err || !taken)
            break;
        if (input->slug.len)
            return fault_set(edit->fault, ERR_EXISTS, "slug",
                             "another person has the slug \"%" PRI_STR "\"",
                             ARG_STR(slug));
        slug = arena_printf(&edit->arena, "%" PRI_STR "-%d", ARG_STR(made),
                            number);
    }
    if (!err)
        *ret_slug = slug;
    return err;
}

static enum err write_names(struct edit *edit, const struct person_input *input,
                            const struct id *id)
{
    enum err err = edit_run(
        edit, "DELETE FROM person_name WHERE person_id = $1", DB_ID(id));
    for (size_t i = 0; !err && i < input->name_count; i++) {
        const struct person_name *name = &input->names[i];
        err = edit_run(edit,
                       "INSERT INTO person_name"
                       " (person_id, language, name, role, bio)"
                       " VALUES ($1, $2, $3, $4, $5)",
                       DB_ID(id), DB_STR(name->language), DB_STR(name->name),
                       DB_STR(name->role), DB_STR(name->bio));
        if (err == ERR_EXISTS)
            fault_set(edit->fault, err, "names",
                      "two names in the language \"%" PRI_STR "\"",
                      ARG_STR(name->language));
    }
    return err;
}

static enum err write_row(struct edit *edit, const struct person_input *input,
                          const struct id *id, struct str slug)
{
    enum err err =
        db_run(edit->db,
               "INSERT INTO person (id, slug, picture_id) VALUES ($1, $2, $3)"
               " ON CONFLICT (id) DO UPDATE SET slug = excluded.slug,"
               " picture_id = excluded.picture_id",
               DB_ID(id), DB_STR(slug), DB_ID_OR_NULL(&input->picture));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, ERR_NOT_FOUND, "picture",
                         "there is no medium %s", input->picture.text);
    return edit_failed(edit, err);
}

/* The author's page moves in every language. */
static enum err move_address(struct edit *edit, struct str old, struct str slug)
{
    struct language_list languages;
    enum err err = language_list(edit->db, &edit->arena, &languages);
    if (err)
        return edit_failed(edit, err);
    for (size_t i = 0; !err && i < languages.count; i++) {
        struct str code = languages.languages[i].code;
        struct str path =
            arena_printf(&edit->arena, "/%" PRI_STR "/author/%" PRI_STR,
                         ARG_STR(code), ARG_STR(slug));
        struct str old_path =
            arena_printf(&edit->arena, "/%" PRI_STR "/author/%" PRI_STR,
                         ARG_STR(code), ARG_STR(old));
        err = redirect_remove(edit, path);
        if (!err && old.len)
            err = redirect_save(edit, old_path, path);
    }
    return err;
}

static enum err show_picture(struct edit *edit, const struct id *old,
                             const struct id *picture)
{
    enum err err = ERR_OK;
    if (id_is_set(old) && !str_eq(id_str(old), id_str(picture)))
        err = hiding_note(edit, id_str(old), HIDING_SOON);
    if (!err && id_is_set(picture))
        err = media_publish(edit, id_str(picture));
    return err;
}

static enum err save(struct edit *edit, const struct person_input *input,
                     const struct id *id)
{
    struct person old = {0};
    struct str slug = {0};
    enum err err = check_names(edit, input);
    if (!err)
        err = choose_slug(edit, input, id, &slug);
    if (err)
        return err;
    err = person_load(edit->db, STR(""), id, &edit->arena, &old);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    if (!err)
        change_notef(edit, "save", "author:%" PRI_STR, ARG_STR(old.slug));
    err = write_row(edit, input, id, slug);
    if (!err)
        err = write_names(edit, input, id);
    if (!err && !str_eq(old.slug, slug))
        err = move_address(edit, old.slug, slug);
    if (!err)
        err = show_picture(edit, &old.picture, &input->picture);
    if (!err && old.slug.len)
        err = listing_note_each(edit, bylined_sql, id_str(id), "author");
    if (!err && old.slug.len)
        err = search_put_later(edit, SEARCH_PERSON, id);
    if (!err) {
        change_notef(edit, "save", "author:%" PRI_STR, ARG_STR(slug));
        change_note(edit, STR("authors"), "save");
    }
    return err;
}

enum err person_save(struct edit *edit, const struct person_input *input,
                     struct id *ret_id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct id id = id_is_set(&input->id) ? input->id : id_make();
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = save(edit, input, &id);
    if (!err)
        err = edit_step_commit(&step);
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

enum err person_set_picture(struct edit *edit, const struct id *id,
                            const struct id *picture)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct person person;
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    err = person_load(edit->db, STR(""), id, &edit->arena, &person);
    if (!err)
        err =
            db_run(edit->db, "UPDATE person SET picture_id = $2 WHERE id = $1",
                   DB_ID(id), DB_ID_OR_NULL(picture));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, ERR_NOT_FOUND, "picture",
                         "there is no medium %s", picture->text);
    if (err)
        return edit_failed(edit, err);
    err = show_picture(edit, &person.picture, picture);
    change_notef(edit, "save", "author:%" PRI_STR, ARG_STR(person.slug));
    return err ? err : edit_step_commit(&step);
}

enum err person_remove(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct person person;
    enum err err = edit_step_begin(&step, edit);
    if (err)
        return err;
    err = person_load(edit->db, STR(""), id, &edit->arena, &person);
    if (err)
        return edit_failed(edit, err);
    err = db_run(edit->db, "DELETE FROM person WHERE id = $1", DB_ID(id));
    if (err == ERR_CONFLICT)
        return fault_set(edit->fault, err, "id",
                         "%" PRI_STR " stands in the byline of an article",
                         ARG_STR(person.name));
    if (err)
        return edit_failed(edit, err);
    if (id_is_set(&person.picture))
        err = hiding_note(edit, id_str(&person.picture), HIDING_SOON);
    change_notef(edit, "remove", "author:%" PRI_STR, ARG_STR(person.slug));
    change_note(edit, STR("authors"), "remove");
    return err ? err : edit_step_commit(&step);
}
