// SPDX-License-Identifier: Apache-2.0
/* Escaping by context, what the compiler refuses, themes and their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "render/template.h"
#include "render/trusted_html.h"

enum { OUTPUT_MAX = 1 << 16 };

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

static struct theme *compile(enum template_mode mode, const char *source)
{
    struct embedded_file file = {.path = "main", .bytes = str_from_c(source)};
    struct theme *theme = NULL;
    struct fault fault = {0};
    if (theme_compile((struct embedded_files){&file, 1}, mode, &theme, &fault))
        fail_msg("%s: %s", fault.field, fault.message);
    return theme;
}

static const char *render(enum template_mode mode, const char *source,
                          const struct value *data)
{
    struct theme *theme = compile(mode, source);
    struct fault fault = {0};
    buf_reset(&out);
    if (template_render(theme, STR("main"), data, &out, &fault))
        fail_msg("%s", fault.message);
    theme_release(theme);
    buf_add_char(&out, '\0');
    return out.ptr;
}

static const char *render_x(const char *source, const char *x)
{
    struct value *data = value_object(&arena);
    value_set_c(data, "x", x);
    return render(TEMPLATE_HTML, source, data);
}

/* ---- Escaping
 * ---------------------------------------------------------------------- */

static void test_text_and_attributes_are_escaped(void **state)
{
    (void)state;
    const char *evil = "<script>\"'&";
    assert_string_equal(render_x("<p>{{x}}</p>", evil),
                        "<p>&lt;script&gt;&quot;&#39;&amp;</p>");
    assert_string_equal(render_x("<p class='a {{x}}'>", evil),
                        "<p class='a &lt;script&gt;&quot;&#39;&amp;'>");
    assert_string_equal(render_x("<title>{{{x}}}</title>", evil),
                        "<title>&lt;script&gt;&quot;&#39;&amp;</title>");
}

static void test_only_trusted_html_passes_a_triple_mustache(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    value_set(data, "trusted", value_html(&arena, STR("<b>x</b>")));
    value_set_c(data, "text", "<b>x</b>");
    assert_string_equal(
        render(TEMPLATE_HTML, "{{{trusted}}}{{&text}}{{trusted}}", data),
        "<b>x</b>&lt;b&gt;x&lt;/b&gt;&lt;b&gt;x&lt;/b&gt;");
    assert_string_equal(
        render(TEMPLATE_HTML, "<i title=\"{{{trusted}}}\">", data),
        "<i title=\"&lt;b&gt;x&lt;/b&gt;\">");
    assert_string_equal(render(TEMPLATE_XML, "<c>{{{trusted}}}</c>", data),
                        "<c>&lt;b&gt;x&lt;/b&gt;</c>");
}

static void test_addresses_with_other_schemes_are_refused(void **state)
{
    (void)state;
    static const char *const evil[] = {
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "java\nscript:x",
        "blob:x",
        "file:/etc/passwd",
        "javascript&colon;alert(1):",
    };
    for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
        assert_string_equal(render_x("<a href=\"{{x}}\">", evil[i]),
                            "<a href=\"#\">");
        assert_string_equal(render_x("<a href=\"{{#x}}{{x}}{{/x}}\">", evil[i]),
                            "<a href=\"#\">");
        assert_string_equal(
            render_x("<img srcset=\"a.jpg 1x, {{x}}\">", evil[i]),
            "<img srcset=\"\">");
    }
}

static void test_addresses_that_are_fine_stay(void **state)
{
    (void)state;
    static const char *const fine[] = {
        "https://bm.ge/a", "http://bm.ge", "mailto:a@b.ge", "/en/a:b",
        "?before=1",       "#top",         "a/b",           "//cdn.bm.ge/x",
        "tel:+995",
    };
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        struct str expected = arena_printf(&arena, "<a href=\"%s\">", fine[i]);
        assert_string_equal(render_x("<a href=\"{{x}}\">", fine[i]),
                            expected.ptr);
    }
    assert_string_equal(render_x("<a href=\"/s?q={{x}}&amp;y\">", "a&b=c d/é"),
                        "<a href=\"/s?q=a%26b%3Dc%20d%2F%C3%A9&amp;y\">");
    assert_string_equal(
        render_x("<img srcset=\"{{x}}-1.jpg 1x, {{x}}-2.jpg 2x\">", "/m/a"),
        "<img srcset=\"/m/a-1.jpg 1x, /m/a-2.jpg 2x\">");
}

