// SPDX-License-Identifier: Apache-2.0
/* Who counts as a reader, once in half an hour, on many threads at once; and
 * the tables of counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>

#include "base/time.h"
#include "edge/readers.h"
#include "edge/robots.h"
#include "edge/view_counts.h"

#define S TIME_US_PER_SECOND
#define AGENT STR("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Firefox/120.0")

enum { START_S = 1000, THREADS = 4, READERS = 20000 };

/* ---- readers ---- */

static bool ip4(struct readers *readers, unsigned number, uint64_t article,
                int64_t second)
{
    struct address_peer reader = {.ip = {[10] = 0xFF, [11] = 0xFF}};
    for (size_t i = 0; i < 4; i++)
        reader.ip[12 + i] = (unsigned char)(number >> (24 - 8 * i));
    return readers_admit(readers, &reader, AGENT, article, second * S);
}

static struct readers *make_readers(void)
{
    struct readers *readers;
    assert_int_equal(readers_create(START_S * S, &readers), ERR_OK);
    return readers;
}

static void test_a_reader_counts_once_in_half_an_hour(void **state)
{
    (void)state;
    struct readers *readers = make_readers();
    assert_true(ip4(readers, 1, 7, START_S));
    assert_false(ip4(readers, 1, 7, START_S));
    assert_true(ip4(readers, 1, 8, START_S));
    assert_true(ip4(readers, 2, 7, START_S));
    assert_false(ip4(readers, 1, 7, START_S + READERS_WINDOW_S - 1));
    assert_true(ip4(readers, 1, 7, START_S + READERS_WINDOW_S));
    /* From the reading that counted, not from the last one. */
    assert_false(ip4(readers, 1, 7, START_S + 2 * READERS_WINDOW_S - 1));
    assert_true(ip4(readers, 1, 7, START_S + 2 * READERS_WINDOW_S));
    readers_destroy(readers);
}

static void test_another_browser_of_the_address_is_another_reader(void **state)
{
    (void)state;
    struct readers *readers = make_readers();
    struct address_peer reader = {.ip = {[10] = 0xFF, [11] = 0xFF, [12] = 10}};
    int64_t now = START_S * S;
    assert_true(readers_admit(readers, &reader, AGENT, 7, now));
    assert_true(
        readers_admit(readers, &reader, STR("Mozilla/5.0 Safari"), 7, now));
    assert_false(readers_admit(readers, &reader, AGENT, 7, now));
    readers_destroy(readers);
}

static void test_of_ip6_the_network_is_the_reader(void **state)
{
    (void)state;
    struct readers *readers = make_readers();
    struct address_peer reader = {.ip = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1}};
    int64_t now = START_S * S;
    assert_true(readers_admit(readers, &reader, AGENT, 7, now));
    reader.ip[15] = 9;
    assert_false(readers_admit(readers, &reader, AGENT, 7, now));
    reader.ip[7] = 2;
    assert_true(readers_admit(readers, &reader, AGENT, 7, now));
    readers_destroy(readers);
}

static void test_a_new_key_still_knows_who_has_just_read(void **state)
{
    (void)state;
    struct readers *readers = make_readers();
    int64_t turn = START_S + READERS_KEY_S;
    assert_true(ip4(readers, 1, 7, turn - 60));
    readers_turn_key(readers, (turn - 1) * S);
    assert_false(ip4(readers, 1, 7, turn - 1));
    readers_turn_key(readers, turn * S);
    assert_false(ip4(readers, 1, 7, turn + 1));
    assert_true(ip4(readers, 2, 7, turn + 1));
    readers_turn_key(readers, (turn + READERS_WINDOW_S) * S);
    assert_true(ip4(readers, 1, 7, turn + READERS_WINDOW_S));
    assert_false(ip4(readers, 2, 7, turn + READERS_WINDOW_S));
    readers_destroy(readers);
}

