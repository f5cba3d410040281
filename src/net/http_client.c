// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/time.h"
#include "net/http_body.h"

enum {
    TIMEOUT_S = 30,
    ANSWER_BYTES_MAX = 16 << 20,
    RECEIVE_BYTES = 16384,
    REQUEST_HEAD_BYTES_MAX = 32768,
};

/* One exchange with a server. */
struct call {
    int fd;
    int64_t deadline_us;
    char where[ADDRESS_TEXT_BYTES];
    struct fault *fault;
};

static enum err system_fault(const struct call *call, int number)
{
    if (number == ENOENT || number == ECONNREFUSED)
        return fault_set(call->fault, ERR_CLOSED, NULL,
                         "nobody listens on %s; is the server running?",
                         call->where);
    return fault_set(call->fault,
                     number == ECONNRESET || number == EPIPE ? ERR_CLOSED
                                                             : ERR_IO,
                     NULL, "%s: %s", call->where, strerrordesc_np(number));
}

/* Waits until the socket is ready for events. */
static enum err await(const struct call *call, short events)
{
    struct pollfd wait = {.fd = call->fd, .events = events};
    for (;;) {
        int64_t left_us = call->deadline_us - clock_now_us();
        int ready = left_us > 0 ? poll(&wait, 1, (int)(left_us / 1000 + 1)) : 0;
        if (ready > 0)
            return ERR_OK;
        if (ready < 0 && errno != EINTR)
            return system_fault(call, errno);
        if (left_us <= 0)
            return fault_set(call->fault, ERR_TIMEOUT, NULL,
                             "%s did not answer in time", call->where);
    }
}

/* ---- Connecting --------------------------------------------------------- */

static enum err finish_connecting(const struct call *call)
{
    int number = 0;
    socklen_t bytes = sizeof number;
    enum err err = await(call, POLLOUT);
    if (err)
        return err;
    if (getsockopt(call->fd, SOL_SOCKET, SO_ERROR, &number, &bytes) < 0)
        number = errno;
    return number ? system_fault(call, number) : ERR_OK;
}

