// SPDX-License-Identifier: Apache-2.0
/* Packets on their way, and the last ones that are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/packet_ring.h"

enum { FRAME = 3600, OUT_BYTES_MAX = 64 << 20 };

static struct packet_ring *ring;
static struct buf out;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(packet_ring_create(&ring), ERR_OK);
    buf_init(&out, OUT_BYTES_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    packet_ring_destroy(ring);
    buf_finish(&out);
    return 0;
}

static void add(enum packet_kind kind, enum packet_track track, bool is_key,
                int64_t tick, struct str payload)
{
    struct packet packet = {.kind = (uint8_t)kind,
                            .track = (uint8_t)track,
                            .is_key = is_key,
                            .tick = tick,
                            .shown_after = -7,
                            .payload = payload};
    assert_int_equal(packet_ring_add(ring, &packet), ERR_OK);
}

static void configure(void)
{
    add(PACKET_CONFIG, PACKET_VIDEO, false, 0, STR("avcC"));
    add(PACKET_CONFIG, PACKET_AUDIO, false, 0, STR("asc"));
}

/* A key frame every so many, sound with each. */
static void broadcast(int first, int count, int group, struct str payload)
{
    for (int i = first; i < first + count; i++) {
        add(PACKET_FRAME, PACKET_VIDEO, group && i % group == 0, i * FRAME,
            payload);
        add(PACKET_FRAME, PACKET_AUDIO, false, i * FRAME, STR("a"));
    }
}

/* What the ring gives out: how many there are, when the first begins. */
static size_t count_held(int64_t *ret_first)
{
    size_t count = 0;
    buf_reset(&out);
    if (!packet_ring_write(ring, &out))
        return 0;
    struct str rest = buf_str(&out);
    struct packet packet;
    while (packet_read(&rest, &packet) == ERR_OK) {
        if (packet.kind != PACKET_FRAME)
            continue;
        if (count++ == 0)
            *ret_first = packet.tick;
    }
    assert_int_equal(rest.len, 0);
    return count;
}

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    configure();
    add(PACKET_FRAME, PACKET_VIDEO, true, INT64_C(1) << 40, STR("idr"));
    assert_true(packet_ring_write(ring, &out));
    struct str bytes = buf_str(&out), rest = bytes;
    struct packet packet;
    for (size_t len = 0; len < PACKET_HEAD_BYTES + 4; len++) { /* in part */
        rest = str_slice(bytes, 0, len);
        assert_int_equal(packet_read(&rest, &packet), ERR_AGAIN);
        assert_int_equal(rest.len, len);
    }
    rest = bytes;
    assert_int_equal(packet_read(&rest, &packet), ERR_OK);
    assert_int_equal(packet.kind, PACKET_CONFIG);
    assert_int_equal(packet_read(&rest, &packet), ERR_OK);
    assert_int_equal(packet.track, PACKET_AUDIO);
    assert_int_equal(packet_read(&rest, &packet), ERR_OK);
    assert_true(packet.is_key);
    assert_int_equal(packet.tick, INT64_C(1) << 40);
    assert_int_equal(packet.shown_after, -7);
    assert_true(str_eq(packet.payload, STR("idr")));
    assert_int_equal(packet_read(&rest, &packet), ERR_AGAIN);
}

static void test_what_is_no_packet_is_refused(void **state)
{
    (void)state;
    add(PACKET_FRAME, PACKET_AUDIO, false, 0, STR("a"));
    assert_true(packet_ring_write(ring, &out));
    for (size_t i = 0; i < 8; i++) {
        struct packet packet;
        struct str rest = buf_str(&out);
        char old = out.ptr[i];
        out.ptr[i] = 77;
        assert_int_equal(packet_read(&rest, &packet), ERR_INVALID);
        out.ptr[i] = old;
    }
    out.ptr[11] = 1; /* 16 MB */
    struct packet packet;
    struct str rest = buf_str(&out);
    assert_int_equal(packet_read(&rest, &packet), ERR_INVALID);
}

static void test_two_groups_of_pictures_are_kept(void **state)
{
    int64_t first = -1;
    (void)state;
    configure();
    broadcast(0, 110, 25, STR("v"));
    assert_int_equal(count_held(&first), 2 * (25 + 10));
    assert_int_equal(first, 75 * FRAME);
}

