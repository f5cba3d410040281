// SPDX-License-Identifier: Apache-2.0
/* An article's way to its readers and back, and what the log says of it. */
#include "newsroom.h"

#include <unistd.h>

#include "base/time.h"
#include "content/change.h"
#include "content/hiding.h"
#include "store/blob.h"

enum { MINUTE = 60 * 1000 * 1000 };
#define NOON INT64_C(1660564800000000)

static struct article load(struct newsroom *room, const struct id *id)
{
    struct article article;
    assert_ok(room, article_load(room->db, id, &room->arena, &article));
    return article;
}

static void publish(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_publish(&edit, id, NULL));
    newsroom_commit(room, &edit);
}

static void save_again(struct newsroom *room, const struct id *id,
                       const struct article_content *content)
{
    DEFER(edit_end) struct edit edit = {0};
    struct article_input input = {.id = *id, .content = *content};
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, NULL, NULL));
    newsroom_commit(room, &edit);
}

static void withdraw(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room,
              article_withdraw(&edit, id, STR("It was wrong."), STR(""), 0));
    newsroom_commit(room, &edit);
}

static const char *article_key(struct newsroom *room, const struct id *id)
{
    return newsroom_key(room, "article:%s", id->text);
}

static const char *draft_key(struct newsroom *room, const struct id *id)
{
    return newsroom_key(room, "draft:%s", id->text);
}

/* ---- Keys
 * ---------------------------------------------------------------------- */

static void test_saving_a_draft_touches_no_page(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Draft", 0);
    newsroom_assert_keys(room, draft_key(room, &id), NULL);
}

static void test_publishing_notes_every_list_it_enters(void **state)
{
    struct newsroom *room = *state;
    struct id categories[] = {room->elections, room->sport};
    struct str tags[] = {STR("Vote Count")};
    struct article_content content = newsroom_content(room, "Votes counted");
    content.categories = categories;
    content.category_count = 2;
    content.tags = tags;
    content.tag_count = 1;
    struct id id = newsroom_write(room, &content, 0);
    newsroom_assert_keys(room, draft_key(room, &id), "tag:en/vote-count", NULL);
    publish(room, &id);
    newsroom_assert_keys(room, article_key(room, &id), "front:en", "latest:en",
                         "category:en/elections", "category:en/politics",
                         "category:en/sport", "tag:en/vote-count",
                         "author:nino", NULL);
}

static void test_publishing_notes_the_pages_that_show_it_as_related(
    void **state)
{
    struct newsroom *room = *state;
    struct id newer[5];
    for (int i = 0; i < 5; i++)
        newer[i] = newsroom_article(room, "Newer", NOON + (i + 1) * MINUTE);
    struct id other = newsroom_article(room, "Older", NOON - MINUTE);
    newsroom_assert_keys(
        room, article_key(room, &other), draft_key(room, &other), "front:en",
        "latest:en", "category:en/politics", "author:nino",
        article_key(room, &newer[0]), article_key(room, &newer[1]),
        article_key(room, &newer[2]), article_key(room, &newer[3]), NULL);
}

static void test_moving_notes_what_was_and_what_is(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "Moved");
    struct id neighbour = newsroom_article(room, "Neighbour", NOON + MINUTE);
    struct id id = newsroom_write(room, &content, NOON);
    content.categories = &room->sport;
    save_again(room, &id, &content);
    publish(room, &id);
    newsroom_assert_keys(room, article_key(room, &id),
                         article_key(room, &neighbour), "front:en", "latest:en",
                         "category:en/politics", "category:en/sport",
                         "author:nino", NULL);
}

static void test_publishing_what_is_shown_already_changes_nothing(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Same", NOON);
    publish(room, &id);
    newsroom_assert_keys(room, NULL);
    struct article_content content = newsroom_content(room, "Same");
    save_again(room, &id, &content);
    newsroom_assert_keys(room, NULL);
    assert_int_equal(load(room, &id).revision, 1);
}

static void test_translations_change_with_one_another(void **state)
{
    struct newsroom *room = *state;
    struct id english = newsroom_article(room, "Story", NOON);
    struct article_input input = {.content = newsroom_content(room, "ამბავი"),
                                  .story = english};
    input.content.language = STR("ka");
    DEFER(edit_end) struct edit edit = {0};
    struct id georgian;
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &input, &georgian, NULL));
    assert_ok(room, article_publish(&edit, &georgian, NULL));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, article_key(room, &georgian),
                         draft_key(room, &georgian),
                         article_key(room, &english), "front:ka", "latest:ka",
                         "category:ka/politics", "author:nino", NULL);
    struct article article = load(room, &english);
    assert_int_equal(article.translation_count, 1);
    assert_string_equal(article.translations[0].id.text, georgian.text);
}

