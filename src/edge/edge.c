// SPDX-License-Identifier: Apache-2.0
#include "edge/edge.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "edge/edge_internal.h"
#include "edge/sandbox.h"

enum { PAGE_MEMORY_FIRST = 256 << 20 }; /* until the desk is there */

static enum err start_listeners(struct edge_thread *thread)
{
    const struct edge_config *config = &thread->edge->config;
    size_t most = config->listen_count / config->threads + 1;
    thread->listeners = calloc(most, sizeof *thread->listeners);
    if (!thread->listeners)
        return ERR_NO_MEMORY;
    for (size_t i = thread->index; i < config->listen_count;
         i += config->threads) {
        struct listener *listener =
            &thread->listeners[thread->listener_count++];
        enum err err =
            listener_start(listener, thread->loop, config->listen_fds[i],
                           http_server_accept, thread->server);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err init_thread(struct edge *edge, unsigned index)
{
    struct edge_thread *thread = &edge->threads[index];
    thread->edge = edge;
    thread->index = index;
    enum err err = loop_create(&thread->loop);
    if (err)
        return err;
    struct http_server_config config = {
        .loop = thread->loop,
        .context = thread,
        .on_request = edge_on_request,
        .body_max = edge_body_max,
        .spares_loopback = true,
    };
    err = http_server_create(&config, &thread->server);
    if (err)
        return err;
    err = edge_pages_init(thread);
    if (!err)
        err =
            streams_create(thread->loop, &edge->streams_open, &thread->streams);
    if (!err)
        err = edge_live_create(thread);
    edge_figures_start(thread);
    return err ? err : start_listeners(thread);
}

static void *run_thread(void *argument)
{
    struct edge_thread *thread = argument;
    loop_run(thread->loop);
    return NULL;
}

static enum err start(struct edge *edge, struct fault *fault)
{
    shelf_init(&edge->shelf, edge->config.page_memory ? edge->config.page_memory
                                                      : PAGE_MEMORY_FIRST);
    for (unsigned i = 0; i < edge->config.threads; i++) {
        enum err err = init_thread(edge, i);
        if (err)
            return fault_set(fault, err, NULL, "a thread could not start: %s",
                             err_sentence(err));
    }
    enum err err = edge_views_create(edge, &edge->views);
    if (!err)
        err = edge_allowances_create(edge);
    if (!err)
        err = edge_feed_create(edge, &edge->feed);
    if (!err)
        err = edge_forward_create(edge, &edge->forward);
    if (!err)
        err = edge_sayings_create(edge, &edge->sayings);
    if (!err)
        err = edge_live_link_create(edge, &edge->live_link);
    if (!err)
        edge_count_streams(edge);
    if (!err)
        edge_figures_tell(edge);
    if (!err)
        err = edge_link_start(edge);
    if (err)
        return fault_set(fault, err, NULL, "the link could not start: %s",
                         err_sentence(err));
    for (unsigned i = 0; i < edge->config.threads; i++) {
        if (pthread_create(&edge->threads[i].thread, NULL, run_thread,
                           &edge->threads[i]))
            return fault_set(fault, ERR_NO_MEMORY, NULL, "no thread");
    }
    return ERR_OK;
}

/* ---- the end ---- */

static void end(void *argument)
{
    struct edge *edge = argument;
    atomic_store(&edge->drained, true);
    kill(edge->pid, SIGTERM); /* wakes drain */
}

static void keep_views(void *argument)
{
    struct edge *edge = argument;
    edge_views_finish(edge->views, end, edge);
}

/* What the others counted was posted before the last one says that it is
 * empty, so the first thread has all of it when it is asked to keep it. */
static void on_empty(void *argument)
{
    struct edge_thread *thread = argument;
    edge_views_hand_over(thread);
    if (atomic_fetch_sub(&thread->edge->draining, 1) == 1)
        loop_post(edge_first(thread->edge)->loop, keep_views, thread->edge);
}

static void drain_thread(void *argument)
{
    struct edge_thread *thread = argument;
    for (size_t i = 0; i < thread->listener_count; i++)
        listener_stop(&thread->listeners[i]);
    http_server_drain(thread->server, on_empty, thread);
}

/* Tells every client to go, and waits until all are gone and their views kept,
 * or time is up. */
static void drain(struct edge *edge, const sigset_t *signals)
{
    atomic_store(&edge->draining, edge->config.threads);
    for (unsigned i = 0; i < edge->config.threads; i++)
        loop_post(edge->threads[i].loop, drain_thread, &edge->threads[i]);
    int64_t until = clock_now_us() + EDGE_DRAIN_MS * INT64_C(1000);
    while (!atomic_load(&edge->drained)) {
        int64_t left = until - clock_now_us();
        if (left <= 0)
            break;
        struct timespec timeout = {
            .tv_sec = left / TIME_US_PER_SECOND,
            .tv_nsec = left % TIME_US_PER_SECOND * 1000,
        };
        sigtimedwait(signals, NULL, &timeout);
    }
}

/* Readers' exchanges that desk or playout have not answered are kept elsewhere
 * and must be over before the servers are: whoever waits still is told so. What
 * the threads have posted goes to and fro until nothing is left. */
static void settle(struct edge *edge)
{
    edge_forward_close(edge->forward);
    edge_live_link_close(edge->live_link);
    for (bool more = true; more;) {
        more = false;
        for (unsigned i = 0; i < edge->config.threads; i++)
            more |= loop_run_posted(edge->threads[i].loop);
    }
}

static void destroy_thread(struct edge_thread *thread)
{
    loop_destroy(thread->loop);
    streams_destroy(thread->streams);
    edge_live_destroy(thread);
    edge_pages_finish(thread);
    free(thread->listeners);
}

static void stop(struct edge *edge)
{
    for (unsigned i = 0; i < edge->config.threads; i++)
        loop_stop(edge->threads[i].loop);
    for (unsigned i = 0; i < edge->config.threads; i++)
        pthread_join(edge->threads[i].thread, NULL);
    listener_stop(&edge->link);
    settle(edge);
    edge_feed_close(edge->feed);
    for (unsigned i = 0; i < edge->config.threads; i++)
        http_server_destroy(edge->threads[i].server);
    for (unsigned i = edge->config.threads; i-- > 0;)
        destroy_thread(&edge->threads[i]); /* the others post to the first */
    edge_feed_destroy(edge->feed);
    edge_live_link_destroy(edge->live_link);
    edge_sayings_destroy(edge->sayings);
    edge_views_destroy(edge->views);
    edge_allowances_destroy(edge);
    edge_forward_destroy(edge->forward);
    shelf_finish(&edge->shelf);
}

static enum err lock_up(int *ret_landlock_abi, struct fault *fault)
{
    bool entered = false;
    enum err err = sandbox_restrict_calls(&entered, fault);
    if (err)
        return err;
    if (!entered || !*ret_landlock_abi)
        log_warn("the kernel has not all that keeps the edge in its place",
                 LOG_INT("landlock", *ret_landlock_abi),
                 LOG_INT("seccomp", entered));
    return ERR_OK;
}

enum err edge_run(const struct edge_config *config, struct fault *fault)
{
    assert(config);
    assert(config->threads && config->threads <= EDGE_THREADS_MAX);
    struct edge *edge = calloc(1, sizeof *edge);
    if (!edge)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    edge->config = *config;
    edge->pid = getpid();
    edge->errors = edge_errors_create(config);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);

    int landlock_abi = 0;
    const int folders[] = {config->media_fd, config->live_fd};
    enum err err = sandbox_restrict_files(
        folders, sizeof folders / sizeof *folders, &landlock_abi, fault);
    if (!err)
        err = start(edge, fault);
    if (!err)
        err = lock_up(&landlock_abi, fault);
    if (err) {
        free(edge); /* the process ends */
        return err;
    }
    log_info("edge ready", LOG_INT("threads", config->threads),
             LOG_INT("landlock", landlock_abi));
    int signal;
    sigwait(&signals, &signal);
    drain(edge, &signals);
    stop(edge);
    edge_errors_destroy(edge->errors);
    free(edge);
    return ERR_OK;
}
