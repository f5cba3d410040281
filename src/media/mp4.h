// SPDX-License-Identifier: Apache-2.0
/* media/mp4.h: an MP4 file in one piece, for every player there is: all that
 * it tells of its samples stands in front (ISO/IEC 14496-12), pictures and
 * sound lie beside each other in pieces of half a second. */
#ifndef MEDIA_MP4_H
#define MEDIA_MP4_H

#include "media/fmp4.h"

struct mp4_track {
    struct fmp4_track about;
    const struct fmp4_sample *samples; /* in the order of decoding */
    size_t count;                      /* not 0 */
    /* By its timescale, from when its first sample is decoded: */
    int64_t shown_from; /* what is before is not shown */
    int64_t shown;      /* for so long */
    int64_t late;       /* so much after the beginning of the file */
};

/* Appends ftyp, moov and the head of mdat. ERR_TOO_LONG: it would be larger
 * than 4 GB. */
MUST_USE enum err mp4_write_head(struct buf *out,
                                 const struct mp4_track *tracks, size_t count);

/* What comes behind the head, sample by sample; false: put gave up. */
typedef bool mp4_put(void *context, struct str bytes);
bool mp4_each_sample(const struct mp4_track *tracks, size_t count, mp4_put *put,
                     void *context);

#endif
