// SPDX-License-Identifier: Apache-2.0
/* Loops: descriptors, timers, time-outs, calls from other threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/loop.h"

static struct loop *loop;

static int setup(void **state)
{
    (void)state;
    return loop_create(&loop);
}

static int teardown(void **state)
{
    (void)state;
    loop_destroy(loop);
    return 0;
}

/* ---- Descriptors -------------------------------------------------------- */

struct watched {
    struct loop_source source;
    struct watched *removes; /* when it is called */
    int calls;
};

static void on_watched(void *context, uint32_t events)
{
    struct watched *watched = context;
    assert_true(events & (EPOLLIN | EPOLLOUT));
    watched->calls++;
    if (watched->removes)
        loop_remove(loop, &watched->removes->source);
}

static void watch(struct watched *watched)
{
    *watched = (struct watched){
        .source = {.fd = eventfd(1, EFD_CLOEXEC),
                   .on_events = on_watched,
                   .context = watched},
    };
    assert_int_equal(loop_add(loop, &watched->source, EPOLLIN), ERR_OK);
}

static void test_a_source_is_told_until_it_is_removed(void **state)
{
    struct watched watched;
    (void)state;
    watch(&watched);
    loop_run_once(loop, 0);
    loop_run_once(loop, 0);
    assert_int_equal(watched.calls, 2); /* level-triggered */
    loop_watch(loop, &watched.source, 0);
    loop_run_once(loop, 0);
    assert_int_equal(watched.calls, 2);
    loop_watch(loop, &watched.source, EPOLLOUT);
    loop_run_once(loop, 0);
    assert_int_equal(watched.calls, 3);
    loop_remove(loop, &watched.source);
    loop_run_once(loop, 0);
    assert_int_equal(watched.calls, 3);
    close(watched.source.fd);
}

static void test_a_removed_source_is_not_told_in_the_same_turn(void **state)
{
    struct watched a, b;
    (void)state;
    watch(&a);
    watch(&b);
    a.removes = &b;
    b.removes = &a;
    loop_run_once(loop, 0);
    assert_int_equal(a.calls + b.calls, 1);
    close(a.source.fd);
    close(b.source.fd);
}

/* ---- Timers ------------------------------------------------------------- */

enum { TIMERS = 200 };

static struct loop_timer timers[TIMERS];
static int64_t last_due_us;
static int timers_run;

static void on_timer(void *context)
{
    struct loop_timer *timer = context;
    assert_true(timer->due_us >= last_due_us);
    assert_true(timer->due_us <= loop_now_us(loop));
    assert_false(loop_timer_is_armed(timer));
    last_due_us = timer->due_us;
    timers_run++;
}

static void test_timers_run_in_their_order(void **state)
{
    (void)state;
    int64_t now_us = loop_now_us(loop);
    last_due_us = timers_run = 0;
    for (int i = 0; i < TIMERS; i++) {
        timers[i] =
            (struct loop_timer){.on_due = on_timer, .context = &timers[i]};
        loop_timer_arm(loop, &timers[i], now_us - i * 7919 % 1000);
    }
    for (int i = 0; i < TIMERS; i += 2) { /* moved, and taken out */
        if (i % 4)
            loop_timer_arm(loop, &timers[i], now_us - i);
        else
            loop_timer_cancel(loop, &timers[i]);
    }
    loop_timer_arm(loop, &timers[0], now_us + INT64_C(3600000000));
    loop_run_once(loop, 0);
    assert_int_equal(timers_run, TIMERS - TIMERS / 4);
    assert_true(loop_timer_is_armed(&timers[0]));
    loop_timer_cancel(loop, &timers[0]);
    assert_false(loop_timer_is_armed(&timers[0]));
}

static void test_waiting_ends_when_a_timer_is_due(void **state)
{
    (void)state;
    timers_run = 0;
    last_due_us = 0;
    timers[0] = (struct loop_timer){.on_due = on_timer, .context = &timers[0]};
    loop_timer_arm(loop, &timers[0], loop_now_us(loop) + 2000);
    while (timers_run == 0)
        loop_run_once(loop, -1);
    assert_true(loop_now_us(loop) >= timers[0].due_us);
}

/* ---- Time-outs ---------------------------------------------------------- */

