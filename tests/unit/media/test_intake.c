// SPDX-License-Identifier: Apache-2.0
/* What comes of an encoder's frames and times; and transport streams, H.264 and
 * ADTS on their way there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "media/bytes.h"
#include "media/h264.h"
#include "media/intake_flv.h"
#include "media/intake_ts.h"

enum { FRAME = TIMELINE_HZ / 25, TS_BYTES_MAX = 4 << 20 };
#define START (INT64_C(1700000000) * TIMELINE_HZ)

static const char sps[] =
    "\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10\x00\x00\x03\x00\x10\x00"
    "\x00\x03\x03\x20\xf1\x83\x19\x60";
static const char pps[] = "\x68\xeb\xe3\xcb\x22\xc0";

static struct intake intake;
static struct fault fault;
static struct buf config;

/* What came of it. */
static struct {
    int pictures, keys, sounds, configs, ends, gaps;
    int64_t tick, step_min, step_max; /* of pictures */
    int64_t sound, sound_step;
    int32_t shown_after;
} seen;

static void on_packet(void *context, const struct packet *packet)
{
    (void)context;
    seen.configs += packet->kind == PACKET_CONFIG;
    seen.ends += packet->kind == PACKET_END;
    seen.gaps += packet->kind == PACKET_GAP && packet->track == PACKET_VIDEO;
    if (packet->kind == PACKET_FRAME && packet->track == PACKET_VIDEO) {
        int64_t step = packet->tick - seen.tick;
        if (seen.pictures && (!seen.step_min || step < seen.step_min))
            seen.step_min = step;
        if (seen.pictures && step > seen.step_max)
            seen.step_max = step;
        seen.tick = packet->tick;
        seen.shown_after = packet->shown_after;
        seen.pictures++;
        seen.keys += packet->is_key;
    } else if (packet->kind == PACKET_FRAME) {
        assert_true(!seen.sounds || packet->tick > seen.sound);
        seen.sound_step = packet->tick - seen.sound;
        seen.sound = packet->tick;
        seen.sounds++;
    }
}

static int set_up(void **state)
{
    const struct str sets = str_of(pps, sizeof pps - 1);
    (void)state;
    memset(&seen, 0, sizeof seen);
    intake_init(&intake, on_packet, NULL);
    intake_begin(&intake, START, 0);
    buf_init(&config, INTAKE_CONFIG_BYTES_MAX);
    assert_int_equal(
        h264_write_config(&config, str_of(sps, sizeof sps - 1), &sets, 1), 0);
    assert_int_equal(intake_video_config(&intake, buf_str(&config), &fault), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    intake_finish(&intake);
    buf_finish(&config);
    return 0;
}

/* count frames, 40 ms apart by the encoder and by the present. */
static void send(uint64_t first_ms, int count, int64_t now)
{
    for (int i = 0; i < count; i++) {
        const struct intake_time time = {first_ms + 40 * (uint64_t)i, 32, 1000};
        assert_int_equal(intake_video(&intake, &time, 0, i % 25 == 0,
                                      STR("frame"), now + (int64_t)i * FRAME,
                                      &fault),
                         ERR_OK);
    }
}

/* ---- Times -----------------------------------------------------------------
 */

static void test_the_encoders_clock_may_go_round(void **state)
{
    (void)state;
    send(UINT32_MAX - 1000, 100, START);
    assert_int_equal(seen.pictures, 100);
    assert_int_equal(seen.step_min, FRAME);
    assert_int_equal(seen.step_max, FRAME);
    assert_int_equal(intake.jumps, 0);
}

static void test_the_clock_of_a_transport_stream_may_go_round(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++) {
        uint64_t value = (UINT64_C(1) << 33) - 50 * FRAME + (uint64_t)i * FRAME;
        const struct intake_time time = {value & ((UINT64_C(1) << 33) - 1), 33,
                                         TIMELINE_HZ};
        assert_int_equal(intake_video(&intake, &time, -FRAME, i == 0,
                                      STR("frame"), START + (int64_t)i * FRAME,
                                      &fault),
                         ERR_OK);
    }
    assert_int_equal(seen.step_min, FRAME);
    assert_int_equal(seen.step_max, FRAME);
    assert_int_equal(seen.shown_after, -FRAME);
}

