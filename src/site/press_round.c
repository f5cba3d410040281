// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "content/content.h"
#include "site/press_internal.h"
#include "site/printer.h"
#include "site/site.h"

enum {
    CHANGES_AT_ONCE = 1000,
    /* A round with more changed articles than this is an import: their pages
     * are printed ahead in the background, nobody waits for them. */
    ARTICLES_PRINTED_AT_ONCE = 32,
    SITEMAP_MEMORY_SHARE = 2,  /* half of the memory for pages at most */
    PINNED_TOO_MANY_MAX = 200, /* then the set of pinned pages is listed anew */
};

enum err press_read_changes(struct press *press, int64_t seq,
                            struct arena *arena,
                            struct change_list *ret_changes,
                            struct fault *fault)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    enum err err =
        change_read(lease.db, seq, CHANGES_AT_ONCE, arena, ret_changes);
    return err ? db_fault(lease.db, err, fault) : ERR_OK;
}

/* ---- what a change touches ---- */

static void mark_sheet(void *context, struct sheet *sheet)
{
    size_t *count = context;
    *count += !sheet->marked;
    sheet->marked = true;
}

/* Acts on all sheets that are marked and takes the marks away. */
static void act_on_marked(struct press *press, size_t count,
                          enum print_cause cause)
{
    size_t position = 0, found = 0;
    struct sheet *sheet;
    struct sheet **marked = calloc(count, sizeof(struct sheet *));
    if (!marked)
        log_panic("no memory to print changed pages");
    while (found < count && (sheet = sheets_next(&press->sheets, &position))) {
        if (sheet->marked)
            marked[found++] = sheet;
        sheet->marked = false;
    }
    for (size_t i = 0; i < found; i++) {
        if (marked[i]->pinned && marked[i]->keeping == SITE_KEPT)
            press_order(press, marked[i]->key, cause, true, 0);
        else
            press_drop(press, marked[i]);
    }
    free(marked);
}

void press_reprint_all(struct press *press)
{
    size_t position = 0, count = 0;
    struct sheet *sheet;
    while ((sheet = sheets_next(&press->sheets, &position)))
        mark_sheet(&count, sheet);
    if (count)
        act_on_marked(press, count, PRINT_AHEAD);
}

/* Prints under way look here for what they missed. */
static void remember(struct press *press, int64_t seq, struct str key)
{
    if (press->recent_count == press->recent_capacity) {
        size_t capacity =
            press->recent_capacity ? press->recent_capacity * 2 : 256;
        struct recent_change *grown =
            realloc(press->recent, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for recent changes");
        press->recent = grown;
        press->recent_capacity = capacity;
    }
    char *copy = malloc(key.len + 1);
    if (!copy)
        log_panic("no memory for recent changes");
    memcpy(copy, key.ptr, key.len);
    press->recent[press->recent_count++] =
        (struct recent_change){seq, str_of(copy, key.len)};
}

static void forget_old(struct press *press)
{
    int64_t oldest = INT64_MAX;
    for (unsigned i = 0; i < press->printers_running; i++) {
        if (press->running_since[i] < oldest)
            oldest = press->running_since[i];
    }
    size_t old = 0;
    while (old < press->recent_count && press->recent[old].seq <= oldest)
        free((char *)(uintptr_t)press->recent[old++].key.ptr);
    press->recent_count -= old;
    if (press->recent_count)
        memmove(press->recent, press->recent + old,
                press->recent_count * sizeof *press->recent);
}

/* ---- articles that are new ---- */

/* The pages of articles among the changes that should be ready at once. */
struct fresh_pages {
    struct str keys[ARTICLES_PRINTED_AT_ONCE];
    size_t count;
    bool too_many;
};

static void collect_fresh(struct press *press,
                          const struct change_list *changes,
                          struct arena *arena, struct fresh_pages *fresh)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    for (size_t i = 0; i < changes->count; i++) {
        struct str key = changes->changes[i].key;
        if (!str_starts_with(key, STR("article:")))
            continue;
        struct str page_key;
        if (fresh->count == ARTICLES_PRINTED_AT_ONCE) {
            fresh->too_many = true;
            return;
        }
        if (!site_article_page(press->config.site, lease.db,
                               str_from(key, sizeof "article:" - 1), arena,
                               &page_key))
            fresh->keys[fresh->count++] = page_key;
    }
}

/* ---- the round ---- */

static bool changes_pins(struct str key)
{
    static const struct str structural[] = {
        STR_INIT("categories"), STR_INIT("languages"), STR_INIT("settings"),
        STR_INIT("theme")};
    for (size_t i = 0; i < sizeof structural / sizeof *structural; i++) {
        if (str_eq(key, structural[i]))
            return true;
    }
    return false;
}

static void apply(struct press *press, const struct change_list *changes)
{
    size_t marked = 0;
    for (size_t i = 0; i < changes->count; i++) {
        const struct change *change = &changes->changes[i];
        remember(press, change->seq, change->key);
        sheets_each_of(&press->sheets, change->key, mark_sheet, &marked);
        press->pins_wanted += changes_pins(change->key);
        if (str_starts_with(change->key, STR("views:")))
            press_views_ask(press->views,
                            str_from(change->key, sizeof "views:" - 1));
        press->applied_seq = change->seq;
    }
    if (marked)
        act_on_marked(press, marked, PRINT_FOR_CHANGE);
}

