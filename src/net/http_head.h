// SPDX-License-Identifier: Apache-2.0
/* net/http_head.h: what the heads of requests and responses have in common:
 * header fields, the known ones among them, and the limits. Everything points
 * into the bytes that were parsed. */
#ifndef NET_HTTP_HEAD_H
#define NET_HTTP_HEAD_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum {
    HTTP_HEAD_BYTES_MAX = 8192,   /* first line and fields; 431 beyond */
    HTTP_FIELDS_MAX = 100,        /* 431 beyond */
    HTTP_TARGET_BYTES_MAX = 4096, /* 414 beyond */
};

/* clang-format off */
/* The fields somebody here needs. first and last letter tell them apart
 * together with the length; ONE means that a second one is refused.
 *                  name                      first last */
#define HTTP_FIELD_TABLE(X) \
    X(ACCEPT,            "accept",            'a', 't', MANY) \
    X(ACCEPT_ENCODING,   "accept-encoding",   'a', 'g', MANY) \
    X(ACCEPT_LANGUAGE,   "accept-language",   'a', 'e', MANY) \
    X(AUTHORIZATION,     "authorization",     'a', 'n', ONE) \
    X(CONNECTION,        "connection",        'c', 'n', MANY) \
    X(CONTENT_ENCODING,  "content-encoding",  'c', 'g', ONE) \
    X(CONTENT_LENGTH,    "content-length",    'c', 'h', ONE) \
    X(CONTENT_TYPE,      "content-type",      'c', 'e', ONE) \
    X(COOKIE,            "cookie",            'c', 'e', MANY) \
    X(ETAG,              "etag",              'e', 'g', ONE) \
    X(EXPECT,            "expect",            'e', 't', ONE) \
    X(HOST,              "host",              'h', 't', ONE) \
    X(IF_MATCH,          "if-match",          'i', 'h', MANY) \
    X(IF_NONE_MATCH,     "if-none-match",     'i', 'h', MANY) \
    X(IF_RANGE,          "if-range",          'i', 'e', ONE) \
    X(LAST_EVENT_ID,     "last-event-id",     'l', 'd', ONE) \
    X(LOCATION,          "location",          'l', 'n', ONE) \
    X(ORIGIN,            "origin",            'o', 'n', ONE) \
    X(RANGE,             "range",             'r', 'e', ONE) \
    X(REFERER,           "referer",           'r', 'r', MANY) \
    X(SEC_FETCH_SITE,    "sec-fetch-site",    's', 'e', ONE) \
    X(TRANSFER_ENCODING, "transfer-encoding", 't', 'g', ONE) \
    X(UPGRADE,           "upgrade",           'u', 'e', MANY) \
    X(USER_AGENT,        "user-agent",        'u', 't', MANY) \
    X(X_FORWARDED_FOR,   "x-forwarded-for",   'x', 'r', MANY)
/* clang-format on */

enum http_field_id {
#define X(id, name, first, last, number) HTTP_FIELD_##id,
    HTTP_FIELD_TABLE(X)
#undef X
        HTTP_FIELD_COUNT
};

struct http_field {
    struct str name;  /* as it was spelled */
    struct str value; /* without white space at both ends */
};

/* Why a head was refused. */
struct http_refusal {
    int status;         /* 400, 414, 417, 431, 501 or 505 */
    const char *reason; /* a sentence without a full stop, static */
};

struct http_fields {
    struct str known[HTTP_FIELD_COUNT]; /* the first of each; ptr NULL when it
                                           was not there */
    struct http_field all[HTTP_FIELDS_MAX]; /* count of them, in order */
    unsigned count;
    bool says_close;      /* in any Connection field */
    bool says_keep_alive; /* likewise */
};

static inline struct str http_fields_known(const struct http_fields *fields,
                                           enum http_field_id id)
{
    return fields->known[id];
}

/* The first value of any field by its name; ptr NULL when it is not there. */
struct str http_fields_find(const struct http_fields *fields, struct str name);

/* Takes the next element off a comma-separated list, trimmed and not empty.
 * False at the end. Quoted strings are not understood. */
bool http_list_next(struct str *rest, struct str *ret_element);

/* Whether a comma-separated list names token, in any case. */
bool http_list_has(struct str list, struct str token);

#endif
