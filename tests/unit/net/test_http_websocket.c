// SPDX-License-Identifier: Apache-2.0
/* A client goes on with a WebSocket: one message at a time, and whoever breaks
 * rules, says nothing, or reads nothing. */
#include "server_fixture.h"

#include "net/http_websocket.h"
#include "websocket_client.h"

enum { TEXT_BYTES_MAX = 8192 };

static struct http_websocket socket_;
static struct buf told; /* what the handler was told */
static unsigned gone;
static bool answers_later;

static void on_text(struct http_websocket *of, struct str text)
{
    assert_ptr_equal(of, &socket_);
    buf_add(&told, text);
    buf_add_char(&told, '|');
    if (!answers_later)
        http_websocket_answer(of, str_eq(text, STR("end")) ? STR("bye") : text,
                              str_eq(text, STR("end")) ? WEBSOCKET_CODE_POLICY
                                                       : 0);
}

static void on_gone(struct http_websocket *of)
{
    assert_ptr_equal(of, &socket_);
    assert_null(of->connection);
    gone++;
}

static void on_request(void *context, struct http_exchange *exchange)
{
    char accept[WEBSOCKET_ACCEPT_BYTES];
    struct http_refusal refusal;
    (void)context;
    if (websocket_check(&exchange->request, accept, &refusal)) {
        http_answer_error(exchange, refusal.status, str_from_c(refusal.reason));
        return;
    }
    socket_.on_text = on_text;
    socket_.on_gone = on_gone;
    assert_int_equal(http_websocket_begin(exchange, accept, STR("X-A: b\r\n"),
                                          TEXT_BYTES_MAX, &socket_),
                     ERR_OK);
}

#define GET \
    "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

static void start_with(struct fixture *fixture,
                       const struct http_server_config *config)
{
    socket_.connection = NULL;
    gone = 0;
    answers_later = false;
    buf_init(&told, 1 << 20);
    fixture_start(fixture, config);
    fixture_connect(fixture);
}

