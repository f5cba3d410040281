// SPDX-License-Identifier: Apache-2.0
/* The schema, the JSON form and what is written from documents. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "render/document.h"
#include "render/embed_frame.h"
#include "render/value.h"

enum { OUTPUT_MAX = 1 << 24 };

static struct arena arena;
static struct buf out;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    buf_init(&out, OUTPUT_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    buf_finish(&out);
    return 0;
}

static struct document_node *parse(const char *json)
{
    struct document_node *doc = NULL;
    struct fault fault = {0};
    if (document_parse_json(str_from_c(json), &arena, &doc, &fault))
        fail_msg("%s: %s", fault.field, fault.message);
    return doc;
}

/* A document around content. */
static struct document_node *doc_of(const char *content)
{
    return parse(
        arena_printf(&arena, "{\"type\":\"doc\",\"content\":[%s]}", content)
            .ptr);
}

static const char *output(void)
{
    buf_add_char(&out, '\0');
    assert_int_equal(buf_err(&out), ERR_OK);
    return out.ptr;
}

static bool find_media(void *context, struct str id,
                       struct document_media *ret_media)
{
    (void)context;
    if (!str_eq(id, STR("m1")))
        return false;
    *ret_media = (struct document_media){
        .src = STR("/media/a.jpg"),
        .srcset = STR("/media/a.jpg 480w"),
        .sizes = STR("100vw"),
        .type = STR("video/mp4"),
        .width = 480,
        .height = 270,
    };
    return true;
}

static bool find_channel(void *context, struct str name,
                         struct document_link *ret_page, struct buf *html)
{
    (void)context;
    if (!str_eq(name, STR("news")))
        return false;
    *ret_page = (struct document_link){STR("/en/tv"), STR("First & Only")};
    if (html)
        buf_add_c(html, "<a>Play</a>");
    return true;
}

static const struct document_writer WRITER = {
    .media = find_media,
    .channel = find_channel,
    .base_url = STR_INIT("https://bm.ge"),
};

static const char *html(const char *content)
{
    buf_reset(&out);
    document_write_html(doc_of(content), &WRITER, &out);
    return output();
}

/* ---- JSON and the schema
 * ------------------------------------------------------------ */

static void test_json_comes_back_the_same(void **state)
{
    (void)state;
    static const char json[] =
        "{\"type\":\"doc\",\"content\":[{\"type\":\"heading\",\"attrs\":{"
        "\"level\":2},\"content\":[{\"type\":\"text\",\"text\":\"H\"}]},{"
        "\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"a\","
        "\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":\"https://e.org/"
        "\"}},{\"type\":\"strong\"},{\"type\":\"em\"}]},{\"type\":\"hard_"
        "break\"}]},{\"type\":\"table\",\"attrs\":{\"caption\":\"c\"},"
        "\"content\":[{\"type\":\"table_row\",\"content\":[{\"type\":\"table_"
        "cell\",\"attrs\":{\"header\":true}}]}]}]}";
    document_write_json(parse(json), &out);
    assert_string_equal(output(), json);
}

struct refusal {
    const char *content;
    const char *field;
};

