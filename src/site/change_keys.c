// SPDX-License-Identifier: Apache-2.0
#include "site/change_keys.h"

#include "base/arena.h"

static void grow(struct change_keys *keys)
{
    size_t capacity = keys->capacity ? keys->capacity * 2 : 16;
    struct str *at = arena_array(keys->arena, struct str, capacity);
    if (keys->count)
        memcpy(at, keys->at, keys->count * sizeof *at);
    keys->at = at;
    keys->capacity = capacity;
}

void change_keys_add(struct change_keys *keys, struct str kind,
                     struct str value)
{
    struct str key = arena_concat(keys->arena, kind, value);
    for (size_t i = 0; i < keys->count; i++) {
        if (str_eq(keys->at[i], key))
            return;
    }
    if (keys->count == keys->capacity)
        grow(keys);
    keys->at[keys->count++] = key;
}

void change_keys_add_in(struct change_keys *keys, struct str kind,
                        struct str lang, struct str slug)
{
    change_keys_add(keys, kind,
                    arena_printf(keys->arena, "%" PRI_STR "/%" PRI_STR,
                                 ARG_STR(lang), ARG_STR(slug)));
}
