// SPDX-License-Identifier: Apache-2.0
/* What the readers of other systems' files are made of: dates, addresses, rows
 * of large JSON, elements of large XML. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/time.h"
#include "exchange/feed_date.h"
#include "exchange/json_rows.h"
#include "exchange/story.h"
#include "exchange/xml_reader.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define assert_text(text, expected) \
    assert_string_equal(arena_c_string(&arena, text), expected)

/* ---- Dates -----------------------------------------------------------------
 */

static void test_dates_in_the_wild_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *time;
    } dates[] = {
        {"Fri, 01 May 2020 10:00:00 +0000", "2020-05-01T10:00:00Z"},
        {"Fri, 1 May 2020 10:00:00 +0400", "2020-05-01T06:00:00Z"},
        {"1 May 2020 10:00 GMT", "2020-05-01T10:00:00Z"},
        {"Friday, 01-May-20 10:00:00 EST", "2020-05-01T15:00:00Z"},
        {"01 May 98 10:00 Z", "1998-05-01T10:00:00Z"},
        {"Fri, 01 May 2020 10:00:00 GMT+0400", "2020-05-01T06:00:00Z"},
        {"Fri, 01 May 2020 10:00:00 +0100 (CET)", "2020-05-01T09:00:00Z"},
        {" Sat, 29 February 2020 23:59:60 -0130 ", "2020-03-01T01:30:00Z"},
        {"2020-05-01T10:00:00Z", "2020-05-01T10:00:00Z"},
        {"2020-05-01t10:00:00.25+04:00", "2020-05-01T06:00:00.250000Z"},
        {"2020-05-01 10:00:00", "2020-05-01T10:00:00Z"},
        {"2020-05-01", "2020-05-01T00:00:00Z"},
        {"2020-05-01T10:00+04", "2020-05-01T06:00:00Z"},
        {"1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        int64_t time_us;
        char text[TIME_RFC3339_BYTES];
        if (feed_date_parse(str_from_c(dates[i].text), &time_us))
            fail_msg("%s", dates[i].text);
        time_format_rfc3339(time_us, text);
        assert_string_equal(text, dates[i].time);
    }
}

static void test_what_is_no_date_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        "yesterday",
        "0000-00-00 00:00:00",
        "2020-02-30",
        "Fri, 31 Apr 2020 10:00:00 GMT",
        "1 May",
        "2020-05-01T25:00:00Z",
        "2020-05-01T10:00:00+04:0",
        "2020-13-01",
        "Fri, 01 Foo 2020 10:00:00 GMT",
        "2020-05-01T10:00:00Z and more",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int64_t time_us = 7;
        if (!feed_date_parse(str_from_c(texts[i]), &time_us))
            fail_msg("%s", texts[i]);
        assert_int_equal(time_us, 7);
    }
}

/* ---- Addresses -------------------------------------------------------------
 */

static void test_addresses_become_paths(void **state)
{
    (void)state;
    static const char *const paths[][2] = {
        {"https://old.example/2020/05/boat/", "/2020/05/boat"},
        {"https://old.example/%D1%8F/?utm=1#x", "/я"},
        {"http://old.example", ""},
        {"http://old.example/", ""},
        {"https://old.example/?p=12", ""},
        {"/about//", "/about"},
        {"about", ""},
        {"//evil.example/x", ""},
        {"https://a.example//evil.example/x", ""},
        {"https://a.example/%ff", ""},
        {"https://a.example/a%00b", ""},
        {"https://a.example/a%0d%0ab", ""},
        {"https://a.example/a b", ""},
        {"https://a.example/a%5cb", ""},
        {"https://a.example/a%2", "/a%2"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_text(story_path_of(str_from_c(paths[i][0]), &arena),
                    paths[i][1]);
}

static void test_a_digest_is_of_all_that_is_said(void **state)
{
    (void)state;
    struct story *story = arena_new(&arena, struct story);
    char first[STORY_DIGEST_BYTES], second[STORY_DIGEST_BYTES];
    story->title = STR("ab");
    story->excerpt = STR("c");
    story_digest(story, first);
    story->title = STR("a");
    story->excerpt = STR("bc");
    story_digest(story, second);
    assert_string_not_equal(first, second);
    story->title = STR("ab");
    story->excerpt = STR("c");
    story->line = 7; /* where it stands says nothing of it */
    story_digest(story, second);
    assert_string_equal(first, second);
    story->recording.src = STR("https://a.example/x.mp3");
    story_digest(story, second);
    assert_string_not_equal(first, second);
    story->recording.src = STR("");
    story_add_tag(story, (struct story_tag){STR(" sea "), STR("")});
    story_digest(story, second);
    assert_string_not_equal(first, second);
}

/* ---- Recordings ------------------------------------------------------------
 */

static void test_how_long_something_lasts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds;
    } lasts[] = {
        {"923", 923},
        {" 15:23 ", 923},
        {"00:15:23", 923},
        {"1:02:03", 3723},
        {"0:0:0", 0},
        {"1:2:3:4", 0},
        {"", 0},
        {"-5", 0},
        {"1:-5", 0},
        {"61.5", 0},
        {"a day", 0},
        {":", 0},
        {"604800", 604800},
        {"604801", 0},
        {"9999999", 0},
        {"999999:999999:999999", 0},
    };
    for (size_t i = 0; i < sizeof lasts / sizeof *lasts; i++)
        assert_int_equal(story_seconds(str_from_c(lasts[i].text)),
                         lasts[i].seconds);
}

