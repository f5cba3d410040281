// SPDX-License-Identifier: Apache-2.0
/* net/accept.h: what a request's fields ask of an answer: content codings,
 * conditions and ranges (RFC 9110 §12.5.3, §13, §14). Pure functions. */
#ifndef NET_ACCEPT_H
#define NET_ACCEPT_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum http_coding {
    HTTP_CODING_IDENTITY = 1 << 0,
    HTTP_CODING_GZIP = 1 << 1,
    HTTP_CODING_BR = 1 << 2,
};

/* The codings that Accept-Encoding allows, as a set of bits. No field (ptr
 * NULL) and an empty one allow identity alone. Identity is in the set unless
 * it is excluded ("identity;q=0", or "*;q=0"). */
unsigned accept_codings(struct str accept_encoding);

/* Whether If-None-Match (weak comparison, RFC 9110 §8.8.3.2) names etag (with
 * its quotes), or is "*". */
bool accept_none_match(struct str if_none_match, struct str etag);

/* Whether a Range counts: If-Range is absent (ptr NULL) or names etag by the
 * strong comparison. A date never does, we send none. */
bool accept_if_range(struct str if_range, struct str etag);

enum accept_range {
    ACCEPT_RANGE_NONE, /* send everything with 200: there is no Range, or it is
                          one that may be ignored (other units, several) */
    ACCEPT_RANGE_PART, /* send the part with 206 */
    ACCEPT_RANGE_UNSATISFIABLE, /* 416 with "Content-Range: bytes N" */
};

struct byte_range {
    uint64_t start;
    uint64_t len; /* > 0 */
};

/* A single range of something that is size bytes long. */
enum accept_range accept_range(struct str range, uint64_t size,
                               struct byte_range *ret_range);

#endif
