// SPDX-License-Identifier: Apache-2.0
/* media/fmp4.h: the boxes that players get television in: an initialisation
 * (ftyp, moov) and fragments (one moof, one mdat), of H.264 and AAC as they
 * came (ISO/IEC 14496-12, -14, -15; RFC 8216 §3.3). No edit lists: what the
 * boxes say is when it is shown. The same input gives the same bytes. */
#ifndef MEDIA_FMP4_H
#define MEDIA_FMP4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum { FMP4_TRACKS_MAX = 2 };

struct fmp4_track {
    bool is_sound;
    uint32_t timescale;     /* of its times and durations, a second */
    struct str config;      /* avcC, or AudioSpecificConfig */
    unsigned width, height; /* of pictures, in pixels */
    unsigned aspect_width, aspect_height; /* of one of them */
    unsigned rate, channels;              /* of sound */
};

/* Appends the initialisation. Tracks are numbered from 1 in this order. */
void fmp4_write_init(struct buf *out, const struct fmp4_track *tracks,
                     size_t count);

struct fmp4_sample {
    uint32_t duration;
    int32_t shown_after; /* its decoding */
    bool is_key;
    struct str bytes;
};

/* What a fragment has of one track. */
struct fmp4_run {
    unsigned track; /* its number */
    int64_t time;   /* of decoding the first sample; not negative */
    const struct fmp4_sample *samples;
    size_t count; /* not 0 */
};

/* Appends a fragment. sequence: grows from one to the next. */
void fmp4_write_fragment(struct buf *out, uint32_t sequence,
                         const struct fmp4_run *runs, size_t count);

#endif