static void test_jumps_of_the_encoders_clock_are_not_ours(void **state)
{
    static const int64_t jumps_ms[] = {10000, -10000,   5000,
                                       -5000, 86400000, -86400000};
    (void)state;
    int64_t time = 0, now = START;
    for (size_t i = 0; i < sizeof jumps_ms / sizeof *jumps_ms; i++) {
        send((uint64_t)time, 50, now);
        time += 50 * 40 + jumps_ms[i];
        now += 50 * FRAME;
    }
    assert_int_equal(intake.jumps, 5);
    assert_true(seen.step_min > 0);
    assert_true(seen.step_max <= 2 * FRAME);
    assert_true(llabs(now - seen.tick) <= 3 * FRAME);
}

static void test_a_pause_of_the_network_is_none_of_the_clock(void **state)
{
    (void)state;
    send(0, 25, START);
    send(25 * 40, 25, START + 26 * FRAME + 5 * TIMELINE_HZ / 4);
    assert_int_equal(intake.jumps, 0); /* it is late, as it well may be */
    assert_int_equal(seen.step_max, FRAME);
}

/* A line that was cut off for three seconds: all of it comes at once. */
static void test_what_was_held_up_keeps_its_times(void **state)
{
    enum { HELD = 75 };
    (void)state;
    send(0, 25, START);
    for (int i = 0; i < HELD; i++) {
        const struct intake_time time = {40 * (uint64_t)(25 + i), 32, 1000};
        assert_int_equal(
            intake_video(&intake, &time, 0, i % 25 == 0, STR("frame"),
                         START + (int64_t)(25 + HELD) * FRAME, &fault),
            ERR_OK);
    }
    send(40 * (25 + HELD), 100, START + (int64_t)(25 + HELD) * FRAME);
    assert_int_equal(intake.jumps + intake.dropped, 0);
    assert_int_equal(seen.pictures, 200);
    assert_int_equal(seen.step_max, FRAME);
    assert_true(intake.late <= FRAME);
}

static void test_who_stays_late_is_put_into_the_present(void **state)
{
    (void)state;
    send(0, 25, START);
    send(25 * 40, 100, START + 25 * FRAME + 5 * TIMELINE_HZ);
    assert_int_equal(intake.jumps, 1);
    assert_true(intake.late < FRAME);
    assert_int_equal(seen.pictures, 125);
}

static void test_who_runs_ahead_waits_for_the_present(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) { /* twenty seconds in two */
        const struct intake_time time = {40 * (uint64_t)i, 32, 1000};
        assert_int_equal(intake_video(&intake, &time, 0, i % 25 == 0,
                                      STR("frame"),
                                      START + (int64_t)i * FRAME / 10, &fault),
                         ERR_OK);
        assert_true(seen.tick - (START + (int64_t)i * FRAME / 10) <=
                    INGEST_AHEAD_TICKS + FRAME);
    }
    assert_true(intake.dropped > 0);
    send(0, 100, START + 4 * TIMELINE_HZ);
    assert_true(llabs(START + 8 * TIMELINE_HZ - seen.tick) <= 2 * FRAME);
}

static void test_a_feed_never_begins_before_where_the_channel_was(void **state)
{
    (void)state;
    intake_end(&intake);
    assert_int_equal(seen.ends, 0); /* nothing came of it */
    intake_begin(&intake, START, START + TIMELINE_HZ);
    assert_int_equal(intake_video_config(&intake, buf_str(&config), &fault), 0);
    send(7000, 2, START);
    assert_int_equal(seen.tick, START + TIMELINE_HZ + FRAME);
    intake_end(&intake);
    assert_int_equal(seen.ends, 1);
}

/* ---- What is let in --------------------------------------------------------
 */

