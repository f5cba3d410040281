// SPDX-License-Identifier: Apache-2.0
/* Who subscribes to feeds, what they lack, and when they are forgotten. Time is
 * the edit's: the tests turn it. */
#include "newsroom.h"

#include "content/websub.h"

#define SECOND INT64_C(1000000)
#define HOUR (3600 * SECOND)

static const struct str feed = STR_INIT("/en/atom.xml");
static const struct str callback = STR_INIT("https://reader.example/in");

static void save_topic(struct newsroom *room, int64_t seq)
{
    DEFER(edit_end) struct edit edit = {0};
    const struct websub_topic topic = {feed, STR("digest"), seq};
    newsroom_begin(room, &edit);
    assert_ok(room, websub_topic_save(&edit, &topic));
    newsroom_commit(room, &edit);
}

static int64_t lease_s = 3600;

static struct websub_ask ask(struct newsroom *room, bool unsubscribe)
{
    DEFER(edit_end) struct edit edit = {0};
    struct websub_ask wish = {
        .callback = callback,
        .path = feed,
        .secret = STR("secret"),
        .unsubscribe = unsubscribe,
        .lease_s = lease_s,
    };
    newsroom_begin(room, &edit);
    assert_ok(room, websub_ask(&edit, &wish));
    newsroom_commit(room, &edit);
    struct websub_ask *asks;
    size_t count;
    assert_ok(room, websub_asks_due(room->db, INT64_MAX / 4, 10, NULL,
                                    &room->arena, &asks, &count));
    assert_int_equal(count, 1);
    return asks[0];
}

static void confirm(struct newsroom *room, const struct websub_ask *wish)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, websub_ask_confirm(&edit, wish));
    newsroom_commit(room, &edit);
}

static struct websub_counts counts(struct newsroom *room)
{
    struct websub_counts found;
    assert_ok(room, websub_count(room->db, &found));
    return found;
}

/* The only delivery that is due at that time, or false. */
static bool due(struct newsroom *room, int64_t now_us,
                struct websub_delivery *ret_delivery)
{
    struct websub_delivery *deliveries;
    size_t count;
    assert_ok(room, websub_deliveries_due(room->db, now_us, 10, NULL,
                                          &room->arena, &deliveries, &count));
    assert_true(count <= 1);
    if (count)
        *ret_delivery = deliveries[0];
    return count == 1;
}

static void subscribe(struct newsroom *room)
{
    save_topic(room, 5);
    struct websub_ask wish = ask(room, false);
    confirm(room, &wish);
    assert_int_equal(counts(room).subscriptions, 1);
    assert_int_equal(counts(room).asks, 0);
}

static int64_t now(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    return edit.time_us;
}

static void test_a_subscriber_is_owed_what_changes_afterwards(void **state)
{
    struct newsroom *room = *state;
    struct websub_delivery delivery;
    subscribe(room);
    int64_t now_us = now(room);
    assert_false(due(room, now_us, &delivery));
    save_topic(room, 9);
    assert_true(due(room, now_us, &delivery));
    assert_int_equal(delivery.seq, 9);
    assert_true(str_eq(delivery.secret, STR("secret")));
    assert_int_equal(counts(room).behind, 1);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, websub_delivered(&edit, &delivery));
    newsroom_commit(room, &edit);
    assert_false(due(room, now_us, &delivery));
}

static void test_a_change_during_a_delivery_is_owed_too(void **state)
{
    struct newsroom *room = *state;
    struct websub_delivery first, second;
    subscribe(room);
    save_topic(room, 9);
    assert_true(due(room, now(room), &first));
    save_topic(room, 12);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, websub_delivered(&edit, &first));
    newsroom_commit(room, &edit);
    edit_end(&edit);
    assert_true(due(room, now(room), &second));
    assert_int_equal(second.seq, 12);
}

