// SPDX-License-Identifier: Apache-2.0
/* Playlists: word for word where players look at them, and as a player keeps
 * them up to date. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/hls.h"

enum {
    SECOND = HLS_CLOCK_HZ,
    PARTS = 4,
    SEGMENTS_MAX = 40,
};
#define START INT64_C(1764273600000000) /* 2025-11-27T20:00:00Z */

static void write_init(void *context, uint32_t init, struct buf *out)
{
    (void)context;
    buf_printf(out, "init%u.mp4", init);
}

static void write_segment(void *context, uint64_t sequence, struct buf *out)
{
    (void)context;
    buf_printf(out, "%llu.m4s", (unsigned long long)sequence);
}

static void write_part(void *context, uint64_t sequence, size_t part,
                       struct buf *out)
{
    (void)context;
    buf_printf(out, "%llu.%zu.m4s", (unsigned long long)sequence, part);
}

/* A channel that has been on air for so many parts of half a second, of which
 * the newest segments are kept. */
struct channel {
    struct hls_segment segments[SEGMENTS_MAX];
    struct hls_part parts[PARTS];
    struct hls_report report;
    struct hls_window window;
};

static struct channel *on_air(uint64_t parts, size_t kept)
{
    static struct channel channel;
    uint64_t end = (parts + PARTS - 1) / PARTS;
    uint64_t first = end > kept ? end - kept : 0;
    channel = (struct channel){
        .report = {STR("../low/live.m3u8"), end ? end - 1 : 0,
                   parts ? (parts - 1) % PARTS : 0},
        .window = {.target = 2 * SECOND,
                   .part_target = SECOND / 2,
                   .segments = channel.segments,
                   .count = end - first,
                   .reports = &channel.report,
                   .report_count = 1,
                   .write_init = write_init,
                   .write_segment = write_segment,
                   .write_part = write_part},
    };
    for (size_t i = 0; i < PARTS; i++)
        channel.parts[i] = (struct hls_part){SECOND / 2, i == 0, false};
    for (uint64_t i = first; i < end; i++) {
        size_t count = i + 1 < end ? PARTS : parts - i * PARTS;
        channel.segments[i - first] = (struct hls_segment){
            .sequence = i,
            .duration = (int64_t)count * SECOND / 2,
            .start_us = START + (int64_t)i * 2000000,
            .is_complete = count == PARTS,
            .parts = channel.parts,
            .part_count = count,
        };
    }
    return &channel;
}

static void check(const struct channel *channel, enum hls_kind kind,
                  const char *expected)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    hls_write_playlist(&out, &channel->window, kind);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, expected);
}

#define HEAD "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"
#define CONTROL \
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.00000," \
    "PART-HOLD-BACK=1.50000,HOLD-BACK=6.00000\n" \
    "#EXT-X-PART-INF:PART-TARGET=0.50000\n"
#define DATE(rest) "#EXT-X-PROGRAM-DATE-TIME:2025-11-27T20:00:" rest "Z\n"
#define PART(name, more) \
    "#EXT-X-PART:DURATION=0.50000,URI=\"" name ".m4s\"" more "\n"
#define FIRST ",INDEPENDENT=YES"

static void test_before_anything_came_the_first_part_is_hinted_at(void **state)
{
    (void)state;
    check(on_air(0, 10), HLS_LOW_LATENCY,
          HEAD CONTROL "#EXT-X-MEDIA-SEQUENCE:0\n"
                       "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"0.0.m4s\"\n"
                       "#EXT-X-RENDITION-REPORT:URI=\"../low/live.m3u8\","
                       "LAST-MSN=0,LAST-PART=0\n");
}

static void test_a_segment_grows_part_by_part(void **state)
{
    (void)state;
    check(on_air(6, 10), HLS_LOW_LATENCY,
          HEAD CONTROL
          "#EXT-X-MEDIA-SEQUENCE:0\n"
          "#EXT-X-MAP:URI=\"init0.mp4\"\n" DATE("00") PART("0.0", FIRST)
              PART("0.1", "") PART("0.2", "") PART(
                  "0.3", "") "#EXTINF:2.00000,\n0.m4s\n" DATE("02") PART("1.0",
                                                                         FIRST)
                  PART("1.1",
                       "") "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1.2.m4s\"\n"
                           "#EXT-X-RENDITION-REPORT:URI=\"../low/live.m3u8\","
                           "LAST-MSN=1,LAST-PART=1\n");
}

static void test_players_without_low_latency_see_whole_segments(void **state)
{
    (void)state;
    check(on_air(6, 10), HLS_PLAIN,
          HEAD "#EXT-X-SERVER-CONTROL:HOLD-BACK=6.00000\n"
               "#EXT-X-MEDIA-SEQUENCE:0\n"
               "#EXT-X-MAP:URI=\"init0.mp4\"\n" DATE(
                   "00") "#EXTINF:2.00000,\n0.m4s\n");
}

