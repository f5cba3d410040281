// SPDX-License-Identifier: Apache-2.0
/* ninjs of each version, read into one form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/arena.h"
#include "exchange/ninjs.h"

static struct arena arena;

static int make(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

#define assert_text(text, expected) \
    assert_string_equal(arena_c_string(&arena, text), expected)

static struct ninjs_item read_one(const char *json)
{
    struct ninjs_file file;
    struct ninjs_item item;
    struct fault fault = {0};
    ninjs_file_init(&file, str_from_c(json));
    if (ninjs_file_next(&file, &arena, &item, &fault))
        fail_msg("%s", fault_text(&fault));
    ninjs_file_finish(&file);
    return item;
}

static void assert_story(const struct ninjs_item *item)
{
    assert_text(item->uri, "urn:x:1");
    assert_int_equal(item->version_created.us, INT64_C(1660561200000000));
    assert_text(item->pub_status, "usable");
    assert_text(item->by, "By");
    assert_int_equal(item->headlines.count, 1);
    assert_text(item->headlines.items[0].value, "Head");
    assert_int_equal(item->bodies.count, 1);
    assert_text(item->bodies.items[0].content_type, "text/html");
    assert_text(item->bodies.items[0].value, "<p>Body</p>");
    assert_text(item->descriptions.items[0].value, "Stand");
    assert_text(item->subjects.items[0].name, "Land");
    assert_text(item->subjects.items[0].literal, "land");
    assert_text(item->people.items[0].name, "Somebody");
    assert_text(item->sources.items[0].name, "Agency");
    assert_int_equal(item->associations.count, 1);
    const struct ninjs_item *picture = &item->associations.items[0];
    assert_text(picture->name, "main");
    assert_text(picture->renditions.items[0].href, "a.png");
    assert_text(picture->renditions.items[0].content_type, "image/png");
    assert_int_equal(picture->renditions.items[0].width, 800);
}

static void test_version_3_is_read(void **state)
{
    (void)state;
    struct ninjs_item item = read_one(
        "{\"uri\":\"urn:x:1\",\"versionCreated\":\"2022-08-15T15:00:00+04:00\","
        "\"pubStatus\":\"usable\",\"by\":\"By\",\"headlines\":[{\"value\":"
        "\"Head\"}],\"bodies\":[{\"contentType\":\"text/html\",\"value\":"
        "\"<p>Body</p>\"}],\"descriptions\":[{\"value\":\"Stand\"}],"
        "\"subjects\":[{\"name\":\"Land\",\"literal\":\"land\"}],\"people\":[{"
        "\"name\":\"Somebody\"}],\"infoSources\":[{\"name\":\"Agency\"}],"
        "\"associations\":[{\"name\":\"main\",\"renditions\":[{\"name\":\"r\","
        "\"href\":\"a.png\",\"contentType\":\"image/png\",\"width\":800}]}]}");
    assert_story(&item);
}

static void test_version_2_is_read(void **state)
{
    (void)state;
    struct ninjs_item item = read_one(
        "{\"uri\":\"urn:x:1\",\"versioncreated\":\"2022-08-15T11:00:00Z\","
        "\"pubstatus\":\"usable\",\"by\":\"By\",\"headlines\":[{\"value\":"
        "\"Head\"}],\"bodies\":[{\"contenttype\":\"text/html\",\"value\":"
        "\"<p>Body</p>\"}],\"descriptions\":[{\"value\":\"Stand\"}],"
        "\"subjects\":[{\"name\":\"Land\",\"literal\":\"land\"}],\"people\":[{"
        "\"name\":\"Somebody\"}],\"infosources\":[{\"name\":\"Agency\"}],"
        "\"associations\":[{\"name\":\"main\",\"renditions\":[{\"name\":\"r\","
        "\"href\":\"a.png\",\"contenttype\":\"image/png\",\"width\":800}]}]}");
    assert_story(&item);
}

static void test_version_1_is_read(void **state)
{
    (void)state;
    struct ninjs_item item = read_one(
        "{\"uri\":\"urn:x:1\",\"versioncreated\":\"2022-08-15T11:00:00Z\","
        "\"pubstatus\":\"usable\",\"byline\":\"By\",\"headline\":\"Head\","
        "\"body_html\":\"<p>Body</p>\",\"description_text\":\"Stand\","
        "\"subject\":[{\"name\":\"Land\",\"code\":\"land\"}],\"person\":[{"
        "\"name\":\"Somebody\"}],\"infosource\":[{\"name\":\"Agency\"}],"
        "\"associations\":{\"main\":{\"renditions\":{\"r\":{\"href\":"
        "\"a.png\",\"mimetype\":\"image/png\",\"width\":800}}}}}");
    assert_story(&item);
}

static void assert_refused(const char *json, enum err code, const char *place)
{
    struct ninjs_file file;
    struct ninjs_item item;
    struct fault fault = {0};
    ninjs_file_init(&file, str_from_c(json));
    assert_int_equal(ninjs_file_next(&file, &arena, &item, &fault), code);
    assert_string_equal(fault.field, place);
    assert_true(fault.message[0] != '\0');
    ninjs_file_finish(&file);
}

static void test_an_error_names_its_place(void **state)
{
    (void)state;
    assert_refused("{\"uri\":1}", ERR_INVALID, "uri");
    assert_refused("{\"headlines\":[]}", ERR_INVALID, "uri");
    assert_refused("{\"uri\":\"a\",\"bodies\":[{},{\"value\":[]}]}",
                   ERR_INVALID, "bodies[1].value");
    assert_refused("{\"uri\":\"a\",\"subjects\":{\"a\":1}}", ERR_INVALID,
                   "subjects.a");
    assert_refused("{\"uri\":\"a\",\"associations\":[{\"renditions\":[{"
                   "\"width\":-1}]}]}",
                   ERR_INVALID, "associations[0].renditions[0].width");
    assert_refused("{\"uri\":\"a\",\"versionCreated\":\"15.08.22\"}",
                   ERR_INVALID, "versionCreated");
    assert_refused("{\"uri\":\"a\",\n\"uri\":\"b\"}", ERR_INVALID, "line 2");
    assert_refused("\n\n{\"uri\" \"a\"}", ERR_INVALID, "line 3");
    assert_refused("{\"uri\":\"a\",\"associations\":[{\"associations\":[{"
                   "\"associations\":[{\"associations\":[{\"associations\":[{}"
                   "]}]}]}]}]}",
                   ERR_TOO_LONG,
                   "associations[0].associations[0].associations[0]."
                   "associations[0].associations[0]");
}

static size_t count_items(const char *json, size_t *ret_refused)
{
    struct ninjs_file file;
    size_t good = 0;
    enum err err;
    *ret_refused = 0;
    ninjs_file_init(&file, str_from_c(json));
    do {
        struct ninjs_item item;
        err = ninjs_file_next(&file, &arena, &item, NULL);
        good += !err;
        *ret_refused += err && err != ERR_NOT_FOUND;
    } while (err != ERR_NOT_FOUND);
    ninjs_file_finish(&file);
    return good;
}

static void test_a_file_has_one_item_or_many(void **state)
{
    (void)state;
    size_t refused;
    assert_int_equal(count_items("{\"uri\":\"a\"}", &refused), 1);
    assert_int_equal(count_items("[{\"uri\":\"a\"},{\"uri\":\"b\"}]", &refused),
                     2);
    assert_int_equal(
        count_items("{\"items\":[{\"uri\":\"a\"},{\"uri\":\"b\"}]}", &refused),
        2);
    assert_int_equal(
        count_items("{\"uri\":\"a\"}\n{\"uri\":\"b\"}\n", &refused), 2);
    assert_int_equal(refused, 0);
    assert_int_equal(count_items(" \n ", &refused), 0);
    assert_int_equal(refused, 0);
}

static void test_a_bad_item_does_not_hide_the_next(void **state)
{
    (void)state;
    size_t refused;
    assert_int_equal(
        count_items("[{\"uri\":\"a\"},{\"uri\":1},[],{\"uri\":\"b\"}]",
                    &refused),
        2);
    assert_int_equal(refused, 2);
    assert_int_equal(count_items("{\"uri\":\"a\"}\n{\"uri\"", &refused), 1);
    assert_int_equal(refused, 1);
}

static void test_a_list_is_checked_to_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        size_t good, refused;
    } cases[] = {
        {"[]", 0, 0},
        {"[ ] [\n]", 0, 0},
        {"[{\"uri\":\"a\"}] {\"uri\":\"b\"}", 2, 0},
        {"[{\"items\":[{\"uri\":\"a\"},{\"uri\":\"b\"}]}]", 2, 0},
        {"[{\"uri\":\"a\"},]", 1, 1},
        {"[{\"uri\":\"a\"},", 1, 1},
        {"[{\"uri\":\"a\"}", 1, 1},
        {"[{\"uri\":\"a\"} {\"uri\":\"b\"}]", 1, 1},
        {"[,{\"uri\":\"a\"}]", 0, 1},
        {"[", 0, 1},
        {"]", 0, 1},
        {"[[{\"uri\":\"a\"}]]", 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t refused;
        size_t good = count_items(cases[i].json, &refused);
        if (good != cases[i].good || refused != cases[i].refused)
            fail_msg("%s: %zu, %zu refused", cases[i].json, good, refused);
    }
}

/* ---- Files of any length ---------------------------------------------------
 */

