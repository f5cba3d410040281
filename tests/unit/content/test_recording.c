// SPDX-License-Identifier: Apache-2.0
/* Which programmes are recorded, and how long. */
#include "newsroom.h"

#include "base/time.h"
#include "content/channel.h"
#include "content/recording.h"

#define MINUTE_US (60 * TIME_US_PER_SECOND)
#define DAY_US (24 * 60 * MINUTE_US)
#define NOW_US (INT64_C(20000) * DAY_US)

static struct channel make_channel(struct newsroom *room, int64_t keep_days)
{
    DEFER(edit_end) struct edit edit = {0};
    struct channel channel = {.name = STR("news"),
                              .title = STR("First Channel"),
                              .dvr_seconds = CHANNEL_DVR_SECONDS,
                              .ladder = CHANNEL_LADDER_ALL,
                              .keep_days = keep_days,
                              .keep_bytes = 1000};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_add(&edit, &channel));
    newsroom_commit(room, &edit);
    return channel;
}

/* From so many minutes before NOW_US to others. */
static struct id add(struct newsroom *room, int64_t from_min, int64_t to_min,
                     int64_t keep_days)
{
    DEFER(edit_end) struct edit edit = {0};
    struct programme programme = {.start_us = NOW_US + from_min * MINUTE_US,
                                  .end_us = NOW_US + to_min * MINUTE_US,
                                  .title = STR("News"),
                                  .keep_days = keep_days};
    newsroom_begin(room, &edit);
    assert_ok(room, programme_add(&edit, STR("news"), &programme, true));
    newsroom_commit(room, &edit);
    return programme.id;
}

static bool plan(struct newsroom *room, int64_t now_us)
{
    DEFER(edit_end) struct edit edit = {0};
    bool changed, due;
    assert_ok(room, recording_is_due(room->db, now_us, &due));
    newsroom_begin(room, &edit);
    assert_ok(room, recording_plan(&edit, now_us, &changed));
    newsroom_commit(room, &edit);
    assert_int_equal(due, changed);
    return changed;
}

static void set_made(struct newsroom *room, const struct id *id, int64_t bytes)
{
    DEFER(edit_end) struct edit edit = {0};
    struct recording made = {.of = {.id = *id}, .bytes = bytes, .width = 320};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_made(&edit, &made));
    newsroom_commit(room, &edit);
}

static bool expire(struct newsroom *room, int64_t now_us)
{
    DEFER(edit_end) struct edit edit = {0};
    bool changed;
    newsroom_begin(room, &edit);
    assert_ok(room, recording_expire(&edit, now_us, &changed));
    newsroom_commit(room, &edit);
    return changed;
}

static size_t count(struct newsroom *room, enum recording_state state)
{
    struct recording_list list;
    assert_ok(room, recording_list_state(room->db, state, NULL, 99,
                                         &room->arena, &list));
    return list.count;
}

static void test_a_programme_that_is_over_is_recorded_once(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    add(room, -10, 10, PROGRAMME_KEEP_AS_CHANNEL); /* is on */
    assert_true(plan(room, NOW_US));
    newsroom_assert_keys(room, newsroom_key(room, "recording:%s", id.text),
                         "recordings:news", "channel:news", NULL);
    assert_false(plan(room, NOW_US));
    assert_int_equal(count(room, RECORDING_WANTED), 1);
    set_made(room, &id, 10);
    assert_false(plan(room, NOW_US));
    struct recording found;
    assert_ok(room, recording_load(room->db, &id, &room->arena, &found));
    assert_int_equal(found.state, RECORDING_READY);
    assert_int_equal(found.until_us, NOW_US - 10 * MINUTE_US + 7 * DAY_US);
    assert_true(str_eq(found.of.title, STR("News")));
}

static void test_who_is_recorded_the_programme_says_before_its_channel(
    void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 0);
    add(room, -50, -40, PROGRAMME_KEEP_AS_CHANNEL);
    add(room, -40, -30, PROGRAMME_KEEP_NOT);
    assert_false(plan(room, NOW_US));
    struct id id = add(room, -30, -20, 3);
    assert_true(plan(room, NOW_US));
    struct recording found;
    assert_ok(room, recording_load(room->db, &id, &room->arena, &found));
    assert_int_equal(found.until_us, NOW_US - 20 * MINUTE_US + 3 * DAY_US);
    add(room, -26 * 60, -25 * 60 - 30, 3); /* nobody has that any more */
    assert_false(plan(room, NOW_US));
}

static void test_the_dvr_is_held_until_all_is_recorded(void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, 7);
    int64_t from_us;
    assert_ok(room, recording_hold(room->db, &channel.id, NOW_US, &from_us));
    assert_true(from_us == INT64_MAX);
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    add(room, 20, 30, PROGRAMME_KEEP_AS_CHANNEL);
    for (int i = 0; i < 2; i++) { /* before it is wanted, and when it is */
        assert_ok(room,
                  recording_hold(room->db, &channel.id, NOW_US, &from_us));
        assert_int_equal(from_us, NOW_US - 30 * MINUTE_US);
        plan(room, NOW_US);
    }
    set_made(room, &id, 10);
    assert_ok(room, recording_hold(room->db, &channel.id, NOW_US, &from_us));
    assert_int_equal(from_us, NOW_US + 20 * MINUTE_US);
}

