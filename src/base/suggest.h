// SPDX-License-Identifier: Apache-2.0
/* base/suggest.h: "did you mean": the word that somebody probably wanted. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

/* How many letters must be added, left out, replaced or exchanged with their
 * neighbour to make b of a. Words longer than SUGGEST_BYTES_MAX are as far
 * from each other as can be. */
size_t suggest_distance(const char *a, const char *b);

enum { SUGGEST_BYTES_MAX = 64 };

/* Remembers the best of the words offered. */
struct suggestion {
    const char *wanted;
    const char *best; /* NULL when none is near enough */
    size_t distance;
};

struct suggestion suggestion_for(const char *wanted);
void suggestion_offer(struct suggestion *suggestion, const char *word);

#endif
