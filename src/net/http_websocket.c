// SPDX-License-Identifier: Apache-2.0
#include "net/http_websocket.h"

#include <assert.h>
#include <sys/socket.h>

#include "net/http_connection_internal.h"

enum { FIELDS_BYTES_MAX = 512, CODE_BYTES = 2 };

/* ---- The end ------------------------------------------------------------- */

/* Socket and connection know each other no more. */
static struct http_websocket *detach(struct http_connection *connection)
{
    struct http_websocket *socket = connection->websocket;
    if (!socket)
        return NULL;
    connection->websocket = NULL;
    socket->connection = NULL;
    websocket_reader_finish(&socket->reader);
    return socket;
}

void http_websocket_abandon(struct http_connection *connection)
{
    struct http_websocket *socket = detach(connection);
    if (socket)
        socket->on_gone(socket);
}

static size_t write_close(char target[WEBSOCKET_CONTROL_BYTES_MAX],
                          enum websocket_code code, struct str reason)
{
    if (code == WEBSOCKET_CODE_NONE)
        return 0;
    assert(reason.len <= WEBSOCKET_CONTROL_BYTES_MAX - CODE_BYTES);
    target[0] = (char)(code >> 8);
    target[1] = (char)code;
    memcpy(target + CODE_BYTES, reason.ptr, reason.len);
    return CODE_BYTES + reason.len;
}

/* Says so in one attempt, and hangs up. The client's own close, which it owes
 * us or has sent already, is waited for with what else comes. */
static void finish(struct http_connection *connection, enum websocket_code code,
                   struct str reason)
{
    char payload[WEBSOCKET_CONTROL_BYTES_MAX];
    unsigned char head[WEBSOCKET_SERVER_HEAD_BYTES_MAX];
    size_t payload_bytes = write_close(payload, code, reason);
    size_t head_bytes =
        websocket_write_head(head, WEBSOCKET_OP_CLOSE, payload_bytes);
    const struct iovec parts[] = {{head, head_bytes}, {payload, payload_bytes}};
    http_connection_enter(connection);
    struct http_websocket *socket = detach(connection);
    bool is_sent =
        http_output_is_empty(&connection->output) &&
        http_output_try(connection, parts, payload_bytes ? 2 : 1, false) ==
            (ssize_t)(head_bytes + payload_bytes);
    if (is_sent && !connection->transport && !connection->input_ended)
        http_connection_linger(connection);
    else
        http_connection_close(connection);
    http_connection_leave(connection);
    socket->on_gone(socket);
}

/* ---- Sending ------------------------------------------------------------- */

static void await_silence(struct http_connection *connection)
{
    loop_timeout_arm(connection_loop(connection),
                     &connection->server->websocket_timeouts,
                     &connection->timeout);
}

static void await_room(struct http_connection *connection)
{
    connection->output.progress_bytes = 0;
    loop_timeout_arm(connection_loop(connection),
                     &connection->server->send_timeouts, &connection->timeout);
}

/* Only while nothing else is under way. The connection may be closed
 * afterwards. */
static void send_frame(struct http_connection *connection,
                       enum websocket_opcode opcode, struct str payload)
{
    unsigned char head[WEBSOCKET_SERVER_HEAD_BYTES_MAX];
    struct http_parts parts = {.count = 0};
    assert(http_output_is_empty(&connection->output));
    http_parts_add(&parts,
                   str_of((const char *)head,
                          websocket_write_head(head, opcode, payload.len)));
    http_parts_add(&parts, payload);
    enum http_sent result = http_output_parts(connection, &parts, false);
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        http_connection_close(connection);
    } else if (result == SENT_PART) {
        await_room(connection);
    }
}

void http_websocket_answer(struct http_websocket *socket, struct str text,
                           enum websocket_code end)
{
    struct http_connection *connection = socket->connection;
    assert(socket->is_answer_due && connection);
    assert(text.len <= HTTP_WEBSOCKET_ANSWER_BYTES_MAX);
    socket->is_answer_due = false;
    if (!socket->end)
        socket->end = end;
    http_connection_enter(connection);
    send_frame(connection, WEBSOCKET_OP_TEXT, text);
    if (connection->users == 1) /* else somebody further up is about to */
        http_websocket_run(connection);
    http_connection_leave(connection);
}

void http_websocket_on_sent(struct http_connection *connection)
{
    await_silence(connection);
    http_websocket_run(connection);
}

/* ---- Reading ------------------------------------------------------------- */

static bool may_read(const struct http_connection *connection)
{
    const struct http_websocket *socket = connection->websocket;
    return socket && !socket->is_answer_due && !socket->end &&
           http_output_is_empty(&connection->output);
}

/* Of many pings only the last one is answered (§5.5.3). */
static void note_ping(struct http_websocket *socket, struct str payload)
{
    memcpy(socket->pong, payload.ptr, payload.len);
    socket->pong_bytes = (uint8_t)payload.len;
    socket->is_pong_due = true;
}

