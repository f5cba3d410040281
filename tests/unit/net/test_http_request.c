// SPDX-License-Identifier: Apache-2.0
/* The request parser: what it reads, what it refuses, and that pieces come to
 * the same as the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http_request.h"

static struct http_request request;

static enum err parse(struct str bytes)
{
    struct http_head_progress progress = {0};
    return http_request_parse(bytes, &progress, &request);
}

static void assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.ptr ? got.ptr : "", expected, got.len);
}

#define BROWSER_HEAD \
    "GET /en/article/a-62f9f7d471fdc?before=1&x HTTP/1.1\r\n" \
    "Host: paper.example:8080\r\n" \
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n" \
    "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n" \
    "Accept-Encoding: gzip, deflate, br, zstd\r\n" \
    "ACCEPT-language:\ten-GB,en;q=0.5 \t \r\n" \
    "X-Own: caf\xc3\xa9 \xff\r\n" \
    "X-Empty:\r\n" \
    "If-None-Match: \"abc\"\r\n\r\n"

static void test_reads_what_a_browser_sends(void **state)
{
    (void)state;
    const struct str head = STR(BROWSER_HEAD "next");
    assert_int_equal(parse(head), ERR_OK);
    assert_int_equal(request.method, HTTP_GET);
    assert_int_equal(request.minor_version, 1);
    assert_true(request.keep_alive);
    assert_false(http_request_has_body(&request));
    assert_str(request.path, "/en/article/a-62f9f7d471fdc");
    assert_str(request.query, "before=1&x");
    assert_str(request.authority, "paper.example:8080");
    assert_int_equal(request.head_bytes, head.len - 4);
    assert_int_equal(request.fields.count, 8);
    assert_str(http_request_field(&request, HTTP_FIELD_ACCEPT_ENCODING),
               "gzip, deflate, br, zstd");
    assert_str(http_request_field(&request, HTTP_FIELD_ACCEPT_LANGUAGE),
               "en-GB,en;q=0.5");
    assert_str(http_request_field(&request, HTTP_FIELD_IF_NONE_MATCH),
               "\"abc\"");
    assert_null(http_request_field(&request, HTTP_FIELD_RANGE).ptr);
    assert_str(http_fields_find(&request.fields, STR("x-own")),
               "caf\xc3\xa9 \xff");
    assert_str(http_fields_find(&request.fields, STR("x-empty")), "");
    assert_non_null(http_fields_find(&request.fields, STR("X-EMPTY")).ptr);
    assert_null(http_fields_find(&request.fields, STR("x-none")).ptr);
}

static void test_every_known_field_is_found_by_its_name(void **state)
{
    (void)state;
    static const char *const names[] = {
#define X(id, name, first, last, number) [HTTP_FIELD_##id] = name,
        HTTP_FIELD_TABLE(X)
#undef X
    };
    for (int i = 0; i < HTTP_FIELD_COUNT; i++) {
        DEFER(buf_finish) struct buf head;
        if (i == HTTP_FIELD_HOST)
            continue;
        const char *value = i == HTTP_FIELD_CONTENT_LENGTH      ? "7"
                            : i == HTTP_FIELD_TRANSFER_ENCODING ? "Chunked"
                            : i == HTTP_FIELD_EXPECT            ? "100-Continue"
                                                                : "v";
        buf_init(&head, 1024);
        buf_printf(&head, "GET / HTTP/1.1\r\nHost: a\r\n%s: %s\r\n\r\n",
                   names[i], value);
        for (size_t at = 24; at < head.len; at++) { /* upper case as well */
            if (head.ptr[at] == ':')
                break;
            if (head.ptr[at] >= 'a' && at % 2)
                head.ptr[at] = (char)(head.ptr[at] & ~0x20);
        }
        assert_int_equal(parse(buf_str(&head)), ERR_OK);
        assert_str(request.fields.known[i], value);
    }
}

static void test_pieces_come_to_the_same(void **state)
{
    (void)state;
    const struct str head = STR(BROWSER_HEAD);
    for (size_t first = 1; first < head.len; first++) {
        struct http_head_progress progress = {0};
        for (size_t len = first; len < head.len; len++)
            assert_int_equal(http_request_parse(str_slice(head, 0, len),
                                                &progress, &request),
                             ERR_AGAIN);
        assert_int_equal(http_request_parse(head, &progress, &request), ERR_OK);
        assert_int_equal(request.fields.count, 8);
    }
}

static void test_a_bare_lf_is_refused_before_the_head_ends(void **state)
{
    (void)state;
    struct http_head_progress progress = {0};
    struct str bytes = STR("GET / HTTP/1.1\r\nHost: a\n");
    for (size_t len = 1; len < bytes.len; len++)
        assert_int_equal(
            http_request_parse(str_slice(bytes, 0, len), &progress, &request),
            ERR_AGAIN);
    assert_int_equal(http_request_parse(bytes, &progress, &request),
                     ERR_INVALID);
    assert_int_equal(request.refusal.status, 400);
}

