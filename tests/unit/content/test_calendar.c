// SPDX-License-Identifier: Apache-2.0
#include "newsroom.h"

#include "base/time.h"
#include "content/calendar.h"

#define NOON INT64_C(1660564800000000) /* 2022-08-15 12:00 UTC */
#define HOUR (3600 * TIME_US_PER_SECOND)

static size_t count_of(struct newsroom *room, const char *key)
{
    struct change_list list;
    size_t count = 0;
    assert_ok(room, change_read(room->db, 0, 10000, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++)
        count += str_eq(list.changes[i].key, str_from_c(key));
    return count;
}

static int64_t turn_hour(struct newsroom *room, int64_t now_us)
{
    int64_t next_us = 0;
    assert_ok(room, calendar_turn_hour(room->content, now_us, &next_us,
                                       &room->fault));
    return next_us;
}

static void test_an_hour_is_noted_once(void **state)
{
    struct newsroom *room = *state;
    assert_true(turn_hour(room, NOON) == NOON + HOUR);
    assert_true(turn_hour(room, NOON + HOUR - 1) == NOON + HOUR);
    assert_int_equal(count_of(room, "hour"), 1);
    assert_true(turn_hour(room, NOON + HOUR) == NOON + 2 * HOUR);
    assert_int_equal(count_of(room, "hour"), 2);
    assert_int_equal(count_of(room, "day"), 0);
}

static void test_a_clock_that_jumps_makes_another_hour(void **state)
{
    struct newsroom *room = *state;
    turn_hour(room, NOON);
    assert_true(turn_hour(room, NOON - 5 * HOUR) == NOON - 4 * HOUR);
    assert_true(turn_hour(room, NOON + 50 * HOUR) == NOON + 51 * HOUR);
    assert_int_equal(count_of(room, "hour"), 3);
}

static void test_a_day_is_noted_once(void **state)
{
    struct newsroom *room = *state;
    int64_t midnight_us = 0, again_us = 0;
    assert_ok(room, calendar_turn_day(room->content, NOON, &midnight_us,
                                      &room->fault));
    assert_true(midnight_us == NOON + 12 * HOUR);
    assert_ok(room, calendar_turn_day(room->content, NOON + HOUR, &again_us,
                                      &room->fault));
    assert_true(again_us == midnight_us);
    assert_int_equal(count_of(room, "day"), 1);
    assert_ok(room, calendar_turn_day(room->content, midnight_us, &again_us,
                                      &room->fault));
    assert_int_equal(count_of(room, "day"), 2);
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)
    const struct CMUnitTest tests[] = {
        TEST(test_an_hour_is_noted_once),
        TEST(test_a_clock_that_jumps_makes_another_hour),
        TEST(test_a_day_is_noted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