static void test_faults_name_the_place(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {"{\"type\":\"script\"}", "content[0]"},
        {"{\"type\":\"rule\"},{\"type\":\"paragraph\",\"content\":[{\"type\":"
         "\"rule\"}]}",
         "content[1].content[0]"},
        {"{\"type\":\"heading\",\"attrs\":{\"level\":1}}",
         "content[0].attrs.level"},
        {"{\"type\":\"heading\"}", "content[0]"},
        {"{\"type\":\"heading\",\"attrs\":{\"level\":\"2\"}}",
         "content[0].attrs.level"},
        {"{\"type\":\"paragraph\",\"attrs\":{\"level\":2}}",
         "content[0].attrs.level"},
        {"{\"type\":\"paragraph\",\"attrs\":{\"onclick\":2}}",
         "content[0].attrs.onclick"},
        {"{\"type\":\"bullet_list\"}", "content[0]"},
        {"{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":"
         "\"\"}]}",
         "content[0].content[0]"},
        {"{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":"
         "\"\\u0007\"}]}",
         "content[0].content[0]"},
        {"{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":"
         "\"a\",\"marks\":[{\"type\":\"blink\"}]}]}",
         "content[0].content[0].marks[0]"},
        {"{\"type\":\"paragraph\",\"text\":\"a\"}", "content[0]"},
        {"{\"type\":\"paragraph\",\"html\":\"a\"}", "content[0]"},
        {"{\"type\":\"channel\"}", "content[0]"},
        {"{\"type\":\"channel\",\"attrs\":{\"name\":\"a/b\"}}",
         "content[0].attrs.name"},
        {"{\"type\":\"embed\",\"attrs\":{\"url\":\"javascript:1\"}}",
         "content[0].attrs.url"},
        {"{\"type\":\"image\",\"attrs\":{\"media\":\"../x\"}}",
         "content[0].attrs.media"},
        {"7", "content[0]"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct document_node *doc = NULL;
        struct fault fault = {0};
        struct str json = arena_printf(
            &arena, "{\"type\":\"doc\",\"content\":[%s]}", refusals[i].content);
        assert_int_equal(document_parse_json(json, &arena, &doc, &fault),
                         ERR_INVALID);
        assert_string_equal(fault.field, refusals[i].field);
        assert_null(doc);
    }
}

static void refuse(struct str json, enum err expected)
{
    struct document_node *doc = NULL;
    struct fault fault = {0};
    assert_int_equal(document_parse_json(json, &arena, &doc, &fault), expected);
    assert_null(doc);
    assert_true(fault.message[0] != '\0');
}

static void test_what_is_no_document_is_refused(void **state)
{
    (void)state;
    refuse(STR(""), ERR_INVALID);
    refuse(STR("[]"), ERR_INVALID);
    refuse(STR("{\"type\":\"paragraph\"}"), ERR_INVALID);
    refuse(STR("{\"type\":\"doc\",\"type\":\"doc\"}"), ERR_INVALID);
    refuse(STR("{\"type\":\"doc\"} x"), ERR_INVALID);
    refuse(STR("{\"type\":\"doc\",\"content\":{}}"), ERR_INVALID);
    refuse(STR("{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\","
               "\"content\":[{\"type\":\"text\",\"text\":\"\xFF\"}]}]}"),
           ERR_INVALID);
}

static void test_depth_and_size_have_limits(void **state)
{
    (void)state;
    struct buf json;
    buf_init(&json, OUTPUT_MAX);
    buf_add_c(&json, "{\"type\":\"doc\",\"content\":[");
    for (int i = 0; i < 20; i++)
        buf_add_c(&json, "{\"type\":\"bullet_list\",\"content\":[{\"type\":"
                         "\"list_item\",\"content\":[");
    for (int i = 0; i < 20; i++)
        buf_add_c(&json, "]}]}");
    buf_add_c(&json, "]}");
    refuse(buf_str(&json), ERR_TOO_LONG);
    buf_reset(&json);
    buf_add_c(&json, "{\"type\":\"doc\",\"content\":[{\"type\":\"rule\"}");
    for (int i = 0; i < DOCUMENT_NODES_MAX; i++)
        buf_add_c(&json, ",{\"type\":\"rule\"}");
    buf_add_c(&json, "]}");
    refuse(buf_str(&json), ERR_TOO_LONG);
    char *large = calloc(1, DOCUMENT_JSON_BYTES_MAX + 1);
    refuse(str_of(large, DOCUMENT_JSON_BYTES_MAX + 1), ERR_TOO_LONG);
    free(large);
    buf_finish(&json);
}

static void test_links_have_known_schemes_only(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "https://e.org/", "HTTP://e.org", "mailto:a@e.org", "/en/", "/",
        "?before=1",      "#top",
    };
    static const char *const evil[] = {
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:1",
        " https://e.org",
        "java\nscript:1",
        "data:text/html,x",
        "//e.org/",
        "/\\e.org",
        "https://e.org/a b",
        "ftp://e.org",
        "e.org",
        "\\\\e.org",
        "https://",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
        assert_true(document_href_is_allowed(str_from_c(fine[i])));
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++)
        assert_false(document_href_is_allowed(str_from_c(evil[i])));
}