static void test_keep_alive_and_framing(void **state)
{
    (void)state;
    assert_int_equal(parse(STR("GET / HTTP/1.0\r\n\r\n")), ERR_OK);
    assert_false(request.keep_alive);
    assert_str(request.authority, "");
    assert_int_equal(
        parse(STR("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")), ERR_OK);
    assert_true(request.keep_alive);
    assert_int_equal(parse(STR("GET / HTTP/1.1\r\nHost: a\r\n"
                               "Connection: keep-alive\r\n"
                               "Connection: x , ,CLOSE\r\n\r\n")),
                     ERR_OK);
    assert_false(request.keep_alive);
    assert_int_equal(parse(STR("POST / HTTP/1.1\r\nHost: a\r\n"
                               "Content-Length: 0042\r\n"
                               "Expect: 100-continue\r\n\r\n")),
                     ERR_OK);
    assert_true(request.expects_continue);
    assert_true(request.has_content_length);
    assert_int_equal(request.content_length, 42);
    assert_int_equal(parse(STR("POST / HTTP/1.1\r\nHost: a\r\n"
                               "Transfer-Encoding: CHUNKED\r\n\r\n")),
                     ERR_OK);
    assert_true(request.chunked);
    assert_int_equal(parse(STR("GET / HTTP/1.0\r\n"
                               "Expect: 100-continue\r\n\r\n")),
                     ERR_OK);
    assert_false(request.expects_continue);
}

static void test_forms_of_the_target(void **state)
{
    (void)state;
    assert_int_equal(parse(STR("\r\nGET HTTPS://Paper.example:8?a=/ HTTP/1.1"
                               "\r\nHost: other\r\n\r\n")),
                     ERR_OK);
    assert_str(request.authority, "Paper.example:8");
    assert_str(request.path, "/");
    assert_str(request.query, "a=/");
    assert_int_equal(parse(STR("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")),
                     ERR_OK);
    assert_str(request.path, "*");
    assert_int_equal(parse(STR("GET /? HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")),
                     ERR_OK);
    assert_non_null(request.query.ptr);
    assert_int_equal(request.query.len, 0);
}

/* clang-format off */
#define WITH_HOST(fields) STR_INIT("GET / HTTP/1.1\r\nHost: a\r\n" fields "\r\n")

