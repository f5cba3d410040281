// SPDX-License-Identifier: Apache-2.0
/* Captions of line 21, and how they stand in H.264. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/a53.h"
#include "media/cea608.h"

enum {
    RCL = 0x1420,
    BS = 0x1421,
    DER = 0x1424,
    RU2 = 0x1425,
    RU3 = 0x1426,
    RDC = 0x1429,
    TR = 0x142A,
    EDM = 0x142C,
    CR = 0x142D,
    ENM = 0x142E,
    EOC = 0x142F,
    TAB2 = 0x1722,
    ROW_15 = 0x1470,
    ROW_14 = 0x1450,
    ROW_1 = 0x1150,
    ROW_15_COLUMN_8 = 0x1474,
};

static struct cea608 state;
static struct buf text;

static uint8_t with_parity(uint8_t byte)
{
    return __builtin_parity(byte) ? byte : byte | 0x80;
}

static bool pair(uint8_t first, uint8_t second)
{
    return cea608_take(&state, with_parity(first), with_parity(second));
}

/* As broadcasters send it: twice. */
static bool control(unsigned code)
{
    bool changed = pair((uint8_t)(code >> 8), (uint8_t)code);
    assert_false(pair((uint8_t)(code >> 8), (uint8_t)code));
    return changed;
}

static void say(const char *words)
{
    for (; *words; words += words[1] ? 2 : 1)
        pair((uint8_t)words[0], (uint8_t)words[1]);
}

static void assert_shown(const char *wanted)
{
    buf_reset(&text);
    cea608_write(&state, &text);
    buf_add_char(&text, '\0');
    assert_string_equal(text.ptr, wanted);
}

static int begin(void **unused)
{
    (void)unused;
    cea608_init(&state, CEA608_CC1);
    buf_init(&text, CEA608_TEXT_BYTES_MAX + 1);
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    buf_finish(&text);
    return 0;
}

static void test_pop_on_is_seen_when_it_is_flipped(void **unused)
{
    (void)unused;
    control(RCL);
    control(ENM);
    control(ROW_14);
    say("GOOD EVENING");
    control(ROW_15);
    say("FROM TBILISI");
    assert_shown("");
    assert_true(control(EOC));
    assert_shown("GOOD EVENING\nFROM TBILISI");
    control(ENM);
    say("NEXT");
    assert_shown("GOOD EVENING\nFROM TBILISI");
    assert_true(control(EDM));
    assert_shown("");
}

static void test_roll_up_keeps_so_many_rows(void **unused)
{
    (void)unused;
    control(RU2);
    say("ONE");
    control(CR);
    say("TWO");
    assert_shown("ONE\nTWO");
    control(CR);
    say("THREE");
    assert_shown("TWO\nTHREE");
    control(RU3);
    control(CR);
    say("FOUR");
    assert_shown("TWO\nTHREE\nFOUR");
}

static void test_roll_up_takes_its_rows_along(void **unused)
{
    (void)unused;
    control(RU2);
    say("ONE");
    control(CR);
    say("TWO");
    control(ROW_1);
    control(CR);
    assert_shown("TWO");
}

static void test_paint_on_is_seen_at_once(void **unused)
{
    (void)unused;
    control(RDC);
    control(ROW_15_COLUMN_8);
    say("PAINT");
    assert_shown("PAINT");
    control(BS);
    assert_shown("PAIN");
    control(TAB2);
    say("X");
    assert_shown("PAIN  X");
    control(ROW_15_COLUMN_8);
    control(DER);
    assert_shown("");
}

static void test_characters_beyond_ascii(void **unused)
{
    (void)unused;
    control(RDC);
    control(ROW_15);
    say("*\\^_`{|}~");
    assert_shown("áéíóúç÷Ññ");
    control(ROW_15);
    control(DER);
    control(0x1137);
    control(0x1134);
    assert_shown("♪™");
}

static void test_an_extended_character_replaces_the_one_before(void **unused)
{
    (void)unused;
    control(RDC);
    control(ROW_15);
    say("CAFE");
    control(0x1221);
    assert_shown("CAFÉ");
    say("U");
    control(0x1333);
    say("sS");
    control(0x1334);
    assert_shown("CAFÉösß");
}

static void test_a_control_code_counts_once_but_a_third_counts_again(
    void **unused)
{
    (void)unused;
    control(RDC);
    say("ABCD");
    pair(0x14, 0x21);
    pair(0x14, 0x21);
    pair(0x14, 0x21);
    assert_shown("AB");
}

static void test_wrong_parity_is_a_block_in_text_and_nothing_in_control(
    void **unused)
{
    (void)unused;
    control(RDC);
    cea608_take(&state, with_parity('A'), with_parity('B') ^ 0x80);
    assert_shown("A█");
    cea608_take(&state, with_parity(0x14), with_parity(0x2C) ^ 0x80);
    assert_shown("A█");
}

static void test_the_other_channel_and_text_are_not_ours(void **unused)
{
    (void)unused;
    control(RDC);
    say("OURS");
    pair(0x1C, 0x29);
    say("THEIRS");
    assert_shown("OURS");
    control(RDC);
    say("!");
    assert_shown("OURS!");
    control(TR);
    say("TELETEXT");
    assert_shown("OURS!");
}

