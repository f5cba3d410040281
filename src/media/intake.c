// SPDX-License-Identifier: Apache-2.0
#include "media/intake.h"

#include <assert.h>

#include "media/flv.h"
#include "media/h264.h"

enum {
    LATE_PERIOD = 2 * TIMELINE_HZ,  /* INGEST_LATE_US in ticks */
    PAUSE_TICKS = TIMELINE_HZ / 4,  /* so long nothing comes: a pause */
    STRETCH_MAX = 10 * TIMELINE_HZ, /* frames a second are counted over it */
    SAMPLES = 1024,                 /* a frame, before what HE-AAC doubles */
    HE_AAC = 5,
    HE_AAC_V2 = 29,
};
static_assert(LATE_PERIOD / TIMELINE_HZ == INGEST_LATE_US / 1000000,
              "one length of time");

void intake_init(struct intake *intake,
                 void (*on_packet)(void *context, const struct packet *packet),
                 void *context)
{
    *intake = (struct intake){.on_packet = on_packet, .context = context};
    timeline_init(&intake->timeline);
    for (int i = 0; i <= PACKET_AUDIO; i++)
        buf_init(&intake->configs[i], INTAKE_CONFIG_BYTES_MAX);
}

void intake_finish(struct intake *intake)
{
    for (int i = 0; i <= PACKET_AUDIO; i++)
        buf_finish(&intake->configs[i]);
}

void intake_begin(struct intake *intake, int64_t now, int64_t least)
{
    timeline_begin(&intake->timeline, now > least ? now : least);
    for (int i = 0; i <= PACKET_AUDIO; i++)
        buf_reset(&intake->configs[i]);
    intake->has_key = intake->is_ahead = false;
    intake->key_wanted = -1;
    intake->came = intake->timely = now;
    intake->late = 0;
    intake->remainder = 0;
    intake->video = (struct ingest_video){.width = 0};
    intake->audio = (struct ingest_audio){.rate = 0};
    intake->jumps = intake->gaps = intake->dropped = intake->lost = 0;
    intake->counts = (struct intake_counts){.since = now};
    intake->pictures = 0;
    intake->key_last = -1;
}

void intake_end(struct intake *intake)
{
    const struct packet packet = {.kind = PACKET_END,
                                  .tick = intake->timeline.end};
    if (intake->timeline.has_first)
        intake->on_packet(intake->context, &packet);
}

/* ---- Configurations --------------------------------------------------------
 */

/* Whether it is another one than before. */
static bool is_new(struct intake *intake, enum packet_track track,
                   struct str config)
{
    struct buf *held = &intake->configs[track];
    if (str_eq(buf_str(held), config))
        return false;
    buf_reset(held);
    buf_add(held, config);
    return true;
}

static void give_config(struct intake *intake, enum packet_track track)
{
    const struct packet packet = {
        .kind = PACKET_CONFIG,
        .track = (uint8_t)track,
        .tick = intake->timeline.end > intake->timeline.begin
                    ? intake->timeline.end
                    : intake->timeline.begin,
        .payload = buf_str(&intake->configs[track]),
    };
    intake->on_packet(intake->context, &packet);
}

enum err intake_video_config(struct intake *intake, struct str config,
                             struct fault *fault)
{
    struct flv_avc avc;
    struct h264_sps sps = {.width = 0};
    struct str unit;
    if (config.len > INTAKE_CONFIG_BYTES_MAX || flv_read_avc(config, &avc))
        return fault_set(fault, ERR_INVALID, "video",
                         "what should describe the H.264 pictures is damaged; "
                         "start the encoder again");
    if (!is_new(intake, PACKET_VIDEO, config))
        return ERR_OK;
    /* Decoders know more kinds of it than this; their size is not told then. */
    if (!h264_config_sps(config, &unit))
        (void)!h264_read_sps(unit, &sps);
    snprintf(intake->video_codec, sizeof intake->video_codec,
             "avc1.%02x%02x%02x", avc.profile, (unsigned char)config.ptr[2],
             avc.level);
    intake->video.codec = str_from_c(intake->video_codec);
    intake->video.width = sps.width;
    intake->video.height = sps.height;
    intake->has_key = false;
    intake->pictures = 0;
    give_config(intake, PACKET_VIDEO);
    return ERR_OK;
}

enum err intake_audio_config(struct intake *intake, struct str config,
                             struct fault *fault)
{
    struct flv_aac aac;
    if (config.len > INTAKE_CONFIG_BYTES_MAX || flv_read_aac(config, &aac))
        return fault_set(fault, ERR_INVALID, "audio",
                         "what should describe the AAC sound is damaged; start "
                         "the encoder again");
    if (!is_new(intake, PACKET_AUDIO, config))
        return ERR_OK;
    bool doubles = aac.object_type == HE_AAC || aac.object_type == HE_AAC_V2;
    intake->frame_step = doubles ? 2 * SAMPLES : SAMPLES;
    intake->remainder = 0;
    snprintf(intake->audio_codec, sizeof intake->audio_codec, "mp4a.40.%u",
             aac.object_type);
    intake->audio = (struct ingest_audio){
        .codec = str_from_c(intake->audio_codec),
        .rate = aac.sample_rate,
        .channels = aac.channels,
    };
    give_config(intake, PACKET_AUDIO);
    return ERR_OK;
}

/* ---- Frames ----------------------------------------------------------------
 */

/* A feed whose times are wrong for long is set anew, where the present is. */
static void set_anew(struct intake *intake, int64_t now)
{
    intake->jumps++;
    timeline_begin(&intake->timeline, now);
    intake->timely = now;
    intake->is_ahead = false;
    intake->pictures = 0;
}

