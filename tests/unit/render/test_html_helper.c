// SPDX-License-Identifier: Apache-2.0
/* The helper program broadsheet-html with friendly and hostile input. */
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

enum { PATH_BYTES = 4096, OUTPUT_MAX = 1 << 22 };

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

static struct html_conversion convert(struct str html)
{
    struct html_conversion conversion = {0};
    struct fault fault = {0};
    if (html_helper_convert(helper, html, &arena, &conversion, &fault))
        fail_msg("%s", fault.message);
    return conversion;
}

static void assert_html(const char *html, const char *expected)
{
    struct html_conversion conversion = convert(str_from_c(html));
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    document_write_html(conversion.doc, NULL, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, expected);
    buf_finish(&out);
}

static void test_paragraphs(void **state)
{
    (void)state;
    assert_html("bare  text<br>second<br><br>next<p>own</p>tail",
                "<p>bare text<br>second</p>\n<p>next</p>\n<p>own</p>\n"
                "<p>tail</p>\n");
    assert_html("<div><div>a</div><span>b</span><br></div><p> </p><p><br></p>",
                "<p>a</p>\n<p>b</p>\n");
    assert_html("", "");
}

static void test_marks_and_links(void **state)
{
    (void)state;
    assert_html("a <b>bold <i>both</i></b> <a href='https://e.org/?a&amp;b'>l"
                "</a> <u>plain</u> <del>x</del>H<sub>2</sub>O",
                "<p>a <strong>bold <em>both</em></strong> <a "
                "href=\"https://e.org/?a&amp;b\">l</a> plain <s>x</s>H<sub>2"
                "</sub>O</p>\n");
    assert_html("<a href='javascript:alert(1)'>x</a><a href=' //e.org'>y</a>",
                "<p>xy</p>\n");
}

static void test_blocks(void **state)
{
    (void)state;
    assert_html("<h1>One</h1><h3>Three</h3><ol start=5><li>a<ul><li>b</ul>"
                "<li><p>c<p>d</ol><blockquote>q</blockquote><hr>",
                "<h2>One</h2>\n<h3>Three</h3>\n<ol start=\"5\">\n<li><p>a</p>\n"
                "<ul>\n<li>b</li>\n</ul>\n</li>\n<li><p>c</p>\n<p>d</p>\n"
                "</li>\n</ol>\n<blockquote>\n<p>q</p>\n</blockquote>\n<hr>\n");
    assert_html("<table><tr><th>A<td>B</table><ul></ul><table></table>",
                "<div class=\"table-scroll\" tabindex=\"0\"><table><tbody>\n"
                "<tr><th scope=\"row\">A</th><td>B</td></tr>\n"
                "</tbody></table></div>\n");
    assert_html("<pre>x\n  y</pre>", "<p><code>x<br>y</code></p>\n");
    assert_html("<iframe src='//www.e.org/v' title='T'></iframe>",
                "<figure class=\"embed\"><a href=\"https://www.e.org/v\" "
                "rel=\"external nofollow\"><span class=\"embed-provider\">"
                "e.org</span> <span class=\"embed-title\">T</span></a>"
                "</figure>\n");
}

static int64_t dropped(const struct html_conversion *conversion,
                       const char *what)
{
    for (size_t i = 0; i < conversion->dropped_count; i++)
        if (str_eq(conversion->dropped[i].what, str_from_c(what)))
            return conversion->dropped[i].count;
    return 0;
}

