// SPDX-License-Identifier: Apache-2.0
/* What is counted for whoever watches (link/figures.h). Each thread counts for
 * itself, without atomics, and shows once a second what it has come to; the
 * first thread adds up what all of them show and tells the desk. */
#include "edge/edge_internal.h"
#include "edge/edge_live_internal.h"
#include "link/wire.h"

enum { SHOW_EVERY_MS = 1000 };

static void arm(struct loop *loop, struct loop_timer *timer)
{
    loop_timer_arm(loop, timer,
                   loop_now_us(loop) + SHOW_EVERY_MS * INT64_C(1000));
}

/* ---- Each thread ------------------------------------------------------------
 */

static void add_server(const struct edge_thread *thread,
                       struct edge_figures *figures)
{
    struct http_server_counts counts = http_server_counts(thread->server);
    uint64_t *values = figures->values;
    values[EDGE_CONNECTIONS] = counts.connections;
    values[EDGE_CONNECTIONS_TOTAL] = counts.accepted;
    values[EDGE_REFUSED] = counts.refused;
    values[EDGE_REQUESTS] = counts.requests;
    for (unsigned i = 0; i < 4; i++)
        values[EDGE_ANSWERS_2XX + i] = counts.answers[2 + i];
    values[EDGE_SENT_BYTES] = counts.sent_bytes;
}

static void show(void *argument)
{
    struct edge_thread *thread = argument;
    struct edge_figures figures = thread->figures;
    add_server(thread, &figures);
    figures.values[EDGE_WAITING] = thread->waiting;
    figures.values[EDGE_LIVE_WAITING] = thread->live->waiting;
    for (size_t i = 0; i < EDGE_FIGURE_COUNT; i++)
        atomic_store_explicit(&thread->shown[i], figures.values[i],
                              memory_order_relaxed);
    arm(thread->loop, &thread->figures_timer);
}

void edge_figures_start(struct edge_thread *thread)
{
    thread->figures_timer.on_due = show;
    thread->figures_timer.context = thread;
    show(thread);
}

/* ---- The first thread -------------------------------------------------------
 */

static void sum_up(const struct edge *edge, struct edge_figures *sums)
{
    for (unsigned t = 0; t < edge->config.threads; t++) {
        for (size_t i = 0; i < EDGE_FIGURE_COUNT; i++)
            sums->values[i] += atomic_load_explicit(&edge->threads[t].shown[i],
                                                    memory_order_relaxed);
    }
    sums->values[EDGE_PAGES] = edge->shelf.entries.count;
    sums->values[EDGE_PAGE_BYTES] = shelf_bytes(&edge->shelf);
    sums->values[EDGE_PAGE_BUDGET_BYTES] = edge->shelf.budget_bytes;
    sums->values[EDGE_STREAMS] = atomic_load(&edge->streams_open);
}

static void tell(void *argument)
{
    edge_figures_tell(argument);
}

void edge_figures_tell(struct edge *edge)
{
    struct edge_figures sums = {{0}};
    sum_up(edge, &sums);
    if (edge_feed_is_open(edge->feed) &&
        memcmp(&sums, &edge->told, sizeof sums) != 0) {
        DEFER(buf_finish) struct buf message;
        buf_init(&message, MESSAGE_HEAD_BYTES + sizeof sums);
        size_t start = message_begin(&message, MESSAGE_FIGURES, 0);
        edge_figures_write(&sums, &message);
        message_end(&message, start);
        if (!buf_err(&message))
            edge_feed_send(edge->feed, buf_str(&message));
        edge_feed_flush(edge->feed);
        edge->told = sums;
    }
    edge->figures_timer.on_due = tell;
    edge->figures_timer.context = edge;
    arm(edge_first(edge)->loop, &edge->figures_timer);
}

void edge_figures_tell_anew(struct edge *edge)
{
    memset(&edge->told, 0xff, sizeof edge->told);
}
