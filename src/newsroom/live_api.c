// SPDX-License-Identifier: Apache-2.0
/* Live blogs over JSON. As with articles, a call is one transaction and answers
 * when every reader has it. */
#include <jansson.h>

#include "content/content.h"
#include "content/live.h"
#include "content/live_json.h"
#include "newsroom/newsroom_internal.h"
#include "render/document.h"

/* ---- Answers ---------------------------------------------------------------
 */

static enum err read_blog(struct http_call *call, struct db *db,
                          const struct id *id, struct live_blog *ret_blog)
{
    enum err err = live_load(db, id, ret_blog);
    if (err == ERR_NOT_FOUND)
        return fault_set(&call->fault, err, "id", "%s is no live blog",
                         id->text);
    return err ? db_fault(db, err, &call->fault) : ERR_OK;
}

static void answer_blog(struct http_call *call, const struct id *id)
{
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    struct live_blog blog;
    if (!read_blog(call, lease.db, id, &blog))
        api_answer(call, live_json_blog(&blog));
}

static void answer_post(struct http_call *call, const struct id *id)
{
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    struct live_post post;
    enum err err = live_post_load(lease.db, id, call->arena, &post);
    if (err)
        db_fault(lease.db, err, &call->fault);
    else
        api_answer(call, live_json_post(&post));
}

/* ---- Writes -----------------------------------------------------------------
 */

static enum err start(struct api_work *work)
{
    return live_start(&work->edit, &work->id, 0);
}

static enum err end(struct api_work *work)
{
    return live_end(&work->edit, &work->id, 0);
}

/* Of the blog, for the names of people. */
static enum err read_language(struct api_work *work, const struct id *blog,
                              struct str *ret_language)
{
    struct article article;
    enum err err =
        article_load(work->edit.db, blog, work->call->arena, &article);
    if (err == ERR_NOT_FOUND)
        return fault_set(&work->call->fault, err, "id",
                         "there is no article %s", blog->text);
    if (err)
        return db_fault(work->edit.db, err, &work->call->fault);
    *ret_language = article.content.language;
    return ERR_OK;
}

static enum err read_input(struct api_work *work, struct live_post_input *input)
{
    struct str language;
    input->waiting = work->has_waited ? NULL : &work->waiting;
    input->arena = work->call->arena;
    enum err err = read_language(work, &input->article, &language);
    if (!err)
        err = live_json_read(work->json, work->edit.db, language,
                             work->call->arena, input, &work->call->fault);
    if (!err && !input->document && !input->body.len)
        input->document = document_new(work->call->arena);
    return err;
}

static enum err post(struct api_work *work)
{
    struct live_post_input input = {
        .article = work->id, .headline = STR(""), .body = STR("")};
    enum err err = read_input(work, &input);
    return err ? err : live_post_save(&work->edit, &input, &work->id);
}

/* Members that were not sent stay as they are. */
static enum err change_post(struct api_work *work)
{
    struct live_post old;
    struct edit *edit = &work->edit;
    enum err err = live_post_load(edit->db, &work->id, work->call->arena, &old);
    if (err == ERR_NOT_FOUND)
        return fault_set(&work->call->fault, err, "id", "there is no post %s",
                         work->id.text);
    if (err)
        return db_fault(edit->db, err, &work->call->fault);
    struct live_post_input input = live_post_input_of(&old);
    input.base_revision =
        json_integer_value(json_object_get(work->json, "base_revision"));
    err = read_input(work, &input);
    if (!err)
        err = live_post_save(edit, &input, NULL);
    if (!err)
        err = live_post_key(edit, &work->id, input.key);
    if (!err)
        err = live_post_pin(edit, &work->id, input.pinned);
    if (!err && json_object_get(work->json, "correction"))
        err = live_post_correct(edit, &work->id,
                                api_member(work->json, "correction"), 0);
    return err;
}

static enum err remove_post(struct api_work *work)
{
    return live_post_remove(&work->edit, &work->id,
                            api_member(work->json, "reason"), 0);
}

/* ---- routes ---- */

void live_api_start(void *context, struct http_exchange *exchange,
                    const struct route_match *match)
{
    (void)exchange;
    struct id id;
    if (!api_change(context, match, API_NOTHING, start, &id))
        answer_blog(context, &id);
}

void live_api_end(void *context, struct http_exchange *exchange,
                  const struct route_match *match)
{
    (void)exchange;
    struct id id;
    if (!api_change(context, match, API_NOTHING, end, &id))
        answer_blog(context, &id);
}

void live_api_post(void *context, struct http_exchange *exchange,
                   const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    struct id id;
    if (!api_change(call, match, API_POST, post, &id))
        answer_post(call, &id);
    if (!call->fault.code)
        call->status = 201;
}

void live_api_change(void *context, struct http_exchange *exchange,
                     const struct route_match *match)
{
    (void)exchange;
    struct id id;
    if (!api_change(context, match, API_POST_CHANGE, change_post, &id))
        answer_post(context, &id);
}

void live_api_remove(void *context, struct http_exchange *exchange,
                     const struct route_match *match)
{
    (void)exchange;
    struct id id;
    if (!api_change(context, match, API_POST_REMOVAL, remove_post, &id))
        answer_post(context, &id);
}

void live_api_list(void *context, struct http_exchange *exchange,
                   const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    const struct live_query query = {.which = LIVE_BEFORE,
                                     .limit = LIVE_POSTS_MAX};
    struct live_blog blog;
    struct live_posts list;
    struct id id;
    if (api_parse_id(call, match, &id) || read_blog(call, lease.db, &id, &blog))
        return;
    enum err err =
        live_posts(lease.db, &id, STR(""), &query, call->arena, &list);
    if (err) {
        db_fault(lease.db, err, &call->fault);
        return;
    }
    json_t *object = live_json_blog(&blog), *array = json_array();
    for (size_t i = 0; i < list.count; i++)
        json_array_append_new(array, live_json_post(&list.posts[i]));
    json_object_set_new(object, "posts", array);
    api_answer(call, object);
}
