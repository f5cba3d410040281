// SPDX-License-Identifier: Apache-2.0
/* The waiting client, against a server of a few prepared bytes in a thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "net/http_client.h"
#include "net/listener.h"

struct script {
    int listener;
    struct str says;   /* sent once the head is there, then it hangs up */
    bool stays_silent; /* until the client hangs up */
    struct buf heard;
};

static void *serve(void *arg)
{
    struct script *script = arg;
    char bytes[4096];
    ssize_t got;
    int fd = accept(script->listener, NULL, NULL);
    while (str_find(buf_str(&script->heard), STR("\r\n\r\n")) < 0 &&
           (got = read(fd, bytes, sizeof bytes)) > 0)
        buf_add_bytes(&script->heard, bytes, (size_t)got);
    while (script->stays_silent && read(fd, bytes, sizeof bytes) > 0)
        ;
    if (!script->stays_silent &&
        send(fd, script->says.ptr, script->says.len, MSG_NOSIGNAL) < 0)
        fail();
    close(fd);
    return NULL;
}

static struct arena arena;
static struct fault fault;
static struct http_client_answer answer;
static struct script script;

static enum err ask(const struct http_client_request *request, struct str says)
{
    struct fault unused;
    struct address address;
    pthread_t thread;
    script.says = says;
    buf_finish(&script.heard);
    buf_init(&script.heard, 1 << 16);
    assert_int_equal(address_parse(STR("127.0.0.1:0"), &address, &unused),
                     ERR_OK);
    assert_int_equal(listener_open(&address, 1, &script.listener, &unused),
                     ERR_OK);
    assert_int_equal(address_of_socket(script.listener, &address), ERR_OK);
    int flags = fcntl(script.listener, F_GETFL);
    fcntl(script.listener, F_SETFL, flags & ~O_NONBLOCK);
    assert_int_equal(pthread_create(&thread, NULL, serve, &script), 0);
    fault = (struct fault){0};
    enum err err = http_client_send(&address, request, &arena, &answer, &fault);
    pthread_join(thread, NULL);
    close(script.listener);
    return err;
}

static const struct http_client_request get = {.method = HTTP_GET,
                                               .target = STR_INIT("/a?b")};

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_finish(&arena);
    buf_finish(&script.heard);
    script = (struct script){0};
    return 0;
}

static void test_answers_of_every_framing(void **state)
{
    (void)state;
    static const struct str says[] = {
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello"),
        STR_INIT("HTTP/1.1 103 Early\r\nX: n\r\n\r\n"
                 "HTTP/1.1 200 OK\r\nX: y\r\nTransfer-Encoding: chunked\r\n"
                 "\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"),
        STR_INIT("HTTP/1.0 200 OK\r\nX: y\r\n\r\nhello"),
    };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ask(&get, says[i]), ERR_OK);
        assert_int_equal(answer.head.status, 200);
        assert_true(str_eq(answer.body, STR("hello")));
        assert_true(
            str_eq(http_fields_find(&answer.head.fields, STR("x")), STR("y")));
        assert_true(
            str_starts_with(buf_str(&script.heard),
                            STR("GET /a?b HTTP/1.1\r\nConnection: close\r\n"
                                "Host: localhost\r\n\r\n")));
    }
}

static void test_a_request_with_a_body(void **state)
{
    (void)state;
    const struct http_client_request post = {
        .method = HTTP_POST,
        .target = STR("/sync"),
        .host = STR("desk"),
        .content_type = STR("application/json"),
        .fields = STR("X-A: b\r\n"),
        .body = STR("{}"),
    };
    assert_int_equal(ask(&post, STR("HTTP/1.1 204 No Content\r\n\r\n")),
                     ERR_OK);
    assert_int_equal(answer.body.len, 0);
    assert_true(str_starts_with(
        buf_str(&script.heard),
        STR("POST /sync HTTP/1.1\r\nConnection: close\r\nHost: desk\r\n"
            "Content-Type: application/json\r\nContent-Length: 2\r\n"
            "X-A: b\r\n\r\n")));
}

static void test_bad_answers(void **state)
{
    (void)state;
    assert_int_equal(ask(&get, STR("")), ERR_CLOSED);
    assert_true(fault.message[0]);
    assert_int_equal(ask(&get, STR("HTTP/1.1 200 OK\r\nContent-Le")),
                     ERR_CLOSED);
    assert_int_equal(
        ask(&get, STR("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel")),
        ERR_CLOSED);
    assert_int_equal(ask(&get, STR("SSH-2.0-OpenSSH\r\n\r\n")), ERR_INVALID);
    assert_non_null(strstr(fault.message, "not HTTP"));
    assert_int_equal(
        ask(&get, STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                      "x\r\n")),
        ERR_INVALID);
    struct http_client_request little = get;
    little.body_bytes_max = 4;
    assert_int_equal(
        ask(&little, STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")),
        ERR_TOO_LONG);
    assert_int_equal(ask(&little, STR("HTTP/1.0 200 OK\r\n\r\nhello")),
                     ERR_TOO_LONG);
}

static void test_silence_ends_in_time(void **state)
{
    (void)state;
    struct http_client_request quick = get;
    quick.timeout_us = 20000;
    script.stays_silent = true;
    assert_int_equal(ask(&quick, STR("")), ERR_TIMEOUT);
    assert_non_null(strstr(fault.message, "in time"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_answers_of_every_framing),
        TEST(test_a_request_with_a_body),
        TEST(test_bad_answers),
        TEST(test_silence_ends_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