/* call->fd is the caller's to close, also after a failure. */
static enum err open_call(struct call *call, const struct address *address)
{
    address_format(address, call->where);
    call->fd = socket(address->socket.ss_family,
                      SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (call->fd < 0)
        return system_fault(call, errno);
    if (connect(call->fd, (const struct sockaddr *)&address->socket,
                address->socket_bytes) == 0)
        return ERR_OK;
    return errno == EINPROGRESS ? finish_connecting(call)
                                : system_fault(call, errno);
}

enum err http_client_connect(const struct address *address, int64_t timeout_us,
                             int *ret_fd, struct fault *fault)
{
    assert(ret_fd);
    struct call call = {
        .fd = -1,
        .deadline_us = clock_now_us() + timeout_us,
        .fault = fault,
    };
    enum err err = open_call(&call, address);
    if (!err &&
        fcntl(call.fd, F_SETFL, fcntl(call.fd, F_GETFL) & ~O_NONBLOCK) < 0)
        err = system_fault(&call, errno);
    if (err) {
        fd_close(&call.fd);
        return err;
    }
    *ret_fd = call.fd;
    return ERR_OK;
}

/* ---- Sending ------------------------------------------------------------ */

static void write_head(struct buf *out,
                       const struct http_client_request *request)
{
    buf_add(out, http_method_name(request->method));
    buf_add_char(out, ' ');
    buf_add(out, request->target);
    buf_add(out, STR(" HTTP/1.1\r\nConnection: close\r\nHost: "));
    buf_add(out, request->host.len ? request->host : STR("localhost"));
    buf_add(out, STR("\r\n"));
    if (request->content_type.len) {
        buf_add(out, STR("Content-Type: "));
        buf_add(out, request->content_type);
        buf_add(out, STR("\r\n"));
    }
    bool may_have_body = request->method == HTTP_POST ||
                         request->method == HTTP_PUT ||
                         request->method == HTTP_PATCH;
    if (request->body.len || may_have_body)
        buf_printf(out, "Content-Length: %zu\r\n", request->body.len);
    buf_add(out, request->fields);
    buf_add(out, STR("\r\n"));
}

static enum err send_all(const struct call *call, struct str bytes)
{
    while (bytes.len) {
        ssize_t sent = send(call->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes = str_from(bytes, (size_t)sent);
            continue;
        }
        /* A server may answer and hang up before it has read everything:
         * what it says is worth reading. */
        if (errno == EPIPE || errno == ECONNRESET)
            return ERR_OK;
        if (errno != EAGAIN && errno != EINTR)
            return system_fault(call, errno);
        enum err err = await(call, POLLOUT);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err send_request(const struct call *call,
                             const struct http_client_request *request)
{
    DEFER(buf_finish) struct buf head;
    buf_init(&head, REQUEST_HEAD_BYTES_MAX);
    write_head(&head, request);
    if (buf_err(&head))
        return fault_set(call->fault, buf_err(&head), NULL,
                         "the request's head is too long");
    enum err err = send_all(call, buf_str(&head));
    return err ? err : send_all(call, request->body);
}

/* ---- Receiving ---------------------------------------------------------- */

/* Appends what comes next; ERR_CLOSED at the end. */
static enum err receive(const struct call *call, struct buf *in)
{
    for (;;) {
        char *room = buf_reserve(in, RECEIVE_BYTES);
        if (!room)
            return fault_set(call->fault, buf_err(in), NULL,
                             "the answer of %s is too long", call->where);
        ssize_t got = recv(call->fd, room, RECEIVE_BYTES, 0);
        if (got > 0) {
            buf_grown(in, (size_t)got);
            return ERR_OK;
        }
        if (got == 0 || errno == ECONNRESET)
            return ERR_CLOSED;
        if (errno != EAGAIN && errno != EINTR)
            return system_fault(call, errno);
        enum err err = await(call, POLLIN);
        if (err)
            return err;
    }
}

static enum err hung_up(const struct call *call)
{
    return fault_set(call->fault, ERR_CLOSED, NULL,
                     "%s hung up before its answer was complete", call->where);
}

/* The final head; it and what came behind it stay in in. */
static enum err receive_head(const struct call *call, enum http_method method,
                             struct buf *in, struct http_response *head)
{
    struct http_head_progress progress = {0};
    for (;;) {
        enum err err =
            http_response_parse(buf_str(in), method, &progress, head);
        if (!err && head->status >= 200)
            return ERR_OK;
        if (!err) { /* 100 (Continue) and such are not the answer */
            buf_drop_front(in, head->head_bytes);
            progress.seen_bytes = 0;
            continue;
        }
        if (err != ERR_AGAIN)
            return fault_set(call->fault, err, NULL,
                             "what %s answers is not HTTP: %s", call->where,
                             head->reason);
        err = receive(call, in);
        if (err)
            return err == ERR_CLOSED ? hung_up(call) : err;
    }
}

/* Decodes the body into body; in is used up. */
static enum err receive_body(const struct call *call,
                             const struct http_response *head, struct buf *in,
                             struct buf *body)
{
    struct http_body decoder;
    size_t used, data;
    enum err err = http_body_init_response(&decoder, head, body->max);
    while (!err) {
        err = http_body_decode(&decoder, in->ptr, in->len, &used, &data);
        if (err && err != ERR_AGAIN)
            break;
        buf_add_bytes(body, in->ptr, data);
        if (!err)
            return buf_err(body);
        buf_reset(in);
        err = receive(call, in);
        if (err == ERR_CLOSED)
            return decoder.until_close ? buf_err(body) : hung_up(call);
    }
    return fault_set(call->fault, err, NULL,
                     err == ERR_TOO_LONG ? "the answer of %s is too long"
                                         : "the answer of %s is malformed",
                     call->where);
}

static enum err receive_answer(const struct call *call,
                               const struct http_client_request *request,
                               struct arena *arena,
                               struct http_client_answer *answer)
{
    size_t max =
        request->body_bytes_max ? request->body_bytes_max : ANSWER_BYTES_MAX;
    DEFER(buf_finish) struct buf in;
    DEFER(buf_finish) struct buf body;
    buf_init(&in, HTTP_HEAD_BYTES_MAX + 2 * RECEIVE_BYTES);
    buf_init(&body, max);
    enum err err = receive_head(call, request->method, &in, &answer->head);
    if (err)
        return err;
    /* Parsed once more where it stays. */
    struct str head =
        arena_copy(arena, str_slice(buf_str(&in), 0, answer->head.head_bytes));
    err = http_response_parse(head, request->method,
                              &(struct http_head_progress){0}, &answer->head);
    assert(err == ERR_OK);
    buf_drop_front(&in, answer->head.head_bytes);
    err = receive_body(call, &answer->head, &in, &body);
    if (!err)
        answer->body = arena_copy(arena, buf_str(&body));
    return err;
}

enum err http_client_send(const struct address *address,
                          const struct http_client_request *request,
                          struct arena *arena,
                          struct http_client_answer *ret_answer,
                          struct fault *fault)
{
    assert(address);
    assert(request);
    assert(ret_answer);
    int64_t timeout_us = request->timeout_us ? request->timeout_us
                                             : TIMEOUT_S * TIME_US_PER_SECOND;
    struct call call = {
        .fd = -1,
        .deadline_us = clock_now_us() + timeout_us,
        .fault = fault,
    };
    enum err err = open_call(&call, address);
    if (!err)
        err = send_request(&call, request);
    if (!err)
        err = receive_answer(&call, request, arena, ret_answer);
    fd_close(&call.fd);
    return err;
}
