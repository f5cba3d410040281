// SPDX-License-Identifier: Apache-2.0
/* What an article says: its tables, and its form in a revision. */
#include <assert.h>
#include <jansson.h>

#include "base/json_text.h"
#include "content/article_internal.h"
#include "content/row_internal.h"
#include "render/document.h"
#include "render/locale.h"

const struct article_text article_texts[ARTICLE_TEXT_COUNT] = {
#define X(name, bytes) {#name, bytes, offsetof(struct article_content, name)},
    ARTICLE_TEXTS(X)
#undef X
};

struct str *article_text_in(struct article_content *content,
                            const struct article_text *text)
{
    return (struct str *)(void *)((char *)content + text->offset);
}

/* ---- Names of states and weights
 * ---------------------------------------------- */

static const char *const state_names[ARTICLE_STATE_COUNT] = {
#define X(state, name, visible) [ARTICLE_##state] = name,
    ARTICLE_STATES(X)
#undef X
};

static const char *const weight_names[ARTICLE_WEIGHT_COUNT] = {
#define X(weight, name) [ARTICLE_##weight] = name,
    ARTICLE_WEIGHTS(X)
#undef X
};

const char *article_state_name(enum article_state state)
{
    assert(state < ARTICLE_STATE_COUNT);
    return state_names[state];
}

const char *article_weight_name(enum article_weight weight)
{
    assert(weight < ARTICLE_WEIGHT_COUNT);
    return weight_names[weight];
}

static enum err parse_name(struct str name, const char *const *names,
                           unsigned count, unsigned *ret_index)
{
    for (unsigned i = 0; i < count; i++) {
        if (str_eq(name, str_from_c(names[i]))) {
            *ret_index = i;
            return ERR_OK;
        }
    }
    return ERR_INVALID;
}

enum err article_state_parse(struct str name, enum article_state *ret_state)
{
    unsigned index;
    enum err err = parse_name(name, state_names, ARTICLE_STATE_COUNT, &index);
    if (!err)
        *ret_state = (enum article_state)index;
    return err;
}

enum err article_weight_parse(struct str name, enum article_weight *ret_weight)
{
    unsigned index;
    enum err err = parse_name(name, weight_names, ARTICLE_WEIGHT_COUNT, &index);
    if (!err)
        *ret_weight = (enum article_weight)index;
    return err;
}

/* ---- Bylines
 * ------------------------------------------------------------------- */

bool article_byline_is_author(const struct article_byline *byline)
{
    return byline->role.len == 0 || str_eq(byline->role, STR("author"));
}

struct str article_byline_text(struct str language,
                               const struct article_byline *bylines,
                               size_t count, struct arena *arena)
{
    struct str comma = language_comma(language);
    struct str text = STR("");
    for (size_t i = 0; i < count; i++) {
        if (!article_byline_is_author(&bylines[i]))
            continue;
        if (text.len)
            text = arena_concat(arena, text, comma);
        text = arena_concat(arena, text, bylines[i].name);
    }
    return text;
}

/* ---- Writing JSON
 * --------------------------------------------------------------- */

static void free_json(json_t *const *json)
{
    json_decref(*json);
}

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

/* Empty texts and false flags are left out. */
static int put_text(json_t *object, const char *key, struct str text)
{
    return text.len ? json_object_set_new(object, key, text_json(text)) : 0;
}

static int put_flag(json_t *object, const char *key, bool flag)
{
    return flag ? json_object_set_new(object, key, json_true()) : 0;
}

static json_t *ids_json(const struct id *ids, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(ids[i].text));
    return list;
}

static json_t *bylines_json(const struct article_content *content)
{
    json_t *list = json_array();
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        json_t *object = json_object();
        put_text(object, "person", id_str(&byline->person));
        if (!id_is_set(&byline->person))
            put_text(object, "name", byline->name);
        put_text(object, "role", byline->role);
        json_array_append_new(list, object);
    }
    return list;
}

enum err article_write_json(const struct article_checked *checked,
                            struct arena *arena, struct str *ret_json)
{
    struct article_content content = checked->content;
    DEFER(free_json) json_t *object = json_object();
    int failed = put_text(object, "language", content.language);
    for (size_t i = 0; i < ARTICLE_TEXT_COUNT; i++)
        failed |= put_text(object, article_texts[i].name,
                           *article_text_in(&content, &article_texts[i]));
    failed |= put_flag(object, "opinion", content.opinion);
    failed |= put_flag(object, "live", content.live);
    failed |= put_flag(object, "sponsored", content.sponsored);
    failed |= json_object_set_new(
        object, "weight", json_string(article_weight_name(content.weight)));
    failed |= put_text(object, "picture", id_str(&content.picture));
    if (article_enclosure_is_set(&content.enclosure))
        failed |= json_object_set_new(
            object, "enclosure", article_enclosure_json(&content.enclosure));
    failed |= json_object_set_new(
        object, "categories",
        ids_json(content.categories, content.category_count));
    failed |= json_object_set_new(object, "tags",
                                  ids_json(checked->tags, checked->tag_count));
    failed |= json_object_set_new(object, "bylines", bylines_json(&content));
    if (failed)
        return ERR_NO_MEMORY;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SIZE_MAX);
    json_text_write(object, &text);
    *ret_json = arena_copy(arena, buf_str(&text));
    return buf_err(&text);
}

