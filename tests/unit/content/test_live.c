// SPDX-License-Identifier: Apache-2.0
/* Live blogs: what is posted, corrected, pinned, removed, and who learns of it.
 */
#include "newsroom.h"

#include "content/live.h"
#include "content/media.h"
#include "content/search.h"
#include "render/document.h"

#define NOON INT64_C(1660564800000000)
enum { MINUTE = 60 * 1000 * 1000 };

static struct edit begin(struct newsroom *room)
{
    struct edit edit = {0};
    newsroom_begin(room, &edit);
    return edit;
}

static void publish(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, article_publish(&edit, id, NULL));
    newsroom_commit(room, &edit);
}

static void start(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, live_start(&edit, id, 0));
    newsroom_commit(room, &edit);
}

static void end(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, live_end(&edit, id, 0));
    newsroom_commit(room, &edit);
}

/* A published article that is a live blog. */
static struct id make_blog(struct newsroom *room)
{
    struct id id = newsroom_article(room, "Storm", NOON);
    start(room, &id);
    return id;
}

static struct live_post_input input_of(struct newsroom *room,
                                       const struct id *blog, const char *text)
{
    return (struct live_post_input){
        .article = *blog,
        .headline = STR(""),
        .document = document_from_text(&room->arena, str_from_c(text)),
    };
}

static struct id save(struct newsroom *room,
                      const struct live_post_input *input)
{
    struct id id;
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, live_post_save(&edit, input, &id));
    newsroom_commit(room, &edit);
    return id;
}

static struct id post_at(struct newsroom *room, const struct id *blog,
                         const char *text, int64_t time_us)
{
    struct live_post_input input = input_of(room, blog, text);
    input.time_us = time_us;
    return save(room, &input);
}

static struct id post(struct newsroom *room, const struct id *blog,
                      const char *text)
{
    return post_at(room, blog, text, 0);
}

static void change_text(struct newsroom *room, const struct id *id,
                        const char *text)
{
    struct live_post_input input = input_of(room, &(struct id){0}, text);
    input.id = *id;
    save(room, &input);
}

static void remove_post(struct newsroom *room, const struct id *id)
{
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, live_post_remove(&edit, id, STR("It was not so."), 0));
    newsroom_commit(room, &edit);
}

static void pin(struct newsroom *room, const struct id *id, bool pinned)
{
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, live_post_pin(&edit, id, pinned));
    newsroom_commit(room, &edit);
}

static struct live_posts read_posts(struct newsroom *room,
                                    const struct id *blog,
                                    struct live_query query)
{
    struct live_posts posts;
    if (!query.limit)
        query.limit = 20;
    enum err err =
        live_posts(room->db, blog, STR("en"), &query, &room->arena, &posts);
    if (err)
        fail_msg("live_posts: %s", err_name(err));
    return posts;
}

/* "one|two": what the posts say; a removed one is "-". */
static const char *texts(struct newsroom *room, const struct live_posts *posts)
{
    struct str text = STR("");
    for (size_t i = 0; i < posts->count; i++) {
        const struct live_post *one = &posts->posts[i];
        if (i)
            text = arena_concat(&room->arena, text, STR("|"));
        text = arena_concat(&room->arena, text,
                            one->removed_us ? STR("-")
                                            : document_first_paragraph(
                                                  one->document, &room->arena));
    }
    return arena_c_string(&room->arena, text);
}

static const char *newest(struct newsroom *room, const struct id *blog)
{
    struct live_posts posts =
        read_posts(room, blog, (struct live_query){.which = LIVE_BEFORE});
    return texts(room, &posts);
}

static struct live_blog load(struct newsroom *room, const struct id *id)
{
    struct live_blog blog;
    assert_ok(room, live_load(room->db, id, &blog));
    return blog;
}

static const char *live_key(struct newsroom *room, const struct id *id)
{
    return newsroom_key(room, "live:%s", id->text);
}