/* An article whose page nobody has had yet is pinned if it is new. */
static void order_fresh(struct press *press, const struct fresh_pages *fresh)
{
    for (size_t i = 0; i < fresh->count; i++) {
        if (sheets_find(&press->sheets, fresh->keys[i]))
            continue;
        press_order(press, fresh->keys[i], PRINT_FOR_CHANGE, true, 0);
        press->pinned_since++;
    }
    /* They push out the oldest, but not one at a time. */
    if (fresh->too_many || press->pinned_since > PINNED_TOO_MANY_MAX) {
        press->pins_wanted++;
        press->pinned_since = 0;
    }
}

void press_round(struct press *press, struct arena *arena)
{
    struct change_list changes = {0};
    struct fresh_pages fresh = {.count = 0};
    struct fault fault;
    pthread_mutex_lock(&press->lock);
    int64_t wanted_seq = press->wanted_seq;
    pthread_mutex_unlock(&press->lock);
    enum err err =
        press_read_changes(press, press->applied_seq, arena, &changes, &fault);
    if (err)
        log_error("the log of changes cannot be read",
                  LOG_C("cause", fault_text(&fault)));
    else if (changes.count)
        collect_fresh(press, &changes, arena, &fresh);

    pthread_mutex_lock(&press->lock);
    if (!err && !changes.count && press->wanted_seq == wanted_seq)
        press->wanted_seq = press->applied_seq; /* there is no such change */
    bool news = press->edges_new || changes.count ||
                press->marked_edition != press->edition;
    if (press->edges_new)
        press_welcome_edges(press, arena);
    apply(press, &changes);
    order_fresh(press, &fresh);
    while (press->changes_open && !press->stopping)
        pthread_cond_wait(&press->done, &press->lock);
    if (news && !press->stopping) {
        press->printed_seq = press->applied_seq;
        press->marked_edition = press->edition;
        press_mark(press);
        forget_old(press);
        pthread_cond_broadcast(&press->done);
    }
    pthread_mutex_unlock(&press->lock);
}

/* ---- pinned pages ---- */

struct pin {
    struct str page_key;
    bool bulk;
};

/* With a copy here, or, in bulk, with every edge. */
static bool is_ready(const struct press *press, const struct sheet *sheet)
{
    return sheet->payload ||
           (sheet->keeping == SITE_KEPT_IN_BULK && sheet->pinned &&
            !(press->edges_known & ~sheet->held_by));
}

static void pin(struct press *press, const struct pin *pin)
{
    struct sheet *sheet = sheets_find(&press->sheets, pin->page_key);
    if (sheet)
        sheet->marked = true;
    if (!sheet || !is_ready(press, sheet))
        press_order(press, pin->page_key,
                    pin->bulk ? PRINT_IN_BULK : PRINT_AHEAD, true, 0);
}

/* Pinned, but not to be: dropped, and printed when somebody asks. */
static void unpin_unmarked(struct press *press)
{
    size_t position = 0, count = 0;
    struct sheet *sheet;
    struct sheet **unpinned =
        calloc(press->sheets.by_key.count + 1, sizeof(struct sheet *));
    if (!unpinned)
        log_panic("no memory to pin pages");
    while ((sheet = sheets_next(&press->sheets, &position))) {
        if (sheet->pinned && !sheet->marked)
            unpinned[count++] = sheet;
        sheet->marked = false;
    }
    for (size_t i = 0; i < count; i++)
        press_drop(press, unpinned[i]);
    free(unpinned);
}

struct pin_list {
    struct pin *pins;
    size_t count, capacity;
    struct arena *arena;
};

static void add_pin(void *context, struct str page_key, bool bulk)
{
    struct pin_list *list = context;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 1024;
        struct pin *grown = arena_array(list->arena, struct pin, capacity);
        if (list->count)
            memcpy(grown, list->pins, list->count * sizeof *grown);
        list->pins = grown;
        list->capacity = capacity;
    }
    list->pins[list->count++] =
        (struct pin){arena_copy(list->arena, page_key), bulk};
}

void press_pin(struct press *press, struct arena *arena)
{
    struct pin_list list = {.arena = arena};
    struct fault fault;
    pthread_mutex_lock(&press->lock);
    uint64_t wanted = press->pins_wanted;
    pthread_mutex_unlock(&press->lock);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(press->config.content);
    struct site_pin_limits limits = {
        .newest = press->config.newest_pinned,
        .sitemap_bytes = press->config.page_memory / SITEMAP_MEMORY_SHARE,
    };
    enum err err = site_pinned(press->config.site, lease.db, &limits, arena,
                               add_pin, &list, &fault);
    if (err) {
        log_error("the pages to keep ready cannot be listed",
                  LOG_C("cause", fault_text(&fault)));
        return;
    }
    pthread_mutex_lock(&press->lock);
    for (size_t i = 0; i < list.count; i++)
        pin(press, &list.pins[i]);
    unpin_unmarked(press);
    press->pins_done = wanted;
    pthread_cond_broadcast(&press->done);
    pthread_mutex_unlock(&press->lock);
}
