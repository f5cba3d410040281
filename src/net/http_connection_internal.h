// SPDX-License-Identifier: Apache-2.0
/* net/http_connection_internal.h: what the server's files share:
 *   http_server.c      pools, limits, the life of connections
 *   http_connection.c  reading: bytes come in, requests go to the handler
 *   http_answer.c      answers: which parts there are to send
 *   http_output.c      sending: parts go out, now or when there is room
 *   http_tail.c        answers that go on, their pieces shared by many
 *   http_websocket.c   clients that go on with a WebSocket */
#ifndef NET_HTTP_CONNECTION_INTERNAL_H
#define NET_HTTP_CONNECTION_INTERNAL_H

#include <stddef.h>

#include "net/address_shares.h"
#include "net/http_body.h"
#include "net/http_server.h"
#include "net/http_tail.h"
#include "net/http_transport.h"
#include "net/http_websocket.h"

enum {
    HTTP_PARTS_MAX = 12,         /* of one answer */
    HTTP_POOL_MAX = 256,         /* spare buffers and exchanges that are kept */
    HTTP_PROGRESS_BYTES = 16384, /* so much must move within a time-out */
    HTTP_FILE_BYTES_A_TURN = 1 << 20,
    HTTP_LINGER_BYTES_MAX = 256 << 10,
};

enum http_connection_state {
    CONNECTION_IDLE,      /* nothing of a request is there */
    CONNECTION_HEAD,      /* a part of its head */
    CONNECTION_BODY,      /* its head, a part of its body */
    CONNECTION_HANDLING,  /* the handler has it */
    CONNECTION_STREAMING, /* the handler sends pieces */
    CONNECTION_WEBSOCKET, /* it is no HTTP any more */
    CONNECTION_SENDING,   /* answered, not all of it is sent */
    CONNECTION_LINGERING, /* we said all; what still comes is dropped */
    CONNECTION_CLOSED,
};

/* What is on its way out: parts, then a file, then the queue. */
struct http_output {
    struct iovec parts[HTTP_PARTS_MAX];
    unsigned part_at;
    unsigned part_count;
    char *copy;                   /* holds the parts that were not held */
    void (*release)(void *owner); /* holds the others */
    void *owner;
    int file_fd; /* -1 for none */
    uint64_t file_offset;
    uint64_t file_left;
    struct buf queue; /* pieces of a stream */
    uint32_t progress_bytes;
};

enum http_sent { SENT_ALL, SENT_PART, SENT_NOTHING_MORE_CAN_BE };

struct http_connection {
    struct loop_source source;
    struct loop_timeout timeout;
    struct http_server *server;
    struct http_connection *previous, *next; /* all of the server */
    const struct http_transport *transport;  /* NULL: the socket itself */
    void *transport_state;
    struct address_share *share; /* NULL when it is not limited */
    void *adopted;
    struct address_peer peer;

    unsigned char state; /* enum http_connection_state */
    unsigned char users; /* calls that are inside; the last one frees */
    bool is_adopted;
    bool input_ended;
    bool close_after; /* the answer under way */
    bool drops_body;  /* of the answer under way: HEAD, 304 */
    bool is_chunked;  /* the stream under way */
    bool wants_room;  /* http_stream_write said ERR_BUSY */
    bool must_linger; /* unread input would make close() a reset */

    char *input;          /* HTTP_INPUT_BYTES from the pool, or NULL */
    uint32_t input_start; /* of the present request */
    uint32_t input_body;  /* behind its head */
    uint32_t input_end;
    uint32_t progress_bytes; /* body bytes since the time-out was armed */
    struct http_head_progress head_progress;
    struct http_body body;
    struct http_exchange *exchange; /* NULL beside a tail */
    struct http_tail *tail;
    struct http_websocket *websocket;
    struct http_output output;
};

/* Of an exchange without its request's fields. */
#define HTTP_SLIM_BYTES offsetof(struct http_exchange, request.fields)

struct http_spare { /* a spare input buffer */
    struct http_spare *next;
};

struct http_server {
    struct http_server_config config;
    struct http_connection *connections;
    struct http_exchange *spare_exchanges;
    struct http_spare *spare_inputs;
    unsigned spare_exchange_count;
    unsigned spare_input_count;
    struct address_shares shares; /* of connections */
    struct http_server_counts counts;
    struct loop_timeout_list head_timeouts;
    struct loop_timeout_list body_timeouts;
    struct loop_timeout_list send_timeouts;
    struct loop_timeout_list idle_timeouts;
    struct loop_timeout_list linger_timeouts;
    struct loop_timeout_list websocket_timeouts;
    bool draining;
    void (*on_empty)(void *context);
    void *on_empty_context;
};

