// SPDX-License-Identifier: Apache-2.0
/* Articles over JSON. What is written in one call is one transaction, and the
 * call answers when every reader has it. */
#include <jansson.h>

#include "base/time.h"
#include "content/article.h"
#include "content/article_story.h"
#include "content/category.h"
#include "content/change.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/workflow.h"
#include "newsroom/newsroom_internal.h"

static void free_json(json_t **json)
{
    json_decref(*json);
}

/* ---- reading what was sent ---- */

json_t *api_parse_body(struct http_call *call)
{
    struct str body = call->exchange->body;
    json_error_t error;
    if (body.len == 0)
        return json_object();
    json_t *json =
        json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        fault_set(&call->fault, ERR_INVALID, "body",
                  "the body is not JSON: %s (line %d, column %d)", error.text,
                  error.line, error.column);
    else if (!json_is_object(json))
        fault_set(&call->fault, ERR_INVALID, "body",
                  "the body must be a JSON object");
    return json;
}

static struct str string_of(const json_t *json)
{
    return json_is_string(json)
               ? str_of(json_string_value(json), json_string_length(json))
               : STR("");
}

static struct str member(const json_t *object, const char *key)
{
    return string_of(json_object_get(object, key));
}

static enum err read_categories(struct http_call *call, struct db *db,
                                const json_t *list,
                                struct article_content *content)
{
    size_t count = json_array_size(list);
    content->categories = arena_array(call->arena, struct id, count);
    for (size_t i = 0; i < count; i++) {
        struct category category;
        struct str path = string_of(json_array_get(list, i));
        enum err err =
            category_find(db, content->language, path, call->arena, &category);
        if (err == ERR_NOT_FOUND)
            return fault_set(&call->fault, ERR_INVALID, "categories",
                             "there is no category \"%" PRI_STR
                             "\" in the language \"%" PRI_STR "\"",
                             ARG_STR(path), ARG_STR(content->language));
        if (err)
            return db_fault(db, err, &call->fault);
        content->categories[content->category_count++] = category.id;
    }
    return ERR_OK;
}

static void read_tags(struct http_call *call, const json_t *list,
                      struct article_content *content)
{
    size_t count = json_array_size(list);
    content->tags = arena_array(call->arena, struct str, count);
    for (size_t i = 0; i < count; i++)
        content->tags[content->tag_count++] =
            string_of(json_array_get(list, i));
}

static enum err read_content(struct http_call *call, struct db *db,
                             const json_t *json,
                             struct article_content *content)
{
    content->language = member(json, "language");
#define X(name, bytes) content->name = member(json, #name);
    ARTICLE_TEXTS(X)
#undef X
    json_t *body = json_object_get(json, "body");
    if (body) {
        char *text = json_dumps(body, JSON_COMPACT);
        if (!text)
            return fault_set(&call->fault, ERR_NO_MEMORY, NULL,
                             "out of memory");
        content->body = arena_copy(call->arena, str_from_c(text));
        free(text);
    }
    struct str picture = member(json, "picture");
    if (picture.len && id_parse(picture, &content->picture))
        return fault_set(&call->fault, ERR_INVALID, "picture",
                         "picture has to be the id of a picture; 'broadsheet "
                         "picture list' tells them");
    content->opinion = json_is_true(json_object_get(json, "opinion"));
    content->sponsored = json_is_true(json_object_get(json, "sponsored"));
    read_tags(call, json_object_get(json, "tags"), content);
    return read_categories(call, db, json_object_get(json, "categories"),
                           content);
}

/* "translates": an article whose story this one tells in another language. */
static enum err read_story(struct http_call *call, struct edit *edit,
                           const json_t *json, const struct id *id,
                           struct str language, struct id *ret_story)
{
    const json_t *translates = json_object_get(json, "translates");
    struct id other;
    if (!translates || json_is_null(translates))
        return ERR_OK;
    if (id_parse(string_of(translates), &other))
        return fault_set(&call->fault, ERR_INVALID, "translates",
                         "translates has to be the id of an article, 13 "
                         "hexadecimal digits such as 62f9f7d471fdc");
    return article_story_find(edit, id, language, &other, ret_story);
}

/* ---- answering ---- */

enum err api_parse_id(struct http_call *call, const struct route_match *match,
                      struct id *ret_id)
{
    if (id_parse(route_parameter(match, "id"), ret_id))
        return fault_set(&call->fault, ERR_NOT_FOUND, "id",
                         "an article's id is 13 hexadecimal digits, such as "
                         "62f9f7d471fdc");
    return ERR_OK;
}

void api_answer(struct http_call *call, json_t *json)
{
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        fault_set(&call->fault, ERR_INTERNAL, NULL, "no answer could be made");
        return;
    }
    buf_add_c(&call->body, text);
    buf_add_char(&call->body, '\n');
    free(text);
}

/* Those that readers see. */
static json_t *translations_json(const struct article *article)
{
    json_t *list = json_array();
    for (size_t i = 0; i < article->translation_count; i++) {
        const struct article_translation *other = &article->translations[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s%, s:s%}", "id", other->id.text, "language",
                      other->language.ptr, other->language.len, "headline",
                      other->headline.ptr, other->headline.len));
    }
    return list;
}

