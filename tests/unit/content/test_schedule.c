// SPDX-License-Identifier: Apache-2.0
/* What happens to articles by themselves: in order, once, whatever the clock
 * does. Time is the edit's: the tests turn it. */
#include "newsroom.h"

#include "content/schedule.h"
#include "store/blob.h"

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)

static struct article load(struct newsroom *room, const struct id *id)
{
    struct article article;
    assert_ok(room, article_load(room->db, id, &room->arena, &article));
    return article;
}

/* Schedules a new article for so long from now; tells its time. */
static struct id scheduled(struct newsroom *room, const char *headline,
                           int64_t after_us, int64_t *ret_time_us)
{
    struct id id = newsroom_article(room, headline, 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_schedule(&edit, &id, edit.time_us + after_us));
    if (ret_time_us)
        *ret_time_us = edit.time_us + after_us;
    newsroom_commit(room, &edit);
    return id;
}

static struct schedule_report run_at(struct newsroom *room, int64_t time_us)
{
    DEFER(edit_end) struct edit edit = {0};
    struct schedule_report report;
    newsroom_begin(room, &edit);
    edit.time_us = time_us;
    assert_ok(room, schedule_run(&edit, &report));
    newsroom_commit(room, &edit);
    return report;
}

static int64_t next(struct newsroom *room, int64_t now_us)
{
    int64_t time_us = 0;
    assert_ok(room, schedule_next(room->db, now_us, &time_us));
    return time_us;
}

/* The articles that the log says were published, in its order. */
static const char *published_log(struct newsroom *room)
{
    struct change_list list;
    struct str text = STR("");
    assert_ok(room, change_read(room->db, 0, 10000, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        struct id id;
        struct str key = list.changes[i].key;
        if (!str_starts_with(key, STR("article:")) ||
            id_parse(str_from(key, 8), &id) ||
            !str_eq(list.changes[i].actor, STR("test")))
            continue;
        text =
            arena_concat(&room->arena, text, load(room, &id).content.headline);
        text = arena_concat(&room->arena, text, STR(" "));
    }
    return arena_c_string(&room->arena, text);
}

/* ---- Schedule
 * ----------------------------------------------------------------------- */

static void test_a_scheduled_article_waits_for_its_time(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Tomorrow", HOUR, &time_us);
    assert_int_equal(next(room, time_us - HOUR), time_us);
    assert_int_equal(run_at(room, time_us - 1).published, 0);
    assert_int_equal(load(room, &id).state, ARTICLE_SCHEDULED);
    assert_int_equal(run_at(room, time_us).published, 1);
    struct article article = load(room, &id);
    assert_int_equal(article.state, ARTICLE_PUBLISHED);
    assert_int_equal(article.published_us, time_us);
    assert_int_equal(next(room, time_us), INT64_MAX);
}

static void test_the_publication_time_is_the_scheduled_one(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Late", MINUTE, &time_us);
    assert_int_equal(run_at(room, time_us + 5 * HOUR).published, 1);
    assert_int_equal(load(room, &id).published_us, time_us);
}

static void test_what_is_due_is_published_in_order(void **state)
{
    struct newsroom *room = *state;
    int64_t last_us;
    scheduled(room, "C", 3 * MINUTE, NULL);
    scheduled(room, "A", MINUTE, NULL);
    scheduled(room, "D", 4 * MINUTE, &last_us);
    scheduled(room, "B", 2 * MINUTE, NULL);
    assert_int_equal(run_at(room, last_us + HOUR).published, 4);
    assert_string_equal(published_log(room), "A B C D ");
    assert_int_equal(run_at(room, last_us + HOUR).published, 0);
    assert_string_equal(published_log(room), "A B C D ");
}

static void test_many_that_are_due_are_done_in_pieces(void **state)
{
    struct newsroom *room = *state;
    int64_t last_us = 0;
    for (int i = 0; i < SCHEDULE_AT_ONCE + 3; i++)
        scheduled(room, "One of many", MINUTE, &last_us);
    struct schedule_report report = run_at(room, last_us);
    assert_int_equal(report.published, SCHEDULE_AT_ONCE);
    assert_true(report.more);
    report = run_at(room, last_us);
    assert_int_equal(report.published, 3);
    assert_false(report.more);
}

static void test_what_was_published_stays_when_the_clock_is_set_back(
    void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Seen", 2 * HOUR, &time_us);
    assert_int_equal(run_at(room, time_us).published, 1);
    assert_int_equal(run_at(room, time_us - 2 * HOUR).published, 0);
    /* An update is possible, and no time of it is absurd. */
    DEFER(edit_end) struct edit edit = {0};
    struct article_content content = newsroom_content(room, "Seen again");
    struct article_input input = {.id = id, .content = content};
    newsroom_begin(room, &edit);
    assert_true(edit.time_us < time_us);
    assert_ok(room, article_save(&edit, &input, NULL, NULL));
    assert_ok(room, article_publish(&edit, &id, NULL));
    newsroom_commit(room, &edit);
    struct article article = load(room, &id);
    assert_int_equal(article.published_us, time_us);
    assert_true(article.updated_us >= article.published_us);
    assert_string_equal(arena_c_string(&room->arena, article.content.headline),
                        "Seen again");
}

static void test_a_schedule_must_lie_ahead(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Past", 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(article_schedule(&edit, &id, edit.time_us), ERR_INVALID);
    assert_non_null(strstr(room->fault.message, "publish it instead"));
}

/* ---- Embargo
 * ------------------------------------------------------------------------ */

static void test_publishing_under_embargo_schedules_for_its_end(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Secret", 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    int64_t end_us = edit.time_us + HOUR;
    assert_ok(room, article_set_embargo(&edit, &id, end_us, STR("Results")));
    assert_ok(room, article_publish(&edit, &id, NULL));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, newsroom_key(room, "draft:%s", id.text), NULL);
    struct article article = load(room, &id);
    assert_int_equal(article.state, ARTICLE_SCHEDULED);
    assert_int_equal(article.scheduled_us, end_us);
    assert_int_equal(run_at(room, end_us - 1).published, 0);
    assert_int_equal(run_at(room, end_us).published, 1);
    assert_int_equal(load(room, &id).published_us, end_us);
}

