// SPDX-License-Identifier: Apache-2.0
#include "content/json_reader.h"

#include <jansson.h>

#include "base/arena.h"
#include "content/article.h"
#include "content/json_members.h"
#include "content/person.h"
#include "render/document.h"

/* ---- Values ----------------------------------------------------------------
 */

enum err json_refuse(const struct json_reader *reader, const char *name,
                     const char *what)
{
    return fault_set(reader->fault, ERR_INVALID, name, "%s has to be %s", name,
                     what);
}

struct str json_text(const struct json_reader *reader, const json_t *value)
{
    return arena_copy(reader->arena, str_of(json_string_value(value),
                                            json_string_length(value)));
}

enum err json_read_text(const struct json_reader *reader, const char *name,
                        struct str *text)
{
    const json_t *value = json_object_get(reader->object, name);
    if (!value)
        return ERR_OK;
    if (!json_is_string(value))
        return json_refuse(reader, name, "a text");
    *text = json_text(reader, value);
    return ERR_OK;
}

enum err json_read_bool(const struct json_reader *reader, const char *name,
                        bool *truth)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        return json_refuse(reader, name, "true or false");
    if (value)
        *truth = json_is_true(value);
    return ERR_OK;
}

/* ---- The body --------------------------------------------------------------
 */

enum err json_document(const struct json_reader *reader, const json_t *value,
                       struct str *body)
{
    char *dumped = json_dumps(value, JSON_COMPACT);
    if (!dumped)
        return fault_set(reader->fault, ERR_NO_MEMORY, NULL, "out of memory");
    *body = arena_copy(reader->arena, str_from_c(dumped));
    free(dumped);
    return ERR_OK;
}

static enum err write_paragraphs(const struct json_reader *reader,
                                 struct str text, struct str *body)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, DOCUMENT_JSON_BYTES_MAX);
    document_write_json(document_from_text(reader->arena, text), &json);
    if (buf_err(&json))
        return fault_set(reader->fault, buf_err(&json), "text",
                         "the text is too long");
    *body = arena_copy(reader->arena, buf_str(&json));
    return ERR_OK;
}

enum err json_read_body(const struct json_reader *reader, struct str *body)
{
    const json_t *value = json_object_get(reader->object, "body");
    const json_t *text = json_object_get(reader->object, "text");
    if (json_is_object(value))
        return json_document(reader, value, body);
    if (value && !json_is_null(value))
        return json_refuse(reader, "body",
                           "a document: {\"type\": \"doc\", …}");
    if (text && !json_is_string(text))
        return json_refuse(reader, "text", "a text");
    return text ? write_paragraphs(reader, json_text(reader, text), body)
                : ERR_OK;
}

/* ---- Bylines ---------------------------------------------------------------
 */

static const struct json_members of_byline = {
    .what = "a byline",
    .lists = {JSON_MEMBERS("name", "role", "slug")},
};

static enum err find_person(const struct json_reader *reader,
                            struct str language, struct str slug,
                            struct article_byline *byline)
{
    struct person person;
    enum err err =
        person_find(reader->db, language, slug, reader->arena, &person);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, ERR_INVALID, "bylines",
                         "nobody of the staff has the slug '%.*s'; who is not "
                         "of the staff is told by name: {\"name\": \"…\"}",
                         ARG_STR(slug));
    if (!err)
        byline->person = person.id;
    return db_fault(reader->db, err, reader->fault);
}

static enum err read_byline(const struct json_reader *reader,
                            const json_t *entry, struct str language,
                            struct article_byline *byline)
{
    struct json_reader inner = *reader;
    struct str slug = {0};
    inner.object = entry;
    *byline = (struct article_byline){.name = json_text(reader, entry)};
    enum err err = json_members_check(entry, &of_byline, reader->fault);
    if (!err)
        err = json_read_text(&inner, "name", &byline->name);
    if (!err)
        err = json_read_text(&inner, "role", &byline->role);
    if (!err)
        err = json_read_text(&inner, "slug", &slug);
    if (err || slug.len)
        return err ? err : find_person(reader, language, slug, byline);
    return byline->name.len
               ? ERR_OK
               : json_refuse(reader, "bylines", "a list of names or objects");
}

enum err json_read_bylines(const struct json_reader *reader,
                           struct str language, struct article_byline **bylines,
                           size_t *count)
{
    _Static_assert(ARTICLE_BYLINES_MAX == 32, "the sentence says it");
    const json_t *list = json_object_get(reader->object, "bylines");
    size_t size = json_array_size(list);
    if (!list)
        return ERR_OK;
    if (!json_is_array(list) || size > ARTICLE_BYLINES_MAX)
        return json_refuse(reader, "bylines", "a list of at most 32 names");
    *bylines = arena_array(reader->arena, struct article_byline, size + 1);
    *count = size;
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < size; i++)
        err = read_byline(reader, json_array_get(list, i), language,
                          &(*bylines)[i]);
    return err;
}
