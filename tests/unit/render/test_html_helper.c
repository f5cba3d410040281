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
            "src='' onerror=alert(1)></p><iframe src='javascript:1'></iframe>"
            "<form><input value=x></form><figure><img src=data:y><figcaption>c"
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

/* ---- Pictures, quotes, embeds
 * --------------------------------------------------------------------------
 */

static void assert_json(const char *html, const char *content)
{
    struct html_conversion conversion = convert(str_from_c(html));
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    document_write_json(conversion.doc, &out);
    buf_add_char(&out, '\0');
    char expected[4096];
    snprintf(expected, sizeof expected, "{\"type\":\"doc\",\"content\":[%s]}",
             content);
    assert_string_equal(out.ptr, expected);
    buf_finish(&out);
}

#define IMAGE(attrs) "{\"type\":\"image\",\"attrs\":{" attrs "}}"
#define P(text) \
    "{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"" text \
    "\"}]}"

static void test_pictures_keep_what_is_said_of_them(void **state)
{
    (void)state;
    assert_json("<p>a<img alt='b >c' src=d.png>e</p>",
                P("a") "," IMAGE(
                    "\"media\":\"image-0\",\"alt\":\"b \\u003ec\"") "," P("e"));
    assert_json(
        "<figure class=k><a href=/f><img src='data:x' data-src='y z'>"
        "</a><figcaption>The <i>bay</i> &amp; us <span class="
        "'photo-credit'>Nino B.</span></figcaption></figure>",
        IMAGE("\"media\":\"image-0\",\"caption\":\"The bay \\u0026 us\","
              "\"credit\":\"Nino B.\""));
    assert_json("<div class='wp-caption'><img src=a><p class='wp-caption-text'>"
                "Old</p></div>",
                IMAGE("\"media\":\"image-0\",\"caption\":\"Old\""));
    assert_html("<p>I<img class=emoji alt=x src=s.svg>am</p>", "<p>Ixam</p>\n");
    struct html_conversion two = convert(STR("<img src=a><img src='b\nc'>"
                                             "<img src=d width=1 height=1>"
                                             "<img src='e f.png'>"));
    assert_int_equal(two.image_count, 2);
    assert_true(str_eq(two.images[1], STR("e f.png")));
    assert_int_equal(dropped(&two, "image"), 2);
}

static void test_a_channel_of_ours(void **state)
{
    (void)state;
    assert_json(
        "<p>a</p><figure data-channel=\"first-news\">\n<p><a "
        "href=\"https://e.org/en/tv\">First</a></p><figcaption>Live "
        "&amp; new</figcaption></figure>",
        P("a") ",{\"type\":\"channel\",\"attrs\":{\"caption\":\"Live \\u0026 "
               "new\",\"name\":\"first-news\"}}");
    /* What is no name, or where none can stand, is what it was. */
    assert_html("<figure data-channel='A/b'><p>x</figure><blockquote><figure "
                "data-channel=news><p>y</figure></blockquote>",
                "<p>x</p>\n<blockquote>\n<p>y</p>\n</blockquote>\n");
}

static void test_several_pictures_are_a_gallery(void **state)
{
    (void)state;
    assert_json(
        "<figure class='wp-block-gallery'><ul><li><figure><img src=a>"
        "<figcaption>A</figcaption></figure></li><li><figure><img src=b>"
        "</figure></li></ul><figcaption>Both</figcaption></figure>",
        "{\"type\":\"gallery\",\"attrs\":{\"caption\":\"Both\"},\"content\":"
        "[" IMAGE("\"media\":\"image-0\",\"caption\":\"A\"") "," IMAGE(
            "\"media\":"
            "\"image-1\"") "]"
                           "}");
}

#define QUOTE(cite, text) \
    "{\"type\":\"blockquote\",\"attrs\":{\"cite\":\"" cite \
    "\"},\"content\":[" P(text) "]}"
#define PULL(cite, text) \
    "{\"type\":\"pull_quote\",\"attrs\":{\"cite\":\"" cite \
    "\"},\"content\":[{\"type\":\"text\",\"text\":\"" text "\"}]}"

static void test_quotes_know_who_said_them(void **state)
{
    (void)state;
    assert_json("<blockquote><p>q</p><footer>Who</footer></blockquote>",
                QUOTE("Who", "q"));
    assert_json("<blockquote><p>q</p><cite>— Who</cite></blockquote>",
                QUOTE("Who", "q"));
    assert_json("<blockquote><p>q</p><p><cite>Who</cite></p></blockquote>",
                QUOTE("Who", "q"));
    assert_json("<figure><blockquote>q</blockquote><figcaption>Who"
                "</figcaption></figure>",
                QUOTE("Who", "q"));
    assert_json("<figure class=wp-block-pullquote><blockquote><p>Say</p><cite>"
                "Me</cite></blockquote></figure>",
                PULL("Me", "Say"));
    assert_json("<aside class='pull-quote'><p>Say</p><cite>Me</cite></aside>",
                PULL("Me", "Say"));
    assert_html("<blockquote>He read <cite>Emma</cite> twice</blockquote>",
                "<blockquote>\n<p>He read <em>Emma</em> twice</p>\n"
                "</blockquote>\n");
}

