// SPDX-License-Identifier: Apache-2.0
/* map, queue, hash, id, time, err: what is kept, counted and numbered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/hash.h"
#include "base/id.h"
#include "base/map.h"
#include "base/queue.h"
#include "base/time.h"

enum { MANY = 5000 };

static void test_map_finds_what_was_set_and_not_removed(void **state)
{
    (void)state;
    static char keys[MANY][16];
    struct map map;
    map_init(&map);
    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        assert_int_equal(map_set(&map, str_from_c(keys[i]), keys[i], NULL),
                         ERR_OK);
    }
    for (int i = 0; i < MANY; i += 3)
        assert_ptr_equal(map_remove(&map, str_from_c(keys[i])), keys[i]);
    for (int i = 0; i < MANY; i++) {
        void *expected = i % 3 ? keys[i] : NULL;
        assert_ptr_equal(map_get(&map, str_from_c(keys[i])), expected);
    }
    size_t position = 0, seen = 0;
    while (map_next(&map, &position, NULL))
        seen++;
    assert_int_equal(seen, map.count);
    void *old = NULL;
    assert_int_equal(map_set(&map, STR("k1"), "new", &old), ERR_OK);
    assert_ptr_equal(old, keys[1]);
    map_finish(&map);
}

struct numbers {
    struct queue queue;
    int64_t sum;
};

static void *add_up(void *argument)
{
    struct numbers *numbers = argument;
    void *item;
    while (!queue_pop(&numbers->queue, -1, &item))
        numbers->sum += (intptr_t)item;
    return NULL;
}

static void test_queue_carries_everything_between_threads(void **state)
{
    (void)state;
    struct numbers numbers = {.sum = 0};
    assert_int_equal(queue_init(&numbers.queue, 7), ERR_OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, add_up, &numbers), 0);
    for (intptr_t i = 1; i <= MANY; i++)
        assert_int_equal(queue_push(&numbers.queue, (void *)i), ERR_OK);
    queue_close(&numbers.queue);
    pthread_join(thread, NULL);
    assert_int_equal(numbers.sum, (int64_t)MANY * (MANY + 1) / 2);
    assert_int_equal(queue_try_push(&numbers.queue, &numbers), ERR_CLOSED);
    queue_finish(&numbers.queue);
}

static void test_queue_says_full_and_empty(void **state)
{
    (void)state;
    struct queue queue;
    void *item;
    assert_int_equal(queue_init(&queue, 1), ERR_OK);
    assert_int_equal(queue_pop(&queue, 0, &item), ERR_TIMEOUT);
    assert_int_equal(queue_try_push(&queue, &queue), ERR_OK);
    assert_int_equal(queue_try_push(&queue, &queue), ERR_BUSY);
    queue_finish(&queue);
}

static void test_id_is_the_moment_it_was_made(void **state)
{
    (void)state;
    int64_t time_us;
    struct id id;
    assert_int_equal(
        time_parse_rfc3339(STR("2022-08-15T07:37:56.466908Z"), &time_us),
        ERR_OK);
    assert_string_equal(id_from_time(time_us).text, "62f9f7d471fdc");
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &id), ERR_OK);
    assert_true(id_time_us(&id) == time_us);
    const char *const bad[] = {"",
                               "62f9f7d471fd",
                               "62f9f7d471fdcc",
                               "62F9F7D471FDC",
                               "62f9f7d4fffff",
                               "62f9f7d471fdg"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(id_parse(str_from_c(bad[i]), &id), ERR_INVALID);
}

static void *make_ids(void *argument)
{
    struct id *ids = argument;
    for (int i = 0; i < MANY; i++)
        ids[i] = id_make();
    return NULL;
}

static void test_ids_of_two_threads_never_collide(void **state)
{
    (void)state;
    static struct id ids[2][MANY];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, make_ids, ids[i]),
                         0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    struct map seen;
    map_init(&seen);
    for (int i = 0; i < 2 * MANY; i++) {
        struct id *id = &ids[i / MANY][i % MANY];
        void *old = NULL;
        assert_int_equal(map_set(&seen, id_str(id), id, &old), ERR_OK);
        assert_null(old);
        if (i % MANY)
            assert_true(str_compare(id_str(id - 1), id_str(id)) < 0);
    }
    map_finish(&seen);
}

static void test_times_go_out_and_come_back(void **state)
{
    (void)state;
    const struct {
        const char *text, *utc, *http;
    } cases[] = {
        {"2022-08-15T15:00:00+04:00", "2022-08-15T11:00:00Z",
         "Mon, 15 Aug 2022 11:00:00 GMT"},
        {"2024-02-29T23:59:59.5-01:30", "2024-03-01T01:29:59.500000Z",
         "Fri, 01 Mar 2024 01:29:59 GMT"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z",
         "Wed, 31 Dec 1969 23:59:59 GMT"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t time_us;
        char utc[TIME_RFC3339_BYTES], http[TIME_HTTP_BYTES];
        assert_int_equal(
            time_parse_rfc3339(str_from_c(cases[i].text), &time_us), ERR_OK);
        time_format_rfc3339(time_us, utc);
        time_format_http(time_us, http);
        assert_string_equal(utc, cases[i].utc);
        assert_string_equal(http, cases[i].http);
    }
}

static void test_times_that_are_none_are_refused(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "2022-08-15",
                               "2022-02-30T00:00:00Z",
                               "2022-13-01T00:00:00Z",
                               "2022-08-15T24:00:00Z",
                               "2022-08-15T10:00:00",
                               "2022-08-15T10:00:00+4",
                               "2022-08-15T10:00:00Zx",
                               "2022-08-15T10:00:00.Z",
                               "22-08-15T10:00:00Z"};
    int64_t time_us = 5;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(time_parse_rfc3339(str_from_c(bad[i]), &time_us),
                         ERR_INVALID);
    assert_int_equal(time_us, 5);
}

static void test_digest_is_sha_256(void **state)
{
    (void)state;
    char hex[DIGEST_HEX_BYTES];
    digest_hmac_hex(STR("Jefe"), STR("what do ya want for nothing?"), hex);
    assert_string_equal(hex, /* RFC 4231 §4.3 */
                        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec5"
                        "8b964ec3843");
    digest_hex(STR("abc"), hex); /* FIPS 180-4's own example */
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223"
                             "b00361a396177a9cb410ff61f20015ad");
}

static void test_every_error_has_a_status_and_an_exit_code(void **state)
{
    (void)state;
    for (int i = 1; i < ERR_COUNT; i++) {
        enum err err = (enum err)i;
        assert_in_range(err_http_status(err), 400, 599);
        assert_in_range(err_exit_code(err), 1, 125);
        assert_true(err_sentence(err)[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_map_finds_what_was_set_and_not_removed),
        cmocka_unit_test(test_queue_carries_everything_between_threads),
        cmocka_unit_test(test_queue_says_full_and_empty),
        cmocka_unit_test(test_id_is_the_moment_it_was_made),
        cmocka_unit_test(test_ids_of_two_threads_never_collide),
        cmocka_unit_test(test_times_go_out_and_come_back),
        cmocka_unit_test(test_times_that_are_none_are_refused),
        cmocka_unit_test(test_digest_is_sha_256),
        cmocka_unit_test(test_every_error_has_a_status_and_an_exit_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
