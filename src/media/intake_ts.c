// SPDX-License-Identifier: Apache-2.0
#include "media/intake_ts.h"

#include "media/bytes.h"
#include "media/h264.h"
#include "media/intake_flv.h"

enum {
    ADTS_HEAD_BYTES = 7,
    ADTS_CRC_BYTES = 2,
    CONFIG_BYTES = 2, /* AudioSpecificConfig without extensions */
    SAMPLES = 1024,
    BYTES_MAX = 1 << 20, /* handed in at once */
    /* Seven of a transport stream are in one of SRT, and sixteen of a track
     * are as none. */
    PACKETS_UNSEEN = 3,
};

void intake_ts_init(struct intake_ts *ts)
{
    *ts = (struct intake_ts){
        .time = {.bits = TS_CLOCK_BITS, .hz = TIMELINE_HZ},
    };
    ts_reader_init(&ts->reader);
    buf_init(&ts->bytes, BYTES_MAX + TS_PACKET_BYTES);
    buf_init(&ts->picture, 2 * (size_t)TS_UNIT_BYTES_MAX);
    buf_init(&ts->config, INTAKE_CONFIG_BYTES_MAX);
    buf_init(&ts->sound, TS_UNIT_BYTES_MAX + INTAKE_ADTS_BYTES_MAX);
}

void intake_ts_finish(struct intake_ts *ts)
{
    ts_reader_finish(&ts->reader);
    buf_finish(&ts->bytes);
    buf_finish(&ts->picture);
    buf_finish(&ts->config);
    buf_finish(&ts->sound);
}

static enum err take_tracks(const struct ts_unit *unit, struct fault *fault)
{
    if (!unit->has_video && unit->video_refused)
        return intake_refuse_video(unit->video_refused, fault);
    if (!unit->has_audio && unit->audio_refused)
        return intake_refuse_audio(unit->audio_refused, fault);
    if (!unit->has_video && !unit->has_audio)
        return fault_set(fault, ERR_UNSUPPORTED, "tracks",
                         "the transport stream has neither H.264 pictures nor "
                         "AAC sound");
    return ERR_OK;
}

/* ---- Pictures --------------------------------------------------------------
 */

struct parameters {
    struct str sps;
    struct str pps[H264_PPS_MAX];
    size_t pps_count;
};

static void take_parameter(struct parameters *parameters, unsigned type,
                           struct str unit)
{
    if (type == H264_SPS && !parameters->sps.len)
        parameters->sps = unit;
    else if (type == H264_PPS && parameters->pps_count < H264_PPS_MAX)
        parameters->pps[parameters->pps_count++] = unit;
}

static enum err set_config(struct intake_ts *ts, struct intake *intake,
                           const struct parameters *parameters,
                           struct fault *fault)
{
    buf_reset(&ts->config);
    if (!parameters->sps.len || !parameters->pps_count ||
        h264_write_config(&ts->config, parameters->sps, parameters->pps,
                          parameters->pps_count) ||
        buf_err(&ts->config))
        return ERR_OK; /* what it is made of comes again */
    return intake_video_config(intake, buf_str(&ts->config), fault);
}

static bool is_left_out(unsigned type)
{
    return type == 0 || type == H264_SPS || type == H264_PPS ||
           type == H264_DELIMITER || type == H264_FILLER;
}

/* 33 bits, as a difference of either sign. */
static int32_t shown_after(uint64_t pts, uint64_t dts)
{
    int64_t ticks =
        (int64_t)((pts - dts) & ((UINT64_C(1) << TS_CLOCK_BITS) - 1));
    if (ticks >= INT64_C(1) << (TS_CLOCK_BITS - 1))
        ticks -= INT64_C(1) << TS_CLOCK_BITS;
    enum { LONGEST = 10 * TIMELINE_HZ };
    return ticks >= -LONGEST && ticks <= LONGEST ? (int32_t)ticks : 0;
}

static enum err take_picture(struct intake_ts *ts, struct intake *intake,
                             const struct ts_unit *picture, int64_t now,
                             struct fault *fault)
{
    struct parameters parameters = {.pps_count = 0};
    struct str rest = picture->payload, unit;
    bool is_key = false;
    if (picture->is_after_loss)
        intake_video_gap(intake, now);
    buf_reset(&ts->picture);
    while (h264_next_unit(&rest, &unit)) {
        unsigned type = h264_unit_type(unit);
        take_parameter(&parameters, type, unit);
        is_key = is_key || type == H264_IDR;
        if (!is_left_out(type))
            h264_write_unit(&ts->picture, unit);
    }
    enum err err = set_config(ts, intake, &parameters, fault);
    if (err || !picture->has_time || buf_err(&ts->picture))
        return err;
    const struct intake_time time = {picture->dts, TS_CLOCK_BITS, TIMELINE_HZ};
    return intake_video(intake, &time, shown_after(picture->pts, picture->dts),
                        is_key, buf_str(&ts->picture), now, fault);
}