static void test_two_values_cannot_make_a_scheme(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    value_set_c(data, "a", "java");
    value_set_c(data, "b", "script:alert(1)");
    assert_string_equal(render(TEMPLATE_HTML, "<a href='{{a}}{{b}}'>", data),
                        "<a href='#'>");
}

static void test_json_in_a_script_is_escaped_as_json(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    value_set_c(data, "x", "</script>\"\\\n\xE2\x80\xA8");
    value_set_int(data, "n", 42);
    struct value *list = value_set_list(data, "list");
    value_add_str(list, STR("a"));
    value_add_int(list, 1);
    assert_string_equal(
        render(TEMPLATE_HTML,
               "<script type=\"application/ld+json\">{\"a\":\"{{x}}\",\"b\":"
               "{{x}},\"n\":{{n}},\"l\":{{list}},\"m\":{{missing}}}</script>",
               data),
        "<script type=\"application/ld+json\">{\"a\":\"\\u003c/script\\u003e"
        "\\\"\\\\\\n\\u2028\",\"b\":\"\\u003c/script\\u003e\\\"\\\\\\n\\u2028\""
        ",\"n\":42,\"l\":[\"a\",1],\"m\":null}</script>");
}

static void test_xml_drops_what_xml_forbids(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    value_set_c(data, "x", "a\x01<b>&\xFF!");
    assert_string_equal(render(TEMPLATE_XML, "<t a=\"{{x}}\">{{x}}</t>", data),
                        "<t a=\"a&lt;b&gt;&amp;!\">a&lt;b&gt;&amp;!</t>");
}

/* ---- Refusals
 * ----------------------------------------------------------------------- */

static const char *refuse(const char *source)
{
    static struct fault fault;
    struct embedded_file file = {.path = "main.html",
                                 .bytes = str_from_c(source)};
    struct theme *theme = NULL;
    fault = (struct fault){0};
    if (theme_load((struct embedded_files){&file, 1}, NULL, &theme, &fault) ==
        ERR_OK)
        fail_msg("compiled: %s", source);
    assert_null(theme);
    assert_true(strlen(fault.message) > 10);
    return fault.field;
}

static void test_unsafe_places_do_not_compile(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "<p class={{x}}>",
        "<p class=a{{x}}>",
        "<{{x}}>",
        "<p{{x}}>",
        "<p {{x}}>",
        "<p a{{x}}=\"1\">",
        "</{{x}}>",
        "<script>var a = '{{x}}'</script>",
        "<script type=\"{{x}}\"></script>",
        "<script type='text/javascript'>{{x}}</script>",
        "<SCRIPT>{{x}}</SCRIPT>",
        "<style>a{color:{{x}}}</style>",
        "<p onclick=\"{{x}}\">",
        "<p ONCLICK='{{x}}'>",
        "<p style=\"{{x}}\">",
        "<iframe srcdoc=\"{{x}}\"></iframe>",
        "<meta http-equiv=\"refresh\" content=\"{{x}}\">",
        "<!-- {{x}} -->",
        "<!doctype {{x}}>",
        "<p title=\"{{x}}",
        "<script>",
        "<pre>",
        "<!-- a",
        "{{#x}}<p title=\"{{/x}}",
        "{{#x}}<script>{{/x}}</script>",
        "{{#x}}<pre>{{/x}}</pre>",
        "<a hr{{#x}}ef=\"{{x}}\"{{/x}}>",
        "<a {{#x}}hr{{/x}}ef=\"javascript:1\">",
        "<h{{#x}}1{{/x}}>",
        "<a href=\"{{$b}}x{{/b}}\">",
        "<p title=\"{{>main}}\">",
        "<script type=\"application/ld+json\">\"\\{{x}}\"</script>",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        refuse(sources[i]);
}

static void test_faults_name_file_line_and_column(void **state)
{
    (void)state;
    assert_string_equal(refuse("<p>\n  <b class={{x}}>"), "main.html:2:12");
    assert_string_equal(refuse("a\n{{#x}}\nb"), "main.html:2:1");
    assert_string_equal(refuse("a {{/x}}"), "main.html:1:3");
    assert_string_equal(refuse("\n\n{{>nowhere}}"), "main.html:3:1");
    assert_string_equal(refuse("ა {{x"), "main.html:1:3");
    assert_string_equal(refuse("{{#a}}{{/b}}{{/a}}"), "main.html:1:7");
    assert_string_equal(refuse("{{a..b}}"), "main.html:1:1");
    assert_string_equal(refuse("{{}}"), "main.html:1:1");
}

