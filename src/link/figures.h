// SPDX-License-Identifier: Apache-2.0
/* link/figures.h: what an edge counts, for whoever watches: one table, from
 * which come what the edge adds to, what it tells the desk each second
 * (MESSAGE_FIGURES), and the text of the metrics. Nothing of a single reader is
 * in it. */
#ifndef LINK_FIGURES_H
#define LINK_FIGURES_H

#include <stdint.h>

#include "base/metric.h"

/* clang-format off */
/* Families: name, type, label or NULL, what it is. */
#define EDGE_FAMILIES(X) \
    X(open_connections, METRIC_GAUGE, NULL, "Connections that are open.") \
    X(connections_total, METRIC_COUNTER, NULL, "Connections that were accepted.") \
    X(refused_total, METRIC_COUNTER, NULL, "Connections and requests that were turned away: limits, malformed heads, time-outs.") \
    X(requests_total, METRIC_COUNTER, NULL, "Requests whose head and body came whole.") \
    X(answers_total, METRIC_COUNTER, "class", "Answers, by the class of their status.") \
    X(errors_total, METRIC_COUNTER, "status", "Answers that say what the edge could not do, by their status; 503 and 429 are load that was shed.") \
    X(sent_bytes_total, METRIC_COUNTER, NULL, "Bytes sent to readers, heads included.") \
    X(pages, METRIC_GAUGE, NULL, "Pages in memory.") \
    X(page_bytes, METRIC_GAUGE, NULL, "Bytes that they take.") \
    X(page_budget_bytes, METRIC_GAUGE, NULL, "Bytes that they may take.") \
    X(page_requests_total, METRIC_COUNTER, "result", "Requests for pages: found in memory (hit), or asked of the desk (miss).") \
    X(pages_evicted_total, METRIC_COUNTER, NULL, "Pages that had to make room for others.") \
    X(waiting_requests, METRIC_GAUGE, NULL, "Requests that wait for a page to be printed.") \
    X(streams, METRIC_GAUGE, NULL, "Open pages that hear of what happens (server-sent events).") \
    X(beacons_total, METRIC_COUNTER, "result", "Beacons of read pages: counted as a view, or not (the same reader again, a robot, another site).") \
    X(live_requests_total, METRIC_COUNTER, NULL, "Requests for television: playlists, parts, segments, pictures.") \
    X(live_waiting_requests, METRIC_GAUGE, NULL, "Requests that wait for the next part of television.") \
    X(live_waited_total, METRIC_COUNTER, "result", "Requests that waited for a part: it came (answered), it did not (late), the viewer left (gone).")

/* What is counted: its name here, its family, the label's value. Figures of one
 * family stand together. */
#define EDGE_FIGURES(X) \
    X(CONNECTIONS, open_connections, "") \
    X(CONNECTIONS_TOTAL, connections_total, "") \
    X(REFUSED, refused_total, "") \
    X(REQUESTS, requests_total, "") \
    X(ANSWERS_2XX, answers_total, "2xx") \
    X(ANSWERS_3XX, answers_total, "3xx") \
    X(ANSWERS_4XX, answers_total, "4xx") \
    X(ANSWERS_5XX, answers_total, "5xx") \
    X(ERRORS_400, errors_total, "400") \
    X(ERRORS_404, errors_total, "404") \
    X(ERRORS_405, errors_total, "405") \
    X(ERRORS_414, errors_total, "414") \
    X(ERRORS_429, errors_total, "429") \
    X(ERRORS_500, errors_total, "500") \
    X(ERRORS_503, errors_total, "503") \
    X(ERRORS_504, errors_total, "504") \
    X(SENT_BYTES, sent_bytes_total, "") \
    X(PAGES, pages, "") \
    X(PAGE_BYTES, page_bytes, "") \
    X(PAGE_BUDGET_BYTES, page_budget_bytes, "") \
    X(PAGE_HITS, page_requests_total, "hit") \
    X(PAGE_MISSES, page_requests_total, "miss") \
    X(PAGES_EVICTED, pages_evicted_total, "") \
    X(WAITING, waiting_requests, "") \
    X(STREAMS, streams, "") \
    X(BEACONS_COUNTED, beacons_total, "counted") \
    X(BEACONS_OTHER, beacons_total, "not counted") \
    X(LIVE_REQUESTS, live_requests_total, "") \
    X(LIVE_WAITING, live_waiting_requests, "") \
    X(LIVE_ANSWERED, live_waited_total, "answered") \
    X(LIVE_LATE, live_waited_total, "late") \
    X(LIVE_GONE, live_waited_total, "gone")
/* clang-format on */

enum edge_figure {
#define X(name, family, value) EDGE_##name,
    EDGE_FIGURES(X)
#undef X
        EDGE_FIGURE_COUNT
};

struct edge_figures {
    uint64_t values[EDGE_FIGURE_COUNT];
};

/* The payload of MESSAGE_FIGURES: u64 each, in the table's order. An edge of
 * another version tells more or fewer: what is unknown is passed over, what is
 * missing is 0. ERR_INVALID: it is cut off. */
void edge_figures_write(const struct edge_figures *figures, struct buf *out);
MUST_USE enum err edge_figures_read(struct str payload,
                                    struct edge_figures *ret_figures);

/* An edge, by its number at the desk. */
struct edge_told {
    unsigned edge;
    struct edge_figures figures;
};

/* All families, with a sample of each edge: label "edge". */
void edge_figures_write_metrics(struct metric_writer *writer,
                                const struct edge_told *edges, size_t count);

#endif
