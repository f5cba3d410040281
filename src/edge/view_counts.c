// SPDX-License-Identifier: Apache-2.0
#include "edge/view_counts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { CAPACITY_FIRST = 64, VERSION_BITS = 11 };

/* Slots keep article + 1, so that zeroed memory is empty. */

/* Ids are times: neighbours must not meet (Fibonacci hashing, Knuth 6.4). */
static size_t spread(uint64_t article)
{
    return (size_t)((article * UINT64_C(0x9E3779B97F4A7C15)) >> 32);
}

/* ---- counts ---- */

void view_counts_init(struct view_counts *counts, size_t count_max)
{
    *counts = (struct view_counts){.count_max = count_max};
}

void view_counts_finish(struct view_counts *counts)
{
    free(counts->slots);
    counts->slots = NULL;
    counts->capacity = counts->count = 0;
}

/* The article's slot, or the free one where it would stand. */
static struct views_pair *find(const struct view_counts *counts,
                               uint64_t article)
{
    size_t at = spread(article) & (counts->capacity - 1);
    while (counts->slots[at].article &&
           counts->slots[at].article != article + 1)
        at = (at + 1) & (counts->capacity - 1);
    return &counts->slots[at];
}

static enum err grow(struct view_counts *counts)
{
    struct view_counts grown = *counts;
    grown.capacity = counts->capacity ? counts->capacity * 2 : CAPACITY_FIRST;
    grown.slots = calloc(grown.capacity, sizeof *grown.slots);
    if (!grown.slots)
        return ERR_NO_MEMORY;
    struct views_pair pair;
    size_t position = 0;
    while (view_counts_next(counts, &position, &pair))
        *find(&grown, pair.article) =
            (struct views_pair){pair.article + 1, pair.count};
    free(counts->slots);
    *counts = grown;
    return ERR_OK;
}

enum err view_counts_add(struct view_counts *counts, uint64_t article,
                         int64_t views)
{
    assert(views >= 0);
    if (counts->count * 2 >= counts->capacity) {
        enum err err = grow(counts);
        if (err)
            return err;
    }
    struct views_pair *slot = find(counts, article);
    if (!slot->article) {
        if (counts->count >= counts->count_max)
            return ERR_TOO_LONG;
        slot->article = article + 1;
        counts->count++;
    }
    slot->count += views;
    return ERR_OK;
}

bool view_counts_has(const struct view_counts *counts, uint64_t article)
{
    return counts->count && find(counts, article)->article;
}

bool view_counts_next(const struct view_counts *counts, size_t *position,
                      struct views_pair *ret_pair)
{
    while (*position < counts->capacity) {
        const struct views_pair *slot = &counts->slots[(*position)++];
        if (!slot->article)
            continue;
        *ret_pair = (struct views_pair){slot->article - 1, slot->count};
        return true;
    }
    return false;
}

void view_counts_clear(struct view_counts *counts)
{
    if (counts->count)
        memset(counts->slots, 0, counts->capacity * sizeof *counts->slots);
    counts->count = 0;
}

/* ---- totals ---- */

static_assert((VIEW_TOTALS & (VIEW_TOTALS - 1)) == 0, "a power of two");

enum { ROWS = VIEW_TOTALS / VIEW_TOTALS_WAYS };

enum err view_totals_init(struct view_totals *totals)
{
    totals->entries = calloc(VIEW_TOTALS, sizeof *totals->entries);
    return totals->entries ? ERR_OK : ERR_NO_MEMORY;
}

void view_totals_finish(struct view_totals *totals)
{
    free(totals->entries);
    totals->entries = NULL;
}

static struct view_total *row_of(const struct view_totals *totals,
                                 uint64_t article)
{
    return &totals->entries[(spread(article) & (ROWS - 1)) * VIEW_TOTALS_WAYS];
}

/* An entry's article is its number + 1 above a version that grows each time the
 * entry becomes another's: who reads a number between two equal articles has
 * read that article's. */
static uint64_t name_of(uint64_t article, uint64_t version)
{
    return (article + 1) << VERSION_BITS |
           (version & ((1u << VERSION_BITS) - 1));
}

static bool is_named(uint64_t name, uint64_t article)
{
    return name >> VERSION_BITS == article + 1;
}

void view_totals_set(struct view_totals *totals, struct views_pair total)
{
    struct view_total *row = row_of(totals, total.article);
    size_t at = 0;
    uint64_t name;
    do
        name = atomic_load_explicit(&row[at].article, memory_order_relaxed);
    while (!is_named(name, total.article) && ++at < VIEW_TOTALS_WAYS);
    if (at < VIEW_TOTALS_WAYS) {
        atomic_store(&row[at].views, total.count);
        return;
    }
    /* The others move down; the last one falls out. */
    for (at = VIEW_TOTALS_WAYS - 1; at > 0; at--) {
        uint64_t version = atomic_load(&row[at].article);
        uint64_t moved = atomic_load(&row[at - 1].article) >> VERSION_BITS;
        atomic_store(&row[at].article, 0);
        atomic_store(&row[at].views, atomic_load(&row[at - 1].views));
        if (moved)
            atomic_store(&row[at].article, name_of(moved - 1, version + 1));
    }
    uint64_t version = atomic_load(&row[0].article);
    atomic_store(&row[0].article, 0);
    atomic_store(&row[0].views, total.count);
    atomic_store(&row[0].article, name_of(total.article, version + 1));
}

int64_t view_totals_get(const struct view_totals *totals, uint64_t article)
{
    struct view_total *row = row_of(totals, article);
    for (size_t at = 0; at < VIEW_TOTALS_WAYS; at++) {
        uint64_t name = atomic_load(&row[at].article);
        if (!is_named(name, article))
            continue;
        int64_t views = atomic_load(&row[at].views);
        if (atomic_load(&row[at].article) == name)
            return views;
    }
    return -1;
}
