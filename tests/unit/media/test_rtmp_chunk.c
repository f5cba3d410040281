// SPDX-License-Identifier: Apache-2.0
/* Messages in chunks: as they are written, in pieces, woven into each other,
 * and as an enemy would send them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "media/bytes.h"
#include "media/rtmp_chunk.h"

/* "type stream time length first-byte|…" of all messages, read in pieces of
 * step bytes; then the error, unless it is that more is wanted. */
static void read_all(struct str bytes, size_t step, struct buf *told)
{
    struct rtmp_chunk_reader reader;
    struct buf waiting;
    enum err err = ERR_AGAIN;
    rtmp_chunk_reader_init(&reader);
    buf_init(&waiting, 1 << 20);
    buf_reset(told);
    for (size_t at = 0; err == ERR_AGAIN && at < bytes.len; at += step) {
        buf_add(&waiting, str_slice(bytes, at, step));
        struct str rest = buf_str(&waiting);
        struct rtmp_message message;
        while (!(err = rtmp_read_message(&reader, &rest, &message)))
            buf_printf(told, "%d %u %u %zu %.1s|", message.type, message.stream,
                       message.time_ms, message.payload.len,
                       message.payload.len ? message.payload.ptr : "-");
        buf_drop_front(&waiting, waiting.len - rest.len);
    }
    if (err != ERR_AGAIN)
        buf_add_c(told, err_name(err));
    buf_add_char(told, '\0');
    buf_finish(&waiting);
    rtmp_chunk_reader_finish(&reader);
}

static void expect(struct str bytes, const char *expected)
{
    static const size_t steps[] = {1, 2, 7, 64, 1 << 20};
    DEFER(buf_finish) struct buf told;
    buf_init(&told, 1 << 20);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        read_all(bytes, steps[i], &told);
        assert_string_equal(told.ptr, expected);
    }
}

static struct str letters(char letter, size_t len)
{
    static char bytes[4][4096];
    static int turn;
    char *text = bytes[turn++ % 4];
    memset(text, letter, len);
    return str_of(text, len);
}

static void test_what_is_written_is_read(void **state)
{
    static const struct rtmp_message messages[] = {
        {.type = RTMP_COMMAND, .payload = STR_INIT("connect")},
        {.type = RTMP_VIDEO, .stream = 1, .time_ms = 16777214},
        {.type = RTMP_VIDEO, .stream = 1, .time_ms = 16777215},
        {.type = RTMP_AUDIO, .stream = 513, .time_ms = UINT32_MAX},
    };
    (void)state;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        struct rtmp_message message = messages[i];
        if (!message.payload.ptr)
            message.payload = letters((char)('a' + i), 128 * i);
        rtmp_write_message(&out, RTMP_CHUNK_BYTES_START, 4, &message);
    }
    expect(buf_str(&out), "20 0 0 7 c|9 1 16777214 128 b|9 1 16777215 256 c|"
                          "8 513 4294967295 384 d|");
}

static void test_a_message_without_bytes_is_whole_at_once(void **state)
{
    (void)state;
    expect(STR("\x03\0\0\5\0\0\0\x08\1\0\0\0"), "8 1 5 0 -|");
}

/* Heads grow shorter: difference of time, then nothing at all. */
static void test_short_heads_repeat_what_is_known(void **state)
{
    (void)state;
    expect(STR("\x04\0\0\x0A\0\0\1\x08\1\0\0\0a"
               "\x44\0\0\x14\0\0\2\x09"
               "bb"
               "\x84\0\0\x17"
               "cc"
               "\xC4"
               "dd"
               "\xC4"
               "ee"),
           "8 1 10 1 a|9 1 30 2 b|9 1 53 2 c|9 1 76 2 d|9 1 99 2 e|");
}

static void test_time_goes_round(void **state)
{
    (void)state;
    expect(STR("\x04\xFF\xFF\xFF\0\0\1\x08\1\0\0\0\xFF\xFF\xFF\xF0"
               "a"
               "\x84\0\0\x20"
               "b"),
           "8 1 4294967280 1 a|8 1 16 1 b|");
}

static void test_messages_are_woven_into_each_other(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 16);
    buf_add(&in, STR("\x04\0\0\1\0\1\0\x09\1\0\0\0")); /* 256 bytes */
    buf_add(&in, letters('v', 128));
    buf_add(&in, STR("\x05\0\0\2\0\0\2\x08\1\0\0\0ss"));
    buf_add(&in, STR("\xC4"));
    buf_add(&in, letters('v', 128));
    expect(buf_str(&in), "8 1 2 2 s|9 1 1 256 v|");
}

