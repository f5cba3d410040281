// SPDX-License-Identifier: Apache-2.0
/* edge/view_counts.h: numbers by article: those that one thread has counted and
 * not handed over yet, and the totals that the desk told, which all threads
 * look up without a lock. An article is its id_number. */
#ifndef EDGE_VIEW_COUNTS_H
#define EDGE_VIEW_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "link/views.h"

/* ---- What was counted: of one thread --------------------------------------
 */

struct view_counts {
    struct views_pair *slots; /* open addressing; article 0 + 1 … */
    size_t capacity;          /* a power of two, or 0 */
    size_t count;             /* articles */
    size_t count_max;
};

/* Nothing is allocated before the first one. */
void view_counts_init(struct view_counts *counts, size_t count_max);
void view_counts_finish(struct view_counts *counts);

/* Adds views (0 notes that somebody wants to know the total). ERR_TOO_LONG when
 * count_max articles are there and this is another one; ERR_NO_MEMORY. */
MUST_USE enum err view_counts_add(struct view_counts *counts, uint64_t article,
                                  int64_t views);

bool view_counts_has(const struct view_counts *counts, uint64_t article);

/* Walks over all: start with *position 0; false at the end. */
bool view_counts_next(const struct view_counts *counts, size_t *position,
                      struct views_pair *ret_pair);

/* Empties it and keeps its memory. */
void view_counts_clear(struct view_counts *counts);

/* ---- Totals: written by one thread, read by all ---------------------------
 */

enum { VIEW_TOTALS = 1 << 16, VIEW_TOTALS_WAYS = 4 };

struct view_totals {
    struct view_total {
        _Atomic uint64_t article; /* 0: none; see view_counts.c */
        _Atomic int64_t views;
    } * entries;
};

MUST_USE enum err view_totals_init(struct view_totals *totals);
void view_totals_finish(struct view_totals *totals);

/* In a full row the one that was told longest ago makes room. */
void view_totals_set(struct view_totals *totals, struct views_pair total);

/* -1 when the desk did not tell, or too long ago. */
int64_t view_totals_get(const struct view_totals *totals, uint64_t article);

#endif
