// SPDX-License-Identifier: Apache-2.0
/* net/http_body.h: the body of a message, sized or chunked (RFC 9112 §6, §7),
 * decoded in place as it comes. */
#ifndef NET_HTTP_BODY_H
#define NET_HTTP_BODY_H

#include "net/http_request.h"
#include "net/http_response.h"

enum {
    HTTP_CHUNK_LINE_BYTES_MAX = 256, /* size and extensions of one chunk */
    HTTP_CHUNK_EXTENSIONS_BYTES_MAX = 4096, /* of all chunks together */
    HTTP_TRAILER_BYTES_MAX = 4096,
};

struct http_body {
    unsigned char state;   /* enum http_body_state, in the .c */
    bool until_close;      /* ends with the connection */
    uint64_t left_bytes;   /* of this chunk or of the whole */
    uint64_t max_bytes;    /* decoded, all together */
    uint64_t body_bytes;   /* decoded so far */
    uint32_t line_bytes;   /* of the chunk line or trailer line so far */
    uint32_t excess_bytes; /* extensions, or trailers, so far */
};

/* ERR_TOO_LONG when the length says already that it is over max_bytes. */
MUST_USE enum err http_body_init(struct http_body *body,
                                 const struct http_request *request,
                                 uint64_t max_bytes);
MUST_USE enum err http_body_init_response(struct http_body *body,
                                          const struct http_response *response,
                                          uint64_t max_bytes);

/* Decodes what is in bytes[0 … len): the data moves to the front, *ret_data
 * bytes of it; *ret_used bytes were taken, the rest belongs to the next
 * message.
 *   ERR_OK        the body is complete;
 *   ERR_AGAIN     more is needed (*ret_used == len);
 *   ERR_TOO_LONG  over max_bytes: 413 and close;
 *   ERR_INVALID   400 and close. */
MUST_USE enum err http_body_decode(struct http_body *body, char *bytes,
                                   size_t len, size_t *ret_used,
                                   size_t *ret_data);

#endif