#define EMBED(provider, url) \
    "{\"type\":\"embed\",\"attrs\":{\"provider\":\"" provider \
    "\",\"url\":\"" url "\"}}"

static void test_embeds_lead_to_the_page_that_people_know(void **state)
{
    (void)state;
    const char *video =
        EMBED("YouTube", "https://www.youtube.com/watch?v=abc-1");
    assert_json("<iframe src='https://www.youtube.com/embed/abc-1?x=1'>",
                video);
    assert_json("<iframe src='https://www.youtube-nocookie.com/embed/abc-1?"
                "rel=0&amp;start=90'>",
                EMBED("YouTube", "https://www.youtube.com/"
                                 "watch?v=abc-1\\u0026t=90"));
    assert_json("<iframe src='https://player.vimeo.com/video/1234?h=8272103f6e"
                "&amp;dnt=1#t=5s'>",
                EMBED("Vimeo", "https://vimeo.com/1234/8272103f6e#t=5"));
    assert_json(
        "<iframe src='https://player.vimeo.com/video/1234?autostart=1'>",
        EMBED("Vimeo", "https://vimeo.com/1234"));
    assert_json("<figure class='wp-block-embed is-type-video'><div>\n"
                "https://www.youtube.com/watch?v=abc-1\n</div></figure>",
                video);
    assert_json("<blockquote class='twitter-tweet'><p>Hi <a href='https://"
                "t.co/x'>x</a></p>&mdash; <a href='https://twitter.com/a/"
                "status/1'>May</a></blockquote><script src=x></script>",
                EMBED("X", "https://twitter.com/a/status/1"));
    assert_json("<div class='fb-post' data-href='https://www.facebook.com/a'>"
                "</div>",
                EMBED("Facebook", "https://www.facebook.com/a"));
    assert_json(
        "<figure class='kg-card kg-bookmark-card'><a href='https://e.org"
        "/'><div class='kg-bookmark-title'>T</div><img src=t.png></a>"
        "</figure>",
        "{\"type\":\"embed\",\"attrs\":{\"provider\":\"e.org\",\"url\":"
        "\"https://e.org/\",\"title\":\"T\"}}");
}

static void test_tables_keep_their_captions(void **state)
{
    (void)state;
    const char *table =
        "{\"type\":\"table\",\"attrs\":{\"caption\":\"C\"},\"content\":[{"
        "\"type\":\"table_row\",\"content\":[{\"type\":\"table_cell\","
        "\"content\":[" P("A") "]}]}]}";
    assert_json("<table><caption>C</caption><tr><td>A</table>", table);
    assert_json("<figure class=wp-block-table><table><tr><td>A</table>"
                "<figcaption>C</figcaption></figure>",
                table);
}

static enum err find_second(void *context, struct document_node *image,
                            struct str src, bool *ret_found)
{
    (void)context;
    *ret_found = str_eq(src, STR("b"));
    document_set_str(&arena, image, DOCUMENT_MEDIA, STR("62f9f7d471fdc"));
    return ERR_OK;
}

static void test_pictures_that_are_not_found_leave(void **state)
{
    (void)state;
    struct html_conversion conversion =
        convert(STR("<p>x</p><figure><img src=a><img src=b></figure><img src=c>"
                    "<figure><img src=d><img src=e></figure><p>y</p>"));
    assert_int_equal(html_images_find(&conversion, find_second, NULL), ERR_OK);
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    document_write_json(conversion.doc, &out);
    assert_true(str_eq(buf_str(&out),
                       STR("{\"type\":\"doc\",\"content\":[" P("x") "," IMAGE(
                           "\"media\":\"62f9f7d471fdc\"") "," P("y") "]}")));
    buf_finish(&out);
}

/* ---- What is refused
 * --------------------------------------------------------------------------
 */

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
        TEST(test_pictures_keep_what_is_said_of_them),
        TEST(test_a_channel_of_ours),
        TEST(test_several_pictures_are_a_gallery),
        TEST(test_quotes_know_who_said_them),
        TEST(test_embeds_lead_to_the_page_that_people_know),
        TEST(test_tables_keep_their_captions),
        TEST(test_pictures_that_are_not_found_leave),
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
