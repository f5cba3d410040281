// SPDX-License-Identifier: Apache-2.0
/* Captioners who stay: each message on their WebSocket is what a POST's body
 * is, and is answered by {"status":202,"message":"taken"}. Where the request
 * came from does not matter (RFC 6455 §10.2): a page of another site has no
 * cookie that counts here, and who has the key may write. */
#include <stddef.h>
#include <stdlib.h>

#include "edge/edge_live_internal.h"
#include "net/http_status.h"

enum { SOCKETS_MAX = 1024 }; /* of a thread */

struct caption_socket {
    struct http_websocket socket;
    struct edge_thread *thread;
    uint64_t channel;
    struct address_peer captioner;
    struct address_share *share; /* NULL: not limited */
    bool is_asking;              /* the playout, which calls back */
    bool is_gone;
    size_t key_bytes; /* 0: the next message is the key */
    char key[EDGE_CAPTIONER_KEY_BYTES_MAX];
};

/* ---- Answers ---------------------------------------------------------------
 */

/* The last thing to be done: the socket may be gone afterwards. */
static void answer(struct caption_socket *socket, int status, struct str words)
{
    bool is_stranger = status == 401 || status == 403;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, HTTP_WEBSOCKET_ANSWER_BYTES_MAX);
    http_status_json(&text, status, words);
    http_websocket_answer(&socket->socket, buf_str(&text),
                          is_stranger ? WEBSOCKET_CODE_POLICY : 0);
}

/* False: nobody waits for it any more. */
static bool is_awaited(struct caption_socket *socket)
{
    socket->is_asking = false;
    if (socket->is_gone)
        free(socket);
    else
        return true;
    return false;
}

static void on_said(void *context, int status, struct str words)
{
    if (is_awaited(context))
        answer(context, status, words);
}

/* An empty text was said: who has no key is told so, others that it is empty,
 * or that the channel is not on the air. */
static void on_key_looked_at(void *context, int status, struct str words)
{
    struct caption_socket *socket = context;
    if (!is_awaited(socket))
        return;
    if (status == 400 || status == 409) {
        answer(socket, 200, STR("the key is good"));
    } else {
        socket->key_bytes = 0; /* it has to be sent again */
        answer(socket, status, words);
    }
}

/* ---- Messages --------------------------------------------------------------
 */

static void say(struct caption_socket *socket, struct str text,
                void (*done)(void *context, int status, struct str words))
{
    socket->is_asking = true;
    edge_live_say(socket->thread, socket->channel,
                  str_of(socket->key, socket->key_bytes), text, done, socket);
}

static bool keep_key(struct caption_socket *socket, struct str key)
{
    if (key.len > sizeof socket->key)
        return false;
    memcpy(socket->key, key.ptr, key.len);
    socket->key_bytes = key.len;
    return true;
}

static void on_text(struct http_websocket *of, struct str text)
{
    struct caption_socket *socket =
        (struct caption_socket *)((char *)of -
                                  offsetof(struct caption_socket, socket));
    if (!edge_captioner_may_say(socket->thread->edge, &socket->captioner)) {
        answer(socket, 429, EDGE_CAPTIONER_TOO_FAST);
    } else if (socket->key_bytes) {
        say(socket, text, on_said);
    } else {
        struct str key = str_trim(text);
        if (!key.len)
            answer(socket, 401,
                   STR("the first message is the key, when the address has "
                       "none"));
        else if (!keep_key(socket, key))
            answer(socket, 403, STR("no key is that long"));
        else
            say(socket, STR(""), on_key_looked_at);
    }
}

/* ---- Coming and going ------------------------------------------------------
 */

static void leave(struct caption_socket *socket)
{
    struct edge_live *live = socket->thread->live;
    address_shares_give_back(&live->socket_shares, socket->share);
    live->socket_count--;
}

static void on_gone(struct http_websocket *of)
{
    struct caption_socket *socket =
        (struct caption_socket *)((char *)of -
                                  offsetof(struct caption_socket, socket));
    leave(socket);
    socket->is_gone = true;
    if (!socket->is_asking)
        free(socket);
}

/* The captioner's share is taken when nothing is against it. */
static bool may_connect(struct edge_live *live, struct str key,
                        const struct address_peer *captioner,
                        struct address_share **ret_share,
                        struct http_refusal *ret_refusal)
{
    if (key.len > EDGE_CAPTIONER_KEY_BYTES_MAX)
        *ret_refusal = (struct http_refusal){403, "no key is that long"};
    else if (live->socket_count >= SOCKETS_MAX)
        *ret_refusal = (struct http_refusal){
            503, "too many captioners are connected; try again"};
    else if (edge_captioner_is_limited(captioner) &&
             address_shares_take(&live->socket_shares, captioner, ret_share))
        *ret_refusal = (struct http_refusal){
            429, "this address has too many WebSockets open: close some"};
    return !ret_refusal->status;
}

void edge_captioner_connect(struct edge_thread *thread, uint64_t channel,
                            struct str key,
                            const struct address_peer *captioner,
                            struct http_exchange *exchange,
                            struct http_refusal *ret_refusal)
{
    char accept[WEBSOCKET_ACCEPT_BYTES];
    struct edge_live *live = thread->live;
    struct address_share *share = NULL;
    *ret_refusal = (struct http_refusal){.status = 0};
    if (websocket_check(&exchange->request, accept, ret_refusal) ||
        !may_connect(live, key, captioner, &share, ret_refusal))
        return;
    struct caption_socket *socket = calloc(1, sizeof *socket);
    if (!socket) {
        address_shares_give_back(&live->socket_shares, share);
        *ret_refusal = (struct http_refusal){503, "out of memory; try again"};
        return;
    }
    *socket = (struct caption_socket){
        .socket = {.on_text = on_text, .on_gone = on_gone},
        .thread = thread,
        .channel = channel,
        .captioner = *captioner,
        .share = share,
    };
    keep_key(socket, key); /* its length was looked at */
    live->socket_count++;
    if (http_websocket_begin(exchange, accept, STR(""), LIVE_SAY_BYTES_MAX,
                             &socket->socket)) {
        leave(socket); /* it came and went */
        free(socket);
    }
}
