// SPDX-License-Identifier: Apache-2.0
#include "content/article_members.h"

#include <assert.h>

#include "base/arena.h"
#include "content/category.h"
#include "content/json_members.h"
#include "content/person.h"
#include "render/document.h"

/* ---- Which there are -------------------------------------------------------
 */

/* clang-format off */
const char *const article_members[] = {
#define X(name, bytes) #name,
    ARTICLE_TEXTS(X)
#undef X
    "language", "weight", "opinion", "live", "sponsored", "picture",
    "enclosure", "body", "text", "categories", "tags", "bylines", NULL,
};

const char *const article_members_told[] = {
    "id", "story", "state", "address", "revision", "live_revision", "views",
    "created", "created_text", "published", "published_text", "updated",
    "updated_text", "scheduled_text", "embargoed_text", "expires_text",
    "problem", "next_try", "next_try_text", "withdrawn", "withdrawn_text",
    "withdrawn_reason", "expired", "corrections", "translations", "paragraphs",
    "words", NULL,
};
/* clang-format on */

static const struct json_members of_byline = {
    .what = "a byline",
    .lists = {JSON_MEMBERS("name", "role", "slug")},
};
static const struct json_members of_category = {
    .what = "a category of an article",
    .lists = {JSON_MEMBERS("path")},
    .told = JSON_MEMBERS("name"),
};
static const struct json_members of_enclosure = {
    .what = "an enclosure",
    .lists = {JSON_MEMBERS("medium", "url", "type", "bytes", "seconds")},
};

/* ---- Reading ---------------------------------------------------------------
 */

struct reader {
    const json_t *object;
    struct db *db;
    struct arena *arena;
    struct article_content *content;
    struct fault *fault;
};

static enum err refuse(const struct reader *reader, const char *name,
                       const char *what)
{
    return fault_set(reader->fault, ERR_INVALID, name, "%s has to be %s", name,
                     what);
}

static struct str text_of(const struct reader *reader, const json_t *value)
{
    return arena_copy(reader->arena, str_of(json_string_value(value),
                                            json_string_length(value)));
}

static enum err read_text(const struct reader *reader, const char *name,
                          struct str *text)
{
    const json_t *value = json_object_get(reader->object, name);
    if (!value)
        return ERR_OK;
    if (!json_is_string(value))
        return refuse(reader, name, "a text");
    *text = text_of(reader, value);
    return ERR_OK;
}

static enum err read_bool(const struct reader *reader, const char *name,
                          bool *truth)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        return refuse(reader, name, "true or false");
    if (value)
        *truth = json_is_true(value);
    return ERR_OK;
}

static enum err read_texts(const struct reader *reader)
{
    struct article_content *content = reader->content;
    enum err err = read_text(reader, "language", &content->language);
#define X(name, bytes) \
    if (!err) \
        err = read_text(reader, #name, &content->name);
    ARTICLE_TEXTS(X)
#undef X
    return err;
}

/* "" and null take it away. */
static enum err read_picture(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "picture");
    struct str picture = {0};
    enum err err =
        json_is_null(value) ? ERR_OK : read_text(reader, "picture", &picture);
    if (err || !value)
        return err;
    if (!picture.len)
        reader->content->picture = (struct id){0};
    else if (id_parse(picture, &reader->content->picture))
        return refuse(reader, "picture",
                      "the id of a picture, as 'broadsheet picture add' tells");
    return ERR_OK;
}

static enum err read_flags(const struct reader *reader)
{
    struct article_content *content = reader->content;
    struct str weight = {0};
    enum err err = read_bool(reader, "opinion", &content->opinion);
    if (!err)
        err = read_bool(reader, "live", &content->live);
    if (!err)
        err = read_bool(reader, "sponsored", &content->sponsored);
    if (!err)
        err = read_text(reader, "weight", &weight);
    if (!err && weight.len && article_weight_parse(weight, &content->weight))
        err = refuse(reader, "weight", "lead, major, standard or brief");
    return err ? err : read_picture(reader);
}

/* null takes it away. */
static enum err read_enclosure(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "enclosure");
    if (json_is_null(value))
        reader->content->enclosure = (struct article_enclosure){0};
    if (!value || json_is_null(value))
        return ERR_OK;
    enum err err = json_members_check(value, &of_enclosure, reader->fault);
    if (err)
        return err;
    if (article_enclosure_read(value, reader->arena,
                               &reader->content->enclosure))
        return refuse(reader, "enclosure",
                      "{\"url\": …, \"type\": \"audio/mpeg\", \"bytes\": …, "
                      "\"seconds\": …}, or \"medium\" in place of the url");
    return ERR_OK;
}

