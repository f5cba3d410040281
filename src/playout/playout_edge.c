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
    REFILL_BYTES = 8 << 20,   /* another channel is told when less is waiting */
    KEPT_BYTES_MAX = 1 << 20, /* memory of a queue that is empty */
};

struct buf *playout_edge_out(const struct channel *channel)
{
    struct playout *playout = channel->playout;
    return playout->edge.fd >= 0 && channel->is_with_edge ? &playout->edge_out
                                                          : NULL;
}

/* ---- Everything, to an edge that knows nothing ------------------------------
 */

static size_t waiting(const struct playout *playout)
{
    return playout->edge_out.len - playout->edge_sent;
}

/* Channel by channel, as fast as it reads: what is made of the others meanwhile
 * is in their recordings. */
static void refill(struct playout *playout)
{
    struct buf *out = &playout->edge_out;
    for (size_t i = 0; i < playout->channel_count; i++) {
        struct channel *channel = playout->channels[i];
        if (channel->is_with_edge)
            continue;
        if (waiting(playout) >= REFILL_BYTES)
            return;
        channel->is_with_edge = true;
        station_tell_all(&channel->station, out);
    }
    if (!playout->edge_is_ready) {
        message_put(out, MESSAGE_LIVE_READY, 0);
        playout->edge_is_ready = true;
        log_info("the edge is told what is on air",
                 LOG_INT("channels", (int64_t)playout->channel_count));
    }
}

/* ---- Its socket -------------------------------------------------------------
 */

void playout_edge_close(struct playout *playout)
{
    if (playout->edge.fd < 0)
        return;
    loop_remove(playout->loop, &playout->edge);
    close(playout->edge.fd);
    playout->edge.fd = -1;
    buf_finish(&playout->edge_in);
    buf_finish(&playout->edge_out);
    playout->edge_sent = 0;
    playout->edge_is_ready = false;
    for (size_t i = 0; i < playout->channel_count; i++)
        playout->channels[i]->is_with_edge = false;
}

static void lose(struct playout *playout, const char *why)
{
    log_warn("the edge is gone; it is told everything when it is back",
             LOG_C("cause", why));
    playout_edge_close(playout);
}

static void tidy(struct playout *playout)
{
    struct buf *out = &playout->edge_out;
    if (!waiting(playout) && out->capacity > KEPT_BYTES_MAX) {
        buf_finish(out);
        buf_init(out, OUT_BYTES_MAX);
        playout->edge_sent = 0;
    } else if (playout->edge_sent > out->len / 2) {
        buf_drop_front(out, playout->edge_sent);
        playout->edge_sent = 0;
    }
}

/* As much as it takes now; false when it is gone, errno says why. */
static bool send_waiting(struct playout *playout)
{
    while (waiting(playout)) {
        struct str rest =
            str_from(buf_str(&playout->edge_out), playout->edge_sent);
        ssize_t n = send(playout->edge.fd, rest.ptr, rest.len,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN;
        playout->edge_sent += (size_t)n;
    }
    return true;
}

void playout_edge_flush(struct playout *playout)
{
    if (playout->edge.fd < 0)
        return;
    refill(playout);
    if (buf_err(&playout->edge_out)) {
        lose(playout, "it does not read");
        return;
    }
    if (!send_waiting(playout)) {
        lose(playout, strerror(errno));
        return;
    }
    tidy(playout);
    bool has_more = waiting(playout) || !playout->edge_is_ready;
    loop_watch(playout->loop, &playout->edge,
               EPOLLIN | (has_more ? (uint32_t)EPOLLOUT : 0));
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
        else if (message.kind == MESSAGE_LIVE_SAY &&
                 !playout_captioner_say(playout, message.number,
                                        message.payload, &playout->edge_out))
            return false;
    }
    buf_drop_front(in, in->len - rest.len);
    return err == ERR_AGAIN;
}

static void on_events(void *context, uint32_t events)
{
    struct playout *playout = context;
    /* Its death is the supervisor's to tell, when nobody asked for it. */
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !read_edge(playout))
        playout_edge_close(playout);
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
    buf_add_c(&playout->edge_out, LINK_GREETING_LIVE);
    message_put(&playout->edge_out, MESSAGE_LIVE_BEGIN, 0);
    playout_edge_flush(playout);
}