/* ---- Writers
 * ----------------------------------------------------------------------------
 */

#define TEXT(t) "{\"type\":\"text\",\"text\":\"" t "\"}"
#define PARAGRAPH(inside) "{\"type\":\"paragraph\",\"content\":[" inside "]}"

static void test_text_is_escaped_everywhere(void **state)
{
    (void)state;
    assert_string_equal(html(PARAGRAPH(TEXT("<b>&\\\"'"))),
                        "<p>&lt;b&gt;&amp;&quot;&#39;</p>\n");
    assert_string_equal(
        html("{\"type\":\"image\",\"attrs\":{\"media\":\"m1\",\"alt\":"
             "\"\\\"><script>\",\"caption\":\"<i>\",\"credit\":\"&\"}}"),
        "<figure class=\"picture\"><img src=\"/media/a.jpg\" "
        "srcset=\"/media/a.jpg 480w\" sizes=\"100vw\" width=\"480\" "
        "height=\"270\" alt=\"&quot;&gt;&lt;script&gt;\" loading=\"lazy\" "
        "decoding=\"async\"><figcaption>&lt;i&gt; <small class=\"credit\">"
        "&amp;</small></figcaption></figure>\n");
}

static void test_marks_are_nested_and_merged(void **state)
{
    (void)state;
    assert_string_equal(
        html(PARAGRAPH(
            TEXT("a") ",{\"type\":\"text\",\"text\":\"b\",\"marks\":[{\"type\":"
                      "\"em\"}]},{\"type\":\"text\",\"text\":\"c\",\"marks\":[{"
                      "\"type\":\"em\"},{\"type\":\"strong\"}]},{\"type\":"
                      "\"text\",\"text\":\"d\",\"marks\":[{\"type\":"
                      "\"strong\"},{\"type\":\"link\",\"attrs\":{\"href\":\"/"
                      "x\",\"title\":\"t\"}}]},{\"type\":\"text\",\"text\":"
                      "\"e\",\"marks\":[{\"type\":\"link\",\"attrs\":{\"href\":"
                      "\"/x\",\"title\":\"t\"}}]}")),
        "<p>a<em>b</em><strong><em>c</em></strong><a href=\"/x\" title=\"t\">"
        "<strong>d</strong>e</a></p>\n");
}

static void test_unknown_media_leaves_no_figure(void **state)
{
    (void)state;
    assert_string_equal(
        html("{\"type\":\"image\",\"attrs\":{\"media\":\"gone\"}},"
             "{\"type\":\"video\",\"attrs\":{\"media\":\"gone\"}}"),
        "");
}

static void test_an_embed_is_a_link_and_loads_nothing(void **state)
{
    (void)state;
    assert_string_equal(
        html("{\"type\":\"embed\",\"attrs\":{\"url\":\"https://y.org/v?a&b\","
             "\"provider\":\"Y\",\"title\":\"T\",\"poster\":\"gone\"}}"),
        "<figure class=\"embed\"><a href=\"https://y.org/v?a&amp;b\" "
        "rel=\"external nofollow\"><span class=\"embed-provider\">Y</span> "
        "<span class=\"embed-title\">T</span></a></figure>\n");
}

#define NEWS \
    "{\"type\":\"channel\",\"attrs\":{\"caption\":\"Live \\u0026 " \
    "new\",\"name\":" \
    "\"news\"}}"

static void test_a_channel_is_what_the_theme_makes_of_it(void **state)
{
    (void)state;
    assert_string_equal(html(NEWS),
                        "<figure class=\"channel\" data-air=\"news\">"
                        "<a>Play</a><figcaption>"
                        "Live &amp; new</figcaption></figure>\n");
    assert_string_equal(
        html("{\"type\":\"channel\",\"attrs\":{\"name\":\"gone\"}}"), "");
    buf_reset(&out);
    document_write_html(doc_of(NEWS), NULL, &out);
    assert_string_equal(output(), "");
}