static void test_what_breaks_off_is_told(void **state)
{
    struct channel *channel = on_air(8, 10);
    (void)state;
    channel->window.discontinuities = 3;
    channel->segments[1].discontinuity = true;
    channel->segments[1].init = 1;
    channel->parts[1].gap = channel->segments[1].gap = true;
    channel->segments[0].part_count = 0; /* forgotten */
    channel->window.has_ended = true;
    check(channel, HLS_LOW_LATENCY,
          HEAD CONTROL
          "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-DISCONTINUITY-SEQUENCE:3\n"
          "#EXT-X-MAP:URI=\"init0.mp4\"\n" DATE(
              "00") "#EXTINF:2.00000,\n0.m4s\n"
                    "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init1.mp4\"\n" DATE(
                        "02") PART("1.0", FIRST) PART("1.1", ",GAP=YES")
                        PART("1.2", "")
                            PART("1.3", "") "#EXT-X-GAP\n#EXTINF:2.00000,\n1."
                                            "m4s\n#EXT-X-ENDLIST\n");
}

static void test_times_are_to_the_millisecond_and_clock(void **state)
{
    struct channel *channel = on_air(4, 10);
    (void)state;
    channel->segments[0].duration = 180180; /* 50 frames of 59.94 Hz … */
    channel->segments[0].start_us += 1234567;
    channel->window.part_target = 0;
    check(channel, HLS_PLAIN,
          HEAD "#EXT-X-SERVER-CONTROL:HOLD-BACK=6.00000\n"
               "#EXT-X-MEDIA-SEQUENCE:0\n"
               "#EXT-X-MAP:URI=\"init0.mp4\"\n" DATE(
                   "01.234000") "#EXTINF:2.00200,\n0.m4s\n");
}

/* ---- Deltas ----------------------------------------------------------------
 */

static size_t count_lines(struct str text, const char *beginning)
{
    struct str line;
    size_t count = 0;
    while (str_split_next(&text, '\n', &line))
        count += str_starts_with(line, str_from_c(beginning));
    return count;
}

/* The playlist from behind the segments that a delta skips, as a player has it
 * after putting both together. */
static struct str behind(struct str playlist, size_t skipped)
{
    struct str rest = playlist, line;
    for (size_t seen = 0; seen < skipped && str_split_next(&rest, '\n', &line);)
        seen += str_ends_with(line, STR(".m4s")) &&
                !str_starts_with(line, STR("#"));
    return rest;
}

static void test_a_delta_and_what_is_known_are_the_whole(void **state)
{
    static const size_t kept[] = {3, 6, 7, 8, 20, SEGMENTS_MAX};
    (void)state;
    for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
        for (uint64_t parts = 0; parts < 170; parts++) {
            const struct channel *channel = on_air(parts, kept[k]);
            DEFER(buf_finish) struct buf whole, delta;
            buf_init(&whole, 1 << 20);
            buf_init(&delta, 1 << 20);
            hls_write_playlist(&whole, &channel->window, HLS_LOW_LATENCY);
            hls_write_playlist(&delta, &channel->window, HLS_DELTA);
            size_t left = count_lines(buf_str(&whole), "#EXTINF") -
                          count_lines(buf_str(&delta), "#EXTINF");
            bool skips = str_find(buf_str(&delta), STR("#EXT-X-SKIP")) >= 0;
            assert_int_equal(skips, left > 0);
            struct str rest = behind(buf_str(&whole), left);
            assert_true(left == 0 || str_ends_with(buf_str(&delta), rest));
            if (kept[k] >= 20 && parts >= 80) /* 12 s stay */
                assert_in_range(count_lines(buf_str(&delta), "#EXTINF"), 5, 6);
        }
    }
}

static void test_parts_are_told_for_three_target_durations(void **state)
{
    (void)state;
    for (uint64_t parts = 40; parts < 60; parts++) {
        DEFER(buf_finish) struct buf out;
        buf_init(&out, 1 << 20);
        hls_write_playlist(&out, &on_air(parts, 20)->window, HLS_LOW_LATENCY);
        assert_in_range(count_lines(buf_str(&out), "#EXT-X-PART:"), 8, 11);
    }
}

/* ---- Waiting ---------------------------------------------------------------
 */

