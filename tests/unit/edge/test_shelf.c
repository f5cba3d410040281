// SPDX-License-Identifier: Apache-2.0
/* edge/shelf: which pages stay in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "edge/shelf.h"

enum { PAGE_BYTES = 1000, BUDGET = 100 * PAGE_BYTES };

/* A page of exactly PAGE_BYTES in the eyes of the shelf. */
static struct page *make_page(const char *key, unsigned flags)
{
    struct page *page = calloc(1, sizeof *page + strlen(key) + 1);
    char *text = (char *)(page + 1);
    memcpy(text, key, strlen(key));
    page->key = str_of(text, strlen(key));
    page->flags = (uint16_t)flags;
    page->bytes = PAGE_BYTES;
    atomic_init(&page->references, 1);
    return page;
}

static void put(struct shelf *shelf, const char *key, unsigned flags)
{
    struct page *page = make_page(key, flags);
    assert_int_equal(shelf_put(shelf, page), ERR_OK);
    page_release(page);
}

static size_t evict_all(struct shelf *shelf)
{
    size_t count = 0;
    struct page *page;
    while ((page = shelf_evict(shelf))) {
        count++;
        page_release(page);
    }
    return count;
}

static const char *name_of(char name[32], const char *kind, int number)
{
    snprintf(name, 32, "/%s/%d", kind, number);
    return name;
}

/* What a reader does: the page is there and noted, or it is printed. */
static bool ask(struct shelf *shelf, const char *key)
{
    struct page *page = shelf_find(shelf, str_from_c(key));
    if (page) {
        page_touch(page);
        return true;
    }
    put(shelf, key, 0);
    page_touch(shelf_find(shelf, str_from_c(key)));
    evict_all(shelf);
    return false;
}

static void test_a_page_is_found_until_it_is_dropped(void **state)
{
    (void)state;
    struct shelf shelf;
    shelf_init(&shelf, BUDGET);
    put(&shelf, "/en/", 0);
    put(&shelf, "/ka/", PAGE_PINNED);
    assert_non_null(shelf_find(&shelf, STR("/en/")));
    assert_int_equal(shelf_bytes(&shelf), 2 * PAGE_BYTES);
    assert_true(shelf_drop(&shelf, STR("/en/")));
    assert_true(shelf_drop(&shelf, STR("/ka/")));
    assert_false(shelf_drop(&shelf, STR("/en/")));
    assert_null(shelf_find(&shelf, STR("/en/")));
    assert_int_equal(shelf_bytes(&shelf), 0);
    shelf_finish(&shelf);
}

static void test_the_budget_is_kept(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    shelf_init(&shelf, BUDGET);
    for (int i = 0; i < 1000; i++) {
        ask(&shelf, name_of(name, "a", i % 300));
        assert_true(shelf_bytes(&shelf) <= BUDGET);
    }
    shelf.budget_bytes = BUDGET / 4; /* the desk lowers it */
    assert_true(evict_all(&shelf) > 0);
    assert_true(shelf_bytes(&shelf) <= BUDGET / 4);
    shelf_finish(&shelf);
}

static void test_pinned_pages_are_never_evicted(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    shelf_init(&shelf, BUDGET);
    for (int i = 0; i < 150; i++) /* more than the budget */
        put(&shelf, name_of(name, "pinned", i), PAGE_PINNED);
    assert_int_equal(evict_all(&shelf), 0);
    put(&shelf, "/one", 0);
    assert_int_equal(evict_all(&shelf), 1);
    assert_null(shelf_find(&shelf, STR("/one")));
    for (int i = 0; i < 150; i++)
        assert_non_null(
            shelf_find(&shelf, str_from_c(name_of(name, "pinned", i))));
    shelf_finish(&shelf);
}

/* Two hundred readers keep asking for fifty pages while a robot reads ten
 * thousand others, each once. */
static void test_one_pass_over_the_archive_evicts_nothing_in_use(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    int missed = 0;
    shelf_init(&shelf, BUDGET);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 50; i++)
            ask(&shelf, name_of(name, "used", i));
    }
    for (int i = 0; i < 10000; i++) {
        ask(&shelf, name_of(name, "archive", i));
        missed += !ask(&shelf, name_of(name, "used", i % 50));
    }
    assert_int_equal(missed, 0);
    shelf_finish(&shelf);
}

/* The control: had the robot's pages been asked for again, they would stay, so
 * it is being used that counts, not being there first. */
static void test_what_is_used_displaces_what_is_not(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    int kept = 0;
    shelf_init(&shelf, BUDGET);
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 50; i++)
            ask(&shelf, name_of(name, "old", i));
    }
    for (int i = 0; i < 10000; i++) {
        for (int again = 0; again < 3; again++)
            ask(&shelf, name_of(name, "new", i));
    }
    for (int i = 0; i < 50; i++)
        kept += shelf_find(&shelf, str_from_c(name_of(name, "old", i))) != NULL;
    assert_int_equal(kept, 0);
    shelf_finish(&shelf);
}

static void test_a_replaced_page_keeps_its_rank(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    shelf_init(&shelf, BUDGET);
    for (int i = 0; i < 3; i++)
        ask(&shelf, "/hot");
    for (int i = 0; i < 200; i++) /* moves it to the main queue */
        ask(&shelf, name_of(name, "archive", i));
    assert_true(shelf.main.bytes > 0);
    put(&shelf, "/hot", 0); /* printed again after a change, not asked for */
    for (int i = 200; i < 400; i++)
        ask(&shelf, name_of(name, "archive", i));
    assert_non_null(shelf_find(&shelf, STR("/hot")));
    shelf_finish(&shelf);
}

static void test_a_page_can_become_pinned_and_back(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    shelf_init(&shelf, BUDGET);
    put(&shelf, "/en/", 0);
    put(&shelf, "/en/", PAGE_PINNED);
    assert_int_equal(shelf.pinned_bytes, PAGE_BYTES);
    assert_int_equal(shelf_bytes(&shelf), PAGE_BYTES);
    put(&shelf, "/en/", 0);
    assert_int_equal(shelf.pinned_bytes, 0);
    assert_int_equal(shelf_bytes(&shelf), PAGE_BYTES);
    for (int i = 0; i < 200; i++)
        ask(&shelf, name_of(name, "archive", i));
    assert_null(shelf_find(&shelf, STR("/en/")));
    shelf_finish(&shelf);
}

static void test_a_walk_meets_every_page_once(void **state)
{
    (void)state;
    struct shelf shelf;
    char name[32];
    shelf_init(&shelf, BUDGET);
    for (int i = 0; i < 60; i++)
        put(&shelf, name_of(name, "a", i), i % 2 ? PAGE_PINNED : 0);
    size_t position = 0, seen = 0;
    struct page *page;
    while ((page = shelf_next(&shelf, &position))) {
        seen++;
        page_touch(page);
        assert_int_equal(atomic_load(&page->hits), 1);
    }
    assert_int_equal(seen, 60);
    shelf_finish(&shelf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_page_is_found_until_it_is_dropped),
        cmocka_unit_test(test_the_budget_is_kept),
        cmocka_unit_test(test_pinned_pages_are_never_evicted),
        cmocka_unit_test(test_one_pass_over_the_archive_evicts_nothing_in_use),
        cmocka_unit_test(test_what_is_used_displaces_what_is_not),
        cmocka_unit_test(test_a_replaced_page_keeps_its_rank),
        cmocka_unit_test(test_a_page_can_become_pinned_and_back),
        cmocka_unit_test(test_a_walk_meets_every_page_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