static void test_many_distinct_readers_all_count(void **state)
{
    (void)state;
    struct readers *readers = make_readers();
    unsigned counted = 0;
    for (unsigned i = 0; i < READERS_ENTRIES / 2; i++)
        counted += ip4(readers, i, 7, START_S + i / 1000);
    assert_int_equal(counted, READERS_ENTRIES / 2);
    readers_destroy(readers);
}

struct crowd {
    struct readers *readers;
    struct view_totals *totals;
    atomic_uint *admitted;
};

/* Every thread reads as everybody, in the same order. */
static void *read_as_all(void *argument)
{
    struct crowd *crowd = argument;
    for (unsigned i = 0; i < READERS; i++) {
        if (ip4(crowd->readers, i, 7, START_S + 1))
            atomic_fetch_add(crowd->admitted, 1);
    }
    return NULL;
}

static void test_threads_that_race_admit_a_reader_once(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    atomic_uint admitted = 0;
    struct crowd crowd = {.readers = make_readers(), .admitted = &admitted};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_as_all, &crowd),
                         0);
    for (int i = 0; i < 50; i++)
        readers_turn_key(crowd.readers, (START_S + 2) * S);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&admitted), READERS);
    readers_destroy(crowd.readers);
}

/* ---- robots ---- */

static bool is_robot(const char *agent, const char *name, const char *value)
{
    struct robots robots;
    struct http_fields fields = {.count = 0};
    robots_init(&robots);
    if (agent)
        fields.known[HTTP_FIELD_USER_AGENT] = str_from_c(agent);
    if (name)
        fields.all[fields.count++] =
            (struct http_field){str_from_c(name), str_from_c(value)};
    return robots_is_one(&robots, &fields);
}

static void test_robots_are_known_by_their_names(void **state)
{
    (void)state;
    static const char *const agents[] = {
        "Mozilla/5.0 (compatible; Googlebot/2.1)",
        "Mozilla/5.0 (compatible; bingbot/2.0)",
        "Mozilla/5.0 (compatible; YandexBot/3.0)",
        "facebookexternalhit/1.1",
        "Mozilla/5.0 (compatible; Baiduspider/2.0)",
        "Mozilla/5.0 (Macintosh) Chrome-Lighthouse",
        "Mozilla/5.0 (X11) HeadlessChrome/120.0",
        "curl/8.5.0",
        "Wget/1.21",
        "python-requests/2.31",
        "Go-http-client/2.0",
        "WhatsApp/2.23",
        "Mozilla/5.0 (compatible; AhrefsSiteAudit/6.1)",
        "UptimeRobot/2.0",
        "",
    };
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        if (!is_robot(agents[i], NULL, NULL))
            fail_msg("a reader? %s", agents[i]);
    }
    assert_true(is_robot(NULL, NULL, NULL));
}

static void test_browsers_are_no_robots(void **state)
{
    (void)state;
    static const char *const agents[] = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, "
        "like Gecko) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) "
        "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 "
        "Safari/604.1",
        "Mozilla/5.0 (Linux; Android 10; CUBOT_X18_Plus) AppleWebKit/537.36",
        "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 "
        "Firefox/120.0",
        "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) SamsungBrowser/23.0",
        "Mozilla/5.0 (Windows NT 10.0) YaBrowser/24.1 Yowser/2.5 Safari/537.36",
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1) Presto/2.12",
        "Lynx/2.9.0 libwwx",
        "b",
    };
    for (size_t i = 0; i < sizeof agents / sizeof *agents; i++) {
        if (is_robot(agents[i], NULL, NULL))
            fail_msg("a robot? %s", agents[i]);
    }
}

static void test_what_is_fetched_ahead_is_not_read(void **state)
{
    (void)state;
    const char *agent = "Mozilla/5.0 Firefox/120.0";
    assert_true(is_robot(agent, "Sec-Purpose", "prefetch;prerender"));
    assert_true(is_robot(agent, "purpose", "prefetch"));
    assert_true(is_robot(agent, "X-moz", "prefetch"));
    assert_false(is_robot(agent, "Sec-Purpose", "none"));
    assert_false(is_robot(agent, "X-Purposely", "prefetch"));
}