static struct loop_timeout_list list, other_list;
static struct loop_timeout timeouts[3];
static int order[3], order_count;

static void on_timeout(void *context, struct loop_timeout *timeout)
{
    assert_ptr_equal(context, &list);
    order[order_count++] = (int)(timeout - timeouts);
    loop_timeout_cancel(&timeouts[2]); /* one that would be due as well */
}

static void test_timeouts_of_a_list(void **state)
{
    (void)state;
    order_count = 0;
    memset(timeouts, 0, sizeof timeouts);
    loop_timeouts_add(loop, &list, 1, on_timeout, &list);
    loop_timeouts_add(loop, &other_list, INT64_C(3600000000), on_timeout, NULL);
    for (int i = 0; i < 3; i++)
        loop_timeout_arm(loop, &list, &timeouts[i]);
    loop_timeout_arm(loop, &list, &timeouts[0]); /* anew: now the last */
    while (order_count < 2)
        loop_run_once(loop, -1);
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 0);
    loop_timeout_arm(loop, &other_list, &timeouts[0]);
    loop_run_once(loop, 0);
    assert_int_equal(order_count, 2);
    loop_timeout_cancel(&timeouts[0]);
    loop_timeout_cancel(&timeouts[0]); /* harmless */
    loop_timeouts_remove(loop, &list);
    loop_timeouts_remove(loop, &other_list);
}

/* ---- Other threads ------------------------------------------------------ */

enum { POSTS = 10000 };

static int posts_run;

static void on_post(void *arg)
{
    assert_int_equal((intptr_t)arg, posts_run);
    if (++posts_run == POSTS)
        loop_stop(loop);
}

static void *post_all(void *arg)
{
    for (intptr_t i = 0; i < POSTS; i++)
        loop_post(loop, on_post, (void *)i);
    return arg;
}

static void test_calls_from_another_thread_come_in_order(void **state)
{
    pthread_t thread;
    (void)state;
    posts_run = 0;
    assert_int_equal(pthread_create(&thread, NULL, post_all, NULL), 0);
    loop_run(loop);
    pthread_join(thread, NULL);
    assert_int_equal(posts_run, POSTS);
}

static void count_post(void *arg)
{
    ++*(int *)arg;
}

static void post_three(void *arg)
{
    if (++*(int *)arg < 3)
        loop_post(loop, post_three, arg);
}

static void test_what_was_posted_runs_without_a_turn(void **state)
{
    (void)state;
    struct watched watched;
    int count = 0;
    watch(&watched);
    assert_false(loop_run_posted(loop));
    loop_post(loop, post_three, &count);
    assert_true(loop_run_posted(loop));
    assert_int_equal(count, 3); /* what it posted itself as well */
    assert_int_equal(watched.calls, 0);
    assert_false(loop_run_posted(loop));
    loop_remove(loop, &watched.source);
    close(watched.source.fd);
}

static struct loop *going;

static void post_another(void *arg)
{
    count_post(arg);
    loop_post(going, count_post, arg);
}

static void test_calls_left_over_run_when_the_loop_goes(void **state)
{
    (void)state;
    int count = 0;
    assert_int_equal(loop_create(&going), ERR_OK);
    loop_post(going, post_another, &count);
    loop_destroy(going);
    assert_int_equal(count, 2);
}

static void test_the_date(void **state)
{
    (void)state;
    struct str line = loop_date_line(loop);
    assert_int_equal(line.len, 37);
    assert_true(str_starts_with(line, STR("Date: ")));
    assert_true(str_ends_with(line, STR(" GMT\r\n")));
    assert_true(str_starts_with(loop_date_end(loop), line));
    assert_true(str_ends_with(loop_date_end(loop), STR("GMT\r\n\r\n")));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_a_source_is_told_until_it_is_removed),
        TEST(test_a_removed_source_is_not_told_in_the_same_turn),
        TEST(test_timers_run_in_their_order),
        TEST(test_waiting_ends_when_a_timer_is_due),
        TEST(test_timeouts_of_a_list),
        TEST(test_calls_from_another_thread_come_in_order),
        TEST(test_what_was_posted_runs_without_a_turn),
        TEST(test_calls_left_over_run_when_the_loop_goes),
        TEST(test_the_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