static void test_what_fails_is_tried_ever_later_and_then_dropped(void **state)
{
    struct newsroom *room = *state;
    struct websub_delivery delivery;
    bool dropped = false;
    DEFER(edit_end) struct edit edit = {0};
    lease_s = 7 * 24 * 3600;
    subscribe(room);
    lease_s = 3600;
    save_topic(room, 9);
    int64_t now_us = now(room), wait_us = 0;
    assert_true(due(room, now_us, &delivery));
    for (int tries = 1; !dropped; tries++) {
        newsroom_begin(room, &edit);
        edit.time_us = now_us;
        assert_ok(room, websub_failed(&edit, &delivery, &dropped));
        newsroom_commit(room, &edit);
        edit_end(&edit);
        assert_int_equal(dropped, tries == WEBSUB_TRIES_MAX);
        if (dropped)
            break;
        int64_t least = wait_us;
        assert_false(due(room, now_us, &delivery));
        for (wait_us = 0; !due(room, now_us + wait_us, &delivery);)
            wait_us += SECOND;
        assert_true(wait_us >= least && wait_us <= HOUR);
        assert_int_equal(delivery.tries, tries);
        now_us += wait_us;
        assert_true(due(room, now_us, &delivery));
    }
    assert_int_equal(counts(room).subscriptions, 0);
}

static void test_a_clock_set_back_does_not_delay_a_retry(void **state)
{
    struct newsroom *room = *state;
    struct websub_delivery delivery;
    bool dropped;
    DEFER(edit_end) struct edit edit = {0};
    subscribe(room);
    save_topic(room, 9);
    assert_true(due(room, now(room), &delivery));
    newsroom_begin(room, &edit);
    int64_t now_us = edit.time_us;
    edit.time_us += 100 * HOUR;
    assert_ok(room, websub_failed(&edit, &delivery, &dropped));
    newsroom_commit(room, &edit);
    assert_true(due(room, now_us, &delivery));
}

static void test_a_later_request_replaces_an_earlier_one(void **state)
{
    struct newsroom *room = *state;
    save_topic(room, 5);
    struct websub_ask first = ask(room, false);
    struct websub_ask second = ask(room, true);
    assert_true(second.asked_us > first.asked_us);
    confirm(room, &first);
    assert_int_equal(counts(room).subscriptions, 0);
    assert_int_equal(counts(room).asks, 1);
    confirm(room, &second);
    assert_int_equal(counts(room).asks, 0);
}

static void test_a_request_that_nobody_confirms_is_forgotten(void **state)
{
    struct newsroom *room = *state;
    struct websub_ask wish = ask(room, false);
    for (wish.tries = 0; counts(room).asks; wish.tries++) {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, websub_ask_retry(&edit, &wish));
        newsroom_commit(room, &edit);
    }
    assert_int_equal(wish.tries, WEBSUB_ASK_TRIES_MAX);
}

static void test_leases_end_and_feeds_without_subscribers_are_forgotten(
    void **state)
{
    struct newsroom *room = *state;
    struct websub_delivery delivery;
    int64_t forgotten = -1;
    DEFER(edit_end) struct edit edit = {0};
    subscribe(room);
    save_topic(room, 9);
    assert_true(due(room, now(room) + HOUR - 60 * SECOND, &delivery));
    assert_false(due(room, now(room) + HOUR + SECOND, &delivery));
    newsroom_begin(room, &edit);
    assert_ok(room, websub_expire(&edit, &forgotten));
    assert_int_equal(forgotten, 0);
    edit.time_us += HOUR + SECOND;
    assert_ok(room, websub_expire(&edit, &forgotten));
    assert_int_equal(forgotten, 1);
    newsroom_commit(room, &edit);
    assert_int_equal(counts(room).subscriptions, 0);
}

static void test_there_is_room_for_so_many_requests(void **state)
{
    struct newsroom *room = *state;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    for (int i = 0; i <= WEBSUB_ASKS_MAX; i++) {
        const struct websub_ask wish = {
            .callback =
                str_from_c(newsroom_key(room, "https://reader.example/%d", i)),
            .path = feed,
            .lease_s = 3600,
        };
        assert_int_equal(websub_ask(&edit, &wish),
                         i == WEBSUB_ASKS_MAX ? ERR_BUSY : ERR_OK);
    }
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_subscriber_is_owed_what_changes_afterwards),
        TEST(test_a_change_during_a_delivery_is_owed_too),
        TEST(test_what_fails_is_tried_ever_later_and_then_dropped),
        TEST(test_a_clock_set_back_does_not_delay_a_retry),
        TEST(test_a_later_request_replaces_an_earlier_one),
        TEST(test_a_request_that_nobody_confirms_is_forgotten),
        TEST(test_leases_end_and_feeds_without_subscribers_are_forgotten),
        TEST(test_there_is_room_for_so_many_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
