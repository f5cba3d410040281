// SPDX-License-Identifier: Apache-2.0
/* Paths, queries, and what requests ask of answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/accept.h"
#include "net/uri.h"

/* clang-format off */
static const struct {
    const char *raw;
    const char *text; /* NULL: refused */
    bool is_canonical;
} paths[] = {
    {"/", "/", true},
    {"/en/politics/", "/en/politics/", true},
    {"/en/a-62f9f7d471fdc.html", "/en/a-62f9f7d471fdc.html", true},
    {"/a!$&()*+,;=:@b", "/a!$&()*+,;=:@b", true},
    {"/%E1%83%90", "/\xe1\x83\x90", true},
    {"/%e1%83%90", "/\xe1\x83\x90", false},
    {"/\xe1\x83\x90", "/\xe1\x83\x90", false},
    {"/%61", "/a", false},
    {"/a%20b", "/a b", true},
    {"//a///b", "/a/b", false},
    {"/a//", "/a/", false},
    {"//", "/", false},
    {"/.a/..b/c./...", "/.a/..b/c./...", true},
    {"/%25", "/%", true},
    {"/a%3Fb%23", "/a?b#", true},
    {"", NULL, false},
    {"a", NULL, false},
    {"*", NULL, false},
    {"/.", NULL, false},
    {"/..", NULL, false},
    {"/a/../b", NULL, false},
    {"/a/./b", NULL, false},
    {"/a/%2e%2E/b", NULL, false},
    {"/%2e", NULL, false},
    {"/.%2e/", NULL, false},
    {"/a%2fb", NULL, false},
    {"/a%2Fb", NULL, false},
    {"/a%5cb", NULL, false},
    {"/a\\b", NULL, false},
    {"/%00", NULL, false},
    {"/%0a", NULL, false},
    {"/%7f", NULL, false},
    {"/%", NULL, false},
    {"/%4", NULL, false},
    {"/%zz", NULL, false},
    {"/%c0%af", NULL, false}, /* an over-long slash */
    {"/%ff", NULL, false},
    {"/%ed%a0%80", NULL, false}, /* a surrogate */
};
/* clang-format on */

static void test_paths(void **state)
{
    (void)state;
    char scratch[URI_PATH_BYTES_MAX];
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct uri_path path;
        enum err err =
            uri_path_decode(str_from_c(paths[i].raw), scratch, &path);
        if (!paths[i].text && err != ERR_INVALID)
            fail_msg("%s: %s", paths[i].raw, err_name(err));
        if (!paths[i].text)
            continue;
        if (err || !str_eq(path.text, str_from_c(paths[i].text)) ||
            path.is_canonical != paths[i].is_canonical)
            fail_msg("%s: %s, \"%" PRI_STR "\", canonical %d", paths[i].raw,
                     err_name(err), ARG_STR(path.text), path.is_canonical);
        DEFER(buf_finish) struct buf written;
        buf_init(&written, 1024);
        uri_write_path(&written, path.text);
        assert_int_equal(str_eq(buf_str(&written), str_from_c(paths[i].raw)),
                         paths[i].is_canonical);
    }
}

static void test_a_plain_path_is_not_copied(void **state)
{
    (void)state;
    char scratch[URI_PATH_BYTES_MAX];
    struct str raw = STR("/en/article/a-1");
    struct uri_path path;
    assert_int_equal(uri_path_decode(raw, scratch, &path), ERR_OK);
    assert_ptr_equal(path.text.ptr, raw.ptr);
}

static void test_a_path_that_is_too_long(void **state)
{
    (void)state;
    char scratch[URI_PATH_BYTES_MAX], raw[URI_PATH_BYTES_MAX + 1];
    struct uri_path path;
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    raw[1] = '%', raw[2] = '6', raw[3] = '1';
    assert_int_equal(uri_path_decode(str_of(raw, sizeof raw), scratch, &path),
                     ERR_TOO_LONG);
    assert_int_equal(
        uri_path_decode(str_of(raw, sizeof raw - 1), scratch, &path), ERR_OK);
}

static void test_queries(void **state)
{
    (void)state;
    struct str rest = STR("&a=1&&b&=c&d=e=f&"), text;
    struct uri_parameter parameter;
    static const char *const expected[][2] = {
        {"a", "1"}, {"b", ""}, {"", "c"}, {"d", "e=f"}};
    char target[8];
    for (size_t i = 0; i < 4; i++) {
        assert_true(uri_query_next(&rest, &parameter));
        assert_true(str_eq(parameter.name, str_from_c(expected[i][0])));
        assert_true(str_eq(parameter.value, str_from_c(expected[i][1])));
    }
    assert_false(uri_query_next(&rest, &parameter));
    assert_int_equal(uri_query_decode(STR("a+b%2B%2f"), target, 8, &text),
                     ERR_OK);
    assert_true(str_eq(text, STR("a b+/")));
    assert_int_equal(uri_query_decode(STR("%00"), target, 8, &text),
                     ERR_INVALID);
    assert_int_equal(uri_query_decode(STR("%f"), target, 8, &text),
                     ERR_INVALID);
    assert_int_equal(uri_query_decode(STR("%ff"), target, 8, &text),
                     ERR_INVALID);
    assert_int_equal(uri_query_decode(STR("123456789"), target, 8, &text),
                     ERR_TOO_LONG);
    assert_int_equal(
        uri_query_get(STR("x=1&q=%41&q=2"), STR("q"), target, 8, &text),
        ERR_OK);
    assert_true(str_eq(text, STR("A")));
    assert_int_equal(uri_query_get(STR("x=1"), STR("q"), target, 8, &text),
                     ERR_NOT_FOUND);
}

