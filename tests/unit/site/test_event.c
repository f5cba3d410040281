// SPDX-License-Identifier: Apache-2.0
/* What open pages are told of which changes. */
#include "paper.h"

#include <stdio.h>

#include "base/time.h"
#include "content/alert.h"
#include "content/change.h"
#include "content/workflow.h"
#include "site/event.h"

/* What is told of everything behind *seq, which moves on: topic and data, a
 * line each. */
static const char *told(struct paper *paper, int64_t *seq)
{
    struct event_list list = {.count = 0};
    struct change_list changes;
    DEFER(db_lease_end) struct db_lease lease = content_reader(paper->content);
    assert_int_equal(change_read(lease.db, *seq, 1000, &paper->arena, &changes),
                     ERR_OK);
    if (changes.count)
        *seq = changes.changes[changes.count - 1].seq;
    assert_int_equal(
        events_make(paper->site, lease.db, &changes, &paper->arena, &list),
        ERR_OK);
    struct str text = STR("");
    for (size_t i = 0; i < list.count; i++) {
        const struct event *event = &list.at[i].event;
        assert_true(event_topic_is_valid(event->topic));
        assert_true(i == 0 || event->number >= list.at[i - 1].event.number);
        text = arena_printf(
            &paper->arena, "%" PRI_STR "%" PRI_STR " %" PRI_STR "\n",
            ARG_STR(text), ARG_STR(event->topic), ARG_STR(event->data));
    }
    return arena_c_string(&paper->arena, text);
}

static struct id publish(struct paper *paper, const char *headline,
                         int64_t published_us)
{
    struct article_input input = paper_article(paper, "en", headline);
    return paper_publish(paper, &input, published_us);
}

static void test_a_new_story_is_told_to_the_front_of_its_language(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    struct id id = publish(paper, "Rain at last", 0);
    char expected[300];
    snprintf(expected, sizeof expected,
             "front:en {\"type\":\"story\",\"id\":\"%s\",\"url\":\"/en/article/"
             "rain-at-last-%s\",\"headline\":\"Rain at last\"}\n",
             id.text, id.text);
    assert_string_equal(told(paper, &seq), expected);
    assert_string_equal(told(paper, &seq), "");
}

static void test_an_old_text_that_is_published_is_no_news(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    publish(paper, "Of old", INT64_C(1660561200000000));
    assert_string_equal(told(paper, &seq), "");
}

static void test_a_draft_is_told_to_nobody(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    struct article_input input = paper_article(paper, "en", "Secret");
    DEFER(edit_end) struct edit edit = {0};
    struct id id;
    paper_begin(paper, &edit);
    assert_int_equal(article_save(&edit, &input, &id, NULL), ERR_OK);
    paper_commit(&edit);
    assert_string_equal(told(paper, &seq), "");
}

static void test_what_is_gone_again_is_no_new_story(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    struct id id = publish(paper, "Wrong", 0);
    DEFER(edit_end) struct edit edit = {0};
    paper_begin(paper, &edit);
    assert_int_equal(
        article_withdraw(&edit, &id, STR("It was wrong"), STR(""), 0), ERR_OK);
    paper_commit(&edit);
    char expected[100];
    snprintf(expected, sizeof expected, "article:%s {\"type\":\"withdrawn\"",
             id.text);
    const char *text = told(paper, &seq);
    assert_memory_equal(text, expected, strlen(expected));
    assert_null(strstr(text, "front:"));
}

static void test_a_correction_is_told_to_its_article_alone(void **state)
{
    struct paper *paper = *state;
    publish(paper, "Beside it", 0);
    struct id id = publish(paper, "With a mistake", 0);
    publish(paper, "After it", 0);
    int64_t seq = 0;
    told(paper, &seq);
    DEFER(edit_end) struct edit edit = {0};
    paper_begin(paper, &edit);
    assert_int_equal(correction_add(&edit, &id, STR("It was 7"), 0), ERR_OK);
    paper_commit(&edit);
    char expected[100];
    snprintf(expected, sizeof expected,
             "article:%s {\"type\":\"corrected\",\"at\":", id.text);
    const char *text = told(paper, &seq);
    assert_memory_equal(text, expected, strlen(expected));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
}

static void test_many_stories_at_once_are_told_as_their_number(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    for (int i = 0; i < 8; i++)
        publish(paper, "One of eight", 0);
    const char *eight = told(paper, &seq);
    size_t lines = 0;
    for (const char *at = eight; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 8);
    for (int i = 0; i < 9; i++)
        publish(paper, "One of nine", 0);
    assert_string_equal(told(paper, &seq),
                        "front:en {\"type\":\"many\",\"count\":9}\n");
}

static void set_alert(struct paper *paper, const char *text)
{
    DEFER(edit_end) struct edit edit = {0};
    struct alert alert = {.language = STR("en"),
                          .label = STR("Urgent"),
                          .text = str_from_c(text),
                          .url = STR("/en/tv")};
    paper_begin(paper, &edit);
    assert_int_equal(alert_set(&edit, &alert), ERR_OK);
    paper_commit(&edit);
}

static void test_breaking_news_is_told_with_a_new_id_each_time(void **state)
{
    struct paper *paper = *state;
    int64_t seq = 0;
    told(paper, &seq);
    set_alert(paper, "One " HOSTILE);
    const char *first = told(paper, &seq);
    assert_non_null(strstr(first, "alert:en {\"id\":\""));
    assert_non_null(strstr(first, "\"label\":\"Urgent\",\"text\":\"One "));
    assert_non_null(strstr(first, "\"url\":\"/en/tv\",\"type\":\"set\"}"));
    assert_null(strchr(first, '<')); /* also where it is put into a page */
    set_alert(paper, "Two");
    assert_memory_not_equal(told(paper, &seq), first, 40);

    DEFER(edit_end) struct edit edit = {0};
    paper_begin(paper, &edit);
    assert_int_equal(alert_clear(&edit, STR("en")), ERR_OK);
    paper_commit(&edit);
    assert_string_equal(told(paper, &seq), "alert:en {\"type\":\"clear\"}\n");
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, paper_open, paper_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_story_is_told_to_the_front_of_its_language),
        TEST(test_an_old_text_that_is_published_is_no_news),
        TEST(test_a_draft_is_told_to_nobody),
        TEST(test_what_is_gone_again_is_no_new_story),
        TEST(test_a_correction_is_told_to_its_article_alone),
        TEST(test_many_stories_at_once_are_told_as_their_number),
        TEST(test_breaking_news_is_told_with_a_new_id_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
