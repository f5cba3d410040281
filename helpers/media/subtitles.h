// SPDX-License-Identifier: Apache-2.0
/* helpers/media/subtitles.h: captions that a feed carries in its pictures
 * become messages (PART_CAPTION of media/part.h): those of line 21 (CEA-608),
 * each of its four channels by itself, or where one says nothing those of its
 * service of DTVCC (CEA-708). Pairs stand in the order of
 * showing, pictures in that of decoding, so a few pictures are held back.
 *
 * How long a text will be shown nobody knows: what is shown when a segment ends
 * is told up to there, and then on. So whoever follows has it with the segment,
 * not when the speaker is done. */
#ifndef HELPERS_MEDIA_SUBTITLES_H
#define HELPERS_MEDIA_SUBTITLES_H

#include "base/buf.h"
#include "media/a53.h"
#include "media/cea608.h"
#include "media/cea708.h"
#include "media/part.h"

enum { SUBTITLES_HELD = 17 }; /* H.264 reorders at most 16 pictures */

struct subtitles_picture {
    int64_t tick; /* when it is shown */
    struct a53_pairs pairs;
};

struct subtitles_track {
    struct cea608 analog;
    struct cea708 digital;
    int64_t analog_until; /* tick until which those of line 21 count */
    int64_t since;        /* tick since which text is shown */
    struct buf text;
};

struct subtitles {
    struct buf *out;
    struct subtitles_track tracks[PART_CAPTIONS];
    struct subtitles_picture held[SUBTITLES_HELD]; /* by tick */
    size_t held_count;
};

void subtitles_init(struct subtitles *subtitles, struct buf *out);
void subtitles_finish(struct subtitles *subtitles);

/* A picture of H.264 in units with lengths; shown: its tick. */
void subtitles_picture(struct subtitles *subtitles, struct str picture,
                       unsigned length_bytes, int64_t shown);

/* A segment ends at tick, of pictures that are all shown before it. */
void subtitles_cut(struct subtitles *subtitles, int64_t tick);

/* What comes does not go on from what was: all is erased. */
void subtitles_break(struct subtitles *subtitles, int64_t tick);

#endif
