// SPDX-License-Identifier: Apache-2.0
/* media/packet_ring.h: the last packets of a feed, from a key frame on, so that
 * whoever decodes them can be started again in the middle of a broadcast and
 * misses nothing.
 *
 * It holds the configurations in force, and the groups of pictures that were
 * begun last; within limits, so that a feed without key frames fills no memory.
 * Of a feed without pictures it holds the last seconds, and so it does of the
 * sound when the last pictures are older than that. */
#ifndef MEDIA_PACKET_RING_H
#define MEDIA_PACKET_RING_H

#include <stddef.h>

#include "media/packet.h"

enum {
    PACKET_RING_GROUPS = 2,
    PACKET_RING_TICKS_MAX = 10 * 90000,
    PACKET_RING_BYTES_MAX = 16 << 20,
};

struct packet_ring;

/* ERR_NO_MEMORY. */
MUST_USE enum err packet_ring_create(struct packet_ring **ret_ring);
void packet_ring_destroy(struct packet_ring *ring); /* accepts NULL */

/* Copies the packet. ERR_NO_MEMORY: the ring is empty then. */
MUST_USE enum err packet_ring_add(struct packet_ring *ring,
                                  const struct packet *packet);

/* A feed ended: nothing of it is of use to the next. */
void packet_ring_clear(struct packet_ring *ring);

/* Appends what somebody who starts now needs, as packet_write does:
 * configurations, which encoders say once, then frames. False, and nothing
 * appended, while there is neither. */
bool packet_ring_write(const struct packet_ring *ring, struct buf *out);

size_t packet_ring_bytes(const struct packet_ring *ring); /* of frames held */

#endif