static inline struct loop *connection_loop(const struct http_connection *c)
{
    return c->server->config.loop;
}

/* ---- http_server.c ------------------------------------------------------ */

/* NULL when there is no memory. */
char *http_input_take(struct http_server *server);
void http_input_give(struct http_server *server, char *input);
struct http_exchange *http_exchange_take(struct http_server *server);
void http_exchange_give(struct http_server *server,
                        struct http_exchange *exchange);

/* Between the two the connection's memory stays, even if it is closed. */
void http_connection_enter(struct http_connection *connection);
void http_connection_leave(struct http_connection *connection);

/* Hangs up at once: the handler is told, what was held is released. */
void http_connection_close(struct http_connection *connection);

/* ---- http_connection.c -------------------------------------------------- */

void http_connection_on_events(void *connection, uint32_t events);
void http_connection_on_timeout(void *server, struct loop_timeout *timeout);

/* Tells the loop what is waited for now. */
void http_connection_watch(struct http_connection *connection);

/* Says that we are done and drops what still comes for a while: a close() with
 * unread input would be a reset, which can overtake what was said last. */
void http_connection_linger(struct http_connection *connection);

/* Handles the requests that are there. */
void http_connection_run(struct http_connection *connection);

/* The answer under way was sent whole: the next request, or the end. */
void http_connection_answered(struct http_connection *connection);

/* Lets go of the exchange under way. */
void http_connection_drop_exchange(struct http_connection *connection);

/* ---- http_answer.c ------------------------------------------------------ */

/* Sends the head and the first piece of an answer that goes on; the exchange
 * and the request's bytes are gone. *ret_connection is entered, or NULL when
 * the client was gone before. */
enum http_sent http_answer_begin_tail(struct http_exchange *exchange,
                                      const struct http_answer *answer,
                                      struct http_connection **ret_connection);

/* Sends the head of 101 with fields, which name the other protocol. The
 * exchange is gone, what came behind the request is the input. *ret_connection
 * as above. */
enum http_sent http_answer_switch(struct http_exchange *exchange,
                                  struct str fields,
                                  struct http_connection **ret_connection);

/* ---- http_tail.c -------------------------------------------------------- */

/* Whether pieces wait. */
bool http_tail_waits(const struct http_connection *connection);

/* Sends what waits. */
enum http_sent http_tail_flush(struct http_connection *connection);

/* The connection ends: the caller is told, if there is a tail. */
void http_tail_abandon(struct http_connection *connection);

/* ---- http_websocket.c --------------------------------------------------- */

/* Reads the frames that came, and tells the loop what is waited for. */
void http_websocket_run(struct http_connection *connection);

/* All that was under way was sent; the time that silence may take is over, or
 * that of sending. */
void http_websocket_on_sent(struct http_connection *connection);
void http_websocket_on_timeout(struct http_connection *connection);

/* The server ends: the client is told, behind the answer that is due. */
void http_websocket_drain(struct http_connection *connection);

/* The connection ends: the caller is told, if there is a WebSocket. */
void http_websocket_abandon(struct http_connection *connection);

/* ---- http_output.c ------------------------------------------------------ */

/* Parts as an answer collects them. */
struct http_parts {
    struct iovec parts[HTTP_PARTS_MAX];
    unsigned count;
    unsigned held; /* bit set: those that release is for */
};

void http_parts_add(struct http_parts *parts, struct str text);
void http_parts_add_held(struct http_parts *parts, struct str text);

void http_output_init(struct http_output *output);

/* Lets go of everything, sent or not. */
void http_output_finish(struct http_output *output);

/* Whether everything was sent. */
bool http_output_is_empty(const struct http_output *output);

/* Sends parts when nothing is under way; what cannot be sent now is kept, the
 * parts that are not held as a copy. more: something follows at once. */
enum http_sent http_output_parts(struct http_connection *connection,
                                 struct http_parts *parts, bool more);

/* Goes on with what is under way. */
enum http_sent http_output_flush(struct http_connection *connection);

/* One attempt, nothing kept: bytes, or -1 with errno. */
ssize_t http_output_try(struct http_connection *connection,
                        const struct iovec *parts, unsigned count, bool more);

#endif
