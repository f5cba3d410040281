// SPDX-License-Identifier: Apache-2.0
/* net/websocket_frame.h: the bytes of a WebSocket (RFC 6455), seen from the
 * server: a reader of what clients send, and the heads of what they are sent.
 * Pure functions over bytes. No extensions, no subprotocols, text only. */
#ifndef NET_WEBSOCKET_FRAME_H
#define NET_WEBSOCKET_FRAME_H

#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "net/http_request.h"

/* ---- Handshake (§4.2) ---------------------------------------------------- */

enum { WEBSOCKET_ACCEPT_BYTES = SHA1_BASE64_BYTES };

/* Whether somebody wants another protocol instead of an answer, maybe this one
 * and maybe wrongly. */
bool websocket_is_asked_for(const struct http_request *request);

/* ret_accept gets what Sec-WebSocket-Accept says. ERR_INVALID: it cannot be
 * granted, *ret_refusal says what to answer (400; 426 with
 * "Sec-WebSocket-Version: 13"). */
MUST_USE enum err websocket_check(const struct http_request *request,
                                  char ret_accept[WEBSOCKET_ACCEPT_BYTES],
                                  struct http_refusal *ret_refusal);

/* ---- Frames (§5) --------------------------------------------------------- */

enum websocket_opcode {
    WEBSOCKET_OP_CONTINUATION = 0,
    WEBSOCKET_OP_TEXT = 1,
    WEBSOCKET_OP_BINARY = 2,
    WEBSOCKET_OP_CLOSE = 8,
    WEBSOCKET_OP_PING = 9,
    WEBSOCKET_OP_PONG = 10,
};

/* What a close says (§7.4.1), as far as it is said here. */
enum websocket_code {
    WEBSOCKET_CODE_NORMAL = 1000,
    WEBSOCKET_CODE_GOING_AWAY = 1001,
    WEBSOCKET_CODE_PROTOCOL = 1002,
    WEBSOCKET_CODE_NO_TEXT = 1003,
    WEBSOCKET_CODE_NONE = 1005, /* never sent: a close that had no code */
    WEBSOCKET_CODE_NOT_UTF8 = 1007,
    WEBSOCKET_CODE_POLICY = 1008,
    WEBSOCKET_CODE_TOO_LONG = 1009,
};

enum {
    WEBSOCKET_CONTROL_BYTES_MAX = 125,
    WEBSOCKET_CLIENT_HEAD_BYTES_MAX = 14,
    WEBSOCKET_SERVER_HEAD_BYTES_MAX = 4,
    WEBSOCKET_PAYLOAD_BYTES_MAX = UINT16_MAX, /* of what a server sends here */
    WEBSOCKET_FRAGMENTS_MAX = 1024,           /* of a message */
};

enum websocket_event {
    WEBSOCKET_MORE, /* all bytes were taken, and more are needed */
    WEBSOCKET_TEXT, /* a whole message, in UTF-8 */
    WEBSOCKET_PING,
    WEBSOCKET_PONG,
    WEBSOCKET_CLOSE,  /* code, and payload is the reason, in UTF-8 */
    WEBSOCKET_FAILED, /* close with code; payload says why. It stays so. */
};

struct websocket_reader {
    unsigned char head[WEBSOCKET_CLIENT_HEAD_BYTES_MAX];
    uint8_t head_bytes;
    bool is_within;   /* the payload of the frame that head begins */
    bool is_message;  /* fragments of a message came, its last one did not */
    bool is_text_old; /* text was given to the caller */
    uint8_t control_bytes;
    char control[WEBSOCKET_CONTROL_BYTES_MAX];
    uint16_t fragments;
    uint64_t taken; /* of the frame's payload */
    struct buf text;
    enum websocket_code code; /* why it failed; 0: it did not */
    const char *reason;
};

/* No message is longer than text_bytes_max. */
void websocket_reader_init(struct websocket_reader *reader,
                           size_t text_bytes_max);
void websocket_reader_finish(struct websocket_reader *reader);

/* Takes bytes off the front of *bytes until something is whole. *ret_code is
 * set with CLOSE and FAILED. *ret_payload is valid until the next call. */
enum websocket_event websocket_read(struct websocket_reader *reader,
                                    struct str *bytes, struct str *ret_payload,
                                    enum websocket_code *ret_code);

/* The head of an unmasked, whole frame with a payload of that many bytes, at
 * most WEBSOCKET_PAYLOAD_BYTES_MAX; gives its own length. */
size_t websocket_write_head(
    unsigned char target[WEBSOCKET_SERVER_HEAD_BYTES_MAX],
    enum websocket_opcode opcode, size_t payload_bytes);

#endif
