// SPDX-License-Identifier: Apache-2.0
#include "content/live_json.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "content/json_members.h"
#include "content/person.h"
#include "render/document.h"

const char *const live_post_members[] = {
    "headline", "text", "body", "time", "bylines", "key", "pinned", NULL,
};

const char *const live_post_members_told[] = {
    "id", "revision", "edited", "corrected", NULL,
};

static const struct json_members of_post = {
    .what = "a post",
    .lists = {live_post_members},
    .told = JSON_MEMBERS("id", "revision", "edited", "correction", "corrected"),
    .unless = "type",
};
static const struct json_members of_byline = {
    .what = "a byline",
    .lists = {JSON_MEMBERS("name", "role", "slug")},
};

struct reader {
    const json_t *object;
    struct db *db;
    struct str language;
    struct arena *arena;
    struct live_post_input *input;
    struct fault *fault;
};

/* ---- Reading ---------------------------------------------------------------
 */

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

static enum err read_headline(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "headline");
    if (!value)
        return ERR_OK;
    if (!json_is_string(value))
        return refuse(reader, "headline", "a text");
    reader->input->headline = text_of(reader, value);
    return ERR_OK;
}

static enum err read_flag(const struct reader *reader, const char *name,
                          bool *flag)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        return refuse(reader, name, "true or false");
    if (value)
        *flag = json_is_true(value);
    return ERR_OK;
}

static enum err read_time(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "time");
    if (!value)
        return ERR_OK;
    if (!json_is_string(value) ||
        time_parse_rfc3339(text_of(reader, value), &reader->input->time_us))
        return refuse(reader, "time", "of the form 2026-08-15T15:00:00+04:00");
    return ERR_OK;
}

static enum err set_document(const struct reader *reader, const json_t *value)
{
    char *dumped = json_dumps(value, JSON_COMPACT);
    if (!dumped)
        return fault_set(reader->fault, ERR_NO_MEMORY, NULL, "out of memory");
    reader->input->body = arena_copy(reader->arena, str_from_c(dumped));
    reader->input->document = NULL;
    free(dumped);
    return ERR_OK;
}

static enum err read_body(const struct reader *reader)
{
    const json_t *body = json_object_get(reader->object, "body");
    const json_t *text = json_object_get(reader->object, "text");
    if (body && !json_is_object(body))
        return refuse(reader, "body", "a document: {\"type\": \"doc\", …}");
    if (body)
        return set_document(reader, body);
    if (text && !json_is_string(text))
        return refuse(reader, "text", "a text");
    if (text)
        reader->input->document =
            document_from_text(reader->arena, text_of(reader, text));
    return ERR_OK;
}

/* A name, or an object with name, role and the slug of one of the staff. */
static enum err read_byline(const struct reader *reader, const json_t *entry,
                            struct article_byline *byline)
{
    enum err err = json_members_check(entry, &of_byline, reader->fault);
    if (err)
        return err;
    const json_t *name =
        json_is_object(entry) ? json_object_get(entry, "name") : entry;
    struct str slug = text_of(reader, json_object_get(entry, "slug"));
    struct person person;
    *byline = (struct article_byline){
        .name = text_of(reader, name),
        .role = text_of(reader, json_object_get(entry, "role")),
    };
    if (!slug.len)
        return byline->name.len
                   ? ERR_OK
                   : refuse(reader, "bylines", "a list of names or objects");
    err =
        person_find(reader->db, reader->language, slug, reader->arena, &person);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, ERR_INVALID, "bylines",
                         "nobody of the staff has the slug '%" PRI_STR "'",
                         ARG_STR(slug));
    if (err)
        return db_fault(reader->db, err, reader->fault);
    byline->person = person.id;
    return ERR_OK;
}

static enum err read_bylines(const struct reader *reader)
{
    const json_t *list = json_object_get(reader->object, "bylines");
    if (!list)
        return ERR_OK;
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > ARTICLE_BYLINES_MAX)
        return refuse(reader, "bylines", "a list of at most 32 names");
    struct live_post_input *input = reader->input;
    input->bylines =
        arena_array(reader->arena, struct article_byline, count + 1);
    input->byline_count = 0;
    for (size_t i = 0; i < count; i++) {
        enum err err =
            read_byline(reader, json_array_get(list, i), &input->bylines[i]);
        if (err)
            return err;
        input->byline_count++;
    }
    return ERR_OK;
}

