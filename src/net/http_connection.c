// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <sys/socket.h>

#include "net/http_connection_internal.h"
#include "net/http_status.h"

/* ---- Time-outs and what is waited for ----------------------------------- */

static void arm(struct http_connection *connection,
                struct loop_timeout_list *list)
{
    loop_timeout_arm(connection_loop(connection), list, &connection->timeout);
}

static void arm_idle(struct http_connection *connection)
{
    if (connection->is_adopted)
        loop_timeout_cancel(&connection->timeout);
    else
        arm(connection, &connection->server->idle_timeouts);
}

static bool is_answering(const struct http_connection *connection)
{
    return connection->state == CONNECTION_HANDLING ||
           connection->state == CONNECTION_STREAMING ||
           connection->state == CONNECTION_WEBSOCKET ||
           connection->state == CONNECTION_SENDING;
}

void http_connection_watch(struct http_connection *connection)
{
    uint32_t events = 0;
    bool is_full = connection->input &&
                   connection->input_end == HTTP_INPUT_BYTES &&
                   is_answering(connection);
    if (!connection->input_ended && !is_full)
        events |= EPOLLIN;
    if (!http_output_is_empty(&connection->output) ||
        http_tail_waits(connection))
        events |= EPOLLOUT;
    loop_watch(connection_loop(connection), &connection->source, events);
}

/* ---- The end ------------------------------------------------------------ */

void http_connection_linger(struct http_connection *connection)
{
    shutdown(connection->source.fd, SHUT_WR);
    connection->state = CONNECTION_LINGERING;
    connection->progress_bytes = 0;
    http_input_give(connection->server, connection->input);
    connection->input = NULL;
    arm(connection, &connection->server->linger_timeouts);
    http_connection_watch(connection);
}

static void end_connection(struct http_connection *connection)
{
    bool has_unread = connection->must_linger ||
                      connection->input_start < connection->input_end;
    if (has_unread && !connection->transport && !connection->input_ended)
        http_connection_linger(connection);
    else
        http_connection_close(connection);
}

static void drop_input(struct http_connection *connection)
{
    char bytes[HTTP_PROGRESS_BYTES];
    int fd = connection->source.fd;
    ssize_t got = connection->transport
                      ? connection->transport->recv(connection->transport_state,
                                                    fd, bytes, sizeof bytes)
                      : recv(fd, bytes, sizeof bytes, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got > 0)
        connection->progress_bytes += (uint32_t)got;
    if (got <= 0 || connection->progress_bytes > HTTP_LINGER_BYTES_MAX)
        http_connection_close(connection);
}

void http_connection_drop_exchange(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    if (!exchange)
        return;
    connection->exchange = NULL;
    connection->server->counts.exchanges--;
    buf_finish(&exchange->body_buf);
    http_exchange_give(connection->server, exchange);
}

/* Answers a request that no handler gets to see, and closes. */
static void refuse(struct http_connection *connection, int status,
                   const char *reason)
{
    struct str line = http_status_line(status);
    struct str date = loop_date_end(connection_loop(connection));
    struct buf text;
    connection->server->counts.refused++;
    http_connection_drop_exchange(connection);
    buf_init(&text, HTTP_HEAD_BYTES_MAX);
    http_error_text(&text, status, str_from_c(reason));
    struct buf head;
    buf_init(&head, HTTP_HEAD_BYTES_MAX);
    buf_add(&head, line);
    buf_printf(&head,
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Length: %zu\r\nConnection: close\r\n",
               text.len);
    buf_add(&head, date);
    buf_add(&head, buf_str(&text));
    struct iovec part = {head.ptr, head.len};
    if (!buf_err(&head) && http_output_try(connection, &part, 1, false) < 0) {
        /* Then it is just closed. */
    }
    buf_finish(&text);
    buf_finish(&head);
    connection->must_linger = true;
    end_connection(connection);
}

