// SPDX-License-Identifier: Apache-2.0
#include "mux.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "media/fmp4.h"
#include "rendition.h"

enum {
    CUTS_MAX = 64,        /* that wait for their sound */
    SAMPLES_MAX = 4096,   /* of a part */
    SOUND_LATE = 45000,   /* ticks; so far behind it is taken for gone */
    ROUNDING_SAMPLES = 2, /* by which ticks may be off */
    HELD_BYTES_MAX = 96 << 20,
    INIT_BYTES_MAX = 64 << 10,
    SEQUENCE_TICKS = 900, /* no part is shorter than that */
};

enum { PICTURES, SOUND, KINDS };

struct sample {
    struct sample *next;
    int64_t tick;
    int64_t time; /* by the clock of its track */
    uint32_t duration;
    int32_t shown_after;
    bool is_key;
    size_t len;
    char bytes[];
};

struct list {
    struct sample *first, *last;
};

struct mark {
    int64_t tick;
    uint8_t flags; /* of the part that begins there */
};

struct mux {
    unsigned index;
    struct buf *out;
    struct mux_format format;
    struct rendition_info info;
    struct buf init, init_before; /* in force, and what was told */
    bool is_told, is_begun, is_broken, is_gap;
    struct list lists[KINDS];
    size_t held_bytes;
    int64_t begin;      /* no part before */
    int64_t sound_next; /* by the clock of sound; -1: unknown */
    int64_t sound_tick; /* of the last frame that came; -1: none */
    struct mark marks[CUTS_MAX];
    size_t mark_count;
    int64_t written_until;
};

enum err mux_create(unsigned index, struct buf *out, struct mux **ret_mux)
{
    struct mux *mux = calloc(1, sizeof *mux);
    if (!mux)
        return ERR_NO_MEMORY;
    mux->index = index;
    mux->out = out;
    mux->written_until = -1;
    buf_init(&mux->init, INIT_BYTES_MAX);
    buf_init(&mux->init_before, INIT_BYTES_MAX);
    *ret_mux = mux;
    return ERR_OK;
}

static void drop_first(struct mux *mux, struct list *list)
{
    struct sample *old = list->first;
    list->first = old->next;
    if (!list->first)
        list->last = NULL;
    mux->held_bytes -= old->len;
    free(old);
}

static void drop_before(struct mux *mux, int64_t tick)
{
    for (int kind = 0; kind < KINDS; kind++)
        while (mux->lists[kind].first && mux->lists[kind].first->tick < tick)
            drop_first(mux, &mux->lists[kind]);
}

void mux_destroy(struct mux *mux)
{
    if (!mux)
        return;
    drop_before(mux, INT64_MAX);
    buf_finish(&mux->init);
    buf_finish(&mux->init_before);
    free(mux);
}

bool mux_is_begun(const struct mux *mux)
{
    return mux->is_begun;
}

int64_t mux_written_until(const struct mux *mux)
{
    return mux->written_until;
}

static void make_init(struct mux *mux, const struct mux_format *format)
{
    struct fmp4_track tracks[FMP4_TRACKS_MAX];
    size_t count = 0;
    if (format->has_pictures)
        tracks[count++] = (struct fmp4_track){
            .timescale = PART_CLOCK_HZ,
            .config = format->avcc,
            .width = format->width,
            .height = format->height,
            .aspect_width = format->aspect_width,
            .aspect_height = format->aspect_height,
        };
    if (format->has_sound)
        tracks[count++] = (struct fmp4_track){
            .is_sound = true,
            .timescale = format->rate,
            .config = format->asc,
            .rate = format->rate,
            .channels = format->channels,
        };
    buf_reset(&mux->init);
    fmp4_write_init(&mux->init, tracks, count);
}

void mux_begin(struct mux *mux, const struct mux_format *format, int64_t tick,
               bool is_broken)
{
    assert(format->has_pictures || format->has_sound);
    drop_before(mux, INT64_MAX);
    make_init(mux, format);
    mux->format = *format;
    mux->format.avcc = mux->format.asc = str_of(NULL, 0);
    rendition_begin(&mux->info, mux->index, format);
    mux->is_begun = true;
    mux->is_told = mux->is_gap = false;
    mux->is_broken = is_broken;
    mux->begin = tick;
    mux->sound_next = mux->sound_tick = -1;
    mux->mark_count = 0;
}

void mux_begin_gap(struct mux *mux, int64_t tick, bool is_broken)
{
    drop_before(mux, INT64_MAX);
    mux->is_gap = true;
    if (mux->is_begun)
        return;
    mux->is_begun = mux->is_told = true;
    mux->is_broken = is_broken;
    mux->begin = tick;
    mux->sound_next = mux->sound_tick = -1;
    mux->mark_count = 0;
    if (mux->written_until < tick)
        mux->written_until = tick;
}