static void test_players_wait_for_what_comes_next(void **state)
{
    const struct hls_window *window = &on_air(6, 10)->window;
    (void)state;
    assert_int_equal(hls_look(window, 0, -1), HLS_IS_THERE);
    assert_int_equal(hls_look(window, 1, 1), HLS_IS_THERE);
    assert_int_equal(hls_look(window, 1, 2), HLS_WAIT);
    assert_int_equal(hls_look(window, 1, -1), HLS_WAIT);
    assert_int_equal(hls_look(window, 2, 0), HLS_WAIT);
    assert_int_equal(hls_look(window, 3, 0), HLS_TOO_FAR);
    assert_int_equal(hls_look(window, UINT64_MAX, -1), HLS_TOO_FAR);
    window = &on_air(8, 10)->window; /* the last segment is complete */
    assert_int_equal(hls_look(window, 1, -1), HLS_IS_THERE);
    assert_int_equal(hls_look(window, 1, 9), HLS_IS_THERE);
    assert_int_equal(hls_look(window, 2, 0), HLS_WAIT);
    assert_int_equal(hls_look(window, 3, 0), HLS_WAIT);
    assert_int_equal(hls_look(window, 4, 0), HLS_TOO_FAR);
}

static void test_nobody_waits_for_what_has_ended(void **state)
{
    struct channel *channel = on_air(6, 10);
    (void)state;
    channel->window.has_ended = true;
    assert_int_equal(hls_look(&channel->window, 1, 2), HLS_IS_THERE);
}

/* ---- Renditions ------------------------------------------------------------
 */

static void test_renditions_are_told_with_their_captions(void **state)
{
    static const struct hls_rendition renditions[] = {
        {STR_INIT("high/live.m3u8"), STR_INIT("avc1.64001f,mp4a.40.2"), 3000000,
         2500000, 1280, 720, 59.94, STR_INIT("cc")},
        {STR_INIT("sound/live.m3u8"), STR_INIT("mp4a.40.2"), 130000, 128000, 0,
         0, 0, STR_INIT("")},
    };
    static const struct hls_captions captions[] = {
        {.group = STR_INIT("cc"),
         .name = STR_INIT("English"),
         .language = STR_INIT("en"),
         .channel = STR_INIT("CC1")},
    };
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    hls_write_multivariant(&out, &(struct hls_listing){
                                     .renditions = renditions,
                                     .count = 2,
                                     .captions = captions,
                                     .captions_count = 1,
                                     .are_independent = true,
                                 });
    buf_add_char(&out, '\0');
    assert_string_equal(
        out.ptr,
        "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"English\","
        "LANGUAGE=\"en\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID=\"CC1\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2500000,"
        "CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=1280x720,"
        "FRAME-RATE=59.940,CLOSED-CAPTIONS=\"cc\"\nhigh/live.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,"
        "CODECS=\"mp4a.40.2\"\nsound/live.m3u8\n");
    buf_reset(&out);
    hls_write_multivariant(
        &out, &(struct hls_listing){.renditions = renditions + 1, .count = 1});
    buf_add_char(&out, '\0');
    assert_string_equal(
        out.ptr, "#EXTM3U\n#EXT-X-VERSION:9\n"
                 "#EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,"
                 "CODECS=\"mp4a.40.2\"\nsound/live.m3u8\n");
}

static void test_pictures_without_captions_are_told_to_be(void **state)
{
    static const struct hls_rendition rendition = {
        .uri = STR_INIT("a.m3u8"),
        .codecs = STR_INIT("avc1.64001f"),
        .peak_bits = 2,
        .mean_bits = 1,
        .captions = STR_INIT("beside"),
    };
    static const struct hls_captions written = {
        .group = STR_INIT("beside"),
        .name = STR_INIT("Captions"),
        .uri = STR_INIT("c.m3u8"),
    };
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    hls_write_multivariant(&out, &(struct hls_listing){
                                     .renditions = &rendition,
                                     .count = 1,
                                     .captions = &written,
                                     .captions_count = 1,
                                     .is_bare = true,
                                 });
    buf_add_char(&out, '\0');
    assert_string_equal(
        out.ptr,
        "#EXTM3U\n#EXT-X-VERSION:9\n"
        "#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"beside\",NAME=\"Captions\","
        "DEFAULT=NO,AUTOSELECT=YES,URI=\"c.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=2,AVERAGE-BANDWIDTH=1,"
        "CODECS=\"avc1.64001f\",SUBTITLES=\"beside\",CLOSED-CAPTIONS=NONE\n"
        "a.m3u8\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_before_anything_came_the_first_part_is_hinted_at),
        cmocka_unit_test(test_a_segment_grows_part_by_part),
        cmocka_unit_test(test_players_without_low_latency_see_whole_segments),
        cmocka_unit_test(test_what_breaks_off_is_told),
        cmocka_unit_test(test_times_are_to_the_millisecond_and_clock),
        cmocka_unit_test(test_a_delta_and_what_is_known_are_the_whole),
        cmocka_unit_test(test_parts_are_told_for_three_target_durations),
        cmocka_unit_test(test_players_wait_for_what_comes_next),
        cmocka_unit_test(test_nobody_waits_for_what_has_ended),
        cmocka_unit_test(test_renditions_are_told_with_their_captions),
        cmocka_unit_test(test_pictures_without_captions_are_told_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