static void test_an_import_of_the_same_programme_has_its_recording(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    plan(room, NOW_US);
    set_made(room, &id, 10);
    struct id other = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    assert_false(plan(room, NOW_US));
    struct programme programme;
    struct recording found;
    assert_ok(room, programme_load(room->db, &other, &room->arena, &programme));
    assert_ok(room, recording_of(room->db, &programme, &room->arena, &found));
    assert_true(str_eq(id_str(&found.of.id), id_str(&id)));
}

static size_t count_short(struct newsroom *room, int64_t now_us,
                          struct recording *ret_first)
{
    struct recording_list list;
    assert_ok(room,
              recording_list_short(room->db, now_us, 9, &room->arena, &list));
    if (list.count)
        *ret_first = list.recordings[0];
    return list.count;
}

static void test_a_programme_that_became_longer_is_recorded_to_its_end(
    void **state)
{
    struct newsroom *room = *state;
    struct channel channel = make_channel(room, 7);
    struct recording found;
    int64_t from_us;
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    assert_true(plan(room, NOW_US));
    set_made(room, &id, 10);
    assert_int_equal(count_short(room, NOW_US, &found), 0);
    struct id longer = add(room, -30, 5, PROGRAMME_KEEP_AS_CHANNEL);
    assert_string_not_equal(longer.text, id.text);
    assert_false(plan(room, NOW_US));
    assert_int_equal(count_short(room, NOW_US, &found), 0); /* it is still on */
    assert_ok(room, recording_hold(room->db, &channel.id, NOW_US, &from_us));
    assert_int_equal(from_us, NOW_US - 30 * MINUTE_US);
    assert_int_equal(count_short(room, NOW_US + 6 * MINUTE_US, &found), 1);
    assert_string_equal(found.of.id.text, id.text);
    assert_int_equal(found.of.end_us, NOW_US + 5 * MINUTE_US);
    assert_int_equal(found.state, RECORDING_READY);
    found.bytes = 20;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_lengthened(&edit, &found, true));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, newsroom_key(room, "recording:%s", id.text),
                         "recordings:news", "channel:news", NULL);
    assert_int_equal(count_short(room, NOW_US + 6 * MINUTE_US, &found), 0);
    assert_ok(room, recording_hold(room->db, &channel.id, NOW_US, &from_us));
    assert_true(from_us == INT64_MAX);
    assert_ok(room, recording_load(room->db, &id, &room->arena, &found));
    assert_int_equal(found.bytes, 20);
    assert_int_equal(found.until_us, NOW_US + 5 * MINUTE_US + 7 * DAY_US);
}

static void test_what_was_removed_is_not_recorded_again(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct recording found;
    struct id id = add(room, -30, -20, PROGRAMME_KEEP_AS_CHANNEL);
    assert_true(plan(room, NOW_US));
    set_made(room, &id, 10);
    add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    assert_int_equal(count_short(room, NOW_US, &found), 1);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_lengthened(&edit, &found, false));
    newsroom_commit(room, &edit);
    edit_end(&edit);
    assert_int_equal(count_short(room, NOW_US, &found), 0); /* once */
    add(room, -30, -5, PROGRAMME_KEEP_AS_CHANNEL);
    assert_int_equal(count_short(room, NOW_US, &found), 1);
    edit = (struct edit){0};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_remove(&edit, &id));
    newsroom_commit(room, &edit);
    assert_int_equal(count_short(room, NOW_US, &found), 0);
}

static size_t count_long(struct newsroom *room, struct recording *ret_first)
{
    struct recording_list list;
    assert_ok(room,
              recording_list_long(room->db, NOW_US, 9, &room->arena, &list));
    if (list.count)
        *ret_first = list.recordings[0];
    return list.count;
}

static void test_a_programme_that_became_shorter_is_told_with_its_end(
    void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct recording found;
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    assert_true(plan(room, NOW_US));
    add(room, -30, -20, PROGRAMME_KEEP_AS_CHANNEL);
    assert_int_equal(count_long(room, &found), 0); /* it is not made yet */
    set_made(room, &id, 10);
    assert_int_equal(count_long(room, &found), 1);
    assert_string_equal(found.of.id.text, id.text);
    assert_int_equal(found.of.end_us, NOW_US - 20 * MINUTE_US);
    found.bytes = 5;
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_shortened(&edit, &found));
    newsroom_commit(room, &edit);
    newsroom_assert_keys(room, newsroom_key(room, "recording:%s", id.text),
                         "recordings:news", "channel:news", NULL);
    assert_int_equal(count_long(room, &found), 0);
    assert_int_equal(count_short(room, NOW_US, &found), 0);
    assert_ok(room, recording_load(room->db, &id, &room->arena, &found));
    assert_int_equal(found.state, RECORDING_READY);
    assert_int_equal(found.bytes, 5);
    assert_int_equal(found.until_us, NOW_US - 20 * MINUTE_US + 7 * DAY_US);
    add(room, -30, -12, PROGRAMME_KEEP_AS_CHANNEL); /* that was a mistake */
    assert_int_equal(count_short(room, NOW_US, &found), 1);
}

