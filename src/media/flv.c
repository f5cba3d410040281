// SPDX-License-Identifier: Apache-2.0
#include "media/flv.h"

#include "media/bytes.h"

const char *flv_codec_name(enum flv_codec codec)
{
    static const char *const names[] = {
        [FLV_CODEC_UNKNOWN] = "an unknown codec",
        [FLV_H264] = "H.264",
        [FLV_HEVC] = "HEVC (H.265)",
        [FLV_AV1] = "AV1",
        [FLV_VP9] = "VP9",
        [FLV_VP8] = "VP8",
        [FLV_VIDEO_OLD] = "a codec of Flash",
        [FLV_AAC] = "AAC",
        [FLV_MP3] = "MP3",
        [FLV_OPUS] = "Opus",
        [FLV_AC3] = "AC-3",
        [FLV_EAC3] = "E-AC-3",
        [FLV_FLAC] = "FLAC",
        [FLV_AUDIO_OLD] = "a codec of Flash",
    };
    return names[codec];
}

/* ---- Enhanced RTMP ---------------------------------------------------------
 */

#define FOURCC(a, b, c, d) \
    ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | \
     (uint32_t)(d))

static enum flv_codec codec_of_fourcc(uint32_t fourcc)
{
    static const struct {
        uint32_t fourcc;
        enum flv_codec codec;
    } known[] = {
        {FOURCC('a', 'v', 'c', '1'), FLV_H264},
        {FOURCC('h', 'v', 'c', '1'), FLV_HEVC},
        {FOURCC('a', 'v', '0', '1'), FLV_AV1},
        {FOURCC('v', 'p', '0', '9'), FLV_VP9},
        {FOURCC('v', 'p', '0', '8'), FLV_VP8},
        {FOURCC('m', 'p', '4', 'a'), FLV_AAC},
        {FOURCC('.', 'm', 'p', '3'), FLV_MP3},
        {FOURCC('O', 'p', 'u', 's'), FLV_OPUS},
        {FOURCC('a', 'c', '-', '3'), FLV_AC3},
        {FOURCC('e', 'c', '-', '3'), FLV_EAC3},
        {FOURCC('f', 'L', 'a', 'C'), FLV_FLAC},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].fourcc == fourcc)
            return known[i].codec;
    return FLV_CODEC_UNKNOWN;
}

enum packet_type { /* of both, as far as they have it */
                   PACKET_START = 0,
                   PACKET_FRAMES = 1,
                   PACKET_END = 2,
                   PACKET_FRAMES_NOW =
                       3, /* pictures: with no composition time */
                   VIDEO_PACKET_MULTITRACK = 6,
                   AUDIO_PACKET_MULTITRACK = 5,
                   PACKET_MODIFIER =
                       7, /* something in front, then another packet type */
                   MODIFIERS_MAX = 8,
};

/* Steps over modifiers (time to the nanosecond, of which we have no use). */
static uint8_t skip_modifiers(struct bytes_reader *bytes, uint8_t type)
{
    for (int i = 0; type == PACKET_MODIFIER && i < MODIFIERS_MAX; i++) {
        size_t len = bytes_get_u8(bytes) + 1u;
        if (len == 256)
            len = bytes_get_u16(bytes) + 1u;
        bytes_get(bytes, len);
        type = bytes_get_u8(bytes) & 0x0F;
    }
    if (type == PACKET_MODIFIER)
        bytes->bad = true;
    return type;
}

static enum flv_kind kind_of(uint8_t type)
{
    switch (type) {
    case PACKET_START:
        return FLV_CONFIG;
    case PACKET_FRAMES:
    case PACKET_FRAMES_NOW:
        return FLV_FRAME;
    case PACKET_END:
        return FLV_END;
    default:
        return FLV_OTHER;
    }
}

