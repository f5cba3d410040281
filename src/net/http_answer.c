// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <inttypes.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_connection_internal.h"
#include "net/http_status.h"

enum {
    LENGTH_LINE_BYTES = 48,
    CHUNK_LINE_BYTES = 24,
    STATUS_CLASS_AT = 9, /* "HTTP/1.1 200" */
};

/* ---- What every answer has in common ------------------------------------ */

static void release_now(void (*release)(void *owner), void *owner)
{
    if (release)
        release(owner);
}

/* The client went away while the handler had the exchange. */
static void drop_detached(struct http_exchange *exchange)
{
    struct http_server *server = exchange->server;
    http_input_give(server, exchange->input);
    buf_finish(&exchange->body_buf);
    server->counts.exchanges--;
    http_exchange_give(server, exchange);
}

/* The connection that the answer goes to, entered; NULL when it is gone, and
 * then the exchange is too. */
static struct http_connection *begin(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    if (!connection) {
        drop_detached(exchange);
        return NULL;
    }
    assert(connection->exchange == exchange);
    assert(connection->state == CONNECTION_HANDLING);
    bool is_last = connection->input_ended &&
                   connection->input_body == connection->input_end;
    connection->close_after = !exchange->request.keep_alive || is_last ||
                              connection->server->draining;
    connection->drops_body = exchange->request.method == HTTP_HEAD;
    http_connection_enter(connection);
    return connection;
}

/* The other side of begin: goes on with what the client sent meanwhile, unless
 * somebody further up the stack is about to. */
static void end(struct http_connection *connection)
{
    if (connection->users == 1)
        http_connection_run(connection);
    http_connection_leave(connection);
}

static struct str connection_line(const struct http_connection *connection)
{
    if (connection->close_after)
        return STR("Connection: close\r\n");
    if (connection->exchange->request.minor_version == 0)
        return STR("Connection: keep-alive\r\n");
    return str_of("", 0);
}

static void add_head_end(struct http_connection *connection,
                         struct http_parts *parts)
{
    http_parts_add(parts, connection_line(connection));
    http_parts_add(parts, loop_date_end(connection_loop(connection)));
}

static void await_room(struct http_connection *connection)
{
    connection->output.progress_bytes = 0;
    loop_timeout_arm(connection_loop(connection),
                     &connection->server->send_timeouts, &connection->timeout);
    http_connection_watch(connection);
}

/* What happens after the last attempt to send a whole answer. output holds
 * what is to be released if it could not be sent at once. */
static void settle(struct http_connection *connection, enum http_sent result)
{
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        http_connection_close(connection);
    } else if (result == SENT_PART) {
        await_room(connection);
    } else {
        http_output_finish(&connection->output);
        http_connection_answered(connection);
    }
}

static void send_whole(struct http_connection *connection,
                       struct http_parts *parts, void (*release)(void *owner),
                       void *owner)
{
    connection->state = CONNECTION_SENDING;
    connection->exchange->on_abandon = NULL;
    enum http_sent result = http_output_parts(connection, parts, false);
    if (result == SENT_ALL) { /* nearly always, and then it is short */
        release_now(release, owner);
        http_connection_answered(connection);
        return;
    }
    connection->output.release = release;
    connection->output.owner = owner;
    settle(connection, result);
}

/* ---- Ready pages -------------------------------------------------------- */

void http_answer_ready(struct http_exchange *exchange,
                       const struct http_ready *ready)
{
    struct http_connection *connection = begin(exchange);
    if (!connection) {
        release_now(ready->release, ready->owner);
        return;
    }
    struct http_parts parts;
    parts.count = parts.held = 0;
    void (*add)(struct http_parts *, struct str) =
        ready->release ? http_parts_add_held : http_parts_add;
    assert(ready->head.len > STATUS_CLASS_AT);
    unsigned class = (unsigned)(ready->head.ptr[STATUS_CLASS_AT] - '0') % 6;
    connection->server->counts.answers[class]++;
    add(&parts, ready->head);
    add_head_end(connection, &parts);
    if (!connection->drops_body)
        add(&parts, ready->body);
    send_whole(connection, &parts, ready->release, ready->owner);
    end(connection);
}

/* ---- Answers made now --------------------------------------------------- */

static void add_head(struct http_connection *connection,
                     struct http_parts *parts, const struct http_answer *answer,
                     struct str length_line)
{
    struct str status = http_status_line(answer->status);
    assert(status.len);
    connection->server->counts.answers[answer->status / 100]++;
    if (http_status_is_bodiless(answer->status))
        connection->drops_body = true;
    http_parts_add(parts, status);
    if (answer->content_type.len) {
        http_parts_add(parts, STR("Content-Type: "));
        http_parts_add(parts, answer->content_type);
        http_parts_add(parts, STR("\r\n"));
    }
    http_parts_add(parts, length_line);
    http_parts_add(parts, answer->fields);
    add_head_end(connection, parts);
}

