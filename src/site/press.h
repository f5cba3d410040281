// SPDX-License-Identifier: Apache-2.0
/* site/press.h: the press. It follows the log of changes, prints the pages that
 * a change touches, and feeds the edges, so that a page is never stale:
 *
 *   a change is committed → the press reads it from the log → pinned pages made
 *   from its keys are printed again, the others dropped → every edge has
 *   acknowledged → press_catch_up answers.
 *
 * A page that an edge does not hold is printed when the edge asks for it, once,
 * however many readers wait. A print that a change overtook is done again
 * before anyone sees it. */
#ifndef SITE_PRESS_H
#define SITE_PRESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "link/feed.h"

struct content;
struct site;
struct press;

struct press_config {
    struct content *content;
    struct site *site;
    unsigned printers;     /* print threads, at least 1 */
    size_t newest_pinned;  /* how many of the newest articles to keep ready */
    size_t page_memory;    /* bytes, of each edge */
    const char *edge_path; /* the edge's link socket */
    unsigned work_connections;
    /* Gets a connection on which the edge asks; owns fd and calls
     * press_work_closed when it is done with it. */
    void (*on_work)(void *context, unsigned edge, int fd);
    void *context;
};

/* Copies config. Nothing runs before press_start. */
MUST_USE enum err press_create(const struct press_config *config,
                               struct press **ret_press);
MUST_USE enum err press_start(struct press *press, struct fault *fault);

/* Ends the threads. Accepts NULL. */
void press_destroy(struct press *press);

/* Waits until every change up to seq is printed and every edge shows it.
 * ERR_TIMEOUT when no edge could be told in time: the change is stored, and
 * will be shown when the edge is back. */
MUST_USE enum err press_catch_up(struct press *press, int64_t seq,
                                 struct fault *fault);

/* Waits until an edge is connected and every page can be had, at most
 * timeout_us, and for what that edge was told already; pinned pages may still
 * be printed ahead. ERR_TIMEOUT. */
MUST_USE enum err press_wait_ready(struct press *press, int64_t timeout_us);

void press_work_closed(struct press *press, unsigned edge);

/* Figures for status and metrics. */
struct press_status {
    int64_t log_seq; /* printed up to here */
    size_t pages;    /* known to be held by an edge */
    size_t pinned;
    size_t waiting;   /* pages to print */
    uint64_t prints;  /* since the start */
    unsigned edges;   /* connected */
    uint64_t streams; /* open pages that hear of what happens */
};

void press_read_status(struct press *press, struct press_status *ret_status);

/* More of them, for metrics. */
struct press_figures {
    struct metric_histogram print_seconds;   /* of one page */
    struct metric_histogram publish_seconds; /* from a commit until every edge
                                                shows it, where somebody waits
                                                for that */
    atomic_uint_fast64_t failures;           /* pages that cannot be printed */
};

/* They stay the press's and go on counting. */
const struct press_figures *press_figures(const struct press *press);

/* What the edges that are connected have told; ret_told has room for
 * FEED_EDGES_MAX. The result is how many there are. */
size_t press_read_edges(struct press *press,
                        struct edge_told ret_told[FEED_EDGES_MAX]);

#endif