static const struct {
    struct str head;
    int status;
} refused[] = {
    {STR_INIT("GET / HTTP/1.1\r\n\r\n"), 400}, /* no Host */
    {WITH_HOST("Host: a\r\n"), 400}, /* again, though the same */
    {STR_INIT("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a:\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: []\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\rHost: a\r\n\r\n"), 400},
    {STR_INIT("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET  / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET /  HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1 \r\nHost: a\r\n\r\n"), 400},
    {STR_INIT(" GET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET /\tb HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET /\x80 HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET a HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET http://u@a/b HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET /\r\n\r\n"), 400},
    {STR_INIT("GET / HTTQ/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET / http/1.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/11.1\r\nHost: a\r\n\r\n"), 400},
    {STR_INIT("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505},
    {STR_INIT("GET / HTTP/1.2\r\nHost: a\r\n\r\n"), 505},
    {STR_INIT("BREW / HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {STR_INIT("get / HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {STR_INIT("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n"), 501},
    {STR_INIT("AVERYLONGMETHODTHATNOBODYHAS"), 501},
    {WITH_HOST("X: a\nY: b\r\n"), 400},
    {WITH_HOST("X: a\rY: b\r\n"), 400},
    {WITH_HOST("X: a\r\n b\r\n"), 400}, /* folded */
    {WITH_HOST("X: a\r\n\tb\r\n"), 400},
    {WITH_HOST("X : a\r\n"), 400},
    {WITH_HOST("X\t: a\r\n"), 400},
    {WITH_HOST("X\r\n"), 400},
    {WITH_HOST(": a\r\n"), 400},
    {WITH_HOST("X@: a\r\n"), 400},
    {WITH_HOST("X\xc3\xa9: a\r\n"), 400},
    {WITH_HOST("X: a\x01\r\n"), 400},
    {WITH_HOST("X: abcdefghijklmnop\0qrstuvwxyz\r\n"), 400},
    {WITH_HOST("X: a\x7f\r\n"), 400},
    {STR_INIT("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), 400},
    {WITH_HOST("Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
    {WITH_HOST("Content-Length: 1\r\ncontent-length: 1\r\n"), 400},
    {WITH_HOST("Content-Length: 1, 1\r\n"), 400},
    {WITH_HOST("Content-Length: +1\r\n"), 400},
    {WITH_HOST("Content-Length: -1\r\n"), 400},
    {WITH_HOST("Content-Length: 0x1\r\n"), 400},
    {WITH_HOST("Content-Length:\r\n"), 400},
    {WITH_HOST("Content-Length: 9223372036854775808\r\n"), 400},
    {WITH_HOST("Content-Length: 18446744073709551617\r\n"), 400},
    {WITH_HOST("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: gzip, chunked\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: chunked, chunked\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: identity\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: xchunked\r\n"), 400},
    {WITH_HOST("Transfer-Encoding: \"chunked\"\r\n"), 400},
    {WITH_HOST("Transfer-Encoding:\r\n"), 400},
    {STR_INIT("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400},
    {WITH_HOST("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400},
    {WITH_HOST("Expect: tea\r\n"), 417},
};
/* clang-format on */

static void test_refuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        request.refusal = (struct http_refusal){0};
        enum err err = parse(refused[i].head);
        if (err != ERR_INVALID || request.refusal.status != refused[i].status)
            fail_msg("row %zu \"%" PRI_STR "\": %s, status %d", i,
                     ARG_STR(refused[i].head), err_name(err),
                     request.refusal.status);
        assert_non_null(request.refusal.reason);
    }
}

/* "GET / HTTP/1.1", Host, and one field that makes the head len bytes long. */
static void make_head(struct buf *head, size_t len)
{
    buf_init(head, 2 * HTTP_HEAD_BYTES_MAX);
    buf_add(head, STR("GET / HTTP/1.1\r\nHost: a\r\nX: "));
    while (head->len < len - 4)
        buf_add_char(head, 'x');
    buf_add(head, STR("\r\n\r\n"));
}

static void test_heads_up_to_the_limit(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf fits;
    DEFER(buf_finish) struct buf over;
    make_head(&fits, HTTP_HEAD_BYTES_MAX);
    assert_int_equal(parse(buf_str(&fits)), ERR_OK);
    make_head(&over, HTTP_HEAD_BYTES_MAX + 1);
    assert_int_equal(parse(buf_str(&over)), ERR_INVALID);
    assert_int_equal(request.refusal.status, 431);
    /* Not before the limit is reached. */
    assert_int_equal(parse(str_slice(buf_str(&over), 0, 8191)), ERR_AGAIN);
    assert_int_equal(parse(str_slice(buf_str(&over), 0, 8192)), ERR_INVALID);
}

static void test_fields_and_targets_up_to_the_limit(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf head;
    buf_init(&head, 2 * HTTP_HEAD_BYTES_MAX);
    buf_add(&head, STR("GET / HTTP/1.1\r\nHost: a\r\n"));
    for (int i = 1; i < HTTP_FIELDS_MAX; i++)
        buf_add(&head, STR("a: b\r\n"));
    buf_add(&head, STR("\r\n"));
    assert_int_equal(parse(buf_str(&head)), ERR_OK);
    assert_int_equal(request.fields.count, HTTP_FIELDS_MAX);
    head.len -= 2;
    buf_add(&head, STR("a: b\r\n\r\n"));
    assert_int_equal(parse(buf_str(&head)), ERR_INVALID);
    assert_int_equal(request.refusal.status, 431);

    for (size_t extra = 0; extra < 2; extra++) {
        buf_reset(&head);
        buf_add(&head, STR("GET /"));
        while (head.len < 4 + HTTP_TARGET_BYTES_MAX + extra)
            buf_add_char(&head, 'a');
        buf_add(&head, STR(" HTTP/1.1\r\nHost: a\r\n\r\n"));
        assert_int_equal(parse(buf_str(&head)), extra ? ERR_INVALID : ERR_OK);
    }
    assert_int_equal(request.refusal.status, 414);
}

static void test_lists(void **state)
{
    (void)state;
    struct str rest = STR(" ,a , b;q=1,,  c\t,"), element;
    assert_true(http_list_next(&rest, &element));
    assert_str(element, "a");
    assert_true(http_list_next(&rest, &element));
    assert_str(element, "b;q=1");
    assert_true(http_list_next(&rest, &element));
    assert_str(element, "c");
    assert_false(http_list_next(&rest, &element));
    assert_true(http_list_has(STR("x, Upgrade"), STR("upgrade")));
    assert_false(http_list_has(STR("x, upgrades"), STR("upgrade")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_a_browser_sends),
        cmocka_unit_test(test_every_known_field_is_found_by_its_name),
        cmocka_unit_test(test_pieces_come_to_the_same),
        cmocka_unit_test(test_a_bare_lf_is_refused_before_the_head_ends),
        cmocka_unit_test(test_keep_alive_and_framing),
        cmocka_unit_test(test_forms_of_the_target),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_heads_up_to_the_limit),
        cmocka_unit_test(test_fields_and_targets_up_to_the_limit),
        cmocka_unit_test(test_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
