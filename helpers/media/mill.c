// SPDX-License-Identifier: Apache-2.0
#include "mill.h"

#include <assert.h>
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavutil/frame.h>
#pragma GCC diagnostic pop

#include "base/time.h"
#include "decoder.h"
#include "rung.h"

enum {
    MARKS_MAX = 32,   /* cuts whose picture is not decoded yet */
    SOUNDS_MAX = 512, /* frames of sound that are remembered … */
    SOUND_TICKS = 4 * PART_CLOCK_HZ,
};

/* Between being too late once and looking again, so that it can catch up. */
#define EASE_US TIME_US_PER_SECOND
/* When what is given comes sooner than that, there may be room. */
#define CALM_US (TIME_US_PER_SECOND / 5)
#define PAUSE_FIRST_US (10 * TIME_US_PER_SECOND)
#define PAUSE_MAX_US (320 * TIME_US_PER_SECOND)
/* Made for so long it was not taken up too early. */
#define PROVEN_US (60 * TIME_US_PER_SECOND)

struct sound {
    int64_t tick;
    struct buf bytes;
};

struct mill {
    struct rung *rungs[PART_RENDITIONS_MAX]; /* NULL: not of the ladder */
    unsigned wanted, shed;
    struct decoder *decoder;
    struct buf avcc;
    bool needs_key; /* to decode */
    bool has_delay;
    int64_t delay; /* from decoding to being shown, of all our pictures */
    int64_t now;   /* how far the feed is */
    int64_t last;  /* tick of the last picture */
    struct rung_mark marks[MARKS_MAX];
    size_t mark_count;
    struct sound sounds[SOUNDS_MAX]; /* a ring; those with bytes count */
    size_t sound_next;
    int64_t dropped;
    /* shedding */
    int64_t late_limit_us, changed_us, calm_since_us, pause_us, taken_us;
};

enum err mill_create(const struct start *start, struct buf *out,
                     struct mill **ret_mill)
{
    enum { CONFIG_BYTES_MAX = 4096, SOUND_BYTES_MAX = 64 << 10 };
    struct mill *mill = calloc(1, sizeof *mill);
    if (!mill)
        return ERR_NO_MEMORY;
    mill->late_limit_us = start->shed_us;
    mill->pause_us = PAUSE_FIRST_US;
    buf_init(&mill->avcc, CONFIG_BYTES_MAX);
    for (size_t i = 0; i < SOUNDS_MAX; i++)
        buf_init(&mill->sounds[i].bytes, SOUND_BYTES_MAX);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (start->renditions[i].is_wanted && rung_side(i) &&
            rung_create(i, start, out, &mill->rungs[i])) {
            mill_destroy(mill);
            return ERR_NO_MEMORY;
        }
    *ret_mill = mill;
    return ERR_OK;
}

void mill_destroy(struct mill *mill)
{
    if (!mill)
        return;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        rung_destroy(mill->rungs[i]);
    for (size_t i = 0; i < SOUNDS_MAX; i++)
        buf_finish(&mill->sounds[i].bytes);
    decoder_destroy(mill->decoder);
    buf_finish(&mill->avcc);
    free(mill);
}

unsigned mill_shed(const struct mill *mill)
{
    return mill->shed & mill->wanted;
}

int64_t mill_dropped(const struct mill *mill)
{
    return mill->dropped;
}

static bool is_made(const struct mill *mill, unsigned index)
{
    return mill->rungs[index] && mill->wanted & ~mill->shed & 1u << index;
}

static bool makes_any(const struct mill *mill)
{
    return (mill->wanted & ~mill->shed) != 0;
}

/* ---- Sound -----------------------------------------------------------------
 */

static void sound(struct mill *mill, const struct mill_task *task)
{
    struct sound *kept = &mill->sounds[mill->sound_next++ % SOUNDS_MAX];
    kept->tick = task->tick;
    buf_reset(&kept->bytes);
    buf_add(&kept->bytes, task->bytes);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_sound(mill->rungs[i], task->tick, task->bytes);
}

