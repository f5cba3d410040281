// SPDX-License-Identifier: Apache-2.0
/* base/str.h: text as a pointer and a length, passed by value and borrowed
 * unless a declaration says otherwise. It is not ended by a NUL. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"

struct str {
    const char *ptr; /* may be NULL only when len is 0 */
    size_t len;      /* bytes */
};

/* A str of a string literal, at no cost; STR_INIT for static tables. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal) \
    { \
        "" literal, sizeof(literal) - 1 \
    }

/* For printf: printf("%" PRI_STR, ARG_STR(text)). */
#define PRI_STR ".*s"
#define ARG_STR(s) ((int)(s).len), ((s).ptr ? (s).ptr : "")

static inline struct str str_of(const char *ptr, size_t len)
{
    return (struct str){ptr, len};
}

/* NULL gives the empty text. */
static inline struct str str_from_c(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Letters A to Z are folded, nothing else is (header names, schemes). */
bool str_eq_ascii_case(struct str a, struct str b);

/* Byte order; shorter first when one begins the other. */
int str_compare(struct str a, struct str b);

bool str_starts_with(struct str text, struct str prefix);
bool str_ends_with(struct str text, struct str suffix);

/* The position of the first occurrence, or -1. */
ptrdiff_t str_find(struct str text, struct str needle);
ptrdiff_t str_find_char(struct str text, char c);
ptrdiff_t str_find_last_char(struct str text, char c);

/* From start (clamped) to the end; from start, at most len bytes. */
struct str str_from(struct str text, size_t start);
struct str str_slice(struct str text, size_t start, size_t len);

/* Without spaces, tabs, CR and LF at both ends. */
struct str str_trim(struct str text);

/* Takes the part before the next separator off *rest. False when *rest is
 * used up (rest->ptr == NULL); an empty last part is still given. */
bool str_split_next(struct str *rest, char separator, struct str *ret_part);

/* Decimal only, no spaces, the whole text; ERR_INVALID otherwise or on
 * overflow. */
MUST_USE enum err str_parse_i64(struct str text, int64_t *ret_value);
MUST_USE enum err str_parse_u64(struct str text, uint64_t *ret_value);

/* Copies into a char array and ends it with NUL; ERR_TOO_LONG when it does not
 * fit, ERR_INVALID when text holds a NUL; target is then "". */
MUST_USE enum err str_to_c(struct str text, char *target, size_t capacity);

#endif
