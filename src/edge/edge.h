// SPDX-License-Identifier: Apache-2.0
/* edge/edge.h: the process that faces the internet. One thread a core, each
 * with its own loop, listening sockets and page table, so that a page is found
 * and sent without a lock; the first thread also keeps the shelf and talks to
 * the desk. */
#ifndef EDGE_EDGE_H
#define EDGE_EDGE_H

#include <stddef.h>

#include "base/fault.h"
#include "net/proxies.h"

enum { EDGE_THREADS_MAX = 64, EDGE_LISTENERS_MAX = 512 };

struct edge_config {
    unsigned threads;
    /* Listening sockets; number i serves thread i % threads. Adopted. */
    const int *listen_fds;
    size_t listen_count;
    int link_fd;            /* listening Unix socket that the desk dials */
    int media_fd;           /* the public media folder, or -1 */
    struct proxies proxies; /* whose X-Forwarded-For is believed */
    size_t page_memory;     /* bytes, until the desk says more; 0: 256 MiB */
};

/* Serves until SIGTERM or SIGINT, then drains. The signals must be blocked.
 * An error only when it could not begin. */
MUST_USE enum err edge_run(const struct edge_config *config,
                           struct fault *fault);

#endif
