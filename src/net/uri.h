// SPDX-License-Identifier: Apache-2.0
/* net/uri.h: paths and queries of request targets: decoded, made canonical,
 * and written. */
#ifndef NET_URI_H
#define NET_URI_H

#include "base/err.h"
#include "base/str.h"

struct buf;

enum { URI_PATH_BYTES_MAX = 2048, URI_VALUE_BYTES_MAX = 4096 };

struct uri_path {
    struct str text;   /* decoded: valid UTF-8, begins with '/', no "//", no "."
                          or ".." segment, no control character, no '\\' */
    bool is_canonical; /* the raw path was spelled just like uri_write_path
                          spells text; if not, 301 to that spelling is fit */
};

/* Decodes a raw path. Empty segments are joined ("/a//b" is "/a/b"); needless
 * escapes are decoded. ERR_INVALID: a broken escape, an encoded slash,
 * backslash, NUL or control character, "." or ".." segments in any spelling,
 * bytes that are not UTF-8. ERR_TOO_LONG over URI_PATH_BYTES_MAX. text is raw
 * itself when nothing had to be decoded, else it lies in scratch. */
MUST_USE enum err uri_path_decode(struct str raw,
                                  char scratch[URI_PATH_BYTES_MAX],
                                  struct uri_path *ret_path);

struct uri_parameter {
    struct str name;  /* raw */
    struct str value; /* raw; "" when there is no '=' */
};

/* Takes the next name=value off *rest; empty ones are skipped. False at the
 * end. */
bool uri_query_next(struct str *rest, struct uri_parameter *ret_parameter);

/* Decodes a name or value: escapes, and '+' as a space. ERR_INVALID: a broken
 * escape, NUL, not UTF-8; ERR_TOO_LONG when it does not fit. */
MUST_USE enum err uri_query_decode(struct str raw, char *target,
                                   size_t capacity, struct str *ret_text);

/* The decoded value of the first parameter called name (itself plain ASCII
 * without escapes), in target. ERR_NOT_FOUND, or as uri_query_decode. */
MUST_USE enum err uri_query_get(struct str query, struct str name, char *target,
                                size_t capacity, struct str *ret_value);

/* Percent-encoding writers: what is not unreserved (RFC 3986 §2.3) nor allowed
 * in that place is written as %XX, upper case. */
void uri_write_path(struct buf *out, struct str path);       /* '/' is kept */
void uri_write_segment(struct buf *out, struct str segment); /* '/' is not */
void uri_write_query(struct buf *out, struct str value); /* a name or value */

#endif
