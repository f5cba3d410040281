// SPDX-License-Identifier: Apache-2.0
/* media/cutter.h: where parts and segments of television begin. It looks at the
 * frames as they come and decides by their times alone, so that a program that
 * takes over in the middle cuts where the one before would have. */
#ifndef MEDIA_CUTTER_H
#define MEDIA_CUTTER_H

#include <stdbool.h>
#include <stdint.h>

struct cutter_limits { /* all in ticks; media/part.h says what they mean */
    int64_t part, part_max;
    int64_t segment, segment_max;
};

struct cutter {
    struct cutter_limits limits;
    int64_t part_start, segment_start;
    int64_t last_key; /* negative: there was none */
};

enum cut {
    CUT_NONE,
    CUT_PART,
    CUT_SEGMENT,
};

/* A part begins at tick, in a segment that began at segment_start. */
void cutter_begin(struct cutter *cutter, const struct cutter_limits *limits,
                  int64_t tick, int64_t segment_start);

/* A key frame of before the beginning: it tells how long groups are. */
void cutter_note_key(struct cutter *cutter, int64_t tick);

/* A part begins with the frame at tick in any case: does a segment? */
enum cut cutter_force(struct cutter *cutter, int64_t tick, int64_t duration,
                      bool is_key);

/* Whether something new begins with the frame at tick, which is probably so
 * long; then its first part begins there. */
enum cut cutter_look(struct cutter *cutter, int64_t tick, int64_t duration,
                     bool is_key);

#endif
