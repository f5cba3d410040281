// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/outlet.h: packets on their way to the program that decodes
 * them. It never waits for it: when too much lies there, packets are left out
 * up to the next frame that decoding can begin at, counted, and the place is
 * marked with PACKET_GAP. */
#ifndef HELPERS_INGEST_OUTLET_H
#define HELPERS_INGEST_OUTLET_H

#include "media/intake.h"
#include "media/packet_ring.h"
#include "net/loop.h"

enum {
    OUTLET_BYTES_MAX = 24 << 20, /* a whole ring, and more */
    OUTLET_BYTES_RESUME = OUTLET_BYTES_MAX / 2,
};

struct outlet {
    struct loop *loop;
    struct loop_source source; /* fd -1: nobody is there */
    struct buf queue;
    size_t sent; /* of the queue's front */
    bool is_dropping;
    int64_t dropped; /* packets, of this outlet */
};

void outlet_init(struct outlet *outlet, struct loop *loop);

/* Writes to fd from now on, which becomes the outlet's, beginning with what the
 * ring holds. Who was there before is hung up on. */
void outlet_open(struct outlet *outlet, int fd, const struct packet_ring *ring);

/* intake: whose configurations are told again behind a gap. */
void outlet_put(struct outlet *outlet, const struct packet *packet,
                const struct intake *intake);

void outlet_close(struct outlet *outlet); /* also of one that is not open */

#endif
