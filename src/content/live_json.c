// SPDX-License-Identifier: Apache-2.0
#include "content/live_json.h"

#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "base/time.h"
#include "content/json_members.h"
#include "content/json_reader.h"
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
/* ---- Reading ---------------------------------------------------------------
 */

static enum err read_time(const struct json_reader *reader, int64_t *time_us)
{
    const json_t *value = json_object_get(reader->object, "time");
    if (!value)
        return ERR_OK;
    if (!json_is_string(value) ||
        time_parse_rfc3339(json_text(reader, value), time_us))
        return json_refuse(reader, "time",
                           "of the form 2026-08-15T15:00:00+04:00");
    return ERR_OK;
}

enum err live_json_read(const json_t *value, struct db *db, struct str language,
                        struct arena *arena, struct live_post_input *input,
                        struct fault *fault)
{
    const struct json_reader reader = {value, db, arena, fault};
    if (!json_is_object(value))
        return fault_set(fault, ERR_INVALID, NULL,
                         "a post has to be a JSON object: {\"text\": …}");
    input->document = NULL; /* the body is JSON from here on */
    if (json_object_get(value, "type"))
        return json_document(&reader, value, &input->body);
    enum err err = json_read_text(&reader, "headline", &input->headline);
    if (!err)
        err = json_read_body(&reader, &input->body);
    if (!err)
        err = read_time(&reader, &input->time_us);
    if (!err)
        err = json_read_bool(&reader, "key", &input->key);
    if (!err)
        err = json_read_bool(&reader, "pinned", &input->pinned);
    return err ? err
               : json_read_bylines(&reader, language, &input->bylines,
                                   &input->byline_count);
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
    struct json_text_fault found;
    DEFER(free_json)
    json_t *value = json_text_read(text, &found);
    if (!value)
        return fault_set(fault, ERR_INVALID, NULL,
                         "it begins with { and is not JSON: %s (line %d, "
                         "column %d)",
                         found.cause, found.line, found.column);
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
    json_object_set_new(object, "body", json_text_read(post->body, NULL));
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
