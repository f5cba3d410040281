// SPDX-License-Identifier: Apache-2.0
/* /live/<channel>/captions: where a captioner's tool sends what is said. */
#include "edge/edge_live_internal.h"
#include "net/uri.h"

enum { KEY_BYTES_MAX = EDGE_CAPTIONER_KEY_BYTES_MAX };

#define BEARER STR("Bearer ")
#define ALLOW "Allow: POST, OPTIONS\r\n"
#define CORS "Access-Control-Allow-Origin: *\r\n"
#define NO_STORE "Cache-Control: no-store\r\n"

static void answer(struct http_exchange *exchange, int status,
                   struct str more_fields, struct str words)
{
    DEFER(buf_finish) struct buf fields;
    DEFER(buf_finish) struct buf body;
    buf_init(&fields, EDGE_FIELDS_BYTES);
    buf_init(&body, EDGE_FIELDS_BYTES);
    buf_add_c(&fields, CORS NO_STORE "X-Content-Type-Options: nosniff\r\n");
    buf_add(&fields, more_fields);
    buf_add(&body, words);
    buf_add_char(&body, '\n');
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = STR("text/plain; charset=utf-8"),
                              .fields = buf_str(&fields),
                              .body = buf_str(&body),
                          });
}

static void on_said(void *context, int status, struct str words)
{
    struct str fields =
        status == 429 || status == 503 ? STR("Retry-After: 1\r\n") : STR("");
    answer(context, status, fields, words);
}

/* "Authorization: Bearer KEY" (RFC 6750), or ?key=KEY of tools that know
 * addresses only. */
static bool find_key(const struct http_request *request,
                     char target[KEY_BYTES_MAX], struct str *ret_key)
{
    struct str field = http_request_field(request, HTTP_FIELD_AUTHORIZATION);
    if (field.len > BEARER.len &&
        str_eq_ascii_case(str_slice(field, 0, BEARER.len), BEARER)) {
        *ret_key = str_trim(str_from(field, BEARER.len));
        return true;
    }
    return !uri_query_get(request->query, STR("key"), target, KEY_BYTES_MAX,
                          ret_key);
}

static void answer_options(struct http_exchange *exchange)
{
    http_answer(
        exchange,
        &(struct http_answer){
            .status = 204,
            .fields =
                STR(CORS ALLOW "Access-Control-Allow-Methods: POST\r\n"
                               "Access-Control-Allow-Headers: authorization, "
                               "content-type\r\n"
                               "Access-Control-Max-Age: 86400\r\n"),
        });
}

bool edge_captioner_is_limited(const struct address_peer *captioner)
{
    return !address_peer_is_this_machine(captioner);
}

bool edge_captioner_may_say(struct edge *edge,
                            const struct address_peer *captioner)
{
    return !edge_captioner_is_limited(captioner) ||
           edge_admit_reader(edge, captioner, EDGE_ALLOWANCE_CAPTIONS);
}

/* No key: the first message is it. */
static void answer_websocket(struct edge_thread *thread, uint64_t channel,
                             const struct address_peer *captioner,
                             struct http_exchange *exchange)
{
    char room[KEY_BYTES_MAX];
    struct str key;
    struct http_refusal refusal = {.status = 0};
    if (!find_key(&exchange->request, room, &key))
        key = STR("");
    edge_captioner_connect(thread, channel, key, captioner, exchange, &refusal);
    if (!refusal.status)
        return;
    struct str fields = refusal.status == 426
                            ? STR("Sec-WebSocket-Version: 13\r\n")
                        : refusal.status == 429 || refusal.status == 503
                            ? STR("Retry-After: 10\r\n")
                            : STR("");
    answer(exchange, refusal.status, fields, str_from_c(refusal.reason));
}

void edge_answer_captioner(struct edge_thread *thread, uint64_t channel,
                           struct http_exchange *exchange)
{
    char room[KEY_BYTES_MAX];
    struct str key;
    enum http_method method = exchange->request.method;
    struct address_peer captioner =
        proxies_reader(&thread->edge->config.proxies, &exchange->peer,
                       &exchange->request.fields);
    if (method == HTTP_OPTIONS)
        answer_options(exchange);
    else if (method == HTTP_GET && websocket_is_asked_for(&exchange->request))
        answer_websocket(thread, channel, &captioner, exchange);
    else if (method != HTTP_POST)
        answer(exchange, 405, STR(ALLOW),
               STR("Captioners POST here what is said, as text, or open a "
                   "WebSocket; docs/captions.md tells how. Who watches finds "
                   "captions in master.m3u8."));
    else if (!find_key(&exchange->request, room, &key))
        answer(exchange, 401, STR("WWW-Authenticate: Bearer\r\n"),
               STR("The key is missing: send 'Authorization: Bearer KEY'. "
                   "'broadsheet channel key add NAME --for captions' makes "
                   "one."));
    else if (!edge_captioner_may_say(thread->edge, &captioner))
        answer(exchange, 429, STR("Retry-After: 1\r\n"),
               EDGE_CAPTIONER_TOO_FAST);
    else
        edge_live_say(thread, channel, key, exchange->body, on_said, exchange);
}