enum { LONG_ITEMS = 300, LONG_TEXT_BYTES = 10 * 1000 };

/* Items longer than what is read at once is from end to end. */
static void write_long_file(const char *path, const char *before,
                            const char *between, const char *after)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs(before, out);
    for (int i = 0; i < LONG_ITEMS; i++) {
        fprintf(out, "%s{\"uri\":\"urn:x:%d\",\"title\":\"", i ? between : "",
                i);
        for (int k = 0; k < LONG_TEXT_BYTES; k++)
            putc('a' + (i + k) % 26, out);
        fputs("\"}", out);
    }
    fputs(after, out);
    assert_int_equal(fclose(out), 0);
}

static void assert_long_item(const struct ninjs_item *item, int number)
{
    char uri[32];
    snprintf(uri, sizeof uri, "urn:x:%d", number);
    assert_text(item->uri, uri);
    assert_int_equal(item->title.len, LONG_TEXT_BYTES);
    for (int k = 0; k < LONG_TEXT_BYTES; k++)
        assert_int_equal(item->title.ptr[k], 'a' + (number + k) % 26);
}

static void read_long_file(const char *path, enum err end, const char *cause)
{
    struct ninjs_file file;
    struct fault fault = {0};
    enum err err = ninjs_file_open(&file, path, &fault);
    int count = 0;
    for (; !err; count++) {
        struct ninjs_item item;
        err = ninjs_file_next(&file, &arena, &item, &fault);
        if (err)
            break;
        assert_long_item(&item, count);
        assert_true(file.text.capacity < 2 * 1024 * 1024);
        arena_reset(&arena);
    }
    assert_int_equal(count, LONG_ITEMS);
    assert_int_equal(err, end);
    assert_string_equal(fault.message, cause);
    ninjs_file_finish(&file);
}

