// SPDX-License-Identifier: Apache-2.0
/* Requests that the desk answers itself travel as plain HTTP/1.1 over the
 * connections that it dialled. All of it happens on the first thread; the
 * thread that has the reader's connection hands a job over and gets it back
 * with the answer. */
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/edge_internal.h"
#include "net/http_response.h"

enum {
    REQUEST_BYTES_MAX = EDGE_BODY_BYTES_MAX + 2 * HTTP_HEAD_BYTES_MAX,
    ANSWER_BYTES_MAX = 32 << 20,
    READ_BYTES = 64 * 1024,
};

struct forward_job {
    struct forward_job *next;
    struct edge_thread *thread;
    struct http_exchange *exchange;
    struct buf request;
    struct buf answer; /* head and body, as they came */
    struct http_response head;
    bool has_head;
    bool tried;        /* sent once already, on a connection that broke */
    int failed_status; /* 0: answer is whole */
};

struct forward_connection {
    struct forward_connection *previous, *next;
    struct edge_forward *forward;
    struct loop_source source;
    struct loop_timeout timeout;
    struct forward_job *job; /* NULL: idle */
    size_t sent_bytes;
};

struct edge_forward {
    struct edge *edge;
    struct forward_connection *connections; /* a few */
    struct forward_job *first, *last;       /* waiting for a connection */
    size_t waiting;
    bool is_closed;
    struct loop_timeout_list timeouts;
};

static void send_waiting(struct edge_forward *forward);

/* ---- jobs ---- */

/* Fields of one connection only, or made anew (RFC 9110 §7.6.1). */
static bool is_hop_by_hop(struct str name)
{
    static const struct str names[] = {
        STR_INIT("connection"),
        STR_INIT("keep-alive"),
        STR_INIT("te"),
        STR_INIT("trailer"),
        STR_INIT("upgrade"),
        STR_INIT("transfer-encoding"),
        STR_INIT("expect"),
        STR_INIT("content-length"),
        STR_INIT("proxy-connection"),
        STR_INIT("x-forwarded-for"),
        STR_INIT("date"),
        STR_INIT("content-type"),
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_eq_ascii_case(name, names[i]))
            return true;
    }
    return false;
}

static void put_fields(struct buf *out, const struct http_fields *fields)
{
    for (unsigned i = 0; i < fields->count; i++) {
        if (is_hop_by_hop(fields->all[i].name))
            continue;
        buf_add(out, fields->all[i].name);
        buf_add_c(out, ": ");
        buf_add(out, fields->all[i].value);
        buf_add_c(out, "\r\n");
    }
}

static void write_request(struct buf *out, const struct http_exchange *exchange)
{
    const struct http_request *request = &exchange->request;
    struct str type = http_request_field(request, HTTP_FIELD_CONTENT_TYPE);
    char peer[ADDRESS_TEXT_BYTES];
    address_peer_format(&exchange->peer, peer);
    buf_printf(out, "%" PRI_STR " %" PRI_STR " HTTP/1.1\r\n",
               ARG_STR(http_method_name(request->method)),
               ARG_STR(request->target));
    put_fields(out, &request->fields);
    if (!http_request_field(request, HTTP_FIELD_HOST).ptr)
        buf_add_c(out, "Host: localhost\r\n");
    if (type.len)
        buf_printf(out, "Content-Type: %" PRI_STR "\r\n", ARG_STR(type));
    buf_printf(out, "X-Forwarded-For: %s\r\nContent-Length: %zu\r\n\r\n", peer,
               exchange->body.len);
    buf_add(out, exchange->body);
}

static void free_job(struct forward_job *job)
{
    buf_finish(&job->request);
    buf_finish(&job->answer);
    free(job);
}

static void answer_whole(struct forward_job *job)
{
    DEFER(buf_finish) struct buf fields;
    buf_init(&fields, 2 * HTTP_HEAD_BYTES_MAX);
    put_fields(&fields, &job->head.fields);
    if (buf_err(&fields)) {
        edge_answer_error(job->exchange, 500);
        return;
    }
    http_answer(
        job->exchange,
        &(struct http_answer){
            .status = job->head.status,
            .content_type =
                http_fields_known(&job->head.fields, HTTP_FIELD_CONTENT_TYPE),
            .fields = buf_str(&fields),
            .body = str_from(buf_str(&job->answer), job->head.head_bytes),
        });
}

