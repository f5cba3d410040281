// SPDX-License-Identifier: Apache-2.0
/* Addresses of hosts, by their names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <stdio.h>

#include "base/time.h"
#include "net/lookup.h"

struct scene {
    struct loop *loop;
    struct lookup_answer answer;
    unsigned answers;
};

static void on_answer(void *context, const struct lookup_answer *answer)
{
    struct scene *scene = context;
    scene->answer = *answer;
    scene->answers++;
    loop_stop(scene->loop);
}

static int begin(void **state)
{
    static struct scene scene;
    scene = (struct scene){.answers = 0};
    *state = &scene;
    return loop_create(&scene.loop);
}

static int end(void **state)
{
    struct scene *scene = *state;
    loop_destroy(scene->loop);
    return 0;
}

static void the_machine_itself_has_addresses(void **state)
{
    struct scene *scene = *state;
    const struct str names[] = {STR("localhost"), STR("LOCALHOST"),
                                STR("studio.localhost")};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        assert_non_null(lookup_begin(scene->loop, names[i], on_answer, scene));
        loop_run(scene->loop);
        assert_int_equal(scene->answers, i + 1);
        assert_int_equal(scene->answer.count, 2);
        assert_string_equal(scene->answer.addresses[0], "127.0.0.1");
        assert_string_equal(scene->answer.addresses[1], "::1");
    }
}

/* A number is a name of itself; whatever DNS there is, it is not asked. */
static void a_number_is_its_own_answer(void **state)
{
    struct scene *scene = *state;
    assert_non_null(
        lookup_begin(scene->loop, STR("192.0.2.7"), on_answer, scene));
    loop_run(scene->loop);
    assert_int_equal(scene->answer.count, 1);
    assert_string_equal(scene->answer.addresses[0], "192.0.2.7");
}

/* A label of 64 letters is in no DNS (RFC 1035 §2.3.4): nobody is asked. */
static void a_name_that_nobody_has_is_explained(void **state)
{
    struct scene *scene = *state;
    char name[65];
    memset(name, 'a', 64);
    name[64] = '\0';
    assert_non_null(
        lookup_begin(scene->loop, str_from_c(name), on_answer, scene));
    loop_run(scene->loop);
    assert_int_equal(scene->answers, 1);
    assert_int_equal(scene->answer.count, 0);
    assert_non_null(strstr(scene->answer.reason, name));
    assert_non_null(strstr(scene->answer.reason, "; look at "));
}

static void what_is_cancelled_is_not_answered(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i < 32; i++)
        lookup_cancel(
            lookup_begin(scene->loop, STR("localhost"), on_answer, scene));
    struct lookup *last =
        lookup_begin(scene->loop, STR("localhost"), on_answer, scene);
    assert_non_null(last);
    loop_run(scene->loop);
    assert_int_equal(scene->answers, 1);
    lookup_cancel(NULL);
}

/* Whenever the end comes: before the thread asks, while it tells, after. */
static void a_loop_that_ends_leaves_nothing_behind(void **state)
{
    struct scene *scene = *state;
    enum { LOOKUPS = 8, ENDS = 200 };
    for (int i = 0; i < ENDS; i++) {
        struct loop *loop;
        struct lookup *lookups[LOOKUPS];
        assert_int_equal(loop_create(&loop), ERR_OK);
        for (int k = 0; k < LOOKUPS; k++) {
            lookups[k] = lookup_begin(loop, STR("localhost"), on_answer, scene);
            assert_non_null(lookups[k]);
        }
        for (int k = 0; k < i % LOOKUPS; k++)
            sched_yield();
        for (int k = 0; k < LOOKUPS / 2; k++) /* the others by the loop */
            lookup_cancel(lookups[k]);
        loop_destroy(loop);
    }
    assert_int_equal(scene->answers, 0);
}

static void a_name_of_no_length_or_too_much_is_none(void **state)
{
    struct scene *scene = *state;
    char name[LOOKUP_HOST_BYTES_MAX + 2];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_null(lookup_begin(scene->loop, STR(""), on_answer, scene));
    assert_null(lookup_begin(scene->loop, str_from_c(name), on_answer, scene));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_machine_itself_has_addresses),
        TEST(a_number_is_its_own_answer),
        TEST(a_name_that_nobody_has_is_explained),
        TEST(what_is_cancelled_is_not_answered),
        TEST(a_loop_that_ends_leaves_nothing_behind),
        TEST(a_name_of_no_length_or_too_much_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
