// SPDX-License-Identifier: Apache-2.0
/* Answers that go on: one piece to many, and the one who does not read. */
#include "server_fixture.h"

#include <stdlib.h>

#include "net/http_tail.h"

enum { BIG_BYTES = 20000 };

/* The tail that the handler began last, and how many have gone. */
static struct http_tail tail;
static unsigned gone;
static enum err began;

static void on_gone(struct http_tail *of)
{
    assert_ptr_equal(of, &tail);
    gone++;
}

static void on_request(void *context, struct http_exchange *exchange)
{
    (void)context;
    tail.on_gone = on_gone;
    const struct http_answer answer = {
        .status = 200,
        .content_type = STR("text/event-stream"),
        .body = STR("first\n"),
    };
    began = http_tail_begin(exchange, &answer, &tail);
}

static void start(struct fixture *fixture)
{
    const struct http_server_config config = {.on_request = on_request};
    gone = 0;
    fixture_start(fixture, &config);
    fixture_connect(fixture);
}

static struct http_piece *piece_of(const char *text)
{
    struct http_piece *piece = http_piece_create(str_from_c(text));
    assert_non_null(piece);
    return piece;
}

static struct http_piece *big_piece(void)
{
    static char bytes[BIG_BYTES];
    memset(bytes, 'x', sizeof bytes);
    struct http_piece *piece = http_piece_create(str_of(bytes, sizeof bytes));
    assert_non_null(piece);
    return piece;
}

#define GET STR("GET / HTTP/1.1\r\nHost: a\r\n\r\n")

static void test_pieces_come_as_chunks(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    struct str answer = fixture_ask(&fixture, GET);
    assert_status(answer, 200);
    assert_int_equal(began, ERR_OK);
    assert_true(has(answer, "Transfer-Encoding: chunked\r\n"));
    assert_true(str_ends_with(answer, STR("\r\n\r\n6\r\nfirst\n\r\n")));
    struct http_piece *piece = piece_of("second\n");
    assert_int_equal(http_tail_send(&tail, piece), ERR_OK);
    http_piece_release(piece);
    fixture_settle(&fixture);
    assert_true(
        str_ends_with(buf_str(&fixture.received), STR("7\r\nsecond\n\r\n")));
    http_tail_end(&tail);
    fixture_settle(&fixture);
    assert_true(str_ends_with(buf_str(&fixture.received), STR("0\r\n\r\n")));
    assert_true(fixture.ended);
    assert_int_equal(gone, 0);
    fixture_stop(&fixture);
}

static void test_http_1_0_gets_the_text_alone(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    struct str answer = fixture_ask(&fixture, STR("GET / HTTP/1.0\r\n\r\n"));
    assert_true(str_ends_with(answer, STR("\r\n\r\nfirst\n")));
    struct http_piece *piece = piece_of("second\n");
    assert_int_equal(http_tail_send(&tail, piece), ERR_OK);
    http_piece_release(piece);
    http_tail_end(&tail);
    fixture_settle(&fixture);
    assert_true(
        str_ends_with(buf_str(&fixture.received), STR("first\nsecond\n")));
    fixture_stop(&fixture);
}

static void test_nothing_is_kept_of_the_request(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    fixture_ask(&fixture, GET);
    assert_int_equal(http_server_counts(fixture.server).exchanges, 0);
    /* What comes behind it is no request any more, and not kept either. */
    fixture_ask(&fixture, GET);
    assert_int_equal(http_server_counts(fixture.server).requests, 1);
    assert_int_equal(gone, 0);
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_int_equal(gone, 1);
    assert_int_equal(http_server_counts(fixture.server).connections, 0);
    fixture_stop(&fixture);
}

static void test_who_sends_without_end_is_cut_off(void **state)
{
    (void)state;
    struct fixture fixture;
    static char bytes[512 << 10];
    memset(bytes, 'x', sizeof bytes);
    start(&fixture);
    fixture_ask(&fixture, GET);
    fixture_send(&fixture, str_of(bytes, sizeof bytes));
    fixture_settle(&fixture);
    assert_int_equal(gone, 1);
    fixture_stop(&fixture);
}

static void test_a_slow_reader_gets_everything_in_order(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    fixture_ask(&fixture, GET);
    struct http_piece *big = big_piece(), *last = piece_of("last\n");
    buf_reset(&fixture.received);
    for (int i = 0; i < 6; i++) /* more than the socket takes */
        assert_int_equal(http_tail_send(&tail, big), ERR_OK);
    assert_int_equal(http_tail_send(&tail, last), ERR_OK);
    assert_true(tail.count > 0);
    http_piece_release(big); /* those who wait hold it */
    http_piece_release(last);
    fixture_settle(&fixture);
    assert_int_equal(tail.count, 0);
    assert_int_equal(count_of(buf_str(&fixture.received), "\r\n4e20\r\nx"), 5);
    assert_true(
        str_ends_with(buf_str(&fixture.received), STR("\r\n5\r\nlast\n\r\n")));
    assert_int_equal(fixture.received.len,
                     6 * (BIG_BYTES + sizeof "4e20\r\n\r\n" - 1) +
                         sizeof "5\r\nlast\n\r\n" - 1);
    fixture_stop(&fixture);
    assert_int_equal(gone, 1);
}

static void test_who_never_reads_is_told_to_the_caller(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    fixture_ask(&fixture, GET);
    struct http_piece *big = big_piece();
    enum err err;
    unsigned taken = 0;
    while (!(err = http_tail_send(&tail, big)))
        taken++;
    assert_int_equal(err, ERR_BUSY);
    assert_true(taken >= HTTP_TAIL_WAITING_MAX);
    /* The system holds a bounded part of it. */
    assert_true(taken <= HTTP_TAIL_WAITING_MAX +
                             4 * HTTP_TAIL_SEND_BYTES / BIG_BYTES + 1);
    http_tail_end(&tail);
    http_piece_release(big);
    fixture_settle(&fixture);
    assert_true(fixture.ended);
    assert_int_equal(gone, 0);
    fixture_stop(&fixture);
}

static void test_who_takes_nothing_for_the_time_of_sending_is_gone(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request,
                                              .send_timeout_us = 1000};
    gone = 0;
    fixture_start(&fixture, &config);
    fixture_connect(&fixture);
    fixture_ask(&fixture, GET);
    assert_int_equal(gone, 0); /* nothing waits: no time runs */
    struct http_piece *big = big_piece();
    for (int i = 0; i < HTTP_TAIL_WAITING_MAX; i++)
        assert_int_equal(http_tail_send(&tail, big), ERR_OK);
    http_piece_release(big);
    while (!gone)
        loop_run_once(fixture.loop, 100 * 1000);
    fixture_stop(&fixture);
}

static void test_draining_ends_it(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    fixture_ask(&fixture, GET);
    http_server_drain(fixture.server, NULL, NULL);
    assert_int_equal(gone, 1);
    fixture_settle(&fixture);
    assert_true(fixture.ended);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces_come_as_chunks),
        cmocka_unit_test(test_http_1_0_gets_the_text_alone),
        cmocka_unit_test(test_nothing_is_kept_of_the_request),
        cmocka_unit_test(test_who_sends_without_end_is_cut_off),
        cmocka_unit_test(test_a_slow_reader_gets_everything_in_order),
        cmocka_unit_test(test_who_never_reads_is_told_to_the_caller),
        cmocka_unit_test(
            test_who_takes_nothing_for_the_time_of_sending_is_gone),
        cmocka_unit_test(test_draining_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
