// SPDX-License-Identifier: Apache-2.0
/* helpers/media/mill.h: the work of the ladder, of one thread: the feed is
 * decoded once and encoded for each rung. It judges by how late what it is
 * given comes to it what can be made at all.
 *
 * When it falls behind rungs are shed, the dearest first: 720p takes four times
 * what 360p does, and whoever loses it has the source above and 360p below;
 * without 360p a slow line has no picture at all. Each is taken up again when
 * there was room for a while; a while that doubles when that was too early. */
#ifndef HELPERS_MEDIA_MILL_H
#define HELPERS_MEDIA_MILL_H

#include "mux.h"
#include "start.h"

struct mill;

enum mill_kind {
    MILL_CONFIG, /* format, wanted, bytes: avcc and asc, one behind the other */
    MILL_BEGIN,  /* tick, flag: it goes on with what another process made */
    MILL_PICTURE, /* tick, shown_after, flag: a key frame; bytes */
    MILL_SOUND,   /* tick, bytes */
    MILL_CUT,     /* tick, cut; in front of the picture with which it begins */
    MILL_END,     /* tick */
    MILL_LOST,    /* pictures that there was no room for */
};

struct mill_task {
    enum mill_kind kind;
    bool flag;
    enum cut cut;
    int64_t tick;
    int32_t shown_after;
    struct str bytes;
    size_t avcc_len;
    unsigned
        wanted; /* 1 << rendition, of those that are smaller than the feed */
    struct mux_format format;
};

/* out: where messages go. ERR_NO_MEMORY. */
MUST_USE enum err mill_create(const struct start *start, struct buf *out,
                              struct mill **ret_mill);
void mill_destroy(struct mill *mill); /* accepts NULL */

/* waited_us: how long it lay there; now_us: of a clock that only goes forward.
 */
void mill_do(struct mill *mill, const struct mill_task *task, int64_t waited_us,
             int64_t now_us);

/* What should be made and is not, for want of time: 1 << rendition. */
unsigned mill_shed(const struct mill *mill);

/* Pictures that rungs which should be made do not have. */
int64_t mill_dropped(const struct mill *mill);

#endif
