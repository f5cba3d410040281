// SPDX-License-Identifier: Apache-2.0
/* Captions of a channel as viewers get them: segments of WebVTT. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "edge/live_captions.h"

enum { SECOND = LIVE_HZ, DVR = 600 };

#define HOUR (INT64_C(3600) * SECOND)
/* 01:00:00 by the times of a segment that begins in this hour. */
#define START (INT64_C(490076) * HOUR)

static struct live_caption_list list;

static int begin(void **state)
{
    (void)state;
    list = (struct live_caption_list){.count = 0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    live_caption_list_clear(&list);
    free(list.lines);
    return 0;
}

static void add_to(uint8_t track, int64_t tick, int64_t duration,
                   const char *text)
{
    live_caption_list_add(
        &list,
        &(struct live_caption){1, tick, duration, str_from_c(text), track},
        DVR);
}

static void add(int64_t tick, int64_t duration, const char *text)
{
    add_to(0, tick, duration, text);
}

static struct live_captions *shared;

/* What a segment has behind its head. */
static void assert_segment_of(unsigned track, int64_t tick, int64_t duration,
                              const char *wanted)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    live_captions_write(shared, track, tick, duration, &out);
    buf_add_char(&out, '\0');
    const char *note = strstr(out.ptr, " ms after 1970\n");
    assert_non_null(note);
    assert_string_equal(note + strlen(" ms after 1970\n"), wanted);
}

static void assert_segment(int64_t tick, int64_t duration, const char *wanted)
{
    assert_segment_of(0, tick, duration, wanted);
}

static void share(void)
{
    live_captions_release(shared);
    shared = live_captions_create(&list);
}

static int drop_shared(void **state)
{
    live_captions_release(shared);
    shared = NULL;
    return end(state);
}

static void test_a_segment_says_where_its_times_begin(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    live_captions_write(NULL, 0, START + SECOND, 2 * SECOND, &out);
    char wanted[256];
    snprintf(wanted, sizeof wanted,
             "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:%lld,LOCAL:00:00:00.000\n\nNOTE "
             "begins %lld ms after 1970\n",
             (long long)((START - HOUR) & ((INT64_C(1) << 33) - 1)),
             (long long)((START - HOUR) / 90));
    assert_true(str_eq(buf_str(&out), str_from_c(wanted)));
}

static void test_a_caption_is_where_it_is_said(void **state)
{
    (void)state;
    add(START + SECOND, SECOND, "x");
    share();
    assert_segment(START, SECOND, "");
    assert_segment(START + SECOND, 2 * SECOND,
                   "\n01:00:01.000 --> 01:00:02.000\nx\n");
    assert_segment(START + 2 * SECOND, 2 * SECOND, "");
}

static void test_one_that_goes_on_has_the_same_times_in_both(void **state)
{
    (void)state;
    add(START + SECOND, 3 * SECOND, "x");
    share();
    const char *both = "\n01:00:01.000 --> 01:00:04.000\nx\n";
    assert_segment(START, 2 * SECOND, both);
    assert_segment(START + 2 * SECOND, 2 * SECOND, both);
    assert_segment(START + 4 * SECOND, 2 * SECOND, "");
}

static void test_markup_is_text(void **state)
{
    (void)state;
    add(START, SECOND, "<b>A</b> & B\n1 --> 2");
    share();
    assert_segment(START, SECOND,
                   "\n01:00:00.000 --> 01:00:01.000\n&lt;b&gt;A&lt;/b&gt; "
                   "&amp; B\n1 --&gt; 2\n");
}

static void test_they_are_in_the_order_of_saying(void **state)
{
    (void)state;
    add(START + SECOND, SECOND, "second");
    add(START, SECOND, "first");
    add(START + SECOND, SECOND, "third");
    share();
    assert_segment(START, 2 * SECOND,
                   "\n01:00:00.000 --> 01:00:01.000\nfirst\n"
                   "\n01:00:01.000 --> 01:00:02.000\nsecond\n"
                   "\n01:00:01.000 --> 01:00:02.000\nthird\n");
}

static void test_each_track_says_its_own(void **state)
{
    (void)state;
    add(START, SECOND, "Good evening");
    add_to(2, START, SECOND, "Buenas noches");
    share();
    assert_int_equal(shared->tracks, 1u << 0 | 1u << 2);
    assert_segment(START, SECOND,
                   "\n01:00:00.000 --> 01:00:01.000\nGood evening\n");
    assert_segment_of(1, START, SECOND, "");
    assert_segment_of(2, START, SECOND,
                      "\n01:00:00.000 --> 01:00:01.000\nBuenas noches\n");
}

static void test_what_is_shared_stays_as_it_was(void **state)
{
    (void)state;
    add(START, SECOND, "x");
    assert_true(list.is_new);
    share();
    assert_false(list.is_new);
    struct live_captions *before = live_captions_hold(shared);
    live_caption_list_clear(&list);
    assert_true(list.is_new);
    share();
    assert_segment(START, SECOND, "");
    live_captions_release(shared);
    shared = before;
    assert_segment(START, SECOND, "\n01:00:00.000 --> 01:00:01.000\nx\n");
}

static void test_old_ones_are_forgotten(void **state)
{
    (void)state;
    add(START, SECOND, "old");
    add(START + DVR * SECOND, SECOND, "still there");
    assert_int_equal(list.count, 2);
    add(START + DVR * SECOND + LIVE_DURATION_MAX + 1, SECOND, "new");
    assert_int_equal(list.count, 2);
    for (int64_t i = 0; i < 2 * LIVE_CAPTIONS_MAX; i++)
        add(START + DVR * SECOND + LIVE_DURATION_MAX + i, 1, "many");
    assert_int_equal(list.count, LIVE_CAPTIONS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, drop_shared)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_segment_says_where_its_times_begin),
        TEST(test_a_caption_is_where_it_is_said),
        TEST(test_one_that_goes_on_has_the_same_times_in_both),
        TEST(test_markup_is_text),
        TEST(test_they_are_in_the_order_of_saying),
        TEST(test_each_track_says_its_own),
        TEST(test_what_is_shared_stays_as_it_was),
        TEST(test_old_ones_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