/* RFC 9110 §8.6: none with 1xx and 204; with 304 it would be that of the 200,
 * which is not known here. */
static struct str format_length(char target[LENGTH_LINE_BYTES], int status,
                                uint64_t len)
{
    if (http_status_is_bodiless(status))
        return str_of("", 0);
    int bytes = snprintf(target, LENGTH_LINE_BYTES,
                         "Content-Length: %" PRIu64 "\r\n", len);
    return str_of(target, (size_t)bytes);
}

void http_answer(struct http_exchange *exchange,
                 const struct http_answer *answer)
{
    struct http_connection *connection = begin(exchange);
    if (!connection) {
        release_now(answer->release, answer->owner);
        return;
    }
    char length_line[LENGTH_LINE_BYTES];
    struct http_parts parts;
    parts.count = parts.held = 0;
    add_head(connection, &parts, answer,
             format_length(length_line, answer->status, answer->body.len));
    if (!connection->drops_body) {
        if (answer->release)
            http_parts_add_held(&parts, answer->body);
        else
            http_parts_add(&parts, answer->body);
    }
    send_whole(connection, &parts, answer->release, answer->owner);
    end(connection);
}

void http_answer_error(struct http_exchange *exchange, int status,
                       struct str message)
{
    struct buf text;
    buf_init(&text, HTTP_HEAD_BYTES_MAX);
    http_error_text(&text, status, message);
    http_answer(exchange, &(struct http_answer){
                              .status = status,
                              .content_type = STR("text/plain; charset=utf-8"),
                              .fields = STR("Cache-Control: no-store\r\n"),
                              .body = buf_str(&text),
                          });
    buf_finish(&text);
}

/* ---- Files -------------------------------------------------------------- */

void http_answer_file(struct http_exchange *exchange,
                      const struct http_answer *answer, int file_fd,
                      uint64_t offset, uint64_t len)
{
    struct http_connection *connection = begin(exchange);
    if (!connection) {
        close(file_fd);
        release_now(answer->release, answer->owner);
        return;
    }
    char length_line[LENGTH_LINE_BYTES];
    struct http_output *output = &connection->output;
    struct http_parts parts;
    parts.count = parts.held = 0;
    add_head(connection, &parts, answer,
             format_length(length_line, answer->status, len));
    connection->state = CONNECTION_SENDING;
    exchange->on_abandon = NULL;
    bool has_file = len > 0 && !connection->drops_body;
    output->release = answer->release;
    output->owner = answer->owner;
    output->file_fd = file_fd;
    output->file_offset = offset;
    output->file_left = has_file ? len : 0;
    enum http_sent result = http_output_parts(connection, &parts, has_file);
    if (result == SENT_ALL)
        result = http_output_flush(connection);
    settle(connection, result);
    end(connection);
}

/* ---- Streams ------------------------------------------------------------ */

/* Frames a piece as a chunk where that is due (RFC 9112 §7.1). */
static void add_piece(const struct http_connection *connection,
                      struct http_parts *parts, struct str piece,
                      char line[CHUNK_LINE_BYTES])
{
    if (piece.len == 0 || connection->drops_body)
        return;
    if (connection->is_chunked) {
        int bytes = snprintf(line, CHUNK_LINE_BYTES, "%zx\r\n", piece.len);
        http_parts_add(parts, str_of(line, (size_t)bytes));
    }
    http_parts_add(parts, piece);
    if (connection->is_chunked)
        http_parts_add(parts, STR("\r\n"));
}

enum err http_stream_begin(struct http_exchange *exchange,
                           const struct http_answer *answer,
                           void (*on_room)(struct http_exchange *exchange))
{
    assert(exchange->on_abandon);
    assert(!answer->release);
    struct http_connection *connection = begin(exchange);
    if (!connection)
        return ERR_CLOSED;
    char line[CHUNK_LINE_BYTES];
    struct http_parts parts;
    parts.count = parts.held = 0;
    connection->is_chunked = exchange->request.minor_version > 0;
    connection->close_after |= !connection->is_chunked;
    connection->wants_room = false;
    exchange->on_room = on_room;
    add_head(connection, &parts, answer,
             connection->is_chunked ? STR("Transfer-Encoding: chunked\r\n")
                                    : str_of("", 0));
    add_piece(connection, &parts, answer->body, line);
    enum http_sent result = http_output_parts(connection, &parts, false);
    enum err err = ERR_OK;
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        connection->state = CONNECTION_SENDING; /* nobody is to be told */
        http_connection_close(connection);
        err = ERR_CLOSED;
    } else {
        connection->state = CONNECTION_STREAMING;
        if (result == SENT_PART)
            await_room(connection);
    }
    http_connection_leave(connection);
    return err;
}