/* Nothing but what an answer has to know. */
static void make_slim(struct http_exchange *exchange)
{
    const struct http_request request = {
        .method = exchange->request.method,
        .minor_version = exchange->request.minor_version,
        .keep_alive = exchange->request.keep_alive,
    };
    memcpy(&exchange->request, &request, offsetof(struct http_request, fields));
    exchange->is_slim = true;
}

struct http_exchange *http_exchange_slim(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    assert(!exchange->body.len && !exchange->is_slim);
    if (!connection)
        return exchange;
    assert(connection->state == CONNECTION_HANDLING);
    struct http_exchange *slim = malloc(HTTP_SLIM_BYTES);
    if (!slim)
        return exchange;
    make_slim(exchange);
    memcpy(slim, exchange, HTTP_SLIM_BYTES);
    exchange->is_slim = false;
    connection->exchange = slim;
    http_exchange_give(connection->server, exchange);
    if (connection->input_end == connection->input_body) {
        http_input_give(connection->server, connection->input);
        connection->input = NULL;
        connection->input_start = connection->input_body =
            connection->input_end = 0;
    }
    return slim;
}

/* ---- Requests ----------------------------------------------------------- */

static void begin_exchange(struct http_connection *connection,
                           struct http_exchange *exchange)
{
    exchange->body = str_of("", 0);
    exchange->peer = connection->peer;
    exchange->server = connection->server;
    exchange->handler_data = NULL;
    exchange->on_abandon = NULL;
    exchange->ended_is_gone = false;
    exchange->on_room = NULL;
    exchange->is_slim = false;
    exchange->connection = connection;
    exchange->next = NULL;
    exchange->input = NULL;
    buf_init(&exchange->body_buf, 0);
    connection->exchange = exchange;
    connection->head_progress.seen_bytes = 0;
    connection->input_body =
        connection->input_start + (uint32_t)exchange->request.head_bytes;
    connection->server->counts.requests++;
    connection->server->counts.exchanges++;
}

/* Hands the request over. Whether it was answered meanwhile. */
static bool dispatch(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    connection->state = CONNECTION_HANDLING;
    server->config.on_request(server->config.context, connection->exchange);
    if (connection->state == CONNECTION_HANDLING)
        loop_timeout_cancel(&connection->timeout);
    return connection->state == CONNECTION_IDLE;
}

/* Moves what is there of the request to the front of the buffer. */
static void compact(struct http_connection *connection)
{
    uint32_t start = connection->input_start;
    if (start == 0)
        return;
    memmove(connection->input, connection->input + start,
            connection->input_end - start);
    connection->input_start = 0;
    connection->input_end -= start;
}

static enum err parse(struct http_connection *connection,
                      struct http_request *request)
{
    struct str bytes = str_of(connection->input + connection->input_start,
                              connection->input_end - connection->input_start);
    return http_request_parse(bytes, &connection->head_progress, request);
}

/* RFC 9110 §10.1.1. A client that cannot take these few bytes now does without
 * them. */