static void test_what_is_dropped_is_counted(void **state)
{
    (void)state;
    struct html_conversion conversion = convert(
        STR("<script>alert(1)</script><script></script><style>a{}</style><svg "
            "onload=alert(1)><script>x</script></svg><p onclick=x>ok<img "
            "src=x onerror=alert(1)></p><iframe src='javascript:1'></iframe>"
            "<form><input value=x></form><figure><img src=y><figcaption>c"
            "</figcaption></figure><a href='data:x'>t</a>"));
    assert_int_equal(dropped(&conversion, "script"), 2);
    assert_int_equal(dropped(&conversion, "style"), 1);
    assert_int_equal(dropped(&conversion, "svg"), 1);
    assert_int_equal(dropped(&conversion, "image"), 2);
    assert_int_equal(dropped(&conversion, "caption"), 1);
    assert_int_equal(dropped(&conversion, "embed"), 1);
    assert_int_equal(dropped(&conversion, "link"), 1);
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    document_write_html(conversion.doc, NULL, &out);
    assert_true(str_eq(buf_str(&out), STR("<p>ok</p>\n<p>t</p>\n")));
    buf_finish(&out);
}

static enum err refuse(struct str html)
{
    struct html_conversion conversion = {0};
    struct fault fault = {0};
    enum err err =
        html_helper_convert(helper, html, &arena, &conversion, &fault);
    assert_null(conversion.doc);
    assert_true(err == ERR_OK || fault.message[0] != '\0');
    return err;
}

static struct str repeat(const char *text, size_t times)
{
    struct buf out;
    buf_init(&out, HTML_HELPER_BYTES_MAX);
    for (size_t i = 0; i < times; i++)
        buf_add_c(&out, text);
    struct str copy = arena_copy(&arena, buf_str(&out));
    buf_finish(&out);
    return copy;
}

static void test_hostile_text_is_answered_and_the_next_works(void **state)
{
    (void)state;
    char *large = calloc(1, HTML_HELPER_BYTES_MAX + 1);
    assert_int_equal(refuse(str_of(large, HTML_HELPER_BYTES_MAX + 1)),
                     ERR_TOO_LONG);
    free(large);
    assert_int_equal(refuse(STR("\xFF\xFE")), ERR_INVALID);
    assert_int_equal(refuse(repeat("<div>", 1000)), ERR_INVALID);
    assert_int_not_equal(refuse(repeat("<font>", 100000)), ERR_OK);
    assert_int_not_equal(refuse(repeat("<table><td>", 2000)), ERR_OK);
    assert_html("still here", "<p>still here</p>\n");
}

static void test_deep_lists_are_flattened(void **state)
{
    (void)state;
    struct html_conversion conversion = convert(repeat("<ul><li>x", 60));
    assert_int_equal(document_check(conversion.doc, NULL), ERR_OK);
}

static void test_a_missing_program_is_named(void **state)
{
    (void)state;
    struct html_helper *missing = html_helper_create("/nonexistent/helper");
    struct html_conversion conversion;
    struct fault fault = {0};
    assert_int_equal(
        html_helper_convert(missing, STR("x"), &arena, &conversion, &fault),
        ERR_IO);
    assert_non_null(strstr(fault.message, "/nonexistent/helper"));
    html_helper_destroy(missing);
}

static void test_a_program_that_ends_is_a_clear_fault(void **state)
{
    (void)state;
    struct html_helper *ends = html_helper_create("/bin/true");
    struct html_conversion conversion;
    struct fault fault = {0};
    assert_int_equal(
        html_helper_convert(ends, STR("x"), &arena, &conversion, &fault),
        ERR_CLOSED);
    html_helper_destroy(ends);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* build/…/tests/render/test_html_helper → build/…/bin/broadsheet-html */
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
        TEST(test_paragraphs),
        TEST(test_marks_and_links),
        TEST(test_blocks),
        TEST(test_what_is_dropped_is_counted),
        TEST(test_hostile_text_is_answered_and_the_next_works),
        TEST(test_deep_lists_are_flattened),
        TEST(test_a_missing_program_is_named),
        TEST(test_a_program_that_ends_is_a_clear_fault),
    };
    if (!find_program()) {
        printf("1..1\nok 1 - HTML helper # SKIP bin/broadsheet-html is not "
               "built; run make first\n");
        return 0;
    }
    return cmocka_run_group_tests_name("html_helper", tests, NULL, NULL);
}