enum err live_json_read(const json_t *value, struct db *db, struct str language,
                        struct arena *arena, struct live_post_input *input,
                        struct fault *fault)
{
    const struct reader reader = {value, db, language, arena, input, fault};
    if (!json_is_object(value))
        return fault_set(fault, ERR_INVALID, NULL,
                         "a post has to be a JSON object: {\"text\": …}");
    if (json_object_get(value, "type"))
        return set_document(&reader, value);
    enum err err = read_headline(&reader);
    if (!err)
        err = read_body(&reader);
    if (!err)
        err = read_time(&reader);
    if (!err)
        err = read_flag(&reader, "key", &input->key);
    if (!err)
        err = read_flag(&reader, "pinned", &input->pinned);
    return err ? err : read_bylines(&reader);
}

static void free_json(json_t **value)
{
    json_decref(*value);
}

enum err live_json_read_text(struct str text, struct db *db,
                             struct str language, struct arena *arena,
                             struct live_post_input *input, struct fault *fault)
{
    text = str_trim(text);
    if (!str_starts_with(text, STR("{"))) {
        input->document = document_from_text(arena, text);
        return ERR_OK;
    }
    json_error_t error;
    DEFER(free_json)
    json_t *value =
        json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    if (!value)
        return fault_set(fault, ERR_INVALID, NULL,
                         "it begins with { and is not JSON: %s (line %d, "
                         "column %d)",
                         error.text, error.line, error.column);
    enum err err = json_members_check(value, &of_post, fault);
    return err ? err : live_json_read(value, db, language, arena, input, fault);
}

/* ---- Writing ---------------------------------------------------------------
 */

static void set_text(json_t *object, const char *key, struct str text)
{
    if (text.len)
        json_object_set_new(object, key, json_stringn(text.ptr, text.len));
}

static void set_time(json_t *object, const char *key, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    if (!time_us)
        return;
    time_format_rfc3339(time_us, text);
    json_object_set_new(object, key, json_string(text));
}

static json_t *bylines_json(const struct live_post *post)
{
    json_t *list = json_array();
    for (size_t i = 0; i < post->byline_count; i++) {
        json_t *object = json_object();
        set_text(object, "name", post->bylines[i].name);
        set_text(object, "role", post->bylines[i].role);
        set_text(object, "slug", post->bylines[i].slug);
        json_array_append_new(list, object);
    }
    return list;
}

json_t *live_json_post(const struct live_post *post)
{
    json_t *object = json_object();
    set_text(object, "id", id_str(&post->id));
    set_time(object, "time", post->time_us);
    if (post->removed_us) {
        set_time(object, "removed", post->removed_us);
        set_text(object, "removed_reason", post->removed_reason);
        return object;
    }
    set_text(object, "headline", post->headline);
    json_object_set_new(object, "body",
                        json_loadb(post->body.ptr, post->body.len, 0, NULL));
    json_object_set_new(object, "bylines", bylines_json(post));
    json_object_set_new(object, "key", json_boolean(post->key));
    json_object_set_new(object, "pinned", json_boolean(post->pinned));
    json_object_set_new(object, "revision",
                        json_integer((json_int_t)post->revision));
    set_time(object, "edited", post->edited_us);
    set_text(object, "correction", post->correction);
    set_time(object, "corrected", post->corrected_us);
    return object;
}

json_t *live_json_blog(const struct live_blog *blog)
{
    json_t *object = json_object();
    set_text(object, "id", id_str(&blog->article));
    set_text(object, "state", str_from_c(live_state_name(blog->state)));
    json_object_set_new(object, "seq", json_integer((json_int_t)blog->seq));
    json_object_set_new(object, "posts",
                        json_integer((json_int_t)blog->post_count));
    set_time(object, "started", blog->started_us);
    set_time(object, "ended", blog->ended_us);
    set_time(object, "changed", blog->changed_us);
    return object;
}

struct live_post_input live_post_input_of(const struct live_post *post)
{
    return (struct live_post_input){
        .id = post->id,
        .article = post->article,
        .base_revision = post->revision,
        .headline = post->headline,
        .body = post->body,
        .bylines = post->bylines,
        .byline_count = post->byline_count,
        .key = post->key,
        .pinned = post->pinned,
    };
}
