// SPDX-License-Identifier: Apache-2.0
#include "generate/words.h"

#include <math.h>
#include <stdlib.h>

enum { RANKS = 60000, ENDING_OF_HUNDRED = 22 };

/* Mandelbrot's form of the law with what newspapers have: the first word is
 * one of twenty, the first 4,000 are four of five. */
static const double ZIPF_SHIFT = 2.7, ZIPF_POWER = 1.1;

const struct words_language words_languages[] = {
    {"en",
     {"ka",  "ro",  "ve", "tin", "mar", "sol", "du",  "ne",
      "pri", "ost", "el", "ban", "gor", "mi",  "sha", "ter",
      "wen", "la",  "br", "cor", "hel", "fi",  "ju",  "zo"},
     {"s", "ed", "ing", "ly"}},
    {"ka",
     {"ბა", "გო", "დე", "ვი", "ზა", "თი", "კო", "ლა",  "მე", "ნუ", "ოქ", "პი",
      "რო", "სა", "ტე", "უდ", "ფა", "ქი", "ღო", "ყვა", "შე", "ჩი", "ცო", "ჯა"},
     {"ის", "ში", "ებს", "მა"}},
    {"ru",
     {"ба", "ве", "го", "да", "жи",  "за",  "ко",  "лу",
      "ме", "но", "пе", "ра", "со",  "ти",  "ур",  "фе",
      "хо", "ца", "чи", "ша", "ост", "мир", "ров", "ян"},
     {"а", "ов", "ами", "ый"}},
};
const size_t words_language_count =
    sizeof words_languages / sizeof *words_languages;

void words_init(struct words *words, uint64_t seed)
{
    double sum = 0;
    *words = (struct words){.random = seed};
    words->zipf = calloc(RANKS, sizeof *words->zipf);
    if (!words->zipf)
        abort();
    for (int rank = 0; rank < RANKS; rank++) {
        sum += pow(rank + 1 + ZIPF_SHIFT, -ZIPF_POWER);
        words->zipf[rank] = sum;
    }
    for (int rank = 0; rank < RANKS; rank++)
        words->zipf[rank] /= sum;
}

void words_finish(struct words *words)
{
    free(words->zipf);
    words->zipf = NULL;
}

/* xorshift64*. */
static uint64_t next(struct words *words)
{
    words->random ^= words->random >> 12;
    words->random ^= words->random << 25;
    words->random ^= words->random >> 27;
    return words->random * UINT64_C(2685821657736338717);
}

/* From 0 to below 1. */
static double next_share(struct words *words)
{
    return (double)(next(words) >> 11) / 9007199254740992.0;
}

uint64_t words_random(struct words *words, uint64_t limit)
{
    return next(words) % limit;
}

double words_log_normal(struct words *words, double median, double spread)
{
    double sum = 0; /* of twelve: near enough to a normal distribution */
    for (int i = 0; i < 12; i++)
        sum += next_share(words);
    return median * exp((sum - 6) * spread);
}

static size_t next_rank(struct words *words)
{
    double share = next_share(words);
    size_t low = 0, high = RANKS - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (words->zipf[middle] < share)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void words_add_rank(const struct words_language *language, size_t rank,
                    struct buf *out)
{
    for (rank++; rank; rank = (rank - 1) / WORDS_SYLLABLES)
        buf_add_c(out, language->syllables[(rank - 1) % WORDS_SYLLABLES]);
}

void words_add(struct words *words, const struct words_language *language,
               size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        size_t rank = next_rank(words);
        uint64_t chance = words_random(words, 100);
        if (i)
            buf_add_char(out, ' ');
        words_add_rank(language, rank, out);
        if (rank >= WORDS_SYLLABLES && chance < ENDING_OF_HUNDRED)
            buf_add_c(out, language->endings[chance % WORDS_ENDINGS]);
    }
}
