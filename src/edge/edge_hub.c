// SPDX-License-Identifier: Apache-2.0
/* POST /websub, which the desk answers: each request makes the desk write and
 * call somebody, so that nobody may make many. Every address has a few at once
 * and one every few seconds; addresses share a table of a fixed size, and those
 * that fall into one place share its allowance. An IPv6 client is the first 64
 * bits: the rest is the client's to choose. */
#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"
#include "edge/edge_internal.h"

enum {
    PLACES = 4096,
    AT_ONCE = 20,
    REFILL_MS = 3000,
    IP6_BYTES_COUNT = 8,
};

/* Of each place: when its allowance is whole again. All threads share them. */
struct edge_hub_limits {
    _Atomic int64_t whole_us[PLACES];
};

enum err edge_hub_create(struct edge *edge)
{
    edge->hub_limits = calloc(1, sizeof *edge->hub_limits);
    return edge->hub_limits ? ERR_OK : ERR_NO_MEMORY;
}

void edge_hub_destroy(struct edge *edge)
{
    free(edge->hub_limits);
    edge->hub_limits = NULL;
}

/* The generic cell rate algorithm: one number an address. */
static bool admit(struct edge *edge, const struct address_peer *peer)
{
    size_t bytes =
        address_peer_is_ip4(peer) ? ADDRESS_IP_BYTES : IP6_BYTES_COUNT;
    struct str ip = str_of((const char *)peer->ip, bytes);
    _Atomic int64_t *whole_us =
        &edge->hub_limits->whole_us[hash_str(ip) % PLACES];
    int64_t now_us = clock_now_us();
    int64_t refill_us = REFILL_MS * INT64_C(1000);
    int64_t was_us = atomic_load(whole_us), from_us;
    do {
        from_us = was_us > now_us ? was_us : now_us;
        if (from_us - now_us > (AT_ONCE - 1) * refill_us)
            return false;
    } while (
        !atomic_compare_exchange_weak(whole_us, &was_us, from_us + refill_us));
    return true;
}

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
    struct address_peer reader = proxies_reader(
        &thread->edge->config.proxies, &exchange->peer, &request->fields);
    if (admit(thread->edge, &reader))
        edge_forward_request(thread, exchange);
    else
        say(exchange, 429,
            STR("Retry-After: 60\r\nCache-Control: no-store\r\n"),
            STR("Too many requests to the hub; try again in a minute.\n"));
}
