// SPDX-License-Identifier: Apache-2.0
#include "thumbnail.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
#pragma GCC diagnostic pop

enum {
    QUALITY = 5,  /* 2 is the best, 31 the least */
    FORM_MAX = 4, /* so many times its width a picture is high at most */
};

static AVPacket *make_packet(struct str bytes)
{
    AVPacket *packet = av_packet_alloc();
    if (!packet || bytes.len > INT32_MAX / 2 ||
        av_new_packet(packet, (int)bytes.len) < 0) {
        av_packet_free(&packet);
        return NULL;
    }
    memcpy(packet->data, bytes.ptr, bytes.len);
    packet->flags |= AV_PKT_FLAG_KEY;
    return packet;
}

static AVCodecContext *open_decoder(struct str avcc)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!context)
        return NULL;
    context->thread_count = 1;
    context->extradata = av_mallocz(avcc.len + AV_INPUT_BUFFER_PADDING_SIZE);
    if (context->extradata) {
        memcpy(context->extradata, avcc.ptr, avcc.len);
        context->extradata_size = (int)avcc.len;
    }
    if (!context->extradata || avcodec_open2(context, codec, NULL) < 0)
        avcodec_free_context(&context);
    return context;
}

struct AVFrame *thumbnail_decode(struct str avcc, struct str picture)
{
    AVCodecContext *context = open_decoder(avcc);
    AVPacket *packet = context ? make_packet(picture) : NULL;
    AVFrame *frame = packet ? av_frame_alloc() : NULL;
    if (frame && (avcodec_send_packet(context, packet) < 0 ||
                  avcodec_send_packet(context, NULL) < 0 ||
                  avcodec_receive_frame(context, frame) < 0))
        av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&context);
    return frame;
}

static AVFrame *shrink(const AVFrame *frame, int width)
{
    AVRational aspect = frame->sample_aspect_ratio;
    double form = (double)frame->height / frame->width;
    if (aspect.num > 0 && aspect.den > 0)
        form = form * aspect.den / aspect.num;
    int height = (int)(width * form / 2 + 0.5) * 2;
    AVFrame *small = av_frame_alloc();
    if (!small)
        return NULL;
    small->width = width;
    small->height = height < 2                  ? 2
                    : height > FORM_MAX * width ? FORM_MAX * width
                                                : height;
    small->format = AV_PIX_FMT_YUVJ420P;
    struct SwsContext *scaler = sws_getContext(
        frame->width, frame->height, (enum AVPixelFormat)frame->format,
        small->width, small->height, AV_PIX_FMT_YUVJ420P, SWS_AREA, NULL, NULL,
        NULL);
    if (!scaler || av_frame_get_buffer(small, 0) < 0 ||
        sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize,
                  0, frame->height, small->data, small->linesize) <= 0)
        av_frame_free(&small);
    sws_freeContext(scaler);
    return small;
}

static enum err encode(AVFrame *small, struct buf *out)
{
    const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    AVPacket *packet = context ? av_packet_alloc() : NULL;
    enum err err = packet ? ERR_OK : ERR_NO_MEMORY;
    if (!err) {
        context->width = small->width;
        context->height = small->height;
        context->pix_fmt = AV_PIX_FMT_YUVJ420P;
        context->color_range = AVCOL_RANGE_JPEG;
        context->time_base = (AVRational){1, 1};
        context->thread_count = 1;
        context->flags |= AV_CODEC_FLAG_QSCALE;
        context->global_quality = QUALITY * FF_QP2LAMBDA;
        small->quality = context->global_quality;
        small->pts = 0;
        if (avcodec_open2(context, codec, NULL) < 0 ||
            avcodec_send_frame(context, small) < 0 ||
            avcodec_send_frame(context, NULL) < 0 ||
            avcodec_receive_packet(context, packet) < 0)
            err = ERR_INVALID;
        else
            buf_add_bytes(out, packet->data, (size_t)packet->size);
    }
    av_packet_free(&packet);
    avcodec_free_context(&context);
    return err ? err : buf_err(out);
}

enum err thumbnail_write(const struct AVFrame *picture, int width,
                         struct buf *out)
{
    AVFrame *small = shrink(picture, width);
    enum err err = small ? encode(small, out) : ERR_INVALID;
    av_frame_free(&small);
    return err;
}

enum err thumbnail_make(struct str avcc, struct str picture, int width,
                        struct buf *out)
{
    AVFrame *frame = thumbnail_decode(avcc, picture);
    enum err err = frame ? thumbnail_write(frame, width, out) : ERR_INVALID;
    av_frame_free(&frame);
    return err;
}