/* ---- Sound -----------------------------------------------------------------
 */

struct adts {
    unsigned type, rate_index, channels;
    size_t head_len, len;
    unsigned blocks;
};

/* ERR_AGAIN: it is not there whole. ERR_INVALID: here is none. */
static enum err read_adts(struct str text, struct adts *ret_adts)
{
    struct bytes_reader bytes = {.rest = text};
    uint16_t sync = bytes_get_u16(&bytes);
    uint32_t middle = bytes_get_u32(&bytes);
    uint8_t last = bytes_get_u8(&bytes);
    if (bytes.bad)
        return ERR_AGAIN;
    struct adts adts = {
        .type = (middle >> 30) + 1,
        .rate_index = middle >> 26 & 15,
        .channels = middle >> 22 & 7,
        .head_len = ADTS_HEAD_BYTES + (sync & 1 ? 0 : ADTS_CRC_BYTES),
        .len = middle >> 5 & 0x1FFF,
        .blocks = (last & 3u) + 1,
    };
    if ((sync & 0xFFF6) != 0xFFF0 || adts.rate_index > 12 ||
        adts.len <= adts.head_len)
        return ERR_INVALID;
    if (text.len < adts.len)
        return ERR_AGAIN;
    *ret_adts = adts;
    return ERR_OK;
}

static enum err take_frame(struct intake_ts *ts, struct intake *intake,
                           const struct adts *adts, struct str payload,
                           int64_t now, struct fault *fault)
{
    unsigned bits =
        adts->type << 11 | adts->rate_index << 7 | adts->channels << 3;
    const char config[CONFIG_BYTES] = {(char)(bits >> 8), (char)bits};
    if (adts->blocks != 1)
        return fault_set(fault, ERR_UNSUPPORTED, "audio",
                         "the sound has several AAC blocks in one ADTS frame; "
                         "set the encoder to one");
    enum err err =
        intake_audio_config(intake, str_of(config, sizeof config), fault);
    if (err || !ts->has_time)
        return err;
    intake_audio(intake, &ts->time, payload, now);
    int64_t length = SAMPLES * (int64_t)TIMELINE_HZ + ts->time_rest;
    ts->time.value += (uint64_t)(length / intake->audio.rate);
    ts->time_rest = length % intake->audio.rate;
    return ERR_OK;
}

static void set_time(struct intake_ts *ts, const struct ts_unit *unit)
{
    if (!unit->has_time)
        return;
    ts->time.value = unit->pts;
    ts->time_rest = 0;
    ts->has_time = true;
}

/* A time stamp is of the first frame that begins in its unit: what is left of
 * the one before goes first. */
static enum err take_sound(struct intake_ts *ts, struct intake *intake,
                           const struct ts_unit *unit, int64_t now,
                           struct fault *fault)
{
    size_t carried = ts->sound.len;
    bool is_set = carried == 0;
    if (is_set)
        set_time(ts, unit);
    buf_add(&ts->sound, unit->payload);
    struct str rest = buf_str(&ts->sound);
    enum err err = ERR_OK;
    while (!err) {
        struct adts adts;
        enum err read = read_adts(rest, &adts);
        if (read == ERR_AGAIN)
            break;
        size_t len = read ? 1 : adts.len;
        if (!read)
            err = take_frame(
                ts, intake, &adts,
                str_slice(rest, adts.head_len, adts.len - adts.head_len), now,
                fault);
        rest = str_from(rest, len);
        if (!is_set && ts->sound.len - rest.len >= carried) {
            set_time(ts, unit);
            is_set = true;
        }
    }
    buf_drop_front(&ts->sound, ts->sound.len - rest.len);
    return err;
}

void intake_ts_lose(struct intake_ts *ts, struct intake *intake,
                    int64_t packets)
{
    intake->lost += packets;
    if (packets >= PACKETS_UNSEEN)
        ts_lose(&ts->reader);
}

enum err intake_ts_receive(struct intake_ts *ts, struct intake *intake,
                           struct str bytes, int64_t now, struct fault *fault)
{
    struct ts_unit unit;
    buf_add(&ts->bytes, bytes);
    struct str rest = buf_str(&ts->bytes);
    enum err err = buf_err(&ts->bytes);
    while (!err) {
        err = ts_read(&ts->reader, &rest, &unit);
        if (err == ERR_AGAIN)
            break;
        if (err)
            return fault_set(fault, err, "ts",
                             "what comes is no MPEG transport stream; choose "
                             "MPEG-TS as the encoder's format");
        if (unit.kind == TS_TRACKS)
            err = take_tracks(&unit, fault);
        else if (unit.kind == TS_VIDEO)
            err = take_picture(ts, intake, &unit, now, fault);
        else
            err = take_sound(ts, intake, &unit, now, fault);
    }
    buf_drop_front(&ts->bytes, ts->bytes.len - rest.len);
    return err == ERR_AGAIN ? ERR_OK : err;
}
