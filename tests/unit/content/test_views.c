// SPDX-License-Identifier: Apache-2.0
/* Views: totals, batches that come again, and the most read by hour, day and
 * week, with the clock in the test's hand. */
#include "content/most_read.h"
#include "content/views.h"
#include "newsroom.h"

#define HOUR (INT64_C(3600) * 1000000)
#define DAY (24 * HOUR)
#define NOON (INT64_C(1795780800) * 1000000) /* 2026-11-27 12:00 UTC */

/* Adds views to one article at a time. */
static void add_at(struct newsroom *room, int64_t now_us, const struct id *id,
                   int64_t views)
{
    DEFER(edit_end) struct edit edit = {0};
    struct views_more more = {*id, views};
    newsroom_begin(room, &edit);
    edit.time_us = now_us;
    assert_ok(room, views_add(&edit, &more, 1));
    newsroom_commit(room, &edit);
}

/* Takes out all that has left its periods. */
static void expire_at(struct newsroom *room, int64_t now_us)
{
    bool due = true;
    for (int i = 0; due; i++) {
        DEFER(edit_end) struct edit edit = {0};
        assert_true(i < 100);
        newsroom_begin(room, &edit);
        edit.time_us = now_us;
        assert_ok(room, views_expire(&edit));
        newsroom_commit(room, &edit);
        assert_ok(room, views_expiry_is_due(room->db, now_us, &due));
    }
}

/* "one 5|two 3" */
static const char *listed(struct newsroom *room,
                          const struct most_read_list *list)
{
    const char *text = "";
    for (size_t i = 0; i < list->count; i++)
        text = newsroom_key(room, "%s%s%.*s %lld", text, i ? "|" : "",
                            ARG_STR(list->entries[i].card.headline),
                            (long long)list->entries[i].views);
    return text;
}

static const char *most(struct newsroom *room, enum views_period period,
                        const struct id *category)
{
    struct most_read of = {STR("en"), category};
    struct most_read_list list;
    assert_ok(room,
              most_read_of(room->db, &of, period, 10, &room->arena, &list));
    return listed(room, &list);
}

static const char *best(struct newsroom *room, size_t limit)
{
    struct most_read of = {.language = STR("en")};
    struct most_read_list list;
    assert_ok(room, most_read_best(room->db, &of, limit, &room->arena, &list));
    return listed(room, &list);
}

static int64_t total(struct newsroom *room, const struct id *id)
{
    int64_t views = -1;
    assert_ok(room, views_get(room->db, id, &views));
    return views;
}

static void test_setting_a_total_is_a_change_and_counting_is_none(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "One", NOON),
              none = {"0000000000000"};
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, views_set(&edit, &id, 461));
    assert_int_equal(views_set(&edit, &none, 1), ERR_NOT_FOUND);
    assert_int_equal(views_set(&edit, &id, -1), ERR_INVALID);
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, newsroom_key(room, "views:%s", id.text), NULL);
    int64_t seq, seq_after;
    assert_ok(room, change_last_seq(room->db, &seq));
    add_at(room, NOON, &id, 39);
    add_at(room, NOON, &none, 5);
    assert_ok(room, change_last_seq(room->db, &seq_after));
    assert_int_equal(seq, seq_after);
    assert_int_equal(total(room, &id), 500);
    assert_int_equal(total(room, &none), 0);
}

static void test_what_readers_cannot_see_is_not_counted(void **state)
{
    struct newsroom *room = *state;
    struct id draft = newsroom_article(room, "Draft", 0);
    bool is_read = true;
    add_at(room, NOON, &draft, 5);
    assert_int_equal(total(room, &draft), 0);
    assert_ok(room, views_is_read(room->db, &draft, &is_read));
    assert_false(is_read);
}

static bool note(struct newsroom *room, uint64_t edge, uint64_t number)
{
    DEFER(edit_end) struct edit edit = {0};
    bool is_new = false;
    newsroom_begin(room, &edit);
    assert_ok(room, views_note_batch(&edit, edge, number, &is_new));
    newsroom_commit(room, &edit);
    return is_new;
}

static void test_a_batch_that_comes_again_is_known(void **state)
{
    struct newsroom *room = *state;
    const uint64_t edge = UINT64_C(0xFEDCBA9876543210), other = 7;
    assert_true(note(room, edge, 1));
    assert_false(note(room, edge, 1));
    assert_true(note(room, other, 1));
    assert_true(note(room, edge, 2));
    assert_false(note(room, edge, 1));
    assert_false(note(room, edge, 2));
    assert_true(note(room, edge, 3));
}

