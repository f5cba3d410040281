// SPDX-License-Identifier: Apache-2.0
/* Channels, their keys and their programmes. */
#include "newsroom.h"

#include <stdio.h>

#include "base/time.h"
#include "content/channel.h"
#include "content/content_check.h"
#include "content/programme.h"

#define MINUTE_US (60 * TIME_US_PER_SECOND)

static struct channel make_channel(struct newsroom *room, const char *name)
{
    DEFER(edit_end) struct edit edit = {0};
    struct channel channel = {.name = str_from_c(name),
                              .title = STR("First Channel"),
                              .dvr_seconds = CHANNEL_DVR_SECONDS,
                              .ladder = CHANNEL_LADDER_ALL};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_add(&edit, &channel));
    newsroom_commit(room, &edit);
    return channel;
}

static enum err add(struct newsroom *room, int64_t from_min, int64_t to_min,
                    bool replace, struct id *ret_id)
{
    DEFER(edit_end) struct edit edit = {0};
    struct programme programme = {.start_us = from_min * MINUTE_US,
                                  .end_us = to_min * MINUTE_US,
                                  .title = STR("News")};
    newsroom_begin(room, &edit);
    enum err err = programme_add(&edit, STR("news"), &programme, replace);
    newsroom_commit(room, &edit);
    if (!err && ret_id)
        *ret_id = programme.id;
    return err;
}

static void test_a_channel_has_one_name_and_pages_hear_of_it(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news"), loaded;
    newsroom_assert_keys(room, "channels", "channel:news", NULL);
    assert_ok(room, channel_load(room->db, STR("news"), &room->arena, &loaded));
    assert_true(str_eq(id_str(&loaded.id), id_str(&channel.id)));
    assert_int_equal(loaded.air_us, 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_int_equal(channel_add(&edit, &channel), ERR_EXISTS);
    channel.name = STR("Not Good");
    assert_int_equal(channel_add(&edit, &channel), ERR_INVALID);
    channel.name = STR("other");
    channel.dvr_seconds = 1;
    assert_int_equal(channel_add(&edit, &channel), ERR_INVALID);
    channel.dvr_seconds = 3600;
    channel.ladder = 0;
    assert_int_equal(channel_add(&edit, &channel), ERR_INVALID);
    assert_int_equal(channel_remove(&edit, STR("other")), ERR_NOT_FOUND);
}

static void test_captions_have_the_languages_that_somebody_said(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news"), loaded;
    struct fault fault = {0};
    assert_int_equal(channel_captions_parse(STR(" CC1 = en, cc3=fr-CA"),
                                            channel.captions, &fault),
                     ERR_OK);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_change(&edit, &channel));
    newsroom_commit(room, &edit);
    assert_ok(room, channel_load(room->db, STR("news"), &room->arena, &loaded));
    assert_true(str_eq(loaded.captions[0], STR("en")));
    assert_int_equal(loaded.captions[1].len, 0);
    assert_true(str_eq(loaded.captions[2], STR("fr-CA")));
    assert_true(str_eq(channel_captions_text(loaded.captions, &room->arena),
                       STR("cc1=en,cc3=fr-CA")));
    assert_int_equal(channel_captions_parse(STR(""), loaded.captions, &fault),
                     ERR_OK);
    assert_int_equal(loaded.captions[0].len, 0);
}

static void test_languages_of_captions_that_are_wrong_change_nothing(
    void **state)
{
    static const struct {
        const char *text, *cause;
    } wrong[] = {
        {"en", "'en' is no channel of captions"},
        {"cc5=en", "name some of cc1 to cc4, as in cc1=en,cc3=fr"},
        {"cc0=en", "name some of cc1"},
        {"cc1", "'cc1' is no channel of captions with its language"},
        {"cc1=", "'cc1=' is no channel"},
        {"cc1=en,", "'' is no channel"},
        {"cc1=en,CC1=fr", "cc1 is named twice"},
        {"cc2=klingonish", "'cc2=klingonish' names no language; use its BCP 47 "
                           "code, such as cc2=en"},
        {"cc1=\"en\"", "names no language"},
        {"cc1=e n", "names no language"},
        {"cc1=en\ncc2=fr", "names no language"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str languages[CHANNEL_CAPTIONS] = {STR_INIT("ka")};
        struct fault fault = {0};
        assert_int_equal(channel_captions_parse(str_from_c(wrong[i].text),
                                                languages, &fault),
                         ERR_INVALID);
        if (!strstr(fault_text(&fault), wrong[i].cause))
            fail_msg("%s: %s", wrong[i].text, fault_text(&fault));
        assert_true(str_eq(languages[0], STR("ka")));
    }
    char text[CHANNEL_CAPTIONS_BYTES_MAX + 2];
    memset(text, 'x', sizeof text);
    struct str languages[CHANNEL_CAPTIONS];
    struct fault fault = {0};
    assert_int_equal(
        channel_captions_parse(str_of(text, sizeof text), languages, &fault),
        ERR_TOO_LONG);
}

static void test_going_on_the_air_is_noted_once(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news"), loaded;
    const int64_t times[] = {7, 9, 0, 0};
    const char *const keys[] = {"channel:news", NULL, "channel:news", NULL};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room,
                  channel_set_air(&edit, &channel.id, times[i], times[i] / 2));
        newsroom_commit(room, &edit);
        newsroom_assert_keys(room, keys[i], NULL);
    }
    assert_ok(room, channel_load(room->db, STR("news"), &room->arena, &loaded));
    assert_int_equal(loaded.air_us, 0);
}

