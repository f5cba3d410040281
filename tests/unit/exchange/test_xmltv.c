// SPDX-License-Identifier: Apache-2.0
/* XMLTV: times with zones, what is read, and that it comes out as it went in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/time.h"
#include "exchange/xmltv.h"

static void assert_time(const char *text, const char *expected)
{
    int64_t time_us = 0, expected_us = 0;
    assert_int_equal(xmltv_time_parse(str_from_c(text), &time_us), ERR_OK);
    assert_int_equal(time_parse_rfc3339(str_from_c(expected), &expected_us),
                     ERR_OK);
    assert_int_equal(time_us, expected_us);
}

static void test_times_are_read_with_their_zone(void **state)
{
    (void)state;
    assert_time("20080715003000 -0600", "2008-07-15T00:30:00-06:00");
    assert_time("200007281733 BST", "2000-07-28T17:33:00+01:00");
    assert_time("19880523083000 +0300", "1988-05-23T08:30:00+03:00");
    assert_time("20300101200000", "2030-01-01T20:00:00Z");
    assert_time("20300101200000 UTC", "2030-01-01T20:00:00Z");
    assert_time("203001", "2030-01-01T00:00:00Z");
    static const char *const bad[] = {"",
                                      "1",
                                      "203",
                                      "20301301",
                                      "2030010120000",
                                      "20300101200000 CST",
                                      "20300101200000 +01",
                                      "20300230000000",
                                      "20300101200000 +0199",
                                      "yesterday"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t time_us;
        assert_int_equal(xmltv_time_parse(str_from_c(bad[i]), &time_us),
                         ERR_INVALID);
    }
}

static void test_a_missing_stop_is_the_length_or_the_next_start(void **state)
{
    (void)state;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct fault fault = {0};
    struct xmltv read;
    enum err err = xmltv_read_bytes(
        STR("<!DOCTYPE tv SYSTEM 'xmltv.dtd'><tv>"
            "<programme start='203001012100' channel='a'><title>Third</title>"
            "<length units='hours'>2</length></programme>"
            "<programme start='203001012000' channel='a'><title lang='ka'>"
            "First\n  half</title><title>Not this</title><previously-shown/>"
            "</programme></tv>"),
        &arena, &read, &fault);
    assert_int_equal(err, ERR_OK);
    assert_int_equal(read.count, 2);
    const struct programme *first = &read.programmes[0].programme;
    assert_true(str_eq(first->title, STR("First   half")));
    assert_true(str_eq(first->language, STR("ka")));
    assert_true(first->repeat);
    assert_int_equal(first->end_us, read.programmes[1].programme.start_us);
    assert_int_equal(read.programmes[1].programme.end_us - first->end_us,
                     2 * 3600 * TIME_US_PER_SECOND);
}

static void test_what_is_wrong_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"<rss/>",
         "line 1: this is no XMLTV file: its outermost element is not <tv>"},
        {"<tv>\n<programme start='x' channel='a'/></tv>",
         "line 2: 'x' is no time; XMLTV writes 20300101200000 +0100"},
        {"<tv>\n\n<programme channel='a'/></tv>",
         "line 3: a <programme> needs a start and a channel"},
        {"<tv><programme start='2030' channel='a'/></tv>",
         "line 1: the programme has no stop, and none follows it on its "
         "channel"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        DEFER(arena_finish) struct arena arena;
        arena_init(&arena, 0);
        struct fault fault = {0};
        struct xmltv read;
        assert_int_equal(
            xmltv_read_bytes(str_from_c(cases[i].text), &arena, &read, &fault),
            ERR_INVALID);
        assert_string_equal(fault_text(&fault), cases[i].message);
    }
}

static void test_what_is_written_is_read_the_same(void **state)
{
    (void)state;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct programme programme = {
        .start_us = INT64_C(1893456000000000),
        .end_us = INT64_C(1893459600000000),
        .title = STR("Salt & <Pepper>"),
        .description = STR("Two\nlines"),
        .category = STR("Film"),
        .language = STR("ru"),
        .repeat = true,
    };
    const struct programme_list list = {&programme, 1};
    const struct xmltv_channel channel = {STR("news"), STR("News"), &list};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 16);
    struct fault fault = {0};
    struct xmltv read;
    assert_int_equal(xmltv_write(&channel, 1, STR("Paper"), &out), ERR_OK);
    assert_int_equal(xmltv_read_bytes(buf_str(&out), &arena, &read, &fault),
                     ERR_OK);
    assert_int_equal(read.count, 1);
    const struct programme *again = &read.programmes[0].programme;
    assert_true(str_eq(read.programmes[0].channel, STR("news")));
    assert_int_equal(again->start_us, programme.start_us);
    assert_int_equal(again->end_us, programme.end_us);
    assert_true(str_eq(again->title, programme.title));
    assert_true(str_eq(again->description, programme.description));
    assert_true(str_eq(again->category, programme.category));
    assert_true(str_eq(again->language, programme.language));
    assert_true(again->repeat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_are_read_with_their_zone),
        cmocka_unit_test(test_a_missing_stop_is_the_length_or_the_next_start),
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(test_what_is_written_is_read_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