static void test_what_can_be_played_is_told_by_type_else_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *src, *mime, *type;
    } files[] = {
        {"https://a/x.mp3", "", "audio/mpeg"},
        {"https://a/x.mp3?a=.png#b", "", "audio/mpeg"},
        {"https://a/x", "audio/ogg", "audio/ogg"},
        {"https://a/x.mp3", " audio/mp4 ; codecs=x", "audio/mp4"},
        {"https://a/x.mp3", "image/png", ""},
        {"https://a/x.png", "", ""},
        {"https://a/x", "", ""},
        {"https://a/x", "audio/a b", ""},
        {"https://a/x", "audio/a\nb", ""},
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const struct story_recording recording = {
            .src = str_from_c(files[i].src),
            .mime = str_from_c(files[i].mime),
        };
        assert_text(story_recording_type(&recording), files[i].type);
    }
}

/* ---- JSON ------------------------------------------------------------------
 */

struct seen {
    char text[512];
};

static bool wants(void *context, struct str table)
{
    (void)context;
    return !str_eq(table, STR("skipped"));
}

static enum err take(void *context, struct str table, const json_t *row,
                     int64_t line, struct fault *fault)
{
    struct seen *seen = context;
    (void)fault;
    size_t len = strlen(seen->text);
    snprintf(seen->text + len, sizeof seen->text - len, "%.*s:%lld:%s;",
             ARG_STR(table), (long long)line,
             json_string_value(json_object_get(row, "v")));
    return ERR_OK;
}

static void refuse(void *context, struct str table, int64_t line,
                   const char *cause)
{
    (void)context, (void)table, (void)line, (void)cause;
}

static const char *rows_of(const char *json, struct fault *fault)
{
    static struct seen seen;
    seen.text[0] = '\0';
    const struct json_rows_handler handler = {
        .context = &seen, .wants = wants, .take = take, .refuse = refuse};
    enum err err = json_rows_read_bytes(str_from_c(json), &handler, fault);
    return err ? fault->message : seen.text;
}

static void test_rows_are_found_where_they_are(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_string_equal(rows_of("{\"db\":[{\"meta\":{\"data\":[1]},\"data\":"
                                "{\"a\":[{\"v\":\"1\"},\n{\"v\":\"[{\\\"\"}],"
                                "\"skipped\":[{\"v\":\"x\"}],\"b\":[],"
                                "\"c\":[{\"v\":\"3\",\"w\":[{}]}]}}]}",
                                &fault),
                        "a:1:1;a:2:[{\";c:2:3;");
    assert_string_equal(
        rows_of("{\"data\":{\"a\":[{\"v\":\"1\"},[{\"v\":\"2\"}],3]}}", &fault),
        "a:1:1;");
    assert_string_equal(rows_of("{\"other\":{\"a\":[{\"v\":\"1\"}]}}", &fault),
                        "");
}

static void test_broken_json_is_told_with_its_place(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_string_equal(rows_of("{\n\"a\": [}", &fault),
                        "line 2, column 8: not JSON: a bracket ends what did "
                        "not begin");
    assert_string_equal(rows_of("{\"a\"", &fault),
                        "line 1, column 4: the file ends too early");
}

/* ---- XML -------------------------------------------------------------------
 */

static void on_start(void *context, struct xml_reader *reader,
                     const struct xml_element *element)
{
    struct seen *seen = context;
    size_t len = strlen(seen->text);
    snprintf(seen->text + len, sizeof seen->text - len, "%d%.*s(%.*s)@%lld ",
             (int)element->name.space, ARG_STR(element->name.local),
             ARG_STR(xml_attribute(element, "a")),
             (long long)xml_reader_line(reader));
    if (xml_is(&element->name, XML_SPACE_NONE, "stop"))
        xml_reader_stop(reader, ERR_CONFLICT, "stopped here");
}

static const char *elements_of(const char *xml, struct fault *fault)
{
    static struct seen seen;
    seen.text[0] = '\0';
    const struct xml_handler handler = {.context = &seen, .start = on_start};
    return xml_read_bytes(str_from_c(xml), &handler, fault) ? fault->message
                                                            : seen.text;
}

static void test_elements_are_told_with_their_namespaces(void **state)
{
    (void)state;
    struct fault fault = {0};
    char expected[128];
    snprintf(expected, sizeof expected,
             "%drss()@1 %dencoded(1)@2 %dpost_id()@2 %dx()@2 ", XML_SPACE_NONE,
             XML_SPACE_EXCERPT, XML_SPACE_WP, XML_SPACE_OTHER);
    assert_string_equal(
        elements_of("<rss xmlns:e='http://wordpress.org/export/1.1/excerpt/' "
                    "xmlns:w='http://wordpress.org/export/1.2/' "
                    "xmlns:o='urn:o'>\n<e:encoded a='1'/><w:post_id/><o:x/>"
                    "</rss>",
                    &fault),
        expected);
}

static void test_a_handler_can_stop(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_string_equal(elements_of("<a>\n <stop/><b/></a>", &fault),
                        "line 2, column 2: stopped here");
    assert_int_equal(fault.code, ERR_CONFLICT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_dates_in_the_wild_are_read),
        TEST(test_what_is_no_date_is_refused),
        TEST(test_addresses_become_paths),
        TEST(test_a_digest_is_of_all_that_is_said),
        TEST(test_how_long_something_lasts),
        TEST(test_what_can_be_played_is_told_by_type_else_by_name),
        TEST(test_rows_are_found_where_they_are),
        TEST(test_broken_json_is_told_with_its_place),
        TEST(test_elements_are_told_with_their_namespaces),
        TEST(test_a_handler_can_stop),
    };
    return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