static void test_pictures_begin_with_a_key_frame(void **state)
{
    (void)state;
    const struct intake_time time = {0, 32, 1000};
    const int64_t late = START + INTAKE_KEY_TICKS_MAX + 1;
    assert_int_equal(
        intake_video(&intake, &time, 0, false, STR("frame"), START, &fault),
        ERR_OK);
    assert_int_equal(seen.pictures, 0);
    assert_int_equal(
        intake_video(&intake, &time, 0, false, STR("frame"), late, &fault),
        ERR_UNSUPPORTED);
    assert_non_null(strstr(fault.message, "keyframe interval"));
    assert_int_equal(
        intake_video(&intake, &time, 0, true, STR("frame"), late, &fault),
        ERR_OK);
    assert_int_equal(seen.pictures, 1);
    assert_int_equal(intake_video_config(&intake, buf_str(&config), &fault), 0);
    assert_int_equal(seen.configs, 1); /* the same again is none */
}

static void test_sound_is_counted_in_samples(void **state)
{
    static const struct {
        struct str config;
        const char *codec;
        int64_t rate, ticks; /* of 441 frames */
    } cases[] = {
        {STR_INIT("\x12\x10"), "mp4a.40.2", 44100, 921600},
        {STR_INIT("\x11\x90"), "mp4a.40.2", 48000, 846720},
        {STR_INIT("\x2B\x92\x08\x00"), "mp4a.40.5", 44100, 1843200},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now = START + (int64_t)i * 100 * TIMELINE_HZ, first = 0;
        intake_begin(&intake, now, 0);
        if (intake_audio_config(&intake, cases[i].config, &fault))
            fail_msg("%s", fault.message);
        assert_true(str_eq(intake.audio.codec, str_from_c(cases[i].codec)));
        assert_int_equal(intake.audio.rate, cases[i].rate);
        for (int64_t n = 0; n <= 441; n++) {
            int64_t ticks = n * cases[i].ticks / 441;
            const struct intake_time time = {(uint64_t)(ticks / 90), 32, 1000};
            intake_audio(&intake, &time, STR("sound"), now + ticks);
            first = n == 0 ? seen.sound : first;
        }
        assert_int_equal(seen.sound - first, cases[i].ticks);
    }
}

static void expect_flv(uint8_t type, struct str payload, const char *sentence)
{
    const struct rtmp_message message = {.type = type, .payload = payload};
    fault = (struct fault){0};
    assert_int_equal(intake_flv(&intake, &message, START, &fault),
                     ERR_UNSUPPORTED);
    if (!strstr(fault.message, sentence))
        fail_msg("%s", fault.message);
}

static void test_codecs_of_enhanced_rtmp_are_refused_by_name(void **state)
{
    (void)state;
    expect_flv(RTMP_VIDEO, STR("\x90hvc1\x01"),
               "HEVC (H.265), which this channel does not take; choose H.264");
    expect_flv(RTMP_VIDEO,
               STR("\x90"
                   "av01\x81"),
               "AV1, which");
    expect_flv(RTMP_VIDEO, STR("\x91vp09\x81"), "VP9, which");
    expect_flv(RTMP_VIDEO, STR("\x96\x01\x61vc1\0\0\0"), "multitrack");
    expect_flv(RTMP_AUDIO, STR("\x90Opus\x01"), "Opus, which");
    expect_flv(RTMP_AUDIO, STR("\x2F\xFF\xFB"),
               "MP3, which this channel does not take; choose AAC");
}

/* ---- H.264 -----------------------------------------------------------------
 */

static void test_an_sps_tells_the_size(void **state)
{
    (void)state;
    struct h264_sps read;
    struct str unit;
    assert_int_equal(h264_read_sps(str_of(sps, sizeof sps - 1), &read), ERR_OK);
    assert_int_equal(read.width, 1280);
    assert_int_equal(read.height, 720);
    assert_int_equal(read.level, 31);
    assert_int_equal(h264_config_sps(buf_str(&config), &unit), ERR_OK);
    assert_true(str_eq(unit, str_of(sps, sizeof sps - 1)));
    assert_true(str_eq(intake.video.codec, STR("avc1.64001f")));
    for (size_t len = 0; len < 9; len++)
        assert_int_equal(h264_read_sps(str_of(sps, len), &read), ERR_INVALID);
}

