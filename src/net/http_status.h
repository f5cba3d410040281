// SPDX-License-Identifier: Apache-2.0
/* net/http_status.h: status codes: phrases, and plain bodies for errors. */
#ifndef NET_HTTP_STATUS_H
#define NET_HTTP_STATUS_H

#include "base/fault.h"
#include "base/str.h"

struct buf;

/* The reason phrase of RFC 9110, "" for a code that is not listed there. */
struct str http_status_phrase(int status);

/* "HTTP/1.1 404 Not Found\r\n"; empty for a code without a phrase. */
struct str http_status_line(int status);

/* Whether an answer of this status has no body: 1xx, 204, 304. */
bool http_status_is_bodiless(int status);

/* Appends {"error":{"code":"ERR_NOT_FOUND","field":"slug","message":"…"}}. */
void http_error_json(struct buf *out, const struct fault *fault);

/* Appends {"status":202,"message":"…"}: an answer within a WebSocket. */
void http_status_json(struct buf *out, int status, struct str message);

/* Appends "404 Not Found\n\nmessage\n"; message may be empty. */
void http_error_text(struct buf *out, int status, struct str message);

#endif
