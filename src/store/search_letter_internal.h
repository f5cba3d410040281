// SPDX-License-Identifier: Apache-2.0
/* store/search_letter_internal.h: the letters beyond ASCII that most words are
 * made of, known by their bytes without a look into tables. */
#ifndef STORE_SEARCH_LETTER_INTERNAL_H
#define STORE_SEARCH_LETTER_INTERNAL_H

#include "base/str.h"

/* Whether text has one of А to я at i, which is two bytes. */
static inline bool search_is_russian(struct str text, size_t i)
{
    const unsigned char *p = (const unsigned char *)text.ptr + i;
    return i + 2 <= text.len &&
           ((p[0] == 0xD0 && p[1] >= 0x90 && p[1] <= 0xBF) ||
            (p[0] == 0xD1 && p[1] >= 0x80 && p[1] <= 0x8F));
}

/* Whether text has one of ა to ჺ at i, which is three bytes. */
static inline bool search_is_georgian(struct str text, size_t i)
{
    const unsigned char *p = (const unsigned char *)text.ptr + i;
    return i + 3 <= text.len && p[0] == 0xE1 && p[1] == 0x83 && p[2] >= 0x90 &&
           p[2] <= 0xBA;
}

#endif
