// SPDX-License-Identifier: Apache-2.0
/* net/http_server.h: connections on which a loop serves HTTP/1.1.
 *
 * A request reaches the handler as an exchange, complete with its body. The
 * handler answers it before it returns, or keeps it and answers later, in both
 * cases on the loop's thread (another thread comes back with loop_post). The
 * next request of a connection is looked at when the one before was answered.
 *
 * An exchange ends when its answer was given whole (http_answer_*, or
 * http_stream_end): it must not be touched afterwards. If the client goes away
 * before that:
 *   - with on_abandon set, on_abandon is called and the exchange is gone;
 *   - without it, the exchange stays what it is, and the answer, when it is
 *     given, goes nowhere. That is for work threads which read it meanwhile.
 */
#ifndef NET_HTTP_SERVER_H
#define NET_HTTP_SERVER_H

#include <stdbool.h>

#include "base/buf.h"
#include "net/address.h"
#include "net/http_request.h"
#include "net/loop.h"

struct http_server;
struct http_connection;
struct http_exchange;

enum {
    HTTP_INPUT_BYTES = 16384, /* one buffer, given back when it is empty */
    HTTP_STREAM_WAITING_BYTES_MAX = 256 << 10, /* written, not yet sent */
    HTTP_STREAM_PIECE_BYTES_MAX = 128 << 10,
};

struct http_server_config {
    struct loop *loop;
    void *context;

    /* A request is complete. */
    void (*on_request)(void *context, struct http_exchange *exchange);

    /* How long a body this request may have; asked when the head is there and
     * says that a body follows, before 100 (Continue) is sent. 0 refuses every
     * body with 413. NULL refuses bodies everywhere. */
    uint64_t (*body_max)(void *context, const struct http_request *request);

    /* A connection ended, its descriptor is closed. adopted is what was given
     * to http_server_adopt. NULL: nobody wants to know. */
    void (*on_close)(void *context, void *adopted);

    /* 0 takes what stands behind it. */
    unsigned connections_max;             /* 16384 */
    unsigned connections_per_address_max; /* 256; IPv6: of one /64 */
    bool spares_loopback;    /* what comes from this machine is a proxy's, which
                                speaks for many: no limit by address */
    int64_t head_timeout_us; /* 10 s, from its first byte to its last */
    int64_t body_timeout_us; /* 30 s for each 16 KiB or the end */
    int64_t send_timeout_us; /* 30 s for each 16 KiB or the end */
    int64_t idle_timeout_us; /* 30 s between requests */
    int64_t websocket_ping_us; /* 20 s of silence; see http_websocket.h */
};

/* config is copied. The process ignores SIGPIPE from now on. ERR_NO_MEMORY. */
MUST_USE enum err http_server_create(const struct http_server_config *config,
                                     struct http_server **ret_server);

/* Closes every connection at once. Exchanges that a handler kept without
 * on_abandon must have been answered before. Accepts NULL. */
void http_server_destroy(struct http_server *server);

/* A new connection; has the form of a listener's on_accept, server is the
 * context. Beyond a limit it is told so (503, 429) and closed. */
void http_server_accept(void *server, int fd, const struct address_peer *peer);

/* Serves HTTP on a connected stream socket that is not limited and has no idle
 * time-out (the link). fd becomes the server's. ERR_NO_MEMORY, ERR_IO: fd is
 * closed. */
MUST_USE enum err http_server_adopt(struct http_server *server, int fd,
                                    void *adopted);

/* From now on every answer closes its connection, idle ones and those whose
 * answer goes on (http_tail.h) are closed at once, WebSockets when the answer
 * that is due was sent; on_empty (may be NULL) is called when none is left. */
void http_server_drain(struct http_server *server,
                       void (*on_empty)(void *context), void *context);

struct http_server_counts {
    unsigned connections;
    unsigned exchanges; /* kept by handlers or being sent */
    uint64_t accepted;  /* connections, those that were turned away left out */
    uint64_t requests;
    uint64_t refused;    /* bad heads and bodies, limits, time-outs */
    uint64_t answers[6]; /* by the hundreds of their status */
    uint64_t sent_bytes;
};

/* What its handlers are called with. */
void *http_server_context(const struct http_server *server);

