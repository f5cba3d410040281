// SPDX-License-Identifier: Apache-2.0
/* link/message and link/wire: what desk and edge say, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/message.h"
#include "link/wire.h"

static void test_values_arrive_as_they_were_put(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    wire_put_u8(&out, 0xfe);
    wire_put_u16(&out, 0xfedc);
    wire_put_u32(&out, 0xfedcba98);
    wire_put_u64(&out, UINT64_C(0xfedcba9876543210));
    wire_put_str(&out, STR("გაზეთი"));
    wire_put_str(&out, STR(""));
    struct wire_reader reader = {.rest = buf_str(&out)};
    assert_int_equal(wire_get_u8(&reader), 0xfe);
    assert_int_equal(wire_get_u16(&reader), 0xfedc);
    assert_int_equal(wire_get_u32(&reader), 0xfedcba98);
    assert_true(wire_get_u64(&reader) == UINT64_C(0xfedcba9876543210));
    assert_true(str_eq(wire_get_str(&reader), STR("გაზეთი")));
    assert_int_equal(wire_get_str(&reader).len, 0);
    assert_false(reader.bad);
    assert_int_equal(reader.rest.len, 0);
}

static void test_a_reader_stays_bad(void **state)
{
    (void)state;
    struct wire_reader reader = {.rest = STR("\x01\x02\x03")};
    assert_int_equal(wire_get_u32(&reader), 0);
    assert_true(reader.bad);
    assert_int_equal(wire_get_u8(&reader), 0); /* though a byte is there */
    struct wire_reader too_long = {.rest = STR("\x09\0\0\0abc")};
    assert_int_equal(wire_get_str(&too_long).len, 0);
    assert_true(too_long.bad);
}

static void test_a_message_has_the_form_that_is_written_down(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    message_put_str(&out, MESSAGE_WANT, 0x0102, STR("/en/"));
    static const char expected[] = "\x08\0\0\0" /* payload */
                                   "\x43\0\0\0" /* kind 67, zeros */
                                   "\x02\x01\0\0\0\0\0\0"
                                   "\x04\0\0\0/en/";
    assert_int_equal(out.len, sizeof expected - 1);
    assert_memory_equal(out.ptr, expected, out.len);
}

static void test_messages_come_one_after_the_other(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    message_put(&out, MESSAGE_HELLO, 0);
    message_put_str(&out, MESSAGE_DROP, 7, STR("/en/politics"));
    message_put(&out, MESSAGE_ACK, 7);
    struct str rest = buf_str(&out);
    struct message message;
    assert_int_equal(message_next(&rest, &message), ERR_OK);
    assert_int_equal(message.kind, MESSAGE_HELLO);
    assert_int_equal(message.payload.len, 0);
    assert_int_equal(message_next(&rest, &message), ERR_OK);
    assert_int_equal(message.kind, MESSAGE_DROP);
    assert_int_equal(message.number, 7);
    struct wire_reader reader = {.rest = message.payload};
    assert_true(str_eq(wire_get_str(&reader), STR("/en/politics")));
    assert_int_equal(message_next(&rest, &message), ERR_OK);
    assert_int_equal(message.kind, MESSAGE_ACK);
    assert_int_equal(rest.len, 0);
    assert_int_equal(message_next(&rest, &message), ERR_AGAIN);
}

static void test_a_message_that_is_not_there_whole_is_waited_for(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    message_put_str(&out, MESSAGE_DROP, 7, STR("/en/politics"));
    for (size_t len = 0; len < out.len; len++) {
        char *copy = malloc(len ? len : 1); /* ASan watches its end */
        memcpy(copy, out.ptr, len);
        struct str bytes = str_of(copy, len);
        struct message message = {.number = 99};
        assert_int_equal(message_next(&bytes, &message), ERR_AGAIN);
        assert_ptr_equal(bytes.ptr, copy);
        assert_int_equal(bytes.len, len);
        assert_int_equal(message.number, 99);
        free(copy);
    }
}

static enum err next_of(const char head[MESSAGE_HEAD_BYTES])
{
    struct str bytes = str_of(head, MESSAGE_HEAD_BYTES);
    struct message message;
    return message_next(&bytes, &message);
}

static void test_what_cannot_be_a_message_is_refused(void **state)
{
    (void)state;
    assert_int_equal(next_of("\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0"), ERR_OK);
    for (int kind = 0; kind < 256; kind++) {
        char head[MESSAGE_HEAD_BYTES] = {0};
        head[4] = (char)kind;
        bool known = (kind >= MESSAGE_HELLO && kind <= MESSAGE_REFUSE) ||
                     (kind >= MESSAGE_WELCOME && kind <= MESSAGE_EVICTED);
        assert_int_equal(next_of(head), known ? ERR_OK : ERR_INVALID);
    }
    /* bytes that must be zero; a payload of 64 MiB and one */
    assert_int_equal(next_of("\0\0\0\0\x01\x01\0\0\0\0\0\0\0\0\0\0"),
                     ERR_INVALID);
    assert_int_equal(next_of("\0\0\0\0\x01\0\0\x01\0\0\0\0\0\0\0\0"),
                     ERR_INVALID);
    assert_int_equal(next_of("\x01\0\0\x04\x02\0\0\0\0\0\0\0\0\0\0\0"),
                     ERR_INVALID);
    assert_int_equal(next_of("\0\0\0\x04\x02\0\0\0\0\0\0\0\0\0\0\0"),
                     ERR_AGAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_arrive_as_they_were_put),
        cmocka_unit_test(test_a_reader_stays_bad),
        cmocka_unit_test(test_a_message_has_the_form_that_is_written_down),
        cmocka_unit_test(test_messages_come_one_after_the_other),
        cmocka_unit_test(test_a_message_that_is_not_there_whole_is_waited_for),
        cmocka_unit_test(test_what_cannot_be_a_message_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