/* ---- Frames in -------------------------------------------------------------
 */

/* Sound lies sample by sample; ticks are a little off. */
static void place_sound(struct mux *mux, struct sample *sample)
{
    int64_t rate = mux->format.rate;
    int64_t time = (sample->tick * rate + PART_CLOCK_HZ / 2) / PART_CLOCK_HZ;
    struct sample *before = mux->lists[SOUND].last;
    if (mux->sound_next >= 0 && time < mux->sound_next + ROUNDING_SAMPLES)
        time = mux->sound_next;
    if (before)
        before->duration = (uint32_t)(time - before->time);
    sample->time = time;
    sample->duration = mux->format.frame_samples;
    mux->sound_next = time + mux->format.frame_samples;
    mux->sound_tick = sample->tick;
}

bool mux_add(struct mux *mux, const struct mux_frame *frame)
{
    struct list *list = &mux->lists[frame->is_sound ? SOUND : PICTURES];
    int64_t least = mux->mark_count ? mux->marks[0].tick : mux->begin;
    if (mux->is_gap || (frame->is_sound && !mux->format.has_sound))
        return true;
    if (frame->tick < least || frame->bytes.len > HELD_BYTES_MAX ||
        mux->held_bytes > HELD_BYTES_MAX - frame->bytes.len)
        return false;
    struct sample *sample = malloc(sizeof *sample + frame->bytes.len);
    if (!sample)
        return false;
    *sample = (struct sample){
        .tick = frame->tick,
        .time = frame->tick,
        .duration = frame->duration,
        .shown_after = frame->shown_after,
        .is_key = frame->is_key || frame->is_sound,
        .len = frame->bytes.len,
    };
    if (frame->bytes.len)
        memcpy(sample->bytes, frame->bytes.ptr, frame->bytes.len);
    if (frame->is_sound)
        place_sound(mux, sample);
    *(list->last ? &list->last->next : &list->first) = sample;
    list->last = sample;
    mux->held_bytes += sample->len;
    return true;
}

void mux_cut(struct mux *mux, int64_t tick, enum cut cut, bool is_key)
{
    struct mark mark = {
        .tick = tick,
        .flags =
            (uint8_t)((cut == CUT_SEGMENT ? PART_SEGMENT_START : 0) |
                      (is_key || !mux->format.has_pictures ? PART_INDEPENDENT
                                                           : 0)),
    };
    if (mux->mark_count == CUTS_MAX) /* much later than sound may be */
        mux_flush(mux, INT64_MAX);
    mux->marks[mux->mark_count++] = mark;
}

/* ---- Parts out -------------------------------------------------------------
 */

static size_t gather(const struct mux *mux, int kind, int64_t end,
                     struct arena *arena, struct fmp4_run *run)
{
    const struct sample *sample = mux->lists[kind].first;
    size_t count = 0;
    while (sample && sample->tick < end && count < SAMPLES_MAX) {
        count++;
        sample = sample->next;
    }
    struct fmp4_sample *samples =
        arena_array(arena, struct fmp4_sample, count + 1);
    sample = mux->lists[kind].first;
    for (size_t i = 0; i < count; i++, sample = sample->next)
        samples[i] = (struct fmp4_sample){
            .duration = sample->duration,
            .shown_after = sample->shown_after,
            .is_key = sample->is_key,
            .bytes = str_of(sample->bytes, sample->len),
        };
    *run = (struct fmp4_run){
        .track = kind == SOUND && mux->format.has_pictures ? 2 : 1,
        .time = count ? mux->lists[kind].first->time : 0,
        .samples = samples,
        .count = count,
    };
    return count;
}

/* Appends the fragment, and tells how many frames it has; false when there is
 * nothing, or too much of it. */
static bool write_fragment(const struct mux *mux, int64_t tick, int64_t end,
                           struct buf *out, size_t *ret_pictures)
{
    struct fmp4_run runs[KINDS];
    size_t count = 0;
    struct arena arena;
    *ret_pictures = 0;
    arena_init(&arena, 0);
    for (int kind = 0; kind < KINDS; kind++)
        if (gather(mux, kind, end, &arena, &runs[count])) {
            *ret_pictures += kind == PICTURES ? runs[count].count : 0;
            count++;
        }
    if (mux->format.has_pictures && *ret_pictures == 0)
        count = 0; /* sound alone would stop players */
    if (count)
        fmp4_write_fragment(out, (uint32_t)(tick / SEQUENCE_TICKS) + 1, runs,
                            count);
    arena_finish(&arena);
    return count && !buf_err(out);
}

