// SPDX-License-Identifier: Apache-2.0
/* net/http_head_internal.h: what the parsers of requests and responses share.
 */
#ifndef NET_HTTP_HEAD_INTERNAL_H
#define NET_HTTP_HEAD_INTERNAL_H

#include "net/http_request.h"

/* Where a parser stands. Every step moves at behind what it took. ERR_AGAIN
 * means that end was reached; ERR_INVALID that refusal was filled. */
struct http_cursor {
    const char *at;
    const char *end;
    struct http_refusal *refusal;
};

/* 1 for the characters of a token (RFC 9110 §5.6.2). */
extern const unsigned char http_token_table[256];

static inline bool http_is_token(char c)
{
    return http_token_table[(unsigned char)c] != 0;
}

/* Fills the refusal; always ERR_INVALID. */
enum err http_refuse(struct http_cursor *cursor, int status,
                     const char *reason);

/* Takes CR LF. */
MUST_USE enum err http_take_line_end(struct http_cursor *cursor);

/* Takes field lines and the empty line after them. */
MUST_USE enum err http_take_fields(struct http_cursor *cursor,
                                   struct http_fields *fields);

/* What Content-Length and Transfer-Encoding say together, as strictly for a
 * response as for a request. */
struct http_framing {
    bool chunked;
    bool has_content_length;
    uint64_t content_length;
};
MUST_USE enum err http_read_framing(struct http_cursor *cursor,
                                    const struct http_fields *fields,
                                    unsigned minor_version,
                                    struct http_framing *ret_framing);

/* The first control character but for a tab, or end. */
const char *http_find_control(const char *at, const char *end);

/* Whether it is worth parsing again: since the last look there came an empty
 * line, or something that ends it badly, or the head is over its limit. Each
 * byte is looked at once, however small the pieces are. */
bool http_head_is_decided(struct str bytes,
                          struct http_head_progress *progress);

#endif
