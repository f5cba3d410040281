// SPDX-License-Identifier: Apache-2.0
/* Articles over JSON. What is written in one call is one transaction, and the
 * call answers when every reader has it. */
#include <jansson.h>

#include "content/article.h"
#include "content/article_members.h"
#include "content/article_story.h"
#include "content/article_times.h"
#include "content/content.h"
#include "content/workflow.h"
#include "newsroom/newsroom_internal.h"

/* ---- reading what was sent ---- */

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
    enum err err = article_members_read(work->json, work->edit.db, call->arena,
                                        &input.content, &call->fault);
    if (!err)
        err = read_story(work, &input.id, input.content.language, &input.story);
    if (!err)
        err = article_save(&work->edit, &input, &work->id, &revision);
    if (!err)
        err = article_times_read(work->json, &work->edit, &work->id,
                                 &call->fault);
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
                   enum api_input input, enum err (*how)(struct api_work *work))
{
    struct id id;
    if (!api_change(call, match, input, how, &id))
        write_article(call, &id);
}

void article_api_create(void *context, struct http_exchange *exchange,
                        const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    change(call, NULL, API_ARTICLE, create);
    if (!call->fault.code)
        call->status = 201;
}

void article_api_publish(void *context, struct http_exchange *exchange,
                         const struct route_match *match)
{
    (void)exchange;
    change(context, match, API_NOTHING, publish);
}

void article_api_withdraw(void *context, struct http_exchange *exchange,
                          const struct route_match *match)
{
    (void)exchange;
    change(context, match, API_WITHDRAWAL, withdraw);
}

void article_api_translates(void *context, struct http_exchange *exchange,
                            const struct route_match *match)
{
    (void)exchange;
    change(context, match, API_TRANSLATION, change_story);
}