static void write_article(struct http_call *call, const struct id *id)
{
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    struct article article;
    enum err err = article_load(lease.db, id, call->arena, &article);
    if (err == ERR_NOT_FOUND) {
        fault_set(&call->fault, err, "id", "there is no article %s", id->text);
        return;
    }
    if (err) {
        db_fault(lease.db, err, &call->fault);
        return;
    }
    const struct article_content *content = &article.content;
    json_t *json = json_pack(
        "{s:s%, s:s, s:s%, s:s%, s:s%, s:I, s:I, s:I, s:I, s:I, s:I, s:s, "
        "s:o}",
        "id", article.id.text, (size_t)ID_LEN, "state",
        article_state_name(article.state), "language", content->language.ptr,
        content->language.len, "headline", content->headline.ptr,
        content->headline.len, "slug", content->slug.ptr, content->slug.len,
        "revision", (json_int_t)article.revision, "published_us",
        (json_int_t)article.published_us, "scheduled_us",
        (json_int_t)article.scheduled_us, "embargo_us",
        (json_int_t)article.embargo_us, "expires_us",
        (json_int_t)article.expires_us, "views", (json_int_t)article.views,
        "story", article.story.text, "translations",
        translations_json(&article));
    api_answer(call, json);
}

/* What nothing had to be changed for may have been changed by somebody else a
 * moment ago: then that is waited for. */
static enum err wait_for_readers(struct http_call *call, int64_t seq)
{
    const struct newsroom *newsroom = call->context;
    if (!seq) {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(newsroom->content);
        enum err err = change_last_seq(lease.db, &seq);
        if (err)
            return db_fault(lease.db, err, &call->fault);
    }
    return newsroom->catch_up(newsroom->desk, seq, &call->fault);
}

enum err api_commit(struct http_call *call, struct edit *edit)
{
    enum err err = edit_commit(edit);
    if (err)
        return call->fault.code ? err
                                : fault_set(&call->fault, ERR_IO, NULL,
                                            "it could not be stored");
    int64_t seq = edit->seq;
    edit_end(edit);
    return wait_for_readers(call, seq);
}

/* Commits, waits until every reader has it, and answers with the article. */
static void finish(struct http_call *call, struct edit *edit,
                   const struct id *id)
{
    if (!api_commit(call, edit))
        write_article(call, id);
}

/* ---- routes ---- */

void article_api_show(void *context, struct http_exchange *exchange,
                      const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    struct id id;
    if (!api_parse_id(call, match, &id))
        write_article(call, &id);
}

void article_api_create(void *context, struct http_exchange *exchange,
                        const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(free_json) json_t *json = api_parse_body(call);
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {0};
    struct id id;
    int64_t revision;
    enum err err = call->fault.code;
    if (!err)
        err = edit_begin(&edit, newsroom->content, STR("api"), &call->fault);
    if (!err)
        err = read_content(call, edit.db, json, &input.content);
    if (!err)
        err = read_story(call, &edit, json, &input.id, input.content.language,
                         &input.story);
    if (!err)
        err = article_save(&edit, &input, &id, &revision);
    if (!err && json_is_true(json_object_get(json, "publish")))
        err = article_publish(&edit, &id, NULL);
    if (!err)
        finish(call, &edit, &id);
    if (!call->fault.code)
        call->status = 201;
}

void article_api_publish(void *context, struct http_exchange *exchange,
                         const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(edit_end) struct edit edit = {0};
    struct id id;
    enum err err = api_parse_id(call, match, &id);
    if (!err)
        err = edit_begin(&edit, newsroom->content, STR("api"), &call->fault);
    if (!err)
        err = article_publish(&edit, &id, NULL);
    if (!err)
        finish(call, &edit, &id);
}

void article_api_withdraw(void *context, struct http_exchange *exchange,
                          const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(free_json) json_t *json = api_parse_body(call);
    DEFER(edit_end) struct edit edit = {0};
    struct id id;
    enum err err = call->fault.code;
    if (!err)
        err = api_parse_id(call, match, &id);
    if (!err)
        err = edit_begin(&edit, newsroom->content, STR("api"), &call->fault);
    if (!err)
        err = article_withdraw(&edit, &id, member(json, "reason"), STR(""), 0);
    if (!err)
        finish(call, &edit, &id);
}

/* {"translates": ID} puts it into that one's story, null into its own. */
static enum err change_story(struct http_call *call, struct edit *edit,
                             const json_t *json, const struct id *id)
{
    struct article_content content;
    struct id story = {0};
    if (!json_object_get(json, "translates"))
        return fault_set(&call->fault, ERR_INVALID, "translates",
                         "say which article it translates, or null for none");
    enum err err = article_content_load(edit->db, id, 0, call->arena, &content);
    if (err == ERR_NOT_FOUND)
        return fault_set(&call->fault, err, "id", "there is no article %s",
                         id->text);
    if (err)
        return db_fault(edit->db, err, &call->fault);
    err = read_story(call, edit, json, id, content.language, &story);
    return err ? err : article_story_set(edit, id, &story);
}

void article_api_translates(void *context, struct http_exchange *exchange,
                            const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(free_json) json_t *json = api_parse_body(call);
    DEFER(edit_end) struct edit edit = {0};
    struct id id;
    enum err err = call->fault.code;
    if (!err)
        err = api_parse_id(call, match, &id);
    if (!err)
        err = edit_begin(&edit, newsroom->content, STR("api"), &call->fault);
    if (!err)
        err = change_story(call, &edit, json, &id);
    if (!err)
        finish(call, &edit, &id);
}
