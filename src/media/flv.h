// SPDX-License-Identifier: Apache-2.0
/* media/flv.h: what stands in front of the sound and the pictures that RTMP
 * carries: the tags of FLV (Adobe, "Video File Format", version 10.1, annex E)
 * and of Enhanced RTMP (Veovera, version 2), which names newer codecs. */
#ifndef MEDIA_FLV_H
#define MEDIA_FLV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum flv_codec {
    FLV_CODEC_UNKNOWN,
    /* pictures */
    FLV_H264,
    FLV_HEVC,
    FLV_AV1,
    FLV_VP9,
    FLV_VP8,
    FLV_VIDEO_OLD, /* Sorenson H.263, screen video, On2 VP6 */
    /* sound */
    FLV_AAC,
    FLV_MP3,
    FLV_OPUS,
    FLV_AC3,
    FLV_EAC3,
    FLV_FLAC,
    FLV_AUDIO_OLD, /* PCM, Nellymoser, G.711, Speex */
};

/* As one writes it: "H.264", "HEVC (H.265)". */
const char *flv_codec_name(enum flv_codec codec);

enum flv_kind {
    FLV_CONFIG, /* what a decoder must know first: avcC, AudioSpecificConfig */
    FLV_FRAME,
    FLV_END,   /* of the sequence */
    FLV_OTHER, /* metadata, commands: to be passed over */
};

struct flv_tag {
    enum flv_codec codec;
    enum flv_kind kind;
    bool is_key;            /* of pictures: decoding can begin here */
    bool is_enhanced;       /* it came by Enhanced RTMP's signalling */
    bool is_multitrack;     /* and has several tracks, which nobody unpacks */
    int32_t composition_ms; /* shown so much later than decoded */
    struct str payload;     /* borrowed */
};

/* ERR_INVALID when it is malformed. An unknown codec is no error. */
MUST_USE enum err flv_read_video(struct str tag, struct flv_tag *ret_tag);
MUST_USE enum err flv_read_audio(struct str tag, struct flv_tag *ret_tag);

/* AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1): what it says of the sound,
 * HE-AAC in either way of telling it (§1.6.5.2). */
struct flv_aac {
    unsigned object_type; /* 2: AAC-LC, 5: HE-AAC, 29: HE-AAC v2 */
    unsigned sample_rate; /* of what comes out of the decoder, Hz */
    unsigned channels;
};
MUST_USE enum err flv_read_aac(struct str config, struct flv_aac *ret_aac);

/* AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
struct flv_avc {
    unsigned profile;
    unsigned level;        /* times ten */
    unsigned length_bytes; /* of the length before each unit: 1, 2 or 4 */
};
MUST_USE enum err flv_read_avc(struct str config, struct flv_avc *ret_avc);

#endif
