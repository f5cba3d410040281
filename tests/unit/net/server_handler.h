// SPDX-License-Identifier: Apache-2.0
/* The handler of test_http_server.c: the path says what it is to do, and what
 * it did can be counted. */
#ifndef TESTS_UNIT_NET_SERVER_HANDLER_H
#define TESTS_UNIT_NET_SERVER_HANDLER_H

#include "server_fixture.h"

#include <sys/mman.h>

/* ---- A handler that the path tells what to do --------------------------- */

static struct http_exchange *parked;
static struct http_exchange *streaming;
static int abandoned, released, rooms, closed, handled;
static void *closed_adopted;
static char *big;
enum { BIG_BYTES = 3 << 20 };

static void on_abandon(struct http_exchange *exchange)
{
    abandoned++;
    if (exchange == parked)
        parked = NULL;
    if (exchange == streaming)
        streaming = NULL;
}

static void on_release(void *owner)
{
    assert_ptr_equal(owner, &released);
    released++;
}

static void on_room(struct http_exchange *exchange)
{
    assert_ptr_equal(exchange, streaming);
    rooms++;
}

static void answer_ready(struct http_exchange *exchange)
{
    http_answer_ready(exchange, &(struct http_ready){
                                    .head = STR("HTTP/1.1 200 OK\r\n"
                                                "Content-Length: 5\r\n"),
                                    .body = STR("ready"),
                                    .release = on_release,
                                    .owner = &released,
                                });
}

static void answer_echo(struct http_exchange *exchange)
{
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("text/plain"),
                              .fields = STR("X-Own: 1\r\n"),
                              .body = exchange->body,
                          });
}

static void answer_held(struct http_exchange *exchange)
{
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("a/b"),
                              .body = str_of(big, BIG_BYTES),
                              .release = on_release,
                              .owner = &released,
                          });
}

/* From memory that is somebody else's as soon as the call returned. */
static void answer_big(struct http_exchange *exchange)
{
    char *body = malloc(BIG_BYTES);
    char fields[] = "X-Own: 1\r\n";
    assert_non_null(body);
    memcpy(body, big, BIG_BYTES);
    http_answer(exchange, &(struct http_answer){
                              .status = 200,
                              .content_type = STR("a/b"),
                              .fields = str_from_c(fields),
                              .body = str_of(body, BIG_BYTES),
                          });
    memset(fields, '?', sizeof fields - 1);
    memset(body, '?', BIG_BYTES);
    free(body);
}

static int make_file(void)
{
    int fd = memfd_create("file", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, big, BIG_BYTES), BIG_BYTES);
    return fd;
}

static void answer_file(struct http_exchange *exchange, uint64_t offset,
                        uint64_t len)
{
    http_answer_file(exchange, &(struct http_answer){.status = 206},
                     make_file(), offset, len);
}

static void answer_stream(struct http_exchange *exchange)
{
    streaming = exchange;
    exchange->on_abandon = on_abandon;
    struct http_answer answer = {
        .status = 200,
        .content_type = STR("text/event-stream"),
        .body = STR("first"),
    };
    assert_int_equal(http_stream_begin(exchange, &answer, on_room), ERR_OK);
}

static void on_request(void *context, struct http_exchange *exchange)
{
    struct str path = exchange->request.path;
    (void)context;
    handled++;
    if (str_eq(path, STR("/ready")))
        answer_ready(exchange);
    else if (str_eq(path, STR("/echo")))
        answer_echo(exchange);
    else if (str_eq(path, STR("/big")))
        answer_big(exchange);
    else if (str_eq(path, STR("/held")))
        answer_held(exchange);
    else if (str_eq(path, STR("/file")))
        answer_file(exchange, 1000, BIG_BYTES - 2000);
    else if (str_eq(path, STR("/short-file")))
        answer_file(exchange, BIG_BYTES - 10, 20);
    else if (str_eq(path, STR("/stream")))
        answer_stream(exchange);
    else if (str_eq(path, STR("/abort")))
        http_exchange_abort(exchange);
    else if (str_eq(path, STR("/not-modified")))
        http_answer(exchange,
                    &(struct http_answer){.status = 304, .body = STR("no")});
    else if (str_starts_with(path, STR("/park")))
        parked = exchange;
    else
        http_answer_error(exchange, 404, STR("no such page"));
    if (parked && str_eq(path, STR("/park-told")))
        parked->on_abandon = on_abandon;
}

static uint64_t body_max(void *context, const struct http_request *request)
{
    (void)context;
    return str_eq(request->path, STR("/echo")) ? 1 << 20 : 0;
}

static void on_close(void *context, void *adopted)
{
    (void)context;
    closed++;
    closed_adopted = adopted;
}

static const struct http_server_config config = {
    .on_request = on_request,
    .body_max = body_max,
    .on_close = on_close,
};

static struct fixture fixture;

static int setup(void **state)
{
    (void)state;
    parked = streaming = NULL;
    abandoned = released = rooms = closed = handled = 0;
    closed_adopted = NULL;
    fixture_start(&fixture, &config);
    fixture_connect(&fixture);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

#define GET(path) STR("GET " path " HTTP/1.1\r\nHost: a\r\n\r\n")

static struct str body_of(struct str answer)
{
    ptrdiff_t at = str_find(answer, STR("\r\n\r\n"));
    return at < 0 ? str_of(NULL, 0) : str_from(answer, (size_t)at + 4);
}

static void assert_big(struct str body, size_t start, size_t len)
{
    assert_int_equal(body.len, len);
    assert_memory_equal(body.ptr, big + start, len);
}

#endif
