// SPDX-License-Identifier: Apache-2.0
/* bench/generate/words.h: words as a language uses them: a few very often, most
 * seldom (the law of Zipf and Mandelbrot), short ones oftener than long ones,
 * with endings that a stemmer takes off. The same seed gives the same text. */
#ifndef BENCH_GENERATE_WORDS_H
#define BENCH_GENERATE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum { WORDS_SYLLABLES = 24, WORDS_ENDINGS = 4 };

/* What words are made of; UTF-8. */
struct words_language {
    const char *code;
    const char *syllables[WORDS_SYLLABLES];
    const char *endings[WORDS_ENDINGS];
};

extern const struct words_language words_languages[];
extern const size_t words_language_count;

struct words {
    uint64_t random;
    double *zipf; /* shares of the ranks, added up */
};

void words_init(struct words *words, uint64_t seed);
void words_finish(struct words *words);

/* From 0 to below limit, evenly. */
uint64_t words_random(struct words *words, uint64_t limit);

/* About e to the power of a normal distribution: lengths of articles. */
double words_log_normal(struct words *words, double median, double spread);

/* count words with a space between. */
void words_add(struct words *words, const struct words_language *language,
               size_t count, struct buf *out);

/* The word of that rank (from 0) alone: names of tags and people. */
void words_add_rank(const struct words_language *language, size_t rank,
                    struct buf *out);

#endif