/* ---- counts and totals ---- */

static void test_counts_add_up_and_have_an_end(void **state)
{
    (void)state;
    struct view_counts counts;
    struct views_pair pair;
    size_t position = 0, seen = 0;
    view_counts_init(&counts, 1000);
    assert_false(view_counts_has(&counts, 7));
    for (int round = 0; round < 3; round++) {
        for (uint64_t article = 0; article < 1000; article++)
            assert_int_equal(
                view_counts_add(&counts, article << 20, (int64_t)article),
                ERR_OK);
    }
    assert_int_equal(view_counts_add(&counts, 5, 1), ERR_TOO_LONG);
    assert_true(view_counts_has(&counts, UINT64_C(7) << 20));
    assert_false(view_counts_has(&counts, 5));
    while (view_counts_next(&counts, &position, &pair)) {
        assert_int_equal(pair.count, 3 * (int64_t)(pair.article >> 20));
        seen++;
    }
    assert_int_equal(seen, 1000);
    view_counts_clear(&counts);
    position = 0;
    assert_false(view_counts_next(&counts, &position, &pair));
    assert_int_equal(view_counts_add(&counts, 5, 1), ERR_OK);
    view_counts_finish(&counts);
}

static void test_totals_are_the_last_that_were_told(void **state)
{
    (void)state;
    struct view_totals totals;
    assert_int_equal(view_totals_init(&totals), ERR_OK);
    assert_int_equal(view_totals_get(&totals, 0), -1);
    view_totals_set(&totals, (struct views_pair){0, 5});
    view_totals_set(&totals, (struct views_pair){7, 6});
    view_totals_set(&totals, (struct views_pair){0, 9});
    assert_int_equal(view_totals_get(&totals, 0), 9);
    assert_int_equal(view_totals_get(&totals, 7), 6);
    /* Many more than there is room for: the newest is always there. */
    for (uint64_t i = 0; i < 4 * VIEW_TOTALS; i++) {
        view_totals_set(&totals, (struct views_pair){i, (int64_t)i});
        assert_int_equal(view_totals_get(&totals, i), i);
    }
    view_totals_finish(&totals);
}

/* An article's total is its own, whatever is written meanwhile. */
static void *check_totals(void *argument)
{
    struct crowd *crowd = argument;
    for (int round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < 2000; i++) {
            int64_t views = view_totals_get(crowd->totals, i << 40);
            if (views >= 0 && views % 2000 != (int64_t)i)
                atomic_fetch_add(crowd->admitted, 1);
        }
    }
    return NULL;
}

static void test_totals_are_read_while_they_are_written(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct view_totals totals;
    atomic_uint wrong = 0;
    struct crowd crowd = {.totals = &totals, .admitted = &wrong};
    assert_int_equal(view_totals_init(&totals), ERR_OK);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, check_totals, &crowd), 0);
    for (int64_t round = 0; round < 20; round++) {
        for (uint64_t i = 0; i < 2000; i++)
            view_totals_set(&totals, (struct views_pair){
                                         i << 40, round * 2000 + (int64_t)i});
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
    view_totals_finish(&totals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reader_counts_once_in_half_an_hour),
        cmocka_unit_test(test_another_browser_of_the_address_is_another_reader),
        cmocka_unit_test(test_of_ip6_the_network_is_the_reader),
        cmocka_unit_test(test_a_new_key_still_knows_who_has_just_read),
        cmocka_unit_test(test_many_distinct_readers_all_count),
        cmocka_unit_test(test_threads_that_race_admit_a_reader_once),
        cmocka_unit_test(test_robots_are_known_by_their_names),
        cmocka_unit_test(test_browsers_are_no_robots),
        cmocka_unit_test(test_what_is_fetched_ahead_is_not_read),
        cmocka_unit_test(test_counts_add_up_and_have_an_end),
        cmocka_unit_test(test_totals_are_the_last_that_were_told),
        cmocka_unit_test(test_totals_are_read_while_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