static void read_enhanced(struct bytes_reader *bytes, uint8_t type,
                          uint8_t multitrack, struct flv_tag *tag)
{
    tag->is_enhanced = true;
    type = skip_modifiers(bytes, type);
    if (type == multitrack) {
        tag->is_multitrack = true;
        tag->kind = FLV_OTHER;
        bytes_get_u8(bytes);
    } else {
        tag->kind = kind_of(type);
    }
    tag->codec = codec_of_fourcc(bytes_get_u32(bytes));
    bool has_time = multitrack == VIDEO_PACKET_MULTITRACK &&
                    type == PACKET_FRAMES &&
                    (tag->codec == FLV_H264 || tag->codec == FLV_HEVC);
    if (has_time)
        tag->composition_ms = bytes_get_i24(bytes);
}

/* ---- Pictures --------------------------------------------------------------
 */

enum {
    VIDEO_ENHANCED = 0x80,
    FRAME_KEY = 1,
    FRAME_COMMAND = 5,
    VIDEO_AVC = 7,
    VIDEO_HEVC_UNOFFICIAL = 12, /* what many encoders agreed on */
};

static void read_old_video(struct bytes_reader *bytes, uint8_t codec,
                           struct flv_tag *tag)
{
    if (codec != VIDEO_AVC && codec != VIDEO_HEVC_UNOFFICIAL) {
        tag->codec = FLV_VIDEO_OLD;
        return;
    }
    tag->codec = codec == VIDEO_AVC ? FLV_H264 : FLV_HEVC;
    tag->kind = kind_of(bytes_get_u8(bytes));
    tag->composition_ms = bytes_get_i24(bytes);
}

enum err flv_read_video(struct str text, struct flv_tag *ret_tag)
{
    struct bytes_reader bytes = {.rest = text};
    struct flv_tag tag = {.kind = FLV_FRAME};
    uint8_t first = bytes_get_u8(&bytes);
    uint8_t frame = first >> 4 & 7;
    tag.is_key = frame == FRAME_KEY;
    if (first & VIDEO_ENHANCED)
        read_enhanced(&bytes, first & 0x0F, VIDEO_PACKET_MULTITRACK, &tag);
    else
        read_old_video(&bytes, first & 0x0F, &tag);
    if (frame == FRAME_COMMAND)
        tag.kind = FLV_OTHER;
    if (bytes.bad)
        return ERR_INVALID;
    tag.payload = bytes.rest;
    *ret_tag = tag;
    return ERR_OK;
}

/* ---- Sound -----------------------------------------------------------------
 */

enum {
    AUDIO_MP3 = 2,
    AUDIO_ENHANCED = 9,
    AUDIO_AAC = 10,
    AUDIO_MP3_8K = 14,
};

enum err flv_read_audio(struct str text, struct flv_tag *ret_tag)
{
    struct bytes_reader bytes = {.rest = text};
    struct flv_tag tag = {.kind = FLV_FRAME};
    uint8_t first = bytes_get_u8(&bytes);
    switch (first >> 4) {
    case AUDIO_ENHANCED:
        read_enhanced(&bytes, first & 0x0F, AUDIO_PACKET_MULTITRACK, &tag);
        break;
    case AUDIO_AAC:
        tag.codec = FLV_AAC;
        tag.kind = bytes_get_u8(&bytes) ? FLV_FRAME : FLV_CONFIG;
        break;
    case AUDIO_MP3:
    case AUDIO_MP3_8K:
        tag.codec = FLV_MP3;
        break;
    default:
        tag.codec = FLV_AUDIO_OLD;
    }
    if (bytes.bad)
        return ERR_INVALID;
    tag.payload = bytes.rest;
    *ret_tag = tag;
    return ERR_OK;
}

/* ---- Configurations --------------------------------------------------------
 */

struct bits_reader {
    struct str bytes;
    size_t at; /* bits */
    bool bad;
};

