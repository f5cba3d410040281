// SPDX-License-Identifier: Apache-2.0
/* Where parts and segments begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/cutter.h"

enum { HZ = 90000, SEGMENTS_MAX = 64, PARTS_MAX = 512 };

static const struct cutter_limits limits = {
    .part = HZ / 2,
    .part_max = HZ * 54 / 100,
    .segment = 2 * HZ,
    .segment_max = 6 * HZ,
};

static int64_t parts[PARTS_MAX], segments[SEGMENTS_MAX];
static size_t part_count, segment_count;

static void run(int64_t frame, int group, int count)
{
    struct cutter cutter;
    part_count = segment_count = 0;
    cutter_begin(&cutter, &limits, 0, 0);
    cutter_note_key(&cutter, 0);
    for (int i = 1; i < count; i++) {
        enum cut cut =
            cutter_look(&cutter, i * frame, frame, group && i % group == 0);
        if (cut != CUT_NONE)
            parts[part_count++] = i * frame;
        if (cut == CUT_SEGMENT)
            segments[segment_count++] = i * frame;
    }
}

static void test_groups_of_a_second_make_halves(void **state)
{
    (void)state;
    run(3600, 25, 250);
    assert_int_equal(segments[0], 2 * HZ);
    assert_int_equal(segments[1], 4 * HZ);
    assert_int_equal(parts[0], 13 * 3600);
    assert_int_equal(parts[1], HZ); /* with the key frame */
    assert_int_equal(part_count, 2 * 10 - 1);
}

static void test_a_group_that_would_not_fit_twice_is_a_segment(void **state)
{
    (void)state;
    run(3000, 45, 450);
    assert_int_equal(segments[0], 3 * HZ / 2);
    assert_int_equal(segments[1], 3 * HZ);
}

static void test_long_groups_make_long_segments_up_to_a_limit(void **state)
{
    (void)state;
    run(3600, 100, 500);
    assert_int_equal(segments[0], 4 * HZ);
    run(3600, 0, 500);
    assert_int_equal(segments[0], 6 * HZ);
    assert_int_equal(segments[1], 12 * HZ);
}

static void test_slow_pictures_make_short_parts(void **state)
{
    (void)state;
    run(HZ / 5, 5, 50); /* 5 a second: a third one would be too long */
    for (size_t i = 1; i < part_count; i++)
        assert_true(parts[i] - parts[i - 1] <= limits.part_max);
    assert_int_equal(segments[0], 2 * HZ);
}

static void test_who_takes_over_cuts_at_the_same_places(void **state)
{
    (void)state;
    const int64_t frame = 3003;
    run(frame, 45, 600);
    for (size_t p = 0; p < part_count; p++) {
        struct cutter cutter;
        size_t next = p;
        int64_t segment = 0;
        for (size_t s = 0; s < segment_count && segments[s] < parts[p]; s++)
            segment = segments[s];
        cutter_begin(&cutter, &limits, parts[p], segment);
        cutter_note_key(&cutter, (parts[p] - 1) / (45 * frame) * 45 * frame);
        for (int64_t at = parts[p]; at < 600 * frame; at += frame) {
            bool is_key = at % (45 * frame) == 0;
            enum cut cut = at == parts[p]
                               ? cutter_force(&cutter, at, frame, is_key)
                               : cutter_look(&cutter, at, frame, is_key);
            bool segment_here = false;
            for (size_t s = 0; s < segment_count; s++)
                segment_here |= segments[s] == at;
            if (cut != CUT_NONE)
                assert_int_equal(at, parts[next++]);
            assert_int_equal(cut == CUT_SEGMENT, segment_here);
        }
        assert_int_equal(next, part_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_groups_of_a_second_make_halves),
        cmocka_unit_test(test_a_group_that_would_not_fit_twice_is_a_segment),
        cmocka_unit_test(test_long_groups_make_long_segments_up_to_a_limit),
        cmocka_unit_test(test_slow_pictures_make_short_parts),
        cmocka_unit_test(test_who_takes_over_cuts_at_the_same_places),
    };
    return cmocka_run_group_tests_name("cutter", tests, NULL, NULL);
}