static void test_a_block_in_an_attribute_holds_no_markup(void **state)
{
    (void)state;
    struct embedded_file files[] = {
        {.path = "base.html",
         .bytes = STR_INIT("<body class=\"{{$kind}}page{{/kind}}\">")},
        {.path = "a.html",
         .bytes = STR_INIT("{{<base}}{{$kind}}art{{x}}{{/kind}}{{/base}}")},
        {.path = "b.html",
         .bytes = STR_INIT("{{<base}}{{$kind}}\"><b>{{/kind}}{{/base}}")},
    };
    struct theme *theme = NULL;
    struct fault fault = {0};
    struct value *data = value_object(&arena);
    value_set_c(data, "x", "\">");
    assert_int_equal(
        theme_load((struct embedded_files){files, 2}, NULL, &theme, &fault),
        ERR_OK);
    assert_int_equal(template_render(theme, STR("a"), data, &out, NULL),
                     ERR_OK);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, "<body class=\"art&quot;&gt;\">");
    theme_release(theme);
    theme = NULL;
    assert_int_equal(
        theme_load((struct embedded_files){files, 3}, NULL, &theme, &fault),
        ERR_INVALID);
    assert_string_equal(fault.field, "b.html:1:1");
}

/* ---- White space
 * ----------------------------------------------------------------------- */

static void test_white_space_that_does_not_show_is_taken_out(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    value_set_c(data, "x", "a  b");
    assert_string_equal(
        render(TEMPLATE_HTML,
               "<ul>\n    <li>  one </li>\n\n    <li\n  class=\"a  b\"  id='i'>"
               "<!-- gone --> {{x}} <b>c</b>\n <i>d</i></li></ul>",
               data),
        "<ul>\n<li> one </li>\n<li class=\"a  b\" id='i'> a  b <b>c</b>\n"
        "<i>d</i></li></ul>");
}

static void test_white_space_that_shows_stays(void **state)
{
    (void)state;
    static const char *const sources[] = {
        "<pre>a\n   b <b> c  </b>\n\n</pre>", "<textarea>  a\n\n b</textarea>",
        "<script>  a  <  b;\n\n  c</script>", "<style>a  {\n  b: c }</style>",
        "<p title=\"a   b\n\n c\">",
    };
    struct value *data = value_object(&arena);
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        assert_string_equal(render(TEMPLATE_HTML, sources[i], data),
                            sources[i]);
}

static void test_words_never_run_together(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    struct value *list = value_set_list(data, "list");
    value_add_str(list, STR("a"));
    value_add_str(list, STR("b"));
    assert_string_equal(
        render(TEMPLATE_HTML, "x {{#list}} <b>{{.}}</b> {{/list}} y", data),
        "x  <b>a</b>  <b>b</b>  y");
}

static void test_attributes_can_be_optional(void **state)
{
    (void)state;
    assert_string_equal(
        render_x("<input {{#x}}checked{{/x}} {{^x}}disabled{{/x}}>", "1"),
        "<input checked >");
    assert_string_equal(
        render_x("<a{{#x}} href=\"{{x}}\"{{/x}} class=\"b\">", "/1"),
        "<a href=\"/1\" class=\"b\">");
}

/* ---- Themes and limits
 * ------------------------------------------------------------------- */

static void test_a_folder_overrides_what_is_built_in(void **state)
{
    (void)state;
    char folder[] = "/tmp/broadsheet-theme-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct str part = arena_printf(&arena, "%s/part", folder);
    struct str file = arena_printf(&arena, "%s/part/card.html", folder);
    struct embedded_file builtin[] = {
        {.path = "page.html", .bytes = STR_INIT("<p>{{> part/card }}</p>")},
        {.path = "part/card.html", .bytes = STR_INIT("built-in")},
        {.path = "style.css", .bytes = STR_INIT("{{ignored")},
    };
    struct embedded_files files = {builtin, 3};
    struct theme *theme = NULL;
    assert_int_equal(folder_make(part.ptr, NULL), ERR_OK);
    uint64_t before = theme_folder_stamp(folder);
    assert_int_equal(file_write_atomic(file.ptr, STR("own {{x}}"), NULL),
                     ERR_OK);
    assert_true(before != theme_folder_stamp(folder));
    assert_true(before != 0);
    assert_int_equal(theme_load(files, folder, &theme, NULL), ERR_OK);
    assert_true(theme_has(theme, STR("part/card")));
    assert_false(theme_has(theme, STR("style")));
    assert_int_equal(template_render(theme, STR("page"), NULL, &out, NULL),
                     ERR_OK);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, "<p>own </p>");
    theme_release(theme);
    unlink(file.ptr);
    rmdir(part.ptr);
    rmdir(folder);
    assert_int_equal(theme_folder_stamp(folder), 0);
    assert_int_equal(theme_load(files, folder, &theme, NULL), ERR_OK);
    theme_release(theme);
}

