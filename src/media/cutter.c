// SPDX-License-Identifier: Apache-2.0
#include "media/cutter.h"

enum {
    /* RFC 8216bis §4.4.4.9: of the target, unless it ends a segment. */
    PART_PERCENT_MIN = 85,
    ROUNDING = 180, /* ticks: encoders write whole milliseconds */
};

void cutter_begin(struct cutter *cutter, const struct cutter_limits *limits,
                  int64_t tick, int64_t segment_start)
{
    *cutter = (struct cutter){
        .limits = *limits,
        .part_start = tick,
        .segment_start = segment_start,
        .last_key = -1,
    };
}

static bool ends_segment(const struct cutter *cutter, int64_t tick,
                         int64_t duration, bool is_key, int64_t group)
{
    const struct cutter_limits *limits = &cutter->limits;
    int64_t len = tick - cutter->segment_start;
    if (len + duration > limits->segment_max)
        return true;
    if (!is_key)
        return false;
    return len >= limits->segment - ROUNDING ||
           (group > 0 && len >= limits->segment / 2 &&
            len + group > limits->segment * 5 / 4);
}

static bool ends_part(const struct cutter *cutter, int64_t tick,
                      int64_t duration, bool is_key)
{
    const struct cutter_limits *limits = &cutter->limits;
    int64_t len = tick - cutter->part_start;
    if (len <= 0)
        return false;
    if (is_key && len * 100 >= limits->part_max * PART_PERCENT_MIN)
        return true;
    return len >= limits->part - ROUNDING ||
           len + duration > limits->part_max + ROUNDING;
}

void cutter_note_key(struct cutter *cutter, int64_t tick)
{
    cutter->last_key = tick;
}

static bool begins_segment(struct cutter *cutter, int64_t tick,
                           int64_t duration, bool is_key)
{
    int64_t group =
        is_key && cutter->last_key >= 0 ? tick - cutter->last_key : 0;
    if (is_key)
        cutter->last_key = tick;
    return tick > cutter->segment_start &&
           ends_segment(cutter, tick, duration, is_key, group);
}

enum cut cutter_force(struct cutter *cutter, int64_t tick, int64_t duration,
                      bool is_key)
{
    bool segment = begins_segment(cutter, tick, duration, is_key);
    cutter->part_start = tick;
    if (segment)
        cutter->segment_start = tick;
    return segment ? CUT_SEGMENT : CUT_PART;
}

enum cut cutter_look(struct cutter *cutter, int64_t tick, int64_t duration,
                     bool is_key)
{
    if (begins_segment(cutter, tick, duration, is_key)) {
        cutter->segment_start = cutter->part_start = tick;
        return CUT_SEGMENT;
    }
    if (!ends_part(cutter, tick, duration, is_key))
        return CUT_NONE;
    cutter->part_start = tick;
    return CUT_PART;
}
