// SPDX-License-Identifier: Apache-2.0
/* The bytes of a WebSocket: what is read of frames, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/websocket_frame.h"
#include "websocket_client.h"

enum { TEXT_BYTES_MAX = 1000 };

/* Reads all of input, in steps of so many bytes, and tells what came:
 * "text(…) ping(…) close(1000 …) failed(1002)". */
static void tell(struct str input, size_t step, struct buf *out)
{
    static const char *const names[] = {"",     "text",  "ping",
                                        "pong", "close", "failed"};
    struct websocket_reader reader;
    websocket_reader_init(&reader, TEXT_BYTES_MAX);
    buf_reset(out);
    enum websocket_event event = WEBSOCKET_MORE;
    while (input.len && event != WEBSOCKET_FAILED) {
        struct str piece = str_slice(input, 0, step), payload;
        enum websocket_code code = 0;
        input = str_from(input, piece.len);
        while ((event = websocket_read(&reader, &piece, &payload, &code))) {
            buf_printf(out, "%s(", names[event]);
            if (event >= WEBSOCKET_CLOSE)
                buf_printf(out, "%d", (int)code);
            if (event != WEBSOCKET_FAILED)
                buf_add(out, payload);
            buf_add_c(out, ") ");
            if (event == WEBSOCKET_FAILED)
                break;
        }
        if (event == WEBSOCKET_MORE)
            assert_int_equal(piece.len, 0);
    }
    websocket_reader_finish(&reader);
}

static void assert_read_as(struct buf *input, const char *wanted)
{
    static const size_t steps[] = {1, 2, 3, 7, 64, SIZE_MAX};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    assert_int_equal(buf_err(input), ERR_OK);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        tell(buf_str(input), steps[i], &out);
        buf_add_char(&out, '\0');
        assert_int_equal(buf_err(&out), ERR_OK);
        assert_string_equal(out.ptr, wanted);
    }
    buf_reset(input);
}

static void test_the_handshake_of_the_standard(void **state)
{
    (void)state;
    static const char head[] =
        "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n"
        "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";
    static struct http_request request;
    struct http_head_progress progress = {0};
    struct http_refusal refusal = {0};
    char accept[WEBSOCKET_ACCEPT_BYTES];
    assert_int_equal(http_request_parse(str_from_c(head), &progress, &request),
                     ERR_OK);
    assert_true(websocket_is_asked_for(&request));
    assert_int_equal(websocket_check(&request, accept, &refusal), ERR_OK);
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    assert_int_equal(refusal.status, 0);
}

static void test_other_handshakes_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int status;
    } cases[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n", 426},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 8\r\n",
         426},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\n",
         400},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNh\r\n",
         400},
        {"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q==\r\n",
         400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static struct http_request request;
        struct http_head_progress progress = {0};
        struct http_refusal refusal = {0};
        char accept[WEBSOCKET_ACCEPT_BYTES], head[512];
        snprintf(head, sizeof head, "%s\r\n", cases[i].head);
        assert_int_equal(
            http_request_parse(str_from_c(head), &progress, &request), ERR_OK);
        assert_int_equal(websocket_check(&request, accept, &refusal),
                         ERR_INVALID);
        assert_int_equal(refusal.status, cases[i].status);
        assert_non_null(refusal.reason);
    }
}

static void test_messages_whole_and_in_fragments(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 20);
    client_add(&in, FIN | 1, STR("Hello"));
    client_add(&in, FIN | 1, STR(""));
    client_add(&in, 1, STR("Hel"));
    client_add(&in, 0, STR(""));
    client_add(&in, FIN | 9, STR("between"));
    client_add(&in, FIN | 0, STR("lo"));
    client_add(&in, FIN | 10, STR(""));
    client_add(&in, FIN | 8,
               STR("\x03\xe8"
                   "bye"));
    assert_read_as(&in, "text(Hello) text() ping(between) text(Hello) pong() "
                        "close(1000bye) ");
    client_add(&in, FIN | 8, STR(""));
    assert_read_as(&in, "close(1005) ");
}

static void test_a_character_may_be_cut_by_fragments(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 20);
    client_add(&in, 1, STR("\xe1\x83"));
    client_add(&in, FIN | 0, STR("\x90"));
    assert_read_as(&in, "text(\xe1\x83\x90) ");
    client_add(&in, 1, STR("\xe1\x83"));
    client_add(&in, FIN | 0, STR("a"));
    assert_read_as(&in, "failed(1007) ");
}