static void test_a_correction_notes_every_page_of_the_article(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Wrong", NOON);
    for (int i = 0; i < 2; i++) {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, correction_add(&edit, &id, STR("It was two."),
                                       NOON + MINUTE));
        newsroom_commit(room, &edit);
        if (i == 0)
            newsroom_assert_keys(room, article_key(room, &id), "front:en",
                                 "latest:en", "category:en/politics",
                                 "author:nino", NULL);
        else
            newsroom_assert_keys(room, NULL); /* said already */
    }
    struct article article = load(room, &id);
    assert_int_equal(article.correction_count, 1);
    assert_int_equal(article.corrections[0].time_us, NOON + MINUTE);
}

/* ---- Revisions
 * ----------------------------------------------------------------- */

static void test_readers_see_an_edit_only_after_it_is_published(void **state)
{
    struct newsroom *room = *state;
    struct article_content content = newsroom_content(room, "First");
    struct id id = newsroom_write(room, &content, NOON);
    content.headline = STR("Second");
    content.slug = STR("second");
    save_again(room, &id, &content);
    newsroom_assert_keys(room, draft_key(room, &id), NULL);
    struct article article = load(room, &id);
    assert_true(str_eq(article.content.headline, STR("First")));
    assert_int_equal(article.revision, 2);
    assert_int_equal(article.live_revision, 1);
    publish(room, &id);
    article = load(room, &id);
    assert_true(str_eq(article.content.headline, STR("Second")));
    assert_true(str_eq(article.content.slug, STR("second")));
    assert_int_equal(article.published_us, NOON);
    assert_true(article.updated_us > NOON);
}

/* ---- States
 * -------------------------------------------------------------------- */

static bool is_news(struct newsroom *room, const struct id *id)
{
    struct change_list list;
    assert_ok(room,
              change_read(room->db, room->seq, 1000, &room->arena, &list));
    for (size_t i = 0; i < list.count; i++)
        if (str_eq(list.changes[i].key,
                   str_from_c(newsroom_key(room, "news:%s", id->text))))
            return true;
    return false;
}

/* Its pages are printed anew, and that is all. */
static void test_what_is_published_quietly_is_no_news(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "First", NOON);
    assert_true(is_news(room, &id));
    struct article_content content = newsroom_content(room, "Second");
    save_again(room, &id, &content);
    DEFER(edit_end) struct edit edit = {0};
    const struct publish_options quietly = {.quiet = true};
    newsroom_begin(room, &edit);
    assert_ok(room, article_publish(&edit, &id, &quietly));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, article_key(room, &id), "author:nino",
                         "category:en/politics", "front:en", "latest:en", NULL);
    assert_false(is_news(room, &id));
    struct article article = load(room, &id);
    assert_true(str_eq(article.content.headline, STR("Second")));
    assert_int_equal(article.published_us, NOON);
    assert_int_equal(article.updated_us, 0);
}

static void test_withdrawn_is_gone_and_says_why(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Mistake", NOON);
    withdraw(room, &id);
    newsroom_assert_keys(room, article_key(room, &id), "front:en", "latest:en",
                         "category:en/politics", "author:nino", NULL);
    struct article article;
    assert_int_equal(article_load_public(room->db, &id, &room->arena, &article),
                     ERR_GONE);
    assert_true(str_eq(article.withdrawn_reason, STR("It was wrong.")));
    assert_true(article.withdrawn_us > 0);
    struct article_card card;
    assert_int_equal(article_card_load(room->db, &id, &room->arena, &card),
                     ERR_NOT_FOUND);
}

static void test_a_withdrawn_article_can_come_back(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Right after all", NOON);
    withdraw(room, &id);
    publish(room, &id);
    struct article article;
    assert_ok(room, article_load_public(room->db, &id, &room->arena, &article));
    assert_int_equal(article.published_us, NOON);
    assert_int_equal(article.withdrawn_us, 0);
    assert_int_equal(article.withdrawn_reason.len, 0);
}

static void test_withdrawal_needs_a_reason(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Kept", NOON);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(article_withdraw(&edit, &id, STR("  "), STR(""), 0),
                     ERR_INVALID);
    assert_string_equal(room->fault.field, "reason");
}

static void test_a_draft_cannot_be_withdrawn(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Draft", 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(article_withdraw(&edit, &id, STR("Why"), STR(""), 0),
                     ERR_CONFLICT);
    assert_non_null(strstr(room->fault.message, "review, ready"));
}