static void take_event(struct http_connection *connection,
                       enum websocket_event event, struct str payload,
                       enum websocket_code code)
{
    struct http_websocket *socket = connection->websocket;
    switch (event) {
    case WEBSOCKET_TEXT:
        socket->is_answer_due = true;
        socket->on_text(socket, payload);
        break;
    case WEBSOCKET_PING:
        note_ping(socket, payload);
        break;
    case WEBSOCKET_CLOSE: /* with the same code (§5.5.1) */
        finish(connection, code, str_of("", 0));
        break;
    case WEBSOCKET_FAILED:
        connection->server->counts.refused++;
        finish(connection, code, payload);
        break;
    case WEBSOCKET_PONG:
    case WEBSOCKET_MORE:
        break;
    }
}

/* Reads what is there, up to a message that is not answered at once. */
static void read_frames(struct http_connection *connection)
{
    while (may_read(connection) &&
           connection->input_start < connection->input_end) {
        struct http_websocket *socket = connection->websocket;
        struct str payload;
        enum websocket_code code;
        struct str bytes =
            str_of(connection->input + connection->input_start,
                   connection->input_end - connection->input_start);
        enum websocket_event event =
            websocket_read(&socket->reader, &bytes, &payload, &code);
        connection->input_start = connection->input_end - (uint32_t)bytes.len;
        if (event != WEBSOCKET_MORE) { /* nobody lives on halves of frames */
            socket->silences = 0;
            await_silence(connection);
        }
        take_event(connection, event, payload, code);
    }
}

static void tidy_input(struct http_connection *connection)
{
    uint32_t bytes = connection->input_end - connection->input_start;
    if (!bytes) {
        http_input_give(connection->server, connection->input);
        connection->input = NULL;
    } else if (connection->input_start) {
        memmove(connection->input, connection->input + connection->input_start,
                bytes);
    }
    connection->input_start = 0;
    connection->input_end = bytes;
}

void http_websocket_run(struct http_connection *connection)
{
    http_connection_enter(connection);
    read_frames(connection);
    struct http_websocket *socket = connection->websocket;
    if (socket && socket->is_pong_due &&
        http_output_is_empty(&connection->output)) {
        socket->is_pong_due = false;
        send_frame(connection, WEBSOCKET_OP_PONG,
                   str_of(socket->pong, socket->pong_bytes));
    }
    socket = connection->websocket;
    if (socket) {
        tidy_input(connection);
        bool is_idle =
            !socket->is_answer_due && http_output_is_empty(&connection->output);
        if (is_idle && socket->end)
            finish(connection, socket->end, str_of("", 0));
        else if (is_idle && connection->input_ended)
            http_connection_close(connection); /* without a word */
        else
            http_connection_watch(connection);
    }
    http_connection_leave(connection);
}

/* ---- Time-outs ----------------------------------------------------------- */

void http_websocket_on_timeout(struct http_connection *connection)
{
    struct http_websocket *socket = connection->websocket;
    if (!http_output_is_empty(&connection->output)) {
        connection->server->counts.refused++;
        http_connection_close(connection); /* it takes nothing */
    } else if (++socket->silences == HTTP_WEBSOCKET_SILENCES) {
        connection->server->counts.refused++;
        finish(connection, WEBSOCKET_CODE_GOING_AWAY,
               STR("nothing was heard for too long"));
    } else {
        await_silence(connection);
        send_frame(connection, WEBSOCKET_OP_PING, str_of("", 0));
        if (connection->websocket)
            http_connection_watch(connection);
    }
}

void http_websocket_drain(struct http_connection *connection)
{
    struct http_websocket *socket = connection->websocket;
    if (!socket->end)
        socket->end = WEBSOCKET_CODE_GOING_AWAY;
    http_websocket_run(connection);
}

/* ---- The beginning ------------------------------------------------------- */

enum err http_websocket_begin(struct http_exchange *exchange,
                              const char *accept, struct str fields,
                              size_t text_bytes_max,
                              struct http_websocket *socket)
{
    assert(socket->on_text && socket->on_gone);
    struct http_connection *connection;
    DEFER(buf_finish) struct buf lines;
    buf_init(&lines, FIELDS_BYTES_MAX);
    buf_printf(&lines,
               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Accept: %s\r\n",
               accept);
    buf_add(&lines, fields);
    assert(!buf_err(&lines));
    enum http_sent result =
        http_answer_switch(exchange, buf_str(&lines), &connection);
    if (!connection)
        return ERR_CLOSED;
    assert(connection->users > 1); /* http_connection_run goes on */
    if (result == SENT_NOTHING_MORE_CAN_BE) {
        http_connection_close(connection);
        http_connection_leave(connection);
        return ERR_CLOSED;
    }
    *socket = (struct http_websocket){
        .on_text = socket->on_text,
        .on_gone = socket->on_gone,
        .connection = connection,
    };
    websocket_reader_init(&socket->reader, text_bytes_max);
    if (connection->server->draining)
        socket->end = WEBSOCKET_CODE_GOING_AWAY;
    connection->websocket = socket;
    connection->state = CONNECTION_WEBSOCKET;
    if (!connection->transport) {
        int bytes = HTTP_TAIL_SEND_BYTES;
        /* Where it fails the system's own limits hold. */
        (void)!setsockopt(connection->source.fd, SOL_SOCKET, SO_SNDBUF, &bytes,
                          sizeof bytes);
    }
    if (result == SENT_PART)
        await_room(connection);
    else
        await_silence(connection);
    http_connection_leave(connection);
    return ERR_OK;
}
