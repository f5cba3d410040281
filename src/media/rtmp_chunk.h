// SPDX-License-Identifier: Apache-2.0
/* media/rtmp_chunk.h: RTMP's messages and the chunks they travel in (Adobe,
 * "Real-Time Messaging Protocol", 2012, §5.3). Several messages may be under
 * way at once, each on a chunk stream of its own. */
#ifndef MEDIA_RTMP_CHUNK_H
#define MEDIA_RTMP_CHUNK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
    RTMP_CHUNK_STREAMS_MAX = 16,      /* encoders use four */
    RTMP_MESSAGE_BYTES_MAX = 8 << 20, /* a key frame of ultra high definition */
    RTMP_UNDER_WAY_BYTES_MAX = 16 << 20,
    RTMP_CHUNK_BYTES_START = 128, /* §5.4.1 */
};

enum rtmp_type { /* §5.4, §7.1 */
                 RTMP_SET_CHUNK_SIZE = 1,
                 RTMP_ABORT = 2,
                 RTMP_ACKNOWLEDGEMENT = 3,
                 RTMP_USER_CONTROL = 4,
                 RTMP_WINDOW_SIZE = 5,
                 RTMP_PEER_BANDWIDTH = 6,
                 RTMP_AUDIO = 8,
                 RTMP_VIDEO = 9,
                 RTMP_DATA_AMF3 = 15,
                 RTMP_COMMAND_AMF3 = 17,
                 RTMP_DATA = 18,
                 RTMP_COMMAND = 20,
                 RTMP_AGGREGATE = 22,
};

struct rtmp_message {
    uint8_t type; /* enum rtmp_type, or one that nobody knows */
    uint32_t stream;
    uint32_t time_ms;   /* goes round */
    struct str payload; /* valid until the next call */
};

struct rtmp_chunk_stream {
    uint32_t id;
    bool is_open; /* it had a whole head */
    bool has_long_time;
    uint8_t type;
    uint32_t stream;
    uint32_t time_ms;
    uint32_t delta_ms;
    uint32_t len;       /* of the message under way */
    struct buf payload; /* what came of it */
};

struct rtmp_chunk_reader {
    uint32_t chunk_bytes;
    size_t under_way_bytes;
    struct rtmp_chunk_stream streams[RTMP_CHUNK_STREAMS_MAX];
    struct rtmp_chunk_stream *present; /* whose chunk has begun */
    size_t chunk_left;
    struct rtmp_chunk_stream *told; /* whose message was given out */
};

void rtmp_chunk_reader_init(struct rtmp_chunk_reader *reader);
void rtmp_chunk_reader_finish(struct rtmp_chunk_reader *reader);

/* Takes bytes off the front until a message is whole. Messages that are about
 * the chunks themselves (set chunk size, abort) are obeyed and not given out.
 * ERR_AGAIN: more bytes are needed; what is left in *bytes (less than 20) is to
 * be handed in again with what follows. ERR_INVALID, ERR_TOO_LONG: the
 * connection is of no more use. */
MUST_USE enum err rtmp_read_message(struct rtmp_chunk_reader *reader,
                                    struct str *bytes,
                                    struct rtmp_message *ret_message);

/* Appends a message in chunks of chunk_bytes on the chunk stream id (3 to 63;
 * 2 is the protocol's own). */
void rtmp_write_message(struct buf *out, uint32_t chunk_bytes, uint8_t id,
                        const struct rtmp_message *message);

#endif
