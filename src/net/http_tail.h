// SPDX-License-Identifier: Apache-2.0
/* net/http_tail.h: answers that go on for hours and in which many clients get
 * the same pieces (server-sent events).
 *
 * Once it has begun, nothing is kept of the request: the connection has neither
 * a buffer nor an exchange, and what the client still sends is dropped. A piece
 * is framed once and shared by all; what a client cannot take now waits as a
 * reference. A client that is too far behind is told to the caller, who cuts it
 * off: nobody waits for it. */
#ifndef NET_HTTP_TAIL_H
#define NET_HTTP_TAIL_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "net/http_server.h"

enum {
    HTTP_TAIL_WAITING_MAX = 16, /* pieces */
    HTTP_PIECE_BYTES_MAX = 64 << 10,
    /* What the system may hold for a client that does not read. */
    HTTP_TAIL_SEND_BYTES = 32 << 10,
};

/* Bytes that any number of clients on any threads get. */
struct http_piece;

struct http_piece *http_piece_create(struct str text); /* copies; NULL */
struct http_piece *http_piece_hold(struct http_piece *piece);
void http_piece_release(struct http_piece *piece); /* accepts NULL */

/* Within what the caller keeps of a client. */
struct http_tail {
    /* The client is gone, or was too slow to take anything for the time that
     * sending may take. The tail is the caller's again. */
    void (*on_gone)(struct http_tail *tail);
    /* The server's own: */
    struct http_connection *connection;
    struct http_piece *waiting[HTTP_TAIL_WAITING_MAX]; /* a ring */
    uint32_t sent_bytes;                               /* of the first one */
    uint8_t first;
    uint8_t count;
};

/* Begins the answer to exchange, which is gone afterwards in every case;
 * chunked in HTTP/1.1, until close in 1.0; the connection ends with it.
 * answer->body is the first piece, and copied if need be. tail->on_gone is set,
 * the rest is overwritten. ERR_CLOSED: the client is gone already, on_gone is
 * not called. */
MUST_USE enum err http_tail_begin(struct http_exchange *exchange,
                                  const struct http_answer *answer,
                                  struct http_tail *tail);

/* Sends piece, or has it wait. ERR_BUSY: HTTP_TAIL_WAITING_MAX wait already,
 * and it was not taken. ERR_CLOSED: the client is gone, on_gone will say so,
 * but not before this returned. */
MUST_USE enum err http_tail_send(struct http_tail *tail,
                                 struct http_piece *piece);

/* Ends the answer and the connection, now: on_gone is not called. What waits is
 * not sent any more. */
void http_tail_end(struct http_tail *tail);

#endif
