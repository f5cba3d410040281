// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"

enum { BLOCK_BYTES_DEFAULT = 16 * 1024, BLOCK_BYTES_MAX = 1024 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t capacity;
    size_t used;
    alignas(ARENA_ALIGN_MAX) char bytes[];
};

void arena_init(struct arena *arena, size_t block_bytes)
{
    assert(arena);
    if (block_bytes == 0)
        block_bytes = BLOCK_BYTES_DEFAULT;
    if (block_bytes < ARENA_BLOCK_BYTES_MIN)
        block_bytes = ARENA_BLOCK_BYTES_MIN;
    *arena = (struct arena){.block_bytes = block_bytes};
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *arena)
{
    assert(arena);
    struct arena_block *kept = arena->block;
    if (!kept)
        return;
    free_blocks(kept->next);
    kept->next = NULL;
    memset(kept->bytes, 0, kept->used);
    kept->used = 0;
    arena->total_bytes = kept->capacity;
}

void arena_finish(struct arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->block);
    *arena = (struct arena){0};
}

static void add_block(struct arena *arena, size_t at_least)
{
    size_t capacity =
        arena->block_bytes > at_least ? arena->block_bytes : at_least;
    size_t total;
    if (__builtin_add_overflow(arena->total_bytes, capacity, &total) ||
        total > ARENA_BYTES_MAX)
        log_panic("arena past its maximum",
                  LOG_INT("bytes", arena->total_bytes),
                  LOG_INT("wanted", at_least));
    struct arena_block *block = calloc(1, sizeof *block + capacity);
    if (!block)
        log_panic("out of memory", LOG_INT("wanted", capacity));
    block->next = arena->block;
    block->capacity = capacity;
    arena->block = block;
    arena->total_bytes = total;
    if (arena->block_bytes < BLOCK_BYTES_MAX)
        arena->block_bytes *= 2;
}

void *arena_alloc(struct arena *arena, size_t bytes, size_t align)
{
    assert(arena);
    assert(align && (align & (align - 1)) == 0 && align <= ARENA_ALIGN_MAX);
    struct arena_block *block = arena->block;
    size_t start = block ? (block->used + align - 1) & ~(align - 1) : 0;
    if (!block || start > block->capacity || bytes > block->capacity - start) {
        add_block(arena, bytes);
        block = arena->block;
        start = 0;
    }
    block->used = start + bytes;
    return block->bytes + start;
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t bytes,
                        size_t align)
{
    size_t total;
    if (__builtin_mul_overflow(count, bytes, &total))
        log_panic("arena array too large", LOG_INT("count", count));
    return arena_alloc(arena, total, align);
}

struct str arena_copy(struct arena *arena, struct str text)
{
    return str_of(arena_c_string(arena, text), text.len);
}

char *arena_c_string(struct arena *arena, struct str text)
{
    char *copy = arena_alloc(arena, text.len + 1, 1);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    return copy;
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    assert(format);
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(len >= 0);
    char *text = arena_alloc(arena, (size_t)len + 1, 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return str_of(text, (size_t)len);
}

struct str arena_concat(struct arena *arena, struct str a, struct str b)
{
    char *text = arena_alloc(arena, a.len + b.len + 1, 1);
    if (a.len)
        memcpy(text, a.ptr, a.len);
    if (b.len)
        memcpy(text + a.len, b.ptr, b.len);
    return str_of(text, a.len + b.len);
}