static void test_a_channel_elsewhere_is_a_link_and_its_caption(void **state)
{
    (void)state;
    struct document_node *doc = doc_of(NEWS);
    document_write_feed(doc, &WRITER, &out);
    assert_string_equal(output(), "<p><a href=\"https://bm.ge/en/tv\">First "
                                  "&amp; Only</a></p>\n");
    struct document_writer exchange = WRITER;
    exchange.is_exchange = true;
    buf_reset(&out);
    document_write_feed(doc, &exchange, &out);
    assert_string_equal(output(),
                        "<figure data-channel=\"news\">\n<p><a "
                        "href=\"https://bm.ge/en/tv\">First &amp; Only</a></p>"
                        "\n<figcaption>Live &amp; new</figcaption>\n"
                        "</figure>\n");
    buf_reset(&out);
    document_write_text(doc, &out);
    assert_string_equal(output(), "Live & new");
    buf_reset(&out);
    document_write_json(doc, &out);
    assert_string_equal(output(), "{\"type\":\"doc\",\"content\":[" NEWS "]}");
}

static void assert_frame(const char *url, const char *expected)
{
    char frame[EMBED_FRAME_BYTES] = "";
    assert_int_equal(embed_frame(str_from_c(url), frame), expected != NULL);
    if (expected)
        assert_string_equal(frame, expected);
}

static void test_films_of_known_sites_have_a_player(void **state)
{
    (void)state;
    const char *tube =
        "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1";
    static const char *const watched[] = {
        "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
        "http://m.youtube.com/watch?app=desktop&v=aqz-KE-bpKQ#x",
        "https://WWW.YouTube.com/watch/aqz-KE-bpKQ",
        "https://music.youtube.com/watch?v=aqz-KE-bpKQ&list=RDAMVM",
        "https://youtu.be/aqz-KE-bpKQ?si=1",
        "https://youtu.be/aqz-KE-bpKQ/",
        "https://youtube.com/shorts/aqz-KE-bpKQ?feature=share",
        "https://youtube.com/live/aqz-KE-bpKQ",
        "https://www.youtube.com/embed/aqz-KE-bpKQ?si=x&rel=0",
        "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?controls=0",
        "https://www.youtube.com/v/aqz-KE-bpKQ",
        "https://www.youtube.com/e/aqz-KE-bpKQ",
    };
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        assert_frame(watched[i], tube);
    static const char *const listed[] = {
        "https://vimeo.com/76979871",
        "https://www.vimeo.com/76979871?share=copy",
        "https://vimeo.com/video/76979871",
        "https://vimeo.com/channels/staffpicks/76979871",
        "https://vimeo.com/groups/shorts/videos/76979871",
        "https://vimeo.com/album/12/video/76979871",
        "https://vimeo.com/showcase/12/video/76979871",
        "https://player.vimeo.com/video/76979871?autoplay=0&loop=1",
    };
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        assert_frame(
            listed[i],
            "https://player.vimeo.com/video/76979871?autoplay=1&dnt=1");
}

static void test_a_film_that_is_not_listed_keeps_its_key(void **state)
{
    (void)state;
    const char *unlisted = "https://player.vimeo.com/video/"
                           "76979871?h=8272103f6e&autoplay=1&dnt=1";
    assert_frame("https://vimeo.com/76979871/8272103f6e", unlisted);
    assert_frame("https://vimeo.com/76979871?h=8272103f6e", unlisted);
    assert_frame("https://player.vimeo.com/video/76979871?h=8272103f6e&badge=0",
                 unlisted);
    assert_frame("https://player.vimeo.com/video/76979871?badge=0&h=8272103f6e"
                 "#t=1m5s",
                 "https://player.vimeo.com/video/"
                 "76979871?h=8272103f6e&autoplay=1&dnt=1#t=65s");
    assert_frame("https://vimeo.com/76979871/likes", NULL);
}

