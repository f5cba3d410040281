// SPDX-License-Identifier: Apache-2.0
/* What the playout and the program that makes television say to each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/part.h"

static const struct part sample = {
    .kind = PART_PART,
    .rendition = 2,
    .flags = PART_INDEPENDENT | PART_SEGMENT_START,
    .duration = 45045,
    .tick = INT64_C(1) << 40,
    .payload = STR_INIT("moof mdat"),
};

static void test_what_is_written_is_read(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct part part;
    buf_init(&out, 4096);
    part_write(&out, &sample);
    size_t whole = out.len;
    assert_int_equal(whole, PART_HEAD_BYTES + 9);
    part_write(&out, &(struct part){.kind = PART_TROUBLE});
    for (size_t len = 0; len < whole; len++) {
        struct str rest = str_slice(buf_str(&out), 0, len);
        assert_int_equal(part_read(&rest, &part), ERR_AGAIN);
        assert_int_equal(rest.len, len);
    }
    struct str rest = buf_str(&out);
    assert_int_equal(part_read(&rest, &part), ERR_OK);
    assert_int_equal(part.kind, PART_PART);
    assert_int_equal(part.rendition, 2);
    assert_int_equal(part.flags, sample.flags);
    assert_int_equal(part.duration, 45045);
    assert_true(part.tick == sample.tick);
    assert_true(str_eq(part.payload, sample.payload));
    assert_int_equal(part_read(&rest, &part), ERR_OK);
    assert_int_equal(part.kind, PART_TROUBLE);
    assert_int_equal(part.payload.len, 0);
    assert_int_equal(rest.len, 0);
}

static void test_what_is_none_is_refused(void **state)
{
    (void)state;
    /* magic; kind, rendition, flags, zero; length; reserved */
    static const size_t places[] = {0, 1, 2, 3, 4, 5, 6, 7, 11, 24, 31};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 4096);
    part_write(&out, &sample);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct str rest = buf_str(&out);
        struct part part;
        char old = out.ptr[places[i]];
        out.ptr[places[i]] = 77;
        assert_int_equal(part_read(&rest, &part), ERR_INVALID);
        out.ptr[places[i]] = old;
    }
}

static void test_only_parts_have_flags(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct part part = {.kind = PART_INIT, .flags = PART_GAP};
    buf_init(&out, 4096);
    part_write(&out, &part);
    struct str rest = buf_str(&out);
    assert_int_equal(part_read(&rest, &part), ERR_INVALID);
}

static void test_renditions_have_names(void **state)
{
    (void)state;
    assert_string_equal(part_rendition_name(0), "source");
    assert_string_equal(part_rendition_name(3), "audio");
    assert_null(part_rendition_name(PART_RENDITIONS_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),
        cmocka_unit_test(test_what_is_none_is_refused),
        cmocka_unit_test(test_only_parts_have_flags),
        cmocka_unit_test(test_renditions_have_names),
    };
    return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