static void test_nothing_gets_past_an_embargo(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Secret", 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    int64_t end_us = edit.time_us + HOUR;
    assert_ok(room, article_set_embargo(&edit, &id, end_us, STR("")));
    assert_int_equal(article_schedule(&edit, &id, end_us - 1), ERR_INVALID);
    assert_non_null(strstr(room->fault.message, "embargo"));
    struct publish_options past = {.published_us = edit.time_us - HOUR};
    assert_int_equal(article_publish(&edit, &id, &past), ERR_CONFLICT);
    assert_ok(room, article_schedule(&edit, &id, end_us));
}

static void test_a_longer_embargo_moves_the_schedule(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Moved", HOUR, &time_us);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room,
              article_set_embargo(&edit, &id, time_us + HOUR, STR("Later")));
    newsroom_commit(room, &edit);
    assert_int_equal(run_at(room, time_us).published, 0);
    assert_int_equal(next(room, time_us), time_us + HOUR);
    assert_int_equal(run_at(room, time_us + HOUR).published, 1);
}

static void test_an_embargo_cannot_take_back_what_was_seen(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Seen", -1);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(
        article_set_embargo(&edit, &id, edit.time_us + HOUR, STR("")),
        ERR_CONFLICT);
    assert_non_null(strstr(room->fault.message, "withdraw"));
}

/* ---- Expiry
 * ------------------------------------------------------------------------- */

static void expire_at(struct newsroom *room, const struct id *id,
                      int64_t time_us)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_set_expiry(&edit, id, time_us));
    newsroom_commit(room, &edit);
}