static bool badge(struct newsroom *room, const struct id *id)
{
    struct article_card card;
    assert_ok(room, article_card_load(room->db, id, &room->arena, &card));
    return card.live;
}

/* ---- Starting and ending ---------------------------------------------------
 */

static void test_the_word_live_stands_in_lists_from_start_to_end(void **state)
{
    struct newsroom *room = *state;
    struct id id = newsroom_article(room, "Storm", NOON);
    assert_false(badge(room, &id));
    start(room, &id);
    newsroom_assert_keys(
        room, live_key(room, &id), newsroom_key(room, "article:%s", id.text),
        "front:en", "latest:en", "category:en/politics", "author:nino", NULL);
    assert_true(badge(room, &id));
    publish(room, &id); /* its own revision does not say so */
    assert_true(badge(room, &id));
    end(room, &id);
    assert_false(badge(room, &id));
    assert_int_equal(load(room, &id).state, LIVE_ENDED);
    end(room, &id);
    newsroom_assert_keys(room, NULL);
    start(room, &id);
    assert_true(badge(room, &id));
    assert_int_equal(load(room, &id).ended_us, 0);
}

static void test_an_article_is_no_live_blog_before_it_starts(void **state)
{
    struct newsroom *room = *state;
    struct live_blog blog;
    struct id id = newsroom_article(room, "Storm", NOON);
    assert_int_equal(live_load(room->db, &id, &blog), ERR_NOT_FOUND);
    DEFER(edit_end) struct edit edit = begin(room);
    struct live_post_input input = input_of(room, &id, "Rain");
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_NOT_FOUND);
    assert_non_null(strstr(fault_text(&room->fault), "no live blog"));
}

static void test_a_blog_that_ended_takes_no_posts_but_corrections(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room), id = post(room, &blog, "Rain");
    end(room, &blog);
    DEFER(edit_end) struct edit edit = begin(room);
    struct live_post_input input = input_of(room, &blog, "Sun");
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_CONFLICT);
    assert_ok(room, live_post_correct(&edit, &id, STR("Hail."), 0));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, live_key(room, &blog), NULL);
}

/* ---- Posts -----------------------------------------------------------------
 */

static void test_posts_stand_newest_first_and_go_on_by_cursor(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    post_at(room, &blog, "two", NOON + 2 * MINUTE);
    struct id three = post_at(room, &blog, "three", NOON + 3 * MINUTE);
    post_at(room, &blog, "one", NOON + MINUTE);
    assert_string_equal(newest(room, &blog), "three|two|one");
    newsroom_assert_keys(room, live_key(room, &blog), NULL);
    struct live_posts first = read_posts(
        room, &blog, (struct live_query){.which = LIVE_BEFORE, .limit = 2});
    assert_true(first.more);
    struct live_posts second = read_posts(
        room, &blog,
        (struct live_query){.which = LIVE_BEFORE, .cursor = first.next});
    assert_string_equal(texts(room, &second), "one");
    assert_false(second.more);
    struct live_posts from =
        read_posts(room, &blog,
                   (struct live_query){.which = LIVE_FROM,
                                       .cursor = {NOON + 3 * MINUTE, three}});
    assert_string_equal(texts(room, &from), "three|two|one");
}

static void test_a_post_may_not_lie_ahead_or_say_nothing(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    DEFER(edit_end) struct edit edit = begin(room);
    struct live_post_input input = input_of(room, &blog, "Rain");
    input.time_us = edit.time_us + MINUTE;
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_INVALID);
    assert_string_equal(room->fault.field, "time");
    input = input_of(room, &blog, " ");
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_INVALID);
    input.document = NULL;
    input.body = STR("{\"type\":\"doc\",\"content\":[{\"type\":\"script\"}]}");
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_INVALID);
    assert_string_equal(newest(room, &blog), "");
}

