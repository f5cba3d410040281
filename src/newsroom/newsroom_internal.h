// SPDX-License-Identifier: Apache-2.0
/* newsroom/newsroom_internal.h: handlers named in the table of routes; each
 * gets a struct http_call as its context. */
#ifndef NEWSROOM_NEWSROOM_INTERNAL_H
#define NEWSROOM_NEWSROOM_INTERNAL_H

#include "base/id.h"
#include "content/edit.h"
#include "content/json_members.h"
#include "content/picture.h"
#include "net/http_workers.h"
#include "newsroom/newsroom.h"

/* desk_api.c: for the command line */
route_handler desk_api_sync;
route_handler desk_api_status;
route_handler desk_api_television;
route_handler desk_api_metrics;

/* hub_api.c: what subscribers of feeds ask */
route_handler hub_api_ask;

/* article_api.c: GET, POST articles; publish, withdraw; what they translate */
route_handler article_api_show;
route_handler article_api_create;
route_handler article_api_publish;
route_handler article_api_withdraw;
route_handler article_api_translates;

/* picture_api.c: the pictures of an article */
route_handler picture_api_show;
route_handler picture_api_make;

/* Has them made before all others, and waits a while: whoever publishes then
 * gives readers no file as it came when there is time for another. */
void picture_api_wait(struct http_call *call, const struct picture_ids *ids);

/* clip_api.c: recordings of television, and clips */
route_handler clip_api_make;
route_handler clip_api_recordings;

/* live_api.c: live blogs and their posts */
route_handler live_api_start;
route_handler live_api_end;
route_handler live_api_list;
route_handler live_api_post;
route_handler live_api_change;
route_handler live_api_remove;

/* ---- api.c: for all of them. What goes wrong is in call->fault. -------------
 */

struct json_t;

/* What is sent; api_input.c has the members of each. */
enum api_input {
    API_NOTHING,
    API_ARTICLE,
    API_WITHDRAWAL,
    API_TRANSLATION,
    API_PICTURES,
    API_POST,
    API_POST_CHANGE,
    API_POST_REMOVAL,
    API_CLIP,
};
extern const struct json_members api_inputs[];

/* What was sent, an object with no other members than those; an empty body is
 * an empty one. The caller's. */
struct json_t *api_parse_body(struct http_call *call, enum api_input input);
void api_free_json(struct json_t **json); /* for DEFER */

/* A text, or a member that is one; "" when it is missing or something else. */
struct str api_text(const struct json_t *value);
struct str api_member(const struct json_t *object, const char *key);

/* The id in the address. */
MUST_USE enum err api_parse_id(struct http_call *call,
                               const struct route_match *match,
                               struct id *ret_id);

/* One change. */
struct api_work {
    struct http_call *call;
    const struct json_t *json; /* what was sent */
    struct edit edit;
    struct id id; /* of the address; afterwards of what is answered with */
    struct picture_ids waiting; /* see struct publish_options */
    bool has_waited;
};

/* Runs how within one edit, commits, and waits until every reader has it. When
 * pictures wait that how wants to publish (work->waiting), they are waited for,
 * and how runs once more, in another edit. match: NULL when the address has no
 * id. */
MUST_USE enum err api_change(struct http_call *call,
                             const struct route_match *match,
                             enum api_input input,
                             enum err (*how)(struct api_work *work),
                             struct id *ret_id);

/* Answers with json, which is taken over; NULL: memory is out. */
void api_answer(struct http_call *call, struct json_t *json);

#endif
