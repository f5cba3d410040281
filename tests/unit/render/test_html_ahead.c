// SPDX-License-Identifier: Apache-2.0
/* Texts that are sent to the HTML helper before their answers are wanted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libgen.h>
#include <unistd.h>

#include "base/arena.h"
#include "render/document.h"
#include "render/html_helper.h"

enum { PATH_BYTES = 4096, OUTPUT_MAX = 1 << 20 };

static struct arena arena;
static struct html_helper *helper;
static char program[PATH_BYTES];

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    helper = html_helper_create(program);
    return helper ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    html_helper_destroy(helper);
    return 0;
}

static enum err receive(uint64_t ticket, struct str *ret_text)
{
    struct html_conversion conversion;
    struct fault fault = {0};
    enum err err =
        html_helper_receive(helper, ticket, &arena, &conversion, &fault);
    if (err)
        return err;
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    document_write_text(conversion.doc, &out);
    *ret_text = str_trim(arena_copy(&arena, buf_str(&out)));
    buf_finish(&out);
    return ERR_OK;
}

static void assert_answer(uint64_t ticket, const char *expected)
{
    struct str text = {0};
    assert_int_equal(receive(ticket, &text), ERR_OK);
    assert_string_equal(arena_c_string(&arena, text), expected);
}

static void test_answers_come_in_order(void **state)
{
    (void)state;
    uint64_t tickets[20];
    char html[64], text[64];
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 20; i++) {
            snprintf(html, sizeof html, "<p>text <b>%d</b></p>", i);
            tickets[i] = html_helper_send(helper, str_from_c(html));
            assert_true(tickets[i] > 0);
        }
        for (int i = 0; i < 20; i++) {
            snprintf(text, sizeof text, "text %d", i);
            assert_answer(tickets[i], text);
        }
    }
}

static void test_only_so_much_is_sent(void **state)
{
    (void)state;
    static char large[HTML_HELPER_AHEAD_BYTES_MAX + 1];
    memset(large, 'x', sizeof large);
    assert_int_equal(html_helper_send(helper, str_of(large, sizeof large)), 0);
    uint64_t first = html_helper_send(
        helper, str_of(large, HTML_HELPER_AHEAD_BYTES_MAX - 10));
    assert_true(first > 0);
    assert_int_equal(html_helper_send(helper, STR("<p>ten and one</p>")), 0);
    struct str text;
    assert_int_equal(receive(first, &text), ERR_OK);
    assert_int_equal(text.len, HTML_HELPER_AHEAD_BYTES_MAX - 10);
    assert_answer(html_helper_send(helper, STR("<p>ten and one</p>")),
                  "ten and one");
}

static void test_a_refused_text_is_an_answer(void **state)
{
    (void)state;
    uint64_t bad = html_helper_send(helper, STR("\xff"));
    uint64_t good = html_helper_send(helper, STR("good"));
    struct str text;
    assert_int_equal(receive(bad, &text), ERR_INVALID);
    assert_answer(good, "good");
}

static void test_what_a_dead_helper_had_is_lost_and_the_next_works(void **state)
{
    (void)state;
    html_helper_destroy(helper);
    helper = html_helper_create("/bin/true"); /* it ends without a word */
    uint64_t first = html_helper_send(helper, STR("a"));
    uint64_t second = first ? html_helper_send(helper, STR("b")) : 0;
    struct str text;
    if (first)
        assert_int_equal(receive(first, &text), ERR_AGAIN);
    if (second)
        assert_int_equal(receive(second, &text), ERR_AGAIN);
    struct html_conversion conversion;
    struct fault fault = {0};
    assert_int_equal(
        html_helper_convert(helper, STR("c"), &arena, &conversion, &fault),
        ERR_CLOSED);
}

/* As when a text before it was lost with a helper that ended. */
static void test_a_text_by_itself_goes_before_those_on_their_way(void **state)
{
    (void)state;
    uint64_t first = html_helper_send(helper, STR("a"));
    uint64_t second = html_helper_send(helper, STR("b"));
    struct html_conversion conversion;
    struct fault fault = {0};
    struct str text;
    assert_true(first && second);
    assert_int_equal(
        html_helper_convert(helper, STR("c"), &arena, &conversion, &fault),
        ERR_OK);
    assert_true(str_eq(conversion.doc->first->first->text, STR("c")));
    assert_int_equal(receive(first, &text), ERR_AGAIN);
    assert_int_equal(receive(second, &text), ERR_AGAIN);
    assert_answer(html_helper_send(helper, STR("d")), "d");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* build/…/tests/render/test_html_ahead → build/…/bin/broadsheet-html */
static bool find_program(void)
{
    char self[PATH_BYTES - 64];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len < 0)
        return false;
    self[len] = '\0';
    snprintf(program, sizeof program, "%s/../../bin/broadsheet-html",
             dirname(self));
    return access(program, X_OK) == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_answers_come_in_order),
        TEST(test_only_so_much_is_sent),
        TEST(test_a_refused_text_is_an_answer),
        TEST(test_what_a_dead_helper_had_is_lost_and_the_next_works),
        TEST(test_a_text_by_itself_goes_before_those_on_their_way),
    };
    if (!find_program()) {
        printf("1..1\nok 1 - HTML ahead # SKIP bin/broadsheet-html is not "
               "built; run make first\n");
        return 0;
    }
    return cmocka_run_group_tests_name("html_ahead", tests, NULL, NULL);
}
