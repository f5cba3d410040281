// SPDX-License-Identifier: Apache-2.0
#include "rendition.h"

#include <math.h>

#include "media/part.h"
#include "mux.h"

enum {
    JSON_BYTES_MAX = 1024,
    FRAMES_TICKS_MAX = 10 * PART_CLOCK_HZ, /* how long frames are counted */
    PEAK_PERCENT = 110, /* of what was told: players choose by it */
};

void rendition_begin(struct rendition_info *info, unsigned index,
                     const struct mux_format *format)
{
    struct buf codecs;
    *info = (struct rendition_info){
        .index = index,
        .width = format->width,
        .height = format->height,
        .rate = format->rate,
        .channels = format->channels,
    };
    buf_init(&codecs, sizeof info->codecs - 1);
    if (format->has_pictures)
        buf_printf(&codecs, "avc1.%02x%02x%02x", format->profile,
                   format->constraints, format->level);
    if (format->has_sound)
        buf_printf(&codecs, "%smp4a.40.%u", codecs.len ? "," : "",
                   format->object_type);
    if (str_to_c(buf_str(&codecs), info->codecs, sizeof info->codecs))
        info->codecs[0] = '\0';
    buf_finish(&codecs);
}

/* Times are rounded, rates are well known. */
static double known_rate(double frames)
{
    static const double known[] = {12,
                                   12.5,
                                   15,
                                   20,
                                   24000 / 1001.0,
                                   24,
                                   25,
                                   30000 / 1001.0,
                                   30,
                                   48,
                                   50,
                                   60000 / 1001.0,
                                   60,
                                   100,
                                   120};
    double best = frames, distance = frames / 2000;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (fabs(known[i] - frames) <= distance) {
            distance = fabs(known[i] - frames);
            best = known[i];
        }
    return best == frames ? round(frames * 100) / 100 : best;
}

void rendition_count(struct rendition_info *info, int64_t ticks, size_t bytes,
                     size_t pictures)
{
    info->segment_ticks += ticks;
    info->segment_bytes += (int64_t)bytes;
    info->all_ticks += ticks;
    info->all_bytes += (int64_t)bytes;
    if (info->picture_ticks < FRAMES_TICKS_MAX) {
        info->picture_ticks += ticks;
        info->pictures += (int64_t)pictures;
        info->frames = known_rate((double)info->pictures * PART_CLOCK_HZ /
                                  (double)info->picture_ticks);
    }
    info->mean_bits = info->all_bytes * 8 * PART_CLOCK_HZ / info->all_ticks;
    if (info->peak_bits < info->mean_bits)
        info->peak_bits = info->mean_bits;
}

void rendition_end_segment(struct rendition_info *info)
{
    if (info->segment_ticks >= PART_CLOCK_HZ) {
        int64_t bits =
            info->segment_bytes * 8 * PART_CLOCK_HZ / info->segment_ticks;
        if (bits > info->peak_bits)
            info->peak_bits = bits;
    }
    info->segment_ticks = info->segment_bytes = 0;
}

bool rendition_has_changed(const struct rendition_info *info)
{
    return info->peak_bits * 100 > info->told_peak * PEAK_PERCENT ||
           (info->told_frames > 0 &&
            fabs(info->frames - info->told_frames) > info->told_frames / 20);
}

void rendition_write(struct rendition_info *info, struct buf *out)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, JSON_BYTES_MAX);
    buf_printf(&json, "{\"name\":\"%s\",\"codecs\":\"%s\"",
               part_rendition_name(info->index), info->codecs);
    if (info->width)
        buf_printf(&json, ",\"width\":%u,\"height\":%u,\"frames\":%.3f",
                   info->width, info->height, info->frames);
    if (info->rate)
        buf_printf(&json, ",\"rate\":%u,\"channels\":%u", info->rate,
                   info->channels);
    buf_printf(&json, ",\"peak_bits\":%lld,\"mean_bits\":%lld}",
               (long long)info->peak_bits, (long long)info->mean_bits);
    part_write(out, &(struct part){.kind = PART_RENDITION,
                                   .rendition = (uint8_t)info->index,
                                   .payload = buf_str(&json)});
    info->told_peak = info->peak_bits;
    info->told_frames = info->frames;
}
