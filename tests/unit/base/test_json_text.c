// SPDX-License-Identifier: Apache-2.0
/* JSON text: what it becomes, and what is told of what is none. That it agrees
 * with Jansson's reader is for fuzz/fuzz_json.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json_text.h"

static json_t *read(const char *text)
{
    struct json_text_fault found = {.cause = "nothing"};
    json_t *value = json_text_read(str_from_c(text), &found);
    if (!value)
        print_message("%s: %s\n", text, found.cause);
    assert_non_null(value);
    return value;
}

static void expect_text(const char *text, struct str expected)
{
    json_t *value = read(text);
    const json_t *first = json_array_get(value, 0);
    assert_true(str_eq(
        str_of(json_string_value(first), json_string_length(first)), expected));
    json_decref(value);
}

static void test_values_of_every_kind(void **state)
{
    (void)state;
    json_t *value =
        read(" {\"a\": [1, -2.5e1, true , false,null, \"x\", {}, []],\r\n"
             "\t\"\": {\"b\":0}} ");
    json_t *expected = json_pack("{s: [i, f, b, b, n, s, {}, []], s: {s: i}}",
                                 "a", 1, -25.0, 1, 0, "x", "", "b", 0);
    assert_true(json_equal(value, expected));
    json_decref(value);
    json_decref(expected);
}

static void test_strings(void **state)
{
    (void)state;
    expect_text("[\"\"]", STR(""));
    expect_text("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", STR("\"\\/\b\f\n\r\t"));
    expect_text("[\"a long run, then \\u10e2 and \\ud83d\\uDE00!\"]",
                STR("a long run, then \u10e2 and \U0001F600!"));
    expect_text("[\"თბილისი, Москва, 東京, 😀\"]",
                STR("თბილისი, Москва, 東京, 😀"));
}

static void test_names_with_escapes_stand_while_their_value_is_read(
    void **state)
{
    (void)state;
    json_t *value = read("{\"\\u0061b\":\"other \\u0063\",\"ac\":{\"\\n\":1}}");
    assert_string_equal(json_string_value(json_object_get(value, "ab")),
                        "other c");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(value, "ac"), "\n")),
        1);
    json_decref(value);
}

static void test_numbers_have_their_limits(void **state)
{
    (void)state;
    json_t *value =
        read("[9223372036854775807,-9223372036854775808,-0,1e-999]");
    assert_true(json_integer_value(json_array_get(value, 0)) == INT64_MAX);
    assert_true(json_integer_value(json_array_get(value, 1)) == INT64_MIN);
    assert_true(json_integer_value(json_array_get(value, 2)) == 0);
    assert_true(json_real_value(json_array_get(value, 3)) == 0);
    json_decref(value);
}

static void test_faults_are_told_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int line, column;
        bool is_cut;
        const char *cause;
    } rows[] = {
        {"", 1, 1, true, "'{' or '[' expected"},
        {"\n\n 7", 3, 2, false, "'{' or '[' expected"},
        {"{\"a\" 1}", 1, 6, false, "':' expected"},
        {"{\"a\":1 \"b\"}", 1, 8, false, "',' or '}' expected"},
        {"[\"თბ\", 1\n, oops]", 2, 3, false, "a value expected"},
        {"[1,]", 1, 4, false, "a value expected"},
        {"{\"a\":1,}", 1, 8, false, "a name in quotes expected"},
        {"[01]", 1, 3, false, "',' or ']' expected"},
        {"[1.]", 1, 4, false, "a digit expected"},
        {"[-]", 1, 3, false, "a digit expected"},
        {"[truE]", 1, 2, false, "a value expected"},
        {"[tru", 1, 5, true, "a value expected"},
        {"[\"a", 1, 4, true, "'\"' expected"},
        {"[\"\\", 1, 4, true, "a character that may follow \\ expected"},
        {"[\"\\x\"]", 1, 4, false, "a character that may follow \\ expected"},
        {"[\"\\u12", 1, 7, true, "four hexadecimal digits expected"},
        {"[\"\\u12g4\"]", 1, 7, false, "four hexadecimal digits expected"},
        {"[\"\\u0000\"]", 1, 9, false, "U+0000 in a string"},
        {"[\"\\ude00\"]", 1, 9, false, "half of a surrogate pair"},
        {"[\"\\ud800\\u0041\"]", 1, 15, false, "half of a surrogate pair"},
        {"[\"\\ud800\"]", 1, 9, false,
         "the other half of a surrogate pair expected"},
        {"[\"a\nb\"]", 1, 4, false, "a control character in a string"},
        {"[\"a\xc3\"]", 1, 3, false, "a string is not UTF-8"},
        {"[9223372036854775808]", 1, 21, false,
         "an integer that does not fit in 64 bits"},
        {"[9223372036854775808", 1, 21, true,
         "',' or the end of what the number is in expected"},
        {"[1e999]", 1, 7, false, "a number that is too large"},
        {"{\"a\":1,\"a\":2}", 1, 13, false,
         "a name that the object has already"},
        {"{} {}", 1, 4, false, "something follows the end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_text_fault found = {0};
        assert_null(json_text_read(str_from_c(rows[i].text), &found));
        assert_string_equal(found.cause, rows[i].cause);
        if (found.line != rows[i].line || found.column != rows[i].column)
            fail_msg("%s: line %d, column %d", rows[i].text, found.line,
                     found.column);
        assert_int_equal(found.is_cut, rows[i].is_cut);
    }
}

static void test_the_first_value_of_several(void **state)
{
    (void)state;
    struct str text = STR(" {\"a\":1}\n{\"a\":2}\n{\"a\"");
    for (int i = 1; i <= 2; i++) {
        size_t len = 0;
        json_t *value = json_text_read_first(text, &len, NULL);
        assert_int_equal(json_integer_value(json_object_get(value, "a")), i);
        json_decref(value);
        text = str_from(text, len);
    }
    struct json_text_fault found = {0};
    size_t len = 7;
    assert_null(json_text_read_first(text, &len, &found));
    assert_true(found.is_cut);
    assert_int_equal(found.line, 2);
}

static void test_depth_has_a_limit(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SIZE_MAX);
    for (int i = 0; i < JSON_TEXT_DEPTH_MAX; i++)
        buf_add_char(&text, '[');
    struct json_text_fault found = {0};
    assert_null(json_text_read(buf_str(&text), &found));
    assert_true(found.is_cut);
    buf_add_char(&text, '[');
    assert_null(json_text_read(buf_str(&text), &found));
    assert_false(found.is_cut);
    assert_string_equal(found.cause, "nested too deeply");
    assert_int_equal(found.column, JSON_TEXT_DEPTH_MAX + 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_of_every_kind),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(
            test_names_with_escapes_stand_while_their_value_is_read),
        cmocka_unit_test(test_numbers_have_their_limits),
        cmocka_unit_test(test_faults_are_told_with_their_place),
        cmocka_unit_test(test_the_first_value_of_several),
        cmocka_unit_test(test_depth_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
