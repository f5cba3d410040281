// SPDX-License-Identifier: Apache-2.0
/* base/metric.h: figures for whoever watches a running newspaper, as text that
 * Prometheus reads: its own format 0.0.4, or OpenMetrics 1.0.0
 * (https://openmetrics.io), which differ in how a counter's type is told and in
 * the end.
 *
 * A family is told once, then all its samples:
 *
 *     static const struct metric pages = {"broadsheet_edge_pages",
 *         METRIC_GAUGE, "Pages that an edge holds in memory."};
 *     metric_family(&writer, &pages);
 *     metric_sample(&writer, &pages, "edge", STR("0"), 1234);
 *
 * Names are lower case, in base units (seconds, bytes), and say their unit;
 * those of counters end in _total. */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum metric_type {
    METRIC_COUNTER, /* only grows, until its process begins anew */
    METRIC_GAUGE,
    METRIC_HISTOGRAM, /* of seconds */
};

struct metric {
    const char *name;
    enum metric_type type;
    const char *help; /* one sentence */
};

struct metric_label {
    const char *name; /* NULL: there is none */
    struct str value; /* any bytes; what is no UTF-8 is the caller's care */
};

struct metric_writer {
    struct buf *out;
    bool is_open_metrics;
};

/* Whether a client wants OpenMetrics, by its Accept. */
bool metric_wants_open(struct str accept);
/* The Content-Type of what is written. */
struct str metric_content_type(bool is_open_metrics);

/* HELP and TYPE. */
void metric_family(struct metric_writer *writer, const struct metric *metric);

/* One sample of a counter or a gauge; first and second may be NULL. */
void metric_sample_labels(struct metric_writer *writer,
                          const struct metric *metric,
                          const struct metric_label *first,
                          const struct metric_label *second, double value);
/* With one label, or none (NULL). */
void metric_sample(struct metric_writer *writer, const struct metric *metric,
                   const char *label, struct str label_value, double value);

/* What OpenMetrics ends with. */
void metric_end(struct metric_writer *writer);

/* ---- Histograms -----------------------------------------------------------
 * How long something took, from half a millisecond to ten seconds. */

enum { METRIC_BUCKETS = 14 };

struct metric_histogram {
    atomic_uint_fast64_t counts[METRIC_BUCKETS + 1]; /* the last: longer */
    atomic_uint_fast64_t sum_us;
};

/* Any thread. */
void metric_observe(struct metric_histogram *histogram, int64_t us);

/* All of it, as samples of metric. */
void metric_write_histogram(struct metric_writer *writer,
                            const struct metric *metric,
                            const struct metric_histogram *histogram);

#endif
