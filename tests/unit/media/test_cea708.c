// SPDX-License-Identifier: Apache-2.0
/* Captions of digital television. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/cea708.h"

static struct cea708 state;
static struct buf text;
static uint8_t sequence;

/* As a packet whose only block is of this service. */
static bool send_to(unsigned service, const void *bytes, size_t len)
{
    uint8_t packet[CEA708_PACKET_BYTES_MAX] = {0};
    size_t head = service < 7 ? 2 : 3, whole = head + len;
    whole += whole % 2;
    assert_true(len < 32);
    packet[0] = (uint8_t)(sequence++ << 6 | whole / 2);
    packet[1] = (uint8_t)((service < 7 ? service : 7) << 5 | len);
    if (service >= 7)
        packet[2] = (uint8_t)service;
    memcpy(packet + head, bytes, len);
    bool changed = false;
    for (size_t i = 0; i < whole; i += 2)
        changed = cea708_take(&state, i == 0, packet[i], packet[i + 1]);
    return changed;
}

#define SEND(...) \
    send_to(1, (const uint8_t[]){__VA_ARGS__}, \
            sizeof((const uint8_t[]){__VA_ARGS__}))

static bool say(const char *words)
{
    return send_to(1, words, strlen(words));
}

/* DefineWindow, shown or not. */
static bool define(unsigned window, bool shown, unsigned top, unsigned rows,
                   unsigned columns)
{
    return SEND((uint8_t)(0x98 + window), shown ? 0x20 : 0, (uint8_t)top, 0,
                (uint8_t)(rows - 1), (uint8_t)(columns - 1), 0);
}

static void assert_shown(const char *wanted)
{
    buf_reset(&text);
    cea708_write(&state, &text);
    buf_add_char(&text, '\0');
    assert_string_equal(text.ptr, wanted);
}

static int begin(void **unused)
{
    (void)unused;
    cea708_init(&state, 1);
    sequence = 0;
    buf_init(&text, CEA708_TEXT_BYTES_MAX + 1);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    buf_finish(&text);
    return 0;
}

static void test_text_in_a_window_is_seen_when_that_is_shown(void **unused)
{
    (void)unused;
    assert_false(define(0, false, 60, 2, 32));
    assert_false(say("HELLO"));
    assert_shown("");
    assert_true(SEND(0x89, 1));
    assert_shown("HELLO");
    assert_true(SEND(0x8A, 1));
    assert_shown("");
    assert_true(SEND(0x8B, 1));
    assert_shown("HELLO");
    assert_true(SEND(0x88, 1));
    assert_shown("");
    assert_true(SEND(0x8C, 1));
    assert_false(say("NOWHERE"));
    assert_shown("");
}

static void test_text_without_a_window_is_nothing(void **unused)
{
    (void)unused;
    assert_false(say("NOWHERE"));
    assert_false(SEND(0x0C, 0x0D, 0x08, 0x89, 0xFF));
    assert_shown("");
}

static void test_lines_roll_up_in_a_window(void **unused)
{
    (void)unused;
    define(1, true, 60, 2, 32);
    assert_true(say("ONE\rTWO"));
    assert_shown("ONE\nTWO");
    say("\rTHREE");
    assert_shown("TWO\nTHREE");
    SEND(0x0E);
    assert_shown("TWO");
    SEND(0x0C, 'X');
    assert_shown("X");
    SEND('Y', 0x08, 'Z');
    assert_shown("XZ");
}

static void test_a_pen_can_be_put_somewhere(void **unused)
{
    (void)unused;
    define(0, true, 60, 3, 32);
    SEND(0x92, 2, 10, 'L', 'O', 'W', 0x92, 0, 0, 'H', 'I');
    assert_shown("HI\nLOW");
    SEND(0x92, 15, 63, '!');
    assert_shown("HI\nLOW                  !");
}

static void test_what_is_too_long_goes_on_in_the_next_row(void **unused)
{
    (void)unused;
    define(0, true, 60, 2, 4);
    say("12345");
    assert_shown("1234\n5");
}

static void test_windows_are_read_from_the_top_down(void **unused)
{
    (void)unused;
    define(0, true, 70, 1, 32);
    say("BOTTOM");
    define(5, true, 10, 1, 32);
    say("TOP");
    define(6, true, 10, 1, 32);
    say("SECOND");
    assert_shown("TOP\nSECOND\nBOTTOM");
    SEND(0x80, 0x0C, 'X');
    assert_shown("TOP\nSECOND\nX");
}

