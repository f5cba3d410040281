// SPDX-License-Identifier: Apache-2.0
/* edge/edge.h: the process that faces the internet. One thread a core, each
 * with its own loop, listening sockets and page table, so that a page is found
 * and sent without a lock; the first thread also keeps the shelf and talks to
 * the desk. */
#ifndef EDGE_EDGE_H
#define EDGE_EDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"
#include "net/proxies.h"

enum { EDGE_THREADS_MAX = 64, EDGE_LISTENERS_MAX = 512 };

/* clang-format off */
/* What a reader is told when no page can be printed.
 *    status, seconds until it may go better (or 0), its message */
#define EDGE_ERRORS(X) \
    X(400,  0, "error.address") \
    X(404,  0, "error.page") \
    X(405,  0, "error.method") \
    X(414,  0, "error.long") \
    X(429, 10, "error.often") \
    X(500,  0, "error.fault") \
    X(503,  5, "error.busy") \
    X(504,  5, "error.silence")
/* clang-format on */

enum {
#define X(status, seconds, message) EDGE_ERROR_##status,
    EDGE_ERRORS(X)
#undef X
        EDGE_ERROR_COUNT
};

/* The messages in one language. */
struct edge_words {
    struct str language; /* as in addresses: "pt-br" */
    bool rtl;
    struct str texts[EDGE_ERROR_COUNT]; /* HTML */
    struct str home;                    /* HTML: the link to the front page */
};

struct edge_config {
    unsigned threads;
    /* Listening sockets; number i serves thread i % threads. Adopted. */
    const int *listen_fds;
    size_t listen_count;
    int link_fd;            /* listening Unix socket that the desk dials */
    int media_fd;           /* the public media folder, or -1 */
    int live_fd;            /* the folder of television's recordings, or -1 */
    struct proxies proxies; /* whose X-Forwarded-For is believed */
    size_t page_memory;     /* bytes, until the desk says more; 0: 256 MiB */
    /* At least one; the first is for readers of no language of these. They
     * stay the caller's and must outlive the edge. */
    const struct edge_words *words;
    size_t word_count;
};

/* Serves until SIGTERM or SIGINT, then drains. The signals must be blocked.
 * An error only when it could not begin. */
MUST_USE enum err edge_run(const struct edge_config *config,
                           struct fault *fault);

#endif
