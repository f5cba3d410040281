// SPDX-License-Identifier: Apache-2.0
#include "format.h"

#include "media/avc.h"
#include "media/flv.h"

enum {
    AAC_SAMPLES = 1024,
    SOUND_RATE_MIN = 7350,
    SOUND_RATE_MAX = 96000,
    ASC_BYTES_MAX = 64,
};

static const char *read_pictures(struct str avcc, struct mux_format *format,
                                 unsigned *ret_length_bytes)
{
    struct avc_config config;
    if (avcc.len == 0)
        return NULL;
    if (avc_read_config(avcc, &config))
        return "The pictures are in a form of H.264 that cannot be passed on; "
               "they are left out. Choose H.264, profile high or lower, in the "
               "encoder.";
    *ret_length_bytes = config.length_bytes;
    format->has_pictures = true;
    format->avcc = avcc;
    format->width = (unsigned)config.sps.width;
    format->height = (unsigned)config.sps.height;
    format->aspect_width = config.sps.aspect_width;
    format->aspect_height = config.sps.aspect_height;
    format->profile = config.sps.profile;
    format->constraints = config.sps.constraints;
    format->level = config.sps.level;
    return NULL;
}

static const char *read_sound(struct str asc, struct mux_format *format)
{
    enum { HE_AAC = 5, HE_AAC_2 = 29 };
    struct flv_aac aac;
    if (asc.len == 0)
        return NULL;
    if (asc.len > ASC_BYTES_MAX || flv_read_aac(asc, &aac) ||
        aac.sample_rate < SOUND_RATE_MIN || aac.sample_rate > SOUND_RATE_MAX)
        return "The sound is in a form of AAC that cannot be passed on; it is "
               "left out. Choose AAC-LC or HE-AAC with 44.1 or 48 kHz in the "
               "encoder.";
    bool is_doubled = aac.object_type == HE_AAC || aac.object_type == HE_AAC_2;
    format->has_sound = true;
    format->asc = asc;
    format->rate = aac.sample_rate;
    format->channels = aac.channels;
    format->object_type = aac.object_type;
    format->frame_samples = AAC_SAMPLES * (is_doubled ? 2u : 1u);
    return NULL;
}

const char *format_read(struct str avcc, struct str asc,
                        struct mux_format *ret_format,
                        unsigned *ret_length_bytes)
{
    struct mux_format format = {0};
    const char *pictures = read_pictures(avcc, &format, ret_length_bytes);
    const char *sound = read_sound(asc, &format);
    *ret_format = format;
    return pictures ? pictures : sound;
}

struct mux_format format_of_sound(const struct mux_format *format)
{
    struct mux_format sound = *format;
    sound.has_pictures = false;
    sound.width = sound.height = 0;
    return sound;
}
