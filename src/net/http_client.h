// SPDX-License-Identifier: Apache-2.0
/* net/http_client.h: one HTTP request and its answer, waiting for it. For the
 * command line and tests; loops have their own ways. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include "base/fault.h"
#include "net/address.h"
#include "net/http_response.h"

struct arena;

struct http_client_request {
    enum http_method method;
    struct str target;       /* "/path?query", encoded already */
    struct str host;         /* "" takes "localhost" */
    struct str content_type; /* "" for none */
    struct str fields;       /* more field lines, each with CRLF, or "" */
    struct str body;
    int64_t timeout_us;    /* for all of it; 0 takes 30 s */
    size_t body_bytes_max; /* of the answer; 0 takes 16 MiB */
};

struct http_client_answer {
    struct http_response head; /* points into the arena */
    struct str body;           /* likewise */
};

/* Connects, sends, reads the answer whole, hangs up. Any status is ERR_OK.
 * ERR_CLOSED: nobody listens there, or it hung up; ERR_TIMEOUT; ERR_TOO_LONG;
 * ERR_INVALID: what came is not HTTP. */
MUST_USE enum err http_client_send(const struct address *address,
                                   const struct http_client_request *request,
                                   struct arena *arena,
                                   struct http_client_answer *ret_answer,
                                   struct fault *fault);

/* A connected, blocking, close-on-exec stream socket. */
MUST_USE enum err http_client_connect(const struct address *address,
                                      int64_t timeout_us, int *ret_fd,
                                      struct fault *fault);

#endif
