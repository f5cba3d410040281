// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"
#include "base/time.h"
#include "cli/metrics.h"
#include "content/content.h"
#include "content/picture.h"
#include "content/schedule.h"
#include "content/websub.h"
#include "site/press.h"

enum { PICTURES_COUNTED_MAX = 10000 };

/* clang-format off */
#define DESK_METRICS(X) \
    X(last_change, METRIC_GAUGE, "Number of the last change that readers see.") \
    X(edges, METRIC_GAUGE, "Edges that are connected.") \
    X(pages, METRIC_GAUGE, "Pages that edges hold or that are kept ready.") \
    X(pages_pinned, METRIC_GAUGE, "Of them, pages that are printed at once when they change.") \
    X(pages_waiting, METRIC_GAUGE, "Pages that wait to be printed.") \
    X(prints_total, METRIC_COUNTER, "Pages that were printed.") \
    X(print_failures_total, METRIC_COUNTER, "Pages that could not be printed; the log says why.") \
    X(schedule_late_seconds, METRIC_GAUGE, "How long the first article that is due waits to appear or to go.") \
    X(pictures_waiting, METRIC_GAUGE, "Pictures that wait for their renditions, up to 10000.") \
    X(subscriptions, METRIC_GAUGE, "Subscriptions of feeds at the hub.") \
    X(subscriptions_behind, METRIC_GAUGE, "Of them, those that were not told the last change yet.")
/* clang-format on */

struct desk_figures {
#define X(name, type, help) double name;
    DESK_METRICS(X)
#undef X
};

static const struct metric build = {"broadsheet_build_info", METRIC_GAUGE,
                                    "Always 1; the version is its label."};
static const struct metric print_seconds = {
    "broadsheet_desk_print_seconds", METRIC_HISTOGRAM,
    "How long the print of one page took."};
static const struct metric publish_seconds = {
    "broadsheet_desk_publish_seconds", METRIC_HISTOGRAM,
    "How long it took from a commit until every edge showed it, where somebody "
    "waited for that."};

static enum err read_database(const struct metrics_desk *desk,
                              struct desk_figures *figures, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    DEFER(db_lease_end) struct db_lease lease = content_reader(desk->content);
    struct websub_counts hub;
    struct picture_ids pictures = {.count = 0};
    int64_t now_us = time_now_us(), due_us = INT64_MAX;
    enum err err = websub_count(lease.db, &hub);
    if (!err)
        err =
            picture_waiting(lease.db, PICTURES_COUNTED_MAX, &arena, &pictures);
    if (!err)
        err = schedule_next(lease.db, now_us, &due_us);
    if (err)
        return db_fault(lease.db, err, fault);
    figures->subscriptions = (double)hub.subscriptions;
    figures->subscriptions_behind = (double)hub.behind;
    figures->pictures_waiting = (double)pictures.count;
    if (due_us < now_us)
        figures->schedule_late_seconds = (double)(now_us - due_us) / 1e6;
    return ERR_OK;
}

static void read_press(const struct metrics_desk *desk,
                       struct desk_figures *figures)
{
    struct press_status status;
    press_read_status(desk->press, &status);
    figures->last_change = (double)status.log_seq;
    figures->edges = status.edges;
    figures->pages = (double)status.pages;
    figures->pages_pinned = (double)status.pinned;
    figures->pages_waiting = (double)status.waiting;
    figures->prints_total = (double)status.prints;
    figures->print_failures_total =
        (double)atomic_load(&press_figures(desk->press)->failures);
}

static void write_edges(struct metric_writer *writer, struct press *press)
{
    struct edge_told edges[FEED_EDGES_MAX];
    size_t count = press_read_edges(press, edges);
    edge_figures_write_metrics(writer, edges, count);
}

enum err metrics_write_desk(struct metric_writer *writer,
                            const struct metrics_desk *desk,
                            struct fault *fault)
{
    struct desk_figures figures = {0};
    const struct press_figures *press = press_figures(desk->press);
    enum err err = read_database(desk, &figures, fault);
    if (err)
        return err;
    read_press(desk, &figures);
    metric_family(writer, &build);
    metric_sample(writer, &build, "version", STR(BROADSHEET_VERSION), 1);
#define X(name, type, help) \
    { \
        static const struct metric metric = {"broadsheet_desk_" #name, type, \
                                             help}; \
        metric_family(writer, &metric); \
        metric_sample(writer, &metric, NULL, STR(""), figures.name); \
    }
    DESK_METRICS(X)
#undef X
    metric_family(writer, &print_seconds);
    metric_write_histogram(writer, &print_seconds, &press->print_seconds);
    metric_family(writer, &publish_seconds);
    metric_write_histogram(writer, &publish_seconds, &press->publish_seconds);
    write_edges(writer, desk->press);
    return ERR_OK;
}