/* On the thread that has the reader's connection. */
static void deliver(void *argument)
{
    struct forward_job *job = argument;
    if (job->failed_status)
        edge_answer_error(job->exchange, job->failed_status);
    else
        answer_whole(job);
    free_job(job);
}

static void finish_job(struct forward_job *job, int failed_status)
{
    job->failed_status = failed_status;
    loop_post(job->thread->loop, deliver, job);
}

static void enqueue(struct edge_forward *forward, struct forward_job *job)
{
    job->next = NULL;
    *(forward->last ? &forward->last->next : &forward->first) = job;
    forward->last = job;
    forward->waiting++;
}

/* NULL when none waits. */
static struct forward_job *dequeue(struct edge_forward *forward)
{
    struct forward_job *job = forward->first;
    if (!job)
        return NULL;
    forward->first = job->next;
    if (!forward->first)
        forward->last = NULL;
    forward->waiting--;
    return job;
}

/* On the first thread. */
static void take_job(void *argument)
{
    struct forward_job *job = argument;
    struct edge_forward *forward = job->thread->edge->forward;
    if (forward->is_closed || forward->waiting >= EDGE_FORWARD_WAITING_MAX) {
        finish_job(job, 503);
        return;
    }
    enqueue(forward, job);
    send_waiting(forward);
}

void edge_forward_request(struct edge_thread *thread,
                          struct http_exchange *exchange)
{
    struct forward_job *job = calloc(1, sizeof *job);
    if (!job) {
        edge_answer_error(exchange, 503);
        return;
    }
    job->thread = thread;
    job->exchange = exchange;
    buf_init(&job->request, REQUEST_BYTES_MAX);
    buf_init(&job->answer, ANSWER_BYTES_MAX);
    write_request(&job->request, exchange);
    if (buf_err(&job->request)) {
        free_job(job);
        edge_answer_error(exchange, 503);
        return;
    }
    loop_post(edge_first(thread->edge)->loop, take_job, job);
}

/* ---- connections to the desk ---- */

static struct forward_connection *find_idle(const struct edge_forward *forward)
{
    struct forward_connection *at = forward->connections;
    while (at && at->job)
        at = at->next;
    return at;
}

static void unlink_connection(struct forward_connection *connection)
{
    struct edge_forward *forward = connection->forward;
    *(connection->previous ? &connection->previous->next
                           : &forward->connections) = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
}

/* The connection is over. A job that may be repeated goes to another one. */
static void close_connection(struct forward_connection *connection,
                             int failed_status)
{
    struct edge_forward *forward = connection->forward;
    struct forward_job *job = connection->job;
    unlink_connection(connection);
    loop_timeout_cancel(&connection->timeout);
    loop_remove(edge_first(forward->edge)->loop, &connection->source);
    close(connection->source.fd);
    free(connection);
    if (!job)
        return;
    /* Nobody else touches the exchange while the job is here. */
    enum http_method method = job->exchange->request.method;
    bool safe = method == HTTP_GET || method == HTTP_HEAD;
    if (safe && !job->tried && job->answer.len == 0 && !forward->is_closed) {
        job->tried = true;
        enqueue(forward, job);
        send_waiting(forward);
    } else {
        finish_job(job, failed_status);
    }
}

static void on_timeout(void *context, struct loop_timeout *timeout)
{
    (void)context;
    struct forward_connection *connection =
        (struct forward_connection *)((char *)timeout -
                                      offsetof(struct forward_connection,
                                               timeout));
    connection->job->tried = true;
    close_connection(connection, 504);
}

/* False when the connection broke. */
static bool send_request(struct forward_connection *connection)
{
    struct str rest =
        str_from(buf_str(&connection->job->request), connection->sent_bytes);
    while (rest.len) {
        ssize_t sent = send(connection->source.fd, rest.ptr, rest.len,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno != EAGAIN)
            return false;
        if (sent < 0)
            break;
        rest = str_from(rest, (size_t)sent);
        connection->sent_bytes += (size_t)sent;
    }
    loop_watch(edge_first(connection->forward->edge)->loop, &connection->source,
               EPOLLIN | (rest.len ? (uint32_t)EPOLLOUT : 0));
    return true;
}

static void send_waiting(struct edge_forward *forward)
{
    struct forward_connection *connection;
    while (forward->first && (connection = find_idle(forward))) {
        connection->job = dequeue(forward);
        connection->sent_bytes = 0;
        loop_timeout_arm(edge_first(forward->edge)->loop, &forward->timeouts,
                         &connection->timeout);
        if (!send_request(connection))
            close_connection(connection, 503);
    }
}

