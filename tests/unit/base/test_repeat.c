// SPDX-License-Identifier: Apache-2.0
#include "base/repeat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/time.h"

struct work {
    atomic_int times;
    int64_t wait_us;
    struct repeat repeat;
    bool was_stopping;
};

static int64_t count(void *context)
{
    struct work *work = context;
    atomic_fetch_add(&work->times, 1);
    return work->wait_us;
}

static void wait_for(struct work *work, int times)
{
    int64_t until_us = clock_now_us() + 120 * TIME_US_PER_SECOND;
    while (atomic_load(&work->times) < times) {
        if (clock_now_us() > until_us)
            fail_msg("done %d times of %d", atomic_load(&work->times), times);
        usleep(100);
    }
}

static void test_it_is_done_again_after_each_wait(void **state)
{
    (void)state;
    struct work work = {.wait_us = 1000};
    int64_t began_us = clock_now_us();
    assert_int_equal(repeat_start(&work.repeat, count, &work), ERR_OK);
    wait_for(&work, 4);
    assert_true(clock_now_us() - began_us >= 3 * work.wait_us);
    repeat_stop(&work.repeat);
    int times = atomic_load(&work.times);
    usleep(10 * (useconds_t)work.wait_us);
    assert_int_equal(atomic_load(&work.times), times);
}

static void test_stopping_does_not_wait_for_the_next_time(void **state)
{
    (void)state;
    struct work work = {.wait_us = 3600 * TIME_US_PER_SECOND};
    assert_int_equal(repeat_start(&work.repeat, count, &work), ERR_OK);
    wait_for(&work, 1);
    repeat_stop(&work.repeat);
    assert_int_equal(atomic_load(&work.times), 1);
}

static int64_t work_until_told(void *context)
{
    struct work *work = context;
    atomic_fetch_add(&work->times, 1);
    while (!repeat_is_stopping(&work->repeat))
        usleep(100);
    work->was_stopping = true;
    return 0;
}

static void test_long_work_is_told_and_waited_for(void **state)
{
    (void)state;
    struct work work = {.wait_us = 0};
    assert_int_equal(repeat_start(&work.repeat, work_until_told, &work),
                     ERR_OK);
    wait_for(&work, 1);
    repeat_stop(&work.repeat);
    assert_true(work.was_stopping);
    assert_int_equal(atomic_load(&work.times), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_done_again_after_each_wait),
        cmocka_unit_test(test_stopping_does_not_wait_for_the_next_time),
        cmocka_unit_test(test_long_work_is_told_and_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
