// SPDX-License-Identifier: Apache-2.0
#include "edge/readers.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/time.h"

enum {
    WAYS = 8, /* entries of a bucket */
    BUCKETS = READERS_ENTRIES / WAYS,
    CACHE_LINE_BYTES = 64,
    STAMP_BITS = 28,        /* seconds since the table was made: eight years */
    USER_AGENT_BYTES = 256, /* that tell readers of one address apart */
};

#define STAMP_MASK ((UINT64_C(1) << STAMP_BITS) - 1)

struct key {
    _Atomic uint64_t words[2];
};

struct readers {
    _Alignas(CACHE_LINE_BYTES) _Atomic uint64_t entries[READERS_ENTRIES];
    struct key keys[2];
    atomic_uint generation; /* its lowest bit says which key is in use */
    _Atomic int64_t turned_us;
    int64_t began_us;
    void *memory; /* what the struct lies in, aligned */
};

static_assert(sizeof(_Atomic uint64_t) * WAYS == CACHE_LINE_BYTES,
              "a bucket is a line");
static_assert((BUCKETS & (BUCKETS - 1)) == 0, "buckets are a power of two");
static_assert(READERS_KEY_S + READERS_WINDOW_S < 24 * 3600,
              "no key lives for a day");

static void make_key(struct key *key)
{
    uint64_t words[2];
    random_bytes(words, sizeof words);
    for (size_t i = 0; i < 2; i++)
        atomic_store_explicit(&key->words[i], words[i], memory_order_relaxed);
}

static void wipe_key(struct key *key)
{
    for (size_t i = 0; i < 2; i++)
        atomic_store_explicit(&key->words[i], 0, memory_order_relaxed);
}

enum err readers_create(int64_t now_us, struct readers **ret_readers)
{
    assert(ret_readers);
    /* Zeroed by the system, page by page when it is used: a small paper never
     * needs all of it. */
    char *memory = calloc(1, sizeof(struct readers) + CACHE_LINE_BYTES);
    if (!memory)
        return ERR_NO_MEMORY;
    size_t skip = CACHE_LINE_BYTES - (uintptr_t)memory % CACHE_LINE_BYTES;
    struct readers *readers = (struct readers *)(void *)(memory + skip);
    readers->memory = memory;
    readers->began_us = now_us;
    atomic_store(&readers->turned_us, now_us);
    make_key(&readers->keys[0]);
    *ret_readers = readers;
    return ERR_OK;
}

void readers_destroy(struct readers *readers)
{
    if (readers)
        free(readers->memory);
}

void readers_turn_key(struct readers *readers, int64_t now_us)
{
    unsigned generation = atomic_load(&readers->generation);
    int64_t age_us = now_us - atomic_load(&readers->turned_us);
    struct key *other = &readers->keys[(generation + 1) & 1];
    if (age_us >= READERS_KEY_S * TIME_US_PER_SECOND) {
        make_key(other);
        atomic_store(&readers->turned_us, now_us);
        atomic_store(&readers->generation, generation + 1);
    } else if (age_us >= READERS_WINDOW_S * TIME_US_PER_SECOND) {
        wipe_key(other);
    }
}

/* ---- who and what, as text to be hashed ---- */

struct reading {
    char bytes[ADDRESS_IP_BYTES + sizeof(uint64_t) + USER_AGENT_BYTES];
    size_t len;
};

static void describe(struct reading *reading, const struct address_peer *reader,
                     struct str user_agent, uint64_t article)
{
    struct str client = address_peer_client(reader);
    if (user_agent.len > USER_AGENT_BYTES)
        user_agent = str_slice(user_agent, 0, USER_AGENT_BYTES);
    char *at = reading->bytes;
    memset(at, 0, ADDRESS_IP_BYTES);
    memcpy(at, client.ptr, client.len);
    memcpy(at + ADDRESS_IP_BYTES, &article, sizeof article);
    at += ADDRESS_IP_BYTES + sizeof article;
    if (user_agent.len)
        memcpy(at, user_agent.ptr, user_agent.len);
    reading->len = (size_t)(at - reading->bytes) + user_agent.len;
}

static uint64_t hash_with(struct key *key, const struct reading *reading)
{
    uint64_t words[2];
    for (size_t i = 0; i < 2; i++)
        words[i] = atomic_load_explicit(&key->words[i], memory_order_relaxed);
    return hash_keyed(words, str_of(reading->bytes, reading->len));
}

/* ---- the table ---- */

/* The low bits of a hash choose the bucket, the high ones stay in the entry,
 * above its time. */
static _Atomic uint64_t *bucket_of(struct readers *readers, uint64_t hash)
{
    return &readers->entries[(hash & (BUCKETS - 1)) * WAYS];
}

static bool is_fresh(uint64_t entry, uint64_t stamp)
{
    uint64_t made = entry & STAMP_MASK;
    /* Another thread's turn of the loop may have begun a moment later. */
    return made && stamp < made + READERS_WINDOW_S;
}

/* Whether hash was admitted within the window; looks only. */
static bool is_known(struct readers *readers, uint64_t hash, uint64_t stamp)
{
    _Atomic uint64_t *bucket = bucket_of(readers, hash);
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&bucket[i]);
        if (((entry ^ hash) & ~STAMP_MASK) == 0 && is_fresh(entry, stamp))
            return true;
    }
    return false;
}

/* Where the hash stands, or else the oldest of its bucket: a choice that all
 * threads make alike, so that two that admit the same reader at once want the
 * same entry, and one of them finds it changed and looks again. */
static size_t choose(_Atomic uint64_t *bucket, uint64_t hash,
                     uint64_t *ret_entry)
{
    size_t oldest = 0;
    uint64_t oldest_entry = UINT64_MAX;
    for (size_t i = 0; i < WAYS; i++) {
        uint64_t entry = atomic_load(&bucket[i]);
        if ((entry & STAMP_MASK) && ((entry ^ hash) & ~STAMP_MASK) == 0) {
            *ret_entry = entry;
            return i;
        }
        if (i == 0 || (entry & STAMP_MASK) < (oldest_entry & STAMP_MASK)) {
            oldest = i;
            oldest_entry = entry;
        }
    }
    *ret_entry = oldest_entry;
    return oldest;
}

static bool admit(struct readers *readers, uint64_t hash, uint64_t stamp)
{
    _Atomic uint64_t *bucket = bucket_of(readers, hash);
    for (;;) {
        uint64_t entry;
        size_t at = choose(bucket, hash, &entry);
        bool same = ((entry ^ hash) & ~STAMP_MASK) == 0;
        if (same && is_fresh(entry, stamp))
            return false;
        uint64_t mine = (hash & ~STAMP_MASK) | stamp;
        if (atomic_compare_exchange_strong(&bucket[at], &entry, mine))
            return true;
    }
}

bool readers_admit(struct readers *readers, const struct address_peer *reader,
                   struct str user_agent, uint64_t article, int64_t now_us)
{
    struct reading reading;
    describe(&reading, reader, user_agent, article);
    /* 0 is an entry that was never used. */
    uint64_t stamp =
        (uint64_t)((now_us - readers->began_us) / TIME_US_PER_SECOND + 1) &
        STAMP_MASK;
    unsigned generation = atomic_load(&readers->generation);
    int64_t age_us = now_us - atomic_load(&readers->turned_us);
    if (generation && age_us < READERS_WINDOW_S * TIME_US_PER_SECOND &&
        is_known(readers,
                 hash_with(&readers->keys[(generation + 1) & 1], &reading),
                 stamp))
        return false;
    return admit(readers, hash_with(&readers->keys[generation & 1], &reading),
                 stamp);
}