static enum err read_body(const struct reader *reader)
{
    const json_t *body = json_object_get(reader->object, "body");
    const json_t *text = json_object_get(reader->object, "text");
    DEFER(buf_finish) struct buf json;
    buf_init(&json, DOCUMENT_JSON_BYTES_MAX);
    if (json_is_object(body)) {
        char *dumped = json_dumps(body, JSON_COMPACT);
        buf_add_c(&json, dumped ? dumped : "");
        free(dumped);
    } else if (body && !json_is_null(body)) {
        return refuse(reader, "body", "a document: {\"type\": \"doc\", …}");
    } else if (json_is_string(text)) {
        document_write_json(
            document_from_text(reader->arena, text_of(reader, text)), &json);
    } else if (text) {
        return refuse(reader, "text", "a text");
    } else {
        return ERR_OK;
    }
    reader->content->body = arena_copy(reader->arena, buf_str(&json));
    return buf_err(&json);
}

static enum err read_tags(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "tags");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "tags", "a list of names");
    size_t count = json_array_size(array);
    struct str *tags = arena_array(reader->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(array, i);
        if (!json_is_string(name))
            return refuse(reader, "tags", "a list of names");
        tags[i] = text_of(reader, name);
    }
    reader->content->tags = tags;
    reader->content->tag_count = count;
    return ERR_OK;
}

/* An entry is a path, or an object with one, as article_json writes it. */
static enum err read_category(const struct reader *reader, const json_t *entry,
                              struct id *ret_id)
{
    enum err err = json_members_check(entry, &of_category, reader->fault);
    if (err)
        return err;
    if (json_is_object(entry))
        entry = json_object_get(entry, "path");
    if (!json_is_string(entry))
        return refuse(reader, "categories", "a list of paths");
    struct str path = text_of(reader, entry);
    struct category category;
    err = category_find(reader->db, reader->content->language, path,
                        reader->arena, &category);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, ERR_INVALID, "categories",
                         "there is no category '%.*s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         ARG_STR(path), ARG_STR(reader->content->language));
    if (!err)
        *ret_id = category.id;
    return db_fault(reader->db, err, reader->fault);
}

static enum err read_categories(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "categories");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "categories", "a list of paths");
    size_t count = json_array_size(array);
    struct id *ids = arena_array(reader->arena, struct id, count + 1);
    for (size_t i = 0; i < count; i++) {
        enum err err = read_category(reader, json_array_get(array, i), &ids[i]);
        if (err)
            return err;
    }
    reader->content->categories = ids;
    reader->content->category_count = count;
    return ERR_OK;
}

/* An entry is a name, or an object with name, role and the slug of one of the
 * staff. */
static enum err read_byline(const struct reader *reader, const json_t *entry,
                            struct article_byline *byline)
{
    struct reader inner = *reader;
    inner.object = entry;
    struct str slug = {0};
    enum err err = json_members_check(entry, &of_byline, reader->fault);
    if (!err)
        err = read_text(&inner, "name", &byline->name);
    if (!err)
        err = read_text(&inner, "role", &byline->role);
    if (!err)
        err = read_text(&inner, "slug", &slug);
    if (err || !slug.len)
        return err;
    struct person person;
    err = person_find(reader->db, reader->content->language, slug,
                      reader->arena, &person);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, ERR_INVALID, "bylines",
                         "nobody of the staff has the slug '%.*s'; who is not "
                         "of the staff is told by name: {\"name\": \"…\"}",
                         ARG_STR(slug));
    if (!err)
        byline->person = person.id;
    return db_fault(reader->db, err, reader->fault);
}

static enum err read_bylines(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "bylines");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "bylines", "a list");
    size_t count = json_array_size(array);
    struct article_byline *bylines =
        arena_array(reader->arena, struct article_byline, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(array, i);
        enum err err = ERR_OK;
        if (json_is_string(entry))
            bylines[i].name = text_of(reader, entry);
        else if (json_is_object(entry))
            err = read_byline(reader, entry, &bylines[i]);
        else
            err = refuse(reader, "bylines", "a list of names or objects");
        if (err)
            return err;
    }
    reader->content->bylines = bylines;
    reader->content->byline_count = count;
    return ERR_OK;
}

enum err article_members_read(const json_t *object, struct db *db,
                              struct arena *arena,
                              struct article_content *content,
                              struct fault *fault)
{
    assert(content);
    const struct reader reader = {object, db, arena, content, fault};
    if (!json_is_object(object))
        return fault_set(fault, ERR_INVALID, NULL,
                         "an article has to be a JSON object: {\"headline\": "
                         "…}");
    enum err err = read_texts(&reader);
    if (!err)
        err = read_flags(&reader);
    if (!err)
        err = read_enclosure(&reader);
    if (!err)
        err = read_body(&reader);
    if (!err)
        err = read_categories(&reader);
    if (!err)
        err = read_tags(&reader);
    return err ? err : read_bylines(&reader);
}
