// SPDX-License-Identifier: Apache-2.0
/* Breaking news: one of a language, checked, gone at its time. */
#include "newsroom.h"

#include <stdio.h>

#include "base/time.h"
#include "content/alert.h"
#include "content/schedule.h"

static enum err set(struct newsroom *room, const struct alert *alert)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    enum err err = alert_set(&edit, alert);
    newsroom_commit(room, &edit);
    return err;
}

static enum err load(struct newsroom *room, const char *language,
                     struct alert *ret_alert)
{
    return alert_load(room->db, str_from_c(language), &room->arena, ret_alert);
}

static void test_a_language_has_one_and_the_next_takes_its_place(void **state)
{
    struct newsroom *room = *state;
    struct alert alert = {.language = STR("en"),
                          .text = STR("Rain"),
                          .url = STR("https://example.org/rain")};
    struct alert first, second, georgian;
    assert_int_equal(load(room, "en", &first), ERR_NOT_FOUND);
    assert_int_equal(set(room, &alert), ERR_OK);
    newsroom_assert_keys(room, "alert:en", NULL);
    assert_int_equal(load(room, "en", &first), ERR_OK);
    assert_true(str_eq(first.text, STR("Rain")));
    assert_true(str_eq(first.url, alert.url));
    assert_true(id_is_set(&first.id));
    alert.text = STR("Sun");
    assert_int_equal(set(room, &alert), ERR_OK);
    assert_int_equal(load(room, "en", &second), ERR_OK);
    assert_true(str_eq(second.text, STR("Sun")));
    assert_string_not_equal(first.id.text, second.id.text);
    assert_int_equal(load(room, "ka", &georgian), ERR_NOT_FOUND);
}

static void test_what_no_page_could_show_is_refused(void **state)
{
    struct newsroom *room = *state;
    char too_long[ALERT_TEXT_BYTES_MAX + 2];
    memset(too_long, 'x', sizeof too_long);
    too_long[sizeof too_long - 1] = '\0';
    struct alert alert;
    const struct {
        struct alert alert;
        enum err err;
    } cases[] = {
        {{.language = STR("en"), .text = STR("")}, ERR_INVALID},
        {{.language = STR("en"), .text = STR(" ")}, ERR_INVALID},
        {{.language = STR("en"), .text = STR("Two\nlines")}, ERR_INVALID},
        {{.language = STR("en"), .text = str_from_c(too_long)}, ERR_TOO_LONG},
        {{.language = STR("en"),
          .text = STR("Rain"),
          .url = STR("javascript:alert(1)")},
         ERR_INVALID},
        {{.language = STR("en"), .text = STR("Rain"), .until_us = 1},
         ERR_INVALID},
        {{.language = STR("fr"), .text = STR("Rain")}, ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(set(room, &cases[i].alert), cases[i].err);
        assert_true(room->fault.message[0]);
    }
    assert_int_equal(load(room, "en", &alert), ERR_NOT_FOUND);
}

static void test_it_is_taken_away_once(void **state)
{
    struct newsroom *room = *state;
    struct alert alert = {.language = STR("en"), .text = STR("Rain")};
    assert_int_equal(set(room, &alert), ERR_OK);
    for (int time = 0; time < 2; time++) {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_int_equal(alert_clear(&edit, STR("en")),
                         time ? ERR_NOT_FOUND : ERR_OK);
        newsroom_commit(room, &edit);
    }
    assert_int_equal(load(room, "en", &alert), ERR_NOT_FOUND);
}

static void test_it_goes_at_its_time(void **state)
{
    struct newsroom *room = *state;
    int64_t until_us = time_now_us() + 3600 * TIME_US_PER_SECOND, next_us;
    struct alert alert = {
        .language = STR("en"), .text = STR("Rain"), .until_us = until_us};
    struct alert other = {.language = STR("ka"), .text = STR("წვიმა")};
    struct schedule_report report;
    assert_int_equal(set(room, &alert), ERR_OK);
    assert_int_equal(set(room, &other), ERR_OK);
    assert_int_equal(schedule_next(room->db, time_now_us(), &next_us), ERR_OK);
    assert_int_equal(next_us, until_us);
    for (int after = 0; after < 2; after++) {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        edit.time_us = until_us - 1 + after;
        assert_int_equal(schedule_run(&edit, &report), ERR_OK);
        newsroom_commit(room, &edit);
        assert_int_equal(load(room, "en", &alert),
                         after ? ERR_NOT_FOUND : ERR_OK);
    }
    assert_int_equal(load(room, "ka", &other), ERR_OK);
    assert_int_equal(schedule_next(room->db, time_now_us(), &next_us), ERR_OK);
    assert_true(next_us == INT64_MAX);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_language_has_one_and_the_next_takes_its_place),
        TEST(test_what_no_page_could_show_is_refused),
        TEST(test_it_is_taken_away_once),
        TEST(test_it_goes_at_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