/* Whether a frame may come in; puts the clock right if it has to. */
static bool prepare(struct intake *intake, struct str payload, bool is_key,
                    int64_t now)
{
    intake->counts.bytes += (int64_t)payload.len;
    /* What was held up comes all at once, and is soon in time again. */
    if (now - intake->came > PAUSE_TICKS)
        intake->timely += now - intake->came;
    intake->came = now;
    intake->timeline.latest = now + INGEST_AHEAD_TICKS;
    if (intake->is_ahead && intake->timeline.end <= now &&
        (is_key || !intake->video.codec.len))
        set_anew(intake, now);
    else if (!intake->is_ahead && now - intake->timely > LATE_PERIOD &&
             intake->late > INGEST_LATE_TICKS)
        set_anew(intake, now);
    intake->dropped += intake->is_ahead;
    return !intake->is_ahead && payload.len > 0 &&
           payload.len <= PACKET_PAYLOAD_BYTES_MAX;
}

static void give_frame(struct intake *intake, struct packet *packet,
                       int64_t now)
{
    intake->late = now - packet->tick;
    if (intake->late <= INGEST_LATE_TICKS)
        intake->timely = now;
    if (intake->late < -INGEST_AHEAD_TICKS)
        intake->is_ahead = true;
    intake->on_packet(intake->context, packet);
}

static void count_picture(struct intake *intake, int64_t tick, bool is_key)
{
    if (is_key) {
        if (intake->key_last >= 0)
            intake->video.key_interval_ms =
                (tick - intake->key_last) * 1000 / TIMELINE_HZ;
        intake->key_last = tick;
    }
    if (intake->pictures == 0 || tick - intake->picture_last > TIMELINE_HZ ||
        tick - intake->picture_first > STRETCH_MAX) {
        intake->picture_first = tick;
        intake->pictures = 0;
    }
    intake->picture_last = tick;
    intake->pictures++;
    int64_t span = tick - intake->picture_first;
    if (span >= TIMELINE_HZ)
        intake->video.frames =
            (double)(intake->pictures - 1) * TIMELINE_HZ / (double)span;
}

/* Decoding cannot begin without one. */
static enum err wait_for_key(struct intake *intake, int64_t now,
                             struct fault *fault)
{
    if (intake->key_wanted < 0)
        intake->key_wanted = now;
    if (now - intake->key_wanted <= INTAKE_KEY_TICKS_MAX)
        return ERR_OK;
    return fault_set(fault, ERR_UNSUPPORTED, "video",
                     "no key frame (IDR) came for 20 seconds; set the "
                     "encoder's keyframe interval to 1 or 2 seconds, and "
                     "switch intra refresh off");
}

enum err intake_video(struct intake *intake, const struct intake_time *time,
                      int32_t shown_after, bool is_key, struct str payload,
                      int64_t now, struct fault *fault)
{
    struct packet packet = {
        .kind = PACKET_FRAME,
        .track = PACKET_VIDEO,
        .is_key = is_key,
        .shown_after = shown_after,
        .payload = payload,
    };
    if (!intake->video.codec.len)
        return ERR_OK;
    if (!intake->has_key && !is_key)
        return wait_for_key(intake, now, fault);
    if (!prepare(intake, payload, is_key, now))
        return ERR_OK;
    intake->has_key = true;
    intake->key_wanted = -1;
    intake->jumps += timeline_place(&intake->timeline, TIMELINE_VIDEO,
                                    time->value, time->bits, time->hz, 0,
                                    &packet.tick) == TIMELINE_JUMPED;
    count_picture(intake, packet.tick, is_key);
    give_frame(intake, &packet, now);
    return ERR_OK;
}

void intake_video_gap(struct intake *intake, int64_t now)
{
    const struct packet packet = {
        .kind = PACKET_GAP,
        .track = PACKET_VIDEO,
        .tick = intake->timeline.end > intake->timeline.begin
                    ? intake->timeline.end
                    : now,
    };
    if (intake->has_key)
        intake->on_packet(intake->context, &packet);
}

void intake_audio(struct intake *intake, const struct intake_time *time,
                  struct str payload, int64_t now)
{
    struct packet packet = {
        .kind = PACKET_FRAME,
        .track = PACKET_AUDIO,
        .payload = payload,
    };
    if (!intake->audio.codec.len || !prepare(intake, payload, false, now))
        return;
    int64_t length = intake->frame_step * TIMELINE_HZ + intake->remainder;
    enum timeline_verdict verdict = timeline_place(
        &intake->timeline, TIMELINE_AUDIO, time->value, time->bits, time->hz,
        length / intake->audio.rate, &packet.tick);
    if (verdict == TIMELINE_DROP) {
        intake->dropped++;
        return;
    }
    intake->remainder = length % intake->audio.rate;
    intake->jumps += verdict == TIMELINE_JUMPED;
    intake->gaps += verdict == TIMELINE_GAP;
    give_frame(intake, &packet, now);
}

int64_t intake_ahead(const struct intake *intake)
{
    return -intake->late;
}

void intake_status(struct intake *intake, int64_t now,
                   struct ingest_message *ret_status)
{
    int64_t ticks = now - intake->counts.since;
    ret_status->bits_a_second =
        ticks > 0 ? intake->counts.bytes * 8 * TIMELINE_HZ / ticks : 0;
    ret_status->video = intake->video;
    ret_status->audio = intake->audio;
    ret_status->jumps = intake->jumps;
    ret_status->gaps = intake->gaps;
    ret_status->dropped = intake->dropped;
    ret_status->lost = intake->lost;
    ret_status->late_ms = intake->late * 1000 / TIMELINE_HZ;
    intake->counts = (struct intake_counts){.since = now};
}
