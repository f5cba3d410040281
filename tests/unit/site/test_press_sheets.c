// SPDX-License-Identifier: Apache-2.0
/* Which pages are out, and which a change touches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "link/feed.h"
#include "site/press_sheets.h"

struct found {
    struct str keys[16];
    size_t count;
};

static void note(void *context, struct sheet *sheet)
{
    struct found *found = context;
    assert_true(found->count < 16);
    found->keys[found->count++] = sheet->key;
}

static bool was_found(const struct found *found, struct str key)
{
    for (size_t i = 0; i < found->count; i++) {
        if (str_eq(found->keys[i], key))
            return true;
    }
    return false;
}

static struct sheet *put(struct sheets *sheets, const char *key,
                         const char *depends)
{
    struct sheet *sheet = NULL;
    assert_int_equal(
        sheets_put(sheets, str_from_c(key), str_from_c(depends), &sheet),
        ERR_OK);
    return sheet;
}

static void test_a_change_finds_exactly_the_pages_made_from_it(void **state)
{
    (void)state;
    struct sheets sheets;
    sheets_init(&sheets);
    put(&sheets, "/en/", "front:en article:a article:b settings");
    put(&sheets, "/en/article/a", "article:a settings");
    put(&sheets, "/ka/", "front:ka article:c settings");
    struct found found = {.count = 0};
    sheets_each_of(&sheets, STR("article:a"), note, &found);
    assert_int_equal(found.count, 2);
    assert_true(was_found(&found, STR("/en/")));
    assert_true(was_found(&found, STR("/en/article/a")));
    found.count = 0;
    sheets_each_of(&sheets, STR("article:"), note, &found);
    assert_int_equal(found.count, 0);
    found.count = 0;
    sheets_each_of(&sheets, STR("settings"), note, &found);
    assert_int_equal(found.count, 3);
    sheets_finish(&sheets);
}

static void test_a_page_printed_again_forgets_what_it_was_made_from(
    void **state)
{
    (void)state;
    struct sheets sheets;
    sheets_init(&sheets);
    struct sheet *first = put(&sheets, "/en/", "article:a article:b");
    struct sheet *second = put(&sheets, "/en/", "article:b article:c");
    assert_ptr_equal(first, second);
    struct found found = {.count = 0};
    sheets_each_of(&sheets, STR("article:a"), note, &found);
    assert_int_equal(found.count, 0);
    sheets_each_of(&sheets, STR("article:b"), note, &found);
    sheets_each_of(&sheets, STR("article:c"), note, &found);
    assert_int_equal(found.count, 2);
    sheets_finish(&sheets);
}

static void test_a_removed_page_is_found_by_nobody(void **state)
{
    (void)state;
    struct sheets sheets;
    sheets_init(&sheets);
    put(&sheets, "/en/", "article:a article:a  article:b");
    struct sheet *sheet = put(&sheets, "/en/x", "article:a");
    sheet_set_payload(sheet, feed_payload_create(MESSAGE_PAGE, STR("bytes")));
    sheets_remove(&sheets, sheet);
    assert_null(sheets_find(&sheets, STR("/en/x")));
    sheets_remove(&sheets, sheets_find(&sheets, STR("/en/")));
    struct found found = {.count = 0};
    sheets_each_of(&sheets, STR("article:a"), note, &found);
    assert_int_equal(found.count, 0);
    assert_int_equal(sheets.subjects.count, 0);
    sheets_finish(&sheets);
}

static void test_ten_thousand_pages_of_one_key(void **state)
{
    (void)state;
    enum { PAGES = 10000 };
    struct sheets sheets;
    char key[32], depends[64];
    sheets_init(&sheets);
    for (int i = 0; i < PAGES; i++) {
        snprintf(key, sizeof key, "/p/%d", i);
        snprintf(depends, sizeof depends, "settings article:%d", i % 100);
        put(&sheets, key, depends);
    }
    for (int i = 0; i < PAGES; i += 2) {
        snprintf(key, sizeof key, "/p/%d", i);
        sheets_remove(&sheets, sheets_find(&sheets, str_from_c(key)));
    }
    size_t position = 0, count = 0;
    while (sheets_next(&sheets, &position))
        count++;
    assert_int_equal(count, PAGES / 2);
    assert_int_equal(sheets.subjects.count, 51); /* 50 odd ones, settings */
    sheets_finish(&sheets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_finds_exactly_the_pages_made_from_it),
        cmocka_unit_test(
            test_a_page_printed_again_forgets_what_it_was_made_from),
        cmocka_unit_test(test_a_removed_page_is_found_by_nobody),
        cmocka_unit_test(test_ten_thousand_pages_of_one_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
