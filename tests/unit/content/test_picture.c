// SPDX-License-Identifier: Apache-2.0
/* Which renditions a picture is to have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content/picture.h"

static struct image_output outputs[IMAGE_OUTPUTS_MAX];

static void test_every_width_in_every_type_of_the_whole_and_the_cut(
    void **state)
{
    (void)state;
    size_t count = picture_plan(4000, 2250, outputs);
    assert_int_equal(count, 2 * 6 * 3);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(outputs[i].ratio_x, i < count / 2 ? 0 : 3);
        assert_int_equal(outputs[i].ratio_y, i < count / 2 ? 0 : 2);
        if (i % 3) /* those of one size stand together */
            assert_int_equal(outputs[i].width, outputs[i - 1].width);
    }
    assert_int_equal(outputs[0].width, 1280);
    assert_int_equal(outputs[count - 1].width, 320);
}

static void test_what_has_the_ratio_is_not_cut(void **state)
{
    (void)state;
    assert_int_equal(picture_plan(1280, 854, outputs), 6 * 3);
    assert_int_equal(picture_plan(1500, 1000, outputs), 6 * 3);
    assert_int_equal(picture_plan(1500, 1030, outputs), 2 * 6 * 3);
}

static void test_nothing_is_enlarged(void **state)
{
    (void)state;
    size_t count = picture_plan(900, 300, outputs); /* the cut: 450 × 300 */
    assert_int_equal(count, 4 * 3 + 1 * 3);
    assert_int_equal(outputs[0].width, 800);
    assert_int_equal(outputs[count - 1].width, 320);
    count = picture_plan(90, 300, outputs);
    assert_int_equal(count, 2 * 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(outputs[i].width, 90);
    assert_int_equal(picture_plan(1, 65535, outputs), 2 * 3);
    count = picture_plan(65535, 1, outputs);
    assert_int_equal(outputs[count - 1].width, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_every_width_in_every_type_of_the_whole_and_the_cut),
        cmocka_unit_test(test_what_has_the_ratio_is_not_cut),
        cmocka_unit_test(test_nothing_is_enlarged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
