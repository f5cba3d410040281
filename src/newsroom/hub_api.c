// SPDX-License-Identifier: Apache-2.0
/* POST /websub: what programs outside ask of the hub (WebSub §5). It answers
 * 202 and asks the subscriber back in its own time. */
#include "content/content.h"
#include "content/edit.h"
#include "content/settings.h"
#include "content/websub.h"
#include "net/fetch.h"
#include "net/uri.h"
#include "newsroom/newsroom_internal.h"

/* A parameter of the form, "" when it is not there. */
static enum err read_parameter(struct http_call *call, const char *name,
                               size_t bytes_max, struct str *ret_value)
{
    char *target = arena_alloc(call->arena, bytes_max + 1, 1);
    enum err err = uri_query_get(call->exchange->body, str_from_c(name), target,
                                 bytes_max + 1, ret_value);
    if (err == ERR_NOT_FOUND) {
        *ret_value = STR("");
        return ERR_OK;
    }
    if (!err && ret_value->len > bytes_max)
        err = ERR_TOO_LONG;
    if (err == ERR_TOO_LONG)
        return fault_set(&call->fault, err, name, "%s has at most %zu bytes",
                         name, bytes_max);
    if (err)
        return fault_set(&call->fault, err, name, "%s is not a form's value",
                         name);
    return ERR_OK;
}

static enum err read_mode(struct http_call *call, struct websub_ask *ask)
{
    struct str mode;
    enum err err = read_parameter(call, "hub.mode", 32, &mode);
    if (err)
        return err;
    ask->unsubscribe = str_eq(mode, STR("unsubscribe"));
    if (ask->unsubscribe || str_eq(mode, STR("subscribe")))
        return ERR_OK;
    return fault_set(&call->fault, ERR_INVALID, "hub.mode",
                     "hub.mode has to be subscribe or unsubscribe");
}

/* §5.1: a hub chooses; what is out of bounds is brought into them, and told
 * with the verification. */
static enum err read_lease(struct http_call *call, struct websub_ask *ask)
{
    struct str text;
    int64_t lease_s = WEBSUB_LEASE_S_STANDARD;
    enum err err = read_parameter(call, "hub.lease_seconds", 20, &text);
    if (!err && text.len && (str_parse_i64(text, &lease_s) || lease_s <= 0))
        return fault_set(&call->fault, ERR_INVALID, "hub.lease_seconds",
                         "hub.lease_seconds has to be a number of seconds");
    if (lease_s < WEBSUB_LEASE_S_LEAST)
        lease_s = WEBSUB_LEASE_S_LEAST;
    if (lease_s > WEBSUB_LEASE_S_MOST)
        lease_s = WEBSUB_LEASE_S_MOST;
    ask->lease_s = lease_s;
    return err;
}

static enum err read_callback(struct http_call *call,
                              const struct settings *settings,
                              struct websub_ask *ask)
{
    enum err err = read_parameter(call, "hub.callback",
                                  WEBSUB_CALLBACK_BYTES_MAX, &ask->callback);
    if (!err && !ask->callback.len)
        err = fault_set(&call->fault, ERR_INVALID, "hub.callback",
                        "hub.callback is missing: where changes are sent");
    if (!err && str_find_char(ask->callback, '#') >= 0)
        err = fault_set(&call->fault, ERR_INVALID, "hub.callback",
                        "hub.callback must have no fragment (#)");
    if (!err)
        err = fetch_check_url(ask->callback, &call->fault);
    if (!err && fetch_same_host(ask->callback, settings->address))
        err = fault_set(&call->fault, ERR_INVALID, "hub.callback",
                        "hub.callback is this newspaper itself: it has to be "
                        "an address of the subscriber");
    return err;
}

/* Only our own feeds. */
static enum err read_topic(struct http_call *call,
                           const struct settings *settings,
                           struct websub_ask *ask)
{
    const struct newsroom *newsroom = call->context;
    struct str topic, address = settings->address;
    enum err err =
        read_parameter(call, "hub.topic", FETCH_URL_BYTES_MAX, &topic);
    if (err)
        return err;
    ask->path = str_starts_with(topic, address) ? str_from(topic, address.len)
                                                : STR("");
    if (ask->path.len && ask->path.ptr[0] == '/' &&
        newsroom->is_feed(ask->path))
        return ERR_OK;
    return fault_set(&call->fault, ERR_INVALID, "hub.topic",
                     "hub.topic has to be a feed of this newspaper, as its "
                     "link rel=\"self\" says, such as %" PRI_STR "/%" PRI_STR
                     "/atom.xml",
                     ARG_STR(address), ARG_STR(settings->language));
}

static enum err read_settings(struct http_call *call,
                              struct settings *ret_settings)
{
    const struct newsroom *newsroom = call->context;
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(newsroom->content);
    enum err err = settings_load(lease.db, STR(""), call->arena, ret_settings);
    if (err)
        return db_fault(lease.db, err, &call->fault);
    if (!ret_settings->address.len)
        return fault_set(&call->fault, ERR_NOT_FOUND, NULL,
                         "this newspaper has no hub: its address is not set");
    if (ret_settings->websub_hub.len)
        return fault_set(&call->fault, ERR_NOT_FOUND, NULL,
                         "the hub of this newspaper is %" PRI_STR,
                         ARG_STR(ret_settings->websub_hub));
    return ERR_OK;
}

static enum err keep(struct http_call *call, const struct websub_ask *ask)
{
    const struct newsroom *newsroom = call->context;
    DEFER(edit_end) struct edit edit = {0};
    enum err err =
        edit_begin(&edit, newsroom->content, STR("hub"), &call->fault);
    if (!err)
        err = websub_ask(&edit, ask);
    return err ? err : edit_commit(&edit);
}

void hub_api_ask(void *context, struct http_exchange *exchange,
                 const struct route_match *match)
{
    (void)exchange;
    (void)match;
    struct http_call *call = context;
    const struct newsroom *newsroom = call->context;
    struct settings settings;
    struct websub_ask ask = {0};
    enum err err = read_settings(call, &settings);
    if (!err)
        err = read_mode(call, &ask);
    if (!err)
        err = read_topic(call, &settings, &ask);
    if (!err)
        err = read_callback(call, &settings, &ask);
    if (!err)
        err = read_lease(call, &ask);
    if (!err)
        err = read_parameter(call, "hub.secret", WEBSUB_SECRET_BYTES_MAX,
                             &ask.secret);
    if (!err)
        err = keep(call, &ask);
    if (err)
        return;
    newsroom->hub_wake(newsroom->hub);
    call->status = 202;
    call->content_type = STR("text/plain; charset=utf-8");
    buf_add_c(&call->body, "The subscriber is asked whether it is meant.\n");
}
