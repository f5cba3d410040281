// SPDX-License-Identifier: Apache-2.0
/* edge/robots.h: which requests are no reader's. By what they say of
 * themselves: who pretends to be a browser, and runs the page's script as one,
 * is not found out. */
#ifndef EDGE_ROBOTS_H
#define EDGE_ROBOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/http_head.h"

/* Which words may begin with a byte, and have it as their second one: a bit
 * each. Made once, then read by all threads. */
struct robots {
    uint64_t firsts[256];
    uint64_t seconds[256];
};

void robots_init(struct robots *robots);

/* Whether the User-Agent is missing or has one of the words of the table in
 * robots.c, or the request fetches ahead of a reader who may never come
 * (Purpose, Sec-Purpose: prefetch). */
bool robots_is_one(const struct robots *robots,
                   const struct http_fields *fields);

#endif
