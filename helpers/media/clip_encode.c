// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavutil/frame.h>
#pragma GCC diagnostic pop

#include "clip_internal.h"
#include "decoder.h"
#include "thumbnail.h"

enum {
    PICTURES_FIRST = 1024,
    QUALITY = 19, /* next to what it came from */
    BITS_MIN = 2000000,
    BITS_MAX = 60000000,
    THREADS = 2,
    PIXELS_SOON = 75 * 1280 * 720, /* in a second or so */
};

bool clip_add(struct clip_pictures *pictures,
              const struct clip_picture *picture)
{
    if (pictures->count == pictures->capacity) {
        size_t more =
            pictures->capacity ? pictures->capacity * 2 : PICTURES_FIRST;
        void *all = realloc(pictures->all, more * sizeof *picture);
        if (!all)
            return false;
        pictures->all = all;
        pictures->capacity = more;
    }
    pictures->all[pictures->count++] = *picture;
    return true;
}

/* Twice what there was. */
static int bits(const struct clip *clip)
{
    const struct clip_pictures *came = &clip->came;
    int64_t bytes = 0;
    for (size_t i = 0; i < came->count; i++)
        bytes += (int64_t)came->all[i].bytes.len;
    int64_t ticks = came->all[came->count - 1].time - came->all[0].time +
                    came->all[0].duration;
    int64_t wanted = ticks > 0 ? 2 * 8 * bytes * 90000 / ticks : BITS_MIN;
    return wanted < BITS_MIN ? BITS_MIN
                             : (int)(wanted > BITS_MAX ? BITS_MAX : wanted);
}

/* Somebody waits for it. */
static const char *preset(const struct clip *clip, const AVFrame *like)
{
    int64_t pixels = (int64_t)like->width * like->height;
    return (int64_t)clip->encoding * pixels > PIXELS_SOON ? "ultrafast"
                                                          : "superfast";
}

static enum err open_encoder(struct clip *clip, const AVFrame *like,
                             struct fault *fault)
{
    const struct fmp4_track *track = &clip->tracks[clip->picture_track - 1];
    bool is_told = like->colorspace != AVCOL_SPC_UNSPECIFIED;
    bool is_usual = like->format == AV_PIX_FMT_YUV420P ||
                    like->format == AV_PIX_FMT_YUVJ420P;
    struct encoder_format format = {
        .width = like->width,
        .height = like->height,
        .aspect_width = (int)track->aspect_width,
        .aspect_height = (int)track->aspect_height,
        .frames_num = 25,
        .frames_den = 1,
        .bits = bits(clip),
        .threads = THREADS,
        .matrix = is_told ? (int)like->colorspace : 0,
        .primaries = (int)like->color_primaries,
        .transfer = (int)like->color_trc,
        .is_full_range = like->format == AV_PIX_FMT_YUVJ420P ||
                         like->color_range == AVCOL_RANGE_JPEG,
        .preset = preset(clip, like),
        .quality = QUALITY,
        .set_number = avc_free_number(track->config),
    };
    if (!is_usual || like->width % 2 || like->height % 2 ||
        format.set_number < 0 || encoder_create(&format, &clip->encoder))
        return fault_set(fault, ERR_UNSUPPORTED, NULL,
                         "pictures of this kind (%d × %d, format %d) cannot be "
                         "encoded; a clip that begins and ends at a key frame "
                         "needs no encoding",
                         like->width, like->height, like->format);
    return ERR_OK;
}

static enum err encode(struct clip *clip, const AVFrame *seen, bool is_key,
                       struct fault *fault)
{
    struct str bytes;
    int64_t tick = 0;
    enum err err = ERR_OK;
    if (!clip->encoder)
        err = open_encoder(clip, seen, fault);
    AVFrame *picture = err ? NULL : av_frame_clone(seen);
    if (!err && !picture)
        err = fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    if (!err && (encoder_push(clip->encoder, picture, is_key, &bytes, &tick) ||
                 !bytes.len))
        err =
            fault_set(fault, ERR_INVALID, NULL, "a picture cannot be encoded");
    av_frame_free(&picture);
    if (err)
        return err;
    struct clip_picture made = {
        .shown = tick,
        .is_key = is_key,
        .is_new = true,
        .bytes = arena_copy(&clip->arena, bytes),
    };
    return clip_add(&clip->cut, &made)
               ? ERR_OK
               : fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
}

struct span {
    int64_t from, to;
    size_t count; /* so far */
};

static enum err take(struct clip *clip, struct decoder *decoder,
                     struct span *span, struct fault *fault)
{
    const AVFrame *picture;
    enum err err = ERR_OK;
    while (!err && (picture = decoder_take(decoder))) {
        if (picture->pts < span->from || picture->pts >= span->to)
            continue;
        if (!clip->poster.len && !clip->cut.count)
            err = thumbnail_write(picture,
                                  picture->width < CLIP_POSTER_WIDTH_MAX
                                      ? picture->width
                                      : CLIP_POSTER_WIDTH_MAX,
                                  &clip->poster);
        if (err)
            return fault_set(fault, err, NULL,
                             "the first picture cannot be written");
        err = encode(clip, picture, span->count++ == 0, fault);
    }
    return err;
}

enum err clip_encode(struct clip *clip, size_t key, int64_t from, int64_t to,
                     struct fault *fault)
{
    const struct clip_pictures *came = &clip->came;
    struct span span = {from, to, 0};
    struct decoder *decoder = NULL;
    enum err err =
        decoder_create(clip->tracks[clip->picture_track - 1].config, &decoder);
    if (err)
        return fault_set(fault, err, NULL, "the pictures cannot be decoded");
    for (size_t i = key; i < came->count; i++)
        clip->encoding += came->all[i].shown >= from && came->all[i].shown < to;
    for (size_t i = key; !err && i < came->count && clip->later[i] < to; i++) {
        const struct clip_picture *picture = &came->all[i];
        /* One that is damaged is left out. */
        if (decoder_push(decoder, picture->bytes, picture->is_key,
                         picture->shown))
            err = take(clip, decoder, &span, fault);
    }
    decoder_drain(decoder);
    if (!err)
        err = take(clip, decoder, &span, fault);
    decoder_destroy(decoder);
    if (!err && !span.count)
        err = fault_set(fault, ERR_INVALID, NULL,
                        "the pictures around the ends cannot be decoded");
    return err;
}
