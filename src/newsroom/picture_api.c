// SPDX-License-Identifier: Apache-2.0
/* How far the pictures of an article are, over JSON, and waiting for them: who
 * publishes when they are made gives no reader a file as it came. */
#include <jansson.h>

#include "base/time.h"
#include "content/article.h"
#include "content/content.h"
#include "content/media.h"
#include "content/picture.h"
#include "newsroom/newsroom_internal.h"

enum {
    WAIT_SECONDS_MAX = 60,
    PUBLISH_WAIT_SECONDS = 10, /* some large pictures */
};

/* ---- What is told ----------------------------------------------------------
 */

static json_t *picture_json(const struct newsroom *newsroom,
                            const struct medium *medium)
{
    size_t done, total;
    bool waits = medium->made == MEDIA_TO_MAKE;
    json_t *object =
        json_pack("{s:s, s:s, s:s%}", "id", medium->id.text, "state",
                  media_made_name(medium->made), "problem", medium->problem.ptr,
                  medium->problem.len);
    if (waits && newsroom->picture_progress(newsroom->desk, &medium->id, &done,
                                            &total)) {
        json_object_set_new(object, "state", json_string("being made"));
        json_object_set_new(object, "done", json_integer((json_int_t)done));
        json_object_set_new(object, "total", json_integer((json_int_t)total));
    } else if (medium->made == MEDIA_MADE) {
        json_object_set_new(object, "renditions",
                            json_integer((json_int_t)medium->rendition_count));
    }
    return object;
}

static enum err add_picture(struct http_call *call, struct db *db,
                            const struct id *id, json_t *list, int *counts)
{
    struct medium medium;
    enum err err = media_load(db, id, call->arena, &medium);
    if (err)
        return db_fault(db, err, &call->fault);
    counts[medium.made]++;
    json_array_append_new(list, picture_json(call->context, &medium));
    return ERR_OK;
}

/* ERR_NOT_FOUND when there is no such article. */
static enum err read_pictures(struct http_call *call, struct db *db,
                              const struct id *article,
                              struct picture_ids *ret_ids)
{
    struct article_content content;
    enum err err = article_content_load(db, article, 0, call->arena, &content);
    if (err == ERR_NOT_FOUND)
        return fault_set(&call->fault, err, "id", "there is no article %s",
                         article->text);
    if (!err)
        err = picture_list_in(db, article, call->arena, ret_ids);
    return err ? db_fault(db, err, &call->fault) : ERR_OK;
}

static void answer_pictures(struct http_call *call, const struct id *article)
{
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    DEFER(api_free_json) json_t *list = json_array();
    struct picture_ids ids = {0};
    int counts[MEDIA_NO_PICTURE + 1] = {0};
    enum err err = read_pictures(call, lease.db, article, &ids);
    for (size_t i = 0; !err && i < ids.count; i++)
        err = add_picture(call, lease.db, &ids.ids[i], list, counts);
    if (!err)
        api_answer(call, json_pack("{s:i, s:i, s:i, s:O}", "waiting",
                                   counts[MEDIA_TO_MAKE], "made",
                                   counts[MEDIA_MADE], "unreadable",
                                   counts[MEDIA_UNMAKEABLE], "pictures", list));
}

/* ---- Routes ----------------------------------------------------------------
 */

void picture_api_show(void *context, struct http_exchange *exchange,
                      const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    struct id id;
    if (!api_parse_id(call, match, &id))
        answer_pictures(call, &id);
}

static enum err read_wait(struct http_call *call, const json_t *json,
                          int64_t *ret_us)
{
    const json_t *wait = json_object_get(json, "wait_seconds");
    double seconds = json_number_value(wait);
    *ret_us = (int64_t)(seconds * TIME_US_PER_SECOND);
    if ((wait && !json_is_number(wait)) || seconds < 0 ||
        seconds > WAIT_SECONDS_MAX)
        return fault_set(&call->fault, ERR_INVALID, "wait_seconds",
                         "wait_seconds is a number from 0 to %d: ask again "
                         "while \"waiting\" is not 0",
                         WAIT_SECONDS_MAX);
    return ERR_OK;
}

static enum err hurry(struct http_call *call, const struct id *article,
                      int64_t wait_us)
{
    const struct newsroom *newsroom = call->context;
    struct picture_ids ids = {0};
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(newsroom->content);
        enum err err = picture_waiting_in(lease.db, article, call->arena, &ids);
        if (err)
            return db_fault(lease.db, err, &call->fault);
    }
    return ids.count ? newsroom->hurry_pictures(newsroom->desk, &ids, wait_us,
                                                &call->fault)
                     : ERR_OK;
}

/* What keeps it from that is for publishing to tell, or for the log. */
void picture_api_wait(struct http_call *call, const struct picture_ids *ids)
{
    const struct newsroom *newsroom = call->context;
    struct fault ignored = {0};
    (void)!newsroom->hurry_pictures(newsroom->desk, ids,
                                    PUBLISH_WAIT_SECONDS * TIME_US_PER_SECOND,
                                    &ignored);
}

void picture_api_make(void *context, struct http_exchange *exchange,
                      const struct route_match *match)
{
    (void)exchange;
    struct http_call *call = context;
    DEFER(api_free_json) json_t *json = api_parse_body(call, API_PICTURES);
    struct id id;
    int64_t wait_us;
    enum err err = call->fault.code;
    if (!err)
        err = api_parse_id(call, match, &id);
    if (!err)
        err = read_wait(call, json, &wait_us);
    if (!err)
        err = hurry(call, &id, wait_us);
    if (!err)
        answer_pictures(call, &id);
}
