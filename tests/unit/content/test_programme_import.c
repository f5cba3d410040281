// SPDX-License-Identifier: Apache-2.0
/* A schedule that comes anew: which programmes are the same, and what is kept
 * of them. */
#include "newsroom.h"

#include "base/time.h"
#include "content/channel.h"
#include "content/programme_import.h"
#include "content/recording.h"

#define MINUTE_US (60 * TIME_US_PER_SECOND)
#define HOUR 60

enum { ALL = 9 };

/* In minutes from an hour that is near: the rules ask what is over. */
struct slot {
    int from, to;
    const char *title;
};

static int64_t near_us(int minute)
{
    static int64_t began_us; /* one for all, also when an hour is over */
    int64_t hour_us = HOUR * MINUTE_US;
    if (!began_us)
        began_us = time_now_us() / hour_us * hour_us;
    return began_us + minute * MINUTE_US;
}

static struct channel make_channel(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    struct channel channel = {.name = STR("news"),
                              .title = STR("First Channel"),
                              .dvr_seconds = CHANNEL_DVR_SECONDS,
                              .ladder = CHANNEL_LADDER_ALL,
                              .keep_days = 7,
                              .keep_bytes = 1000};
    newsroom_begin(room, &edit);
    assert_ok(room, channel_add(&edit, &channel));
    newsroom_commit(room, &edit);
    return channel;
}

/* The slots end with one that has no title. */
static enum err take(struct newsroom *room, const struct slot *slots,
                     struct programme_import *ret_done, size_t *ret_wrong)
{
    DEFER(edit_end) struct edit edit = {0};
    struct programme programmes[ALL] = {0};
    size_t count = 0, wrong = 0;
    for (; slots[count].title; count++)
        programmes[count] =
            (struct programme){.start_us = near_us(slots[count].from),
                               .end_us = near_us(slots[count].to),
                               .title = str_from_c(slots[count].title)};
    newsroom_begin(room, &edit);
    enum err err = programme_import(&edit, STR("news"), programmes, count,
                                    ret_done, ret_wrong ? ret_wrong : &wrong);
    newsroom_commit(room, &edit);
    return err;
}

static struct programme_list load(struct newsroom *room)
{
    struct channel channel;
    struct programme_list list;
    assert_ok(room,
              channel_load(room->db, STR("news"), &room->arena, &channel));
    assert_ok(room, programme_during(room->db, &channel.id, 0, INT64_MAX, ALL,
                                     &room->arena, &list));
    return list;
}

/* Takes one schedule, then another, and says of each programme that there is
 * then which of the first it was: "0-2" is the first, a new one, the third. */
static const char *ids_over(struct newsroom *room, const struct slot *first,
                            const struct slot *then)
{
    struct programme_import done;
    static char said[ALL + 1];
    make_channel(room);
    assert_ok(room, take(room, first, &done, NULL));
    struct programme_list before = load(room);
    assert_ok(room, take(room, then, &done, NULL));
    struct programme_list after = load(room);
    for (size_t i = 0; i < after.count; i++) {
        said[i] = '-';
        for (size_t j = 0; j < before.count; j++)
            if (str_eq(id_str(&after.programmes[i].id),
                       id_str(&before.programmes[j].id)))
                said[i] = (char)('0' + j);
    }
    said[after.count] = '\0';
    return said;
}

static void test_the_same_schedule_changes_nothing(void **state)
{
    struct newsroom *room = *state;
    static const struct slot day[] = {
        {120, 150, "News"}, {150, 240, "Film"}, {240, 270, "News"}, {0}};
    struct programme_import done;
    assert_string_equal(ids_over(room, day, day), "012");
    assert_ok(room, take(room, day, &done, NULL));
    assert_int_equal(done.same, 3);
    assert_int_equal(done.added + done.changed + done.removed, 0);
    newsroom_assert_keys(room, NULL);
}

static void test_what_is_moved_a_little_is_the_same(void **state)
{
    static const struct slot first[] = {
        {120, 150, "News"}, {150, 240, "Film"}, {240, 270, "News"}, {0}};
    static const struct slot then[] = {{120, 150, "Speech"},
                                       {150, 180, "News"},
                                       {180, 270, "Film"},
                                       {270, 300, "News"},
                                       {0}};
    assert_string_equal(ids_over(*state, first, then), "-012");
}

static void test_of_several_with_one_title_the_nearest_is_the_same(void **state)
{
    static const struct slot first[] = {
        {120, 130, "News"}, {180, 190, "News"}, {240, 250, "News"}, {0}};
    static const struct slot then[] = {
        {125, 135, "Weather"}, {170, 180, "News"}, {180, 240, "Match"},
        {240, 250, "News"},    {310, 320, "News"}, {0}};
    assert_string_equal(ids_over(*state, first, then), "0-1-2-");
}

static void test_a_title_far_from_its_time_is_another_programme(void **state)
{
    static const struct slot first[] = {
        {120, 150, "News"}, {600, 660, "Film"}, {0}};
    static const struct slot then[] = {
        {120, 150, "News"}, {300, 360, "Film"}, {600, 660, "Opera"}, {0}};
    /* Another title at the same start is the same, renamed. */
    assert_string_equal(ids_over(*state, first, then), "0-1");
}

