// SPDX-License-Identifier: Apache-2.0
/* The last events: who comes back is told what was missed, or that something
 * was; never something twice, never nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "edge/event_ring.h"

static void add(struct event_ring *ring, uint64_t number, bool is_new)
{
    struct event event = {number, STR("front:en"), STR("{\"type\":\"story\"}")};
    struct edge_event *made = edge_event_create(&event);
    assert_non_null(made);
    assert_int_equal(event_ring_add(ring, made), is_new);
    edge_event_release(made);
}

static size_t count_since(const struct event_ring *ring, uint64_t since)
{
    size_t position = 0, count = 0;
    uint64_t last = since;
    struct edge_event *event;
    while ((event = event_ring_next(ring, since, &position))) {
        assert_true(event->number > last);
        last = event->number;
        count++;
    }
    return count;
}

static void test_nobody_can_be_told_anything_before_the_desk_did(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_false(event_ring_reaches(&ring, 0));
    assert_false(event_ring_reaches(&ring, 7));
    assert_int_equal(event_ring_begin(&ring, 0, 0), EVENT_RING_FILLED);
    assert_true(event_ring_reaches(&ring, 0));
    event_ring_finish(&ring);
}

static void test_who_comes_back_is_told_the_rest(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_int_equal(event_ring_begin(&ring, 100, 110), EVENT_RING_FILLED);
    add(&ring, 103, true);
    add(&ring, 108, true);
    assert_int_equal(event_ring_begin(&ring, 110, 112), EVENT_RING_GOES_ON);
    add(&ring, 112, true);
    assert_false(event_ring_reaches(&ring, 99));
    assert_true(event_ring_reaches(&ring, 100));
    assert_int_equal(count_since(&ring, 100), 3);
    assert_int_equal(count_since(&ring, 103), 2);
    assert_int_equal(count_since(&ring, 111), 1);
    assert_int_equal(count_since(&ring, 112), 0);
    assert_true(event_ring_reaches(&ring, 112));
    assert_false(event_ring_reaches(&ring, 113)); /* of another paper */
    event_ring_finish(&ring);
}

static void test_a_desk_that_tells_again_tells_nothing_twice(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_int_equal(event_ring_begin(&ring, 0, 10), EVENT_RING_FILLED);
    add(&ring, 4, true);
    add(&ring, 9, true);
    /* A desk has started: it tells what it knows, and one that is new. */
    assert_int_equal(event_ring_begin(&ring, 2, 12), EVENT_RING_GOES_ON);
    add(&ring, 4, false);
    add(&ring, 9, false);
    add(&ring, 12, true);
    assert_int_equal(count_since(&ring, 0), 3);
    assert_int_equal(event_ring_begin(&ring, 2, 12), EVENT_RING_GOES_ON);
    add(&ring, 12, false);
    assert_int_equal(count_since(&ring, 0), 3);
    event_ring_finish(&ring);
}

static void test_all_events_of_one_change_are_taken(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_int_equal(event_ring_begin(&ring, 0, 5), EVENT_RING_FILLED);
    struct event event = {5, STR("front:en"), STR("{}")};
    for (int i = 0; i < 2; i++) {
        struct edge_event *made = edge_event_create(&event);
        assert_true(event_ring_add(&ring, made));
        edge_event_release(made);
    }
    assert_int_equal(ring.count, 2);
    event_ring_finish(&ring);
}

static void test_a_gap_or_another_log_begins_anew(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_int_equal(event_ring_begin(&ring, 0, 10), EVENT_RING_FILLED);
    add(&ring, 10, true);
    assert_int_equal(event_ring_begin(&ring, 11, 20), EVENT_RING_BROKEN);
    add(&ring, 15, true);
    assert_false(event_ring_reaches(&ring, 10));
    assert_int_equal(count_since(&ring, 0), 1);
    /* A backup was restored. */
    assert_int_equal(event_ring_begin(&ring, 0, 12), EVENT_RING_BROKEN);
    add(&ring, 3, true);
    assert_false(event_ring_reaches(&ring, 15));
    assert_true(event_ring_reaches(&ring, 12));
    assert_int_equal(count_since(&ring, 0), 1);
    event_ring_finish(&ring);
}

static void test_it_keeps_so_many_and_knows_what_it_lost(void **state)
{
    (void)state;
    struct event_ring ring;
    event_ring_init(&ring);
    assert_int_equal(event_ring_begin(&ring, 0, 2 * EVENTS_KEPT),
                     EVENT_RING_FILLED);
    for (uint64_t number = 1; number <= 2 * EVENTS_KEPT; number++)
        add(&ring, number, true);
    assert_int_equal(ring.count, EVENTS_KEPT);
    assert_false(event_ring_reaches(&ring, EVENTS_KEPT - 1));
    assert_true(event_ring_reaches(&ring, EVENTS_KEPT));
    assert_int_equal(count_since(&ring, EVENTS_KEPT), EVENTS_KEPT);
    assert_int_equal(count_since(&ring, 2 * EVENTS_KEPT - 3), 3);
    event_ring_finish(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_can_be_told_anything_before_the_desk_did),
        cmocka_unit_test(test_who_comes_back_is_told_the_rest),
        cmocka_unit_test(test_a_desk_that_tells_again_tells_nothing_twice),
        cmocka_unit_test(test_all_events_of_one_change_are_taken),
        cmocka_unit_test(test_a_gap_or_another_log_begins_anew),
        cmocka_unit_test(test_it_keeps_so_many_and_knows_what_it_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
