// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "link/live.h"
#include "link/message.h"
#include "net/address.h"
#include "playout/playout_internal.h"

enum {
    OUT_BYTES_MAX = 256 << 20,
    IN_BYTES_MAX = 1 << 20,
    READ_BYTES = 16 << 10,
    SEND_BUFFER_BYTES = 1 << 20,
};

struct buf *playout_edge_out(struct playout *playout)
{
    return playout->edge.fd >= 0 ? &playout->edge_out : NULL;
}

void playout_edge_close(struct playout *playout)
{
    if (playout->edge.fd < 0)
        return;
    loop_remove(playout->loop, &playout->edge);
    close(playout->edge.fd);
    playout->edge.fd = -1;
    buf_finish(&playout->edge_in);
    buf_finish(&playout->edge_out);
}

static void lose(struct playout *playout, const char *why)
{
    log_warn("the edge is gone; it is told everything when it is back",
             LOG_C("cause", why));
    playout_edge_close(playout);
}

void playout_edge_flush(struct playout *playout)
{
    struct buf *out = &playout->edge_out;
    size_t sent = 0;
    if (playout->edge.fd < 0)
        return;
    if (buf_err(out)) {
        lose(playout, "it does not read");
        return;
    }
    while (sent < out->len) {
        ssize_t n = send(playout->edge.fd, out->ptr + sent, out->len - sent,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN) {
            lose(playout, strerror(errno));
            return;
        }
        if (n < 0)
            break;
        sent += (size_t)n;
    }
    buf_drop_front(out, sent);
    loop_watch(playout->loop, &playout->edge,
               EPOLLIN | (out->len ? (uint32_t)EPOLLOUT : 0));
}

static void on_viewers(struct playout *playout, struct str payload)
{
    struct live_viewers viewers;
    while (live_next_viewers(&payload, &viewers)) {
        for (size_t i = 0; i < playout->channel_count; i++) {
            struct channel *channel = playout->channels[i];
            if (id_number(&channel->station.id) == viewers.channel)
                channel->viewers = viewers.viewers;
        }
    }
}

/* False when the edge is gone. */
static bool read_edge(struct playout *playout)
{
    struct buf *in = &playout->edge_in;
    char *room = buf_reserve(in, READ_BYTES);
    ssize_t got =
        room ? recv(playout->edge.fd, room, READ_BYTES, MSG_DONTWAIT) : -1;
    if (got < 0)
        return room && (errno == EAGAIN || errno == EINTR);
    if (got == 0)
        return false;
    buf_grown(in, (size_t)got);
    struct str rest = buf_str(in);
    struct message message;
    enum err err;
    while (!(err = message_next(&rest, &message))) {
        if (message.kind == MESSAGE_LIVE_VIEWERS)
            on_viewers(playout, message.payload);
    }
    buf_drop_front(in, in->len - rest.len);
    return err == ERR_AGAIN;
}

static void on_events(void *context, uint32_t events)
{
    struct playout *playout = context;
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !read_edge(playout))
        lose(playout, "it hung up");
    else
        playout_edge_flush(playout);
}

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (str_to_c(str_from_c(path), address.sun_path, sizeof address.sun_path))
        return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int room = SEND_BUFFER_BYTES;
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static void tell_everything(struct playout *playout)
{
    struct buf *out = &playout->edge_out;
    buf_add_c(out, LINK_GREETING_LIVE);
    message_put(out, MESSAGE_LIVE_BEGIN, 0);
    for (size_t i = 0; i < playout->channel_count; i++)
        station_tell_all(&playout->channels[i]->station, out);
    message_put(out, MESSAGE_LIVE_READY, 0);
}

/* The supervisor holds the socket, so dialling works while the edge is being
 * started again; it answers when it is there. */
void playout_edge_watch(struct playout *playout)
{
    if (playout->edge.fd >= 0 || !playout->channel_count)
        return;
    int fd = dial(playout->config.edge_path);
    if (fd < 0)
        return;
    buf_init(&playout->edge_in, IN_BYTES_MAX);
    buf_init(&playout->edge_out, OUT_BYTES_MAX);
    playout->edge = (struct loop_source){
        .fd = fd,
        .on_events = on_events,
        .context = playout,
    };
    if (loop_add(playout->loop, &playout->edge, EPOLLIN)) {
        close(fd);
        playout->edge.fd = -1;
        return;
    }
    tell_everything(playout);
    log_info("the edge is told what is on air",
             LOG_INT("channels", playout->channel_count),
             LOG_INT("bytes", playout->edge_out.len));
    playout_edge_flush(playout);
}