static void test_a_key_of_a_captioner_is_known_as_one(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news");
    struct stream_key key = {.role = STREAM_KEY_CAPTIONS};
    struct stream_key_list list;
    struct fault fault = {0};
    char text[STREAM_KEY_BYTES];
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, stream_key_add(&edit, STR("news"), &key, text));
    newsroom_commit(room, &edit);
    assert_ok(room, stream_key_all(room->db, &channel.id, &room->arena, &list));
    assert_int_equal(list.count, 1);
    assert_int_equal(list.keys[0].role, STREAM_KEY_CAPTIONS);
    assert_int_equal(stream_key_role_parse(STR("feed"), &key.role, &fault),
                     ERR_OK);
    assert_int_equal(key.role, STREAM_KEY_FEED);
    assert_int_equal(stream_key_role_parse(STR("Feed"), &key.role, &fault),
                     ERR_INVALID);
}

static void test_a_key_is_stored_as_its_digest_and_revoked_once(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news");
    struct stream_key key = {.label = STR("Studio"), .priority = 5};
    struct stream_key_list list;
    char text[STREAM_KEY_BYTES], digest[DIGEST_HEX_BYTES];
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, stream_key_add(&edit, STR("news"), &key, text));
    assert_int_equal(strlen(text), STREAM_KEY_LEN);
    assert_int_equal(strspn(text, "abcdefghijklmnopqrstuvwxyz234567"),
                     STREAM_KEY_LEN);
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "channel-keys:news", NULL);
    digest_hex(str_from_c(text), digest);
    assert_ok(room, stream_key_all(room->db, &channel.id, &room->arena, &list));
    assert_int_equal(list.count, 1);
    assert_true(str_eq(list.keys[0].sha256, str_from_c(digest)));
    assert_int_equal(list.keys[0].priority, 5);
    edit_end(&edit);
    edit = (struct edit){0};
    newsroom_begin(room, &edit);
    assert_ok(room, stream_key_revoke(&edit, &key.id));
    assert_int_equal(stream_key_revoke(&edit, &key.id), ERR_GONE);
    key.until_us = 1;
    assert_int_equal(stream_key_add(&edit, STR("news"), &key, text),
                     ERR_INVALID);
    key.until_us = 0;
    key.priority = STREAM_KEY_PRIORITY_MAX + 1;
    assert_int_equal(stream_key_add(&edit, STR("news"), &key, text),
                     ERR_INVALID);
    key.priority = 1;
    key.role = STREAM_KEY_CAPTIONS;
    assert_int_equal(stream_key_add(&edit, STR("news"), &key, text),
                     ERR_INVALID);
    key.priority = 0;
    assert_int_equal(stream_key_add(&edit, STR("none"), &key, text),
                     ERR_NOT_FOUND);
}

static void test_one_programme_is_on_at_a_time(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news");
    struct programme_list list;
    assert_ok(room, add(room, 10, 20, false, NULL));
    newsroom_assert_keys(room, "channel:news", NULL);
    assert_ok(room, add(room, 20, 30, false, NULL));
    assert_int_equal(add(room, 19, 21, false, NULL), ERR_CONFLICT);
    assert_int_equal(add(room, 5, 50, false, NULL), ERR_CONFLICT);
    assert_int_equal(add(room, 12, 13, false, NULL), ERR_CONFLICT);
    assert_int_equal(add(room, 30, 30, false, NULL), ERR_INVALID);
    assert_int_equal(add(room, 30, 30 + 1441, false, NULL), ERR_INVALID);
    assert_ok(room, programme_during(room->db, &channel.id, 19 * MINUTE_US,
                                     20 * MINUTE_US, 9, &room->arena, &list));
    assert_int_equal(list.count, 1);
    assert_ok(room, add(room, 15, 25, true, NULL));
    assert_ok(room, programme_during(room->db, &channel.id, 0, INT64_MAX, 9,
                                     &room->arena, &list));
    assert_int_equal(list.count, 1);
}

