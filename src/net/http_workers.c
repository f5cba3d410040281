// SPDX-License-Identifier: Apache-2.0
#include "net/http_workers.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/queue.h"
#include "net/http_status.h"
#include "net/uri.h"

struct http_workers {
    struct http_workers_config config;
    struct queue queue;
    pthread_t threads[HTTP_WORKERS_MAX];
};

/* A call, its arena and its way back to the loop. */
struct task {
    struct http_workers *workers;
    struct http_exchange *exchange;
    unsigned who;
    struct route_match match;
    char path[URI_PATH_BYTES_MAX];
    struct arena arena;
    struct http_call call;
};

/* ---- on the loop ---- */

static void send_answer(void *argument)
{
    struct task *task = argument;
    struct http_call *call = &task->call;
    http_answer(task->exchange, &(struct http_answer){
                                    .status = call->status,
                                    .content_type = call->content_type,
                                    .fields = call->fields,
                                    .body = buf_str(&call->body),
                                });
    buf_finish(&call->body);
    arena_finish(&task->arena);
    free(task);
}

void http_workers_submit(struct http_workers *workers,
                         struct http_exchange *exchange, unsigned who)
{
    struct task *task = calloc(1, sizeof *task);
    if (!task) {
        http_answer_error(exchange, 503, STR("Out of memory."));
        return;
    }
    task->workers = workers;
    task->exchange = exchange;
    task->who = who;
    if (queue_try_push(&workers->queue, task)) {
        free(task);
        http_answer_error(exchange, 503, STR("Too many requests wait."));
    }
}

static enum err find_route(const struct http_workers *workers,
                           const struct http_request *request,
                           char scratch[URI_PATH_BYTES_MAX],
                           struct route_match *ret_match)
{
    struct uri_path path;
    enum err err = uri_path_decode(request->path, scratch, &path);
    if (err)
        return err;
    return router_find(workers->config.routes, workers->config.route_count,
                       request->method, path.text, ret_match);
}

uint64_t http_workers_body_max(const struct http_workers *workers,
                               const struct http_request *request)
{
    char scratch[URI_PATH_BYTES_MAX];
    struct route_match match;
    if (find_route(workers, request, scratch, &match))
        return 0;
    return match.route->body_max;
}

/* ---- on a work thread ---- */

/* Who may not call a route is not told whether it is there. */
static enum err dispatch(struct task *task)
{
    struct http_call *call = &task->call;
    struct route_match *match = &task->match;
    enum err err =
        find_route(task->workers, &task->exchange->request, task->path, match);
    if (!err && !(match->route->who & (task->who | WHO_PUBLIC)))
        err = ERR_NOT_FOUND;
    if (err)
        return fault_set(&call->fault, err, "path", "%s",
                         err == ERR_METHOD
                             ? "this address takes other methods, see Allow"
                             : "nothing is answered at this address");
    match->route->handler(call, task->exchange, match);
    return call->fault.code;
}

static void write_fault(struct task *task, enum err err)
{
    struct http_call *call = &task->call;
    buf_reset(&call->body);
    if (!call->fault.code)
        fault_set(&call->fault, err, NULL, "%s", err_sentence(err));
    http_error_json(&call->body, &call->fault);
    call->status = err_http_status(err);
    call->content_type = STR("application/json");
    if (err == ERR_METHOD) {
        struct buf allow;
        buf_init(&allow, 256);
        buf_add_c(&allow, "Allow: ");
        route_write_allow(&allow, task->match.allowed);
        buf_add_c(&allow, "\r\n");
        call->fields = arena_copy(&task->arena, buf_str(&allow));
        buf_finish(&allow);
    }
}

static void run_task(struct task *task)
{
    struct http_call *call = &task->call;
    arena_init(&task->arena, 0);
    call->context = task->workers->config.context;
    call->exchange = task->exchange;
    call->arena = &task->arena;
    call->status = 200;
    call->content_type = STR("application/json");
    buf_init(&call->body, HTTP_CALL_ANSWER_BYTES_MAX);
    enum err err = dispatch(task);
    if (!err)
        err = buf_err(&call->body);
    if (err)
        write_fault(task, err);
    loop_post(task->workers->config.loop, send_answer, task);
}

static void *work(void *argument)
{
    struct http_workers *workers = argument;
    void *task;
    while (!queue_pop(&workers->queue, -1, &task))
        run_task(task);
    return NULL;
}

enum err http_workers_create(const struct http_workers_config *config,
                             struct http_workers **ret_workers)
{
    assert(config);
    assert(config->threads && config->threads <= HTTP_WORKERS_MAX);
    struct http_workers *workers = calloc(1, sizeof *workers);
    if (!workers)
        return ERR_NO_MEMORY;
    workers->config = *config;
    if (queue_init(&workers->queue, HTTP_WORKERS_WAITING_MAX)) {
        free(workers);
        return ERR_NO_MEMORY;
    }
    for (unsigned i = 0; i < config->threads; i++) {
        if (pthread_create(&workers->threads[i], NULL, work, workers))
            log_panic("out of threads", LOG_C("wanted", "a worker"));
    }
    *ret_workers = workers;
    return ERR_OK;
}

void http_workers_destroy(struct http_workers *workers)
{
    if (!workers)
        return;
    queue_close(&workers->queue);
    for (unsigned i = 0; i < workers->config.threads; i++)
        pthread_join(workers->threads[i], NULL);
    queue_finish(&workers->queue);
    free(workers);
}
