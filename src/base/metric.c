// SPDX-License-Identifier: Apache-2.0
#include "base/metric.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>

/* Upper ends, in microseconds, and as they are written: in seconds. */
static const struct {
    int64_t us;
    const char *text;
} bounds[METRIC_BUCKETS] = {
    {500, "0.0005"},  {1000, "0.001"},    {2500, "0.0025"}, {5000, "0.005"},
    {10000, "0.01"},  {25000, "0.025"},   {50000, "0.05"},  {100000, "0.1"},
    {250000, "0.25"}, {500000, "0.5"},    {1000000, "1.0"}, {2500000, "2.5"},
    {5000000, "5.0"}, {10000000, "10.0"},
};

static const char *const type_names[] = {
    [METRIC_COUNTER] = "counter",
    [METRIC_GAUGE] = "gauge",
    [METRIC_HISTOGRAM] = "histogram",
};

#define TOTAL STR("_total")

bool metric_wants_open(struct str accept)
{
    return str_find(accept, STR("application/openmetrics-text")) >= 0;
}

struct str metric_content_type(bool is_open_metrics)
{
    return is_open_metrics ? STR("application/openmetrics-text; version=1.0.0; "
                                 "charset=utf-8")
                           : STR("text/plain; version=0.0.4; charset=utf-8");
}

/* OpenMetrics tells a counter's type without the ending of its samples. */
static struct str family_name(const struct metric_writer *writer,
                              const struct metric *metric)
{
    struct str name = str_from_c(metric->name);
    if (metric->type != METRIC_COUNTER)
        return name;
    assert(str_ends_with(name, TOTAL));
    return writer->is_open_metrics ? str_slice(name, 0, name.len - TOTAL.len)
                                   : name;
}

void metric_family(struct metric_writer *writer, const struct metric *metric)
{
    struct str name = family_name(writer, metric);
    buf_printf(writer->out, "# HELP %" PRI_STR " %s\n# TYPE %" PRI_STR " %s\n",
               ARG_STR(name), metric->help, ARG_STR(name),
               type_names[metric->type]);
}

/* Both formats escape these three in the value of a label. */
static void add_escaped(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\\' || c == '"')
            buf_add_char(out, '\\');
        if (c == '\n')
            buf_add_c(out, "\\n");
        else
            buf_add_char(out, c);
    }
}

static void add_label(struct buf *out, const struct metric_label *label,
                      bool is_first)
{
    buf_printf(out, "%c%s=\"", is_first ? '{' : ',', label->name);
    add_escaped(out, label->value);
    buf_add_char(out, '"');
}

/* With all the decimal digits that a double keeps: of a time since 1970, ten
 * stand before its point. */
static void add_value(struct buf *out, double value)
{
    if (isnan(value))
        buf_add_c(out, " NaN\n");
    else if (isinf(value))
        buf_add_c(out, value > 0 ? " +Inf\n" : " -Inf\n");
    else if (value == floor(value) && fabs(value) < 9e15)
        buf_printf(out, " %lld\n", (long long)value);
    else
        buf_printf(out, " %.*g\n", DBL_DIG, value);
}

void metric_sample_labels(struct metric_writer *writer,
                          const struct metric *metric,
                          const struct metric_label *first,
                          const struct metric_label *second, double value)
{
    assert(metric->type != METRIC_HISTOGRAM);
    buf_add_c(writer->out, metric->name);
    bool has_first = first && first->name, has_second = second && second->name;
    if (has_first)
        add_label(writer->out, first, true);
    if (has_second)
        add_label(writer->out, second, !has_first);
    if (has_first || has_second)
        buf_add_char(writer->out, '}');
    add_value(writer->out, value);
}

void metric_sample(struct metric_writer *writer, const struct metric *metric,
                   const char *label, struct str label_value, double value)
{
    const struct metric_label only = {label, label_value};
    metric_sample_labels(writer, metric, &only, NULL, value);
}

void metric_end(struct metric_writer *writer)
{
    if (writer->is_open_metrics)
        buf_add_c(writer->out, "# EOF\n");
}

void metric_observe(struct metric_histogram *histogram, int64_t us)
{
    size_t i = 0;
    while (i < METRIC_BUCKETS && us > bounds[i].us)
        i++;
    atomic_fetch_add_explicit(&histogram->counts[i], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum_us, us > 0 ? (uint64_t)us : 0,
                              memory_order_relaxed);
}

void metric_write_histogram(struct metric_writer *writer,
                            const struct metric *metric,
                            const struct metric_histogram *histogram)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        count +=
            atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
        buf_printf(writer->out, "%s_bucket{le=\"%s\"} %llu\n", metric->name,
                   i < METRIC_BUCKETS ? bounds[i].text : "+Inf",
                   (unsigned long long)count);
    }
    uint64_t sum_us =
        atomic_load_explicit(&histogram->sum_us, memory_order_relaxed);
    buf_printf(writer->out, "%s_sum %.6f\n%s_count %llu\n", metric->name,
               (double)sum_us / 1e6, metric->name, (unsigned long long)count);
}