static void test_who_has_read_up_to_a_number_is_told_the_rest(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    struct id one = post(room, &blog, "one");
    int64_t seen = load(room, &blog).seq;
    struct id two = post(room, &blog, "two");
    change_text(room, &one, "one more");
    struct live_posts posts = read_posts(
        room, &blog, (struct live_query){.which = LIVE_SINCE, .since = seen});
    assert_string_equal(texts(room, &posts), "two|one more");
    assert_true(posts.posts[0].first_seq > seen);
    assert_true(posts.posts[1].first_seq <= seen);
    assert_true(posts.posts[1].edited_us > 0);
    seen = load(room, &blog).seq;
    remove_post(room, &two);
    posts = read_posts(room, &blog,
                       (struct live_query){.which = LIVE_SINCE, .since = seen});
    assert_string_equal(texts(room, &posts), "-");
    assert_string_equal(
        arena_c_string(&room->arena, posts.posts[0].removed_reason),
        "It was not so.");
    assert_string_equal(newest(room, &blog), "-|one more");
}

static void test_saving_the_same_again_changes_nothing(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room), id = post(room, &blog, "Rain");
    change_text(room, &id, "Rain");
    newsroom_assert_keys(room, NULL);
    struct live_post_input input = input_of(room, &blog, "Hail");
    input.id = id;
    input.base_revision = 2;
    DEFER(edit_end) struct edit edit = begin(room);
    assert_int_equal(live_post_save(&edit, &input, NULL), ERR_CONFLICT);
}

static void test_one_post_is_pinned_at_most(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    struct id one = post(room, &blog, "one"), two = post(room, &blog, "two");
    pin(room, &one, true);
    int64_t seen = load(room, &blog).seq;
    pin(room, &two, true);
    struct live_query query = {.which = LIVE_PINNED};
    struct live_posts posts = read_posts(room, &blog, query);
    assert_string_equal(texts(room, &posts), "two");
    query = (struct live_query){.which = LIVE_SINCE, .since = seen};
    assert_int_equal(read_posts(room, &blog, query).count, 2);
    pin(room, &two, false);
    query = (struct live_query){.which = LIVE_PINNED};
    assert_int_equal(read_posts(room, &blog, query).count, 0);
}

static void test_key_events_are_listed_until_they_are_removed(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    struct id id = post(room, &blog, "one");
    post(room, &blog, "two");
    {
        DEFER(edit_end) struct edit edit = begin(room);
        assert_ok(room, live_post_key(&edit, &id, true));
        newsroom_commit(room, &edit);
    }
    struct live_query query = {.which = LIVE_KEYS};
    struct live_posts posts = read_posts(room, &blog, query);
    assert_string_equal(texts(room, &posts), "one");
    remove_post(room, &id);
    assert_int_equal(read_posts(room, &blog, query).count, 0);
    DEFER(edit_end) struct edit edit = begin(room);
    assert_int_equal(live_post_key(&edit, &id, true), ERR_CONFLICT);
}

static void test_posts_of_what_readers_do_not_see_touch_no_page(void **state)
{
    struct newsroom *room = *state;
    struct id blog = newsroom_article(room, "Draft", 0);
    start(room, &blog);
    post(room, &blog, "Rain");
    newsroom_assert_keys(room, newsroom_key(room, "draft:%s", blog.text), NULL);
    publish(room, &blog);
    assert_true(badge(room, &blog));
}

/* ---- Search ----------------------------------------------------------------
 */

static void finds(struct newsroom *room, const char *text, size_t expected)
{
    struct search_query query = {.language = STR("en"),
                                 .text = str_from_c(text)};
    struct search_result result;
    int64_t left = 0;
    assert_ok(room,
              search_index_pending(room->content, 10, &left, &room->fault));
    assert_int_equal(search_run(room->db, &query, &room->arena, &result),
                     ERR_OK);
    assert_int_equal(result.count, expected);
    if (expected)
        assert_true(result.hits[0].snippet.count > 1);
}

