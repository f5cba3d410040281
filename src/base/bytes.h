// SPDX-License-Identifier: Apache-2.0
/* base/bytes.h: looking at eight bytes at a time. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BYTES_WORD = 8 };

static inline uint64_t bytes_load(const char *ptr)
{
    uint64_t word;
    memcpy(&word, ptr, sizeof word);
    return word;
}

/* Eight times the same. */
static inline uint64_t bytes_all(unsigned char byte)
{
    return UINT64_C(0x0101010101010101) * byte;
}

static inline bool bytes_have_high(uint64_t word)
{
    return word & bytes_all(0x80);
}

/* Whether one of them is less than limit, which is at most 0x80. */
static inline bool bytes_have_below(uint64_t word, unsigned char limit)
{
    return (word - bytes_all(limit)) & ~word & bytes_all(0x80);
}

static inline bool bytes_have(uint64_t word, unsigned char byte)
{
    return bytes_have_below(word ^ bytes_all(byte), 1);
}

#endif