static void test_units_stand_between_start_codes(void **state)
{
    (void)state;
    struct str rest = STR("noise\0\0\1\x67one\0\0\0\1\x68two\0\0\1\x65\0\0\3x"),
               unit;
    assert_true(h264_next_unit(&rest, &unit));
    assert_true(str_eq(unit, STR("\x67one")));
    assert_true(h264_next_unit(&rest, &unit));
    assert_true(str_eq(unit, STR("\x68two")));
    assert_true(h264_next_unit(&rest, &unit));
    assert_true(str_eq(unit, STR("\x65\0\0\3x")));
    assert_false(h264_next_unit(&rest, &unit));
}

/* ---- Transport streams -----------------------------------------------------
 */

/* Real ones, by ffmpeg with these options. */
static struct buf make(const char *options)
{
    struct buf bytes;
    char command[1024], step[4096];
    buf_init(&bytes, TS_BYTES_MAX);
    snprintf(command, sizeof command,
             "ffmpeg -v error -f lavfi -i testsrc2=size=160x90:rate=25 -f "
             "lavfi -i sine=sample_rate=48000 -t 2 -pix_fmt yuv420p %s -f "
             "mpegts -",
             options);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    for (size_t got; (got = fread(step, 1, sizeof step, pipe)) > 0;)
        buf_add_bytes(&bytes, step, got);
    assert_int_equal(pclose(pipe), 0);
    assert_int_equal(buf_err(&bytes), ERR_OK);
    return bytes;
}

static enum err take_ts(struct str bytes, size_t step)
{
    int64_t now = intake.timeline.end + START;
    struct intake_ts ts;
    enum err err = ERR_OK;
    memset(&seen, 0, sizeof seen);
    fault = (struct fault){0};
    intake_begin(&intake, now, 0);
    intake_ts_init(&ts);
    for (size_t at = 0; !err && at < bytes.len; at += step)
        err = intake_ts_receive(&ts, &intake, str_slice(bytes, at, step), now,
                                &fault);
    intake_ts_finish(&ts);
    return err;
}

static void test_a_transport_stream_is_taken_apart_however_it_comes(
    void **state)
{
    (void)state;
    struct buf bytes = make("-c:v libx264 -bf 2 -g 25 -c:a aac");
    static const size_t steps[] = {1316, 188, 7, 65536};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        assert_int_equal(take_ts(buf_str(&bytes), steps[i]), ERR_OK);
        assert_int_equal(seen.pictures, 49); /* the last has no end */
        assert_int_equal(seen.keys, 2);
        assert_in_range(seen.sounds, 80, 95);
        assert_int_equal(seen.step_min, FRAME);
        assert_int_equal(seen.step_max, FRAME);
        assert_int_equal(seen.sound_step, 1920);
        assert_int_equal(intake.video.width, 160);
    }
    buf_finish(&bytes);
}

/* What depends on it is the decoder's to leave out: the place is marked. */
static void test_a_lost_packet_costs_its_picture_and_marks_the_place(
    void **state)
{
    (void)state;
    struct buf bytes = make("-c:v libx264 -bf 0 -g 5 -an");
    size_t lost = bytes.len / TS_PACKET_BYTES / 2 * TS_PACKET_BYTES;
    struct str rest = str_from(buf_str(&bytes), lost + TS_PACKET_BYTES);
    memmove(bytes.ptr + lost, rest.ptr, rest.len);
    bytes.len -= TS_PACKET_BYTES;
    assert_int_equal(take_ts(buf_str(&bytes), 1316), ERR_OK);
    assert_in_range(seen.pictures, 47, 49);
    assert_int_equal(seen.gaps, 1);
    buf_finish(&bytes);
}

static void test_a_lost_packet_of_the_sound_is_none_of_the_pictures(
    void **state)
{
    (void)state;
    enum { PID_SOUND = 0x101 }; /* as ffmpeg numbers them */
    struct buf bytes = make("-c:v libx264 -bf 0 -g 5 -c:a aac");
    size_t at = bytes.len / TS_PACKET_BYTES / 2 * TS_PACKET_BYTES;
    const unsigned char *head;
    do {
        at += TS_PACKET_BYTES;
        assert_true(at < bytes.len);
        head = (const unsigned char *)bytes.ptr + at;
    } while (((head[1] & 0x1F) << 8 | head[2]) != PID_SOUND);
    memmove(bytes.ptr + at, bytes.ptr + at + TS_PACKET_BYTES,
            bytes.len - at - TS_PACKET_BYTES);
    bytes.len -= TS_PACKET_BYTES;
    assert_int_equal(take_ts(buf_str(&bytes), 1316), ERR_OK);
    assert_int_equal(seen.pictures, 49);
    assert_int_equal(seen.gaps, 0);
    buf_finish(&bytes);
}