static void test_a_beginning_and_an_end_are_changes(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, "news");
    int64_t next_us, turned_us;
    assert_ok(room, add(room, 10, 20, false, NULL));
    assert_ok(room, programme_next_turn(room->db, 0, &next_us));
    assert_int_equal(next_us, 10 * MINUTE_US);
    const struct {
        int64_t minute;
        const char *key;
    } steps[] = {{9, NULL},  {10, "channel:news"}, {11, NULL}, {10, NULL},
                 {19, NULL}, {25, "channel:news"}, {30, NULL}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int64_t before;
        struct change_list list;
        assert_ok(room, change_last_seq(room->db, &before));
        assert_ok(room,
                  programme_turn(room->content, steps[i].minute * MINUTE_US,
                                 &room->fault));
        assert_ok(room, change_read(room->db, before, 9, &room->arena, &list));
        assert_int_equal(list.count, steps[i].key ? 1 : 0);
        if (list.count)
            assert_true(str_eq(list.changes[0].key, str_from_c(steps[i].key)));
    }
    assert_ok(room, programme_turned_at(room->db, &turned_us));
    assert_int_equal(turned_us, 30 * MINUTE_US);
    assert_ok(room, programme_next_turn(room->db, turned_us, &next_us));
    assert_true(next_us == INT64_MAX);
}

static void on_found(void *context, const struct finding *finding)
{
    int *found = context;
    *found += str_eq(str_from_c(finding->area), STR("television"));
}

static void test_a_check_finds_programmes_that_clash(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, "news");
    struct id id;
    int found = 0;
    int64_t findings;
    const struct content_check_options options = {.found = on_found,
                                                  .context = &found};
    assert_ok(room, add(room, 10, 20, false, NULL));
    assert_ok(room, add(room, 20, 30, false, &id));
    assert_ok(room,
              content_check(room->content, &options, &findings, &room->fault));
    assert_int_equal(found, 0);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, db_run(edit.db,
                           "UPDATE programme SET start_us = $1 WHERE id = $2",
                           DB_I64(15 * MINUTE_US), DB_STR(id_str(&id))));
    newsroom_commit(room, &edit);
    assert_ok(room,
              content_check(room->content, &options, &findings, &room->fault));
    assert_int_equal(found, 1);
}

static void test_all_of_a_channel_goes_with_it(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, "news");
    struct programme_list list;
    assert_ok(room, add(room, 10, 20, false, NULL));
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_remove(&edit, STR("news")));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, "channels", "channel:news", NULL);
    assert_ok(room, programme_during(room->db, &channel.id, 0, INT64_MAX, 9,
                                     &room->arena, &list));
    assert_int_equal(list.count, 0);
}

/* Its body shows the channel. */
static enum err save(struct newsroom *room, const char *name)
{
    DEFER(edit_end) struct edit edit = {0};
    char body[256];
    struct id id;
    snprintf(body, sizeof body,
             "{\"type\":\"doc\",\"content\":[{\"type\":\"rule\"},{\"type\":"
             "\"channel\",\"attrs\":{\"name\":\"%s\"}}]}",
             name);
    struct article_content content = newsroom_content(room, "Live");
    content.body = str_from_c(body);
    struct article_input input = {.content = content};
    newsroom_begin(room, &edit);
    enum err err = article_save(&edit, &input, &id, NULL);
    newsroom_commit(room, &edit);
    return err;
}

static void test_an_article_shows_a_channel_that_there_is(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, "news");
    assert_ok(room, save(room, "news"));
    assert_int_equal(save(room, "sport"), ERR_INVALID);
    assert_string_equal(
        fault_text(&room->fault),
        "body: content[1] shows the channel 'sport', which there is not; take "
        "it out, name one that 'broadsheet channel list' names, or make it "
        "with 'broadsheet channel add sport'");
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_channel_has_one_name_and_pages_hear_of_it),
        TEST(test_captions_have_the_languages_that_somebody_said),
        TEST(test_languages_of_captions_that_are_wrong_change_nothing),
        TEST(test_going_on_the_air_is_noted_once),
        TEST(test_a_key_is_stored_as_its_digest_and_revoked_once),
        TEST(test_a_key_of_a_captioner_is_known_as_one),
        TEST(test_one_programme_is_on_at_a_time),
        TEST(test_a_beginning_and_an_end_are_changes),
        TEST(test_a_check_finds_programmes_that_clash),
        TEST(test_all_of_a_channel_goes_with_it),
        TEST(test_an_article_shows_a_channel_that_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