static void test_posts_are_found_as_they_are_now(void **state)
{
    struct newsroom *room = *state;
    struct id blog = make_blog(room);
    struct id id = post(room, &blog, "A willow fell on the bandstand.");
    finds(room, "willow", 1);
    change_text(room, &id, "A poplar fell on the bandstand.");
    finds(room, "willow", 0);
    finds(room, "poplar", 1);
    struct id other = post(room, &blog, "The ferry sails again.");
    remove_post(room, &id);
    finds(room, "poplar", 0);
    finds(room, "ferry", 1);
    publish(room, &blog);
    finds(room, "ferry", 1);
    remove_post(room, &other);
    finds(room, "ferry", 0);
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, article_withdraw(&edit, &blog, STR("Wrong."), STR(""), 0));
    newsroom_commit(room, &edit);
    finds(room, "storm", 0);
}

/* ---- Media -----------------------------------------------------------------
 */

static bool is_public(struct newsroom *room, const struct id *id)
{
    struct medium medium;
    assert_ok(room, media_load(room->db, id, &room->arena, &medium));
    return blob_is_public(content_blobs(room->content), &medium.original.blob);
}

static struct id add_picture(struct newsroom *room, const char *text)
{
    DEFER(edit_end) struct edit edit = begin(room);
    struct id id = newsroom_picture(room, &edit, text);
    newsroom_commit(room, &edit);
    return id;
}

static struct id post_picture(struct newsroom *room, const struct id *blog,
                              const struct id *picture)
{
    struct live_post_input input = {
        .article = *blog,
        .headline = STR("Seen from the tower"),
        .body = str_from_c(newsroom_key(
            room,
            "{\"type\":\"doc\",\"content\":[{\"type\":\"image\",\"attrs\":"
            "{\"media\":\"%s\",\"alt\":\"River\"}}]}",
            picture->text)),
    };
    return save(room, &input);
}

static void test_pictures_of_posts_are_public_while_a_post_shows_them(
    void **state)
{
    struct newsroom *room = *state;
    struct id picture = add_picture(room, "river");
    struct id blog = newsroom_article(room, "Draft", 0);
    start(room, &blog);
    struct id one = post_picture(room, &blog, &picture);
    assert_false(is_public(room, &picture));
    publish(room, &blog);
    assert_true(is_public(room, &picture));
    struct id two = post_picture(room, &blog, &picture);
    remove_post(room, &one);
    assert_true(is_public(room, &picture));
    struct article article;
    assert_ok(room, article_load(room->db, &blog, &room->arena, &article));
    assert_non_null(article_medium(&article, id_str(&picture)));
    newsroom_hide(room);
    assert_true(is_public(room, &picture)); /* the other one shows it */
    change_text(room, &two, "Without it.");
    assert_true(is_public(room, &picture)); /* it stands on pages */
    newsroom_hide(room);
    assert_false(is_public(room, &picture));
    struct id other = add_picture(room, "bridge");
    post_picture(room, &blog, &other);
    assert_true(is_public(room, &other));
    DEFER(edit_end) struct edit edit = begin(room);
    assert_ok(room, article_withdraw(&edit, &blog, STR("Wrong."), STR(""), 0));
    newsroom_commit(room, &edit);
    newsroom_hide(room);
    assert_false(is_public(room, &other));
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_word_live_stands_in_lists_from_start_to_end),
        TEST(test_an_article_is_no_live_blog_before_it_starts),
        TEST(test_a_blog_that_ended_takes_no_posts_but_corrections),
        TEST(test_posts_stand_newest_first_and_go_on_by_cursor),
        TEST(test_a_post_may_not_lie_ahead_or_say_nothing),
        TEST(test_who_has_read_up_to_a_number_is_told_the_rest),
        TEST(test_saving_the_same_again_changes_nothing),
        TEST(test_one_post_is_pinned_at_most),
        TEST(test_key_events_are_listed_until_they_are_removed),
        TEST(test_posts_of_what_readers_do_not_see_touch_no_page),
        TEST(test_posts_are_found_as_they_are_now),
        TEST(test_pictures_of_posts_are_public_while_a_post_shows_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
