// SPDX-License-Identifier: Apache-2.0
#include "loudness.h"

#include <math.h>
#include <stdlib.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/channel_layout.h>
#pragma GCC diagnostic pop

/* Quieter is silence to the meter. */
#define SILENCE_LUFS (-70.0)

struct loudness {
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    AVFilterGraph *graph; /* made by the first frame, anew when others come */
    AVFilterContext *source, *sink;
    int rate, channels;
    double lufs;
    bool is_known;
};

enum err loudness_create(struct str asc, struct loudness **ret_loudness)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_AAC);
    struct loudness *loudness = calloc(1, sizeof *loudness);
    if (!loudness)
        return ERR_NO_MEMORY;
    loudness->packet = av_packet_alloc();
    loudness->frame = av_frame_alloc();
    loudness->decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    AVCodecContext *decoder = loudness->decoder;
    enum err err = ERR_INVALID;
    if (decoder && loudness->packet && loudness->frame) {
        decoder->extradata = av_mallocz(asc.len + AV_INPUT_BUFFER_PADDING_SIZE);
        if (decoder->extradata) {
            memcpy(decoder->extradata, asc.ptr, asc.len);
            decoder->extradata_size = (int)asc.len;
            if (avcodec_open2(decoder, codec, NULL) >= 0)
                err = ERR_OK;
        }
    }
    if (err)
        loudness_destroy(loudness);
    else
        *ret_loudness = loudness;
    return err;
}

void loudness_destroy(struct loudness *loudness)
{
    if (!loudness)
        return;
    avfilter_graph_free(&loudness->graph);
    av_frame_free(&loudness->frame);
    av_packet_free(&loudness->packet);
    avcodec_free_context(&loudness->decoder);
    free(loudness);
}

static bool make_filters(struct loudness *loudness)
{
    enum { WORDS_BYTES = 256, LAYOUT_BYTES = 64 };
    char words[WORDS_BYTES], layout[LAYOUT_BYTES];
    const AVFrame *frame = loudness->frame;
    AVFilterContext *meter = NULL;
    avfilter_graph_free(&loudness->graph);
    loudness->rate = frame->sample_rate;
    loudness->channels = frame->ch_layout.nb_channels;
    loudness->graph = avfilter_graph_alloc();
    if (!loudness->graph || av_channel_layout_describe(
                                &frame->ch_layout, layout, sizeof layout) < 0)
        return false;
    loudness->graph->nb_threads = 1;
    snprintf(words, sizeof words,
             "time_base=1/%d:sample_rate=%d:sample_fmt=%d:channel_layout=%s",
             frame->sample_rate, frame->sample_rate, frame->format, layout);
    return avfilter_graph_create_filter(&loudness->source,
                                        avfilter_get_by_name("abuffer"), "in",
                                        words, NULL, loudness->graph) >= 0 &&
           avfilter_graph_create_filter(&meter, avfilter_get_by_name("ebur128"),
                                        "meter", "metadata=1", NULL,
                                        loudness->graph) >= 0 &&
           avfilter_graph_create_filter(
               &loudness->sink, avfilter_get_by_name("abuffersink"), "out",
               NULL, NULL, loudness->graph) >= 0 &&
           avfilter_link(loudness->source, 0, meter, 0) >= 0 &&
           avfilter_link(meter, 0, loudness->sink, 0) >= 0 &&
           avfilter_graph_config(loudness->graph, NULL) >= 0;
}

static void measure(struct loudness *loudness)
{
    AVFrame *frame = loudness->frame;
    if (!loudness->graph || loudness->rate != frame->sample_rate ||
        loudness->channels != frame->ch_layout.nb_channels) {
        if (!make_filters(loudness)) {
            avfilter_graph_free(&loudness->graph);
            av_frame_unref(frame);
            return;
        }
    }
    if (av_buffersrc_add_frame(loudness->source, frame) < 0) {
        av_frame_unref(frame);
        return;
    }
    while (av_buffersink_get_frame(loudness->sink, frame) >= 0) {
        const AVDictionaryEntry *entry =
            av_dict_get(frame->metadata, "lavfi.r128.S", NULL, 0);
        if (entry) {
            loudness->lufs = strtod(entry->value, NULL);
            loudness->is_known = true;
        }
        av_frame_unref(frame);
    }
}

void loudness_hear(struct loudness *loudness, struct str bytes)
{
    AVPacket *packet = loudness->packet;
    if (bytes.len > INT32_MAX / 2 || av_new_packet(packet, (int)bytes.len) < 0)
        return;
    memcpy(packet->data, bytes.ptr, bytes.len);
    if (avcodec_send_packet(loudness->decoder, packet) >= 0)
        while (avcodec_receive_frame(loudness->decoder, loudness->frame) >= 0)
            measure(loudness);
    av_packet_unref(packet);
}

bool loudness_now(const struct loudness *loudness, double *ret_lufs)
{
    if (!loudness->is_known || !isfinite(loudness->lufs) ||
        loudness->lufs <= SILENCE_LUFS)
        return false;
    *ret_lufs = loudness->lufs;
    return true;
}
