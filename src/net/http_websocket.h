// SPDX-License-Identifier: Apache-2.0
/* net/http_websocket.h: a connection on which the client goes on with a
 * WebSocket (RFC 6455), to say something and be answered.
 *
 * Nothing is kept of the request. Messages are text, and are taken one at a
 * time: the next one is read when the one before was answered and the answer
 * is on its way; what comes meanwhile waits with the client. So nothing grows:
 * who does not read is not read either, and cut off when the time that sending
 * may take is over. Who is silent is asked for a sign of life (a ping each
 * websocket_ping_us of the server), and cut off after HTTP_WEBSOCKET_SILENCES
 * of them without a whole frame. */
#ifndef NET_HTTP_WEBSOCKET_H
#define NET_HTTP_WEBSOCKET_H

#include "base/err.h"
#include "net/http_server.h"
#include "net/websocket_frame.h"

enum {
    HTTP_WEBSOCKET_SILENCES = 3,
    HTTP_WEBSOCKET_ANSWER_BYTES_MAX = 4096,
};

/* Within what the caller keeps of a client. */
struct http_websocket {
    /* A whole message, borrowed for the call. To be answered once, now or
     * later. */
    void (*on_text)(struct http_websocket *socket, struct str text);
    /* The connection ended, whoever ended it: the memory is the caller's
     * again, and an answer that is still due is not given. Maybe called before
     * http_websocket_answer returns. */
    void (*on_gone)(struct http_websocket *socket);
    /* The server's own: */
    struct http_connection *connection; /* NULL: it is gone */
    struct websocket_reader reader;
    bool is_answer_due;
    bool is_pong_due;
    uint8_t silences; /* since a frame came */
    uint8_t pong_bytes;
    enum websocket_code end; /* when what is under way was sent; 0: goes on */
    char pong[WEBSOCKET_CONTROL_BYTES_MAX];
};

/* From within on_request: accepts what websocket_check has approved, accept is
 * what it gave; fields are more field lines. The exchange is gone afterwards in
 * every case. on_text and on_gone are set, the rest is overwritten; they are
 * not called before on_request returned. ERR_CLOSED: the client is gone
 * already, on_gone is not called. */
MUST_USE enum err http_websocket_begin(struct http_exchange *exchange,
                                       const char *accept, struct str fields,
                                       size_t text_bytes_max,
                                       struct http_websocket *socket);

/* Answers the message with another one, at most HTTP_WEBSOCKET_ANSWER_BYTES_MAX
 * in UTF-8. With a code that is not 0 the connection is closed behind it. The
 * socket must not be touched afterwards but by what is called. */
void http_websocket_answer(struct http_websocket *socket, struct str text,
                           enum websocket_code end);

#endif