static void test_a_window_that_is_defined_again_keeps_its_text(void **unused)
{
    (void)unused;
    define(0, true, 60, 3, 32);
    say("ONE\rTWO\rTHREE");
    assert_true(define(0, true, 10, 2, 32));
    assert_shown("ONE\nTWO");
    assert_true(define(0, false, 10, 2, 32));
    assert_shown("");
    assert_true(SEND(0x8F));
    assert_false(state.windows[0].is_defined);
}

static void test_characters_beyond_ascii(void **unused)
{
    (void)unused;
    define(0, true, 60, 1, 32);
    SEND(0x7F, 0xE9, 0x10, 0x25, 0x10, 0x33, 0x10, 0x40, 0x10, 0xA0, 0x18, 0x10,
         0xD0, 0x18, 0xD8, 0x00, 0x18, 0, 7);
    assert_shown(
        "\xE2\x99\xAA\xC3\xA9\xE2\x80\xA6\xE2\x80\x9C__\xE1\x83\x90__");
}

static void test_codes_that_mean_nothing_here_take_their_bytes_along(
    void **unused)
{
    (void)unused;
    define(0, true, 60, 1, 32);
    SEND(0x90, 'a', 'b', 0x91, 'c', 'd', 'e', 0x97, 'f', 'g', 'h', 'i', '1');
    SEND(0x8D, 'a', 0x8E, 0x11, 'b', 0x19, 'c', 'd', 0x03, 0x00, '2');
    SEND(0x10, 0x00, 0x10, 0x08, 'a', 0x10, 0x10, 'a', 'b', 0x10, 0x18, 'a',
         'b', 'c', '3');
    SEND(0x10, 0x80, 'a', 'b', 'c', 'd', 0x10, 0x88, 'a', 'b', 'c', 'd', 'e',
         0x10, 0x90, 2, 'a', 'b', '4');
    assert_shown("1234");
    SEND('5', 0x97, 'a');
    SEND('6', 0x10);
    SEND('7', 0x10, 0x90);
    assert_shown("1234567");
}

static void test_other_services_are_not_ours(void **unused)
{
    (void)unused;
    define(0, true, 60, 1, 32);
    send_to(2, "TWO", 3);
    send_to(9, "NINE", 4);
    assert_shown("");
    send_to(1, "ONE", 3);
    assert_shown("ONE");
}

static void test_a_packet_that_is_cut_or_lies_is_passed_over(void **unused)
{
    (void)unused;
    define(0, true, 60, 1, 32);
    assert_false(cea708_take(&state, false, 0x22, 'A')); /* no beginning */
    assert_false(cea708_take(&state, true, 3, 0x24)); /* four of a block … */
    assert_false(cea708_take(&state, false, 'A', 'B'));
    assert_true(say("C")); /* … which another one breaks off */
    assert_shown("C");
    assert_false(cea708_take(&state, true, 1, 0x3F)); /* 31 bytes of none */
    assert_false(cea708_take(&state, true, 1, 0x00));
    assert_shown("C");
    assert_false(cea708_take(&state, true, 0, 0x24)); /* 128 bytes */
    for (size_t i = 2; i < CEA708_PACKET_BYTES_MAX - 2; i += 2)
        assert_false(cea708_take(&state, false, i == 2 ? 'D' : 0, 0));
    assert_true(cea708_take(&state, false, 0, 0));
    assert_shown("CD");
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(text_in_a_window_is_seen_when_that_is_shown),
        TEST(text_without_a_window_is_nothing),
        TEST(lines_roll_up_in_a_window),
        TEST(a_pen_can_be_put_somewhere),
        TEST(what_is_too_long_goes_on_in_the_next_row),
        TEST(windows_are_read_from_the_top_down),
        TEST(a_window_that_is_defined_again_keeps_its_text),
        TEST(characters_beyond_ascii),
        TEST(codes_that_mean_nothing_here_take_their_bytes_along),
        TEST(other_services_are_not_ours),
        TEST(a_packet_that_is_cut_or_lies_is_passed_over),
    };
    return cmocka_run_group_tests_name("cea708", tests, NULL, NULL);
}
