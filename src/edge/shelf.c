// SPDX-License-Identifier: Apache-2.0
#include "edge/shelf.h"

#include <assert.h>
#include <stdlib.h>

enum { TRIAL_SHARE = 10 }; /* a tenth of the budget */

struct shelf_entry {
    struct shelf_entry *previous, *next;
    struct shelf_queue *queue; /* NULL when pinned */
    struct page *page;
};

void shelf_init(struct shelf *shelf, size_t budget_bytes)
{
    assert(shelf);
    *shelf = (struct shelf){.budget_bytes = budget_bytes};
    map_init(&shelf->entries);
}

void shelf_finish(struct shelf *shelf)
{
    if (!shelf)
        return;
    size_t position = 0;
    struct shelf_entry *entry;
    while ((entry = map_next(&shelf->entries, &position, NULL))) {
        page_release(entry->page);
        free(entry);
    }
    map_finish(&shelf->entries);
}

static void enqueue(struct shelf_queue *queue, struct shelf_entry *entry)
{
    entry->queue = queue;
    entry->next = NULL;
    entry->previous = queue->last;
    if (queue->last)
        queue->last->next = entry;
    else
        queue->first = entry;
    queue->last = entry;
    queue->bytes += entry->page->bytes;
}

static void dequeue(struct shelf_entry *entry)
{
    struct shelf_queue *queue = entry->queue;
    *(entry->previous ? &entry->previous->next : &queue->first) = entry->next;
    *(entry->next ? &entry->next->previous : &queue->last) = entry->previous;
    queue->bytes -= entry->page->bytes;
    entry->queue = NULL;
}

/* Out of its queue, or out of what is pinned. */
static void unaccount(struct shelf *shelf, struct shelf_entry *entry)
{
    if (entry->queue)
        dequeue(entry);
    else
        shelf->pinned_bytes -= entry->page->bytes;
}

static void account(struct shelf *shelf, struct shelf_entry *entry,
                    struct shelf_queue *queue)
{
    if (entry->page->flags & PAGE_PINNED)
        shelf->pinned_bytes += entry->page->bytes;
    else
        enqueue(queue, entry);
}

enum err shelf_put(struct shelf *shelf, struct page *page)
{
    assert(shelf);
    assert(page);
    struct shelf_entry *entry = map_get(&shelf->entries, page->key);
    struct shelf_queue *queue = &shelf->trial;
    struct shelf_entry *fresh = NULL;
    if (!entry && !(entry = fresh = calloc(1, sizeof *entry)))
        return ERR_NO_MEMORY;
    /* The key lives in the page, so the map is told of the new one. */
    enum err err = map_set(&shelf->entries, page->key, entry, NULL);
    if (err) {
        free(fresh);
        return err;
    }
    if (!fresh) {
        if (entry->queue)
            queue = entry->queue; /* keeps the rank it has earned */
        unaccount(shelf, entry);
        page_release(entry->page);
    }
    entry->page = page_hold(page);
    account(shelf, entry, queue);
    return ERR_OK;
}

/* Off the shelf, the reference to the page is the caller's. */
static struct page *take(struct shelf *shelf, struct shelf_entry *entry)
{
    struct page *page = entry->page;
    unaccount(shelf, entry);
    map_remove(&shelf->entries, page->key);
    free(entry);
    return page;
}

bool shelf_drop(struct shelf *shelf, struct str key)
{
    assert(shelf);
    struct shelf_entry *entry = map_get(&shelf->entries, key);
    if (!entry)
        return false;
    page_release(take(shelf, entry));
    return true;
}

size_t shelf_bytes(const struct shelf *shelf)
{
    return shelf->pinned_bytes + shelf->trial.bytes + shelf->main.bytes;
}

static unsigned char hits_of(const struct shelf_entry *entry)
{
    return atomic_load_explicit(&entry->page->hits, memory_order_relaxed);
}

static void set_hits(struct shelf_entry *entry, unsigned char hits)
{
    atomic_store_explicit(&entry->page->hits, hits, memory_order_relaxed);
}

struct page *shelf_evict(struct shelf *shelf)
{
    assert(shelf);
    while (shelf_bytes(shelf) > shelf->budget_bytes) {
        bool trial_over =
            shelf->trial.bytes > shelf->budget_bytes / TRIAL_SHARE;
        struct shelf_entry *entry = trial_over || !shelf->main.first
                                        ? shelf->trial.first
                                        : shelf->main.first;
        if (!entry)
            return NULL; /* all that is left is pinned */
        unsigned char hits = hits_of(entry);
        if (entry->queue == &shelf->trial) {
            if (hits < 2) /* the one that had it printed does not count */
                return take(shelf, entry);
            set_hits(entry, 0);
        } else if (hits == 0) {
            return take(shelf, entry);
        } else {
            set_hits(entry, (unsigned char)(hits - 1));
        }
        dequeue(entry);
        enqueue(&shelf->main, entry);
    }
    return NULL;
}

struct page *shelf_find(const struct shelf *shelf, struct str key)
{
    assert(shelf);
    struct shelf_entry *entry = map_get(&shelf->entries, key);
    return entry ? entry->page : NULL;
}

struct page *shelf_next(const struct shelf *shelf, size_t *position)
{
    assert(shelf);
    struct shelf_entry *entry = map_next(&shelf->entries, position, NULL);
    return entry ? entry->page : NULL;
}
