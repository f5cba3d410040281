// SPDX-License-Identifier: Apache-2.0
/* What the command line asks of a running desk. */
#include "base/metric.h"
#include "content/content.h"
#include "content/websub.h"
#include "net/uri.h"
#include "newsroom/newsroom_internal.h"

/* POST /sync?seq=N: answers when the change N is with every reader. */
void desk_api_sync(void *context, struct http_exchange *exchange,
                   const struct route_match *match)
{
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    char text[32];
    struct str value;
    int64_t seq;
    if (uri_query_get(exchange->request.query, STR("seq"), text, sizeof text,
                      &value) ||
        str_parse_i64(value, &seq) || seq < 0) {
        fault_set(&call->fault, ERR_INVALID, "seq",
                  "say which change to wait for: POST /sync?seq=123");
        return;
    }
    if (!newsroom->catch_up(newsroom->desk, seq, &call->fault))
        buf_printf(&call->body, "{\"seq\":%lld}\n", (long long)seq);
}

void desk_api_status(void *context, struct http_exchange *exchange,
                     const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    struct websub_counts hub;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    enum err err = websub_count(lease.db, &hub);
    if (err) {
        db_fault(lease.db, err, &call->fault);
        return;
    }
    buf_add_c(&call->body, "{\"version\":\"" BROADSHEET_VERSION "\",");
    newsroom->write_status(newsroom->desk, &call->body);
    buf_printf(&call->body,
               ",\"subscriptions\":%lld,\"subscriptions_behind\":%lld}\n",
               (long long)hub.subscriptions, (long long)hub.behind);
}

/* GET /television: how the channels do, as the playout tells it. */
void desk_api_television(void *context, struct http_exchange *exchange,
                         const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    enum err err =
        newsroom->write_television(newsroom->desk, &call->body, &call->fault);
    if (err && !call->fault.code)
        fault_set(&call->fault, err, NULL, "television: %s", err_sentence(err));
}

/* GET /metrics: all stages, for Prometheus. */
void desk_api_metrics(void *context, struct http_exchange *exchange,
                      const struct route_match *match)
{
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    bool is_open = metric_wants_open(
        http_fields_known(&exchange->request.fields, HTTP_FIELD_ACCEPT));
    call->content_type = metric_content_type(is_open);
    call->fields = STR("Cache-Control: no-store\r\nVary: Accept\r\n");
    enum err err = newsroom->write_metrics(newsroom->desk, is_open, &call->body,
                                           &call->fault);
    if (err && !call->fault.code)
        fault_set(&call->fault, err, NULL, "metrics: %s", err_sentence(err));
}