static void start(struct fixture *fixture)
{
    const struct http_server_config config = {.on_request = on_request};
    start_with(fixture, &config);
    struct str answer = fixture_ask(fixture, STR(GET));
    assert_status(answer, 101);
    assert_true(has(answer, "Upgrade: websocket\r\nConnection: Upgrade\r\n"));
    assert_true(
        has(answer, "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_true(has(answer, "X-A: b\r\n"));
    assert_false(has(answer, "Content-Length"));
    assert_false(has(answer, "Connection: close"));
}

static void stop(struct fixture *fixture)
{
    fixture_stop(fixture);
    buf_finish(&told);
}

static void send_frame(struct fixture *fixture, unsigned first,
                       struct str payload)
{
    DEFER(buf_finish) struct buf frame;
    buf_init(&frame, 1 << 20);
    client_add(&frame, first, payload);
    buf_reset(&fixture->received);
    fixture_send(fixture, buf_str(&frame));
    fixture_settle(fixture);
}

static void assert_received(const struct fixture *fixture, struct str wanted)
{
    struct str got = buf_str(&fixture->received);
    assert_int_equal(got.len, wanted.len);
    assert_memory_equal(got.ptr, wanted.ptr, wanted.len);
}

static void assert_told(const char *wanted)
{
    assert_true(str_eq(buf_str(&told), str_from_c(wanted)));
}

static void test_messages_are_answered_and_pings_too(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    assert_int_equal(http_server_counts(fixture.server).exchanges, 0);
    send_frame(&fixture, FIN | 1, STR("hello"));
    assert_received(&fixture, STR("\x81\x05hello"));
    send_frame(&fixture, FIN | 9, STR("are you there"));
    assert_received(&fixture, STR("\x8a\x0d"
                                  "are you there"));
    send_frame(&fixture, 1, STR("wor"));
    assert_received(&fixture, STR(""));
    send_frame(&fixture, FIN | 0, STR("ld"));
    assert_received(&fixture, STR("\x81\x05world"));
    assert_told("hello|world|");
    assert_int_equal(gone, 0);
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_int_equal(gone, 1);
    assert_int_equal(http_server_counts(fixture.server).connections, 0);
    stop(&fixture);
}

static void test_what_comes_with_the_handshake_is_read(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request};
    start_with(&fixture, &config);
    DEFER(buf_finish) struct buf bytes;
    buf_init(&bytes, 1 << 20);
    buf_add_c(&bytes, GET);
    client_add(&bytes, FIN | 1, STR("at once"));
    client_add(&bytes, FIN | 1, STR("and more"));
    struct str answer = fixture_ask(&fixture, buf_str(&bytes));
    assert_status(answer, 101);
    assert_true(str_ends_with(answer, STR("\x81\x07"
                                          "at once\x81\x08"
                                          "and more")));
    stop(&fixture);
    assert_int_equal(gone, 1);
}

static void test_the_next_message_waits_for_the_answer(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    answers_later = true;
    send_frame(&fixture, FIN | 1, STR("one"));
    send_frame(&fixture, FIN | 1, STR("two"));
    send_frame(&fixture, FIN | 9, STR("p"));
    assert_told("one|");
    assert_received(&fixture, STR(""));
    http_websocket_answer(&socket_, STR("1"), 0);
    fixture_settle(&fixture);
    assert_told("one|two|");
    assert_received(&fixture, STR("\x81\x01"
                                  "1"));
    http_websocket_answer(&socket_, STR("2"), 0);
    fixture_settle(&fixture);
    assert_received(&fixture, STR("\x81\x01"
                                  "1\x81\x01"
                                  "2\x8a\x01p"));
    stop(&fixture);
}

static void test_a_client_that_went_is_told_of_once_the_answer_is_due(
    void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    answers_later = true;
    send_frame(&fixture, FIN | 1, STR("one"));
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    if (!gone) /* whatever the system tells of it */
        http_websocket_answer(&socket_, STR("1"), 0);
    fixture_settle(&fixture);
    assert_int_equal(gone, 1);
    stop(&fixture);
}

static void test_who_sends_more_than_is_read_is_made_to_wait(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    answers_later = true;
    send_frame(&fixture, FIN | 1, STR("first"));
    DEFER(buf_finish) struct buf frame;
    buf_init(&frame, 1 << 20);
    client_add(&frame, FIN | 1, STR("again"));
    size_t sent = 0;
    for (int quiet = 0; quiet < 100;) { /* until the system takes no more */
        ssize_t one = send(fixture.client, frame.ptr, frame.len, MSG_NOSIGNAL);
        quiet = one < 0 ? quiet + 1 : 0;
        sent += one > 0 ? (size_t)one : 0;
        loop_run_once(fixture.loop, 0);
    }
    assert_true(sent < 4 << 20);
    assert_told("first|");
    stop(&fixture);
}

static void test_a_close_is_answered_with_its_code(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    send_frame(&fixture, FIN | 8,
               STR("\x03\xe8"
                   "done"));
    assert_received(&fixture, STR("\x88\x02\x03\xe8"));
    assert_true(fixture.ended);
    assert_int_equal(gone, 1);
    stop(&fixture);
    start(&fixture);
    send_frame(&fixture, FIN | 8, STR(""));
    assert_received(&fixture, STR("\x88\x00"));
    assert_int_equal(gone, 1);
    stop(&fixture);
}

static void test_who_breaks_the_rules_is_told_why(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    struct str answer = fixture_ask(&fixture, STR("\x81\x05Hello"));
    assert_true(str_starts_with(answer, STR("\x88")));
    assert_true(str_ends_with(answer, STR("\x03\xea"
                                          "a frame that is not "
                                          "masked")));
    assert_true(fixture.ended);
    assert_int_equal(gone, 1);
    assert_told("");
    assert_int_equal(http_server_counts(fixture.server).refused, 1);
    stop(&fixture);
}

static void test_the_handler_ends_it_behind_an_answer(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    DEFER(buf_finish) struct buf frames;
    buf_init(&frames, 1 << 20);
    client_add(&frames, FIN | 1, STR("end"));
    client_add(&frames, FIN | 1, STR("too late"));
    fixture_ask(&fixture, buf_str(&frames));
    assert_received(&fixture, STR("\x81\x03"
                                  "bye\x88\x02\x03\xf0"));
    assert_told("end|");
    assert_int_equal(gone, 1);
    stop(&fixture);
}

static void test_a_flood_of_pings_gets_an_answer_or_a_few(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    DEFER(buf_finish) struct buf frames;
    buf_init(&frames, 1 << 20);
    for (int i = 0; i < 1000; i++)
        client_add(&frames, FIN | 9, STR(""));
    client_add(&frames, FIN | 9, STR("last"));
    fixture_ask(&fixture, buf_str(&frames));
    assert_true(fixture.received.len < 100);
    assert_true(str_ends_with(buf_str(&fixture.received), STR("\x8a\x04last")));
    stop(&fixture);
}

static void test_who_never_reads_is_not_read_and_then_cut_off(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request,
                                              .send_timeout_us = 1000};
    static char text[4000];
    memset(text, 'x', sizeof text);
    start_with(&fixture, &config);
    assert_status(fixture_ask(&fixture, STR(GET)), 101);
    DEFER(buf_finish) struct buf frame;
    buf_init(&frame, 1 << 20);
    client_add(&frame, FIN | 1, str_of(text, sizeof text));
    while (!gone) {
        (void)!send(fixture.client, frame.ptr, frame.len, MSG_NOSIGNAL);
        loop_run_once(fixture.loop, 1000);
    }
    stop(&fixture);
}

