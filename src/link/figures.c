// SPDX-License-Identifier: Apache-2.0
#include "link/figures.h"

#include <stdio.h>
#include <string.h>

#include "link/wire.h"

enum edge_family {
#define X(name, type, label, help) FAMILY_##name,
    EDGE_FAMILIES(X)
#undef X
        FAMILY_COUNT
};

static const struct {
    struct metric metric;
    const char *label;
} families[FAMILY_COUNT] = {
#define X(name, type, label, help) \
    {{"broadsheet_edge_" #name, type, help}, label},
    EDGE_FAMILIES(X)
#undef X
};

static const struct {
    enum edge_family family;
    const char *value; /* of the family's label */
} figures_table[EDGE_FIGURE_COUNT] = {
#define X(name, family, value) {FAMILY_##family, value},
    EDGE_FIGURES(X)
#undef X
};

void edge_figures_write(const struct edge_figures *figures, struct buf *out)
{
    for (size_t i = 0; i < EDGE_FIGURE_COUNT; i++)
        wire_put_u64(out, figures->values[i]);
}

enum err edge_figures_read(struct str payload, struct edge_figures *ret_figures)
{
    struct wire_reader reader = {.rest = payload};
    *ret_figures = (struct edge_figures){{0}};
    for (size_t i = 0; reader.rest.len && !reader.bad; i++) {
        uint64_t value = wire_get_u64(&reader);
        if (i < EDGE_FIGURE_COUNT)
            ret_figures->values[i] = value;
    }
    return reader.bad ? ERR_INVALID : ERR_OK;
}

static void write_figure(struct metric_writer *writer, size_t figure,
                         const struct edge_told *told)
{
    char number[16];
    int len = snprintf(number, sizeof number, "%u", told->edge);
    enum edge_family family = figures_table[figure].family;
    const struct metric_label edge = {"edge", str_of(number, (size_t)len)};
    const struct metric_label label = {families[family].label,
                                       str_from_c(figures_table[figure].value)};
    metric_sample_labels(writer, &families[family].metric, &edge, &label,
                         (double)told->figures.values[figure]);
}

void edge_figures_write_metrics(struct metric_writer *writer,
                                const struct edge_told *edges, size_t count)
{
    for (size_t family = 0; family < FAMILY_COUNT; family++) {
        metric_family(writer, &families[family].metric);
        for (size_t i = 0; i < count * EDGE_FIGURE_COUNT; i++) {
            size_t figure = i % EDGE_FIGURE_COUNT;
            if (figures_table[figure].family == (enum edge_family)family)
                write_figure(writer, figure, &edges[i / EDGE_FIGURE_COUNT]);
        }
    }
}