static void test_publication_in_the_future_is_refused(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Early", 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    struct publish_options options = {.published_us = edit.time_us + MINUTE};
    assert_int_equal(article_publish(&edit, &id, &options), ERR_INVALID);
    assert_non_null(strstr(room->fault.message, "schedule"));
}

static void test_states_follow_the_table(void **state)
{
    (void)state;
    assert_true(workflow_may_follow(ARTICLE_DRAFT, ARTICLE_REVIEW));
    assert_true(workflow_may_follow(ARTICLE_WITHDRAWN, ARTICLE_PUBLISHED));
    assert_false(workflow_may_follow(ARTICLE_PUBLISHED, ARTICLE_DRAFT));
    assert_false(workflow_may_follow(ARTICLE_WITHDRAWN, ARTICLE_DRAFT));
    assert_false(workflow_may_follow(ARTICLE_DRAFT, ARTICLE_WITHDRAWN));
    assert_false(workflow_may_follow(ARTICLE_STATE_COUNT, ARTICLE_DRAFT));
}

/* ---- All or nothing
 * ------------------------------------------------------------ */

static void test_what_is_not_committed_never_happened(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Kept", NOON);
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, article_withdraw(&edit, &id, STR("Why"), STR(""), 0));
    }
    newsroom_assert_keys(room, NULL);
    assert_int_equal(load(room, &id).state, ARTICLE_PUBLISHED);
}

static void test_a_failed_write_leaves_the_others_of_its_edit(void **state)
{
    struct newsroom *room = *state;
    DEFER(edit_end) struct edit edit = {0};
    struct article_input good = {.content = newsroom_content(room, "Good")};
    struct article_input bad = {.content = newsroom_content(room, "Bad")};
    bad.content.slug = STR("Not A Slug");
    struct id id;
    newsroom_begin(room, &edit);
    assert_ok(room, article_save(&edit, &good, &id, NULL));
    assert_int_equal(article_save(&edit, &bad, NULL, NULL), ERR_INVALID);
    newsroom_commit(room, &edit);
    assert_true(edit.seq > 0);
    newsroom_assert_keys(room, draft_key(room, &id), NULL);
}

/* ---- Media
 * --------------------------------------------------------------------- */

static bool is_public(struct newsroom *room, const struct id *id)
{
    struct medium medium;
    assert_ok(room, media_load(room->db, id, &room->arena, &medium));
    struct blob_store *blobs = content_blobs(room->content);
    bool original = blob_is_public(blobs, &medium.original.blob);
    assert_int_equal(medium.rendition_count, 1);
    assert_int_equal(blob_is_public(blobs, &medium.renditions[0].blob),
                     original);
    return original;
}

static struct id add_picture(struct newsroom *room, const char *text)
{
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    struct id id = newsroom_picture(room, &edit, text);
    newsroom_commit(room, &edit);
    return id;
}

/* An edit that is given up leaves nothing in the public folder. */
static void test_media_of_a_publication_that_failed_are_not_public(void **state)
{
    struct newsroom *room = *state;
    struct id main = add_picture(room, "main");
    struct article_content content = newsroom_content(room, "Pictures");
    content.picture = main;
    struct id id = newsroom_write(room, &content, 0);
    struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, article_publish(&edit, &id, NULL));
    assert_true(is_public(room, &main)); /* before the commit, so that it is
                                            there when the page is */
    edit_end(&edit);
    assert_false(is_public(room, &main));
    publish(room, &id);
    assert_true(is_public(room, &main));
}

static void test_media_are_public_while_an_article_shows_them(void **state)
{
    struct newsroom *room = *state;
    struct id main = add_picture(room, "main"),
              inside = add_picture(room, "in");
    struct article_content content = newsroom_content(room, "Pictures");
    content.picture = main;
    content.body = str_from_c(newsroom_key(
        room,
        "{\"type\":\"doc\",\"content\":[{\"type\":\"image\",\"attrs\":"
        "{\"media\":\"%s\",\"alt\":\"River\"}}]}",
        inside.text));
    struct id id = newsroom_write(room, &content, 0);
    assert_false(is_public(room, &main));
    publish(room, &id);
    assert_true(is_public(room, &main));
    assert_true(is_public(room, &inside));
    struct article article = load(room, &id);
    assert_int_equal(article.media_count, 2);
    assert_non_null(article.picture);
    assert_non_null(article_medium(&article, id_str(&inside)));

    content.body = STR("");
    save_again(room, &id, &content);
    assert_true(is_public(room, &inside)); /* readers still see it */
    publish(room, &id);
    newsroom_hide(room);
    assert_false(is_public(room, &inside));
    assert_true(is_public(room, &main));

    struct id other = newsroom_write(room, &content, NOON);
    withdraw(room, &id);
    newsroom_hide(room);
    assert_true(is_public(room, &main)); /* the other one shows it */
    withdraw(room, &other);
    newsroom_hide(room);
    assert_false(is_public(room, &main));
}

