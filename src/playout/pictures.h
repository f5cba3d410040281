// SPDX-License-Identifier: Apache-2.0
/* playout/pictures.h: pictures of a channel, in memory: small ones of what can
 * be watched again, to scroll by, and the newest large one, for posters. */
#ifndef PLAYOUT_PICTURES_H
#define PLAYOUT_PICTURES_H

#include "link/live.h"
#include "media/part.h"

enum {
    PICTURES_MAX = 1440,
    PICTURE_BYTES_MAX = 64 << 10, /* what a maker may say */
    POSTER_BYTES_MAX = 256 << 10,
};

struct picture {
    uint64_t sequence; /* of the segment in which it is */
    int64_t start_us;
    char *jpeg;
    size_t len;
};

struct pictures {
    struct picture *list; /* oldest first */
    size_t count;
    struct picture poster; /* jpeg NULL: there is none */
};

/* ERR_NO_MEMORY. */
MUST_USE enum err pictures_open(struct pictures *pictures);
void pictures_close(struct pictures *pictures);

/* Keeps what a maker sent of kind PART_THUMBNAIL or PART_POSTER and tells it to
 * out, unless that is NULL. What is wrong with it, or NULL. */
const char *pictures_take(struct pictures *pictures, uint64_t channel,
                          uint64_t sequence, const struct part *part,
                          struct buf *out);

/* All there are, to an edge that knows none. */
void pictures_tell(const struct pictures *pictures, uint64_t channel,
                   struct buf *out);

#endif
