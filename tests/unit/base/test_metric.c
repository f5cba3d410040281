// SPDX-License-Identifier: Apache-2.0
#include "base/metric.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct metric pages = {"x_pages", METRIC_GAUGE, "Pages."};
static const struct metric asked = {"x_asked_total", METRIC_COUNTER,
                                    "Questions."};
static const struct metric took = {"x_seconds", METRIC_HISTOGRAM, "Time."};

static struct buf out;

static int begin(void **state)
{
    (void)state;
    buf_init(&out, 1 << 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_finish(&out);
    return 0;
}

static void assert_text(const char *wanted)
{
    buf_add_char(&out, '\0');
    assert_int_equal(buf_err(&out), ERR_OK);
    assert_string_equal(out.ptr, wanted);
}

static void prometheus_names_a_counter_as_its_samples(void **state)
{
    (void)state;
    struct metric_writer writer = {&out, false};
    metric_family(&writer, &asked);
    metric_sample(&writer, &asked, NULL, STR(""), 3);
    metric_end(&writer);
    assert_text("# HELP x_asked_total Questions.\n"
                "# TYPE x_asked_total counter\nx_asked_total 3\n");
}

static void open_metrics_names_it_without_the_ending(void **state)
{
    (void)state;
    struct metric_writer writer = {&out, true};
    metric_family(&writer, &asked);
    metric_sample(&writer, &asked, NULL, STR(""), 3);
    metric_end(&writer);
    assert_text("# HELP x_asked Questions.\n# TYPE x_asked counter\n"
                "x_asked_total 3\n# EOF\n");
}

static void labels_are_escaped_and_missing_ones_left_out(void **state)
{
    (void)state;
    struct metric_writer writer = {&out, false};
    const struct metric_label none = {NULL, STR_INIT("")};
    const struct metric_label hard = {"a", STR_INIT("\"\\\n")};
    const struct metric_label plain = {"b", STR_INIT("წ")};
    metric_sample_labels(&writer, &pages, &hard, &plain, 1);
    metric_sample_labels(&writer, &pages, &none, &plain, 1);
    metric_sample_labels(&writer, &pages, &hard, NULL, 1);
    assert_text("x_pages{a=\"\\\"\\\\\\n\",b=\"წ\"} 1\nx_pages{b=\"წ\"} 1\n"
                "x_pages{a=\"\\\"\\\\\\n\"} 1\n");
}

static void numbers_keep_all_their_digits(void **state)
{
    (void)state;
    struct metric_writer writer = {&out, false};
    const double values[] = {
        0,    -23.5,    0.046919, 1795944034.87, 4503599627370497.0,
        -NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        metric_sample(&writer, &pages, NULL, STR(""), values[i]);
    assert_text("x_pages 0\nx_pages -23.5\nx_pages 0.046919\n"
                "x_pages 1795944034.87\n"
                "x_pages 4503599627370497\nx_pages NaN\nx_pages +Inf\n"
                "x_pages -Inf\n");
}

static void a_histogram_counts_up_to_each_bound(void **state)
{
    (void)state;
    static struct metric_histogram histogram;
    struct metric_writer writer = {&out, false};
    const int64_t times[] = {-1, 0, 500, 501, 10000000, 10000001};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        metric_observe(&histogram, times[i]);
    metric_write_histogram(&writer, &took, &histogram);
    struct str text = buf_str(&out);
    assert_true(str_find(text, STR("_bucket{le=\"0.0005\"} 3\n")) > 0);
    assert_true(str_find(text, STR("_bucket{le=\"0.001\"} 4\n")) > 0);
    assert_true(str_find(text, STR("_bucket{le=\"5.0\"} 4\n")) > 0);
    assert_true(str_find(text, STR("_bucket{le=\"10.0\"} 5\n")) > 0);
    assert_true(str_find(text, STR("_bucket{le=\"+Inf\"} 6\n")) > 0);
    assert_true(str_find(text, STR("x_seconds_sum 20.001002\n")) > 0);
    assert_true(str_find(text, STR("x_seconds_count 6\n")) > 0);
}

static void who_wants_open_metrics_says_so(void **state)
{
    (void)state;
    assert_true(metric_wants_open(
        STR("application/openmetrics-text;version=1.0.0,text/plain;q=0.5")));
    assert_false(metric_wants_open(STR("text/plain, */*")));
    assert_false(metric_wants_open(STR("")));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        T(prometheus_names_a_counter_as_its_samples),
        T(open_metrics_names_it_without_the_ending),
        T(labels_are_escaped_and_missing_ones_left_out),
        T(numbers_keep_all_their_digits),
        T(a_histogram_counts_up_to_each_bound),
        T(who_wants_open_metrics_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
