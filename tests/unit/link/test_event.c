// SPDX-License-Identifier: Apache-2.0
/* link/event: what open pages are told, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "link/event.h"
#include "link/wire.h"

static void test_topics_have_a_kind_and_a_name(void **state)
{
    (void)state;
    static const char *const good[] = {"front:en", "article:62f9f7d471fdc",
                                       "alert:pt-BR", "a:b", "x:a/b_c"};
    static const char *const bad[] = {
        "",      ":",         "front",      "front:",   ":en",  "Front:en",
        "f1:en", "front:e n", "front:e\nn", "front:ქა", "a:b:c"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(event_topic_is_valid(str_from_c(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(event_topic_is_valid(str_from_c(bad[i])));
    char longest[EVENT_TOPIC_BYTES_MAX + 1];
    memset(longest, 'a', sizeof longest);
    longest[5] = ':';
    assert_true(event_topic_is_valid(str_of(longest, EVENT_TOPIC_BYTES_MAX)));
    assert_false(event_topic_is_valid(str_of(longest, sizeof longest)));
    assert_true(str_eq(event_topic_kind(STR("front:en")), STR("front")));
}

static void put(struct buf *out, uint64_t number, struct str data)
{
    struct event event = {number, STR("front:en"), data};
    events_put(out, &event);
}

static void test_events_arrive_as_they_were_put(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    events_begin(&out, 4, 9);
    put(&out, 5, STR("{\"headline\":\"წვიმა\"}"));
    put(&out, 5, STR("{}"));
    put(&out, 9, STR("{\"type\":\"many\"}"));
    struct events events;
    struct event event;
    assert_int_equal(events_read(buf_str(&out), &events), ERR_OK);
    assert_int_equal(events.after, 4);
    assert_int_equal(events.upto, 9);
    assert_true(events_next(&events, &event));
    assert_int_equal(event.number, 5);
    assert_true(str_eq(event.topic, STR("front:en")));
    assert_true(str_eq(event.data, STR("{\"headline\":\"წვიმა\"}")));
    assert_true(events_next(&events, &event));
    assert_true(events_next(&events, &event));
    assert_int_equal(event.number, 9);
    assert_false(events_next(&events, &event));
    /* Cut off within an event it is refused, and read to no further. */
    for (size_t cut = 1; cut < 20; cut++) {
        char *copy = malloc(out.len - cut); /* ASan watches its end */
        memcpy(copy, out.ptr, out.len - cut);
        assert_int_equal(events_read(str_of(copy, out.len - cut), &events),
                         ERR_INVALID);
        free(copy);
    }
}

/* One event of these. */
static enum err read_one(uint64_t after, uint64_t upto, uint64_t number,
                         struct str topic, struct str data)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    wire_put_u64(&out, after);
    wire_put_u64(&out, upto);
    wire_put_u64(&out, number);
    wire_put_str(&out, topic);
    wire_put_str(&out, data);
    struct events events;
    return events_read(buf_str(&out), &events);
}

static void test_what_cannot_be_told_is_refused(void **state)
{
    (void)state;
    struct str topic = STR("front:en"), data = STR("{}");
    assert_int_equal(read_one(4, 9, 5, topic, data), ERR_OK);
    assert_int_equal(read_one(4, 9, 4, topic, data), ERR_INVALID);
    assert_int_equal(read_one(4, 9, 10, topic, data), ERR_INVALID);
    assert_int_equal(read_one(9, 4, 9, topic, data), ERR_INVALID);
    assert_int_equal(read_one(4, EVENT_NUMBER_MAX, 5, topic, data),
                     ERR_INVALID);
    assert_int_equal(read_one(4, 9, 5, STR("front en"), data), ERR_INVALID);
    assert_int_equal(read_one(4, 9, 5, topic, STR("")), ERR_INVALID);
    /* It would end the event in the stream and begin another. */
    assert_int_equal(read_one(4, 9, 5, topic, STR("{}\n\ndata: x")),
                     ERR_INVALID);
    assert_int_equal(read_one(4, 9, 5, topic, STR("{}\rid: 1")), ERR_INVALID);
    static char longest[EVENT_DATA_BYTES_MAX + 1];
    memset(longest, ' ', sizeof longest);
    assert_int_equal(
        read_one(4, 9, 5, topic, str_of(longest, EVENT_DATA_BYTES_MAX)),
        ERR_OK);
    assert_int_equal(read_one(4, 9, 5, topic, str_of(longest, sizeof longest)),
                     ERR_INVALID);
}

static void test_numbers_never_go_back(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    events_begin(&out, 4, 9);
    put(&out, 7, STR("{}"));
    put(&out, 6, STR("{}"));
    struct events events;
    assert_int_equal(events_read(buf_str(&out), &events), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_topics_have_a_kind_and_a_name),
        cmocka_unit_test(test_events_arrive_as_they_were_put),
        cmocka_unit_test(test_what_cannot_be_told_is_refused),
        cmocka_unit_test(test_numbers_never_go_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
