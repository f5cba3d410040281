// SPDX-License-Identifier: Apache-2.0
#include "link/message_socket.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READ_BYTES = 256 * 1024,
    READ_BYTES_A_TURN = 4 << 20, /* then requests get their turn */
};

void message_socket_init(struct message_socket *socket, size_t out_bytes_max)
{
    assert(socket->loop && socket->on_bytes && socket->on_gone);
    socket->source.fd = -1;
    buf_init(&socket->in,
             MESSAGE_PAYLOAD_BYTES_MAX + READ_BYTES_A_TURN + READ_BYTES);
    buf_init(&socket->out, out_bytes_max);
}

void message_socket_finish(struct message_socket *socket)
{
    assert(!message_socket_is_open(socket));
    buf_finish(&socket->in);
    buf_finish(&socket->out);
}

void message_socket_close(struct message_socket *socket)
{
    if (!message_socket_is_open(socket))
        return;
    loop_remove(socket->loop, &socket->source);
    close(socket->source.fd);
    socket->source.fd = -1;
    buf_reset(&socket->in);
    buf_reset(&socket->out);
}

static void lose(struct message_socket *socket)
{
    if (!message_socket_is_open(socket))
        return;
    message_socket_close(socket);
    socket->on_gone(socket->context);
}

void message_socket_flush(struct message_socket *socket)
{
    struct buf *out = &socket->out;
    size_t sent = 0;
    while (message_socket_is_open(socket) && sent < out->len) {
        ssize_t n = send(socket->source.fd, out->ptr + sent, out->len - sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            lose(socket);
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    if (!message_socket_is_open(socket))
        return;
    buf_drop_front(out, sent);
    loop_watch(socket->loop, &socket->source,
               EPOLLIN | (out->len ? (uint32_t)EPOLLOUT : 0));
}

/* False when the other side is gone. */
static bool read_some(struct message_socket *socket)
{
    for (size_t total = 0; total < READ_BYTES_A_TURN;) {
        char *room = buf_reserve(&socket->in, READ_BYTES);
        if (!room)
            return false;
        ssize_t got = recv(socket->source.fd, room, READ_BYTES, MSG_DONTWAIT);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN;
        if (got == 0)
            return false;
        buf_grown(&socket->in, (size_t)got);
        total += (size_t)got;
    }
    return true;
}

static bool take_messages(struct message_socket *socket)
{
    struct str rest = buf_str(&socket->in);
    bool fine = socket->on_bytes(socket->context, &rest);
    buf_drop_front(&socket->in, socket->in.len - rest.len);
    return fine;
}

static void on_events(void *context, uint32_t events)
{
    struct message_socket *socket = context;
    bool open = true;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
        open = read_some(socket);
        open = take_messages(socket) && open; /* also what was said last */
    }
    if (open)
        message_socket_flush(socket);
    else
        lose(socket);
}

void message_socket_adopt(struct message_socket *socket, int fd)
{
    lose(socket);
    socket->source = (struct loop_source){
        .fd = fd,
        .on_events = on_events,
        .context = socket,
    };
    if (loop_add(socket->loop, &socket->source, EPOLLIN)) {
        close(fd);
        socket->source.fd = -1;
    }
}