static void send_continue(struct http_connection *connection)
{
    static char text[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec part = {text, sizeof text - 1};
    ssize_t sent = http_output_try(connection, &part, 1, false);
    if (sent > 0 && sent < (ssize_t)part.iov_len)
        http_connection_close(connection);
}

/* The head is there and says that a body follows. */
static bool begin_body(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    struct http_request *request = &exchange->request;
    const struct http_server_config *config = &connection->server->config;
    if (connection->input_start > 0) { /* make room for the body */
        compact(connection);
        enum err again = parse(connection, request);
        assert(again == ERR_OK);
        connection->head_progress.seen_bytes = 0;
        connection->input_body = (uint32_t)request->head_bytes;
    }
    uint64_t max_bytes =
        config->body_max ? config->body_max(config->context, request) : 0;
    if (http_body_init(&connection->body, request, max_bytes)) {
        refuse(connection, 413, "the body is longer than is allowed here");
        return false;
    }
    buf_init(&exchange->body_buf, (size_t)max_bytes);
    connection->state = CONNECTION_BODY;
    connection->progress_bytes = 0;
    arm(connection, &connection->server->body_timeouts);
    if (request->expects_continue &&
        connection->input_end == connection->input_body)
        send_continue(connection);
    return connection->state == CONNECTION_BODY;
}

/* Everything that came was used. */
static void rest(struct http_connection *connection)
{
    http_input_give(connection->server, connection->input);
    connection->input = NULL;
    connection->input_start = connection->input_end = 0;
    if (connection->input_ended || connection->server->draining)
        http_connection_close(connection);
}

static void await_head(struct http_connection *connection)
{
    compact(connection);
    if (connection->input_ended) {
        http_connection_close(connection);
    } else if (connection->state == CONNECTION_IDLE) {
        connection->state = CONNECTION_HEAD;
        arm(connection, &connection->server->head_timeouts);
    }
}

/* Whether there is more to do. */
static bool take_head(struct http_connection *connection)
{
    struct http_server *server = connection->server;
    if (connection->input_start == connection->input_end) {
        rest(connection);
        return false;
    }
    struct http_exchange *exchange = http_exchange_take(server);
    if (!exchange) {
        refuse(connection, 503, "out of memory");
        return false;
    }
    enum err err = parse(connection, &exchange->request);
    if (err) {
        struct http_refusal refusal = exchange->request.refusal;
        http_exchange_give(server, exchange);
        if (err == ERR_AGAIN)
            await_head(connection);
        else
            refuse(connection, refusal.status, refusal.reason);
        return false;
    }
    begin_exchange(connection, exchange);
    return http_request_has_body(&exchange->request) ? begin_body(connection)
                                                     : dispatch(connection);
}

static void note_body_progress(struct http_connection *connection, size_t bytes)
{
    connection->progress_bytes += (uint32_t)bytes;
    if (connection->progress_bytes < HTTP_PROGRESS_BYTES)
        return;
    connection->progress_bytes = 0;
    arm(connection, &connection->server->body_timeouts);
}

/* Whether there is more to do. */
static bool take_body(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    char *bytes = connection->input + connection->input_body;
    size_t len = connection->input_end - connection->input_body;
    size_t used = 0, data = 0;
    enum err err =
        http_body_decode(&connection->body, bytes, len, &used, &data);
    if (!err || err == ERR_AGAIN) {
        buf_add_bytes(&exchange->body_buf, bytes, data);
        if (buf_err(&exchange->body_buf))
            err = buf_err(&exchange->body_buf);
    }
    if (err && err != ERR_AGAIN) {
        refuse(connection, err_http_status(err),
               err == ERR_INVALID ? "the body's chunks are malformed"
                                  : err_sentence(err));
        return false;
    }
    memmove(bytes, bytes + used, len - used);
    connection->input_end = connection->input_body + (uint32_t)(len - used);
    if (err == ERR_AGAIN) {
        note_body_progress(connection, used);
        if (connection->input_ended)
            http_connection_close(connection);
        return false;
    }
    exchange->body = buf_str(&exchange->body_buf);
    return dispatch(connection);
}

void http_connection_run(struct http_connection *connection)
{
    bool goes_on = true;
    http_connection_enter(connection);
    while (goes_on) {
        if (connection->state == CONNECTION_BODY)
            goes_on = take_body(connection);
        else if (connection->state == CONNECTION_IDLE ||
                 connection->state == CONNECTION_HEAD)
            goes_on = take_head(connection);
        else
            goes_on = false;
    }
    if (connection->state == CONNECTION_WEBSOCKET)
        http_websocket_run(connection);
    http_connection_leave(connection);
}

void http_connection_answered(struct http_connection *connection)
{
    http_connection_drop_exchange(connection);
    connection->input_start = connection->input_body;
    if (connection->close_after) {
        end_connection(connection);
        return;
    }
    connection->state = CONNECTION_IDLE;
    arm_idle(connection);
    http_connection_watch(connection);
}

/* ---- Events ------------------------------------------------------------- */

/* Reads once. False when the connection is closed. */
static bool receive(struct http_connection *connection)
{
    if (!connection->input) {
        connection->input = http_input_take(connection->server);
        connection->input_start = connection->input_end = 0;
    }
    if (!connection->input) {
        http_connection_close(connection);
        return false;
    }
    char *bytes = connection->input + connection->input_end;
    size_t room = HTTP_INPUT_BYTES - connection->input_end;
    int fd = connection->source.fd;
    ssize_t got = connection->transport
                      ? connection->transport->recv(connection->transport_state,
                                                    fd, bytes, room)
                      : recv(fd, bytes, room, 0);
    if (got > 0) {
        connection->input_end += (uint32_t)got;
    } else if (got == 0) {
        connection->input_ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        http_connection_close(connection);
        return false;
    }
    return true;
}

/* Whose side of the connection is at its end. */
static bool is_nobody_there(const struct http_connection *connection)
{
    return connection->state == CONNECTION_STREAMING ||
           (connection->state == CONNECTION_HANDLING &&
            connection->exchange->on_abandon &&
            connection->exchange->ended_is_gone);
}

static void on_readable(struct http_connection *connection)
{
    if (connection->state == CONNECTION_LINGERING || connection->tail) {
        drop_input(connection);
        return;
    }
    if (!receive(connection))
        return;
    if (!is_answering(connection) || connection->websocket)
        http_connection_run(connection);
    else if (connection->input_ended && is_nobody_there(connection))
        http_connection_close(connection);
    else
        http_connection_watch(connection);
}

static void on_stream_sent(struct http_connection *connection)
{
    struct http_exchange *exchange = connection->exchange;
    loop_timeout_cancel(&connection->timeout);
    http_connection_watch(connection);
    if (!connection->wants_room)
        return;
    connection->wants_room = false;
    if (exchange->on_room)
        exchange->on_room(exchange);
}

static void on_writable(struct http_connection *connection)
{
    struct http_output *output = &connection->output;
    enum http_sent result = http_output_flush(connection);
    if (result == SENT_ALL && connection->tail)
        result = http_tail_flush(connection);
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        http_connection_close(connection);
        return;
    }
    if (output->progress_bytes >= HTTP_PROGRESS_BYTES) {
        output->progress_bytes = 0;
        arm(connection, &connection->server->send_timeouts);
    }
    if (result == SENT_PART)
        return;
    http_output_finish(output);
    if (connection->tail) {
        loop_timeout_cancel(&connection->timeout);
        http_connection_watch(connection);
    } else if (connection->websocket) {
        http_websocket_on_sent(connection);
    } else if (connection->state == CONNECTION_STREAMING) {
        on_stream_sent(connection);
    } else {
        http_connection_answered(connection);
    }
}

void http_connection_on_events(void *context, uint32_t events)
{
    struct http_connection *connection = context;
    http_connection_enter(connection);
    if (events & EPOLLOUT) {
        on_writable(connection);
        http_connection_run(connection); /* what came meanwhile */
    }
    if (connection->state != CONNECTION_CLOSED) {
        if (events & EPOLLIN)
            on_readable(connection);
        else if (events & (EPOLLERR | EPOLLHUP))
            http_connection_close(connection);
    }
    http_connection_leave(connection);
}

void http_connection_on_timeout(void *server, struct loop_timeout *timeout)
{
    struct http_connection *connection =
        (struct http_connection *)((char *)timeout -
                                   offsetof(struct http_connection, timeout));
    (void)server;
    http_connection_enter(connection);
    if (connection->state == CONNECTION_HEAD ||
        connection->state == CONNECTION_BODY) {
        refuse(connection, 408, "the request took too long to come");
    } else if (connection->websocket) {
        http_websocket_on_timeout(connection);
    } else {
        if (connection->state != CONNECTION_IDLE)
            connection->server->counts.refused++;
        http_connection_close(connection);
    }
    http_connection_leave(connection);
}