static void test_a_template_that_includes_itself_is_stopped(void **state)
{
    (void)state;
    struct theme *theme = compile(TEMPLATE_HTML, "a{{>main}}");
    struct fault fault = {0};
    buf_add_c(&out, "before");
    assert_int_equal(template_render(theme, STR("main"), NULL, &out, &fault),
                     ERR_TOO_LONG);
    assert_true(str_eq(buf_str(&out), STR("before")));
    assert_int_equal(buf_err(&out), ERR_OK);
    theme_release(theme);
}

static void test_steps_are_counted(void **state)
{
    (void)state;
    struct value *data = value_object(&arena);
    struct value *list = value_set_list(data, "l");
    for (int i = 0; i < 200; i++)
        value_add_int(list, i);
    struct theme *theme = compile(
        TEMPLATE_HTML, "{{#l}}{{#l}}{{#l}}{{#l}}{{/l}}{{/l}}{{/l}}{{/l}}");
    struct fault fault = {0};
    assert_int_equal(template_render(theme, STR("main"), data, &out, &fault),
                     ERR_TOO_LONG);
    assert_non_null(strstr(fault.message, "steps"));
    theme_release(theme);
}

static void test_the_output_has_a_maximum(void **state)
{
    (void)state;
    struct theme *theme = compile(TEMPLATE_HTML, "0123456789");
    struct buf small;
    buf_init(&small, 8);
    assert_int_equal(template_render(theme, STR("main"), NULL, &small, NULL),
                     ERR_TOO_LONG);
    assert_int_equal(small.len, 0);
    buf_finish(&small);
    assert_int_equal(template_render(theme, STR("other"), NULL, &out, NULL),
                     ERR_NOT_FOUND);
    theme_release(theme);
}

static void count_name(void *context, const struct theme_name *name)
{
    struct buf *names = context;
    buf_printf(names, "%" PRI_STR ":%u:%" PRI_STR "\n", ARG_STR(name->file),
               name->line, ARG_STR(name->name));
}

static void test_names_of_a_theme_are_listed(void **state)
{
    (void)state;
    struct theme *theme =
        compile(TEMPLATE_HTML, "{{a}}\n{{#b.c}}{{.}}{{/b.c}}\n{{^d}}{{/d}}");
    theme_names(theme, count_name, &out);
    buf_add_char(&out, '\0');
    assert_string_equal(out.ptr, "main:1:a\nmain:2:b.c\nmain:2:.\nmain:3:d\n");
    theme_release(theme);
}

static void test_large_objects_are_indexed(void **state)
{
    (void)state;
    struct value *object = value_object(&arena);
    char key[16];
    for (int i = 0; i < 500; i++) {
        int len = snprintf(key, sizeof key, "k%d", i);
        value_set_named(object, arena_copy(&arena, str_of(key, (size_t)len)),
                        value_int(&arena, i));
    }
    value_set_int(object, "k7", 1007);
    assert_int_equal(value_count(object), 500);
    assert_int_equal(value_number(value_get(object, STR("k499"))), 499);
    assert_int_equal(value_number(value_get(object, STR("k7"))), 1007);
    assert_null(value_get(object, STR("k500")));
    assert_null(value_path(object, STR("k1.x")));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_text_and_attributes_are_escaped),
        TEST(test_only_trusted_html_passes_a_triple_mustache),
        TEST(test_addresses_with_other_schemes_are_refused),
        TEST(test_addresses_that_are_fine_stay),
        TEST(test_two_values_cannot_make_a_scheme),
        TEST(test_json_in_a_script_is_escaped_as_json),
        TEST(test_xml_drops_what_xml_forbids),
        TEST(test_unsafe_places_do_not_compile),
        TEST(test_faults_name_file_line_and_column),
        TEST(test_a_block_in_an_attribute_holds_no_markup),
        TEST(test_white_space_that_does_not_show_is_taken_out),
        TEST(test_white_space_that_shows_stays),
        TEST(test_words_never_run_together),
        TEST(test_attributes_can_be_optional),
        TEST(test_a_folder_overrides_what_is_built_in),
        TEST(test_a_template_that_includes_itself_is_stopped),
        TEST(test_steps_are_counted),
        TEST(test_the_output_has_a_maximum),
        TEST(test_names_of_a_theme_are_listed),
        TEST(test_large_objects_are_indexed),
    };
    return cmocka_run_group_tests_name("template", tests, NULL, NULL);
}
