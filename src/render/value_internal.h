// SPDX-License-Identifier: Apache-2.0
/* render/value_internal.h: how values lie in memory, for value.c and the
 * template machine, which looks names up by hashes made at compile time. */
#ifndef RENDER_VALUE_INTERNAL_H
#define RENDER_VALUE_INTERNAL_H

#include "base/arena.h"
#include "render/value.h"

/* An object that has more members than this gets an index. */
enum { VALUE_INDEX_FROM = 16 };

struct value_member {
    struct str key;
    uint32_t hash;
    const struct value *value;
};

struct value {
    enum value_kind kind;
    union {
        bool truth;
        int64_t number;
        struct str text;
        struct {
            struct arena *arena;
            union {
                const struct value **items;   /* list */
                struct value_member *members; /* object */
            };
            uint32_t count;
            uint32_t capacity;
            /* Of an object: open addressing, member + 1; twice as many slots
             * as capacity. NULL while it is small. */
            uint32_t *index;
        };
    };
};

/* FNV-1a: keys are the program's own, nobody can choose them to collide. */
static inline uint32_t value_hash(struct str key)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.ptr[i]) * 16777619u;
    return hash;
}

const struct value *value_get_hashed(const struct value *object, struct str key,
                                     uint32_t hash);

#endif