/* It was there before the picture was, which comes out of the decoder later. */
static void replay_sound(const struct mill *mill, struct rung *rung,
                         int64_t tick)
{
    for (size_t i = 0; i < SOUNDS_MAX; i++) {
        const struct sound *kept =
            &mill->sounds[(mill->sound_next + i) % SOUNDS_MAX];
        if (kept->bytes.len > 0 && kept->tick >= tick &&
            kept->tick < tick + SOUND_TICKS)
            rung_sound(rung, kept->tick, buf_str(&kept->bytes));
    }
}

static void forget_sound(struct mill *mill)
{
    for (size_t i = 0; i < SOUNDS_MAX; i++)
        buf_reset(&mill->sounds[i].bytes);
}

/* ---- Cuts ------------------------------------------------------------------
 */

/* The cuts up to tick. like: the picture at tick, or NULL. True: a segment
 * begins. */
static bool cut_until(struct mill *mill, int64_t tick, const AVFrame *like)
{
    size_t done = 0;
    bool is_segment = false;
    while (done < mill->mark_count && mill->marks[done].tick <= tick) {
        const struct rung_mark *mark = &mill->marks[done++];
        is_segment = is_segment || mark->cut == CUT_SEGMENT;
        for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
            if (mill->rungs[i] &&
                rung_cut(mill->rungs[i], mark, is_made(mill, i) ? like : NULL))
                replay_sound(mill, mill->rungs[i], mark->tick);
    }
    mill->mark_count -= done;
    memmove(mill->marks, mill->marks + done,
            mill->mark_count * sizeof *mill->marks);
    return is_segment;
}

static void add_mark(struct mill *mill, const struct mill_task *task)
{
    if (mill->mark_count == MARKS_MAX) /* nothing is decoded any more */
        cut_until(mill, mill->marks[0].tick, NULL);
    mill->marks[mill->mark_count++] =
        (struct rung_mark){.tick = task->tick, .cut = task->cut};
    if (!makes_any(mill))
        cut_until(mill, task->tick, NULL);
}

/* ---- Pictures --------------------------------------------------------------
 */

static bool starts_here(const struct mill *mill, unsigned rung_was_on,
                        unsigned index)
{
    return rung_is_on(mill->rungs[index]) && !(rung_was_on & 1u << index);
}

static void show(struct mill *mill, const AVFrame *frame)
{
    int64_t tick = frame->pts - mill->delay;
    unsigned were_on = 0;
    if (tick <= mill->last)
        return; /* out of its order */
    mill->last = tick;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i]) {
            rung_close_picture(mill->rungs[i], tick);
            were_on |= rung_is_on(mill->rungs[i]) ? 1u << i : 0;
        }
    bool is_key = cut_until(mill, tick, frame) || frame->key_frame;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_picture(mill->rungs[i], frame, tick, mill->delay,
                         is_key || starts_here(mill, were_on, i));
}

static void show_all(struct mill *mill)
{
    const AVFrame *frame;
    while ((frame = decoder_take(mill->decoder)))
        show(mill, frame);
}

static void count_missing(struct mill *mill)
{
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i] && mill_shed(mill) & 1u << i)
            mill->dropped++;
}

static void picture(struct mill *mill, const struct mill_task *task)
{
    count_missing(mill);
    if (!mill->decoder || !makes_any(mill)) {
        mill->needs_key = true;
        return;
    }
    if (mill->needs_key && !task->flag)
        return;
    if (mill->needs_key)
        decoder_reset(mill->decoder);
    mill->needs_key = false;
    if (!mill->has_delay)
        mill->delay = task->shown_after;
    mill->has_delay = true;
    if (!decoder_push(mill->decoder, task->bytes, task->flag,
                      task->tick + task->shown_after))
        mill->dropped++;
    show_all(mill);
}

/* ---- Beginning and ending --------------------------------------------------
 */

