// SPDX-License-Identifier: Apache-2.0
#include "content/article_members.h"

#include <assert.h>

#include "base/arena.h"
#include "content/category.h"
#include "content/json_members.h"
#include "content/json_reader.h"

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
    struct json_reader json;
    struct article_content *content;
};

static enum err read_texts(const struct reader *reader)
{
    struct article_content *content = reader->content;
    enum err err =
        json_read_text(&reader->json, "language", &content->language);
#define X(name, bytes) \
    if (!err) \
        err = json_read_text(&reader->json, #name, &content->name);
    ARTICLE_TEXTS(X)
#undef X
    return err;
}

/* "" and null take it away. */
static enum err read_picture(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->json.object, "picture");
    struct str picture = {0};
    enum err err = json_is_null(value)
                       ? ERR_OK
                       : json_read_text(&reader->json, "picture", &picture);
    if (err || !value)
        return err;
    if (!picture.len)
        reader->content->picture = (struct id){0};
    else if (id_parse(picture, &reader->content->picture))
        return json_refuse(
            &reader->json, "picture",
            "the id of a picture, as 'broadsheet picture add' tells");
    return ERR_OK;
}

static enum err read_flags(const struct reader *reader)
{
    struct article_content *content = reader->content;
    struct str weight = {0};
    enum err err = json_read_bool(&reader->json, "opinion", &content->opinion);
    if (!err)
        err = json_read_bool(&reader->json, "live", &content->live);
    if (!err)
        err = json_read_bool(&reader->json, "sponsored", &content->sponsored);
    if (!err)
        err = json_read_text(&reader->json, "weight", &weight);
    if (!err && weight.len && article_weight_parse(weight, &content->weight))
        err = json_refuse(&reader->json, "weight",
                          "lead, major, standard or brief");
    return err ? err : read_picture(reader);
}

/* null takes it away. */
static enum err read_enclosure(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->json.object, "enclosure");
    if (json_is_null(value))
        reader->content->enclosure = (struct article_enclosure){0};
    if (!value || json_is_null(value))
        return ERR_OK;
    enum err err = json_members_check(value, &of_enclosure, reader->json.fault);
    if (err)
        return err;
    if (article_enclosure_read(value, reader->json.arena,
                               &reader->content->enclosure))
        return json_refuse(
            &reader->json, "enclosure",
            "{\"url\": …, \"type\": \"audio/mpeg\", \"bytes\": …, "
            "\"seconds\": …}, or \"medium\" in place of the url");
    return ERR_OK;
}

static enum err read_tags(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->json.object, "tags");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return json_refuse(&reader->json, "tags", "a list of names");
    size_t count = json_array_size(array);
    struct str *tags = arena_array(reader->json.arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(array, i);
        if (!json_is_string(name))
            return json_refuse(&reader->json, "tags", "a list of names");
        tags[i] = json_text(&reader->json, name);
    }
    reader->content->tags = tags;
    reader->content->tag_count = count;
    return ERR_OK;
}

/* An entry is a path, or an object with one, as article_json writes it. */
static enum err read_category(const struct reader *reader, const json_t *entry,
                              struct id *ret_id)
{
    enum err err = json_members_check(entry, &of_category, reader->json.fault);
    if (err)
        return err;
    if (json_is_object(entry))
        entry = json_object_get(entry, "path");
    if (!json_is_string(entry))
        return json_refuse(&reader->json, "categories", "a list of paths");
    struct str path = json_text(&reader->json, entry);
    struct category category;
    err = category_find(reader->json.db, reader->content->language, path,
                        reader->json.arena, &category);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->json.fault, ERR_INVALID, "categories",
                         "there is no category '%.*s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         ARG_STR(path), ARG_STR(reader->content->language));
    if (!err)
        *ret_id = category.id;
    return db_fault(reader->json.db, err, reader->json.fault);
}

static enum err read_categories(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->json.object, "categories");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return json_refuse(&reader->json, "categories", "a list of paths");
    size_t count = json_array_size(array);
    struct id *ids = arena_array(reader->json.arena, struct id, count + 1);
    for (size_t i = 0; i < count; i++) {
        enum err err = read_category(reader, json_array_get(array, i), &ids[i]);
        if (err)
            return err;
    }
    reader->content->categories = ids;
    reader->content->category_count = count;
    return ERR_OK;
}

enum err article_members_read(const json_t *object, struct db *db,
                              struct arena *arena,
                              struct article_content *content,
                              struct fault *fault)
{
    assert(content);
    const struct reader reader = {{object, db, arena, fault}, content};
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
        err = json_read_body(&reader.json, &content->body);
    if (!err)
        err = read_categories(&reader);
    if (!err)
        err = read_tags(&reader);
    return err ? err
               : json_read_bylines(&reader.json, content->language,
                                   &content->bylines, &content->byline_count);
}
