// SPDX-License-Identifier: Apache-2.0
/* net/http_response.h: the head of an HTTP/1.1 response, read as strictly as
 * requests are. A pure function over bytes. */
#ifndef NET_HTTP_RESPONSE_H
#define NET_HTTP_RESPONSE_H

#include "net/http_request.h"

struct http_response {
    int status; /* 100 … 599 */
    uint8_t minor_version;
    bool keep_alive;
    bool chunked;
    bool has_content_length;
    bool is_bodiless; /* whatever the fields say (RFC 9112 §6.3) */
    uint64_t content_length;
    struct str phrase;
    size_t head_bytes;
    const char *reason; /* why it was refused */
    struct http_fields fields;
};

/* As http_request_parse. method is that of the request it answers. A response
 * that is neither bodiless nor chunked and has no length ends with the
 * connection; keep_alive is then false. */
MUST_USE enum err http_response_parse(struct str bytes, enum http_method method,
                                      struct http_head_progress *progress,
                                      struct http_response *response);

#endif
