// SPDX-License-Identifier: Apache-2.0
/* media/part.h: what broadsheet-media and the playout say to each other: whole
 * messages over a Unix stream socket, each with a head of fixed length, in this
 * machine's byte order. A half-written one can only be the last before the
 * connection broke, so a crash corrupts nothing.
 *
 * One process makes the television of one channel. The playout sends START
 * once; from then on the other side speaks:
 *
 *   RENDITION, INIT of each rendition, RENDITION first; then PARTs. Parts of a
 *   rendition follow each other without a hole: each begins at the tick where
 *   the one before ended, unless it says PART_DISCONTINUITY; then it begins
 *   there or later. Cuts are the same in all renditions, but sound is cut
 *   between two of its own frames, which is up to 1,024 samples away.
 *   Another INIT of a rendition is in force for the parts after it; the first
 *   of them says PART_DISCONTINUITY, and nothing else does but a gap.
 *   Of what belongs together the source's part comes after that of the sound;
 *   what is encoded comes later, in its own time.
 *
 * A process that died is replaced by one whose START says where the last part
 * ended that the playout has, of each rendition; it goes on exactly there. Its
 * INIT is the same, byte for byte, as long as the feed is. It does not know the
 * one before: if the playout gets another, it adds PART_DISCONTINUITY itself.
 *
 * Ticks go by the wall clock as the ingest's do: while there is no feed the
 * slate's parts follow it, about a second behind. */
#ifndef MEDIA_PART_H
#define MEDIA_PART_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
    PART_HEAD_BYTES = 32,
    PART_PAYLOAD_BYTES_MAX = 16 << 20,
    PART_RENDITIONS_MAX = 4,
    PART_CAPTIONS = 4,
    PART_CLOCK_HZ = 90000, /* of all ticks: the clock of the channel */
    PART_SOURCE = 0,       /* places in part_rendition_name … */
    PART_SOUND = PART_RENDITIONS_MAX - 1, /* … those between are encoded */
};

enum part_kind {
    /* playout to media */

    /* JSON: {"part_ticks":45000, "part_ticks_max":48600,
     *   "segment_ticks":180000, "segment_ticks_max":945000,
     *   "ladder":["source","720p","360p","audio"], "slate_seconds":600,
     *   "slate_after_ms":1000, "shed_after_ms":800,
     *   "from":{"source":[TICK, TICK OF ITS SEGMENT], "audio":[…]}}
     * Parts end at the first frame from part_ticks on and are never longer than
     * part_ticks_max (but for a single frame that is); segments at the first
     * key frame from segment_ticks on, or one that leaves no room for the next
     * group within it and a quarter. Where key frames are rarer segments get
     * longer, up to segment_ticks_max; then they begin without one, and
     * PART_TROUBLE tells. from: where each rendition has to go on, and where
     * its segment in the making began; what it does not name begins with the
     * first key frame there is. slate_seconds: for how long the slate is shown
     * when a feed is gone, 0: never; slate_after_ms: when nothing came for so
     * long; shed_after_ms: when the encoder is so late it makes less. All but
     * ladder may be missing. Renditions of the ladder that are not smaller than
     * the feed are left out, and those the encoder has no time for, which
     * PART_STATUS tells as shed; what was begun of them goes on as gaps. */
    PART_START = 1,

    /* media to playout */

    /* JSON: {"name":"source", "codecs":"avc1.64001f,mp4a.40.2", "width":1280,
     * "height":720, "frames":25.0, "channels":2, "rate":48000,
     * "peak_bits":N, "mean_bits":N}; the head's rendition is its number. Again
     * when something of it changes; bits are estimates at first. */
    PART_RENDITION = 16,
    PART_INIT,      /* ftyp and moov */
    PART_PART,      /* exactly one moof and one mdat */
    PART_THUMBNAIL, /* tick; JPEG, 160 px wide, about each 10 s */
    /* tick, duration; UTF-8, one cue, lines ended by LF. The head's rendition
     * says which captions it is of, 0 to 3: CC1 to CC4 of line 21. */
    PART_CAPTION,
    /* JSON each second while there is a feed: {"loudness_lufs":-23.1 or null,
     * "frames":25.0 (a second), "dropped":N, "encoder_load":0.4 (of a core,
     * all of the program), "encoder_dropped":N (pictures that are missing in
     * renditions which were shed),
     * "slate":false, "shed":["360p"]} */
    PART_STATUS,
    /* One sentence that the studio and the log are to see; an empty one: it is
     * over. */
    PART_TROUBLE,
    PART_POSTER, /* tick; JPEG, at most 640 px wide, with each thumbnail */
};

enum part_flags {
    PART_INDEPENDENT = 1, /* it begins with a key frame, or is sound alone */
    PART_SEGMENT_START = 2,
    PART_DISCONTINUITY = 4, /* it does not go on from the part before */
    PART_GAP = 8,           /* it should be here and is not; no payload */
    PART_SEGMENT_END = 16,  /* the next one begins a segment, which players are
                               told at once */
    PART_FLAGS = 31,
};

struct part {
    uint8_t kind;       /* enum part_kind */
    uint8_t rendition;  /* below PART_RENDITIONS_MAX; of PART_CAPTION below
                           PART_CAPTIONS, which are as many */
    uint8_t flags;      /* enum part_flags, of PART_PART only */
    uint32_t duration;  /* ticks */
    int64_t tick;       /* when its first frame is decoded; 0: of no time */
    struct str payload; /* borrowed */
};

/* Appends head and payload. */
void part_write(struct buf *out, const struct part *part);

/* Only the head; as many bytes of payload as the part says have to follow. */
void part_write_head(char target[PART_HEAD_BYTES], const struct part *part);

/* Takes one off the front. ERR_AGAIN: more bytes are needed, *bytes is
 * untouched. ERR_INVALID: this is none; the connection is of no more use. */
MUST_USE enum err part_read(struct str *bytes, struct part *ret_part);

/* "source", "720p", "360p", "audio": names that a ladder may hold, as they
 * stand in addresses, from the best to the least; NULL beyond the last. */
const char *part_rendition_name(unsigned index);

#endif
