// SPDX-License-Identifier: Apache-2.0
/* edge/live_origin.h: what the playout tells, kept in order by the edge's first
 * thread, and handed on as stations and editions (live_edition.h) that all
 * threads share. A pure state machine: bytes in, changes out. */
#ifndef EDGE_LIVE_ORIGIN_H
#define EDGE_LIVE_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "edge/live_captions.h"
#include "edge/live_edition.h"
#include "link/message.h"

struct live_origin;

enum {
    LIVE_PICTURES_MAX = 4096,
    LIVE_PICTURE_BYTES_MAX = 64 * 1024,
    LIVE_POSTER_BYTES_MAX = 256 * 1024,
};

struct live_origin *live_origin_create(void);
void live_origin_destroy(struct live_origin *origin); /* accepts NULL */

/* Takes in a message of MESSAGE_LIVE_…. ERR_INVALID: it is none, or cannot be
 * understood; the connection is of no more use. */
MUST_USE enum err live_origin_take(struct live_origin *origin,
                                   const struct message *message);

/* What every thread has to know: exactly one of station, captions, edition and
 * is_gone is there. The references are the caller's. */
struct live_change {
    uint64_t channel;
    struct live_station *station;
    struct live_captions *captions;
    struct live_edition *edition;
    bool is_gone;
};

/* Takes the next change off; false when there is none, and while the playout is
 * still telling what it has. A station comes before its captions, and those
 * before its editions: who is told of a segment finds what is said in it. */
bool live_origin_next(struct live_origin *origin, struct live_change *ret);

/* Appends a LIVE_VIEWERS message, if there are channels. */
void live_origin_put_viewers(struct live_origin *origin, int64_t now_us,
                             struct buf *out);

#endif
