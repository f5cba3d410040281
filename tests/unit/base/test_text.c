// SPDX-License-Identifier: Apache-2.0
/* str, buf, arena, utf8, fault: text and where it lives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/utf8.h"

static void test_str_splits_and_keeps_empty_parts(void **state)
{
    (void)state;
    struct str rest = STR("a,,b,"), part;
    const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_split_next(&rest, ',', &part));
        assert_true(str_eq(part, str_from_c(expected[i])));
    }
    assert_false(str_split_next(&rest, ',', &part));
}

static void test_str_finds_compares_and_trims(void **state)
{
    (void)state;
    assert_int_equal(str_find(STR("broadsheet"), STR("sheet")), 5);
    assert_int_equal(str_find(STR("broad"), STR("sheet")), -1);
    assert_int_equal(str_find_last_char(STR("a/b/c"), '/'), 3);
    assert_true(str_eq_ascii_case(STR("Content-TYPE"), STR("content-type")));
    assert_false(str_eq_ascii_case(STR("[a"), STR("{a")));
    assert_true(str_compare(STR("ab"), STR("abc")) < 0);
    assert_true(str_eq(str_trim(STR(" \r\n x y\t ")), STR("x y")));
    assert_true(str_starts_with(STR("front:en"), STR("front:")));
    assert_false(str_ends_with(STR("n"), STR("en")));
    assert_int_equal(str_from(STR("abc"), 9).len, 0);
}

static void test_numbers_are_parsed_whole_or_not_at_all(void **state)
{
    (void)state;
    int64_t i = 7;
    uint64_t u = 7;
    assert_int_equal(str_parse_i64(STR("-9223372036854775808"), &i), ERR_OK);
    assert_true(i == INT64_MIN);
    const char *const bad[] = {"",
                               "-",
                               "+1",
                               " 1",
                               "1 ",
                               "0x1",
                               "12a",
                               "9223372036854775808",
                               "-9223372036854775809"};
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        i = 7;
        assert_int_equal(str_parse_i64(str_from_c(bad[k]), &i), ERR_INVALID);
        assert_int_equal(i, 7);
    }
    assert_int_equal(str_parse_u64(STR("18446744073709551615"), &u), ERR_OK);
    assert_true(u == UINT64_MAX);
    assert_int_equal(str_parse_u64(STR("18446744073709551616"), &u),
                     ERR_INVALID);
}

static void test_str_to_c_refuses_what_does_not_fit(void **state)
{
    (void)state;
    char small[4];
    assert_int_equal(str_to_c(STR("abc"), small, sizeof small), ERR_OK);
    assert_string_equal(small, "abc");
    assert_int_equal(str_to_c(STR("abcd"), small, sizeof small), ERR_TOO_LONG);
    assert_string_equal(small, "");
    assert_int_equal(str_to_c(STR("a\0b"), small, sizeof small), ERR_INVALID);
}

static void test_buf_stops_at_its_maximum_and_remembers(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf buf;
    buf_init(&buf, 8);
    buf_add(&buf, STR("12345678"));
    assert_int_equal(buf_err(&buf), ERR_OK);
    buf_add_char(&buf, '9');
    assert_int_equal(buf_err(&buf), ERR_TOO_LONG);
    buf_reset(&buf);
    buf_add(&buf, STR("ok"));
    assert_int_equal(buf_err(&buf), ERR_OK);
    buf_drop_front(&buf, 1);
    assert_true(str_eq(buf_str(&buf), STR("k")));
}

static void test_arena_gives_zeroed_aligned_memory(void **state)
{
    (void)state;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 1; size < 100000; size = size * 3 + 1) {
            unsigned char *bytes = arena_alloc(&arena, size, ARENA_ALIGN_MAX);
            assert_int_equal((uintptr_t)bytes % ARENA_ALIGN_MAX, 0);
            for (size_t i = 0; i < size; i++)
                assert_int_equal(bytes[i], 0);
            memset(bytes, 0xAA, size);
        }
        arena_reset(&arena);
    }
    struct str text = arena_printf(&arena, "%d %s", 42, "x");
    assert_true(str_eq(text, STR("42 x")));
    assert_int_equal(text.ptr[text.len], 0);
}

static void test_utf8_refuses_what_rfc_3629_forbids(void **state)
{
    (void)state;
    assert_true(utf8_is_valid(STR("a\xC2\xA9\xE1\x83\x90\xF0\x9F\x93\xB0")));
    const struct str bad[] = {
        STR("\x80"),
        STR("\xC0\xAF"),
        STR("\xC1\x81"),
        STR("\xE0\x80\x80"),
        STR("\xED\xA0\x80"),
        STR("\xF4\x90\x80\x80"),
        STR("\xF5\x80\x80\x80"),
        STR("\xE1\x83"),
        STR("\xF0\x9F\x93"),
        STR("\xFF"),
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_is_valid(bad[i]));
}

static void test_utf8_walks_cuts_and_encodes(void **state)
{
    (void)state;
    struct str text = STR("\xE1\x83\x90\xFF"
                          "b");
    uint32_t c;
    assert_true(utf8_next(&text, &c));
    assert_int_equal(c, 0x10D0);
    assert_true(utf8_next(&text, &c));
    assert_int_equal(c, UTF8_REPLACEMENT);
    assert_int_equal(utf8_cut(STR("\xE1\x83\x90\xE1\x83\x90"), 5).len, 3);
    const uint32_t characters[] = {0x24, 0xA2, 0x20BE, 0x1F4F0, 0x10FFFF};
    for (size_t i = 0; i < 5; i++) {
        char bytes[UTF8_BYTES_MAX];
        struct str one = str_of(bytes, utf8_encode(characters[i], bytes));
        assert_true(utf8_is_valid(one));
        assert_true(utf8_next(&one, &c));
        assert_int_equal(c, characters[i]);
        assert_int_equal(one.len, 0);
    }
}

static void test_fault_cuts_at_a_character(void **state)
{
    (void)state;
    char longest[2 * FAULT_MESSAGE_BYTES_MAX];
    for (size_t i = 0; i + 3 < sizeof longest; i += 3)
        memcpy(longest + i, "\xE1\x83\x90", 4);
    struct fault fault;
    enum err err = fault_set(&fault, ERR_INVALID, "slug", "x%s", longest);
    assert_int_equal(err, ERR_INVALID);
    assert_true(utf8_is_valid(str_from_c(fault.message)));
    assert_string_equal(fault.field, "slug");
}

static void test_control_characters_are_seen_however_they_are_written(
    void **state)
{
    (void)state;
    assert_int_equal(utf8_control(STR("\033[2J")), 1);
    assert_int_equal(utf8_control(STR("\177")), 1);
    assert_int_equal(utf8_control(STR("\n")), 1);
    assert_int_equal(utf8_control(STR("\xC2\x9B"
                                      "2J")),
                     2);
    assert_int_equal(utf8_control(STR("\xC2\x80")), 2);
    assert_int_equal(utf8_control(STR("\xC2\xA0")), 0);
    assert_int_equal(utf8_control(STR("\xC2")), 0);
    assert_int_equal(utf8_control(STR("a\033")), 0);
    assert_int_equal(utf8_control(STR("")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_str_splits_and_keeps_empty_parts),
        cmocka_unit_test(test_str_finds_compares_and_trims),
        cmocka_unit_test(test_numbers_are_parsed_whole_or_not_at_all),
        cmocka_unit_test(test_str_to_c_refuses_what_does_not_fit),
        cmocka_unit_test(test_buf_stops_at_its_maximum_and_remembers),
        cmocka_unit_test(test_arena_gives_zeroed_aligned_memory),
        cmocka_unit_test(test_utf8_refuses_what_rfc_3629_forbids),
        cmocka_unit_test(test_utf8_walks_cuts_and_encodes),
        cmocka_unit_test(
            test_control_characters_are_seen_however_they_are_written),
        cmocka_unit_test(test_fault_cuts_at_a_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
