// SPDX-License-Identifier: Apache-2.0
#include "link/figures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct edge_figures some(void)
{
    struct edge_figures figures;
    for (size_t i = 0; i < EDGE_FIGURE_COUNT; i++)
        figures.values[i] = i + (UINT64_C(1) << 40);
    return figures;
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct edge_figures before = some(), after;
    buf_init(&out, 4096);
    edge_figures_write(&before, &out);
    assert_int_equal(out.len, 8 * EDGE_FIGURE_COUNT);
    assert_int_equal(edge_figures_read(buf_str(&out), &after), ERR_OK);
    assert_memory_equal(&before, &after, sizeof before);
}

static void another_version_may_tell_more_or_fewer(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    struct edge_figures before = some(), after;
    buf_init(&out, 4096);
    edge_figures_write(&before, &out);
    buf_add(&out, STR("12345678"));
    assert_int_equal(edge_figures_read(buf_str(&out), &after), ERR_OK);
    assert_memory_equal(&before, &after, sizeof before);
    struct str fewer = str_slice(buf_str(&out), 0, 16);
    assert_int_equal(edge_figures_read(fewer, &after), ERR_OK);
    assert_int_equal(after.values[1], before.values[1]);
    assert_int_equal(after.values[2], 0);
    assert_int_equal(edge_figures_read(STR(""), &after), ERR_OK);
}

static void what_is_cut_off_is_refused(void **state)
{
    (void)state;
    struct edge_figures after;
    assert_int_equal(edge_figures_read(STR("1234567"), &after), ERR_INVALID);
    assert_int_equal(edge_figures_read(STR("123456789"), &after), ERR_INVALID);
}

static void families_stand_together_whatever_edges_there_are(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf out;
    const struct edge_told told[] = {{0, some()}, {3, some()}};
    struct metric_writer writer = {&out, false};
    buf_init(&out, 1 << 20);
    edge_figures_write_metrics(&writer, told, 2);
    assert_int_equal(buf_err(&out), ERR_OK);
    struct str text = buf_str(&out);
    ptrdiff_t first = str_find(text, STR("page_requests_total{edge=\"0\""));
    ptrdiff_t last =
        str_find(text, STR("page_requests_total{edge=\"3\",result=\"miss\"}"));
    assert_true(first > 0 && last > first);
    struct str between = str_slice(text, (size_t)first, (size_t)(last - first));
    assert_true(str_find(between, STR("#")) < 0);
    assert_true(str_find(text, STR("{edge=\"3\",class=\"5xx\"}")) > 0);
    buf_reset(&out);
    edge_figures_write_metrics(&writer, told, 0);
    assert_true(str_find(buf_str(&out), STR("# TYPE")) > 0);
    assert_true(str_find(buf_str(&out), STR("}")) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(another_version_may_tell_more_or_fewer),
        cmocka_unit_test(what_is_cut_off_is_refused),
        cmocka_unit_test(families_stand_together_whatever_edges_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
