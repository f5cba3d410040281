// SPDX-License-Identifier: Apache-2.0
/* net/http_request.h: the head of an HTTP/1.1 request (RFC 9110, RFC 9112),
 * read strictly: what two programs could understand differently is refused.
 * A pure function over bytes; nothing is copied and nothing allocated. */
#ifndef NET_HTTP_REQUEST_H
#define NET_HTTP_REQUEST_H

#include "net/http_head.h"

/* clang-format off */
#define HTTP_METHOD_TABLE(X) \
    X(GET) X(HEAD) X(POST) X(PUT) X(PATCH) X(DELETE) X(OPTIONS)
/* clang-format on */

enum http_method {
#define X(name) HTTP_##name,
    HTTP_METHOD_TABLE(X)
#undef X
        HTTP_METHOD_COUNT
};

/* "GET". Every other method is refused with 501. */
struct str http_method_name(enum http_method method);

struct http_request {
    enum http_method method;
    uint8_t minor_version; /* 0 or 1 */
    bool keep_alive;       /* what version and Connection ask for */
    bool chunked;
    bool has_content_length;
    bool expects_continue;
    uint64_t content_length; /* 0 when there is none */
    struct str target;       /* as it was sent */
    struct str path;         /* raw; "/…", or "*" with OPTIONS */
    struct str query;     /* raw, without '?'; ptr NULL when there is no '?' */
    struct str authority; /* of the target or else Host; "" in HTTP/1.0 */
    size_t head_bytes;    /* with the empty line */
    struct http_refusal refusal;
    struct http_fields fields;
};

/* How far an incomplete head was looked at, so that it is not done again.
 * Zero it before the first byte of a request. */
struct http_head_progress {
    size_t seen_bytes;
};

/* Parses the head at the front of bytes. bytes must begin at the same byte
 * each time until the head is complete, and progress goes along with it.
 *   ERR_OK       *request is filled and points into bytes;
 *   ERR_AGAIN    more is needed; *request is undefined;
 *   ERR_INVALID  request->refusal says what to answer before closing. */
MUST_USE enum err http_request_parse(struct str bytes,
                                     struct http_head_progress *progress,
                                     struct http_request *request);

/* Whether a body follows. */
static inline bool http_request_has_body(const struct http_request *request)
{
    return request->chunked || request->content_length > 0;
}

static inline struct str http_request_field(const struct http_request *request,
                                            enum http_field_id id)
{
    return request->fields.known[id];
}

#endif