static void test_what_is_over_moves_only_where_it_was(void **state)
{
    static const struct slot first[] = {
        {-180, -150, "News"}, {-60, -30, "Talk"}, {0}};
    static const struct slot then[] = {{-170, -140, "News"}, /* corrected */
                                       {90, 120, "Talk"},    /* once more */
                                       {0}};
    assert_string_equal(ids_over(*state, first, then), "0-");
}

static void test_what_was_on_when_it_begins_ends_then(void **state)
{
    struct newsroom *room = *state;
    static const struct slot first[] = {
        {60, 150, "Film"}, {150, 180, "News"}, {240, 300, "Opera"}, {0}};
    static const struct slot then[] = {{120, 200, "Match"}, {0}};
    assert_string_equal(ids_over(room, first, then), "0-2");
    struct programme_list list = load(room);
    assert_int_equal(list.programmes[0].end_us, near_us(120));
    assert_int_equal(list.programmes[2].start_us, near_us(240));
    newsroom_assert_keys(room, "channel:news", NULL);
}

static void test_what_the_newsroom_said_of_it_is_kept(void **state)
{
    struct newsroom *room = *state;
    static const struct slot then[] = {{110, 145, "News"}, {0}};
    make_channel(room);
    struct programme own = {.start_us = near_us(120),
                            .end_us = near_us(150),
                            .title = STR("News"),
                            .keep_days = 365};
    {
        DEFER(edit_end) struct edit edit = {0};
        newsroom_begin(room, &edit);
        assert_ok(room, programme_add(&edit, STR("news"), &own, false));
        newsroom_commit(room, &edit);
    }
    struct programme_import done;
    assert_ok(room, take(room, then, &done, NULL));
    assert_int_equal(done.changed, 1);
    struct programme_list list = load(room);
    assert_true(str_eq(id_str(&list.programmes[0].id), id_str(&own.id)));
    assert_int_equal(list.programmes[0].keep_days, 365);
    assert_int_equal(list.programmes[0].end_us, near_us(145));
}

static void record_all(struct newsroom *room)
{
    DEFER(edit_end) struct edit edit = {0};
    bool changed;
    struct programme_list list = load(room);
    newsroom_begin(room, &edit);
    assert_ok(room, recording_plan(&edit, edit.time_us, &changed));
    for (size_t i = 0; i < list.count; i++) {
        struct recording made = {.of = list.programmes[i], .bytes = 10};
        assert_ok(room, recording_made(&edit, &made));
    }
    newsroom_commit(room, &edit);
}

static void test_what_was_recorded_is_found_and_not_recorded_again(void **state)
{
    struct newsroom *room = *state;
    static const struct slot first[] = {
        {-180, -150, "News"}, {-150, -120, "Talk"}, {0}};
    static const struct slot then[] = {{-175, -145, "News"}, {0}};
    struct programme_import done;
    struct recording found;
    make_channel(room);
    assert_ok(room, take(room, first, &done, NULL));
    struct programme_list before = load(room);
    record_all(room);
    assert_ok(room, take(room, then, &done, NULL));
    assert_int_equal(done.changed, 1);
    assert_int_equal(done.removed, 1);
    struct programme_list after = load(room);
    assert_int_equal(after.count, 1);
    assert_ok(room, recording_of(room->db, &after.programmes[0], &room->arena,
                                 &found));
    assert_true(str_eq(id_str(&found.of.id), id_str(&before.programmes[0].id)));
    assert_int_equal(found.state, RECORDING_READY);
    bool due;
    assert_ok(room, recording_is_due(room->db, time_now_us(), &due));
    assert_false(due);
    /* The other one is off the schedule, and can still be watched. */
    assert_ok(room, recording_load(room->db, &before.programmes[1].id,
                                   &room->arena, &found));
    assert_int_equal(found.state, RECORDING_READY);
}

static void test_what_is_wrong_is_refused_whole(void **state)
{
    struct newsroom *room = *state;
    static const struct slot clash[] = {
        {120, 150, "News"}, {140, 180, "Film"}, {0}};
    static const struct slot late[] = {
        {120, 150, "News"}, {180, 180, "Film"}, {0}};
    struct programme_import done;
    size_t wrong = 0;
    make_channel(room);
    assert_int_equal(take(room, clash, &done, &wrong), ERR_CONFLICT);
    assert_int_equal(wrong, 1);
    wrong = 0;
    assert_int_equal(take(room, late, &done, &wrong), ERR_INVALID);
    assert_int_equal(wrong, 1);
    assert_int_equal(load(room).count, 0);
}

#define TEST(function) \
    cmocka_unit_test_setup_teardown(function, newsroom_open, newsroom_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_same_schedule_changes_nothing),
        TEST(test_what_is_moved_a_little_is_the_same),
        TEST(test_of_several_with_one_title_the_nearest_is_the_same),
        TEST(test_a_title_far_from_its_time_is_another_programme),
        TEST(test_what_is_over_moves_only_where_it_was),
        TEST(test_what_was_on_when_it_begins_ends_then),
        TEST(test_what_the_newsroom_said_of_it_is_kept),
        TEST(test_what_was_recorded_is_found_and_not_recorded_again),
        TEST(test_what_is_wrong_is_refused_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
