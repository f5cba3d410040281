// SPDX-License-Identifier: Apache-2.0
/* The socket that desk and playout dial: what a connection is for is its first
 * line.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/edge_internal.h"

/* A connection that has not said yet what it is for. */
struct newcomer {
    struct edge *edge;
    struct loop_source source;
};

static void on_greeting(void *context, uint32_t events)
{
    (void)events;
    struct newcomer *newcomer = context;
    struct edge *edge = newcomer->edge;
    int fd = newcomer->source.fd;
    char line[LINK_GREETING_BYTES];
    /* It was sent in one piece right after connecting, so it is there whole or
     * the other side is no desk. */
    ssize_t got = recv(fd, line, sizeof line, MSG_DONTWAIT);
    loop_remove(edge_first(edge)->loop, &newcomer->source);
    free(newcomer);
    struct str greeting = str_of(line, got > 0 ? (size_t)got : 0);
    if (str_eq(greeting, STR(LINK_GREETING_FEED))) {
        edge_feed_adopt(edge->feed, fd);
    } else if (str_eq(greeting, STR(LINK_GREETING_WORK))) {
        edge_forward_adopt(edge->forward, fd);
    } else if (str_eq(greeting, STR(LINK_GREETING_LIVE))) {
        edge_live_adopt(edge->live_link, fd);
    } else {
        if (got > 0)
            log_warn("somebody else than a desk on the link socket");
        close(fd);
    }
}

static void on_accept(void *context, int fd, const struct address_peer *peer)
{
    (void)peer;
    struct edge *edge = context;
    struct newcomer *newcomer = calloc(1, sizeof *newcomer);
    if (!newcomer) {
        close(fd);
        return;
    }
    newcomer->edge = edge;
    newcomer->source = (struct loop_source){
        .fd = fd,
        .on_events = on_greeting,
        .context = newcomer,
    };
    if (loop_add(edge_first(edge)->loop, &newcomer->source, EPOLLIN)) {
        close(fd);
        free(newcomer);
    }
}

enum err edge_link_start(struct edge *edge)
{
    return listener_start(&edge->link, edge_first(edge)->loop,
                          edge->config.link_fd, on_accept, edge);
}
