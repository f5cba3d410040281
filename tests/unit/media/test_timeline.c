// SPDX-License-Identifier: Apache-2.0
/* Encoders' clocks as they are, and the channel's, which only goes forward. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/timeline.h"

enum { AAC_FRAME = 1920, /* 1024 samples of 48 kHz */ MS = 90 };

static struct timeline timeline;

static int set_up(void **state)
{
    (void)state;
    timeline_init(&timeline);
    return 0;
}

/* By RTMP's clock. Fails unless the verdict is the expected one. */
static int64_t picture(uint32_t ms, enum timeline_verdict expected)
{
    int64_t tick = -1;
    assert_int_equal(
        timeline_place(&timeline, TIMELINE_VIDEO, ms, 32, 1000, 0, &tick),
        expected);
    return tick;
}

static int64_t sound(uint32_t ms, enum timeline_verdict expected)
{
    int64_t tick = -1;
    assert_int_equal(timeline_place(&timeline, TIMELINE_AUDIO, ms, 32, 1000,
                                    AAC_FRAME, &tick),
                     expected);
    return tick;
}

static void test_counters_go_on_where_they_go_round(void **state)
{
    struct timeline_counter counter = {0};
    (void)state;
    assert_int_equal(timeline_unwrap(&counter, 0xFFFFFFF0u, 32), 0xFFFFFFF0);
    assert_int_equal(timeline_unwrap(&counter, 0x10, 32), 0x100000010);
    assert_int_equal(timeline_unwrap(&counter, 0xFFFFFFF0u, 32), 0xFFFFFFF0);
    struct timeline_counter stamp = {0};
    const int64_t round = INT64_C(1) << 33;
    assert_int_equal(timeline_unwrap(&stamp, (uint64_t)round - 3, 33),
                     round - 3);
    assert_int_equal(timeline_unwrap(&stamp, 5, 33), round + 5);
    for (int64_t i = 1; i < 40; i++) /* a day a step, for weeks */
        assert_int_equal(
            timeline_unwrap(&stamp, (uint64_t)(5 + i * round / 3), 33),
            round + 5 + i * round / 3);
}

static void test_a_feed_begins_where_the_channel_is(void **state)
{
    (void)state;
    timeline_begin(&timeline, 5000);
    assert_int_equal(picture(777000, TIMELINE_GOES_ON), 5000);
    assert_int_equal(sound(777010, TIMELINE_GOES_ON), 5000 + 10 * MS);
    assert_int_equal(picture(777040, TIMELINE_GOES_ON), 5000 + 40 * MS);
}

static void test_sound_is_counted_in_samples(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 50 * 60 * 10; i++) { /* ten minutes and more */
        uint32_t ms = i * 64 / 3;                 /* cut down, as encoders do */
        assert_int_equal(sound(ms, TIMELINE_GOES_ON), i * AAC_FRAME);
    }
}

static void test_missing_sound_is_a_gap(void **state)
{
    (void)state;
    sound(0, TIMELINE_GOES_ON);
    assert_int_equal(sound(21 + 39, TIMELINE_GOES_ON), AAC_FRAME);
    assert_int_equal(sound(200, TIMELINE_GAP), 200 * MS);
    assert_int_equal(sound(221, TIMELINE_GOES_ON), 200 * MS + AAC_FRAME);
}

static void test_too_much_sound_is_left_out(void **state)
{
    int dropped = 0;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) { /* a clock that is 1 % slow */
        int64_t tick = -1;
        uint32_t ms = i * 2112 / 100;
        enum timeline_verdict verdict = timeline_place(
            &timeline, TIMELINE_AUDIO, ms, 32, 1000, AAC_FRAME, &tick);
        dropped += verdict == TIMELINE_DROP;
        if (verdict != TIMELINE_DROP)
            assert_in_range(tick - ms * MS + 100 * MS, 100 * MS, 141 * MS);
    }
    assert_in_range(dropped, 6, 12);
}

static void test_pictures_come_one_after_the_other(void **state)
{
    (void)state;
    assert_int_equal(picture(0, TIMELINE_GOES_ON), 0);
    assert_int_equal(picture(40, TIMELINE_GOES_ON), 3600);
    assert_int_equal(picture(40, TIMELINE_GOES_ON), 3601);
    assert_int_equal(picture(30, TIMELINE_GOES_ON), 3602);
    assert_int_equal(picture(120, TIMELINE_GOES_ON), 120 * MS);
}

static void test_a_jump_of_the_encoders_clock_is_not_one_of_ours(void **state)
{
    static const int64_t jumps_ms[] = {-10000, -3600000, 11000, 86400000};
    (void)state;
    for (size_t i = 0; i < sizeof jumps_ms / sizeof *jumps_ms; i++) {
        timeline_init(&timeline);
        uint32_t base = 100000000;
        for (uint32_t k = 0; k < 10; k++) {
            picture(base + k * 40, TIMELINE_GOES_ON);
            sound(base + k * 21, TIMELINE_GOES_ON);
        }
        base += (uint32_t)jumps_ms[i];
        assert_int_equal(picture(base + 400, TIMELINE_JUMPED), 400 * MS);
        assert_int_equal(picture(base + 440, TIMELINE_GOES_ON), 440 * MS);
        assert_int_equal(sound(base + 210, TIMELINE_JUMPED), 10 * AAC_FRAME);
        assert_int_equal(sound(base + 231, TIMELINE_GOES_ON), 11 * AAC_FRAME);
    }
}

