// SPDX-License-Identifier: Apache-2.0
/* The server over real sockets: every kind of answer, now and later, whole and
 * in small pieces, and clients that go away. */
#include "server_handler.h"

/* ---- Whole answers ------------------------------------------------------ */

static void test_ready_pages_on_one_connection(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; i++) {
        struct str answer = fixture_ask(&fixture, GET("/ready"));
        assert_status(answer, 200);
        assert_true(has(answer, "\r\nContent-Length: 5\r\nDate: "));
        assert_true(has(answer, " GMT\r\n\r\nready"));
        assert_true(str_ends_with(answer, STR("ready")));
        assert_false(has(answer, "Connection:"));
        assert_int_equal(released, i);
    }
    struct http_server_counts counts = http_server_counts(fixture.server);
    assert_int_equal(counts.connections, 1);
    assert_int_equal(counts.exchanges, 0);
    assert_int_equal(counts.requests, 3);
}

static void test_head_gets_no_body(void **state)
{
    (void)state;
    struct str answer =
        fixture_ask(&fixture, STR("HEAD /ready HTTP/1.1\r\nHost: a\r\n\r\n"
                                  "HEAD /echo HTTP/1.1\r\nHost: a\r\n\r\n"
                                  "HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 3);
    assert_true(has(answer, "Content-Length: 3143728\r\n"));
    assert_true(str_ends_with(answer, STR("GMT\r\n\r\n")));
    assert_false(has(answer, "ready"));
}

static void test_not_modified_has_neither_body_nor_length(void **state)
{
    (void)state;
    struct str answer = fixture_ask(&fixture, GET("/not-modified"));
    assert_status(answer, 304);
    assert_false(has(answer, "Content-Length"));
    assert_true(str_ends_with(answer, STR("\r\n\r\n")));
}

static void test_pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    struct str answer = fixture_ask(
        &fixture,
        STR("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\none"
            "POST /echo HTTP/1.1\r\nHost: a\r\n"
            "Transfer-Encoding: chunked\r\n\r\n"
            "2\r\ntw\r\n1;x\r\no\r\n0\r\nT: 1\r\n\r\n\r\n"
            "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
            "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
    ptrdiff_t one = str_find(answer, STR("one"));
    ptrdiff_t two = str_find(answer, STR("two"));
    ptrdiff_t three = str_find(answer, STR("ready"));
    ptrdiff_t four = str_find(answer, STR("404 Not Found\n\nno such page\n"));
    assert_true(0 < one && one < two && two < three && three < four);
    assert_int_equal(count_of(answer, "HTTP/1.1 "), 4);
    assert_true(has(answer, "Connection: close\r\n"));
    assert_true(fixture.ended);
}

static void test_requests_byte_by_byte(void **state)
{
    (void)state;
    struct str text =
        STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            "GET /ready HTTP/1.1\r\nHost: a\r\n\r\n");
    for (size_t i = 0; i < text.len; i++) {
        fixture_send(&fixture, str_slice(text, i, 1));
        loop_run_once(fixture.loop, 0);
    }
    struct str answer = fixture_ask(&fixture, STR(""));
    assert_true(has(answer, "hello"));
    assert_true(has(answer, "ready"));
    assert_int_equal(handled, 2);
}

static void test_a_client_that_reads_late_gets_everything(void **state)
{
    (void)state;
    static const char *const paths[] = {"/big", "/held", "/file"};
    for (size_t i = 0; i < 3; i++) {
        char head[64];
        snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n",
                 paths[i]);
        released = 0;
        fixture_send(&fixture, str_from_c(head));
        fixture_send(&fixture, GET("/ready"));
        for (int turns = 0; turns < 5; turns++)
            loop_run_once(fixture.loop, 0); /* the socket is full long ago */
        assert_int_equal(released, 0);
        struct str answer = fixture_ask(&fixture, STR(""));
        assert_true(str_ends_with(answer, STR("GMT\r\n\r\nready")));
        struct str body = body_of(answer);
        if (i < 2)
            assert_big(str_slice(body, 0, BIG_BYTES), 0, BIG_BYTES);
        else
            assert_big(str_slice(body, 0, BIG_BYTES - 2000), 1000,
                       BIG_BYTES - 2000);
        assert_int_equal(released, i == 1 ? 2 : 1); /* the page's own one */
    }
}

static void test_a_file_that_shrank_breaks_the_connection(void **state)
{
    (void)state;
    struct str answer = fixture_ask(&fixture, GET("/short-file"));
    assert_true(has(answer, "Content-Length: 20\r\n"));
    assert_int_equal(body_of(answer).len, 10);
    assert_true(fixture.ended);
}

static void test_a_held_page_is_released_when_the_client_goes(void **state)
{
    (void)state;
    fixture_send(&fixture, GET("/held"));
    loop_run_once(fixture.loop, 0);
    assert_int_equal(released, 0);
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_int_equal(released, 1);
    assert_int_equal(http_server_counts(fixture.server).connections, 0);
}

static void test_http_1_0(void **state)
{
    (void)state;
    struct str answer = fixture_ask(
        &fixture, STR("GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    assert_true(has(answer, "Connection: keep-alive\r\n"));
    assert_false(fixture.ended);
    answer = fixture_ask(&fixture, STR("GET /ready HTTP/1.0\r\n\r\n"));
    assert_true(has(answer, "Connection: close\r\n"));
    assert_true(fixture.ended);
}

/* ---- Bodies ------------------------------------------------------------- */

static void test_expect_continue(void **state)
{
    (void)state;
    struct str answer = fixture_ask(
        &fixture, STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                      "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    assert_true(str_eq(answer, STR("HTTP/1.1 100 Continue\r\n\r\n")));
    answer = fixture_ask(&fixture, STR("hello"));
    assert_status(answer, 200);
    assert_true(str_ends_with(answer, STR("hello")));
    /* Refused before it is sent. */
    answer = fixture_ask(
        &fixture, STR("POST /ready HTTP/1.1\r\nHost: a\r\n"
                      "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
    assert_status(answer, 413);
    assert_true(has(answer, "Connection: close\r\n"));
    assert_true(fixture.ended);
}

static void test_a_long_body_behind_a_pipelined_request(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 4 << 20);
    buf_add(&text, STR("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"));
    /* A long head, so that it lies in the middle of the buffer. */
    buf_add(&text, STR("POST /echo HTTP/1.1\r\nHost: a\r\nX: "));
    for (int i = 0; i < 8000; i++)
        buf_add_char(&text, 'x');
    buf_add(&text, STR("\r\nContent-Length: 1000000\r\n\r\n"));
    buf_add_bytes(&text, big, 1000000);
    struct str answer = fixture_ask(&fixture, buf_str(&text));
    assert_int_equal(count_of(str_slice(answer, 0, 400), "HTTP/1.1 200"), 2);
    assert_big(str_from(answer, answer.len - 1000000), 0, 1000000);
}

static void test_long_heads_one_after_the_other(void **state)
{
    (void)state;
    enum { HEADS = 7 };
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 1 << 20);
    for (int i = 1; i <= HEADS; i++) {
        buf_add(&text, STR("GET /ready HTTP/1.1\r\nHost: a\r\nX: "));
        while (text.len < (size_t)i * (HTTP_HEAD_BYTES_MAX - 2) - 4)
            buf_add_char(&text, 'x');
        buf_add(&text, STR("\r\n\r\n"));
    }
    struct str answer = fixture_ask(&fixture, buf_str(&text));
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), HEADS);
}

static void test_bodies_over_the_limit(void **state)
{
    (void)state;
    struct str answer =
        fixture_ask(&fixture, STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 1048577\r\n\r\nabc"));
    assert_status(answer, 413);
    fixture_connect(&fixture);
    answer = fixture_ask(&fixture, STR("POST /echo HTTP/1.1\r\nHost: a\r\n"
                                       "Transfer-Encoding: chunked\r\n\r\n"
                                       "100001\r\n"));
    assert_status(answer, 413);
    assert_int_equal(handled, 0);
    assert_int_equal(http_server_counts(fixture.server).exchanges, 0);
}

/* ---- Later answers ------------------------------------------------------ */

static void test_a_parked_request_is_answered_later(void **state)
{
    (void)state;
    struct str answer = fixture_ask(
        &fixture, STR("GET /park HTTP/1.1\r\nHost: a\r\nX: kept\r\n\r\n"
                      "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    assert_int_equal(answer.len, 0);
    assert_int_equal(handled, 1); /* the next one waits */
    assert_true(str_eq(http_fields_find(&parked->request.fields, STR("x")),
                       STR("kept")));
    answer_ready(parked);
    parked = NULL;
    answer = fixture_ask(&fixture, STR(""));
    assert_int_equal(handled, 2);
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 2);
}

static void test_a_flood_behind_a_parked_request_is_not_read(void **state)
{
    (void)state;
    const struct str ask = GET("/ready");
    size_t asked = 0, bytes_max = 2u << 20;
    fixture_send(&fixture, GET("/park"));
    fixture_settle(&fixture);
    while (asked * ask.len < bytes_max) {
        ssize_t sent = send(fixture.client, ask.ptr, ask.len, MSG_NOSIGNAL);
        if (sent < 0)
            break;
        assert_int_equal(sent, ask.len);
        asked++;
        loop_run_once(fixture.loop, 0);
    }
    assert_true(asked * ask.len < bytes_max);
    assert_int_equal(handled, 1);
    answer_ready(parked);
    parked = NULL;
    struct str answer = fixture_ask(&fixture, STR(""));
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), asked + 1);
    assert_false(fixture.ended);
}

static void test_half_closed_clients_get_their_answer(void **state)
{
    (void)state;
    fixture_send(&fixture, GET("/park"));
    fixture_settle(&fixture);
    shutdown(fixture.client, SHUT_WR);
    fixture_settle(&fixture);
    assert_non_null(parked->connection);
    answer_ready(parked);
    parked = NULL;
    struct str answer = fixture_ask(&fixture, STR(""));
    assert_true(has(answer, "Connection: close\r\n"));
    assert_true(fixture.ended);
}

static void test_abandoned_requests(void **state)
{
    (void)state;
    fixture_send(&fixture, GET("/park-told"));
    fixture_settle(&fixture);
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_int_equal(abandoned, 1);
    assert_null(parked);

    fixture_connect(&fixture);
    fixture_send(&fixture, GET("/park"));
    fixture_settle(&fixture);
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_int_equal(abandoned, 1);
    assert_null(parked->connection);
    assert_true(str_eq(parked->request.path, STR("/park"))); /* still there */
    assert_int_equal(http_server_counts(fixture.server).exchanges, 1);
    answer_ready(parked);
    parked = NULL;
    assert_int_equal(released, 1);
    assert_int_equal(http_server_counts(fixture.server).exchanges, 0);
    assert_int_equal(closed, 2);
}

static void test_abort(void **state)
{
    (void)state;
    struct str answer = fixture_ask(&fixture, GET("/abort"));
    assert_int_equal(answer.len, 0);
    assert_true(fixture.ended);
}

/* ---- Streams ------------------------------------------------------------ */

static void test_a_stream_is_chunked(void **state)
{
    (void)state;
    struct str answer = fixture_ask(&fixture, GET("/stream"));
    assert_true(has(answer, "Transfer-Encoding: chunked\r\n"));
    assert_true(str_ends_with(answer, STR("\r\n\r\n5\r\nfirst\r\n")));
    assert_int_equal(http_stream_write(streaming, STR("second piece")), ERR_OK);
    assert_int_equal(http_stream_write(streaming, STR("")), ERR_OK);
    answer = fixture_ask(&fixture, STR(""));
    assert_true(str_eq(answer, STR("c\r\nsecond piece\r\n")));
    http_stream_end(streaming);
    answer = fixture_ask(&fixture, GET("/ready"));
    assert_true(str_starts_with(answer, STR("0\r\n\r\nHTTP/1.1 200")));
    assert_int_equal(abandoned, 0);
}

static void test_a_stream_to_http_1_0_ends_with_the_connection(void **state)
{
    (void)state;
    struct str answer =
        fixture_ask(&fixture, STR("GET /stream HTTP/1.0\r\n\r\n"));
    assert_false(has(answer, "chunked"));
    assert_true(str_ends_with(answer, STR("\r\n\r\nfirst")));
    http_stream_end(streaming);
    fixture_settle(&fixture);
    assert_true(fixture.ended);
}

static void test_a_slow_stream_says_busy_and_then_room(void **state)
{
    (void)state;
    size_t written = 0;
    fixture_send(&fixture, GET("/stream"));
    loop_run_once(fixture.loop, 0);
    enum err err;
    while (!(err = http_stream_write(streaming, str_of(big, 10000))))
        written += 10000;
    assert_int_equal(err, ERR_BUSY);
    assert_true(http_stream_waiting(streaming) <=
                HTTP_STREAM_WAITING_BYTES_MAX + 64);
    assert_int_equal(rooms, 0);
    struct str answer = fixture_ask(&fixture, STR(""));
    assert_int_equal(rooms, 1);
    assert_int_equal(http_stream_waiting(streaming), 0);
    assert_int_equal(count_of(answer, "2710\r\n"), written / 10000);
    assert_int_equal(
        http_stream_write(streaming,
                          str_of(big, HTTP_STREAM_PIECE_BYTES_MAX + 1)),
        ERR_TOO_LONG);
    http_stream_end(streaming);
    answer = fixture_ask(&fixture, STR(""));
    assert_true(str_eq(answer, STR("0\r\n\r\n")));
}

static void test_nobody_watches_a_stream_any_more(void **state)
{
    (void)state;
    fixture_ask(&fixture, GET("/stream"));
    fixture_hang_up(&fixture);
    assert_int_equal(http_stream_write(streaming, STR("x")), ERR_CLOSED);
    assert_int_equal(abandoned, 0); /* not within the call */
    fixture_settle(&fixture);
    assert_int_equal(abandoned, 1);
    assert_null(streaming);
}

/* ---- Limits, draining, adopting ----------------------------------------- */

static void test_adopted_connections(void **state)
{
    (void)state;
    int mark;
    assert_int_equal(
        http_server_adopt(fixture.server, fixture_pair(&fixture), &mark),
        ERR_OK);
    assert_true(has(fixture_ask(&fixture, GET("/ready")), "ready"));
    fixture_hang_up(&fixture);
    fixture_settle(&fixture);
    assert_ptr_equal(closed_adopted, &mark);
}

static void test_limits_on_connections(void **state)
{
    (void)state;
    struct fixture limited;
    struct http_server_config limits = config;
    limits.connections_max = 4;
    limits.connections_per_address_max = 2;
    fixture_start(&limited, &limits);
    struct address_peer peer = {.ip = {0x20, 1, 0xd, 0xb8}};
    int clients[8];
    static const int expected[] = {0, 0, 429, 0, 0, 503};
    for (unsigned i = 0; i < 6; i++) {
        limited.client = -1;
        int fd = fixture_pair(&limited);
        clients[i] = limited.client;
        peer.ip[7] = i >= 3;            /* another customer's network */
        peer.ip[15] = (unsigned char)i; /* another address of it */
        http_server_accept(limited.server, fd, &peer);
        fixture_settle(&limited);
        assert_int_equal(limited.ended, expected[i] != 0);
        if (expected[i])
            assert_status(buf_str(&limited.received), expected[i]);
    }
    close(clients[0]);
    limited.client = -1;
    fixture_settle(&limited);
    assert_int_equal(http_server_counts(limited.server).connections, 3);
    peer.ip[7] = 0;
    http_server_accept(limited.server, fixture_pair(&limited), &peer);
    assert_status(fixture_ask(&limited, GET("/ready")), 200);
    for (int i = 1; i < 6; i++)
        close(clients[i]);
    fixture_stop(&limited);
}

static void test_this_machine_can_be_spared(void **state)
{
    (void)state;
    for (int spared = 0; spared < 2; spared++) {
        struct fixture limited;
        struct http_server_config limits = config;
        struct address_peer peer = {.ip = {[15] = 1}};
        limits.connections_per_address_max = 1;
        limits.spares_loopback = spared;
        fixture_start(&limited, &limits);
        http_server_accept(limited.server, fixture_pair(&limited), &peer);
        int first = limited.client;
        limited.client = -1;
        http_server_accept(limited.server, fixture_pair(&limited), &peer);
        assert_status(fixture_ask(&limited, GET("/ready")), spared ? 200 : 429);
        close(first);
        fixture_stop(&limited);
    }
}

static int emptied;

static void on_empty(void *context)
{
    (void)context;
    emptied++;
}

static void test_draining_lets_requests_finish(void **state)
{
    (void)state;
    emptied = 0;
    fixture_send(&fixture, GET("/park"));
    fixture_settle(&fixture);
    int busy = fixture.client;
    fixture.client = -1;
    fixture_connect(&fixture); /* an idle one */
    fixture_settle(&fixture);
    http_server_drain(fixture.server, on_empty, NULL);
    fixture_settle(&fixture);
    assert_true(fixture.ended);
    assert_int_equal(emptied, 0);
    fixture_hang_up(&fixture);
    fixture.client = busy;
    fixture.ended = false;
    answer_ready(parked);
    struct str answer = fixture_ask(&fixture, STR(""));
    assert_true(has(answer, "Connection: close\r\n"));
    assert_true(fixture.ended);
    assert_int_equal(emptied, 1);
}

/* ---- Time-outs, shortened to less than a turn --------------------------- */

static void expect_timeout(const char *bytes, int status)
{
    struct fixture quick;
    struct http_server_config short_times = config;
    short_times.head_timeout_us = short_times.body_timeout_us = 1;
    short_times.send_timeout_us = short_times.idle_timeout_us = 1;
    fixture_start(&quick, &short_times);
    fixture_connect(&quick);
    fixture_send(&quick, str_from_c(bytes));
    while (http_server_counts(quick.server).connections > 0 &&
           !(status && quick.received.len))
        status ? fixture_settle(&quick) : loop_run_once(quick.loop, -1);
    if (status)
        assert_status(buf_str(&quick.received), status);
    fixture_stop(&quick);
}

static void test_timeouts(void **state)
{
    (void)state;
    expect_timeout("", 0);
    expect_timeout("GET / HT", 408);
    expect_timeout("POST /echo HTTP/1.1\r\nHost: a\r\n"
                   "Content-Length: 5\r\n\r\nhel",
                   408);
    expect_timeout("GET /held HTTP/1.1\r\nHost: a\r\n\r\n", 0); /* no reader */
    expect_timeout("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"
                   "GET /",
                   200);
}

/* ---- Another transport -------------------------------------------------- */

static int transports_closed;

/* One byte at a time, and every other attempt comes to nothing. */
static ssize_t slow_recv(void *state, int fd, void *bytes, size_t len)
{
    unsigned *attempts = state;
    if ((*attempts)++ % 2) {
        errno = EAGAIN;
        return -1;
    }
    return recv(fd, bytes, len < 1 ? len : 1, 0);
}

static ssize_t slow_writev(void *state, int fd, const struct iovec *parts,
                           int count)
{
    unsigned *attempts = state;
    (void)count;
    if ((*attempts)++ % 3 == 0) {
        errno = EAGAIN;
        return -1;
    }
    size_t len = parts->iov_len > 7000 ? 7000 : (parts->iov_len + 1) / 2;
    return send(fd, parts->iov_base, len, MSG_NOSIGNAL);
}

static void slow_close(void *state, int fd)
{
    (void)state;
    (void)fd;
    transports_closed++;
}

static void test_every_answer_over_a_slow_transport(void **state)
{
    (void)state;
    static const struct http_transport transport = {slow_recv, slow_writev,
                                                    slow_close};
    const struct address_peer peer = {.is_local = true};
    unsigned attempts = 0;
    transports_closed = 0;
    assert_int_equal(http_server_accept_over(fixture.server,
                                             fixture_pair(&fixture), &peer,
                                             &transport, &attempts),
                     ERR_OK);
    struct str answer =
        fixture_ask(&fixture, STR("GET /ready HTTP/1.1\r\nHost: a\r\n\r\n"
                                  "POST /echo HTTP/1.1\r\nHost: a\r\n"
                                  "Content-Length: 4\r\n\r\necho"
                                  "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    for (int i = 0; i < 1000 && !streaming; i++)
        fixture_settle(&fixture);
    assert_non_null(streaming);
    assert_int_equal(http_stream_write(streaming, STR("more")), ERR_OK);
    http_stream_end(streaming);
    fixture_send(&fixture, GET("/file"));
    do
        fixture_settle(&fixture);
    while (fixture.received.len < BIG_BYTES - 2000);
    for (int i = 0; i < 10; i++)
        fixture_settle(&fixture);
    answer = buf_str(&fixture.received);
    assert_int_equal(count_of(answer, "HTTP/1.1 20"), 4);
    assert_true(has(answer, "ready"));
    assert_true(has(answer, "echo"));
    assert_true(has(answer, "5\r\nfirst\r\n4\r\nmore\r\n0\r\n\r\nHTTP/1.1"));
    assert_big(str_from(answer, answer.len - (BIG_BYTES - 2000)), 1000,
               BIG_BYTES - 2000);
    fixture_hang_up(&fixture);
    while (http_server_counts(fixture.server).connections > 1)
        loop_run_once(fixture.loop, 0);
    fixture_settle(&fixture);
    assert_int_equal(transports_closed, 1);
}

int main(void)
{
    big = malloc(BIG_BYTES);
    assert_non_null(big);
    for (size_t i = 0; i < BIG_BYTES; i++)
        big[i] = (char)('a' + i * 7919 % 26);
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_ready_pages_on_one_connection),
        TEST(test_head_gets_no_body),
        TEST(test_not_modified_has_neither_body_nor_length),
        TEST(test_pipelined_requests_are_answered_in_order),
        TEST(test_requests_byte_by_byte),
        TEST(test_a_client_that_reads_late_gets_everything),
        TEST(test_a_file_that_shrank_breaks_the_connection),
        TEST(test_a_held_page_is_released_when_the_client_goes),
        TEST(test_http_1_0),
        TEST(test_expect_continue),
        TEST(test_a_long_body_behind_a_pipelined_request),
        TEST(test_long_heads_one_after_the_other),
        TEST(test_bodies_over_the_limit),
        TEST(test_a_parked_request_is_answered_later),
        TEST(test_a_flood_behind_a_parked_request_is_not_read),
        TEST(test_half_closed_clients_get_their_answer),
        TEST(test_abandoned_requests),
        TEST(test_abort),
        TEST(test_a_stream_is_chunked),
        TEST(test_a_stream_to_http_1_0_ends_with_the_connection),
        TEST(test_a_slow_stream_says_busy_and_then_room),
        TEST(test_nobody_watches_a_stream_any_more),
        TEST(test_adopted_connections),
        TEST(test_limits_on_connections),
        TEST(test_this_machine_can_be_spared),
        TEST(test_draining_lets_requests_finish),
        TEST(test_timeouts),
        TEST(test_every_answer_over_a_slow_transport),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(big);
    return failed;
}