static void test_a_batch_that_was_rolled_back_is_new(void **state)
{
    struct newsroom *room = *state;
    struct edit edit = {0};
    bool is_new = false;
    newsroom_begin(room, &edit);
    assert_ok(room, views_note_batch(&edit, 9, 1, &is_new));
    edit_end(&edit);
    assert_true(note(room, 9, 1));
}

static void test_a_view_leaves_the_hour_then_the_day_then_the_week(void **state)
{
    struct newsroom *room = *state;
    struct id one = newsroom_article(room, "one", NOON - 30 * DAY);
    struct id two = newsroom_article(room, "two", NOON - 20 * DAY);
    add_at(room, NOON, &one, 3);
    add_at(room, NOON + HOUR, &two, 2);
    add_at(room, NOON + HOUR, &one, 1);
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "one 4|two 2");

    expire_at(room, NOON + 2 * HOUR);
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "two 2|one 1");
    assert_string_equal(most(room, VIEWS_DAY, NULL), "one 4|two 2");

    expire_at(room, NOON + DAY + HOUR);
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "");
    assert_string_equal(most(room, VIEWS_DAY, NULL), "two 2|one 1");
    assert_string_equal(most(room, VIEWS_WEEK, NULL), "one 4|two 2");

    expire_at(room, NOON + 7 * DAY + HOUR);
    assert_string_equal(most(room, VIEWS_DAY, NULL), "");
    assert_string_equal(most(room, VIEWS_WEEK, NULL), "two 2|one 1");
    expire_at(room, NOON + 7 * DAY + 2 * HOUR);
    assert_string_equal(most(room, VIEWS_WEEK, NULL), "");
    assert_int_equal(total(room, &one), 4);
}

static int64_t count_rows(struct newsroom *room, const char *sql)
{
    DEFER(db_query_end) struct db_query query = db_query_begin(room->db, sql);
    assert_ok(room, db_query_row(&query));
    return db_column_i64(&query, 0);
}

static void test_no_row_stays_for_ever(void **state)
{
    struct newsroom *room = *state;
    for (int i = 0; i < 3 * VIEWS_EXPIRED_AT_ONCE / 2; i++) {
        struct id id = newsroom_article(room, "Many", NOON + i);
        add_at(room, NOON, &id, 1 + i % 3);
    }
    expire_at(room, NOON + 8 * DAY);
    assert_int_equal(count_rows(room, "SELECT COUNT(*) FROM view_hour"), 0);
    assert_int_equal(count_rows(room, "SELECT COUNT(*) FROM view_sum"), 0);
}

static void test_a_clock_set_back_loses_no_list(void **state)
{
    struct newsroom *room = *state;
    struct id one = newsroom_article(room, "one", NOON - DAY);
    add_at(room, NOON, &one, 3);
    expire_at(room, NOON + 3 * HOUR);
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "");
    add_at(room, NOON, &one, 2); /* in an hour that was given up */
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "");
    expire_at(room, NOON);
    assert_string_equal(most(room, VIEWS_HOUR, NULL), "one 5");
    assert_string_equal(most(room, VIEWS_DAY, NULL), "one 5");
    expire_at(room, NOON + 8 * DAY);
    assert_int_equal(count_rows(room, "SELECT COUNT(*) FROM view_sum"), 0);
    assert_int_equal(total(room, &one), 5);
}

static void test_a_category_has_its_own_list_and_its_childrens(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "vote");
    content.categories = &room->elections;
    struct id vote = newsroom_write(room, &content, NOON);
    content = newsroom_content(room, "goal");
    content.categories = &room->sport;
    struct id goal = newsroom_write(room, &content, NOON);
    struct id law = newsroom_article(room, "law", NOON);
    add_at(room, NOON, &vote, 2);
    add_at(room, NOON, &goal, 9);
    add_at(room, NOON, &law, 5);
    assert_string_equal(most(room, VIEWS_DAY, NULL), "goal 9|law 5|vote 2");
    assert_string_equal(most(room, VIEWS_DAY, &room->politics), "law 5|vote 2");
    assert_string_equal(most(room, VIEWS_DAY, &room->elections), "vote 2");
    assert_string_equal(most(room, VIEWS_DAY, &room->sport), "goal 9");
}