static void test_an_article_expires_at_its_time(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Offer", -1);
    int64_t end_us = load(room, &id).published_us + HOUR;
    expire_at(room, &id, end_us);
    assert_int_equal(next(room, end_us - HOUR), end_us);
    assert_int_equal(run_at(room, end_us - 1).expired, 0);
    assert_int_equal(run_at(room, end_us + MINUTE).expired, 1);
    struct article article = load(room, &id);
    assert_int_equal(article.state, ARTICLE_WITHDRAWN);
    assert_true(article.expired);
    assert_int_equal(article.withdrawn_us, end_us);
    assert_int_equal(article.withdrawn_reason.len, 0);
    assert_int_equal(run_at(room, end_us - HOUR).published, 0);
    assert_int_equal(load(room, &id).state, ARTICLE_WITHDRAWN);
}

static void test_an_expired_article_needs_another_time_to_come_back(
    void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Offer", -1);
    int64_t end_us = load(room, &id).published_us + HOUR;
    expire_at(room, &id, end_us);
    run_at(room, end_us);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    edit.time_us = end_us + HOUR;
    assert_int_equal(article_publish(&edit, &id, NULL), ERR_CONFLICT);
    assert_string_equal(room->fault.field, "expires");
    assert_ok(room, article_set_expiry(&edit, &id, 0));
    assert_ok(room, article_publish(&edit, &id, NULL));
    newsroom_commit(room, &edit);
    assert_false(load(room, &id).expired);
    assert_int_equal(load(room, &id).state, ARTICLE_PUBLISHED);
}

static void test_due_and_expired_while_nobody_looked_ends_withdrawn(
    void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Short", MINUTE, &time_us);
    expire_at(room, &id, time_us + MINUTE);
    struct schedule_report report = run_at(room, time_us + HOUR);
    assert_int_equal(report.published, 1);
    assert_false(report.more);
    struct article article = load(room, &id);
    assert_int_equal(article.state, ARTICLE_WITHDRAWN);
    assert_int_equal(article.published_us, time_us);
    assert_int_equal(article.withdrawn_us, time_us + MINUTE);
}

static void test_times_that_contradict_each_other_are_refused(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id id = scheduled(room, "Muddled", HOUR, &time_us);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(article_set_expiry(&edit, &id, time_us), ERR_INVALID);
    assert_int_equal(article_set_expiry(&edit, &id, edit.time_us), ERR_INVALID);
    assert_ok(room, article_set_expiry(&edit, &id, time_us + 1));
    assert_int_equal(article_set_embargo(&edit, &id, time_us + 1, STR("")),
                     ERR_INVALID);
    assert_int_equal(article_schedule(&edit, &id, time_us + 1), ERR_INVALID);
    assert_int_equal(article_set_embargo(&edit, &id, edit.time_us, STR("")),
                     ERR_INVALID);
}

/* ---- What fails
 * --------------------------------------------------------------------- */

/* A scheduled article whose picture's file is lost. */
static struct id broken(struct newsroom *room, int64_t *ret_time_us)
{
    struct article_content content = newsroom_content(room, "Broken");
    struct medium medium;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    content.picture = newsroom_picture(room, &edit, "lost");
    newsroom_commit(room, &edit);
    edit_end(&edit);
    assert_ok(room,
              media_load(room->db, &content.picture, &room->arena, &medium));
    struct id id = newsroom_write(room, &content, 0);
    newsroom_begin(room, &edit);
    *ret_time_us = edit.time_us + MINUTE;
    assert_ok(room, article_schedule(&edit, &id, *ret_time_us));
    newsroom_commit(room, &edit);
    assert_ok(room, blob_remove(content_blobs(room->content),
                                &medium.original.blob, NULL));
    return id;
}