static unsigned get_bits(struct bits_reader *bits, unsigned count)
{
    unsigned value = 0;
    for (; count > 0; count--, bits->at++) {
        if (bits->at / 8 >= bits->bytes.len) {
            bits->bad = true;
            return 0;
        }
        unsigned byte = (unsigned char)bits->bytes.ptr[bits->at / 8];
        value = value << 1 | (byte >> (7 - bits->at % 8) & 1);
    }
    return value;
}

enum {
    AAC_LC = 2,
    AAC_HE = 5,
    AAC_HE_V2 = 29,
    AAC_ESCAPE = 31,
    AAC_RATE_GIVEN = 15,
};

static unsigned get_object_type(struct bits_reader *bits)
{
    unsigned type = get_bits(bits, 5);
    return type == AAC_ESCAPE ? 32 + get_bits(bits, 6) : type;
}

static unsigned get_sample_rate(struct bits_reader *bits)
{
    static const unsigned rates[] = {96000, 88200, 64000, 48000, 44100,
                                     32000, 24000, 22050, 16000, 12000,
                                     11025, 8000,  7350};
    unsigned index = get_bits(bits, 4);
    if (index == AAC_RATE_GIVEN)
        return get_bits(bits, 24);
    return index < sizeof rates / sizeof *rates ? rates[index] : 0;
}

/* HE-AAC that is told behind AAC-LC, for decoders that know no more: ISO/IEC
 * 14496-3 §1.6.6.2.2. */
static void get_extension(struct bits_reader *bits, struct flv_aac *aac)
{
    enum { SBR = 0x2B7, PS = 0x548 };
    get_bits(bits, 1);     /* frameLengthFlag */
    if (get_bits(bits, 1)) /* dependsOnCoreCoder */
        get_bits(bits, 14);
    get_bits(bits, 1); /* extensionFlag */
    if (get_bits(bits, 11) != SBR || get_object_type(bits) != AAC_HE ||
        !get_bits(bits, 1))
        return;
    unsigned rate = get_sample_rate(bits);
    if (bits->bad || rate != 2 * aac->sample_rate)
        return;
    aac->object_type = AAC_HE;
    aac->sample_rate = rate;
    bool has_stereo = get_bits(bits, 11) == PS && get_bits(bits, 1);
    if (has_stereo && !bits->bad)
        aac->object_type = AAC_HE_V2;
}

enum err flv_read_aac(struct str config, struct flv_aac *ret_aac)
{
    struct bits_reader bits = {.bytes = config};
    struct flv_aac aac = {.object_type = get_object_type(&bits)};
    aac.sample_rate = get_sample_rate(&bits);
    unsigned channels = get_bits(&bits, 4);
    if (aac.object_type == AAC_HE || aac.object_type == AAC_HE_V2)
        aac.sample_rate = get_sample_rate(&bits);
    struct bits_reader rest = bits;
    if (aac.object_type == AAC_LC && !bits.bad && channels)
        get_extension(&rest, &aac);
    aac.channels = channels == 7 ? 8 : channels; /* table 1.19 */
    if (aac.object_type == AAC_HE_V2)
        aac.channels = 2; /* made from one */
    if (bits.bad || !aac.sample_rate || channels > 7)
        return ERR_INVALID;
    *ret_aac = aac;
    return ERR_OK;
}

enum err flv_read_avc(struct str config, struct flv_avc *ret_avc)
{
    struct bytes_reader bytes = {.rest = config};
    uint8_t version = bytes_get_u8(&bytes);
    struct flv_avc avc = {.profile = bytes_get_u8(&bytes)};
    bytes_get_u8(&bytes); /* compatibility */
    avc.level = bytes_get_u8(&bytes);
    avc.length_bytes = (bytes_get_u8(&bytes) & 3u) + 1;
    unsigned sets = bytes_get_u8(&bytes) & 0x1Fu;
    for (unsigned i = 0; i < sets; i++)
        bytes_get(&bytes, bytes_get_u16(&bytes));
    if (bytes.bad || version != 1 || avc.length_bytes == 3 || sets == 0)
        return ERR_INVALID;
    *ret_avc = avc;
    return ERR_OK;
}
