// SPDX-License-Identifier: Apache-2.0
/* cli/metrics.h: the figures of all stages as one text, for Prometheus: what
 * the desk knows itself, what the edges and the playout have told it, and what
 * the system says of the processes. Each part has a table of its families;
 * every family is always there, with HELP and TYPE, so that the text without
 * samples is the list of what there is. docs/metrics.md lists the same. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <jansson.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/metric.h"

struct content;
struct press;

/* What the desk knows itself. */
struct metrics_desk {
    struct content *content;
    struct press *press;
};

/* metrics_desk.c. An error is one of the database. */
MUST_USE enum err metrics_write_desk(struct metric_writer *writer,
                                     const struct metrics_desk *desk,
                                     struct fault *fault);

/* metrics_television.c: status is what GET /television answers, or NULL when
 * it could not be had. */
void metrics_write_television(struct metric_writer *writer,
                              const json_t *status);

/* metrics_process.c: root and all processes below it, by /proc. status as
 * above: it knows which process makes which channel. What cannot be read is
 * left out. */
void metrics_write_processes(struct metric_writer *writer, pid_t root,
                             const json_t *status);

#endif
