// SPDX-License-Identifier: Apache-2.0
#include "slate.h"

#include <math.h>
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#pragma GCC diagnostic pop

#include "encoder.h"

enum {
    HZ = PART_CLOCK_HZ,
    LONGER_MAX = 1280,
    SHORTER_MAX = 720,
    FRAMES = 20, /* of a group */
    FRAME_TICKS = SLATE_GROUP_TICKS / FRAMES,
    BITS = 1000000,
    AAC_SAMPLES = 1024,
    AAC_PRIMING = 4, /* frames until silence is nothing but that */
    SOUND_BITS = 32000,
};

struct slate {
    struct encoder *encoder; /* NULL: no pictures */
    struct buf pictures[FRAMES];
    struct buf asc, silence;
    unsigned rate, channels;
    int64_t begin, picture_count, sound_count;
};

/* ---- Pictures --------------------------------------------------------------
 */

struct tone {
    uint8_t y, u, v;
};

/* In thousandths of the sheet's height, from its left and top. */
static const struct {
    int left, top, width, height;
    struct tone tone;
} bars[] = {
    {0, 0, 760, 1000, {226, 126, 130}},   /* the sheet */
    {60, 60, 640, 110, {52, 130, 126}},   /* its name */
    {60, 200, 640, 14, {52, 130, 126}},   /* a rule */
    {60, 250, 300, 260, {150, 134, 120}}, /* a picture */
    {400, 250, 300, 40, {120, 128, 128}}, /* and lines */
    {400, 320, 300, 40, {120, 128, 128}}, {400, 390, 300, 40, {120, 128, 128}},
    {400, 460, 220, 40, {120, 128, 128}}, {60, 560, 300, 40, {160, 128, 128}},
    {60, 630, 300, 40, {160, 128, 128}},  {60, 700, 300, 40, {160, 128, 128}},
    {60, 770, 180, 40, {160, 128, 128}},  {400, 560, 300, 40, {160, 128, 128}},
    {400, 630, 300, 40, {160, 128, 128}}, {400, 700, 300, 40, {160, 128, 128}},
    {400, 770, 240, 40, {160, 128, 128}},
};

static const struct tone background = {38, 134, 124};

static void fill_plane(AVFrame *picture, int plane, int left, int top,
                       int width, int height, uint8_t value)
{
    int shift = plane ? 1 : 0;
    for (int y = top >> shift; y < (top + height) >> shift; y++)
        memset(picture->data[plane] + y * picture->linesize[plane] +
                   (left >> shift),
               value, (size_t)(width >> shift));
}

static void fill(AVFrame *picture, int left, int top, int width, int height,
                 const struct tone *tone)
{
    fill_plane(picture, 0, left, top, width, height, tone->y);
    fill_plane(picture, 1, left, top, width, height, tone->u);
    fill_plane(picture, 2, left, top, width, height, tone->v);
}

static void draw(AVFrame *picture)
{
    int height = picture->height / 2, top = picture->height / 4;
    int side = height * 76 / 100;
    if (side > picture->width / 2) { /* of a picture that stands upright */
        side = picture->width / 2;
        height = side * 100 / 76;
        top = (picture->height - height) / 2;
    }
    int left = (picture->width - side) / 2;
    fill(picture, 0, 0, picture->width, picture->height, &background);
    for (size_t i = 0; i < sizeof bars / sizeof *bars; i++)
        fill(picture, left + bars[i].left * height / 1000,
             top + bars[i].top * height / 1000, bars[i].width * height / 1000,
             bars[i].height * height / 1000, &bars[i].tone);
}

static enum err encode_all(struct slate *slate, AVFrame *picture)
{
    enum err err = ERR_OK;
    struct str bytes;
    int64_t tick;
    for (int i = 0; i < FRAMES && !err; i++) {
        picture->pts = (int64_t)i * FRAME_TICKS;
        err = encoder_push(slate->encoder, picture, i == 0, &bytes, &tick);
        if (!err && bytes.len == 0)
            err = ERR_INVALID;
        if (!err)
            buf_add(&slate->pictures[i], bytes);
        if (!err)
            err = buf_err(&slate->pictures[i]);
    }
    return err;
}

static void fit(unsigned *width, unsigned *height)
{
    bool is_upright = *height > *width;
    double longer = is_upright ? *height : *width;
    double shorter = is_upright ? *width : *height;
    double scale = fmin(1, fmin(LONGER_MAX / longer, SHORTER_MAX / shorter));
    *width = (unsigned)(*width * scale + 0.5);
    *height = (unsigned)(*height * scale + 0.5);
}

static enum err make_pictures(struct slate *slate, unsigned width,
                              unsigned height)
{
    fit(&width, &height);
    struct encoder_format format = {
        .width = (int)((width < 64 ? 64 : width) & ~1u),
        .height = (int)((height < 64 ? 64 : height) & ~1u),
        .aspect_width = 1,
        .aspect_height = 1,
        .frames_num = 10,
        .frames_den = 1,
        .bits = BITS,
        .threads = 1,
    };
    enum err err = encoder_create(&format, &slate->encoder);
    AVFrame *picture = err ? NULL : av_frame_alloc();
    if (!picture)
        return err ? err : ERR_NO_MEMORY;
    picture->format = AV_PIX_FMT_YUV420P;
    picture->width = format.width;
    picture->height = format.height;
    if (av_frame_get_buffer(picture, 0) < 0) {
        err = ERR_NO_MEMORY;
    } else {
        draw(picture);
        err = encode_all(slate, picture);
    }
    av_frame_free(&picture);
    return err;
}

