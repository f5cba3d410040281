// SPDX-License-Identifier: Apache-2.0
/* site/change_keys.h: the change keys that a page was made from, each once. */
#ifndef SITE_CHANGE_KEYS_H
#define SITE_CHANGE_KEYS_H

#include <stddef.h>

#include "base/str.h"

struct arena;

struct change_keys {
    struct arena *arena;
    struct str *at;
    size_t count, capacity;
};

/* Adds kind and value as one key ("article:" and the id); copied. */
void change_keys_add(struct change_keys *keys, struct str kind,
                     struct str value);

/* The same for "category:en/politics": three pieces. */
void change_keys_add_in(struct change_keys *keys, struct str kind,
                        struct str lang, struct str slug);

#endif