/* Frames of another kind never go on from those before. */
static void tell_init(struct mux *mux)
{
    bool is_same = str_eq(buf_str(&mux->init), buf_str(&mux->init_before));
    rendition_write(&mux->info, mux->out);
    mux->is_told = true;
    if (is_same)
        return;
    mux->is_broken = mux->is_broken || mux->init_before.len > 0;
    part_write(mux->out, &(struct part){.kind = PART_INIT,
                                        .rendition = (uint8_t)mux->index,
                                        .payload = buf_str(&mux->init)});
    buf_reset(&mux->init_before);
    buf_add(&mux->init_before, buf_str(&mux->init));
}

/* What comes before the first part is told with it, because only then it is
 * known how much it is. */
static void put_part(struct mux *mux, struct part *part, struct str payload,
                     size_t pictures)
{
    if (part->flags & PART_SEGMENT_START)
        rendition_end_segment(&mux->info);
    if (payload.len)
        rendition_count(&mux->info, part->duration, payload.len, pictures);
    if (!mux->is_told) {
        tell_init(mux);
        if (mux->is_broken)
            part->flags |= PART_DISCONTINUITY;
    } else if (mux->is_gap && mux->is_broken) {
        part->flags |= PART_DISCONTINUITY;
        mux->is_broken = false;
    } else if (rendition_has_changed(&mux->info)) {
        rendition_write(&mux->info, mux->out);
    }
    part->payload = payload;
    part_write(mux->out, part);
}

/* When the first frame behind the cut begins, for sound alone. */
static int64_t end_of_part(const struct mux *mux, int64_t tick)
{
    if (mux->format.has_pictures)
        return tick;
    for (const struct sample *s = mux->lists[SOUND].first; s; s = s->next)
        if (s->tick >= tick)
            return s->tick;
    return tick;
}

/* False: there was nothing to write. */
static bool write_part(struct mux *mux, const struct mark *mark, int64_t cut)
{
    size_t pictures;
    struct part part = {
        .kind = PART_PART,
        .rendition = (uint8_t)mux->index,
        .flags = mark->flags,
        .tick = end_of_part(mux, mark->tick),
    };
    if (mux->is_told) /* sound that is missing leaves no hole between parts */
        part.tick = mux->written_until;
    int64_t end = end_of_part(mux, cut);
    if (end <= part.tick || cut <= mux->begin) {
        drop_before(mux, cut);
        return false;
    }
    part.duration = (uint32_t)(end - part.tick);
    DEFER(buf_finish) struct buf fragment;
    buf_init(&fragment, PART_PAYLOAD_BYTES_MAX);
    bool fits = write_fragment(mux, part.tick, cut, &fragment, &pictures);
    if (!fits)
        part.flags |= PART_GAP;
    put_part(mux, &part, fits ? buf_str(&fragment) : str_of(NULL, 0), pictures);
    drop_before(mux, cut);
    mux->written_until = end;
    return true;
}

void mux_flush(struct mux *mux, int64_t now)
{
    while (mux->mark_count > 1) {
        int64_t cut = mux->marks[1].tick;
        if (mux->format.has_sound && mux->sound_tick < cut &&
            now < cut + SOUND_LATE)
            return;
        if (mux->marks[1].flags & PART_SEGMENT_START)
            mux->marks[0].flags |= PART_SEGMENT_END;
        if (!write_part(mux, &mux->marks[0], cut) &&
            cut > mux->begin) /* the next begins it */
            mux->marks[1].flags |= mux->marks[0].flags & PART_SEGMENT_START;
        mux->mark_count--;
        memmove(mux->marks, mux->marks + 1,
                mux->mark_count * sizeof *mux->marks);
    }
}

/* Sound that came already of what follows a hole is not waited for by what is
 * in front of it. */
static void end_sound(struct mux *mux, int64_t tick)
{
    struct list *list = &mux->lists[SOUND];
    struct list kept = {0};
    while (list->first && list->first->tick < tick) {
        struct sample *sample = list->first;
        list->first = sample->next;
        sample->next = NULL;
        *(kept.last ? &kept.last->next : &kept.first) = sample;
        kept.last = sample;
    }
    bool goes_on = list->first != NULL;
    while (list->first)
        drop_first(mux, list);
    *list = kept;
    if (goes_on && kept.last)
        kept.last->duration = mux->format.frame_samples;
}

void mux_end(struct mux *mux, int64_t tick)
{
    if (!mux->is_begun)
        return;
    end_sound(mux, tick);
    if (mux->mark_count)
        mux_cut(mux, tick, CUT_NONE, false);
    mux_flush(mux, INT64_MAX);
    drop_before(mux, INT64_MAX);
    mux->mark_count = 0;
    mux->is_begun = mux->is_gap = false;
}