/* Sixteen packets of a track are as none to their counter; SRT tells. */
static void test_what_the_counters_do_not_tell_srt_does(void **state)
{
    (void)state;
    struct buf bytes = make("-c:v libx264 -bf 0 -g 5 -an");
    struct intake_ts ts;
    size_t half = bytes.len / TS_PACKET_BYTES / 2 * TS_PACKET_BYTES;
    intake_ts_init(&ts);
    for (int64_t lost = 0; lost <= 3; lost++) {
        memset(&seen, 0, sizeof seen);
        intake_begin(&intake, START, 0);
        assert_int_equal(intake_ts_receive(&ts, &intake,
                                           str_slice(buf_str(&bytes), 0, half),
                                           START, &fault),
                         ERR_OK);
        intake_ts_lose(&ts, &intake, lost);
        assert_int_equal(intake_ts_receive(&ts, &intake,
                                           str_from(buf_str(&bytes), half),
                                           START, &fault),
                         ERR_OK);
        assert_int_equal(seen.gaps, lost == 3 ? 1 : 0);
        assert_int_equal(intake.lost, lost);
        intake_ts_finish(&ts);
        intake_ts_init(&ts);
    }
    intake_ts_finish(&ts);
    buf_finish(&bytes);
}

static void test_other_codecs_in_a_transport_stream_are_refused(void **state)
{
    static const struct {
        const char *options, *sentence;
    } cases[] = {
        {"-c:v mpeg2video -an", "MPEG-2 video, which"},
        {"-c:v libx265 -x265-params log-level=none -an", "HEVC (H.265), which"},
        {"-vn -c:a ac3", "AC-3, which"},
        {"-c:v libx264 -c:a mp2", "MP2 or MP3), which"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf bytes = make(cases[i].options);
        assert_int_equal(take_ts(buf_str(&bytes), 1316), ERR_UNSUPPORTED);
        if (!strstr(fault.message, cases[i].sentence))
            fail_msg("%s", fault.message);
        buf_finish(&bytes);
    }
}

static void test_what_is_no_transport_stream_is_told(void **state)
{
    (void)state;
    struct buf bytes;
    buf_init(&bytes, TS_BYTES_MAX);
    for (unsigned i = 0; i < 1 << 17; i++)
        buf_add_char(&bytes, (char)(i * 2654435761u >> 24));
    assert_int_equal(take_ts(buf_str(&bytes), 1316), ERR_INVALID);
    assert_non_null(strstr(fault.message, "choose MPEG-TS"));
    buf_finish(&bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_encoders_clock_may_go_round),
        TEST(test_the_clock_of_a_transport_stream_may_go_round),
        TEST(test_jumps_of_the_encoders_clock_are_not_ours),
        TEST(test_a_pause_of_the_network_is_none_of_the_clock),
        TEST(test_what_was_held_up_keeps_its_times),
        TEST(test_who_stays_late_is_put_into_the_present),
        TEST(test_who_runs_ahead_waits_for_the_present),
        TEST(test_a_feed_never_begins_before_where_the_channel_was),
        TEST(test_pictures_begin_with_a_key_frame),
        TEST(test_sound_is_counted_in_samples),
        TEST(test_codecs_of_enhanced_rtmp_are_refused_by_name),
        TEST(test_an_sps_tells_the_size),
        TEST(test_units_stand_between_start_codes),
        TEST(test_a_transport_stream_is_taken_apart_however_it_comes),
        TEST(test_a_lost_packet_costs_its_picture_and_marks_the_place),
        TEST(test_a_lost_packet_of_the_sound_is_none_of_the_pictures),
        TEST(test_what_the_counters_do_not_tell_srt_does),
        TEST(test_other_codecs_in_a_transport_stream_are_refused),
        TEST(test_what_is_no_transport_stream_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
