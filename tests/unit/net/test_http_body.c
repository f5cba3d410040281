// SPDX-License-Identifier: Apache-2.0
/* Bodies and response heads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "net/http_body.h"

enum { LIMIT = 64 };

/* Decodes text in pieces of step bytes; the data goes to out, the number of
 * bytes that were used to *ret_used. */
static enum err decode(struct http_body *body, struct str text, size_t step,
                       struct buf *out, size_t *ret_used)
{
    enum err err = ERR_AGAIN;
    *ret_used = 0;
    buf_reset(out);
    while (err == ERR_AGAIN && *ret_used < text.len) {
        char piece[512];
        size_t used = 0, data = 0;
        struct str part = str_slice(text, *ret_used, step);
        memcpy(piece, part.ptr, part.len);
        err = http_body_decode(body, piece, part.len, &used, &data);
        if (err && err != ERR_AGAIN)
            break;
        buf_add_bytes(out, piece, data);
        *ret_used += used;
    }
    return err;
}

/* clang-format off */
static const struct {
    struct str chunks;
    enum err err;
    struct str body;
    size_t unused;
} chunked[] = {
    {STR_INIT("5\r\nhello\r\n0\r\n\r\n"), ERR_OK, STR_INIT("hello"), 0},
    {STR_INIT("0\r\n\r\nGET"), ERR_OK, STR_INIT(""), 3},
    {STR_INIT("A\r\n0123456789\r\n00a\r\nabcdefghij\r\n000\r\n\r\n"), ERR_OK, STR_INIT("0123456789abcdefghij"), 0},
    {STR_INIT("1;a\r\nx\r\n1;b=c;d=\"e \\\" ; f\"\r\ny\r\n0;z\r\n\r\n"), ERR_OK, STR_INIT("xy"), 0},
    {STR_INIT("1\r\nx\r\n0\r\nX-Sum: 1 2\r\nY:\r\n\r\nnext"), ERR_OK, STR_INIT("x"), 4},
    {STR_INIT("5\r\nhel"), ERR_AGAIN, STR_INIT("hel"), 0},
    {STR_INIT("41\r\n"), ERR_TOO_LONG, STR_INIT(""), 0},
    {STR_INIT("20\r\n12345678123456781234567812345678\r\n21\r\n"), ERR_TOO_LONG, STR_INIT(""), 0},
    {STR_INIT("fffffffffffffff\r\n"), ERR_TOO_LONG, STR_INIT(""), 0},
    {STR_INIT("fffffffffffffffff\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("100000000000000000001\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("g\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0x1\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("-1\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT(" 1\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1 \r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1\rx"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1\r\nxy\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1\r\nx\n0\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1\r\nx\r0\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;a\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;a;;b\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;=a\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;a b\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("1;a=\"\r\n\"\r\nx\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\n\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\n: a\r\n\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\n a: b\r\n\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\na : b\r\n\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\na: b\n\r\n"), ERR_INVALID, STR_INIT(""), 0},
    {STR_INIT("0\r\na: b\x01\r\n\r\n"), ERR_INVALID, STR_INIT(""), 0},
};
/* clang-format on */

static void test_chunked_bodies_whole_and_in_pieces(void **state)
{
    (void)state;
    const struct http_request request = {.chunked = true};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 4096);
    for (size_t i = 0; i < sizeof chunked / sizeof chunked[0]; i++) {
        struct str text = chunked[i].chunks;
        for (size_t step = 1; step <= text.len; step++) {
            struct http_body body;
            size_t used;
            assert_int_equal(http_body_init(&body, &request, LIMIT), ERR_OK);
            enum err err = decode(&body, text, step, &out, &used);
            if (err != chunked[i].err)
                fail_msg("row %zu in pieces of %zu: %s", i, step,
                         err_name(err));
            if (err && err != ERR_AGAIN)
                continue;
            assert_true(str_eq(buf_str(&out), chunked[i].body));
            assert_int_equal(text.len - used, chunked[i].unused);
        }
    }
}

static void test_endless_extensions_and_trailers_are_refused(void **state)
{
    (void)state;
    const struct http_request request = {.chunked = true};
    DEFER(buf_finish) struct buf text;
    DEFER(buf_finish) struct buf out;
    struct http_body body;
    size_t used;
    buf_init(&text, 1 << 20);
    buf_init(&out, 4096);

    buf_add(&text, STR("1;"));
    for (int i = 0; i < HTTP_CHUNK_LINE_BYTES_MAX; i++)
        buf_add_char(&text, 'a');
    assert_int_equal(http_body_init(&body, &request, LIMIT), ERR_OK);
    assert_int_equal(decode(&body, buf_str(&text), 100, &out, &used),
                     ERR_INVALID);

    buf_reset(&text); /* many small ones */
    for (int i = 0; i < HTTP_CHUNK_EXTENSIONS_BYTES_MAX / 64; i++)
        buf_add(&text, STR("1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                           "aaaaaaaaaaaaaaaaaaaaaaaaaa\r\nx\r\n"));
    assert_int_equal(http_body_init(&body, &request, 1 << 20), ERR_OK);
    assert_int_equal(decode(&body, buf_str(&text), 100, &out, &used),
                     ERR_INVALID);

    buf_reset(&text);
    buf_add(&text, STR("0\r\n"));
    for (int i = 0; i < HTTP_TRAILER_BYTES_MAX / 6 + 1; i++)
        buf_add(&text, STR("a: b\r\n"));
    assert_int_equal(http_body_init(&body, &request, LIMIT), ERR_OK);
    assert_int_equal(decode(&body, buf_str(&text), 100, &out, &used),
                     ERR_INVALID);
}

static void test_sized_bodies(void **state)
{
    (void)state;
    struct http_request request = {.content_length = LIMIT + 1};
    struct http_body body;
    DEFER(buf_finish) struct buf out;
    size_t used;
    buf_init(&out, 4096);
    assert_int_equal(http_body_init(&body, &request, LIMIT), ERR_TOO_LONG);
    request.content_length = 5;
    assert_int_equal(http_body_init(&body, &request, LIMIT), ERR_OK);
    assert_int_equal(decode(&body, STR("helloGET"), 2, &out, &used), ERR_OK);
    assert_true(str_eq(buf_str(&out), STR("hello")));
    assert_int_equal(used, 5);
    request.content_length = 0;
    assert_int_equal(http_body_init(&body, &request, 0), ERR_OK);
    char none[1] = "";
    size_t data;
    assert_int_equal(http_body_decode(&body, none, 0, &used, &data), ERR_OK);
}

static enum err parse(struct str bytes, enum http_method method,
                      struct http_response *response)
{
    struct http_head_progress progress = {0};
    return http_response_parse(bytes, method, &progress, response);
}

static void test_response_heads(void **state)
{
    (void)state;
    static struct http_response response;
    struct str head = STR("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                          "ETag: \"a\"\r\n\r\nhello");
    for (size_t len = 1; len < head.len - 5; len++)
        assert_int_equal(parse(str_slice(head, 0, len), HTTP_GET, &response),
                         ERR_AGAIN);
    assert_int_equal(parse(head, HTTP_GET, &response), ERR_OK);
    assert_int_equal(response.status, 200);
    assert_true(response.keep_alive);
    assert_int_equal(response.content_length, 5);
    assert_int_equal(response.head_bytes, head.len - 5);
    assert_true(str_eq(response.phrase, STR("OK")));
    assert_true(str_eq(response.fields.known[HTTP_FIELD_ETAG], STR("\"a\"")));
    assert_int_equal(parse(head, HTTP_HEAD, &response), ERR_OK);
    assert_true(response.is_bodiless);

    assert_int_equal(parse(STR("HTTP/1.1 200\r\n\r\n"), HTTP_GET, &response),
                     ERR_OK);
    assert_false(response.keep_alive); /* it ends with the connection */
    assert_int_equal(parse(STR("HTTP/1.0 204 \r\n\r\n"), HTTP_GET, &response),
                     ERR_OK);
    assert_true(response.is_bodiless);
    assert_false(response.keep_alive);
}

static void test_response_heads_refused(void **state)
{
    (void)state;
    static struct http_response response;
    static const struct str heads[] = {
        STR_INIT("HTTP/2.0 200 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 20 OK\r\n\r\nx"),
        STR_INIT("HTTP/1.1 099 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 600 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 200OK\r\n\r\n"),
        STR_INIT("HTTP/1.1  200 OK\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 O\x01K\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\nA: b\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nA : b\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                 "Transfer-Encoding: chunked\r\n\r\n"),
        STR_INIT("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
                 "Content-Length: 1\r\n\r\n"),
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (parse(heads[i], HTTP_GET, &response) != ERR_INVALID)
            fail_msg("accepted: %" PRI_STR, ARG_STR(heads[i]));
        assert_non_null(response.reason);
    }
}

static void test_bodies_of_responses(void **state)
{
    (void)state;
    struct http_response response = {.status = 200};
    struct http_body body;
    DEFER(buf_finish) struct buf out;
    size_t used;
    buf_init(&out, 4096);
    assert_int_equal(http_body_init_response(&body, &response, 4), ERR_OK);
    assert_true(body.until_close);
    assert_int_equal(decode(&body, STR("1234"), 3, &out, &used), ERR_AGAIN);
    assert_int_equal(decode(&body, STR("5"), 1, &out, &used), ERR_TOO_LONG);
    response.is_bodiless = true;
    response.has_content_length = true;
    response.content_length = 99;
    assert_int_equal(http_body_init_response(&body, &response, 4), ERR_OK);
    assert_int_equal(body.left_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunked_bodies_whole_and_in_pieces),
        cmocka_unit_test(test_endless_extensions_and_trailers_are_refused),
        cmocka_unit_test(test_sized_bodies),
        cmocka_unit_test(test_response_heads),
        cmocka_unit_test(test_response_heads_refused),
        cmocka_unit_test(test_bodies_of_responses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
