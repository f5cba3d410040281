// SPDX-License-Identifier: Apache-2.0
/* What must never be understood in two ways, over a real connection: each is
 * refused, the connection is closed, and no handler sees a request. */
#include "server_fixture.h"

static int handled;

static void on_request(void *context, struct http_exchange *exchange)
{
    (void)context;
    handled++;
    http_answer(exchange, &(struct http_answer){.status = 200});
}

static uint64_t body_max(void *context, const struct http_request *request)
{
    (void)context;
    (void)request;
    return 1 << 20;
}

static const struct http_server_config config = {.on_request = on_request,
                                                 .body_max = body_max};

#define HOST "GET / HTTP/1.1\r\nHost: a\r\n"
#define CHUNKED \
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#define SMUGGLED "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"

static const struct {
    const char *name;
    struct str bytes;
} attacks[] = {
    {"bare CR between fields", STR_INIT(HOST "X: a\rY: b\r\n\r\n" SMUGGLED)},
    {"bare LF between fields", STR_INIT(HOST "X: a\nY: b\r\n\r\n" SMUGGLED)},
    {"bare LF everywhere", STR_INIT("GET / HTTP/1.1\nHost: a\n\n" SMUGGLED)},
    {"folded line", STR_INIT(HOST "X: a\r\n b\r\n\r\n" SMUGGLED)},
    {"space before the colon",
     STR_INIT(HOST "Content-Length : 37\r\n\r\n" SMUGGLED)},
    {"two lengths", STR_INIT(HOST "Content-Length: 0\r\n"
                                  "Content-Length: 37\r\n\r\n" SMUGGLED)},
    {"two equal lengths", STR_INIT(HOST "Content-Length: 37\r\n"
                                        "Content-Length: 37\r\n\r\n" SMUGGLED)},
    {"length with coding",
     STR_INIT(HOST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "0\r\n\r\n" SMUGGLED)},
    {"coding with a tab", STR_INIT(HOST "Transfer-Encoding:\x0b"
                                        "chunked\r\n\r\n0\r\n\r\n" SMUGGLED)},
    {"two codings",
     STR_INIT(HOST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n"
                   "0\r\n\r\n" SMUGGLED)},
    {"chunk size with a sign", STR_INIT(CHUNKED "+0\r\n\r\n" SMUGGLED)},
    {"chunk ended by LF", STR_INIT(CHUNKED "0\n\r\n" SMUGGLED)},
    {"chunk longer than its size",
     STR_INIT(CHUNKED "1\r\nab\r\n0\r\n\r\n" SMUGGLED)},
    {"NUL in a value", STR_INIT(HOST "X: a\0b\r\n\r\n" SMUGGLED)},
};

static void assert_refused(struct fixture *fixture, const char *name,
                           struct str bytes, int status)
{
    handled = 0;
    fixture_connect(fixture);
    struct str answer = fixture_ask(fixture, bytes);
    char start[32];
    snprintf(start, sizeof start, "HTTP/1.1 %d ", status);
    if (!str_starts_with(answer, str_from_c(start)) || handled ||
        count_of(answer, "HTTP/1.1") != 1 ||
        !has(answer, "Connection: close\r\n"))
        fail_msg("%s: %d handled, %" PRI_STR, name, handled, ARG_STR(answer));
    shutdown(fixture->client, SHUT_WR); /* what a client does in the end */
    fixture_settle(fixture);
    assert_true(fixture->ended);
    assert_int_equal(http_server_counts(fixture->server).connections, 0);
}

static void test_attacks_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_start(&fixture, &config);
    for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++)
        assert_refused(&fixture, attacks[i].name, attacks[i].bytes, 400);
    fixture_stop(&fixture);
}

static void add_times(struct buf *out, int times, const char *text)
{
    for (int i = 0; i < times; i++)
        buf_add_c(out, text);
}

static void test_endless_things_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 8 << 20);
    fixture_start(&fixture, &config);

    buf_add(&text, STR(CHUNKED "1;"));
    add_times(&text, 100000, "aaaaaaaaaa");
    assert_refused(&fixture, "one endless extension", buf_str(&text), 400);

    buf_reset(&text);
    buf_add(&text, STR(CHUNKED));
    add_times(&text, 10000, "1;aaaaaaaaaa\r\nx\r\n");
    assert_refused(&fixture, "endless extensions", buf_str(&text), 400);

    buf_reset(&text);
    buf_add(&text, STR(CHUNKED "0\r\n"));
    add_times(&text, 10000, "a: b\r\n");
    assert_refused(&fixture, "endless trailers", buf_str(&text), 400);

    buf_reset(&text);
    buf_add(&text, STR(HOST "X: "));
    add_times(&text, 9000, "x");
    buf_add(&text, STR("\r\n\r\n"));
    assert_refused(&fixture, "a head over 8 KiB", buf_str(&text), 431);

    buf_reset(&text);
    buf_add(&text, STR(HOST));
    add_times(&text, 10000, "a:\r\n");
    buf_add(&text, STR("\r\n"));
    assert_refused(&fixture, "10,000 fields", buf_str(&text), 431);

    buf_reset(&text);
    buf_add(&text, STR("GET /"));
    add_times(&text, 5000, "a");
    assert_refused(&fixture, "an endless target", buf_str(&text), 414);
    fixture_stop(&fixture);
}

/* The same words, sent properly: the test above can tell the difference. */
static void test_the_control_is_served(void **state)
{
    (void)state;
    struct fixture fixture;
    handled = 0;
    fixture_start(&fixture, &config);
    fixture_connect(&fixture);
    struct str answer =
        fixture_ask(&fixture, STR(HOST "X: a\r\n\r\n" CHUNKED
                                       "1\r\na\r\n0\r\n\r\n" SMUGGLED));
    assert_int_equal(count_of(answer, "HTTP/1.1 200"), 3);
    assert_int_equal(handled, 3);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attacks_are_refused),
        cmocka_unit_test(test_endless_things_are_refused),
        cmocka_unit_test(test_the_control_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
