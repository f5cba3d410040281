// SPDX-License-Identifier: Apache-2.0
/* store/search_words.h: from text to the terms a search index keeps, in the
 * language the text is in:
 *
 *   - words begin and end as rules WB5 to WB13 of UAX #29 say, on ICU's
 *     properties, except that full stops part words ("example.com" is two)
 *     unless they part single letters ("U.S." is "us"), and that the elided
 *     articles of French, Italian and Catalan are left out ("l'été" is "ete");
 *   - case is folded, then the stem is taken, then accents are folded;
 *   - scripts that do not part words by spaces become overlapping n-grams, two
 *     letters long (Han, kana, hangul) or three (Thai, Lao, Khmer, Myanmar).
 *
 * A run that begins with SEARCH_MARK is one term as it stands: so an index
 * keeps ids beside words. A text that begins with SEARCH_TERMS is made of terms
 * already. Text from outside must not carry these characters
 * (search_words_strip_marks). */
#ifndef STORE_SEARCH_WORDS_H
#define STORE_SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

struct arena;
struct search_words;

#define SEARCH_MARK "\xEE\x80\x80"  /* U+E000, private use */
#define SEARCH_TERMS "\xEE\x80\x81" /* U+E001 */

/* ERR_NO_MEMORY. language: BCP 47 in lower case. Not for two threads at once.
 */
MUST_USE enum err search_words_create(struct str language,
                                      struct search_words **ret_words);
void search_words_destroy(struct search_words *words); /* accepts NULL */

enum search_words_mode {
    SEARCH_WORDS_OF_TEXT,   /* what an index keeps */
    SEARCH_WORDS_OF_QUERY,  /* what it is asked for: no tails of n-grams */
    SEARCH_WORDS_UNSTEMMED, /* as written, but for case and accents */
    SEARCH_WORDS_SPELLED,   /* as written, but for case; no n-grams, numbers or
                               marks: what a dictionary holds */
};

struct search_word {
    struct str term; /* valid during the call */
    size_t start;    /* bytes into the text, of what it was made from */
    size_t end;
    bool is_gram;  /* of a script without spaces */
    bool is_short; /* a gram that lacks letters: the beginning of one */
};

/* Calls visit for each term in order; an answer that is not 0 ends it and is
 * given back. Terms made already stand where they stand among them. */
int search_words_each(
    struct search_words *words, enum search_words_mode mode, struct str text,
    int (*visit)(void *context, const struct search_word *word), void *context);

/* text with its first letter in either case. */
void search_words_first_letter(struct str text, struct arena *arena,
                               struct str *ret_lower, struct str *ret_upper);

/* Appends SEARCH_TERMS and what SEARCH_WORDS_OF_TEXT makes of text: handed in
 * as a text, it gives the same terms at the cost of a copy. */
void search_words_write_terms(struct search_words *words, struct str text,
                              struct buf *out);

/* text without SEARCH_MARK and SEARCH_TERMS. */
struct str search_words_strip_marks(struct str text, struct arena *arena);

#endif