static void hide(struct newsroom *room, int64_t seq, int64_t now_us)
{
    assert_ok(room,
              hiding_run(room->content, seq, now_us, HIDING_DUE, &room->fault));
}

static int64_t newest_change(struct newsroom *room)
{
    int64_t seq;
    assert_ok(room, change_last_seq(room->db, &seq));
    return seq;
}

/* What stands on a page that some reader may have is there for them. */
static void test_files_are_hidden_when_no_page_that_matters_shows_them(
    void **state)
{
    struct newsroom *room = *state;
    struct id one = add_picture(room, "one"), two = add_picture(room, "two");
    struct article_content content = newsroom_content(room, "Pictures");
    content.picture = one;
    struct id id = newsroom_write(room, &content, NOON);
    content.picture = two;
    save_again(room, &id, &content);
    int64_t before = newest_change(room), now_us = time_now_us();
    publish(room, &id);
    int64_t after = newest_change(room);
    assert_true(is_public(room, &one));

    /* An update: printed, and half a minute later. */
    hide(room, before, now_us + 2 * HIDING_GRACE_US);
    assert_true(is_public(room, &one));
    hide(room, after, now_us);
    assert_true(is_public(room, &one));
    hide(room, after, now_us + 2 * HIDING_GRACE_US);
    assert_false(is_public(room, &one));
    assert_true(is_public(room, &two));

    /* What is shown again meanwhile stays. */
    content.picture = one;
    save_again(room, &id, &content);
    publish(room, &id);
    content.picture = two;
    save_again(room, &id, &content);
    publish(room, &id);
    hide(room, newest_change(room), now_us + 2 * HIDING_GRACE_US);
    assert_true(is_public(room, &two));
    assert_false(is_public(room, &one));

    /* A withdrawal: printed, and nothing more. */
    before = newest_change(room);
    withdraw(room, &id);
    hide(room, before, now_us);
    assert_true(is_public(room, &two));
    hide(room, newest_change(room), now_us);
    assert_false(is_public(room, &two));
}

static void test_a_missing_file_stops_publication(void **state)
{
    struct newsroom *room = *state;
    struct id picture = add_picture(room, "lost");
    struct article_content content = newsroom_content(room, "Lost");
    content.picture = picture;
    struct id id = newsroom_write(room, &content, 0);
    struct medium medium;
    assert_ok(room, media_load(room->db, &picture, &room->arena, &medium));
    assert_ok(room, blob_remove(content_blobs(room->content),
                                &medium.original.blob, NULL));
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_int_equal(article_publish(&edit, &id, NULL), ERR_NOT_FOUND);
        newsroom_commit(room, &edit);
    }
    newsroom_assert_keys(room, NULL);
    assert_int_equal(load(room, &id).state, ARTICLE_DRAFT);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_saving_a_draft_touches_no_page),
        TEST(test_publishing_notes_every_list_it_enters),
        TEST(test_publishing_notes_the_pages_that_show_it_as_related),
        TEST(test_moving_notes_what_was_and_what_is),
        TEST(test_publishing_what_is_shown_already_changes_nothing),
        TEST(test_translations_change_with_one_another),
        TEST(test_a_correction_notes_every_page_of_the_article),
        TEST(test_readers_see_an_edit_only_after_it_is_published),
        TEST(test_what_is_published_quietly_is_no_news),
        TEST(test_withdrawn_is_gone_and_says_why),
        TEST(test_a_withdrawn_article_can_come_back),
        TEST(test_withdrawal_needs_a_reason),
        TEST(test_a_draft_cannot_be_withdrawn),
        TEST(test_publication_in_the_future_is_refused),
        TEST(test_states_follow_the_table),
        TEST(test_what_is_not_committed_never_happened),
        TEST(test_a_failed_write_leaves_the_others_of_its_edit),
        TEST(test_media_of_a_publication_that_failed_are_not_public),
        TEST(test_media_are_public_while_an_article_shows_them),
        TEST(test_files_are_hidden_when_no_page_that_matters_shows_them),
        TEST(test_a_missing_file_stops_publication),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