/* What the client sent behind the request is never looked at. */
static void forget_request(struct http_connection *connection)
{
    http_connection_drop_exchange(connection);
    http_input_give(connection->server, connection->input);
    connection->input = NULL;
    connection->input_start = connection->input_end = 0;
    connection->input_body = 0;
}

enum http_sent http_answer_begin_tail(struct http_exchange *exchange,
                                      const struct http_answer *answer,
                                      struct http_connection **ret_connection)
{
    struct http_connection *connection = *ret_connection = begin(exchange);
    if (!connection)
        return SENT_NOTHING_MORE_CAN_BE;
    char line[CHUNK_LINE_BYTES];
    struct http_parts parts;
    parts.count = parts.held = 0;
    connection->is_chunked = exchange->request.minor_version > 0;
    connection->close_after = true;
    add_head(connection, &parts, answer,
             connection->is_chunked ? STR("Transfer-Encoding: chunked\r\n")
                                    : str_of("", 0));
    add_piece(connection, &parts, answer->body, line);
    enum http_sent result = http_output_parts(connection, &parts, false);
    exchange->on_abandon = NULL;
    forget_request(connection);
    return result;
}

enum http_sent http_answer_switch(struct http_exchange *exchange,
                                  struct str fields,
                                  struct http_connection **ret_connection)
{
    struct http_connection *connection = *ret_connection = begin(exchange);
    if (!connection)
        return SENT_NOTHING_MORE_CAN_BE;
    const struct http_answer answer = {.status = 101, .fields = fields};
    struct http_parts parts;
    parts.count = parts.held = 0;
    connection->close_after = false; /* fields has a Connection of its own */
    add_head(connection, &parts, &answer, str_of("", 0));
    enum http_sent result = http_output_parts(connection, &parts, false);
    exchange->on_abandon = NULL;
    http_connection_drop_exchange(connection);
    connection->input_start = connection->input_body;
    return result;
}

size_t http_stream_waiting(const struct http_exchange *exchange)
{
    const struct http_connection *connection = exchange->connection;
    if (!connection)
        return 0;
    const struct http_output *output = &connection->output;
    size_t bytes = output->queue.len;
    for (unsigned i = output->part_at; i < output->part_count; i++)
        bytes += output->parts[i].iov_len;
    return bytes;
}

/* Sends the parts at once or puts them into the queue. */
static enum err send_or_queue(struct http_connection *connection,
                              struct http_parts *parts)
{
    struct buf *queue = &connection->output.queue;
    if (parts->count == 0)
        return ERR_OK;
    if (!http_output_is_empty(&connection->output)) {
        for (unsigned i = 0; i < parts->count; i++)
            buf_add_bytes(queue, parts->parts[i].iov_base,
                          parts->parts[i].iov_len);
        return buf_err(queue);
    }
    enum http_sent result = http_output_parts(connection, parts, false);
    if (result == SENT_NOTHING_MORE_CAN_BE)
        return ERR_CLOSED;
    if (result == SENT_PART)
        await_room(connection);
    return ERR_OK;
}

/* Makes sure that the loop notices what a write noticed just now. */
static void break_off(struct http_connection *connection)
{
    shutdown(connection->source.fd, SHUT_RDWR);
}

enum err http_stream_write(struct http_exchange *exchange, struct str piece)
{
    struct http_connection *connection = exchange->connection;
    assert(connection && connection->state == CONNECTION_STREAMING);
    char line[CHUNK_LINE_BYTES];
    struct http_parts parts;
    parts.count = parts.held = 0;
    if (piece.len > HTTP_STREAM_PIECE_BYTES_MAX)
        return ERR_TOO_LONG;
    if (http_stream_waiting(exchange) + piece.len >
        HTTP_STREAM_WAITING_BYTES_MAX) {
        connection->wants_room = true;
        return ERR_BUSY;
    }
    add_piece(connection, &parts, piece, line);
    enum err err = send_or_queue(connection, &parts);
    if (err) {
        break_off(connection);
        return ERR_CLOSED;
    }
    return ERR_OK;
}

void http_stream_end(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    assert(connection && connection->state == CONNECTION_STREAMING);
    struct http_parts parts;
    parts.count = parts.held = 0;
    http_connection_enter(connection);
    if (connection->is_chunked && !connection->drops_body)
        http_parts_add(&parts, STR("0\r\n\r\n"));
    exchange->on_abandon = NULL;
    connection->state = CONNECTION_SENDING;
    if (send_or_queue(connection, &parts)) {
        http_connection_close(connection);
    } else if (http_output_is_empty(&connection->output)) {
        http_output_finish(&connection->output);
        http_connection_answered(connection);
    }
    end(connection);
}

void http_exchange_abort(struct http_exchange *exchange)
{
    struct http_connection *connection = exchange->connection;
    if (!connection) {
        drop_detached(exchange);
        return;
    }
    exchange->on_abandon = NULL;
    connection->state = CONNECTION_SENDING; /* nobody is to be told */
    http_connection_close(connection);
}