static void test_a_film_begins_where_its_address_says(void **state)
{
    (void)state;
    static const struct {
        const char *url, *seconds;
    } starts[] = {
        {"https://youtu.be/abc?t=90", "90"},
        {"https://youtu.be/abc?si=1&t=90s", "90"},
        {"https://www.youtube.com/watch?v=abc&t=1h2m3s", "3723"},
        {"https://www.youtube.com/watch?v=abc#t=2m", "120"},
        {"https://www.youtube.com/embed/abc?start=7", "7"},
        {"https://www.youtube.com/watch?time_continue=8&v=abc", "8"},
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        char expected[EMBED_FRAME_BYTES];
        snprintf(expected, sizeof expected,
                 "https://www.youtube-nocookie.com/embed/abc?autoplay=1"
                 "&start=%s",
                 starts[i].seconds);
        assert_frame(starts[i].url, expected);
    }
    static const char *const none[] = {"",   "0",   "s",   "1x",
                                       "-5", "m1s", "1.5", "99999999999999999"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        char url[128];
        snprintf(url, sizeof url, "https://youtu.be/abc?t=%s", none[i]);
        assert_frame(url, "https://www.youtube-nocookie.com/embed/"
                          "abc?autoplay=1");
    }
    assert_frame("https://vimeo.com/76979871#t=90s",
                 "https://player.vimeo.com/video/"
                 "76979871?autoplay=1&dnt=1#t=90s");
}

