// SPDX-License-Identifier: Apache-2.0
/* What is kept of a channel's pictures, and what an edge is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/message.h"
#include "playout/pictures.h"

enum { CHANNEL = 7 };

static struct pictures pictures;
static struct buf out;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    return pictures_open(&pictures) != ERR_OK;
}

static int tear_down(void **state)
{
    (void)state;
    pictures_close(&pictures);
    buf_finish(&out);
    return 0;
}

static const char *offer(enum part_kind kind, int64_t tick, struct str jpeg)
{
    const struct part part = {
        .kind = (uint8_t)kind, .tick = tick, .payload = jpeg};
    return pictures_take(&pictures, CHANNEL, (uint64_t)tick, &part, &out);
}

/* The next message, which is of that kind. */
static struct live_thumbnail next(struct str *rest, enum message_kind kind)
{
    struct message message;
    struct live_thumbnail told;
    assert_int_equal(message_next(rest, &message), ERR_OK);
    assert_int_equal(message.kind, kind);
    assert_int_equal(live_read_thumbnail(message.payload, &told), ERR_OK);
    assert_int_equal(told.channel, CHANNEL);
    return told;
}

static void test_what_is_taken_is_told_at_once(void **state)
{
    (void)state;
    assert_null(offer(PART_THUMBNAIL, 90000, STR("small")));
    assert_null(offer(PART_POSTER, 90000, STR("large")));
    struct str rest = buf_str(&out);
    struct live_thumbnail told = next(&rest, MESSAGE_LIVE_THUMBNAIL);
    assert_true(str_eq(told.jpeg, STR("small")));
    assert_int_equal(told.start_us, 1000000);
    assert_int_equal(told.sequence, 90000);
    told = next(&rest, MESSAGE_LIVE_POSTER);
    assert_true(str_eq(told.jpeg, STR("large")));
    assert_int_equal(rest.len, 0);
}

static void test_another_edge_is_told_all_small_ones_and_the_newest_poster(
    void **state)
{
    (void)state;
    for (int64_t i = 1; i <= 3; i++) {
        assert_null(offer(PART_THUMBNAIL, i, STR("small")));
        assert_null(offer(PART_POSTER, i, STR("large")));
    }
    buf_reset(&out);
    pictures_tell(&pictures, CHANNEL, &out);
    struct str rest = buf_str(&out);
    for (uint64_t i = 1; i <= 3; i++)
        assert_int_equal(next(&rest, MESSAGE_LIVE_THUMBNAIL).sequence, i);
    assert_int_equal(next(&rest, MESSAGE_LIVE_POSTER).sequence, 3);
    assert_int_equal(rest.len, 0);
}

static void test_the_oldest_go(void **state)
{
    (void)state;
    for (int64_t i = 1; i <= PICTURES_MAX + 2; i++)
        assert_null(offer(PART_THUMBNAIL, i, STR("small")));
    assert_int_equal(pictures.count, PICTURES_MAX);
    assert_int_equal(pictures.list[0].sequence, 3);
}

static void test_what_is_too_large_or_nothing_is_refused(void **state)
{
    (void)state;
    static char much[POSTER_BYTES_MAX + 1];
    assert_null(offer(PART_POSTER, 1, str_of(much, POSTER_BYTES_MAX)));
    buf_reset(&out);
    assert_non_null(offer(PART_POSTER, 1, str_of(much, sizeof much)));
    assert_non_null(offer(PART_POSTER, 1, STR("")));
    assert_non_null(
        offer(PART_THUMBNAIL, 1, str_of(much, PICTURE_BYTES_MAX + 1)));
    assert_non_null(offer(PART_THUMBNAIL, 1, STR("")));
    assert_int_equal(out.len, 0);
    assert_int_equal(pictures.poster.len, POSTER_BYTES_MAX);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_taken_is_told_at_once),
        TEST(test_another_edge_is_told_all_small_ones_and_the_newest_poster),
        TEST(test_the_oldest_go),
        TEST(test_what_is_too_large_or_nothing_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
