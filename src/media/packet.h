// SPDX-License-Identifier: Apache-2.0
/* media/packet.h: sound and pictures on their way from the ingest to the
 * program that decodes them: whole packets over a Unix socket, each with a head
 * of fixed length, in this machine's byte order. A half-written one can only be
 * the last before the connection broke, so a crash corrupts nothing. */
#ifndef MEDIA_PACKET_H
#define MEDIA_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
    PACKET_HEAD_BYTES = 32,
    PACKET_PAYLOAD_BYTES_MAX = 8 << 20,
};

enum packet_kind {
    PACKET_CONFIG = 1, /* what a decoder must know first; of a feed, or anew */
    PACKET_FRAME = 2,
    PACKET_GAP = 3, /* some were left out in front of what follows */
    PACKET_END = 4, /* of the feed */
};

enum packet_track { PACKET_VIDEO, PACKET_AUDIO };

struct packet {
    uint8_t kind;        /* enum packet_kind */
    uint8_t track;       /* enum packet_track */
    bool is_key;         /* of pictures: decoding can begin here */
    int64_t tick;        /* of decoding, of 90,000 a second */
    int32_t shown_after; /* ticks later it is seen or heard */
    struct str payload;  /* borrowed */
};

/* Appends head and payload. */
void packet_write(struct buf *out, const struct packet *packet);

/* Takes one off the front. ERR_AGAIN: more bytes are needed. ERR_INVALID: this
 * is no packet; the connection is of no more use. */
MUST_USE enum err packet_read(struct str *bytes, struct packet *ret_packet);

#endif
