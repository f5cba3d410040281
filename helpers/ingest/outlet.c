// SPDX-License-Identifier: Apache-2.0
#include "outlet.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

enum { KEPT_BYTES_MAX = 1 << 20 }; /* memory of a queue that is empty */

void outlet_init(struct outlet *outlet, struct loop *loop)
{
    *outlet = (struct outlet){.loop = loop, .source = {.fd = -1}};
    buf_init(&outlet->queue, 2 * (size_t)OUTLET_BYTES_MAX);
}

void outlet_close(struct outlet *outlet)
{
    if (outlet->source.fd >= 0) {
        loop_remove(outlet->loop, &outlet->source);
        close(outlet->source.fd);
    }
    outlet->source.fd = -1;
    buf_finish(&outlet->queue);
    buf_init(&outlet->queue, 2 * (size_t)OUTLET_BYTES_MAX);
    outlet->sent = 0;
    outlet->is_dropping = false;
}

static void tidy(struct outlet *outlet)
{
    struct buf *queue = &outlet->queue;
    if (outlet->sent == queue->len && queue->capacity > KEPT_BYTES_MAX) {
        buf_finish(queue);
        buf_init(queue, 2 * (size_t)OUTLET_BYTES_MAX);
        outlet->sent = 0;
    } else if (outlet->sent > queue->len / 2) {
        buf_drop_front(queue, outlet->sent);
        outlet->sent = 0;
    }
}

/* It may close the outlet. */
static void flush(struct outlet *outlet)
{
    while (outlet->sent < outlet->queue.len) {
        struct str rest = str_from(buf_str(&outlet->queue), outlet->sent);
        ssize_t sent = send(outlet->source.fd, rest.ptr, rest.len,
                            MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            break;
        if (sent < 0) {
            outlet_close(outlet);
            return;
        }
        outlet->sent += (size_t)sent;
    }
    tidy(outlet);
    loop_watch(outlet->loop, &outlet->source,
               outlet->queue.len > outlet->sent ? EPOLLOUT : 0);
}

static void on_events(void *context, uint32_t events)
{
    struct outlet *outlet = context;
    if (events & (EPOLLHUP | EPOLLERR)) {
        log_warn("the reader of a channel's packets went away");
        outlet_close(outlet);
    } else {
        flush(outlet);
    }
}

void outlet_open(struct outlet *outlet, int fd, const struct packet_ring *ring)
{
    outlet_close(outlet);
    outlet->source = (struct loop_source){
        .fd = fd, .on_events = on_events, .context = outlet};
    outlet->dropped = 0;
    if (loop_add(outlet->loop, &outlet->source, 0)) {
        log_error("no packets can be handed on",
                  LOG_C("cause", strerrordesc_np(errno)));
        close(fd);
        outlet->source.fd = -1;
        return;
    }
    packet_ring_write(ring, &outlet->queue);
    flush(outlet);
}

static size_t waiting(const struct outlet *outlet)
{
    return outlet->queue.len - outlet->sent;
}

/* Whether decoding can begin at the packet. */
static bool is_beginning(const struct packet *packet,
                         const struct intake *intake)
{
    if (packet->kind != PACKET_FRAME)
        return packet->kind == PACKET_END;
    return packet->track == PACKET_VIDEO ? packet->is_key
                                         : !intake->video.codec.len;
}

static void put_gap(struct outlet *outlet, int64_t tick,
                    const struct intake *intake)
{
    struct packet packet = {.kind = PACKET_GAP, .tick = tick};
    packet_write(&outlet->queue, &packet);
    for (uint8_t track = 0; track <= PACKET_AUDIO; track++) {
        packet.kind = PACKET_CONFIG;
        packet.track = track;
        packet.payload = buf_str(&intake->configs[track]);
        if (packet.payload.len)
            packet_write(&outlet->queue, &packet);
    }
}

void outlet_put(struct outlet *outlet, const struct packet *packet,
                const struct intake *intake)
{
    if (outlet->source.fd < 0)
        return;
    if (!outlet->is_dropping &&
        waiting(outlet) + packet->payload.len > OUTLET_BYTES_MAX) {
        outlet->is_dropping = true;
        log_warn("the reader of a channel's packets is too slow: some are "
                 "left out",
                 LOG_INT("waiting_bytes", waiting(outlet)));
    }
    if (outlet->is_dropping && is_beginning(packet, intake) &&
        (packet->kind == PACKET_END || waiting(outlet) < OUTLET_BYTES_RESUME)) {
        outlet->is_dropping = false;
        put_gap(outlet, packet->tick, intake);
    }
    if (outlet->is_dropping) {
        outlet->dropped++;
        return;
    }
    packet_write(&outlet->queue, packet);
    if (buf_err(&outlet->queue)) {
        log_error("no memory for a channel's packets: its reader is hung up on",
                  LOG_INT("waiting_bytes", waiting(outlet)));
        outlet_close(outlet);
        return;
    }
    flush(outlet);
}