static void test_what_is_no_film_of_theirs_is_a_link(void **state)
{
    (void)state;
    static const char *const links[] = {
        "https://www.youtube.com/watch?vv=aqz",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/@channel",
        "https://www.youtube.com/channel/UCabc",
        "https://www.youtube.com/playlist?list=PLabc",
        "https://www.youtube.com/embed/videoseries?list=PLabc",
        "https://www.youtube.com/embed/live_stream?channel=UCabc",
        "https://www.youtube.com/shorts/aqz/more",
        "https://youtube.com.evil.example/watch?v=aqz",
        "https://evil.example/youtube.com/watch?v=aqz",
        "https://youtube.com@evil.example/watch?v=aqz",
        "https://notyoutube.com/watch?v=aqz",
        "https://youtu.be/a%22b",
        "https://youtu.be/",
        "https://youtu.be",
        "youtu.be/aqz",
        "https://vimeo.com/blog",
        "https://vimeo.com/staffpicks/76979871",
        "https://vimeo.com/event/12345",
        "https://vimeo.com/ondemand/film/76979871",
        "https://player.vimeo.com/video/a",
        "https://player.vimeo.com/76979871",
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        assert_frame(links[i], NULL);
    /* As long as can be. */
    char url[128];
    snprintf(url, sizeof url, "https://youtu.be/%064d", 1);
    char frame[EMBED_FRAME_BYTES];
    assert_true(embed_frame(str_from_c(url), frame));
    snprintf(url, sizeof url, "https://youtu.be/%065d", 1);
    assert_frame(url, NULL);
}

static void test_a_film_stands_as_a_link_that_knows_its_player(void **state)
{
    (void)state;
    assert_string_equal(
        html("{\"type\":\"embed\",\"attrs\":{\"url\":\"https://youtu.be/a\"}}"),
        "<figure class=\"embed\"><a href=\"https://youtu.be/a\" data-frame=\""
        "https://www.youtube-nocookie.com/embed/a?autoplay=1\" "
        "rel=\"external nofollow\"><span class=\"embed-title\">"
        "https://youtu.be/a</span></a></figure>\n");
}

static void test_blocks_as_html(void **state)
{
    (void)state;
    assert_string_equal(
        html("{\"type\":\"ordered_list\",\"attrs\":{\"start\":3},\"content\":[{"
             "\"type\":\"list_item\",\"content\":[" PARAGRAPH(TEXT(
                 "a")) "]}]}"
                       ",{\"type\":\"pull_quote\",\"attrs\":{\"cite\":\"C\"},"
                       "\"content\":[" TEXT(
                           "q") "]},{\"type\":\"blockquote\","
                                "\"content\":[" PARAGRAPH(
                                    TEXT("b")) "]},{\"type\":\"rule\"}"),
        "<ol start=\"3\">\n<li>a</li>\n</ol>\n<figure class=\"pull-quote\">"
        "<blockquote><p>q</p></blockquote><figcaption><cite>C</cite>"
        "</figcaption></figure>\n"
        "<blockquote>\n<p>b</p>\n</blockquote>\n<hr>\n");
}

#define CELL(attrs, t) \
    "{\"type\":\"table_cell\"" attrs ",\"content\":[" PARAGRAPH(TEXT(t)) "]}"
#define ROW(cells) "{\"type\":\"table_row\",\"content\":[" cells "]}"
#define HEADER ",\"attrs\":{\"header\":true}"

static void test_tables_scroll_and_have_headers(void **state)
{
    (void)state;
    assert_string_equal(
        html("{\"type\":\"table\",\"attrs\":{\"caption\":\"T\"},\"content\":"
             "[" ROW(CELL(HEADER, "a") "," CELL(HEADER, "b")) "," ROW(
                 CELL(HEADER, "c") "," CELL("", "d")) "]}"),
        "<div class=\"table-scroll\" tabindex=\"0\" role=\"region\" "
        "aria-label=\"T\"><table><caption>T</caption><thead><tr><th "
        "scope=\"col\">a</th><th scope=\"col\">b</th></tr>\n</thead><tbody>\n"
        "<tr><th scope=\"row\">c</th><td>d</td></tr>\n"
        "</tbody></table></div>\n");
}

static void test_feeds_have_absolute_addresses_and_no_classes(void **state)
{
    (void)state;
    document_write_feed(
        doc_of("{\"type\":\"image\",\"attrs\":{\"media\":\"m1\",\"alt\":\"A\","
               "\"caption\":\"c\"}}," PARAGRAPH(
                   "{\"type\":\"text\",\"text\":\"x\",\"marks\":[{\"type\":"
                   "\"link\",\"attrs\":{\"href\":\"/en/\"}}]},{\"type\":"
                   "\"text\",\"text\":\"y\",\"marks\":[{\"type\":\"link\","
                   "\"attrs\":{\"href\":\"#y\"}}]}")),
        &WRITER, &out);
    assert_string_equal(
        output(),
        "<figure><img src=\"https://bm.ge/media/a.jpg\" width=\"480\" "
        "height=\"270\" alt=\"A\"><figcaption>c</figcaption></figure>\n"
        "<p><a href=\"https://bm.ge/en/\">x</a>y</p>\n");
}

static void test_plain_text(void **state)
{
    (void)state;
    document_write_text(
        doc_of(
            "{\"type\":\"heading\",\"attrs\":{\"level\":2},\"content\":"
            "[" TEXT("H") "]}," PARAGRAPH(
                TEXT("a") ",{\"type\":\"hard_break\"}," TEXT(
                    "b")) ",{\"type\":\"ordered_list\",\"content\":[{"
                          "\"type\":"
                          "\"list_item\",\"content\":[" PARAGRAPH(TEXT(
                              "one")) ",{"
                                      "\"type\":\"bullet_list\",\"content\":"
                                      "[{\"type\":\"list_item\","
                                      "\"content\":[" PARAGRAPH(TEXT(
                                          "in")) "]}]}]},{\"type\":"
                                                 "\"list_item\",\"content\":"
                                                 "[" PARAGRAPH(TEXT(
                                                     "two")) "]}]},"
                                                             "{\"type\":"
                                                             "\"table\","
                                                             "\"content\":"
                                                             "[" ROW(CELL("", "x") "," CELL(
                                                                 "",
                                                                 "y")) "," ROW(CELL("",
                                                                                    "z")) "]}"),
        &out);
    assert_string_equal(output(),
                        "H\n\na\nb\n\n1. one\n  • in\n2. two\n\nx\ty\nz");
}

static void test_counts(void **state)
{
    (void)state;
    struct document_counts counts = document_count(
        doc_of(PARAGRAPH(TEXT("one  two\u00A0three")) "," PARAGRAPH(
            TEXT("სიტყვა 新闻")) ",{\"type\":\"paragraph\"}"));
    assert_int_equal(counts.words, 6);
    assert_int_equal(counts.characters, 11 + 6 + 2);
    assert_int_equal(counts.paragraphs, 2);
}

static void test_first_paragraph_and_excerpt(void **state)
{
    (void)state;
    struct document_node *doc = doc_of("{\"type\":\"paragraph\"}," PARAGRAPH(
        TEXT("Rain fell") ",{\"type\":\"hard_break\"}," TEXT(
            "on hills.")) "," PARAGRAPH(TEXT("Then it stopped.")));
    assert_true(str_eq(document_first_paragraph(doc, &arena),
                       STR("Rain fell on hills.")));
    assert_true(str_eq(document_excerpt(doc, 100, &arena),
                       STR("Rain fell on hills. Then it stopped.")));
    assert_true(
        str_eq(document_excerpt(doc, 12, &arena), STR("Rain fell on…")));
    assert_true(str_eq(document_excerpt(doc, 11, &arena), STR("Rain fell…")));
    assert_true(
        str_eq(document_excerpt(doc_of(PARAGRAPH(TEXT("თბილისი"))), 3, &arena),
               STR("თბი…")));
}

static void test_a_document_of_plain_text(void **state)
{
    (void)state;
    struct document_node *doc =
        document_from_text(&arena, STR("  one\r\ntwo\x07\n\n\n\tthree\n"));
    assert_int_equal(document_check(doc, NULL), ERR_OK);
    document_write_html(doc, NULL, &out);
    assert_string_equal(output(), "<p>one<br>two</p>\n<p>three</p>\n");
}

static void test_a_tree_made_by_hand_is_checked_too(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct document_node *doc = document_new(&arena);
    struct document_node *image = document_add(&arena, doc, DOCUMENT_IMAGE);
    document_set_str(&arena, image, DOCUMENT_CAPTION, STR("c"));
    assert_int_equal(document_check(doc, &fault), ERR_INVALID);
    assert_string_equal(fault.field, "content[0]");
    document_set_str(&arena, image, DOCUMENT_MEDIA, STR("m1"));
    document_set_str(&arena, image, DOCUMENT_CAPTION, STR("d"));
    assert_int_equal(document_check(doc, &fault), ERR_OK);
    document_write_json(doc, &out);
    assert_string_equal(output(),
                        "{\"type\":\"doc\",\"content\":[{\"type\":\"image\","
                        "\"attrs\":{\"media\":\"m1\",\"caption\":\"d\"}}]}");
}

static void add_id(void *context, struct str media)
{
    struct buf *ids = context;
    buf_add(ids, media);
    buf_add_char(ids, ' ');
}

static void test_media_are_found_in_reading_order(void **state)
{
    (void)state;
    document_each_media(
        doc_of("{\"type\":\"image\",\"attrs\":{\"media\":\"a\"}},{\"type\":"
               "\"gallery\",\"content\":[{\"type\":\"image\",\"attrs\":{"
               "\"media\":\"b\"}}]},{\"type\":\"video\",\"attrs\":{\"media\":"
               "\"c\",\"poster\":\"d\"}}"),
        add_id, &out);
    assert_string_equal(output(), "a b c d ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_json_comes_back_the_same),
        TEST(test_faults_name_the_place),
        TEST(test_what_is_no_document_is_refused),
        TEST(test_depth_and_size_have_limits),
        TEST(test_links_have_known_schemes_only),
        TEST(test_text_is_escaped_everywhere),
        TEST(test_marks_are_nested_and_merged),
        TEST(test_unknown_media_leaves_no_figure),
        TEST(test_an_embed_is_a_link_and_loads_nothing),
        TEST(test_a_channel_is_what_the_theme_makes_of_it),
        TEST(test_a_channel_elsewhere_is_a_link_and_its_caption),
        TEST(test_films_of_known_sites_have_a_player),
        TEST(test_a_film_that_is_not_listed_keeps_its_key),
        TEST(test_a_film_begins_where_its_address_says),
        TEST(test_what_is_no_film_of_theirs_is_a_link),
        TEST(test_a_film_stands_as_a_link_that_knows_its_player),
        TEST(test_blocks_as_html),
        TEST(test_tables_scroll_and_have_headers),
        TEST(test_feeds_have_absolute_addresses_and_no_classes),
        TEST(test_plain_text),
        TEST(test_counts),
        TEST(test_first_paragraph_and_excerpt),
        TEST(test_a_document_of_plain_text),
        TEST(test_a_tree_made_by_hand_is_checked_too),
        TEST(test_media_are_found_in_reading_order),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
