// SPDX-License-Identifier: Apache-2.0
/* base/map.h: a hash map from text to a pointer. The keys are borrowed: they
 * must live as long as their entry (usually inside the value). Not for two
 * threads at once. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

struct map_slot {
    uint64_t hash;
    struct str key;
    void *value; /* NULL when the slot is free */
};

struct map {
    struct map_slot *slots; /* open addressing, linear probing */
    size_t capacity;        /* a power of two, or 0 */
    size_t count;
};

void map_init(struct map *map);
void map_finish(struct map *map); /* the values are the caller's */

/* The value, or NULL. Takes no lock and no memory. */
void *map_get(const struct map *map, struct str key);

/* The same when the caller has hash_str(key) already. */
void *map_get_hashed(const struct map *map, struct str key, uint64_t hash);

/* Sets key to value (never NULL). What was there before goes to ret_old, or
 * NULL; the old key is replaced by the new one. ERR_NO_MEMORY leaves the map
 * as it was. */
MUST_USE enum err map_set(struct map *map, struct str key, void *value,
                          void **ret_old);

/* Takes the entry out and gives its value, or NULL. */
void *map_remove(struct map *map, struct str key);

/* Walks over all entries in no order: start with *position 0; NULL at the end.
 * The map may not change meanwhile. */
void *map_next(const struct map *map, size_t *position, struct str *ret_key);

#endif
