// SPDX-License-Identifier: Apache-2.0
/* media/avc.h: H.264 in packets as RTMP and MP4 carry it: units behind their
 * lengths, and a record in front that a decoder must know (ISO/IEC 14496-15).
 */
#ifndef MEDIA_AVC_H
#define MEDIA_AVC_H

#include "media/h264.h"

struct avc_config {
    struct h264_sps sps;
    unsigned length_bytes; /* of the length before each unit: 1, 2 or 4 */
};

/* Reads an AVCDecoderConfigurationRecord (§5.3.3.1) and the first SPS in it.
 * ERR_INVALID. */
MUST_USE enum err avc_read_config(struct str record, struct avc_config *ret);

/* Takes the next unit off a packet. False at the end, and when what is left is
 * none. */
bool avc_next_unit(struct str *rest, unsigned length_bytes,
                   struct str *ret_unit);

/* Whether decoding can begin with it, whatever was before. */
bool avc_is_idr(struct str packet, unsigned length_bytes);

/* A number that no SPS and no PPS of the record has, for one that is to stand
 * beside them; -1 when there is none. */
int avc_free_number(struct str record);

/* Appends a record with the sets of both, for a stream that changes between
 * them at key frames. Lengths are of 4 bytes in both, and the pictures of one
 * kind. ERR_INVALID. */
MUST_USE enum err avc_join_configs(struct buf *out, struct str first,
                                   struct str second);

#endif
