// SPDX-License-Identifier: Apache-2.0
#include "encoder.h"

#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#pragma GCC diagnostic pop

#include "media/h264.h"
#include "media/part.h"

enum {
    PACKET_BYTES_MAX = 8 << 20,
    CONFIG_BYTES_MAX = 4096,
    QUALITY = 23,
    MORE_BYTES = 80, /* of what only x264 knows */
};

struct encoder {
    AVCodecContext *context;
    AVPacket *packet;
    struct buf config, bytes;
};

/* From start codes, as x264 writes the head of all, to a record. */
static enum err read_config(struct encoder *encoder)
{
    struct str rest = str_of((const char *)encoder->context->extradata,
                             (size_t)encoder->context->extradata_size);
    struct str unit, sps = {0}, pps = {0};
    while (h264_next_unit(&rest, &unit)) {
        if (h264_unit_type(unit) == H264_SPS)
            sps = unit;
        if (h264_unit_type(unit) == H264_PPS)
            pps = unit;
    }
    return h264_write_config(&encoder->config, sps, &pps, pps.len > 0);
}

static void set_up(AVCodecContext *context, const struct encoder_format *format)
{
    context->width = format->width;
    context->height = format->height;
    context->sample_aspect_ratio =
        (AVRational){format->aspect_width, format->aspect_height};
    context->pix_fmt = AV_PIX_FMT_YUV420P;
    context->time_base = (AVRational){1, PART_CLOCK_HZ};
    context->framerate = (AVRational){format->frames_num, format->frames_den};
    context->gop_size = INT16_MAX; /* key frames are asked for */
    context->max_b_frames = 0;
    context->thread_count = format->threads;
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (format->matrix) {
        context->colorspace = (enum AVColorSpace)format->matrix;
        context->color_primaries = (enum AVColorPrimaries)format->primaries;
        context->color_trc =
            (enum AVColorTransferCharacteristic)format->transfer;
    }
    context->rc_max_rate = format->bits;
    context->rc_buffer_size = format->bits;
    av_opt_set(context->priv_data, "preset",
               format->preset ? format->preset : "veryfast", 0);
    av_opt_set(context->priv_data, "tune", "zerolatency", 0);
    if (format->is_full_range)
        context->color_range = AVCOL_RANGE_JPEG;
    av_opt_set_double(context->priv_data, "crf",
                      format->quality ? format->quality : QUALITY, 0);
    av_opt_set(context->priv_data, "forced-idr", "1", 0);
    char more[MORE_BYTES];
    snprintf(more, sizeof more,
             "scenecut=0:sync-lookahead=0:sliced-threads=1:sps-id=%d",
             format->set_number);
    av_opt_set(context->priv_data, "x264-params", more, 0);
}

enum err encoder_create(const struct encoder_format *format,
                        struct encoder **ret_encoder)
{
    const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
    struct encoder *encoder = calloc(1, sizeof *encoder);
    enum err err = encoder && codec ? ERR_OK : ERR_NO_MEMORY;
    if (err) {
        free(encoder);
        return err;
    }
    buf_init(&encoder->config, CONFIG_BYTES_MAX);
    buf_init(&encoder->bytes, PACKET_BYTES_MAX);
    encoder->context = avcodec_alloc_context3(codec);
    encoder->packet = av_packet_alloc();
    if (!encoder->context || !encoder->packet) {
        err = ERR_NO_MEMORY;
    } else {
        set_up(encoder->context, format);
        if (avcodec_open2(encoder->context, codec, NULL) < 0)
            err = ERR_INVALID;
    }
    err = err ? err : read_config(encoder);
    if (err)
        encoder_destroy(encoder);
    else
        *ret_encoder = encoder;
    return err;
}

void encoder_destroy(struct encoder *encoder)
{
    if (!encoder)
        return;
    avcodec_free_context(&encoder->context);
    av_packet_free(&encoder->packet);
    buf_finish(&encoder->config);
    buf_finish(&encoder->bytes);
    free(encoder);
}

struct str encoder_config(const struct encoder *encoder)
{
    return buf_str(&encoder->config);
}

/* What a decoder must know stands in front already; what x264 says of itself
 * is for nobody. */
static bool is_wanted(struct str unit)
{
    unsigned type = h264_unit_type(unit);
    return type == H264_SLICE || type == H264_IDR;
}

enum err encoder_push(struct encoder *encoder, struct AVFrame *picture,
                      bool is_key, struct str *ret_bytes, int64_t *ret_tick)
{
    buf_reset(&encoder->bytes);
    *ret_bytes = str_of(NULL, 0);
    picture->pict_type = is_key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
    if (avcodec_send_frame(encoder->context, picture) < 0)
        return ERR_INVALID;
    int got = avcodec_receive_packet(encoder->context, encoder->packet);
    if (got == AVERROR(EAGAIN))
        return ERR_OK;
    if (got < 0)
        return ERR_INVALID;
    struct str rest = str_of((const char *)encoder->packet->data,
                             (size_t)encoder->packet->size);
    struct str unit;
    while (h264_next_unit(&rest, &unit))
        if (is_wanted(unit))
            h264_write_unit(&encoder->bytes, unit);
    *ret_tick = encoder->packet->pts;
    av_packet_unref(encoder->packet);
    *ret_bytes = buf_str(&encoder->bytes);
    return buf_err(&encoder->bytes);
}
