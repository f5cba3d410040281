// SPDX-License-Identifier: Apache-2.0
/* POST /websub, which the desk answers: each request makes the desk write and
 * call somebody, so that nobody may make many (edge_allowance.c). */
#include "edge/edge_internal.h"

static void say(struct http_exchange *exchange, int status, struct str fields,
                struct str text)
{
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = STR("text/plain; charset=utf-8"),
                              .fields = fields,
                              .body = text,
                          });
}

void edge_answer_hub(struct edge_thread *thread, struct http_exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    if (request->method != HTTP_POST) {
        say(exchange, 405, STR("Allow: POST\r\nCache-Control: no-store\r\n"),
            STR("This is the hub for feeds (WebSub): subscribers POST "
                "here.\n"));
        return;
    }
    if (edge_admit(thread->edge, exchange, EDGE_ALLOWANCE_HUB))
        edge_forward_request(thread, exchange);
    else
        say(exchange, 429,
            STR("Retry-After: 60\r\nCache-Control: no-store\r\n"),
            STR("Too many requests to the hub; try again in a minute.\n"));
}
