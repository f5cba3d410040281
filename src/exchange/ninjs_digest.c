// SPDX-License-Identifier: Apache-2.0
/* By what an item is known again. Each value goes in with its kind and, where
 * it has one, its length before it, so that no two items come to the same
 * bytes.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "exchange/ninjs_internal.h"

static void add_value(struct digest *digest, const json_t *value,
                      struct arena *arena);

static void add_head(struct digest *digest, char kind, uint64_t number)
{
    char head[1 + sizeof number] = {kind};
    memcpy(head + 1, &number, sizeof number);
    digest_add(digest, str_of(head, sizeof head));
}

static void add_text(struct digest *digest, struct str text)
{
    add_head(digest, 's', text.len);
    digest_add(digest, text);
}

static void add_real(struct digest *digest, double real)
{
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    add_head(digest, 'r', bits);
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_object(struct digest *digest, const json_t *object,
                       struct arena *arena)
{
    size_t count = json_object_size(object), i = 0;
    const char **keys = arena_array(arena, const char *, count);
    json_t *members = (json_t *)(uintptr_t)object; /* jansson's lookups */
    for (void *at = json_object_iter(members); at;
         at = json_object_iter_next(members, at))
        keys[i++] = json_object_iter_key(at);
    qsort(keys, count, sizeof *keys, compare_keys);
    add_head(digest, '{', count);
    for (i = 0; i < count; i++) {
        add_text(digest, str_from_c(keys[i]));
        add_value(digest, json_object_get(object, keys[i]), arena);
    }
}

static void add_array(struct digest *digest, const json_t *array,
                      struct arena *arena)
{
    size_t count = json_array_size(array);
    add_head(digest, '[', count);
    for (size_t i = 0; i < count; i++)
        add_value(digest, json_array_get(array, i), arena);
}

static void add_value(struct digest *digest, const json_t *value,
                      struct arena *arena)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(digest, value, arena);
        break;
    case JSON_ARRAY:
        add_array(digest, value, arena);
        break;
    case JSON_STRING:
        add_text(digest,
                 str_of(json_string_value(value), json_string_length(value)));
        break;
    case JSON_INTEGER:
        add_head(digest, 'i', (uint64_t)json_integer_value(value));
        break;
    case JSON_REAL:
        add_real(digest, json_real_value(value));
        break;
    default: /* true, false, null */
        add_head(digest, 'c', (uint64_t)json_typeof(value));
    }
}

void ninjs_digest(const json_t *value, struct arena *arena,
                  char target[DIGEST_HEX_BYTES])
{
    DEFER(digest_end) struct digest digest = {0};
    digest_begin(&digest);
    add_value(&digest, value, arena);
    digest_write_hex(&digest, target);
}