/* Takes what is there; *ret_ended when nothing more will come. */
static enum err read_bytes(struct forward_connection *connection,
                           bool *ret_ended)
{
    struct buf *answer = &connection->job->answer;
    for (;;) {
        char *room = buf_reserve(answer, READ_BYTES);
        if (!room)
            return buf_err(answer);
        ssize_t got =
            recv(connection->source.fd, room, READ_BYTES, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 && errno == EAGAIN)
            return ERR_OK;
        *ret_ended = got <= 0;
        if (*ret_ended)
            return ERR_OK;
        buf_grown(answer, (size_t)got);
    }
}

/* ERR_OK: whole; ERR_AGAIN: more to come. */
static enum err parse_answer(struct forward_job *job)
{
    /* The buffer may have moved, so the head is read again when all is there:
     * it points into the buffer. */
    enum http_method method = job->exchange->request.method;
    struct http_head_progress progress = {0};
    enum err err = http_response_parse(buf_str(&job->answer), method, &progress,
                                       &job->head);
    if (err)
        return err;
    if (!job->head.is_bodiless && !job->head.has_content_length)
        return ERR_UNSUPPORTED; /* the desk always says how long it is */
    uint64_t body = job->head.is_bodiless ? 0 : job->head.content_length;
    uint64_t whole = job->head.head_bytes + body;
    return job->answer.len < whole    ? ERR_AGAIN
           : job->answer.len == whole ? ERR_OK
                                      : ERR_INVALID;
}

/* As parse_answer; ERR_CLOSED when the rest will never come. An answer may be
 * whole though the connection ended behind it. */
static enum err read_answer(struct forward_connection *connection)
{
    bool ended = false;
    enum err err = read_bytes(connection, &ended);
    if (!err)
        err = parse_answer(connection->job);
    return err == ERR_AGAIN && ended ? ERR_CLOSED : err;
}

static void on_events(void *context, uint32_t events)
{
    struct forward_connection *connection = context;
    if (!connection->job) { /* an idle one says something: it is over */
        close_connection(connection, 0);
        return;
    }
    /* A desk that refuses a body may answer and close before it has it all. */
    bool broken = events & EPOLLOUT && !send_request(connection);
    if (!broken && !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    enum err err = read_answer(connection);
    if (err == ERR_AGAIN && !broken)
        return;
    if (err) {
        close_connection(connection, 503);
        return;
    }
    struct forward_job *job = connection->job;
    bool keep_alive =
        job->head.keep_alive && connection->sent_bytes == job->request.len;
    finish_job(job, 0);
    connection->job = NULL;
    loop_timeout_cancel(&connection->timeout);
    if (keep_alive)
        send_waiting(connection->forward);
    else
        close_connection(connection, 0);
}

void edge_forward_adopt(struct edge_forward *forward, int fd)
{
    struct forward_connection *connection = calloc(1, sizeof *connection);
    if (!connection) {
        close(fd);
        return;
    }
    connection->forward = forward;
    connection->source = (struct loop_source){
        .fd = fd,
        .on_events = on_events,
        .context = connection,
    };
    if (loop_add(edge_first(forward->edge)->loop, &connection->source,
                 EPOLLIN)) {
        close(fd);
        free(connection);
        return;
    }
    connection->next = forward->connections;
    if (connection->next)
        connection->next->previous = connection;
    forward->connections = connection;
    send_waiting(forward);
}

void edge_forward_close(struct edge_forward *forward)
{
    struct forward_job *job;
    forward->is_closed = true;
    while (forward->connections)
        close_connection(forward->connections, 503);
    while ((job = dequeue(forward)))
        finish_job(job, 503);
}

enum err edge_forward_create(struct edge *edge,
                             struct edge_forward **ret_forward)
{
    struct edge_forward *forward = calloc(1, sizeof *forward);
    if (!forward)
        return ERR_NO_MEMORY;
    forward->edge = edge;
    loop_timeouts_add(edge_first(edge)->loop, &forward->timeouts,
                      EDGE_FORWARD_MS * INT64_C(1000), on_timeout, forward);
    *ret_forward = forward;
    return ERR_OK;
}

void edge_forward_destroy(struct edge_forward *forward)
{
    assert(!forward || !forward->connections);
    free(forward);
}
