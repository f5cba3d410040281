// SPDX-License-Identifier: Apache-2.0
#include "edge/live_viewers.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/log.h"

enum {
    WAYS = 16,
    BUCKETS = LIVE_VIEWERS_ENTRIES / WAYS,
    TIME_BITS = 24, /* of milliseconds: 4 hours, compared modulo */
    FORGET_MS = 60 * 1000,
};

#define TIME_MASK ((UINT64_C(1) << TIME_BITS) - 1)

/* An entry: 40 bits of the token's hash, never 0, and when it was seen. */
struct live_viewers_table {
    atomic_uint references;
    _Atomic uint64_t entries[LIVE_VIEWERS_ENTRIES];
};

struct live_viewers_table *live_viewers_create(void)
{
    struct live_viewers_table *table = calloc(1, sizeof *table);
    if (!table)
        log_panic("no memory for television");
    atomic_init(&table->references, 1);
    return table;
}

struct live_viewers_table *live_viewers_hold(struct live_viewers_table *table)
{
    atomic_fetch_add(&table->references, 1);
    return table;
}

void live_viewers_release(struct live_viewers_table *table)
{
    if (table && atomic_fetch_sub(&table->references, 1) == 1)
        free(table);
}

static uint64_t time_of(int64_t now_us)
{
    return (uint64_t)(now_us / 1000) & TIME_MASK;
}

/* How long ago, of what was at most four hours. */
static uint64_t age(uint64_t entry, uint64_t now)
{
    return (now - (entry & TIME_MASK)) & TIME_MASK;
}

static bool is_present(uint64_t entry, uint64_t now)
{
    return entry && age(entry, now) < LIVE_VIEWERS_WINDOW_MS;
}

static bool is_token(struct str token)
{
    for (size_t i = 0; i < token.len; i++) {
        char c = token.ptr[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return token.len == LIVE_TOKEN_BYTES;
}

void live_viewers_see(struct live_viewers_table *table, struct str token,
                      int64_t now_us)
{
    if (!is_token(token))
        return;
    uint64_t hash = hash_str(token), now = time_of(now_us);
    uint64_t tag = hash & ~TIME_MASK;
    _Atomic uint64_t *bucket = table->entries + (size_t)(hash % BUCKETS) * WAYS;
    if (!tag)
        tag = TIME_MASK + 1;
    /* Of two entries of one token, which two threads might make, one goes out
     * of date. */
    size_t oldest = 0;
    uint64_t oldest_age = 0, oldest_entry = 0;
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&bucket[i]);
        if ((entry & ~TIME_MASK) == tag) {
            atomic_store(&bucket[i], tag | now);
            return;
        }
        uint64_t entry_age = entry ? age(entry, now) : TIME_MASK;
        if (entry_age > oldest_age) {
            oldest = i;
            oldest_age = entry_age;
            oldest_entry = entry;
        }
    }
    atomic_compare_exchange_strong(&bucket[oldest], &oldest_entry, tag | now);
}

unsigned live_viewers_count(struct live_viewers_table *table, int64_t now_us)
{
    uint64_t now = time_of(now_us);
    unsigned count = 0;
    for (size_t i = 0; i < LIVE_VIEWERS_ENTRIES; i++) {
        uint64_t entry = atomic_load(&table->entries[i]);
        if (is_present(entry, now))
            count++;
        else if (entry && age(entry, now) > FORGET_MS)
            atomic_compare_exchange_strong(&table->entries[i], &entry, 0);
    }
    return count;
}
