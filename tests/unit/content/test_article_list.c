// SPDX-License-Identifier: Apache-2.0
/* Lists of readers: what stands in them, cursors, and how they are found. */
#include "newsroom.h"

#include "content/media.h"
#include "content/tag.h"

enum { MINUTE = 60 * 1000 * 1000 };
#define NOON INT64_C(1660564800000000)

static struct article_list latest(struct newsroom *room,
                                  const struct article_cursor *before,
                                  size_t limit)
{
    struct article_list list;
    assert_ok(room, article_list_latest(room->db, STR("en"), before, limit,
                                        &room->arena, &list));
    return list;
}

static void write_numbered(struct newsroom *room, int from, int to)
{
    for (int i = from; i <= to; i++)
        newsroom_article(room, newsroom_key(room, "%d", i), NOON + i * MINUTE);
}

static void test_drafts_never_appear(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Published", NOON);
    newsroom_article(room, "Draft", 0);
    struct article_list list = latest(room, NULL, 10);
    assert_string_equal(newsroom_headlines(room, &list), "Published");
    assert_ok(room, article_list_category(room->db, STR("en"), &room->politics,
                                          NULL, 10, &room->arena, &list));
    assert_int_equal(list.count, 1);
}

static void test_withdrawn_articles_leave_all_lists(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Gone", NOON);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_withdraw(&edit, &id, STR("Why"), STR(""), 0));
    newsroom_commit(room, &edit);
    struct article_list list = latest(room, NULL, 10);
    assert_int_equal(list.count, 0);
    assert_ok(room, article_list_person(room->db, STR("en"), &room->author,
                                        NULL, 10, &room->arena, &list));
    assert_int_equal(list.count, 0);
}

static void test_a_cursor_neither_repeats_nor_hides_when_stories_arrive(
    void **state)
{
    struct newsroom *room = *state;
    write_numbered(room, 1, 5);
    struct article_list first = latest(room, NULL, 2);
    assert_string_equal(newsroom_headlines(room, &first), "5|4");
    assert_true(first.more);
    write_numbered(room, 6, 8);
    struct article_list second = latest(room, &first.next, 2);
    assert_string_equal(newsroom_headlines(room, &second), "3|2");
    struct article_list third = latest(room, &second.next, 2);
    assert_string_equal(newsroom_headlines(room, &third), "1");
    assert_false(third.more);
}

static void test_articles_of_one_moment_are_parted_by_id(void **state)
{
    struct newsroom *room = *state;
    for (int i = 1; i <= 3; i++)
        newsroom_article(room, newsroom_key(room, "%d", i), NOON);
    struct article_list first = latest(room, NULL, 1);
    struct article_list second = latest(room, &first.next, 1);
    struct article_list third = latest(room, &second.next, 1);
    assert_string_equal(newsroom_headlines(room, &first), "3");
    assert_string_equal(newsroom_headlines(room, &second), "2");
    assert_string_equal(newsroom_headlines(room, &third), "1");
    assert_false(third.more);
}

static void test_a_cursor_survives_its_text(void **state)
{
    (void)state;
    struct article_cursor cursor = {.published_us = NOON}, parsed;
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &cursor.id), ERR_OK);
    char text[ARTICLE_CURSOR_BYTES];
    article_cursor_format(&cursor, text);
    assert_int_equal(article_cursor_parse(str_from_c(text), &parsed), ERR_OK);
    assert_int_equal(parsed.published_us, cursor.published_us);
    assert_string_equal(parsed.id.text, cursor.id.text);
}

static void test_texts_that_are_no_cursor_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "-62f9f7d471fdc",
        "0005e646d83f2400-62f9f7d471fd",
        "0005E646D83F2400-62f9f7d471fdc",
        "f005e646d83f2400-62f9f7d471fdc",
        "0005e646d83f2400-62f9f7d471fdc0",
        "0005e646d83f2400 62f9f7d471fdc",
    };
    struct article_cursor cursor;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(article_cursor_parse(str_from_c(bad[i]), &cursor),
                         ERR_INVALID);
}

static void test_a_section_shows_what_is_below_it(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Vote");
    content.categories = &room->elections;
    newsroom_write(room, &content, NOON);
    content = newsroom_content(room, "Law");
    newsroom_write(room, &content, NOON + MINUTE);
    struct article_list list;
    assert_ok(room, article_list_category(room->db, STR("en"), &room->politics,
                                          NULL, 10, &room->arena, &list));
    assert_string_equal(newsroom_headlines(room, &list), "Law|Vote");
    assert_true(str_eq(list.cards[1].category_path, STR("politics/elections")));
    assert_ok(room, article_list_category(room->db, STR("en"), &room->elections,
                                          NULL, 10, &room->arena, &list));
    assert_string_equal(newsroom_headlines(room, &list), "Vote");
}

