// SPDX-License-Identifier: Apache-2.0
/* media/timeline.h: from the times that a studio's encoder writes to the clock
 * of a channel, which has 90,000 ticks a second, begins once and only goes
 * forward, whoever is sending.
 *
 * Encoders' clocks go round (32 bits of milliseconds in RTMP, 33 of ticks in
 * MPEG-TS), jump when somebody sets them, begin anywhere after a reconnect, and
 * write sound by milliseconds that are up to half a frame wrong. Sound is
 * counted in samples here, and set right by the encoder's clock only when both
 * are too far apart to be heard as one. */
#ifndef MEDIA_TIMELINE_H
#define MEDIA_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TIMELINE_HZ = 90000,
    TIMELINE_TOLERANCE = 40 * 90,   /* sound: beyond, it is set right */
    TIMELINE_STEP_MAX = 10 * 90000, /* a longer one forward is a jump … */
    TIMELINE_BACK_MAX = 90000,      /* … and so is one so far back; but a step
                                       of one track to where the other is,
                                       within … */
    TIMELINE_APART_MAX = 5 * 90000, /* … is none: it was away */
};

enum timeline_track { TIMELINE_VIDEO, TIMELINE_AUDIO, TIMELINE_TRACKS };

/* A counter of so many bits that goes round, made into one that does not. */
struct timeline_counter {
    int64_t value;
    bool is_set;
};

/* The value nearest to the one before that ends in these bits. bits: 1 to 62.
 */
int64_t timeline_unwrap(struct timeline_counter *counter, uint64_t value,
                        int bits);

struct timeline_state {
    struct timeline_counter counter;
    int64_t offset; /* from the encoder's clock to the channel's */
    int64_t last;   /* when the frame before began, by the channel's */
    int64_t next;   /* … and ended */
    int64_t step;   /* how long frames are, as far as is known */
    bool is_placed; /* there was a frame of this feed */
};

struct timeline {
    int64_t latest; /* set by the caller: the present and a little more; a leap
                       beyond it is a jump however short. 0: not known */
    int64_t end;    /* of everything that was placed */
    struct timeline_state tracks[TIMELINE_TRACKS];
    int64_t begin; /* where this feed begins */
    int64_t floor; /* where the one before ended */
    int64_t first; /* its own clock there */
    bool has_first;
};

void timeline_init(struct timeline *timeline);

/* A feed begins, the first one or after a pause: at tick, or where the one
 * before ended, whichever is later. */
void timeline_begin(struct timeline *timeline, int64_t tick);

enum timeline_verdict {
    TIMELINE_GOES_ON,
    TIMELINE_JUMPED, /* the encoder's clock did; the channel's goes on */
    TIMELINE_GAP,    /* of sound: some is missing in front of this */
    TIMELINE_DROP,   /* of sound: there is too much; leave this frame out */
};

/* Places a frame. value, bits and hz: the encoder's time of decoding.
 * duration: of sound, in ticks, exact in the long run; of pictures 0.
 * *ret_tick: when it begins by the channel's clock; the one before of its track
 * has ended by then. Untouched when the verdict is to drop it. */
enum timeline_verdict timeline_place(struct timeline *timeline,
                                     enum timeline_track track, uint64_t value,
                                     int bits, int64_t hz, int64_t duration,
                                     int64_t *ret_tick);

#endif