static void test_a_long_file_is_read_item_by_item(void **state)
{
    (void)state;
    char path[] = "/tmp/test_ninjs_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    write_long_file(path, "\xEF\xBB\xBF", "\n", "\n");
    read_long_file(path, ERR_NOT_FOUND, "");
    write_long_file(path, "[", ",\n", "]");
    read_long_file(path, ERR_NOT_FOUND, "");
    write_long_file(path, "", "\n", "\n{\"uri\" 1}");
    read_long_file(path, ERR_INVALID,
                   "line 301, column 8: not JSON: ':' expected");
    unlink(path);
}

static void test_a_file_that_is_none_is_refused(void **state)
{
    (void)state;
    struct ninjs_file file;
    struct fault fault = {0};
    assert_int_equal(ninjs_file_open(&file, "/nowhere/at/all", &fault),
                     ERR_NOT_FOUND);
    ninjs_file_finish(&file);
    assert_int_equal(ninjs_file_open(&file, "/tmp", &fault), ERR_INVALID);
    assert_string_equal(fault.message, "/tmp is a folder, not a file");
    ninjs_file_finish(&file);
}

static void test_the_digest_is_of_what_is_said(void **state)
{
    (void)state;
    struct ninjs_item a = read_one("{\"uri\":\"a\",\"by\":\"x\"}");
    struct ninjs_item b = read_one(" { \"by\": \"x\",\n\"uri\":\"a\" }");
    struct ninjs_item c = read_one("{\"uri\":\"a\",\"by\":\"y\"}");
    assert_string_equal(a.digest, b.digest);
    assert_string_not_equal(a.digest, c.digest);
}

/* Each of these says something else than every other. */
static void test_items_that_differ_have_different_digests(void **state)
{
    (void)state;
    static const char *const values[] = {
        "1",
        "1.0",
        "2",
        "-1",
        "\"1\"",
        "true",
        "false",
        "null",
        "[]",
        "{}",
        "\"\"",
        "[1,2]",
        "[2,1]",
        "[[1],2]",
        "[[1,2]]",
        "[\"ab\"]",
        "[\"a\",\"b\"]",
        "[\"\",\"ab\"]",
        "{\"a\":\"b\"}",
        "{\"b\":\"a\"}",
        "{\"ab\":1}",
        "{\"a\":{\"b\":1}}",
        "{\"a\":1,\"b\":1}",
    };
    enum { COUNT = sizeof values / sizeof *values };
    char digests[COUNT][DIGEST_HEX_BYTES];
    for (size_t i = 0; i < COUNT; i++) {
        char text[128];
        snprintf(text, sizeof text, "{\"uri\":\"a\",\"x\":%s}", values[i]);
        memcpy(digests[i], read_one(text).digest, DIGEST_HEX_BYTES);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(digests[i], digests[j]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_version_3_is_read, make, unmake),
        cmocka_unit_test_setup_teardown(test_version_2_is_read, make, unmake),
        cmocka_unit_test_setup_teardown(test_version_1_is_read, make, unmake),
        cmocka_unit_test_setup_teardown(test_an_error_names_its_place, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(test_a_file_has_one_item_or_many, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(test_a_bad_item_does_not_hide_the_next,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(test_a_list_is_checked_to_its_end, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(test_a_long_file_is_read_item_by_item,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(test_a_file_that_is_none_is_refused,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(
            test_items_that_differ_have_different_digests, make, unmake),
        cmocka_unit_test_setup_teardown(test_the_digest_is_of_what_is_said,
                                        make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
