// SPDX-License-Identifier: Apache-2.0
#include "net/http_tail.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "net/http_connection_internal.h"

/* ---- Pieces -------------------------------------------------------------- */

enum { SIZE_LINE_BYTES_MAX = 12 };

/* A chunk (RFC 9112 §7.1) with the text in its middle, which is all that a
 * client of HTTP/1.0 gets. */
struct http_piece {
    atomic_uint references;
    uint32_t size_line_bytes;
    uint32_t text_bytes;
    char bytes[];
};

struct http_piece *http_piece_create(struct str text)
{
    assert(text.len > 0 && text.len <= HTTP_PIECE_BYTES_MAX);
    char line[SIZE_LINE_BYTES_MAX];
    size_t line_bytes =
        (size_t)snprintf(line, sizeof line, "%zx\r\n", text.len);
    struct http_piece *piece =
        malloc(sizeof *piece + line_bytes + text.len + 2);
    if (!piece)
        return NULL;
    atomic_init(&piece->references, 1);
    piece->size_line_bytes = (uint32_t)line_bytes;
    piece->text_bytes = (uint32_t)text.len;
    memcpy(piece->bytes, line, line_bytes);
    memcpy(piece->bytes + line_bytes, text.ptr, text.len);
    memcpy(piece->bytes + line_bytes + text.len, "\r\n", 2);
    return piece;
}

struct http_piece *http_piece_hold(struct http_piece *piece)
{
    assert(piece);
    atomic_fetch_add_explicit(&piece->references, 1, memory_order_relaxed);
    return piece;
}

void http_piece_release(struct http_piece *piece)
{
    if (piece && atomic_fetch_sub_explicit(&piece->references, 1,
                                           memory_order_acq_rel) == 1)
        free(piece);
}

static struct str piece_bytes(const struct http_piece *piece, bool is_chunked)
{
    if (is_chunked)
        return str_of(piece->bytes,
                      piece->size_line_bytes + (size_t)piece->text_bytes + 2);
    return str_of(piece->bytes + piece->size_line_bytes, piece->text_bytes);
}

/* ---- Waiting ------------------------------------------------------------- */

static void drop_first(struct http_tail *tail)
{
    http_piece_release(tail->waiting[tail->first]);
    tail->first = (uint8_t)((tail->first + 1) % HTTP_TAIL_WAITING_MAX);
    tail->count--;
    tail->sent_bytes = 0;
}

bool http_tail_waits(const struct http_connection *connection)
{
    return connection->tail && connection->tail->count > 0;
}

enum http_sent http_tail_flush(struct http_connection *connection)
{
    struct http_tail *tail = connection->tail;
    while (tail->count) {
        struct str bytes = str_from(
            piece_bytes(tail->waiting[tail->first], connection->is_chunked),
            tail->sent_bytes);
        struct iovec part = {(void *)(uintptr_t)bytes.ptr, bytes.len};
        ssize_t sent = http_output_try(connection, &part, 1, false);
        if (sent < 0)
            return errno == EAGAIN ? SENT_PART : SENT_NOTHING_MORE_CAN_BE;
        connection->output.progress_bytes += (uint32_t)sent;
        tail->sent_bytes += (uint32_t)sent;
        if ((size_t)sent == bytes.len)
            drop_first(tail);
    }
    return SENT_ALL;
}

/* The tail and the connection know each other no more. */
static struct http_tail *detach(struct http_connection *connection)
{
    struct http_tail *tail = connection->tail;
    if (!tail)
        return NULL;
    connection->tail = NULL;
    tail->connection = NULL;
    while (tail->count)
        drop_first(tail);
    return tail;
}

void http_tail_abandon(struct http_connection *connection)
{
    struct http_tail *tail = detach(connection);
    if (tail)
        tail->on_gone(tail);
}

static void await_room(struct http_connection *connection)
{
    connection->output.progress_bytes = 0;
    loop_timeout_arm(connection_loop(connection),
                     &connection->server->send_timeouts, &connection->timeout);
    http_connection_watch(connection);
}

/* ---- The caller's -------------------------------------------------------- */

enum err http_tail_begin(struct http_exchange *exchange,
                         const struct http_answer *answer,
                         struct http_tail *tail)
{
    assert(tail->on_gone);
    assert(!answer->release);
    struct http_connection *connection;
    enum http_sent result =
        http_answer_begin_tail(exchange, answer, &connection);
    if (!connection)
        return ERR_CLOSED;
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        http_connection_close(connection);
        http_connection_leave(connection);
        return ERR_CLOSED;
    }
    tail->connection = connection;
    tail->first = tail->count = 0;
    tail->sent_bytes = 0;
    connection->tail = tail;
    connection->state = CONNECTION_STREAMING;
    connection->progress_bytes = 0;
    if (!connection->transport) {
        int bytes = HTTP_TAIL_SEND_BYTES;
        /* Where it fails the system's own limits hold. */
        (void)!setsockopt(connection->source.fd, SOL_SOCKET, SO_SNDBUF, &bytes,
                          sizeof bytes);
    }
    loop_timeout_cancel(&connection->timeout);
    if (result == SENT_PART)
        await_room(connection);
    else
        http_connection_watch(connection);
    http_connection_leave(connection);
    return ERR_OK;
}

enum err http_tail_send(struct http_tail *tail, struct http_piece *piece)
{
    struct http_connection *connection = tail->connection;
    assert(connection && connection->state == CONNECTION_STREAMING);
    bool is_idle = !tail->count && http_output_is_empty(&connection->output);
    if (tail->count == HTTP_TAIL_WAITING_MAX)
        return ERR_BUSY;
    size_t sent_bytes = 0;
    if (is_idle) {
        struct str bytes = piece_bytes(piece, connection->is_chunked);
        struct iovec part = {(void *)(uintptr_t)bytes.ptr, bytes.len};
        ssize_t sent = http_output_try(connection, &part, 1, false);
        if (sent < 0 && errno != EAGAIN) {
            shutdown(connection->source.fd, SHUT_RDWR); /* the loop sees it */
            return ERR_CLOSED;
        }
        sent_bytes = sent > 0 ? (size_t)sent : 0;
        if (sent_bytes == bytes.len)
            return ERR_OK;
    }
    tail->waiting[(tail->first + tail->count) % HTTP_TAIL_WAITING_MAX] =
        http_piece_hold(piece);
    tail->count++;
    if (is_idle) {
        tail->sent_bytes = (uint32_t)sent_bytes;
        await_room(connection);
    }
    return ERR_OK;
}

void http_tail_end(struct http_tail *tail)
{
    struct http_connection *connection = tail->connection;
    assert(connection && connection->state == CONNECTION_STREAMING);
    static char last_chunk[] = "0\r\n\r\n";
    struct iovec part = {last_chunk, sizeof last_chunk - 1};
    bool is_whole = !tail->count && http_output_is_empty(&connection->output);
    detach(connection);
    if (is_whole && connection->is_chunked &&
        http_output_try(connection, &part, 1, false) < 0) {
        /* Then it is just closed. */
    }
    http_connection_close(connection);
}
