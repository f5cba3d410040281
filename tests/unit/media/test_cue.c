// SPDX-License-Identifier: Apache-2.0
/* What captioners' tools send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "media/cue.h"

static struct arena arena;
static struct cue_list list;
static struct fault fault;

static int begin(void **unused)
{
    (void)unused;
    arena_init(&arena, 0);
    fault = (struct fault){0};
    return 0;
}

static int end(void **unused)
{
    (void)unused;
    arena_finish(&arena);
    return 0;
}

static enum err read(const char *text)
{
    return cues_read(str_from_c(text), &arena, &list, &fault);
}

static void assert_cue(size_t at, int64_t after, int64_t duration,
                       const char *text)
{
    assert_true(at < list.count);
    assert_int_equal(list.cues[at].after_ms, after);
    assert_int_equal(list.cues[at].duration_ms, duration);
    assert_true(str_eq(list.cues[at].text, str_from_c(text)));
}

static void assert_refused(const char *text, const char *part)
{
    assert_int_equal(read(text), ERR_INVALID);
    assert_non_null(strstr(fault_text(&fault), part));
}

static void test_plain_text_is_one_caption(void **unused)
{
    (void)unused;
    assert_int_equal(read("\xEF\xBB\xBFGood evening. \r\n\r\n\tAnd\tnow\rnews"),
                     ERR_OK);
    assert_int_equal(list.count, 1);
    assert_cue(0, 0, 0, "Good evening.\nAnd now\nnews");
}

static void test_plain_text_is_no_markup(void **unused)
{
    (void)unused;
    assert_int_equal(read("<b>A</b> &amp; b --> c"), ERR_OK);
    assert_cue(0, 0, 0, "<b>A</b> &amp; b --> c");
    assert_int_equal(read("2 --> 3, they say"), ERR_INVALID);
}

static void test_cues_have_lengths_and_distances(void **unused)
{
    (void)unused;
    assert_int_equal(read("WEBVTT a title\nKind: captions\n\nSTYLE\n::cue {}\n"
                          "\nNOTE x\n\nid 1\n01:00:10.000 --> 01:00:12.250 "
                          "line:0\none\ntwo\n\n01:00:11.5 00\n\n"
                          "01:00:11.500-->01:00:13.000\nthree"),
                     ERR_OK);
    assert_int_equal(list.count, 2);
    assert_cue(0, 0, 2250, "one\ntwo");
    assert_cue(1, 1500, 1500, "three");
}

static void test_a_cue_needs_no_head(void **unused)
{
    (void)unused;
    assert_int_equal(read("00:00.000 --> 00:01.000\nx\n"), ERR_OK);
    assert_cue(0, 0, 1000, "x");
}

static void test_tags_go_and_references_are_read(void **unused)
{
    (void)unused;
    assert_int_equal(read("00:00.000 --> 00:01.000\n<v A\nB>x &lt;y&gt; "
                          "&amp;amp; &copy;<00:00.500></v> \n<i></i>\nz"),
                     ERR_OK);
    assert_cue(0, 0, 1000, "x <y> &amp; &copy;\nz");
}

static void test_what_is_wrong_is_said_with_its_line(void **unused)
{
    (void)unused;
    assert_refused("", "there is no text");
    assert_refused("WEBVTT\n\n", "there is no text");
    assert_refused("00:00.000 --> 00:01.000\n<i></i>", "there is no text");
    assert_refused("a\xFF", "UTF-8");
    assert_refused("ab\x1B[2J", "byte 2 begins a control character");
    assert_refused("a\xC2\x85", "byte 1 begins a control character");
    assert_refused("WEBVTT\n\n00:00 --> 00:01\nx", "line 3: the times");
    assert_refused("00:00.000 --> 00:61.000\nx", "line 1: the times");
    assert_refused("00:00.000 --> 00:01.000x\nx", "line 1: the times");
    assert_refused("00:00.000 --> 00:00.000\nx", "ends after it begins");
    assert_refused("00:00.000 --> 01:00.001\nx", "at most 60 seconds");
    assert_refused("00:05.000 --> 00:06.000\nx\n\n00:04.000 --> 00:06.000\ny",
                   "in their order");
    assert_refused("00:00.000 --> 00:01.000\nx\n\n02:00.000 --> 02:01.000\ny",
                   "within 60 seconds");
}

static void test_captions_have_limits(void **unused)
{
    (void)unused;
    char text[CUE_TEXT_BYTES_MAX + 2];
    memset(text, 'x', sizeof text);
    assert_int_equal(
        cues_read(str_of(text, CUE_TEXT_BYTES_MAX), &arena, &list, &fault),
        ERR_OK);
    assert_int_equal(
        cues_read(str_of(text, CUE_TEXT_BYTES_MAX + 1), &arena, &list, &fault),
        ERR_INVALID);
    DEFER(buf_finish) struct buf many;
    buf_init(&many, 1 << 16);
    for (int i = 0; i < CUES_MAX; i++)
        buf_add_c(&many, "00:00.000 --> 00:01.000\nx\n\n");
    assert_int_equal(cues_read(buf_str(&many), &arena, &list, &fault), ERR_OK);
    assert_int_equal(list.count, CUES_MAX);
    buf_add_c(&many, "00:00.000 --> 00:01.000\nx\n\n");
    assert_int_equal(cues_read(buf_str(&many), &arena, &list, &fault),
                     ERR_INVALID);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain_text_is_one_caption),
        TEST(test_plain_text_is_no_markup),
        TEST(test_cues_have_lengths_and_distances),
        TEST(test_a_cue_needs_no_head),
        TEST(test_tags_go_and_references_are_read),
        TEST(test_what_is_wrong_is_said_with_its_line),
        TEST(test_captions_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
