// SPDX-License-Identifier: Apache-2.0
#include "rung.h"

#include <sched.h>
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavutil/frame.h>
#include <libswscale/swscale.h>
#pragma GCC diagnostic pop

#include "encoder.h"
#include "format.h"
#include "media/packet.h"

enum {
    FRAMES_NOMINAL = 30, /* times are told; only the head of all has it */
    CORES_FOR_THREADS = 4,
    THREADS_MAX = 4,
    HD_LINES = 720, /* from here on, colours that are not told are BT.709's */
};

/* By index: the shorter side, and bits a second at most. */
static const struct {
    unsigned side;
    int bits;
} kinds[PART_RENDITIONS_MAX] = {
    [1] = {720, 2800000},
    [2] = {360, 800000},
};

struct rung {
    unsigned index;
    struct mux *mux;
    bool has_from;
    int64_t from; /* where the process before came to */
    struct mux_format feed;
    struct buf asc;
    struct encoder *encoder;
    struct SwsContext *scaler;
    int scaler_width, scaler_height, scaler_format; /* of what it takes */
    AVFrame *small;
    int64_t least;  /* nothing before */
    int64_t resume; /* goes on there even within a segment; -1: nowhere */
    bool is_broken; /* the first part does not go on from what was before */
    bool is_on;
    struct { /* the last picture: how long it is shown the next one tells */
        bool is_set, is_key;
        int64_t tick, shown_after;
        struct buf bytes;
    } last;
};

unsigned rung_side(unsigned index)
{
    return kinds[index].side;
}

enum err rung_create(unsigned index, const struct start *start, struct buf *out,
                     struct rung **ret_rung)
{
    enum { ASC_BYTES_MAX = 4096 };
    struct rung *rung = calloc(1, sizeof *rung);
    if (!rung)
        return ERR_NO_MEMORY;
    rung->index = index;
    rung->has_from = start->renditions[index].has_from;
    rung->from = start->renditions[index].from;
    rung->resume = -1;
    buf_init(&rung->asc, ASC_BYTES_MAX);
    buf_init(&rung->last.bytes, PACKET_PAYLOAD_BYTES_MAX);
    rung->small = av_frame_alloc();
    if (!rung->small || mux_create(index, out, &rung->mux)) {
        rung_destroy(rung);
        return ERR_NO_MEMORY;
    }
    *ret_rung = rung;
    return ERR_OK;
}

static void drop_encoder(struct rung *rung)
{
    encoder_destroy(rung->encoder);
    sws_freeContext(rung->scaler);
    av_frame_unref(rung->small);
    rung->encoder = NULL;
    rung->scaler = NULL;
}

void rung_destroy(struct rung *rung)
{
    if (!rung)
        return;
    drop_encoder(rung);
    mux_destroy(rung->mux);
    av_frame_free(&rung->small);
    buf_finish(&rung->asc);
    buf_finish(&rung->last.bytes);
    free(rung);
}

void rung_configure(struct rung *rung, const struct mux_format *format)
{
    drop_encoder(rung);
    buf_reset(&rung->asc);
    buf_add(&rung->asc, format->asc);
    rung->feed = *format;
    rung->feed.asc = buf_str(&rung->asc);
    rung->feed.avcc = str_of(NULL, 0);
}

void rung_begin(struct rung *rung, int64_t tick, bool goes_on)
{
    int64_t until = mux_written_until(rung->mux);
    bool is_resumed = until < 0 && rung->has_from;
    rung->resume = -1;
    rung->least = until > tick ? until : tick;
    rung->is_broken = is_resumed || until >= 0;
    if (is_resumed && goes_on && rung->from >= tick) {
        rung->resume = rung->least = rung->from;
        rung->is_broken = false;
    } else if (is_resumed && rung->from > rung->least) {
        rung->least = rung->from;
    }
}

bool rung_is_on(const struct rung *rung)
{
    return rung->is_on;
}

/* ---- Beginning -------------------------------------------------------------
 */

/* The cores this process may use: more threads on many of them, none beside
 * the ladder's own on the two of a small server. */
static int count_threads(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int cores = CPU_COUNT(&set);
    int threads = cores < CORES_FOR_THREADS ? 1 : cores / 2;
    return threads > THREADS_MAX ? THREADS_MAX : threads;
}

static int even(double value)
{
    int whole = (int)(value / 2 + 0.5) * 2;
    return whole < 2 ? 2 : whole;
}

static struct encoder_format shape(const struct rung *rung, const AVFrame *like)
{
    double side = rung_side(rung->index);
    bool is_upright = like->height > like->width;
    double scale = side / (is_upright ? like->width : like->height);
    bool is_hd = like->height >= HD_LINES || like->width > 1024;
    bool is_told = like->colorspace != AVCOL_SPC_UNSPECIFIED;
    struct encoder_format format = {
        .width = even(like->width * scale),
        .height = even(like->height * scale),
        .aspect_width = (int)rung->feed.aspect_width,
        .aspect_height = (int)rung->feed.aspect_height,
        .frames_num = FRAMES_NOMINAL,
        .frames_den = 1,
        .bits = kinds[rung->index].bits,
        .threads = count_threads(),
        .matrix = is_told ? (int)like->colorspace
                  : is_hd ? AVCOL_SPC_BT709
                          : AVCOL_SPC_SMPTE170M,
        .primaries = is_told ? (int)like->color_primaries
                     : is_hd ? AVCOL_PRI_BT709
                             : AVCOL_PRI_SMPTE170M,
        .transfer = is_told ? (int)like->color_trc : AVCOL_TRC_BT709,
    };
    return format;
}

