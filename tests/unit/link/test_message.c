// SPDX-License-Identifier: Apache-2.0
/* link/message and link/wire: what desk and edge say, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/message.h"
#include "link/views.h"
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
        bool known =
            (kind >= MESSAGE_HELLO && kind <= MESSAGE_EVENTS) ||
            (kind >= MESSAGE_WELCOME && kind <= MESSAGE_FIGURES) ||
            (kind >= MESSAGE_LIVE_BEGIN && kind <= MESSAGE_LIVE_POSTER) ||
            (kind >= MESSAGE_LIVE_VIEWERS && kind <= MESSAGE_LIVE_SAY);
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

static void put_batch(struct buf *out, uint64_t article, int64_t count)
{
    wire_put_u64(out, 0xED6E);
    views_put_pair(out, (struct views_pair){UINT64_C(0x62f9f7d471fdc), 461});
    views_put_pair(out, (struct views_pair){article, count});
}

static void test_a_batch_of_views_arrives_as_it_was_counted(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct views_pairs pairs;
    uint64_t edge;
    buf_init(&out, 1024);
    put_batch(&out, 0, VIEWS_COUNT_MAX);
    assert_int_equal(views_read_batch(buf_str(&out), &edge, &pairs), ERR_OK);
    assert_int_equal(edge, 0xED6E);
    assert_int_equal(pairs.count, 2);
    assert_true(views_pair_at(&pairs, 0).article == UINT64_C(0x62f9f7d471fdc));
    assert_int_equal(views_pair_at(&pairs, 0).count, 461);
    assert_int_equal(views_pair_at(&pairs, 1).article, 0);
    assert_true(views_pair_at(&pairs, 1).count == VIEWS_COUNT_MAX);
}

static void test_what_no_edge_counts_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t article;
        int64_t count;
    } wrong[] = {
        {UINT64_C(1) << 52, 1},         /* more than 13 digits */
        {UINT64_C(0x62f9f7d4f4240), 1}, /* a million microseconds */
        {5, -1},
        {5, VIEWS_COUNT_MAX + 1},
    };
    struct views_pairs pairs;
    uint64_t edge;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        DEFER(buf_finish) struct buf out;
        buf_init(&out, 1024);
        put_batch(&out, wrong[i].article, wrong[i].count);
        assert_int_equal(views_read_batch(buf_str(&out), &edge, &pairs),
                         ERR_INVALID);
    }
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1024);
    put_batch(&out, 5, 1);
    for (size_t len = 0; len < out.len; len++) {
        enum err err = views_read_batch(str_of(out.ptr, len), &edge, &pairs);
        assert_int_equal(err, len == 8 || len == 24 ? ERR_OK : ERR_INVALID);
    }
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
        cmocka_unit_test(test_a_batch_of_views_arrives_as_it_was_counted),
        cmocka_unit_test(test_what_no_edge_counts_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