static void test_each_channel_is_addressed_by_its_own_codes(void **unused)
{
    (void)unused;
    static const struct {
        enum cea608_channel channel;
        uint8_t resume;
    } channels[] = {
        {CEA608_CC1, 0x14},
        {CEA608_CC2, 0x1C},
        {CEA608_CC3, 0x15},
        {CEA608_CC4, 0x1D},
    };
    for (size_t i = 0; i < 4; i++) {
        cea608_init(&state, channels[i].channel);
        assert_int_equal(cea608_field(channels[i].channel), i / 2);
        say("BEFORE ANY");
        for (size_t k = i / 2 * 2; k < i / 2 * 2 + 2; k++) {
            pair(channels[k].resume, 0x29);
            say(k == i ? "OURS" : "THEIRS");
        }
        assert_shown("OURS");
    }
}

static void test_data_between_captions_of_the_second_field_is_none(
    void **unused)
{
    (void)unused;
    cea608_init(&state, CEA608_CC3);
    pair(0x15, 0x29);
    say("AB");
    pair(0x01, 0x03); /* the name of the programme … */
    say("NEWS AT TEN");
    pair(0x0F, 0x1D);
    say("CD");
    assert_shown("ABCD");
    pair(0x01, 0x03);
    say("AGAIN");
    pair(0x15, 0x29); /* … which captions may interrupt */
    say("EF");
    assert_shown("ABCDEF");
    pair(0x02, 0x03); /* it goes on */
    say("MORE");
    assert_shown("ABCDEF");
}

static void test_the_first_field_has_no_data_that_would_swallow_captions(
    void **unused)
{
    (void)unused;
    control(RDC);
    pair(0x01, 0x03);
    say("OURS");
    assert_shown("OURS");
}

static void test_a_row_has_an_end(void **unused)
{
    (void)unused;
    control(RDC);
    control(ROW_15);
    say("12345678901234567890123456789012345");
    assert_shown("12345678901234567890123456789015");
}

/* ---- In H.264 --------------------------------------------------------------
 */

/* Field one twice, a pair of CEA-708 and one that is not valid; and an
 * emulation prevention byte. */
static const uint8_t sei[] = {
    6,   4, 22,   0xB5, 0,    0x31, 'G',  'A',  '9',
    '4', 3, 0xC4, 0xFF, 0xFC, 0x94, 0x2C, 0xFE, 0,
    0,   3, 1,    0x80, 0x80, 0xFC, 'H',  'I',  0x80,
};

static void test_pairs_come_out_of_sei(void **unused)
{
    (void)unused;
    struct a53_pairs pairs = {.count = 0};
    a53_read_sei(str_of((const char *)sei, sizeof sei), &pairs);
    assert_int_equal(pairs.count, 3);
    assert_int_equal(pairs.types[0], A53_FIELD_ONE);
    assert_int_equal(pairs.bytes[0][0], 0x94);
    assert_int_equal(pairs.types[1], A53_DTVCC);
    assert_int_equal(pairs.bytes[1][0], 0);
    assert_int_equal(pairs.bytes[1][1], 0);
    assert_int_equal(pairs.types[2], A53_FIELD_ONE);
    assert_int_equal(pairs.bytes[2][0], 'H');
    assert_int_equal(pairs.bytes[2][1], 'I');
}

static void test_pairs_of_the_second_field_come_out_of_sei(void **unused)
{
    (void)unused;
    struct a53_pairs pairs = {.count = 0};
    uint8_t other[sizeof sei];
    memcpy(other, sei, sizeof sei);
    other[13] |= 1;
    a53_read_sei(str_of((const char *)other, sizeof other), &pairs);
    assert_int_equal(pairs.count, 3);
    assert_int_equal(pairs.types[0], A53_FIELD_TWO);
    assert_int_equal(pairs.bytes[0][1], 0x2C);
}

static void test_sei_that_is_cut_or_of_others_is_passed_over(void **unused)
{
    (void)unused;
    struct a53_pairs pairs = {.count = 0};
    for (size_t len = 0; len + 1 < sizeof sei; len++)
        a53_read_sei(str_of((const char *)sei, len), &pairs);
    assert_int_equal(pairs.count, 0);
    uint8_t other[sizeof sei];
    memcpy(other, sei, sizeof sei);
    other[6] = 'X';
    a53_read_sei(str_of((const char *)other, sizeof other), &pairs);
    assert_int_equal(pairs.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_##name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pop_on_is_seen_when_it_is_flipped),
        TEST(roll_up_keeps_so_many_rows),
        TEST(roll_up_takes_its_rows_along),
        TEST(paint_on_is_seen_at_once),
        TEST(characters_beyond_ascii),
        TEST(an_extended_character_replaces_the_one_before),
        TEST(a_control_code_counts_once_but_a_third_counts_again),
        TEST(wrong_parity_is_a_block_in_text_and_nothing_in_control),
        TEST(the_other_channel_and_text_are_not_ours),
        TEST(each_channel_is_addressed_by_its_own_codes),
        TEST(data_between_captions_of_the_second_field_is_none),
        TEST(the_first_field_has_no_data_that_would_swallow_captions),
        TEST(a_row_has_an_end),
        TEST(pairs_come_out_of_sei),
        TEST(pairs_of_the_second_field_come_out_of_sei),
        TEST(sei_that_is_cut_or_of_others_is_passed_over),
    };
    return cmocka_run_group_tests_name("cea608", tests, NULL, NULL);
}