static void test_one_that_fails_does_not_stop_the_others(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us, later_us;
    struct id bad = broken(room, &time_us);
    struct id good = scheduled(room, "Good", 2 * MINUTE, &later_us);
    struct schedule_report report = run_at(room, later_us);
    assert_int_equal(report.published, 1);
    assert_int_equal(report.failure_count, 1);
    assert_string_equal(report.failures[0].id.text, bad.text);
    assert_int_equal(load(room, &good).state, ARTICLE_PUBLISHED);
    struct article article = load(room, &bad);
    assert_int_equal(article.state, ARTICLE_SCHEDULED);
    assert_true(article.due_problem.len > 0);
    assert_int_equal(article.due_retry_us, later_us + MINUTE);
    assert_int_equal(next(room, later_us), later_us + MINUTE);
}

static void test_what_fails_is_told_once_and_tried_ever_later(void **state)
{
    struct newsroom *room = *state;
    int64_t now_us;
    struct id bad = broken(room, &now_us);
    assert_int_equal(run_at(room, now_us).failure_count, 1);
    for (int tries = 0; tries < 10; tries++) {
        int64_t retry_us = load(room, &bad).due_retry_us;
        assert_true(retry_us > now_us && retry_us <= now_us + HOUR);
        assert_int_equal(run_at(room, retry_us - 1).failure_count, 0);
        now_us = retry_us;
        assert_int_equal(run_at(room, now_us).failure_count, 0);
    }
    assert_int_equal(load(room, &bad).due_retry_us, now_us + HOUR);
    /* A clock that was set back does not make it wait longer. */
    assert_int_equal(next(room, now_us - 5 * HOUR), 0);
}

static void test_saving_has_what_failed_tried_at_once(void **state)
{
    struct newsroom *room = *state;
    int64_t time_us;
    struct id bad = broken(room, &time_us);
    run_at(room, time_us);
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {.id = bad,
                                  .content = newsroom_content(room, "Mended")};
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, NULL, NULL));
    newsroom_commit(room, &edit);
    assert_int_equal(load(room, &bad).due_problem.len, 0);
    assert_int_equal(run_at(room, time_us + 1).published, 1);
    assert_int_equal(load(room, &bad).published_us, time_us);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

static void assert_by_index(struct newsroom *room, const char *sql)
{
    struct str plan;
    assert_ok(room, db_explain(room->db, sql, &room->arena, &plan));
    if (str_find(plan, STR("article_due")) < 0 &&
        str_find(plan, STR("article_expiry")) < 0)
        fail_msg("%s: %" PRI_STR, sql, ARG_STR(plan));
    assert_true(str_find(plan, STR("article_state")) < 0);
    assert_true(str_find(plan, STR("SCAN article")) < 0);
}

static void test_looking_for_what_is_due_reads_no_archive(void **state)
{
    struct newsroom *room = *state;
    assert_by_index(room, schedule_due_sql);
    for (size_t i = 0; i < SCHEDULE_NEXT_QUERIES; i++)
        assert_by_index(room, schedule_next_sql[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_scheduled_article_waits_for_its_time),
        TEST(test_looking_for_what_is_due_reads_no_archive),
        TEST(test_the_publication_time_is_the_scheduled_one),
        TEST(test_what_is_due_is_published_in_order),
        TEST(test_many_that_are_due_are_done_in_pieces),
        TEST(test_what_was_published_stays_when_the_clock_is_set_back),
        TEST(test_a_schedule_must_lie_ahead),
        TEST(test_publishing_under_embargo_schedules_for_its_end),
        TEST(test_nothing_gets_past_an_embargo),
        TEST(test_a_longer_embargo_moves_the_schedule),
        TEST(test_an_embargo_cannot_take_back_what_was_seen),
        TEST(test_an_article_expires_at_its_time),
        TEST(test_an_expired_article_needs_another_time_to_come_back),
        TEST(test_due_and_expired_while_nobody_looked_ends_withdrawn),
        TEST(test_times_that_contradict_each_other_are_refused),
        TEST(test_one_that_fails_does_not_stop_the_others),
        TEST(test_what_fails_is_told_once_and_tried_ever_later),
        TEST(test_saving_has_what_failed_tried_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
