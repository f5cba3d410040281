// SPDX-License-Identifier: Apache-2.0
/* net/http_workers.h: threads that answer requests in straight-line, waiting
 * code, with one arena a request. The loop hands them over and sends what they
 * wrote. */
#ifndef NET_HTTP_WORKERS_H
#define NET_HTTP_WORKERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "net/http_server.h"
#include "net/router.h"

enum {
    HTTP_WORKERS_MAX = 64,
    HTTP_WORKERS_WAITING_MAX = 1024, /* requests; 503 beyond */
    HTTP_CALL_ANSWER_BYTES_MAX = 32 << 20,
};

/* One request in a worker's hands: the context that a route's handler gets.
 * The handler fills in the answer, or a fault. */
struct http_call {
    void *context; /* of struct http_workers_config */
    const struct http_exchange *exchange;
    struct arena *arena;     /* ends with the call */
    int status;              /* 200 unless set */
    struct str content_type; /* JSON unless set */
    struct str fields;       /* more field lines, in arena */
    struct buf body;
    struct fault fault; /* with a code: answered as JSON instead */
};

struct http_workers_config {
    struct loop *loop;
    void *context;
    const struct route *routes; /* must live as long as the workers */
    size_t route_count;
    unsigned threads;
};

struct http_workers;

MUST_USE enum err http_workers_create(const struct http_workers_config *config,
                                      struct http_workers **ret_workers);

/* Waits until every request is answered. The loop must not run any more when
 * it is called; answers are posted to it, for loop_run_posted. Accepts NULL. */
void http_workers_destroy(struct http_workers *workers);

/* Has the exchange answered; who are the groups its caller belongs to. On the
 * loop's thread. */
void http_workers_submit(struct http_workers *workers,
                         struct http_exchange *exchange, unsigned who);

/* How long a body this request may have, from its route. */
uint64_t http_workers_body_max(const struct http_workers *workers,
                               const struct http_request *request);

#endif