static void test_nothing_is_kept_before_a_key_frame(void **state)
{
    int64_t first = -1;
    (void)state;
    configure();
    broadcast(1, 24, 25, STR("v"));
    assert_int_equal(count_held(&first), 0);
    broadcast(25, 1, 25, STR("v"));
    assert_int_equal(count_held(&first), 2);
}

static void test_sound_goes_on_when_the_last_pictures_are_too_old(void **state)
{
    int64_t first = -1;
    (void)state;
    configure();
    broadcast(0, 1, 1, STR("v"));
    broadcast(1, 25 * 11, 0, STR("v")); /* pictures of which nothing begins */
    assert_int_equal(count_held(&first), 251);
    assert_int_equal(packet_ring_bytes(ring), 251);
    for (int i = 276; i < 600; i++) /* or none at all */
        add(PACKET_FRAME, PACKET_AUDIO, false, i * FRAME, STR("a"));
    assert_int_equal(count_held(&first), 251);
    assert_int_equal(first, 349 * FRAME);
    broadcast(600, 25, 25, STR("v")); /* the camera is back */
    assert_int_equal(count_held(&first), 50);
    assert_int_equal(first, 600 * FRAME);
}

static void test_who_starts_is_told_what_encoders_say_once(void **state)
{
    struct packet packet;
    (void)state;
    configure();
    assert_true(packet_ring_write(ring, &out));
    struct str rest = buf_str(&out);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(packet_read(&rest, &packet), ERR_OK);
        assert_int_equal(packet.kind, PACKET_CONFIG);
    }
    assert_int_equal(rest.len, 0);
}

static void test_memory_is_bounded(void **state)
{
    static char bytes[1 << 20];
    int64_t first = -1;
    (void)state;
    configure();
    for (int i = 0; i < 200; i++) {
        broadcast(i, 1, 10, str_of(bytes, sizeof bytes));
        assert_true(packet_ring_bytes(ring) <= PACKET_RING_BYTES_MAX);
    }
    assert_true(count_held(&first) > 0);
    assert_int_equal(first % (10 * FRAME), 0);
}

static void test_sound_alone_is_kept_for_seconds(void **state)
{
    int64_t first = -1;
    (void)state;
    add(PACKET_CONFIG, PACKET_AUDIO, false, 0, STR("asc"));
    for (int i = 0; i < 25 * 60; i++)
        add(PACKET_FRAME, PACKET_AUDIO, false, i * FRAME, STR("a"));
    assert_int_equal(count_held(&first), 251);
    configure(); /* and now there are pictures */
    assert_int_equal(count_held(&first), 0);
}

static void test_the_configuration_in_force_comes_first(void **state)
{
    struct packet packet;
    (void)state;
    configure();
    broadcast(0, 30, 25, STR("v"));
    add(PACKET_CONFIG, PACKET_VIDEO, false, 0, STR("avcC")); /* again */
    assert_true(packet_ring_write(ring, &out));
    add(PACKET_CONFIG, PACKET_VIDEO, false, 0, STR("new"));
    int64_t first = -1;
    assert_int_equal(count_held(&first), 0);
    broadcast(50, 1, 25, STR("v"));
    buf_reset(&out);
    assert_true(packet_ring_write(ring, &out));
    struct str rest = buf_str(&out);
    assert_int_equal(packet_read(&rest, &packet), ERR_OK);
    assert_true(str_eq(packet.payload, STR("new")));
}

static void test_the_end_of_a_feed_clears_it(void **state)
{
    (void)state;
    configure();
    broadcast(0, 30, 25, STR("v"));
    packet_ring_clear(ring);
    assert_false(packet_ring_write(ring, &out));
    assert_int_equal(packet_ring_bytes(ring), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_written_is_read),
        TEST(test_what_is_no_packet_is_refused),
        TEST(test_two_groups_of_pictures_are_kept),
        TEST(test_nothing_is_kept_before_a_key_frame),
        TEST(test_sound_goes_on_when_the_last_pictures_are_too_old),
        TEST(test_who_starts_is_told_what_encoders_say_once),
        TEST(test_memory_is_bounded),
        TEST(test_sound_alone_is_kept_for_seconds),
        TEST(test_the_configuration_in_force_comes_first),
        TEST(test_the_end_of_a_feed_clears_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