static bool make_encoder(struct rung *rung, const AVFrame *like)
{
    struct encoder_format format = shape(rung, like);
    if (encoder_create(&format, &rung->encoder)) {
        rung->encoder = NULL;
        return false;
    }
    rung->small->format = AV_PIX_FMT_YUV420P;
    rung->small->width = format.width;
    rung->small->height = format.height;
    if (av_frame_get_buffer(rung->small, 0) < 0) {
        drop_encoder(rung);
        return false;
    }
    return true;
}

static bool can_begin(const struct rung *rung, const struct rung_mark *mark)
{
    return mark->tick == rung->resume ||
           (mark->cut == CUT_SEGMENT && mark->tick >= rung->least);
}

static bool start(struct rung *rung, const struct rung_mark *mark,
                  const AVFrame *like)
{
    unsigned length_bytes;
    struct mux_format format;
    if (!rung->encoder && !make_encoder(rung, like))
        return false;
    if (format_read(encoder_config(rung->encoder), rung->feed.asc, &format,
                    &length_bytes))
        return false;
    if (mux_is_begun(rung->mux)) { /* gaps up to here */
        mux_cut(rung->mux, mark->tick, mark->cut, true);
        mux_flush(rung->mux, INT64_MAX);
    }
    mux_begin(rung->mux, &format, mark->tick, rung->is_broken);
    mux_cut(rung->mux, mark->tick, mark->cut, true);
    rung->is_broken = false;
    rung->resume = -1;
    rung->is_on = true;
    return true;
}

bool rung_cut(struct rung *rung, const struct rung_mark *mark,
              const AVFrame *like)
{
    if (!rung->is_on && like && can_begin(rung, mark) &&
        start(rung, mark, like))
        return true;
    if (!mux_is_begun(rung->mux) && mux_written_until(rung->mux) >= 0 &&
        mark->cut == CUT_SEGMENT && mark->tick >= rung->least) {
        mux_begin_gap(rung->mux, mark->tick, rung->is_broken);
        rung->is_broken = false;
    }
    if (mux_is_begun(rung->mux))
        mux_cut(rung->mux, mark->tick, mark->cut,
                mark->cut == CUT_SEGMENT || (like && like->key_frame));
    return false;
}

/* ---- Pictures and sound ----------------------------------------------------
 */

void rung_close_picture(struct rung *rung, int64_t tick)
{
    if (!rung->last.is_set)
        return;
    struct mux_frame frame = {
        .is_key = rung->last.is_key,
        .tick = rung->last.tick,
        .duration =
            (uint32_t)(tick > rung->last.tick ? tick - rung->last.tick : 1),
        .shown_after = (int32_t)rung->last.shown_after,
        .bytes = buf_str(&rung->last.bytes),
    };
    (void)!mux_add(rung->mux, &frame);
    rung->last.is_set = false;
}

static bool scale(struct rung *rung, const AVFrame *picture)
{
    AVFrame *small = rung->small;
    if (!rung->scaler || rung->scaler_width != picture->width ||
        rung->scaler_height != picture->height ||
        rung->scaler_format != picture->format) {
        sws_freeContext(rung->scaler);
        rung->scaler = sws_getContext(
            picture->width, picture->height,
            (enum AVPixelFormat)picture->format, small->width, small->height,
            AV_PIX_FMT_YUV420P, SWS_BILINEAR, NULL, NULL, NULL);
        rung->scaler_width = picture->width;
        rung->scaler_height = picture->height;
        rung->scaler_format = picture->format;
    }
    return rung->scaler && av_frame_make_writable(small) >= 0 &&
           sws_scale(rung->scaler, (const uint8_t *const *)picture->data,
                     picture->linesize, 0, picture->height, small->data,
                     small->linesize) > 0;
}

void rung_picture(struct rung *rung, const AVFrame *picture, int64_t tick,
                  int64_t shown_after, bool is_key)
{
    struct str bytes;
    int64_t encoded_tick;
    if (!rung->is_on || !scale(rung, picture))
        return;
    rung->small->pts = tick;
    if (encoder_push(rung->encoder, rung->small, is_key, &bytes,
                     &encoded_tick) ||
        bytes.len == 0)
        return;
    buf_reset(&rung->last.bytes);
    buf_add(&rung->last.bytes, bytes);
    rung->last.tick = tick;
    rung->last.shown_after = shown_after;
    rung->last.is_key = is_key;
    rung->last.is_set = !buf_err(&rung->last.bytes);
}

void rung_sound(struct rung *rung, int64_t tick, struct str bytes)
{
    struct mux_frame frame = {.is_sound = true, .tick = tick, .bytes = bytes};
    if (rung->is_on)
        (void)!mux_add(rung->mux, &frame);
}

void rung_flush(struct rung *rung, int64_t now)
{
    if (mux_is_begun(rung->mux))
        mux_flush(rung->mux, now);
}

void rung_stop(struct rung *rung)
{
    if (!rung->is_on)
        return;
    rung->is_on = false;
    rung->last.is_set = false;
    mux_begin_gap(rung->mux, 0, false);
}

void rung_end(struct rung *rung, int64_t tick)
{
    rung_close_picture(rung, tick);
    mux_end(rung->mux, tick);
    rung->is_on = false;
}