static void test_another_programme_in_its_place_makes_none_shorter(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct recording found;
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    assert_true(plan(room, NOW_US));
    set_made(room, &id, 10);
    DEFER(edit_end) struct edit edit = {0};
    struct programme other = {.start_us = NOW_US - 30 * MINUTE_US,
                              .end_us = NOW_US - 25 * MINUTE_US,
                              .title = STR("Flash")};
    newsroom_begin(room, &edit);
    assert_ok(room, programme_add(&edit, STR("news"), &other, true));
    newsroom_commit(room, &edit);
    assert_int_equal(count_long(room, &found), 0);
}

static void test_the_oldest_go_when_there_are_too_many_bytes(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct id ids[3];
    for (int i = 0; i < 3; i++)
        ids[i] = add(room, 10 * i - 60, 10 * i - 50, PROGRAMME_KEEP_AS_CHANNEL);
    plan(room, NOW_US);
    for (int i = 0; i < 3; i++)
        set_made(room, &ids[i], 400);
    assert_true(expire(room, NOW_US));
    newsroom_assert_keys(room, newsroom_key(room, "recording:%s", ids[0].text),
                         "recordings:news", "channel:news", NULL);
    assert_false(expire(room, NOW_US));
    assert_int_equal(count(room, RECORDING_READY), 2);
    assert_true(expire(room, NOW_US + 8 * DAY_US));
    assert_int_equal(count(room, RECORDING_READY), 0);
    assert_int_equal(count(room, RECORDING_REMOVED), 3);
}

static void test_a_recording_outlives_its_channel_until_it_is_removed(
    void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    struct recording found;
    plan(room, NOW_US);
    set_made(room, &id, 10);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_remove(&edit, STR("news")));
    newsroom_commit(room, &edit);
    assert_ok(room, recording_load(room->db, &id, &room->arena, &found));
    assert_true(str_eq(found.channel_name, STR("news")));
    DEFER(edit_end) struct edit second = {0};
    newsroom_begin(room, &second);
    assert_int_equal(recording_keep(&second, &id, 0), ERR_INVALID);
    assert_ok(room, recording_keep(&second, &id, 30));
    assert_ok(room, recording_remove(&second, &id));
    assert_int_equal(recording_remove(&second, &id), ERR_NOT_FOUND);
    assert_int_equal(recording_keep(&second, &id, 30), ERR_NOT_FOUND);
    assert_ok(room, recording_erased(&second, &id));
    newsroom_commit(room, &second);
    assert_int_equal(recording_load(room->db, &id, &room->arena, &found),
                     ERR_NOT_FOUND);
    assert_int_equal(count(room, RECORDING_ERASED), 1);
}

static void test_files_that_are_gone_and_come_back(void **state)
{
    struct newsroom *room = *state;
    make_channel(room, 7);
    struct id id = add(room, -30, -10, PROGRAMME_KEEP_AS_CHANNEL);
    plan(room, NOW_US);
    set_made(room, &id, 10);
    DEFER(edit_end) struct edit edit = {0};
    newsroom_begin(room, &edit);
    assert_ok(room, recording_set_nothing(&edit, &id));
    newsroom_commit(room, &edit);
    assert_int_equal(count(room, RECORDING_NOTHING), 1);
    assert_false(plan(room, NOW_US));
    DEFER(edit_end) struct edit second = {0};
    newsroom_begin(room, &second);
    assert_ok(room, recording_set_wanted(&second, &id));
    newsroom_commit(room, &second);
    assert_int_equal(count(room, RECORDING_WANTED), 1);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_programme_that_is_over_is_recorded_once),
        TEST(test_who_is_recorded_the_programme_says_before_its_channel),
        TEST(test_the_dvr_is_held_until_all_is_recorded),
        TEST(test_an_import_of_the_same_programme_has_its_recording),
        TEST(test_a_programme_that_became_longer_is_recorded_to_its_end),
        TEST(test_what_was_removed_is_not_recorded_again),
        TEST(test_a_programme_that_became_shorter_is_told_with_its_end),
        TEST(test_another_programme_in_its_place_makes_none_shorter),
        TEST(test_the_oldest_go_when_there_are_too_many_bytes),
        TEST(test_a_recording_outlives_its_channel_until_it_is_removed),
        TEST(test_files_that_are_gone_and_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
