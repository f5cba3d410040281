// SPDX-License-Identifier: Apache-2.0
#include "media/intake_flv.h"

enum { CLOCK_BITS = 32, CLOCK_HZ = 1000, TICKS_A_MS = TIMELINE_HZ / CLOCK_HZ };

enum err intake_refuse_video(const char *codec, struct fault *fault)
{
    return fault_set(fault, ERR_UNSUPPORTED, "video",
                     "the pictures are %s, which this channel does not take; "
                     "choose H.264 as the video encoder",
                     codec);
}

enum err intake_refuse_audio(const char *codec, struct fault *fault)
{
    return fault_set(fault, ERR_UNSUPPORTED, "audio",
                     "the sound is %s, which this channel does not take; "
                     "choose AAC as the audio encoder",
                     codec);
}

static enum err malformed(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_INVALID, "rtmp", "a message of %s is malformed",
                     what);
}

static enum err refuse_tracks(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_UNSUPPORTED, what,
                     "several tracks of %s come in one stream; switch "
                     "multitrack off at the encoder",
                     what);
}

static enum err take_video(struct intake *intake,
                           const struct rtmp_message *message, int64_t now,
                           struct fault *fault)
{
    struct flv_tag tag;
    if (flv_read_video(message->payload, &tag))
        return malformed(fault, "pictures");
    if (tag.is_multitrack)
        return refuse_tracks(fault, "video");
    if (tag.kind == FLV_OTHER || tag.kind == FLV_END)
        return ERR_OK;
    if (tag.codec != FLV_H264)
        return intake_refuse_video(flv_codec_name(tag.codec), fault);
    if (tag.kind == FLV_CONFIG)
        return intake_video_config(intake, tag.payload, fault);
    const struct intake_time time = {message->time_ms, CLOCK_BITS, CLOCK_HZ};
    return intake_video(intake, &time, tag.composition_ms * TICKS_A_MS,
                        tag.is_key, tag.payload, now, fault);
}

static enum err take_audio(struct intake *intake,
                           const struct rtmp_message *message, int64_t now,
                           struct fault *fault)
{
    struct flv_tag tag;
    if (flv_read_audio(message->payload, &tag))
        return malformed(fault, "sound");
    if (tag.is_multitrack)
        return refuse_tracks(fault, "audio");
    if (tag.kind == FLV_OTHER || tag.kind == FLV_END)
        return ERR_OK;
    if (tag.codec != FLV_AAC)
        return intake_refuse_audio(flv_codec_name(tag.codec), fault);
    if (tag.kind == FLV_CONFIG)
        return intake_audio_config(intake, tag.payload, fault);
    const struct intake_time time = {message->time_ms, CLOCK_BITS, CLOCK_HZ};
    intake_audio(intake, &time, tag.payload, now);
    return ERR_OK;
}

enum err intake_flv(struct intake *intake, const struct rtmp_message *message,
                    int64_t now, struct fault *fault)
{
    if (message->type == RTMP_VIDEO)
        return take_video(intake, message, now, fault);
    if (message->type == RTMP_AUDIO)
        return take_audio(intake, message, now, fault);
    return ERR_OK;
}
