// SPDX-License-Identifier: Apache-2.0
/* media/box_internal.h: the boxes that a fragmented MP4 (fmp4.h) and one in a
 * single piece (mp4.h) have in common: ISO/IEC 14496-12; the sections named in
 * box.c are of it. */
#ifndef MEDIA_BOX_INTERNAL_H
#define MEDIA_BOX_INTERNAL_H

#include "media/fmp4.h"

enum { BOX_MOVIE_HZ = 1000 }; /* of durations of the whole */

/* type: four letters. What it gives is for box_end. */
size_t box_begin(struct buf *out, const char *type);
size_t box_begin_full(struct buf *out, const char *type, unsigned version,
                      unsigned flags);
void box_end(struct buf *out, size_t start);

void box_patch_u32(struct buf *out, size_t at, size_t value);
void box_put_u64(struct buf *out, uint64_t value);
void box_put_zeros(struct buf *out, size_t count);

/* What a track knows of itself when its samples are in the same file. */
struct box_whole {
    uint32_t shown;      /* for how long, of BOX_MOVIE_HZ */
    uint32_t shown_from; /* what is before, by its own clock, is not */
    uint32_t late;       /* so much later than the others, of BOX_MOVIE_HZ */
    uint32_t duration;   /* of all of it, by its own clock */
    void (*put_tables)(struct buf *out, const void *context);
    const void *context;
};

/* duration: of BOX_MOVIE_HZ; 0: fragments tell. */
void box_put_mvhd(struct buf *out, size_t tracks, uint32_t duration);

/* whole: NULL when fragments follow. */
void box_put_trak(struct buf *out, const struct fmp4_track *track,
                  unsigned number, const struct box_whole *whole);

#endif
