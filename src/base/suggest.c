// SPDX-License-Identifier: Apache-2.0
#include "base/suggest.h"

#include <stdint.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: three rows of the table are enough. */
size_t suggest_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > SUGGEST_BYTES_MAX || b_len > SUGGEST_BYTES_MAX)
        return SIZE_MAX;
    size_t rows[3][SUGGEST_BYTES_MAX + 1];
    for (size_t j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t differs = a[i - 1] != b[j - 1];
            row[j] =
                least(above[j - 1] + differs, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

struct suggestion suggestion_for(const char *wanted)
{
    return (struct suggestion){.wanted = wanted, .distance = SIZE_MAX};
}

void suggestion_offer(struct suggestion *suggestion, const char *word)
{
    size_t wanted_len = strlen(suggestion->wanted);
    size_t distance = suggest_distance(suggestion->wanted, word);
    /* The beginning of a word means it more than any typing error. */
    if (wanted_len >= 2 && strncmp(word, suggestion->wanted, wanted_len) == 0)
        distance = 0;
    size_t bearable = wanted_len < 3 ? 1 : wanted_len < 6 ? 2 : 3;
    if (distance > bearable || distance >= suggestion->distance)
        return;
    suggestion->distance = distance;
    suggestion->best = word;
}
