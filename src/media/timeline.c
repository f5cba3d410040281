// SPDX-License-Identifier: Apache-2.0
#include "media/timeline.h"

#include <assert.h>

enum {
    STEP_START = TIMELINE_HZ / 25, /* until two frames tell better */
    STEP_MAX = TIMELINE_HZ,
};

int64_t timeline_unwrap(struct timeline_counter *counter, uint64_t value,
                        int bits)
{
    assert(bits >= 1 && bits <= 62);
    const int64_t round = INT64_C(1) << bits;
    int64_t low = (int64_t)(value & (uint64_t)(round - 1));
    if (!counter->is_set) {
        *counter = (struct timeline_counter){low, true};
        return low;
    }
    int64_t difference = (low - counter->value) & (round - 1);
    if (difference >= round / 2)
        difference -= round;
    counter->value += difference;
    return counter->value;
}

void timeline_init(struct timeline *timeline)
{
    *timeline = (struct timeline){.end = 0};
    timeline_begin(timeline, 0);
}

void timeline_begin(struct timeline *timeline, int64_t tick)
{
    int64_t end = timeline->end;
    *timeline = (struct timeline){
        .latest = timeline->latest,
        .end = end,
        .floor = end,
        .begin = tick > end ? tick : end,
    };
    for (int i = 0; i < TIMELINE_TRACKS; i++)
        timeline->tracks[i].step = STEP_START;
}

/* The first frame of a track: as far from the feed's beginning as the encoder
 * says, unless that is a jump. Encoders that write in the order of decoding may
 * begin with one that is heard a little later than the next. */
static int64_t begin_track(struct timeline *timeline, enum timeline_track track,
                           int64_t time)
{
    if (!timeline->has_first) {
        timeline->has_first = true;
        timeline->first = time;
    }
    int64_t offset = timeline->begin - timeline->first;
    int64_t tick = time + offset;
    if (tick < timeline->floor || tick < timeline->begin - TIMELINE_BACK_MAX ||
        tick > timeline->begin + TIMELINE_STEP_MAX)
        tick = timeline->begin;
    timeline->tracks[track].offset = tick - time;
    return tick;
}

static bool is_jump(int64_t tick, int64_t expected, int64_t latest)
{
    return tick > expected + TIMELINE_STEP_MAX ||
           tick < expected - TIMELINE_BACK_MAX ||
           (latest && tick > latest && tick > expected + TIMELINE_BACK_MAX);
}

/* A track may be away for as long as it likes while the other one goes on: a
 * camera that fails, a microphone. When it is back it is where that one is; had
 * the encoder's clock jumped, it would be far from it. */
static bool was_away(const struct timeline *timeline, enum timeline_track track,
                     int64_t tick)
{
    const struct timeline_state *other =
        &timeline->tracks[track == TIMELINE_VIDEO ? TIMELINE_AUDIO
                                                  : TIMELINE_VIDEO];
    return other->is_placed && tick > timeline->tracks[track].next &&
           tick >= other->last - TIMELINE_APART_MAX &&
           tick <= other->next + TIMELINE_APART_MAX &&
           (!timeline->latest || tick <= timeline->latest);
}

/* Pictures come when they come, but one after the other. */
static int64_t place_picture(int64_t tick, int64_t last)
{
    return tick > last ? tick : last + 1;
}

enum timeline_verdict timeline_place(struct timeline *timeline,
                                     enum timeline_track track, uint64_t value,
                                     int bits, int64_t hz, int64_t duration,
                                     int64_t *ret_tick)
{
    assert(track < TIMELINE_TRACKS);
    assert(track == TIMELINE_VIDEO || duration > 0);
    struct timeline_state *t = &timeline->tracks[track];
    int64_t unwrapped = timeline_unwrap(&t->counter, value, bits);
    int64_t time =
        unwrapped / hz * TIMELINE_HZ + unwrapped % hz * TIMELINE_HZ / hz;
    enum timeline_verdict verdict = TIMELINE_GOES_ON;
    int64_t tick;
    if (!t->is_placed) {
        tick = begin_track(timeline, track, time);
    } else {
        int64_t expected = duration ? t->next : t->last + t->step;
        tick = time + t->offset;
        if (is_jump(tick, expected, timeline->latest) &&
            !was_away(timeline, track, tick)) {
            t->offset += expected - tick;
            tick = expected;
            verdict = TIMELINE_JUMPED;
        } else if (!duration) {
            tick = place_picture(tick, t->last);
        } else if (tick > expected + TIMELINE_TOLERANCE) {
            verdict = TIMELINE_GAP;
        } else if (tick < expected - TIMELINE_TOLERANCE) {
            return TIMELINE_DROP;
        } else {
            tick = expected;
        }
        int64_t step = tick - t->last;
        if (verdict == TIMELINE_GOES_ON && step > 0 && step <= STEP_MAX)
            t->step = step;
    }
    t->is_placed = true;
    t->last = tick;
    t->next = tick + (duration ? duration : t->step);
    if (t->next > timeline->end)
        timeline->end = t->next;
    *ret_tick = tick;
    return verdict;
}