static void test_what_breaks_the_rules_fails_with_its_code(void **state)
{
    (void)state;
    static const struct {
        struct str bytes;
        const char *wanted;
    } cases[] = {
        {STR_INIT("\x81\x05Hello"), "failed(1002) "}, /* not masked */
        {STR_INIT("\xc1\x80"), "failed(1002) "},      /* reserved bits */
        {STR_INIT("\x91\x80"), "failed(1002) "},
        {STR_INIT("\x83\x80"), "failed(1002) "}, /* opcodes of nothing */
        {STR_INIT("\x8b\x80"), "failed(1002) "},
        {STR_INIT("\x09\x80"), "failed(1002) "}, /* a fragment of a ping */
        {STR_INIT("\x89\xfe"), "failed(1002) "}, /* a long ping */
        {STR_INIT("\x80\x80"), "failed(1002) "}, /* the rest of nothing */
        {STR_INIT("\x82\x80"), "failed(1003) "}, /* binary */
        {STR_INIT("\x01\x80....\x81\x80"), "failed(1002) "}, /* within */
        {STR_INIT("\x81\xfe\x00\x7d...."), "failed(1002) "}, /* too long a */
        {STR_INIT("\x81\xff\0\0\0\0\0\0\xff\xff...."), "failed(1002) "},
        {STR_INIT("\x81\xff\x80\0\0\0\0\1\0\0...."), "failed(1002) "},
        {STR_INIT("\x81\xff\0\0\0\x7f\xff\xff\xff\xff...."), "failed(1009) "},
        {STR_INIT("\x81\xfe\x03\xe9...."), "failed(1009) "}, /* 1001 */
        {STR_INIT("\x88\x81\0\0\0\0\x03"), "failed(1002) "}, /* half a code */
        {STR_INIT("\x88\x82\0\0\0\0\x03\xed"), "failed(1002) "}, /* 1005 */
        {STR_INIT("\x88\x82\0\0\0\0\x13\x88"), "failed(1002) "}, /* 5000 */
        {STR_INIT("\x88\x83\0\0\0\0\x03\xe8\xff"), "failed(1007) "},
        {STR_INIT("\x81\x81\0\0\0\0\xff"), "failed(1007) "},
    };
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_add(&in, cases[i].bytes);
        assert_read_as(&in, cases[i].wanted);
    }
}

static void test_a_message_is_as_long_as_is_allowed_and_not_longer(void **state)
{
    (void)state;
    static char text[TEXT_BYTES_MAX];
    static char wanted[TEXT_BYTES_MAX + 16];
    memset(text, 'x', sizeof text);
    snprintf(wanted, sizeof wanted, "text(%.*s) ", TEXT_BYTES_MAX, text);
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 20);
    client_add(&in, FIN | 1, str_of(text, sizeof text));
    assert_read_as(&in, wanted);
    client_add(&in, 1, str_of(text, sizeof text));
    client_add(&in, 0, STR(""));
    client_add_head(&in, FIN | 0, 1);
    buf_add_c(&in, "mask");
    assert_read_as(&in, "failed(1009) ");
}

static void test_fragments_without_end_come_to_one(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 20);
    client_add(&in, 1, STR(""));
    for (int i = 1; i < WEBSOCKET_FRAGMENTS_MAX; i++)
        client_add(&in, 0, STR(""));
    struct str allowed = buf_str(&in);
    DEFER(buf_finish) struct buf same;
    buf_init(&same, 1 << 20);
    buf_add(&same, allowed);
    assert_read_as(&same, "");
    client_add(&in, FIN | 0, STR(""));
    assert_read_as(&in, "failed(1009) ");
}

static void test_heads_of_what_is_sent(void **state)
{
    (void)state;
    unsigned char head[WEBSOCKET_SERVER_HEAD_BYTES_MAX];
    assert_int_equal(websocket_write_head(head, WEBSOCKET_OP_TEXT, 125), 2);
    assert_memory_equal(head, "\x81\x7d", 2);
    assert_int_equal(websocket_write_head(head, WEBSOCKET_OP_TEXT, 126), 4);
    assert_memory_equal(head, "\x81\x7e\x00\x7e", 4);
    assert_int_equal(websocket_write_head(head, WEBSOCKET_OP_CLOSE, 0), 2);
    assert_memory_equal(head, "\x88\x00", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_handshake_of_the_standard),
        cmocka_unit_test(test_other_handshakes_are_refused),
        cmocka_unit_test(test_messages_whole_and_in_fragments),
        cmocka_unit_test(test_a_character_may_be_cut_by_fragments),
        cmocka_unit_test(test_what_breaks_the_rules_fails_with_its_code),
        cmocka_unit_test(
            test_a_message_is_as_long_as_is_allowed_and_not_longer),
        cmocka_unit_test(test_fragments_without_end_come_to_one),
        cmocka_unit_test(test_heads_of_what_is_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
