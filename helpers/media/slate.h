// SPDX-License-Identifier: Apache-2.0
/* helpers/media/slate.h: what is shown while the studio sends nothing: a
 * picture of a sheet of newspaper, and silence. It is encoded once and is a
 * feed like any other then, which goes round for ever. */
#ifndef HELPERS_MEDIA_SLATE_H
#define HELPERS_MEDIA_SLATE_H

#include "media/packet.h"
#include "media/part.h"

enum {
    SLATE_GROUP_TICKS = 2 * PART_CLOCK_HZ
}; /* from key frame to key frame */

struct slate;

/* Of this size or, of the same form, smaller; 0: sound only. rate 0: pictures
 * only. ERR_NO_MEMORY, ERR_INVALID. */
MUST_USE enum err slate_create(unsigned width, unsigned height, unsigned rate,
                               unsigned channels, struct slate **ret_slate);
void slate_destroy(struct slate *slate); /* accepts NULL */

/* PACKET_CONFIG of a track; false when it has none. */
bool slate_config(const struct slate *slate, enum packet_track track,
                  struct packet *ret_packet);

/* From now on it begins at tick. */
void slate_begin(struct slate *slate, int64_t tick);

/* The next frame before the tick; false when there is none. It lives as long as
 * the slate. */
bool slate_next(struct slate *slate, int64_t before, struct packet *ret_packet);

#endif