static void configure(struct mill *mill, const struct mill_task *task)
{
    struct str avcc = str_slice(task->bytes, 0, task->avcc_len);
    struct mux_format format = task->format;
    format.asc = str_from(task->bytes, task->avcc_len);
    mill->wanted = task->wanted;
    mill->mark_count = 0;
    mill->has_delay = false;
    mill->last = -1;
    forget_sound(mill);
    decoder_destroy(mill->decoder);
    mill->decoder = NULL;
    if (avcc.len && decoder_create(avcc, &mill->decoder))
        mill->decoder = NULL;
    mill->needs_key = true;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_configure(mill->rungs[i], &format);
}

static void begin(struct mill *mill, const struct mill_task *task)
{
    mill->mark_count = 0;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_begin(mill->rungs[i], task->tick, task->flag);
}

static void end(struct mill *mill, const struct mill_task *task)
{
    if (mill->decoder && !mill->needs_key) {
        decoder_drain(mill->decoder);
        show_all(mill);
    }
    mill->needs_key = true;
    mill->has_delay = false;
    mill->last = -1;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_close_picture(mill->rungs[i], task->tick);
    cut_until(mill, task->tick, NULL);
    mill->mark_count = 0;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_end(mill->rungs[i], task->tick);
}

/* ---- Too late --------------------------------------------------------------
 */

static void stop_rung(struct mill *mill, unsigned index, int64_t now_us)
{
    mill->shed |= 1u << index;
    rung_stop(mill->rungs[index]);
    if (mill->taken_us && now_us - mill->taken_us < PROVEN_US)
        mill->pause_us = mill->pause_us * 2 < PAUSE_MAX_US ? mill->pause_us * 2
                                                           : PAUSE_MAX_US;
    else
        mill->pause_us = PAUSE_FIRST_US;
    mill->taken_us = 0;
    mill->changed_us = now_us;
    if (!makes_any(mill))
        cut_until(mill, INT64_MAX, NULL);
}

static void shed_one(struct mill *mill, int64_t now_us)
{
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (is_made(mill, i)) {
            stop_rung(mill, i, now_us);
            return;
        }
}

static void take_up_one(struct mill *mill, int64_t now_us)
{
    for (unsigned i = PART_RENDITIONS_MAX; i-- > 0;)
        if (mill->rungs[i] && mill_shed(mill) & 1u << i) {
            mill->shed &= ~(1u << i);
            mill->changed_us = mill->taken_us = now_us;
            return;
        }
}

static void judge(struct mill *mill, int64_t waited_us, int64_t now_us)
{
    if (waited_us > CALM_US || !mill->calm_since_us)
        mill->calm_since_us = now_us;
    if (waited_us > mill->late_limit_us && now_us - mill->changed_us > EASE_US)
        shed_one(mill, now_us);
    else if (mill_shed(mill) && now_us - mill->changed_us > mill->pause_us &&
             now_us - mill->calm_since_us > mill->pause_us / 2)
        take_up_one(mill, now_us);
}

/* All of them stand still until the next segment. */
static void lose(struct mill *mill, int64_t now_us)
{
    mill->dropped++;
    if (!mill->needs_key) {
        mill->needs_key = true;
        for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
            if (mill->rungs[i])
                rung_stop(mill->rungs[i]);
        shed_one(mill, now_us);
    }
}

void mill_do(struct mill *mill, const struct mill_task *task, int64_t waited_us,
             int64_t now_us)
{
    judge(mill, waited_us, now_us);
    switch (task->kind) {
    case MILL_CONFIG:
        configure(mill, task);
        return;
    case MILL_BEGIN:
        begin(mill, task);
        return;
    case MILL_PICTURE:
        picture(mill, task);
        break;
    case MILL_SOUND:
        sound(mill, task);
        break;
    case MILL_CUT:
        add_mark(mill, task);
        break;
    case MILL_END:
        end(mill, task);
        return;
    case MILL_LOST:
        lose(mill, now_us);
        return;
    }
    if (task->tick > mill->now)
        mill->now = task->tick;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (mill->rungs[i])
            rung_flush(mill->rungs[i], mill->now);
}
