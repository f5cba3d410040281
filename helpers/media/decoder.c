// SPDX-License-Identifier: Apache-2.0
#include "decoder.h"

#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavcodec/avcodec.h>
#pragma GCC diagnostic pop

#include "media/packet.h"

enum { PIXELS_MAX = 4096 * 2304 };

struct decoder {
    AVCodecContext *context;
    AVPacket *packet;
    AVFrame *frame;
};

static bool open_context(AVCodecContext *context, const AVCodec *codec,
                         struct str avcc)
{
    context->thread_count = 1; /* each thread more is a picture later */
    context->max_pixels = PIXELS_MAX;
    context->extradata = av_mallocz(avcc.len + AV_INPUT_BUFFER_PADDING_SIZE);
    if (!context->extradata)
        return false;
    memcpy(context->extradata, avcc.ptr, avcc.len);
    context->extradata_size = (int)avcc.len;
    return avcodec_open2(context, codec, NULL) >= 0;
}

enum err decoder_create(struct str avcc, struct decoder **ret_decoder)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_H264);
    struct decoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder || !codec || avcc.len == 0 || avcc.len > INT16_MAX) {
        free(decoder);
        return decoder ? ERR_INVALID : ERR_NO_MEMORY;
    }
    decoder->context = avcodec_alloc_context3(codec);
    decoder->packet = av_packet_alloc();
    decoder->frame = av_frame_alloc();
    if (!decoder->context || !decoder->packet || !decoder->frame ||
        !open_context(decoder->context, codec, avcc)) {
        decoder_destroy(decoder);
        return ERR_INVALID;
    }
    *ret_decoder = decoder;
    return ERR_OK;
}

void decoder_destroy(struct decoder *decoder)
{
    if (!decoder)
        return;
    avcodec_free_context(&decoder->context);
    av_packet_free(&decoder->packet);
    av_frame_free(&decoder->frame);
    free(decoder);
}

bool decoder_push(struct decoder *decoder, struct str bytes, bool is_key,
                  int64_t shown)
{
    if (bytes.len == 0 || bytes.len > PACKET_PAYLOAD_BYTES_MAX ||
        av_new_packet(decoder->packet, (int)bytes.len) < 0)
        return false;
    memcpy(decoder->packet->data, bytes.ptr, bytes.len);
    decoder->packet->pts = shown;
    decoder->packet->flags = is_key ? AV_PKT_FLAG_KEY : 0;
    int sent = avcodec_send_packet(decoder->context, decoder->packet);
    av_packet_unref(decoder->packet);
    return sent >= 0;
}

void decoder_drain(struct decoder *decoder)
{
    (void)!avcodec_send_packet(decoder->context, NULL);
}

void decoder_reset(struct decoder *decoder)
{
    avcodec_flush_buffers(decoder->context);
}

const struct AVFrame *decoder_take(struct decoder *decoder)
{
    int got = avcodec_receive_frame(decoder->context, decoder->frame);
    return got >= 0 ? decoder->frame : NULL;
}
