// SPDX-License-Identifier: Apache-2.0
/* Which renditions a picture is to have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content/picture.h"

static struct image_output outputs[IMAGE_OUTPUTS_MAX];

static size_t count_of(const struct image_output *made, size_t count, int x)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += made[i].ratio_x == x;
    return found;
}

static void test_every_width_in_every_type_of_the_whole_and_the_cut_of_lists(
    void **state)
{
    (void)state;
    size_t count = picture_plan(4000, 3000, outputs);
    assert_int_equal(count_of(outputs, count, 0), 6 * 3);
    assert_int_equal(count_of(outputs, count, 3), 6 * 3);
    for (size_t i = 0; i < 2 * 6 * 3; i++) {
        if (i % 3) /* those of one size stand together */
            assert_int_equal(outputs[i].width, outputs[i - 1].width);
    }
    assert_int_equal(outputs[0].width, 1280);
    assert_int_equal(outputs[2 * 6 * 3 - 1].width, 320);
}

static void test_other_cuts_in_fewer_widths_and_without_webp(void **state)
{
    (void)state;
    size_t count = picture_plan(4000, 3000, outputs);
    assert_int_equal(count_of(outputs, count, 16), 3 * 2);
    assert_int_equal(count_of(outputs, count, 1), 2 * 2);
    assert_int_equal(count, 2 * 6 * 3 + 3 * 2 + 2 * 2);
    for (size_t i = 2 * 6 * 3; i < count; i++)
        assert_int_not_equal(outputs[i].format, IMAGE_WEBP);
    assert_int_equal(outputs[2 * 6 * 3].width, 1280);
    assert_int_equal(outputs[count - 4].width, 640);
    assert_int_equal(outputs[count - 1].width, 320);
}

static void test_what_has_the_ratio_is_not_cut(void **state)
{
    (void)state;
    assert_int_equal(picture_plan(1280, 854, outputs), 6 * 3 + 10);
    assert_int_equal(picture_plan(1500, 1000, outputs), 6 * 3 + 10);
    assert_int_equal(picture_plan(1500, 1030, outputs), 2 * 6 * 3 + 10);
    assert_int_equal(picture_plan(1920, 1080, outputs), 2 * 6 * 3 + 4);
    assert_int_equal(picture_plan(2000, 2000, outputs), 2 * 6 * 3 + 6);
}

static void test_nothing_is_enlarged(void **state)
{
    (void)state;
    size_t count = picture_plan(900, 300, outputs);
    assert_int_equal(count_of(outputs, count, 0), 4 * 3);
    assert_int_equal(count_of(outputs, count, 3), 1 * 3);  /* 450 × 300 */
    assert_int_equal(count_of(outputs, count, 16), 1 * 2); /* 533 × 300 */
    assert_int_equal(count_of(outputs, count, 1), 1 * 2);  /* 300 × 300 */
    assert_int_equal(outputs[0].width, 800);
    assert_int_equal(outputs[count - 1].width, 300);
    count = picture_plan(90, 300, outputs);
    assert_int_equal(count, 2 * 3 + 2 * 2);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(outputs[i].width, 90);
    assert_int_equal(picture_plan(1, 65535, outputs), 2 * 3 + 2 * 2);
    count = picture_plan(65535, 1, outputs);
    assert_int_equal(outputs[count - 1].width, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_every_width_in_every_type_of_the_whole_and_the_cut_of_lists),
        cmocka_unit_test(test_other_cuts_in_fewer_widths_and_without_webp),
        cmocka_unit_test(test_what_has_the_ratio_is_not_cut),
        cmocka_unit_test(test_nothing_is_enlarged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