static void test_writers(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 256);
    uri_write_segment(&out, STR("a/b c?\xc3\xa9'"));
    buf_add_char(&out, ' ');
    uri_write_query(&out, STR("a/b c&d=+'\""));
    assert_true(str_eq(buf_str(&out), STR("a%2Fb%20c%3F%C3%A9%27 "
                                          "a/b%20c%26d%3D%2B%27%22")));
}

/* clang-format off */
enum { I = HTTP_CODING_IDENTITY, G = HTTP_CODING_GZIP, B = HTTP_CODING_BR };

static const struct {
    const char *field;
    unsigned codings;
} encodings[] = {
    {NULL, I}, {"", I}, {"gzip, deflate, br, zstd", I | G | B},
    {"gzip, deflate, br", I | G | B}, {"gzip, deflate", I | G}, {"gzip", I | G},
    {"identity", I}, {"deflate", I}, {"br;q=1.0, gzip;q=0.8, *;q=0.1", I | G | B},
    {"*", I | G | B}, {"*;q=0", 0}, {"identity;q=0", 0}, {"gzip, *;q=0", G},
    {"gzip;q=0, br", I | B}, {"GZIP ; Q=0.000, br;q=0.001", I | B},
    {"*;q=0, identity;q=0.5", I}, {"x-gzip", I | G}, {"br;q=0.0", I},
    {",,;;,gzip", I | G}, {"gzip;level=9", I | G}, {"gzipped, brrr", I},
};

static const struct {
    const char *range;
    uint64_t size;
    enum accept_range verdict;
    uint64_t start, len;
} ranges[] = {
    {"bytes=0-9", 100, ACCEPT_RANGE_PART, 0, 10},
    {"bytes=90-", 100, ACCEPT_RANGE_PART, 90, 10},
    {"bytes=-10", 100, ACCEPT_RANGE_PART, 90, 10},
    {"bytes=-1000", 100, ACCEPT_RANGE_PART, 0, 100},
    {"Bytes= 99-1000 ", 100, ACCEPT_RANGE_PART, 99, 1},
    {"bytes=0-18446744073709551615", 100, ACCEPT_RANGE_PART, 0, 100},
    {"bytes=100-", 100, ACCEPT_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=-0", 100, ACCEPT_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=0-", 0, ACCEPT_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=-5", 0, ACCEPT_RANGE_UNSATISFIABLE, 0, 0},
    {"bytes=5-4", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"bytes=0-1,5-6", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"bytes=a-b", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"bytes=-", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"bytes=", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"items=0-9", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"bytes=0-99999999999999999999", 100, ACCEPT_RANGE_NONE, 0, 0},
    {"", 100, ACCEPT_RANGE_NONE, 0, 0},
};
/* clang-format on */

static void test_content_codings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        unsigned got = accept_codings(str_from_c(encodings[i].field));
        if (got != encodings[i].codings)
            fail_msg("%s: %x", encodings[i].field, got);
    }
}

static void test_ranges(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct byte_range range = {0};
        enum accept_range verdict =
            accept_range(str_from_c(ranges[i].range), ranges[i].size, &range);
        if (verdict != ranges[i].verdict || range.start != ranges[i].start ||
            range.len != ranges[i].len)
            fail_msg("%s", ranges[i].range);
    }
}

static void test_conditions(void **state)
{
    (void)state;
    struct str etag = STR("\"a,b\"");
    assert_true(accept_none_match(STR("\"a,b\""), etag));
    assert_true(accept_none_match(STR("W/\"x\", W/\"a,b\""), etag));
    assert_true(accept_none_match(STR(" , \"y\" ,\"a,b\""), etag));
    assert_true(accept_none_match(STR("*"), etag));
    assert_true(accept_none_match(STR("\"z\""), STR("W/\"z\"")));
    assert_false(accept_none_match(STR("\"a\", \"b\""), etag));
    assert_false(accept_none_match(STR("a,b"), etag));
    assert_false(accept_none_match(STR("\"a,b"), etag));
    assert_false(accept_none_match(STR(""), etag));
    assert_true(accept_if_range(str_of(NULL, 0), etag));
    assert_true(accept_if_range(STR("\"a,b\""), etag));
    assert_false(accept_if_range(STR("W/\"z\""), STR("W/\"z\"")));
    assert_false(accept_if_range(STR("Mon, 15 Aug 2022 11:00:00 GMT"), etag));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_a_plain_path_is_not_copied),
        cmocka_unit_test(test_a_path_that_is_too_long),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_writers),
        cmocka_unit_test(test_content_codings),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