/* ---- Reading JSON
 * --------------------------------------------------------------- */

static struct str get_text(const json_t *object, const char *key,
                           struct arena *arena)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_string(value))
        return STR("");
    return arena_copy(
        arena, str_of(json_string_value(value), json_string_length(value)));
}

static struct id get_id(const json_t *value)
{
    struct id id = {0};
    if (json_is_string(value) &&
        id_parse(str_from_c(json_string_value(value)), &id))
        return (struct id){0};
    return id;
}

static size_t get_ids(const json_t *list, struct arena *arena,
                      struct id **ret_ids)
{
    size_t count = json_array_size(list);
    struct id *ids = arena_array(arena, struct id, count ? count : 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = get_id(json_array_get(list, i));
    *ret_ids = ids;
    return count;
}

static void get_bylines(const json_t *list, struct arena *arena,
                        struct article_content *content)
{
    size_t count = json_array_size(list);
    content->bylines =
        arena_array(arena, struct article_byline, count ? count : 1);
    content->byline_count = count;
    for (size_t i = 0; i < count; i++) {
        const json_t *object = json_array_get(list, i);
        content->bylines[i] = (struct article_byline){
            .person = get_id(json_object_get(object, "person")),
            .name = get_text(object, "name", arena),
            .role = get_text(object, "role", arena),
        };
    }
}

enum err article_read_json(struct str json, struct str body,
                           struct arena *arena,
                           struct article_checked *ret_checked,
                           struct fault *fault)
{
    DEFER(free_json)
    json_t *object = json_text_read(json, NULL);
    if (!json_is_object(object))
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "a stored revision is damaged: restore a backup");
    struct article_checked checked = {.content.body = body};
    struct article_content *content = &checked.content;
    content->language = get_text(object, "language", arena);
    for (size_t i = 0; i < ARTICLE_TEXT_COUNT; i++)
        *article_text_in(content, &article_texts[i]) =
            get_text(object, article_texts[i].name, arena);
    content->opinion = json_is_true(json_object_get(object, "opinion"));
    content->live = json_is_true(json_object_get(object, "live"));
    content->sponsored = json_is_true(json_object_get(object, "sponsored"));
    if (article_weight_parse(get_text(object, "weight", arena),
                             &content->weight))
        content->weight = ARTICLE_STANDARD;
    content->picture = get_id(json_object_get(object, "picture"));
    const json_t *enclosure = json_object_get(object, "enclosure");
    if (enclosure &&
        article_enclosure_read(enclosure, arena, &content->enclosure))
        return fault_set(fault, ERR_CORRUPT, NULL,
                         "a stored revision is damaged: restore a backup");
    content->category_count = get_ids(json_object_get(object, "categories"),
                                      arena, &content->categories);
    checked.tag_count =
        get_ids(json_object_get(object, "tags"), arena, &checked.tags);
    get_bylines(json_object_get(object, "bylines"), arena, content);
    *ret_checked = checked;
    return ERR_OK;
}

/* ---- Media
 * ----------------------------------------------------------------------- */

struct collecting {
    struct article_checked *checked;
    struct arena *arena;
    bool bad; /* an id that is none */
    struct str bad_text;
};

static void collect(void *context, struct str media)
{
    struct collecting *collecting = context;
    struct article_checked *checked = collecting->checked;
    struct id id;
    if (id_parse(media, &id)) {
        collecting->bad = true;
        collecting->bad_text = media;
        return;
    }
    for (size_t i = 0; i < checked->media_count; i++)
        if (str_eq(id_str(&checked->media[i]), media))
            return;
    ROW_ADD(collecting->arena, checked->media, checked->media_count) = id;
}

enum err article_collect_media(struct article_checked *checked,
                               struct arena *arena, struct fault *fault)
{
    struct collecting collecting = {.checked = checked, .arena = arena};
    checked->media = NULL;
    checked->media_count = 0;
    if (id_is_set(&checked->content.picture))
        collect(&collecting, id_str(&checked->content.picture));
    if (id_is_set(&checked->content.enclosure.medium))
        collect(&collecting, id_str(&checked->content.enclosure.medium));
    if (checked->content.body.len == 0)
        return ERR_OK;
    if (!checked->document) {
        enum err err = document_parse_json(checked->content.body, arena,
                                           &checked->document, fault);
        if (err)
            return err;
    }
    document_each_media(checked->document, collect, &collecting);
    if (collecting.bad)
        return fault_set(
            fault, ERR_INVALID, "body",
            "body: \"%" PRI_STR "\" is no id of a medium",
            (int)(collecting.bad_text.len < 60 ? collecting.bad_text.len : 60),
            collecting.bad_text.ptr);
    return ERR_OK;
}