static void test_a_camera_that_was_away_comes_back_beside_its_sound(
    void **state)
{
    (void)state;
    picture(0, TIMELINE_GOES_ON);
    for (uint32_t i = 0; i * 64 / 3 <= 60000; i++)
        sound(i * 64 / 3, TIMELINE_GOES_ON);
    assert_int_equal(picture(60040, TIMELINE_GOES_ON), 60040 * MS);
    assert_int_equal(picture(60080, TIMELINE_GOES_ON), 60080 * MS);
}

static void test_sound_that_was_away_comes_back_beside_its_pictures(
    void **state)
{
    (void)state;
    sound(0, TIMELINE_GOES_ON);
    for (uint32_t ms = 0; ms <= 60000; ms += 40)
        picture(ms, TIMELINE_GOES_ON);
    assert_int_equal(sound(59000, TIMELINE_GAP), 59000 * MS);
    assert_int_equal(sound(59021, TIMELINE_GOES_ON), 59000 * MS + AAC_FRAME);
}

static void test_the_clock_of_rtmp_goes_round_every_49_days(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 100; i++) {
        uint32_t ms = UINT32_MAX - 2000 + i * 40;
        assert_int_equal(picture(ms, TIMELINE_GOES_ON), i * 40 * MS);
    }
}

static void test_who_comes_back_goes_on_later(void **state)
{
    (void)state;
    picture(0, TIMELINE_GOES_ON);
    picture(40, TIMELINE_GOES_ON);
    timeline_begin(&timeline, 10); /* the machine's clock went back */
    assert_int_equal(picture(900000, TIMELINE_GOES_ON), 80 * MS);
    timeline_begin(&timeline, 1000 * MS);
    assert_int_equal(sound(5, TIMELINE_GOES_ON), 1000 * MS);
}

static void test_a_leap_beyond_the_present_is_a_jump(void **state)
{
    (void)state;
    int64_t tick;
    timeline_begin(&timeline, 1000 * MS);
    for (uint64_t ms = 0; ms <= 1000; ms += 40)
        assert_int_equal(
            timeline_place(&timeline, TIMELINE_VIDEO, ms, 32, 1000, 0, &tick),
            TIMELINE_GOES_ON);
    assert_int_equal(tick, 2000 * MS);
    timeline.latest = 4000 * MS;
    assert_int_equal(
        timeline_place(&timeline, TIMELINE_VIDEO, 6000, 32, 1000, 0, &tick),
        TIMELINE_JUMPED);
    assert_int_equal(tick, 2040 * MS);
    timeline.latest = 9000 * MS; /* five seconds did pass */
    assert_int_equal(
        timeline_place(&timeline, TIMELINE_VIDEO, 11000, 32, 1000, 0, &tick),
        TIMELINE_GOES_ON);
    assert_int_equal(tick, 7040 * MS);
}

static void test_a_track_may_begin_a_little_before_the_other(void **state)
{
    (void)state;
    int64_t tick;
    timeline_begin(&timeline, 1000 * MS);
    (void)!timeline_place(&timeline, TIMELINE_VIDEO, 500, 32, 1000, 0, &tick);
    (void)!timeline_place(&timeline, TIMELINE_AUDIO, 300, 32, 1000, 20 * MS,
                          &tick);
    assert_int_equal(tick, 800 * MS);
    timeline_begin(&timeline, 1000 * MS);
    (void)!timeline_place(&timeline, TIMELINE_VIDEO, 500, 32, 1000, 0, &tick);
    (void)!timeline_place(&timeline, TIMELINE_AUDIO, 300, 32, 1000, 20 * MS,
                          &tick);
    assert_true(tick >= 1000 * MS); /* not into the feed before */
}

static void test_a_track_that_begins_elsewhere_begins_with_the_feed(
    void **state)
{
    (void)state;
    picture(1000, TIMELINE_GOES_ON);
    assert_int_equal(sound(900000, TIMELINE_GOES_ON), 0);
    assert_int_equal(sound(900021, TIMELINE_GOES_ON), AAC_FRAME);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, set_up)
    const struct CMUnitTest tests[] = {
        TEST(test_counters_go_on_where_they_go_round),
        TEST(test_a_feed_begins_where_the_channel_is),
        TEST(test_sound_is_counted_in_samples),
        TEST(test_missing_sound_is_a_gap),
        TEST(test_too_much_sound_is_left_out),
        TEST(test_pictures_come_one_after_the_other),
        TEST(test_a_jump_of_the_encoders_clock_is_not_one_of_ours),
        TEST(test_a_camera_that_was_away_comes_back_beside_its_sound),
        TEST(test_sound_that_was_away_comes_back_beside_its_pictures),
        TEST(test_the_clock_of_rtmp_goes_round_every_49_days),
        TEST(test_who_comes_back_goes_on_later),
        TEST(test_a_leap_beyond_the_present_is_a_jump),
        TEST(test_a_track_may_begin_a_little_before_the_other),
        TEST(test_a_track_that_begins_elsewhere_begins_with_the_feed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
