// SPDX-License-Identifier: Apache-2.0
#include "media/packet_ring.h"

#include <assert.h>
#include <stdlib.h>

enum { TRACKS = PACKET_AUDIO + 1 };

struct held {
    struct held *next;
    struct packet packet; /* its payload lies behind */
};

struct packet_ring {
    struct held *configs[TRACKS];
    struct held *first, *last; /* frames and gaps, oldest first */
    size_t bytes;
    int groups;        /* key frames among them */
    bool has_pictures; /* of this feed */
    bool is_blind;     /* … which are too old: sound alone, until the next */
};

enum err packet_ring_create(struct packet_ring **ret_ring)
{
    struct packet_ring *ring = calloc(1, sizeof *ring);
    if (!ring)
        return ERR_NO_MEMORY;
    *ret_ring = ring;
    return ERR_OK;
}

static bool is_group(const struct packet *packet)
{
    return packet->kind == PACKET_FRAME && packet->track == PACKET_VIDEO &&
           packet->is_key;
}

static void drop_first(struct packet_ring *ring)
{
    struct held *old = ring->first;
    ring->first = old->next;
    if (!ring->first)
        ring->last = NULL;
    ring->bytes -= old->packet.payload.len;
    ring->groups -= is_group(&old->packet);
    free(old);
}

static void drop_frames(struct packet_ring *ring)
{
    while (ring->first)
        drop_first(ring);
}

void packet_ring_clear(struct packet_ring *ring)
{
    drop_frames(ring);
    for (int i = 0; i < TRACKS; i++) {
        free(ring->configs[i]);
        ring->configs[i] = NULL;
    }
    ring->has_pictures = ring->is_blind = false;
}

void packet_ring_destroy(struct packet_ring *ring)
{
    if (!ring)
        return;
    packet_ring_clear(ring);
    free(ring);
}

/* A camera that fails, or key frames that are too far apart: the sound of the
 * last seconds goes on without. */
static void drop_pictures(struct packet_ring *ring)
{
    struct held *all = ring->first;
    ring->first = ring->last = NULL;
    while (all) {
        struct held *held = all;
        all = held->next;
        held->next = NULL;
        if (held->packet.track == PACKET_VIDEO) {
            ring->bytes -= held->packet.payload.len;
            ring->groups -= is_group(&held->packet);
            free(held);
            continue;
        }
        *(ring->last ? &ring->last->next : &ring->first) = held;
        ring->last = held;
    }
    ring->is_blind = true;
}

/* Up to the next frame that decoding can begin at. */
static void drop_group(struct packet_ring *ring)
{
    bool is_last = ring->groups == is_group(&ring->first->packet);
    if (ring->has_pictures && !ring->is_blind && is_last) {
        drop_pictures(ring);
        return;
    }
    drop_first(ring);
    while (ring->first && ring->has_pictures && !ring->is_blind &&
           !is_group(&ring->first->packet))
        drop_first(ring);
}

static bool is_over(const struct packet_ring *ring)
{
    if (!ring->first)
        return false;
    int64_t ticks = ring->last->packet.tick - ring->first->packet.tick;
    return ring->groups > PACKET_RING_GROUPS || ticks > PACKET_RING_TICKS_MAX ||
           ring->bytes > PACKET_RING_BYTES_MAX;
}

static struct held *copy(const struct packet *packet)
{
    struct held *held = malloc(sizeof *held + packet->payload.len);
    if (!held)
        return NULL;
    char *payload = (char *)(held + 1);
    if (packet->payload.len)
        memcpy(payload, packet->payload.ptr, packet->payload.len);
    *held = (struct held){.packet = *packet};
    held->packet.payload = str_of(payload, packet->payload.len);
    return held;
}

/* Frames that nothing can begin with are of no use. */
static bool is_wanted(const struct packet_ring *ring,
                      const struct packet *packet)
{
    if (packet->kind != PACKET_FRAME && packet->kind != PACKET_GAP)
        return false;
    if (ring->is_blind)
        return packet->track == PACKET_AUDIO || is_group(packet);
    return ring->first || !ring->has_pictures || is_group(packet);
}

/* Pictures made by another configuration, and sound of before there were any
 * pictures, cannot be begun with. */
static enum err keep_config(struct packet_ring *ring,
                            const struct packet *packet)
{
    struct held **config = &ring->configs[packet->track];
    if (*config && str_eq((*config)->packet.payload, packet->payload))
        return ERR_OK;
    free(*config);
    *config = copy(packet);
    if (packet->track == PACKET_VIDEO) {
        drop_frames(ring);
        ring->has_pictures = true;
        ring->is_blind = false;
    }
    return *config ? ERR_OK : ERR_NO_MEMORY;
}

enum err packet_ring_add(struct packet_ring *ring, const struct packet *packet)
{
    assert(packet->track < TRACKS);
    if (packet->kind == PACKET_CONFIG)
        return keep_config(ring, packet);
    if (!is_wanted(ring, packet))
        return ERR_OK;
    struct held *held = copy(packet);
    if (!held) {
        drop_frames(ring);
        return ERR_NO_MEMORY;
    }
    *(ring->last ? &ring->last->next : &ring->first) = held;
    ring->last = held;
    ring->bytes += packet->payload.len;
    ring->groups += is_group(packet);
    ring->is_blind &= !is_group(packet);
    while (is_over(ring))
        drop_group(ring);
    return ERR_OK;
}

bool packet_ring_write(const struct packet_ring *ring, struct buf *out)
{
    bool is_there = ring->first;
    for (int i = 0; i < TRACKS; i++) {
        if (ring->configs[i])
            packet_write(out, &ring->configs[i]->packet);
        is_there |= ring->configs[i] != NULL;
    }
    for (const struct held *held = ring->first; held; held = held->next)
        packet_write(out, &held->packet);
    return is_there;
}

size_t packet_ring_bytes(const struct packet_ring *ring)
{
    return ring->bytes;
}