static void test_who_is_silent_is_asked_and_then_left(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request,
                                              .websocket_ping_us = 1000};
    start_with(&fixture, &config);
    fixture_send(&fixture, STR(GET));
    while (!gone)
        loop_run_once(fixture.loop, 1000);
    fixture_settle(&fixture);
    struct str got = buf_str(&fixture.received);
    ptrdiff_t end = str_find(got, STR("\r\n\r\n"));
    got = str_from(got, (size_t)end + 4);
    assert_true(str_starts_with(got, STR("\x89\x00\x89\x00\x88")));
    assert_true(
        str_ends_with(got, STR("\x03\xe9nothing was heard for too long")));
    stop(&fixture);
}

static void test_an_answered_ping_is_a_sign_of_life(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request,
                                              .websocket_ping_us = 1000};
    start_with(&fixture, &config);
    fixture_send(&fixture, STR(GET));
    for (int pings = 0; pings < 2 * HTTP_WEBSOCKET_SILENCES; pings++) {
        while (!socket_.connection || !socket_.silences)
            loop_run_once(fixture.loop, 1000);
        DEFER(buf_finish) struct buf pong;
        buf_init(&pong, 1 << 20);
        client_add(&pong, FIN | 10, STR(""));
        fixture_send(&fixture, buf_str(&pong));
        loop_run_once(fixture.loop, 0); /* one silence more at most */
        assert_int_equal(socket_.silences, 0);
    }
    assert_int_equal(gone, 0);
    stop(&fixture);
}

static void test_draining_ends_it_behind_the_answer_that_is_due(void **state)
{
    (void)state;
    struct fixture fixture;
    start(&fixture);
    answers_later = true;
    send_frame(&fixture, FIN | 1, STR("one"));
    http_server_drain(fixture.server, NULL, NULL);
    fixture_settle(&fixture);
    assert_int_equal(gone, 0);
    http_websocket_answer(&socket_, STR("1"), 0);
    fixture_settle(&fixture);
    assert_received(&fixture, STR("\x81\x01"
                                  "1\x88\x02\x03\xe9"));
    assert_true(fixture.ended);
    assert_int_equal(gone, 1);
    stop(&fixture);
    start(&fixture);
    buf_reset(&fixture.received);
    http_server_drain(fixture.server, NULL, NULL);
    fixture_settle(&fixture);
    assert_received(&fixture, STR("\x88\x02\x03\xe9"));
    assert_int_equal(gone, 1);
    stop(&fixture);
}

static void test_a_handshake_that_is_refused_is_http_still(void **state)
{
    (void)state;
    struct fixture fixture;
    const struct http_server_config config = {.on_request = on_request};
    start_with(&fixture, &config);
    struct str get = STR("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                         "Connection: Upgrade\r\n\r\n");
    assert_status(fixture_ask(&fixture, get), 426);
    assert_status(fixture_ask(&fixture, STR(GET)), 101);
    stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_answered_and_pings_too),
        cmocka_unit_test(test_what_comes_with_the_handshake_is_read),
        cmocka_unit_test(test_the_next_message_waits_for_the_answer),
        cmocka_unit_test(
            test_a_client_that_went_is_told_of_once_the_answer_is_due),
        cmocka_unit_test(test_who_sends_more_than_is_read_is_made_to_wait),
        cmocka_unit_test(test_a_close_is_answered_with_its_code),
        cmocka_unit_test(test_who_breaks_the_rules_is_told_why),
        cmocka_unit_test(test_the_handler_ends_it_behind_an_answer),
        cmocka_unit_test(test_a_flood_of_pings_gets_an_answer_or_a_few),
        cmocka_unit_test(test_who_never_reads_is_not_read_and_then_cut_off),
        cmocka_unit_test(test_who_is_silent_is_asked_and_then_left),
        cmocka_unit_test(test_an_answered_ping_is_a_sign_of_life),
        cmocka_unit_test(test_draining_ends_it_behind_the_answer_that_is_due),
        cmocka_unit_test(test_a_handshake_that_is_refused_is_http_still),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