static void test_chunk_streams_have_numbers_of_three_lengths(void **state)
{
    (void)state;
    expect(STR("\0\x02\0\0\1\0\0\1\x08\1\0\0\0a"
               "\1\x02\x01\0\0\1\0\0\1\x08\1\0\0\0b"
               "\xC0\x02"
               "c"),
           "8 1 1 1 a|8 1 1 1 b|8 1 1 1 c|");
}

static void test_the_size_of_chunks_is_obeyed(void **state)
{
    (void)state;
    expect(STR("\x02\0\0\0\0\0\4\1\0\0\0\0\0\0\0\2"
               "\x03\0\0\0\0\0\5\x14\0\0\0\0"
               "he\xC3"
               "ll\xC3"
               "o"),
           "20 0 0 5 h|");
}

static void test_a_message_can_be_given_up(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 16);
    buf_add(&in, STR("\x04\0\0\1\0\1\0\x09\1\0\0\0"));
    buf_add(&in, letters('v', 128));
    buf_add(&in, STR("\x02\0\0\0\0\0\4\2\0\0\0\0\0\0\0\4"));
    buf_add(&in, STR("\x04\0\0\3\0\0\1\x09\1\0\0\0w"));
    expect(buf_str(&in), "9 1 3 1 w|");
}

/* The four bytes of time may stand in each chunk, or only in the first. */
static void test_long_times_are_repeated_or_not(void **state)
{
    (void)state;
    for (int repeated = 0; repeated < 2; repeated++) {
        DEFER(buf_finish) struct buf in;
        buf_init(&in, 1 << 16);
        buf_add(&in, STR("\x04\xFF\xFF\xFF\0\0\x82\x09\1\0\0\0\x01\0\0\0"));
        buf_add(&in, letters('v', 128));
        buf_add(&in, STR("\xC4"));
        if (repeated)
            buf_add(&in, STR("\x01\0\0\0"));
        buf_add(&in, letters('v', 2));
        buf_add(&in, STR("\x03\0\0\0\0\0\1\x14\0\0\0\0x"));
        expect(buf_str(&in), "9 1 16777216 130 v|20 0 0 1 x|");
    }
}

/* clang-format off */
static const struct {
    struct str bytes;
    const char *expected;
} hostile[] = {
    {STR_INIT("\x44\0\0\1\0\0\1\x08"), "ERR_INVALID"},          /* no head before */
    {STR_INIT("\xC7"), "ERR_INVALID"},
    {STR_INIT("\x04\0\0\1\xFF\xFF\xFF\x09\1\0\0\0"), "ERR_TOO_LONG"}, /* 16 MB */
    {STR_INIT("\x02\0\0\0\0\0\4\1\0\0\0\0\0\0\0\0"), "ERR_INVALID"},  /* chunks of nothing */
    {STR_INIT("\x02\0\0\0\0\0\4\1\0\0\0\0\x80\0\0\0"), "ERR_INVALID"},
    {STR_INIT("\x02\0\0\0\0\0\2\1\0\0\0\0\0\1"), "ERR_INVALID"},
};
/* clang-format on */

static void test_what_is_malformed_ends_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++)
        expect(hostile[i].bytes, hostile[i].expected);
}

static void test_only_so_many_messages_are_under_way(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf in;
    buf_init(&in, 1 << 16);
    for (int i = 0; i <= RTMP_CHUNK_STREAMS_MAX; i++) {
        bytes_put_u8(&in, (uint8_t)(3 + i));
        buf_add(&in, STR("\0\0\1\0\0\2\x09\1\0\0\0"));
        buf_add(&in, STR("vv"));
    }
    struct rtmp_chunk_reader reader;
    struct rtmp_message message;
    struct str rest = buf_str(&in);
    enum err err;
    int count = 0;
    rtmp_chunk_reader_init(&reader);
    while (!(err = rtmp_read_message(&reader, &rest, &message)))
        count++;
    assert_int_equal(err, ERR_TOO_LONG);
    assert_int_equal(count, RTMP_CHUNK_STREAMS_MAX);
    rtmp_chunk_reader_finish(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_a_message_without_bytes_is_whole_at_once),
        cmocka_unit_test(test_short_heads_repeat_what_is_known),
        cmocka_unit_test(test_time_goes_round),
        cmocka_unit_test(test_messages_are_woven_into_each_other),
        cmocka_unit_test(test_chunk_streams_have_numbers_of_three_lengths),
        cmocka_unit_test(test_the_size_of_chunks_is_obeyed),
        cmocka_unit_test(test_a_message_can_be_given_up),
        cmocka_unit_test(test_long_times_are_repeated_or_not),
        cmocka_unit_test(test_what_is_malformed_ends_it),
        cmocka_unit_test(test_only_so_many_messages_are_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
