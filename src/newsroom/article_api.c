// SPDX-License-Identifier: Apache-2.0
/* Articles over JSON. What is written in one call is one transaction, and the
 * call answers when every reader has it. */
#include <jansson.h>

#include "content/article.h"
#include "content/article_story.h"
#include "content/category.h"
#include "content/content.h"
#include "content/workflow.h"
#include "newsroom/newsroom_internal.h"

/* ---- reading what was sent ---- */

static enum err read_categories(struct http_call *call, struct db *db,
                                const json_t *list,
                                struct article_content *content)
{
    size_t count = json_array_size(list);
    content->categories = arena_array(call->arena, struct id, count);
    for (size_t i = 0; i < count; i++) {
        struct category category;
        struct str path = api_text(json_array_get(list, i));
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
        content->tags[content->tag_count++] = api_text(json_array_get(list, i));
}

static enum err read_content(struct http_call *call, struct db *db,
                             const json_t *json,
                             struct article_content *content)
{
    content->language = api_member(json, "language");
#define X(name, bytes) content->name = api_member(json, #name);
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
    struct str picture = api_member(json, "picture");
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
static enum err read_story(struct api_work *work, const struct id *id,
                           struct str language, struct id *ret_story)
{
    const json_t *translates = json_object_get(work->json, "translates");
    struct id other;
    if (!translates || json_is_null(translates))
        return ERR_OK;
    if (id_parse(api_text(translates), &other))
        return fault_set(&work->call->fault, ERR_INVALID, "translates",
                         "translates has to be the id of an article, 13 "
                         "hexadecimal digits such as 62f9f7d471fdc");
    return article_story_find(&work->edit, id, language, &other, ret_story);
}

/* ---- answering ---- */

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

/* ---- changing ---- */

static enum err publish(struct api_work *work)
{
    const struct publish_options options = {
        .waiting = work->has_waited ? NULL : &work->waiting,
        .arena = work->call->arena,
    };
    return article_publish(&work->edit, &work->id, &options);
}

static enum err create(struct api_work *work)
{
    struct http_call *call = work->call;
    struct article_input input = {0};
    int64_t revision;
    enum err err =
        read_content(call, work->edit.db, work->json, &input.content);
    if (!err)
        err = read_story(work, &input.id, input.content.language, &input.story);
    if (!err)
        err = article_save(&work->edit, &input, &work->id, &revision);
    if (!err && json_is_true(json_object_get(work->json, "publish")))
        err = publish(work);
    return err;
}

static enum err withdraw(struct api_work *work)
{
    return article_withdraw(&work->edit, &work->id,
                            api_member(work->json, "reason"), STR(""), 0);
}

/* {"translates": ID} puts it into that one's story, null into its own. */
static enum err change_story(struct api_work *work)
{
    struct http_call *call = work->call;
    struct db *db = work->edit.db;
    struct article_content content;
    struct id story = {0};
    if (!json_object_get(work->json, "translates"))
        return fault_set(&call->fault, ERR_INVALID, "translates",
                         "say which article it translates, or null for none");
    enum err err =
        article_content_load(db, &work->id, 0, call->arena, &content);
    if (err == ERR_NOT_FOUND)
        return fault_set(&call->fault, err, "id", "there is no article %s",
                         work->id.text);
    if (err)
        return db_fault(db, err, &call->fault);
    err = read_story(work, &work->id, content.language, &story);
    return err ? err : article_story_set(&work->edit, &work->id, &story);
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

static void change(struct http_call *call, const struct route_match *match,
                   enum err (*how)(struct api_work *work))
{
    struct id id;
    if (!api_change(call, match, how, &id))
        write_article(call, &id);
}

void article_api_create(void *context, struct http_exchange *exchange,
                        const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    change(call, NULL, create);
    if (!call->fault.code)
        call->status = 201;
}

void article_api_publish(void *context, struct http_exchange *exchange,
                         const struct route_match *match)
{
    (void)exchange;
    change(context, match, publish);
}

void article_api_withdraw(void *context, struct http_exchange *exchange,
                          const struct route_match *match)
{
    (void)exchange;
    change(context, match, withdraw);
}

void article_api_translates(void *context, struct http_exchange *exchange,
                            const struct route_match *match)
{
    (void)exchange;
    change(context, match, change_story);
}
