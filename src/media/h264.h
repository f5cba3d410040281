// SPDX-License-Identifier: Apache-2.0
/* media/h264.h: what has to be known of H.264 (ITU-T H.264, ISO/IEC 14496-10)
 * without decoding it: its units, how large the pictures are, and the two ways
 * of writing units down: behind start codes (annex B) and behind their length
 * (ISO/IEC 14496-15). */
#ifndef MEDIA_H264_H
#define MEDIA_H264_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum h264_unit { /* table 7-1 */
                 H264_SLICE = 1,
                 H264_IDR = 5,
                 H264_SEI = 6,
                 H264_SPS = 7,
                 H264_PPS = 8,
                 H264_DELIMITER = 9,
                 H264_FILLER = 12,
};

/* The type of a unit; 0 of an empty one. */
unsigned h264_unit_type(struct str unit);

/* Takes the first unit behind a start code off *bytes; false when there is no
 * more. Zeros behind it are left out. */
bool h264_next_unit(struct str *bytes, struct str *ret_unit);

struct h264_sps {
    unsigned profile, constraints, level; /* the level times ten */
    int64_t width, height; /* as shown, without what is cropped */
    unsigned aspect_width, aspect_height; /* of a pixel; 1:1 if not told */
};

/* §7.3.2.1.1. ERR_INVALID. */
MUST_USE enum err h264_read_sps(struct str unit, struct h264_sps *ret_sps);

/* The first SPS of an AVCDecoderConfigurationRecord. ERR_INVALID. */
MUST_USE enum err h264_config_sps(struct str config, struct str *ret_unit);

/* The number of an SPS, or of a PPS, by which others name it (§7.4.2.1.1,
 * §7.4.2.2); -1 when the unit is neither, or damaged. */
int h264_set_number(struct str unit);

enum { H264_PPS_MAX = 16 };

/* Appends an AVCDecoderConfigurationRecord for lengths of 4 bytes; 1 to
 * H264_PPS_MAX PPS. ERR_INVALID when the units cannot be of one. */
MUST_USE enum err h264_write_config(struct buf *out, struct str sps,
                                    const struct str *pps, size_t pps_count);

/* Appends the unit behind its length. */
void h264_write_unit(struct buf *out, struct str unit);

#endif
