// SPDX-License-Identifier: Apache-2.0
/* Tables of text by RFC 4180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "exchange/csv.h"

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

static void assert_record(struct csv *csv, int64_t line, size_t count,
                          const char *const fields[])
{
    struct csv_record record;
    assert_int_equal(csv_next(csv, &arena, &record, NULL), ERR_OK);
    assert_int_equal(record.line, line);
    assert_int_equal(record.count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(str_eq(record.fields[i], str_from_c(fields[i])));
}

static void assert_end(struct csv *csv)
{
    struct csv_record record;
    assert_int_equal(csv_next(csv, &arena, &record, NULL), ERR_NOT_FOUND);
}

static void test_fields_and_records_are_told_apart(void **state)
{
    (void)state;
    struct csv csv = csv_of(STR("\xEF\xBB\xBFid,views\r\na,1\n\n\nb,\n,"));
    assert_record(&csv, 1, 2, (const char *[]){"id", "views"});
    assert_record(&csv, 2, 2, (const char *[]){"a", "1"});
    assert_record(&csv, 5, 2, (const char *[]){"b", ""});
    assert_record(&csv, 6, 2, (const char *[]){"", ""});
    assert_end(&csv);
    assert_end(&csv);
}

static void test_quotes_hold_commas_lines_and_quotes(void **state)
{
    (void)state;
    struct csv csv = csv_of(STR("\"a,\"\"b\"\"\r\nc\",\"\"\nd"));
    assert_record(&csv, 1, 2, (const char *[]){"a,\"b\"\r\nc", ""});
    assert_record(&csv, 3, 1, (const char *[]){"d"});
    assert_end(&csv);
}

static void assert_refused(struct str text, enum err code, const char *place)
{
    struct csv csv = csv_of(text);
    struct csv_record record;
    struct fault fault = {0};
    enum err err;
    while (!(err = csv_next(&csv, &arena, &record, &fault)))
        continue;
    assert_int_equal(err, code);
    assert_string_equal(fault.field, place);
}

static void test_an_error_names_the_line(void **state)
{
    (void)state;
    assert_refused(STR("a\nb\"c\n"), ERR_INVALID, "line 2");
    assert_refused(STR("a\n\"x\ny\nz"), ERR_INVALID, "line 2");
    assert_refused(STR("\"x\ny\"z"), ERR_INVALID, "line 2");
    assert_refused(STR("a\rb"), ERR_INVALID, "line 1");
    assert_refused(STR("a\n\n\xFF"), ERR_INVALID, "line 3");
    assert_refused(STR(",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
                       ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"),
                   ERR_TOO_LONG, "line 1");
}

static void test_a_field_has_a_greatest_length(void **state)
{
    (void)state;
    static char text[CSV_FIELD_BYTES_MAX + 4];
    memset(text, 'x', sizeof text);
    struct csv csv = csv_of(str_of(text, CSV_FIELD_BYTES_MAX));
    struct csv_record record;
    assert_int_equal(csv_next(&csv, &arena, &record, NULL), ERR_OK);
    assert_refused(str_of(text, CSV_FIELD_BYTES_MAX + 1), ERR_TOO_LONG,
                   "line 1");
    text[0] = text[CSV_FIELD_BYTES_MAX + 2] = '"';
    assert_refused(str_of(text, CSV_FIELD_BYTES_MAX + 3), ERR_TOO_LONG,
                   "line 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields_and_records_are_told_apart,
                                        make, unmake),
        cmocka_unit_test_setup_teardown(
            test_quotes_hold_commas_lines_and_quotes, make, unmake),
        cmocka_unit_test_setup_teardown(test_an_error_names_the_line, make,
                                        unmake),
        cmocka_unit_test_setup_teardown(test_a_field_has_a_greatest_length,
                                        make, unmake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