struct http_server_counts http_server_counts(const struct http_server *server);

/* ---- What a handler gets --------------------------------------------------
 */

struct http_exchange {
    struct str body;          /* "" when there is none */
    struct address_peer peer; /* who sent it; is_local on adopted sockets */
    struct http_server *server;
    void *handler_data; /* the handler's; NULL at first */
    /* May be set by a handler which keeps the exchange; see above. */
    void (*on_abandon)(struct http_exchange *exchange);
    /* Likewise: who has ended their side of the connection is taken to have
     * gone away, though they might still read an answer. For answers that cost
     * much and that only browsers ask for, which close both sides at once. */
    bool ended_is_gone;
    /* The server's own: */
    struct http_connection *connection; /* NULL: the client is gone */
    struct http_exchange *next;
    struct buf body_buf;
    char *input; /* what request points into, once the connection is gone */
    void (*on_room)(struct http_exchange *exchange);
    bool is_slim;
    struct http_request request; /* last, and its fields are its last */
};

/* For exchanges that are kept for long, many at a time: gives back all memory
 * of the request. Of it only method, version and keep_alive are known
 * afterwards. The exchange lies elsewhere from now on: the result takes the
 * place of exchange, which is gone. For requests without a body; exchange
 * itself when there is no memory. */
struct http_exchange *http_exchange_slim(struct http_exchange *exchange);

/* ---- Answers --------------------------------------------------------------
 */

/* The parts of an answer are borrowed for the call. With release they are
 * borrowed until release(owner) is called, which happens exactly once, maybe
 * before the call returns; without it, what cannot be sent at once is copied.
 * Date and, where it is due, Connection are added. The body of an answer to
 * HEAD, and of a status without body, is not sent. */

/* Made before: nothing is formatted and nothing copied. */
struct http_ready {
    struct str head; /* status line and fields, each with its CRLF, Content-
                        Length among them; no Date, no Connection, no empty
                        line */
    struct str body;
    void (*release)(void *owner); /* or NULL */
    void *owner;
};

void http_answer_ready(struct http_exchange *exchange,
                       const struct http_ready *ready);

struct http_answer {
    int status;              /* one that http_status_phrase knows */
    struct str content_type; /* "" for none */
    struct str fields;       /* more field lines, each with CRLF, or "" */
    struct str body;
    void (*release)(void *owner); /* for body; fields are always copied */
    void *owner;
};

/* Content-Length is added. */
void http_answer(struct http_exchange *exchange,
                 const struct http_answer *answer);

/* A plain text body that says the status and message. */
void http_answer_error(struct http_exchange *exchange, int status,
                       struct str message);

/* len bytes of a file from offset; answer->body is not used. file_fd becomes
 * the server's and is closed. The status (200, 206) and Content-Range are the
 * caller's; release is called as well. */
void http_answer_file(struct http_exchange *exchange,
                      const struct http_answer *answer, int file_fd,
                      uint64_t offset, uint64_t len);

/* An answer whose end is not known: chunked in HTTP/1.1, until close in 1.0.
 * answer->body, when there is one, is its first piece. The client's going away
 * is told to on_abandon, which must be set; that a piece could be sent, after
 * http_stream_write said ERR_BUSY, to on_room (may be NULL). ERR_CLOSED: the
 * client is gone already, and so is the exchange; on_abandon is not called. */
MUST_USE enum err http_stream_begin(
    struct http_exchange *exchange, const struct http_answer *answer,
    void (*on_room)(struct http_exchange *exchange));

/* Appends a piece: sent at once when nothing waits before it, else copied.
 * ERR_BUSY: HTTP_STREAM_WAITING_BYTES_MAX would be exceeded, nothing was
 * taken. ERR_CLOSED: the client is gone, on_abandon will say so, but not before
 * this returned. */
MUST_USE enum err http_stream_write(struct http_exchange *exchange,
                                    struct str piece);

/* Bytes that were written and not sent yet. */
size_t http_stream_waiting(const struct http_exchange *exchange);

/* Complete: the exchange is gone. */
void http_stream_end(struct http_exchange *exchange);

/* Breaks the connection off, so that the client knows that the answer is not
 * whole. The exchange is gone, on_abandon is not called. */
void http_exchange_abort(struct http_exchange *exchange);

#endif
