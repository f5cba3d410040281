// SPDX-License-Identifier: Apache-2.0
/* base/arena.h: memory of one lifetime (a request, a job, the process): taken
 * piece by piece, given back at once. Not for two threads.
 *
 * An arena never answers NULL: when the system has no memory, or the arena
 * would grow past its named maximum, that is logged and the process aborts;
 * the supervisor starts it again and nothing acknowledged is lost. What comes
 * from outside is measured before it is put into an arena. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>

#include "base/str.h"

enum {
    ARENA_BLOCK_BYTES_MIN = 4096,
    ARENA_ALIGN_MAX = 16,      /* what malloc gives */
    ARENA_BYTES_MAX = 1 << 30, /* a single lifetime never needs a gibibyte */
};

struct arena_block;

struct arena {
    struct arena_block *block; /* newest first */
    size_t block_bytes;        /* size of the next block */
    size_t total_bytes;
};

/* block_bytes 0 takes a sensible size. Nothing is allocated yet. */
void arena_init(struct arena *arena, size_t block_bytes);

/* Gives everything back; the arena can be used again. Keeps one block, so that
 * a loop over jobs does not go to the heap each time. */
void arena_reset(struct arena *arena);

/* Gives everything back. The arena must be initialised again before use. */
void arena_finish(struct arena *arena);

/* Zeroed memory, aligned to align (a power of two up to ARENA_ALIGN_MAX). */
void *arena_alloc(struct arena *arena, size_t bytes, size_t align)
    __attribute__((malloc, returns_nonnull, alloc_size(2)));

/* count * bytes, checked against overflow. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes,
                        size_t align) __attribute__((malloc, returns_nonnull));

#define arena_new(arena, type) \
    ((type *)arena_alloc(arena, sizeof(type), alignof(type)))
#define arena_array(arena, type, count) \
    ((type *)arena_alloc_array(arena, count, sizeof(type), alignof(type)))

/* A copy that lives in the arena, with a NUL after it that is not counted. */
struct str arena_copy(struct arena *arena, struct str text);

/* The same as a C string. A NUL inside text ends what C sees of it. */
char *arena_c_string(struct arena *arena, struct str text);

struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* a and b, one after the other. */
struct str arena_concat(struct arena *arena, struct str a, struct str b);

#endif
