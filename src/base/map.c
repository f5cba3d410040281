// SPDX-License-Identifier: Apache-2.0
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"

enum { FIRST_CAPACITY = 16 };

void map_init(struct map *map)
{
    assert(map);
    *map = (struct map){0};
}

void map_finish(struct map *map)
{
    if (!map)
        return;
    free(map->slots);
    *map = (struct map){0};
}

/* The slot that holds key, or the free one where it would go. */
static struct map_slot *find_slot(const struct map *map, struct str key,
                                  uint64_t hash)
{
    size_t mask = map->capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];
        if (!slot->value || (slot->hash == hash && str_eq(slot->key, key)))
            return slot;
    }
}

void *map_get_hashed(const struct map *map, struct str key, uint64_t hash)
{
    assert(map);
    return map->capacity ? find_slot(map, key, hash)->value : NULL;
}

void *map_get(const struct map *map, struct str key)
{
    return map_get_hashed(map, key, hash_str(key));
}

static enum err grow(struct map *map)
{
    struct map larger = {
        .capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY,
        .count = map->count,
    };
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct map_slot *slot = &map->slots[i];
        if (slot->value)
            *find_slot(&larger, slot->key, slot->hash) = *slot;
    }
    free(map->slots);
    *map = larger;
    return ERR_OK;
}

enum err map_set(struct map *map, struct str key, void *value, void **ret_old)
{
    assert(map);
    assert(value);
    if (map->count * 4 >= map->capacity * 3) {
        enum err err = grow(map);
        if (err)
            return err;
    }
    uint64_t hash = hash_str(key);
    struct map_slot *slot = find_slot(map, key, hash);
    if (ret_old)
        *ret_old = slot->value;
    map->count += !slot->value;
    *slot = (struct map_slot){hash, key, value};
    return ERR_OK;
}

/* Moves later entries of the same run forward, so that no probe is cut. */
static void close_gap(struct map *map, size_t gap)
{
    size_t mask = map->capacity - 1;
    for (size_t i = (gap + 1) & mask; map->slots[i].value; i = (i + 1) & mask) {
        size_t home = map->slots[i].hash & mask;
        if (((i - home) & mask) >= ((i - gap) & mask)) {
            map->slots[gap] = map->slots[i];
            gap = i;
        }
    }
    map->slots[gap] = (struct map_slot){0};
}

void *map_remove(struct map *map, struct str key)
{
    assert(map);
    if (!map->capacity)
        return NULL;
    struct map_slot *slot = find_slot(map, key, hash_str(key));
    void *value = slot->value;
    if (value) {
        map->count--;
        close_gap(map, (size_t)(slot - map->slots));
    }
    return value;
}

void *map_next(const struct map *map, size_t *position, struct str *ret_key)
{
    assert(map);
    assert(position);
    while (*position < map->capacity) {
        const struct map_slot *slot = &map->slots[(*position)++];
        if (slot->value) {
            if (ret_key)
                *ret_key = slot->key;
            return slot->value;
        }
    }
    return NULL;
}
