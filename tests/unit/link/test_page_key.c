// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/page_key.h"

static void makes(const char *path, const char *query, const char *expected)
{
    char target[PAGE_KEY_BYTES_MAX], text[PAGE_KEY_BYTES_MAX + 1];
    struct str key = page_key_make(str_from_c(path), str_from_c(query), target);
    assert_int_equal(str_to_c(key, text, sizeof text), ERR_OK);
    assert_string_equal(text, expected);
}

static void test_a_page_keeps_the_parameters_that_it_knows(void **state)
{
    (void)state;
    makes("/en/politics", "utm_source=x&before=00af-12",
          "/en/politics?before=00af-12");
    makes("/en/politics", "q=x&after=00", "/en/politics");
    makes("/en/politics", "before=zz", "/en/politics");
    makes("/en/search", "before=00af-12", "/en/search");
    makes("/en/article/a-62f9f7d471fdc", "x=1&post=62f9f7d471fdd&after=1",
          "/en/article/a-62f9f7d471fdc?post=62f9f7d471fdd");
    makes("/en/article/a-62f9f7d471fdc", "before=00af-12",
          "/en/article/a-62f9f7d471fdc?before=00af-12");
    makes("/en/article/a-62f9f7d471fdc/posts", "after=17&before=00af",
          "/en/article/a-62f9f7d471fdc/posts?after=17");
    makes("/en/article/a-62f9f7d471fdc/posts", "after=017",
          "/en/article/a-62f9f7d471fdc/posts");
    makes("/en/article/a-62f9f7d471fdc/posts", "after=a",
          "/en/article/a-62f9f7d471fdc/posts");
    makes("/en/politics", "post=62f9f7d471fdd", "/en/politics");
    makes("/en/suggest", "q=ab&sort=newest", "/en/suggest?q=ab");
    makes("/en/search/rss.xml", "q=ab&sort=newest&after=00&to=2022-01-31",
          "/en/search/rss.xml?q=ab&to=2022-01-31");
}

static void test_their_order_and_spelling_are_always_the_same(void **state)
{
    (void)state;
    const char *one = "/en/search?q=new%20bridge&category=a/b&from=2022-01-02"
                      "&sort=newest&after=00af-0001";
    makes("/en/search",
          "sort=newest&after=00af-0001&from=2022-01-02&category=a%2Fb"
          "&q=new+bridge&to=&author=",
          one);
    makes("/en/search", strchr(one, '?') + 1, one);
    makes("/ka/search", "q=%E1%83%AC%e1%83%a7",
          "/ka/search?q=%E1%83%AC%E1%83%A7");
    makes("/en/search", "q=a&q=b", "/en/search?q=a");
    makes("/en/search", "q=++a+", "/en/search?q=a");
}

static void test_a_question_for_a_card_has_one_spelling(void **state)
{
    (void)state;
    makes("/oembed",
          "maxheight=90&utm=1&format=xml&url=https://a.b/en/x?y=1%26z"
          "&maxwidth=400",
          "/oembed?url=https://a.b/en/x?y%3D1%26z&format=xml&maxwidth=400"
          "&maxheight=90");
    makes("/oembed", "url=a%0Ab&format=XML&maxwidth=-1&maxheight=123456",
          "/oembed");
    makes("/en/oembed", "url=a", "/en/oembed");
    assert_int_equal(page_key_kind(STR("/oembed")), PAGE_KEY_OEMBED);
    assert_int_equal(page_key_kind(STR("/oembed?url=a")), PAGE_KEY_OEMBED);
    assert_int_equal(page_key_kind(STR("/oembed/")), PAGE_KEY_OTHER);
    char value[PAGE_KEY_VALUE_BYTES], url[PAGE_KEY_URL_BYTES_MAX + 8] = "url=";
    memset(url + 4, 'a', PAGE_KEY_URL_BYTES_MAX);
    char target[PAGE_KEY_BYTES_MAX];
    struct str key = page_key_make(STR("/oembed"), str_from_c(url), target);
    assert_int_equal(page_key_value(key, STR("url"), value).len,
                     PAGE_KEY_URL_BYTES_MAX);
}

static void test_what_is_not_of_its_shape_is_left_out(void **state)
{
    (void)state;
    makes("/en/search", "q=", "/en/search");
    makes("/en/search", "q=%00", "/en/search");
    makes("/en/search", "q=%FF", "/en/search");
    makes("/en/search", "q=%", "/en/search");
    makes("/en/search", "q=a&from=2022-1-2&to=tomorrow&sort=oldest&after=g",
          "/en/search?q=a");
    makes("/en/search", "q=a&category=%0Ab", "/en/search?q=a");
}

static void test_words_are_cut_at_a_character(void **state)
{
    (void)state;
    char query[1200] = "q=", target[PAGE_KEY_BYTES_MAX];
    char value[PAGE_KEY_VALUE_BYTES];
    for (int i = 0; i < 101; i++)
        memcpy(query + 2 + i * 9, "%E1%83%90", 10);
    struct str key =
        page_key_make(STR("/ka/search"), str_from_c(query), target);
    assert_int_equal(page_key_value(key, STR("q"), value).len,
                     PAGE_KEY_QUERY_BYTES_MAX);
}

static void test_values_are_read_back(void **state)
{
    (void)state;
    struct str key = STR("/en/search?q=new%20bridge&category=a/b");
    char value[PAGE_KEY_VALUE_BYTES];
    assert_true(
        str_eq(page_key_value(key, STR("q"), value), STR("new bridge")));
    assert_true(
        str_eq(page_key_value(key, STR("category"), value), STR("a/b")));
    assert_int_equal(page_key_value(key, STR("author"), value).len, 0);
    assert_int_equal(page_key_value(STR("/en/"), STR("q"), value).len, 0);
}

static void test_kinds_are_told_by_the_path(void **state)
{
    (void)state;
    assert_int_equal(page_key_kind(STR("/en/search?q=x")), PAGE_KEY_SEARCH);
    assert_int_equal(page_key_kind(STR("/en/suggest")), PAGE_KEY_SUGGEST);
    assert_int_equal(page_key_kind(STR("/en/search/rss.xml")),
                     PAGE_KEY_SEARCH_FEED);
    assert_int_equal(page_key_kind(STR("/en/searches")), PAGE_KEY_OTHER);
    assert_int_equal(page_key_kind(STR("/search")), PAGE_KEY_OTHER);
    assert_int_equal(page_key_kind(STR("/")), PAGE_KEY_OTHER);
    assert_int_equal(page_key_kind(STR("/en/a/search")), PAGE_KEY_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_keeps_the_parameters_that_it_knows),
        cmocka_unit_test(test_their_order_and_spelling_are_always_the_same),
        cmocka_unit_test(test_a_question_for_a_card_has_one_spelling),
        cmocka_unit_test(test_what_is_not_of_its_shape_is_left_out),
        cmocka_unit_test(test_words_are_cut_at_a_character),
        cmocka_unit_test(test_values_are_read_back),
        cmocka_unit_test(test_kinds_are_told_by_the_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