static void test_what_was_withdrawn_is_in_no_list(void **state)
{
    struct newsroom *room = *state;
    struct id one = newsroom_article(room, "one", NOON);
    struct id two = newsroom_article(room, "two", NOON);
    add_at(room, NOON, &one, 9);
    add_at(room, NOON, &two, 1);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_withdraw(&edit, &one, STR("Wrong."), STR(""), 0));
    newsroom_commit(room, &edit);
    assert_string_equal(most(room, VIEWS_WEEK, NULL), "two 1");
    assert_string_equal(most(room, VIEWS_WEEK, &room->politics), "two 1");
}

static void test_a_quiet_paper_has_its_list_too(void **state)
{
    struct newsroom *room = *state;
    struct id ids[4];
    DEFER(edit_end) struct edit edit = {0};
    for (int i = 0; i < 4; i++)
        ids[i] = newsroom_article(room, newsroom_key(room, "%d", i), NOON + i);
    assert_string_equal(best(room, 3), "");
    newsroom_begin(room, &edit);
    assert_ok(room, views_set(&edit, &ids[0], 9000));
    assert_ok(room, views_set(&edit, &ids[1], 461));
    newsroom_commit(room, &edit);
    assert_string_equal(best(room, 3), "0 9000|1 461");
    add_at(room, NOON, &ids[3], 1);
    assert_string_equal(best(room, 3), "3 1|0 9000|1 461");
    /* Enough for the day's list to stand by itself. */
    for (int i = 1; i < 4; i++)
        add_at(room, NOON, &ids[i], 4 + i);
    assert_string_equal(best(room, 3), "3 8|2 6|1 5");
}

static void visit_id(void *context, const struct id *id)
{
    struct id *last = context;
    *last = *id;
}

static void test_what_was_read_lately_is_found(void **state)
{
    struct newsroom *room = *state;
    struct id one = newsroom_article(room, "one", NOON), last = {""};
    add_at(room, NOON, &one, 1);
    assert_ok(room, views_each_recent(room->db, NOON + HOUR, visit_id, &last));
    assert_string_equal(last.text, one.text);
    last = (struct id){""};
    assert_ok(room,
              views_each_recent(room->db, NOON + 2 * HOUR, visit_id, &last));
    assert_string_equal(last.text, "");
}

/* An archive of a million must not be read for a list of five. */
static void test_lists_read_ranges_of_indexes_only(void **state)
{
    struct newsroom *room = *state;
    const char *const queries[] = {most_read_language_sql,
                                   most_read_category_sql, most_read_ever_sql};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        struct str plan;
        assert_ok(room, db_explain(room->db, queries[i], &room->arena, &plan));
        struct str line;
        while (str_split_next(&plan, '\n', &line)) {
            if (str_find(line, STR("SCAN view_")) >= 0 ||
                str_find(line, STR("SCAN article")) >= 0 ||
                str_find(line, STR("SCAN listing")) >= 0)
                fail_msg("query %zu: %.*s", i, ARG_STR(line));
        }
    }
    struct str plan;
    assert_ok(room, db_explain(room->db, most_read_language_sql, &room->arena,
                               &plan));
    assert_true(str_find(plan, STR("view_sum_order")) >= 0);
    assert_true(str_find(plan, STR("TEMP B-TREE")) < 0);
}

static void test_periods_have_names(void **state)
{
    (void)state;
    enum views_period period;
    assert_int_equal(views_period_parse(STR("week"), &period), ERR_OK);
    assert_int_equal(period, VIEWS_WEEK);
    assert_int_equal(views_period_parse(STR("year"), &period), ERR_INVALID);
    assert_string_equal(views_period_name(VIEWS_HOUR), "hour");
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_setting_a_total_is_a_change_and_counting_is_none),
        TEST(test_what_readers_cannot_see_is_not_counted),
        TEST(test_a_batch_that_comes_again_is_known),
        TEST(test_a_batch_that_was_rolled_back_is_new),
        TEST(test_a_view_leaves_the_hour_then_the_day_then_the_week),
        TEST(test_no_row_stays_for_ever),
        TEST(test_a_clock_set_back_loses_no_list),
        TEST(test_a_category_has_its_own_list_and_its_childrens),
        TEST(test_what_was_withdrawn_is_in_no_list),
        TEST(test_a_quiet_paper_has_its_list_too),
        TEST(test_what_was_read_lately_is_found),
        TEST(test_lists_read_ranges_of_indexes_only),
        TEST(test_periods_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
