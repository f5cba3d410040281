// SPDX-License-Identifier: Apache-2.0
/* A helper program that is no good does not take the machine's time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "playout/child.h"

static void run(struct child *child)
{
    const char *const argv[] = {"/bin/sleep", "60", NULL};
    struct fault fault = {0};
    child->again_us = 0; /* the test does not wait for it */
    assert_int_equal(child_start(child, argv, NULL, 0, &fault), ERR_OK);
}

static void test_one_that_is_ended_soon_again_and_again_pauses(void **state)
{
    (void)state;
    struct child child = {.name = "sleep"};
    int64_t pause = 0;
    run(&child);
    child_kill(&child);
    assert_true(child_is_due(&child)); /* once may happen */
    for (int i = 0; i < 5; i++) {
        run(&child);
        child_kill(&child);
        pause = child.again_us - child.started_us;
    }
    assert_true(pause >= 1000000); /* it doubles */
}

static void test_one_that_is_dismissed_pauses_not(void **state)
{
    (void)state;
    struct child child = {.name = "sleep"};
    for (int i = 0; i < 5; i++) {
        run(&child);
        child_dismiss(&child);
        assert_true(child_is_due(&child));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_that_is_ended_soon_again_and_again_pauses),
        cmocka_unit_test(test_one_that_is_dismissed_pauses_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