/* ---- Silence ---------------------------------------------------------------
 */

static AVCodecContext *open_aac(unsigned rate, unsigned channels)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("aac");
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!context)
        return NULL;
    context->sample_rate = (int)rate;
    context->sample_fmt = AV_SAMPLE_FMT_FLTP;
    context->bit_rate = SOUND_BITS * (int)channels;
    av_channel_layout_default(&context->ch_layout, (int)channels);
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (avcodec_open2(context, codec, NULL) < 0)
        avcodec_free_context(&context);
    return context;
}

static AVFrame *make_silent(const AVCodecContext *context)
{
    AVFrame *frame = av_frame_alloc();
    if (!frame)
        return NULL;
    frame->format = context->sample_fmt;
    frame->nb_samples = AAC_SAMPLES;
    frame->sample_rate = context->sample_rate;
    if (av_channel_layout_copy(&frame->ch_layout, &context->ch_layout) < 0 ||
        av_frame_get_buffer(frame, 0) < 0) {
        av_frame_free(&frame);
        return NULL;
    }
    for (int i = 0; i < context->ch_layout.nb_channels; i++)
        memset(frame->data[i], 0, AAC_SAMPLES * sizeof(float));
    return frame;
}

static enum err make_silence(struct slate *slate)
{
    AVCodecContext *context = open_aac(slate->rate, slate->channels);
    AVFrame *frame = context ? make_silent(context) : NULL;
    AVPacket *packet = frame ? av_packet_alloc() : NULL;
    for (int i = 0; packet && i < AAC_PRIMING; i++) {
        frame->pts = (int64_t)i * AAC_SAMPLES;
        if (avcodec_send_frame(context, frame) < 0)
            break;
        if (avcodec_receive_packet(context, packet) < 0)
            continue;
        buf_reset(&slate->silence);
        buf_add_bytes(&slate->silence, packet->data, (size_t)packet->size);
        av_packet_unref(packet);
    }
    if (context)
        buf_add_bytes(&slate->asc, context->extradata,
                      (size_t)context->extradata_size);
    av_packet_free(&packet);
    av_frame_free(&frame);
    avcodec_free_context(&context);
    return slate->silence.len && slate->asc.len ? ERR_OK : ERR_INVALID;
}

/* ---- The slate -------------------------------------------------------------
 */

enum err slate_create(unsigned width, unsigned height, unsigned rate,
                      unsigned channels, struct slate **ret_slate)
{
    enum { BYTES_MAX = 1 << 20 };
    struct slate *slate = calloc(1, sizeof *slate);
    enum err err = ERR_OK;
    if (!slate)
        return ERR_NO_MEMORY;
    for (int i = 0; i < FRAMES; i++)
        buf_init(&slate->pictures[i], BYTES_MAX);
    buf_init(&slate->asc, BYTES_MAX);
    buf_init(&slate->silence, BYTES_MAX);
    slate->rate = rate;
    slate->channels = channels == 1 ? 1 : 2;
    if (width && height)
        err = make_pictures(slate, width, height);
    if (rate && !err)
        err = make_silence(slate);
    if (err)
        slate_destroy(slate);
    else
        *ret_slate = slate;
    return err;
}

void slate_destroy(struct slate *slate)
{
    if (!slate)
        return;
    encoder_destroy(slate->encoder);
    for (int i = 0; i < FRAMES; i++)
        buf_finish(&slate->pictures[i]);
    buf_finish(&slate->asc);
    buf_finish(&slate->silence);
    free(slate);
}

bool slate_config(const struct slate *slate, enum packet_track track,
                  struct packet *ret_packet)
{
    if (track == PACKET_VIDEO ? !slate->encoder : !slate->rate)
        return false;
    *ret_packet = (struct packet){
        .kind = PACKET_CONFIG,
        .track = (uint8_t)track,
        .payload = track == PACKET_VIDEO ? encoder_config(slate->encoder)
                                         : buf_str(&slate->asc),
    };
    return true;
}

void slate_begin(struct slate *slate, int64_t tick)
{
    slate->begin = tick;
    slate->picture_count = slate->sound_count = 0;
}

bool slate_next(struct slate *slate, int64_t before, struct packet *ret_packet)
{
    int64_t picture = INT64_MAX, sound = INT64_MAX;
    if (slate->encoder)
        picture = slate->begin + slate->picture_count * FRAME_TICKS;
    if (slate->rate)
        sound =
            slate->begin + slate->sound_count * AAC_SAMPLES * HZ / slate->rate;
    bool is_sound = sound < picture;
    struct packet packet = {
        .kind = PACKET_FRAME,
        .track = is_sound ? PACKET_AUDIO : PACKET_VIDEO,
        .tick = is_sound ? sound : picture,
    };
    if (packet.tick >= before)
        return false;
    if (is_sound) {
        packet.payload = buf_str(&slate->silence);
        slate->sound_count++;
    } else {
        int64_t place = slate->picture_count++ % FRAMES;
        packet.payload = buf_str(&slate->pictures[place]);
        packet.is_key = place == 0;
    }
    *ret_packet = packet;
    return true;
}
