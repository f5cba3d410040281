// SPDX-License-Identifier: Apache-2.0
/* edge/shelf.h: every page the edge holds, within a budget of memory.
 *
 * Pinned pages always stay. The others go through two queues (after S3-FIFO,
 * Yang et al., SOSP 2023): a new page waits on a tenth of the budget and gets
 * to the main queue only if it was asked for again meanwhile, so that somebody
 * who reads the whole archive once pushes nothing out; in the main queue a page
 * that was asked for since the last round gets another one. */
#ifndef EDGE_SHELF_H
#define EDGE_SHELF_H

#include <stddef.h>

#include "base/err.h"
#include "base/map.h"
#include "link/page.h"

struct shelf_entry;

struct shelf_queue {
    struct shelf_entry *first; /* the oldest */
    struct shelf_entry *last;
    size_t bytes;
};

struct shelf {
    struct map entries; /* page key → struct shelf_entry */
    struct shelf_queue trial;
    struct shelf_queue main;
    size_t pinned_bytes;
    size_t budget_bytes;
};

void shelf_init(struct shelf *shelf, size_t budget_bytes);
void shelf_finish(struct shelf *shelf);

/* Puts page in place of the one of the same key; takes a reference of its own.
 * It may be evicted by the next shelf_evict. */
MUST_USE enum err shelf_put(struct shelf *shelf, struct page *page);

/* The page is not true any more. Whether it was there. */
bool shelf_drop(struct shelf *shelf, struct str key);

/* While the budget is exceeded: takes the page that is needed least off the
 * shelf and gives it with its reference; NULL when all is within. Pinned pages
 * count, but are never given. */
struct page *shelf_evict(struct shelf *shelf);

/* Borrowed, or NULL. */
struct page *shelf_find(const struct shelf *shelf, struct str key);

/* Walks over all: start with *position 0; NULL at the end. */
struct page *shelf_next(const struct shelf *shelf, size_t *position);

size_t shelf_bytes(const struct shelf *shelf);

#endif
