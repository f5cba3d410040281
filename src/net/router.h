// SPDX-License-Identifier: Apache-2.0
/* net/router.h: a table of routes: which method and path, who may call it, how
 * long a body it takes and what handles it.
 *
 *     static const struct route routes[] = {
 *         ROUTE(HTTP_GET, "/newsroom/api/articles/{id}", WHO_EDITOR, 0,
 *               article_show),
 *         ROUTE(HTTP_GET, "/newsroom/assets/{path...}", WHO_PUBLIC, 0, asset),
 *     };
 *
 * A row without a rule for who may call it does not compile. The router finds
 * the row; asking whether the caller is one of who is its caller's duty, and
 * comes after it, from the same row. */
#ifndef NET_ROUTER_H
#define NET_ROUTER_H

#include "base/err.h"
#include "net/http_request.h"

struct buf;
struct http_exchange;
struct route_match;

enum {
    ROUTE_PARAMETERS_MAX = 6,
    ROUTE_SEGMENTS_MAX = 12,
};

enum route_who {
    WHO_PUBLIC = 1 << 0,     /* everybody */
    WHO_LOCAL = 1 << 1,      /* who may open the desk's socket */
    WHO_FIRST_FREE = 1 << 8, /* from here on: the layers above */
};

typedef void route_handler(void *context, struct http_exchange *exchange,
                           const struct route_match *match);

struct route {
    enum http_method method;
    const char *pattern; /* "/a/{name}/b", "/a/{rest...}" at the end */
    unsigned who;        /* never 0 */
    uint64_t body_max;   /* bytes; 0 takes none */
    route_handler *handler;
};

/* who_ must be a constant other than 0. */
#define ROUTE(method_, pattern_, who_, body_max_, handler_) \
    { \
        .method = (method_), .pattern = ("" pattern_), \
        .who = (who_) + 0 * sizeof(char[(who_) != 0 ? 1 : -1]), \
        .body_max = (body_max_), .handler = (handler_) \
    }

struct route_parameter {
    struct str name;
    struct str value; /* never empty, but for "{rest...}" */
};

struct route_match {
    const struct route *route;
    struct route_parameter parameters[ROUTE_PARAMETERS_MAX];
    unsigned parameter_count;
    unsigned allowed; /* bit set of 1 << enum http_method, for Allow */
};

/* Finds the row for a canonical path (uri_path_decode). A literal segment goes
 * before a parameter, whatever the order of the rows; HEAD falls to GET.
 * ERR_NOT_FOUND; ERR_METHOD: the path is there, allowed says with what. */
MUST_USE enum err router_find(const struct route *routes, size_t count,
                              enum http_method method, struct str path,
                              struct route_match *ret_match);

/* The value of a parameter that the pattern has. */
struct str route_parameter(const struct route_match *match, const char *name);

/* Appends "GET, HEAD, POST"; HEAD comes with GET. */
void route_write_allow(struct buf *out, unsigned allowed);

/* What is wrong with the table (two rows alike, a malformed pattern, no
 * handler), ERR_INVALID with the row in fault. For a test of each table. */
struct fault;
MUST_USE enum err router_check(const struct route *routes, size_t count,
                               struct fault *fault);

#endif
