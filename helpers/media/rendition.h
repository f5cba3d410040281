// SPDX-License-Identifier: Apache-2.0
/* helpers/media/rendition.h: what a playlist says of a rendition, as far as it
 * is known by what was made of it until now (PART_RENDITION). */
#ifndef HELPERS_MEDIA_RENDITION_H
#define HELPERS_MEDIA_RENDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct mux_format;

enum { RENDITION_CODECS_BYTES = 48 };

struct rendition_info {
    unsigned index;
    char codecs[RENDITION_CODECS_BYTES]; /* RFC 6381 */
    unsigned width, height, rate, channels;
    double frames;                /* a second */
    int64_t mean_bits, peak_bits; /* a second */
    int64_t told_peak;
    double told_frames;
    /* of the segment in the making, and of all before */
    int64_t segment_ticks, segment_bytes, all_ticks, all_bytes;
    int64_t picture_ticks, pictures;
};

void rendition_begin(struct rendition_info *info, unsigned index,
                     const struct mux_format *format);
void rendition_count(struct rendition_info *info, int64_t ticks, size_t bytes,
                     size_t pictures);
void rendition_end_segment(struct rendition_info *info);

/* Since it was written: so much that players should know. */
bool rendition_has_changed(const struct rendition_info *info);

/* Appends the message. */
void rendition_write(struct rendition_info *info, struct buf *out);

#endif
