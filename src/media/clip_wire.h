// SPDX-License-Identifier: Apache-2.0
/* media/clip_wire.h: what "broadsheet-media clip" reads from its standard input
 * and writes to its standard output: messages, each behind its length (4 bytes,
 * big-endian). It makes one clip and ends.
 *
 * Asked:    JSON: {"start_us":N, "end_us":N}, microseconds since 1970; the
 *           initialisation of a rendition; its fragments as the DVR has them,
 *           split anywhere, from a key frame at or before the start on; an
 *           empty message.
 * Answered: JSON: {"width":N, "height":N, "duration_us":N, "pictures":N,
 *           "encoded":N}, encoded being how many pictures are not the very ones
 *           that were on the air; a JPEG of the first picture; the MP4 file,
 *           split anywhere; an empty message.
 *           Or JSON: {"problem":"one sentence"}, and nothing behind it.
 *
 * A time is that of players: what they showed at start_us comes first, and what
 * they showed from end_us on does not come. */
#ifndef MEDIA_CLIP_WIRE_H
#define MEDIA_CLIP_WIRE_H

enum {
    CLIP_LENGTH_BYTES = 4,
    CLIP_MESSAGE_BYTES_MAX = 16 << 20,
    CLIP_BYTES_MAX = 512 << 20, /* of the fragments of one */
};

#endif
