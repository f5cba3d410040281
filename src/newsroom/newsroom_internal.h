// SPDX-License-Identifier: Apache-2.0
/* newsroom/newsroom_internal.h: handlers named in the table of routes; each
 * gets a struct http_call as its context. */
#ifndef NEWSROOM_NEWSROOM_INTERNAL_H
#define NEWSROOM_NEWSROOM_INTERNAL_H

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

/* ---- article_api.c, for all of them. What goes wrong is in call->fault. -----
 */

struct edit;
struct id;
struct json_t;

/* What was sent, an object; an empty body is an empty one. */
struct json_t *api_parse_body(struct http_call *call);

/* The id in the address. */
MUST_USE enum err api_parse_id(struct http_call *call,
                               const struct route_match *match,
                               struct id *ret_id);

/* Commits and waits until every reader has it. */
MUST_USE enum err api_commit(struct http_call *call, struct edit *edit);

/* Answers with json, which is taken over; NULL: memory is out. */
void api_answer(struct http_call *call, struct json_t *json);

#endif