static void test_languages_are_apart(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "ამბავი");
    content.language = STR("ka");
    newsroom_write(room, &content, NOON);
    newsroom_article(room, "Story", NOON);
    struct article_list list = latest(room, NULL, 10);
    assert_string_equal(newsroom_headlines(room, &list), "Story");
}

static void test_related_are_the_next_older_of_the_main_section(void **state)
{
    struct newsroom *room = *state;
    write_numbered(room, 1, 7);
    struct article_list all = latest(room, NULL, 10), list;
    struct article article;
    assert_ok(room,
              article_load(room->db, &all.cards[1].id, &room->arena, &article));
    assert_ok(room, article_list_related(room->db, &article, ARTICLE_RELATED,
                                         &room->arena, &list));
    assert_string_equal(newsroom_headlines(room, &list), "5|4|3|2");
}

static void test_a_card_says_what_a_list_shows(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Card");
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    content.picture = newsroom_picture(room, &edit, "card");
    newsroom_commit(room, &edit);
    content.kicker = STR("Opinion");
    content.opinion = true;
    content.weight = ARTICLE_LEAD;
    struct id id = newsroom_write(room, &content, NOON);
    struct article_card card;
    assert_ok(room, article_card_load(room->db, &id, &room->arena, &card));
    assert_true(str_eq(card.byline, STR("Nino Beridze")));
    assert_true(str_eq(card.kicker, STR("Opinion")));
    assert_true(str_eq(card.slug, STR("card")));
    assert_true(str_eq(card.category_name, STR("Politics")));
    assert_true(str_eq(card.picture_alt, STR("A river")));
    assert_true(card.opinion && !card.live && !card.corrected);
    assert_int_equal(card.weight, ARTICLE_LEAD);
    assert_int_equal(card.picture->rendition_count, 1);
    assert_int_equal(card.picture->renditions[0].width, 480);
}

static void test_the_newsroom_sees_every_state(void **state)
{
    struct newsroom *room = *state;
    newsroom_article(room, "Published", NOON);
    newsroom_article(room, "Draft", 0);
    struct article_rows rows;
    assert_ok(room, article_list_all(room->db, STR("en"), ARTICLE_STATE_COUNT,
                                     NULL, 1, &room->arena, &rows));
    assert_int_equal(rows.count, 1);
    assert_true(rows.more);
    assert_true(str_eq(rows.rows[0].headline, STR("Draft")));
    assert_ok(room, article_list_all(room->db, STR(""), ARTICLE_PUBLISHED, NULL,
                                     9, &room->arena, &rows));
    assert_int_equal(rows.count, 1);
    assert_true(str_eq(rows.rows[0].headline, STR("Published")));
    assert_ok(room, article_list_all(room->db, STR("ka"), ARTICLE_DRAFT, NULL,
                                     9, &room->arena, &rows));
    assert_int_equal(rows.count, 0);
}

/* Every list is one range of listing_order, however long it gets. */
static void test_lists_are_ranges_of_an_index(void **state)
{
    struct newsroom *room = *state;
    struct str plan;
    assert_ok(room,
              db_explain(room->db, article_list_sql, &room->arena, &plan));
    const char *text = arena_c_string(&room->arena, plan);
    assert_non_null(strstr(text, "listing_order (shelf=? AND "));
    assert_null(strstr(text, "TEMP B-TREE"));
    assert_null(strstr(text, "SCAN"));
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_drafts_never_appear),
        TEST(test_withdrawn_articles_leave_all_lists),
        TEST(test_a_cursor_neither_repeats_nor_hides_when_stories_arrive),
        TEST(test_articles_of_one_moment_are_parted_by_id),
        TEST(test_a_cursor_survives_its_text),
        TEST(test_texts_that_are_no_cursor_are_refused),
        TEST(test_a_section_shows_what_is_below_it),
        TEST(test_languages_are_apart),
        TEST(test_related_are_the_next_older_of_the_main_section),
        TEST(test_a_card_says_what_a_list_shows),
        TEST(test_the_newsroom_sees_every_state),
        TEST(test_lists_are_ranges_of_an_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
