// SPDX-License-Identifier: Apache-2.0
/* store/search_stem.h: words of one stem made equal. Snowball's algorithms for
 * the languages it has, one of our own for Georgian; other languages keep their
 * words as they are. */
#ifndef STORE_SEARCH_STEM_H
#define STORE_SEARCH_STEM_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct search_stemmer;

/* language: BCP 47 in lower case. ERR_NO_MEMORY. Not for two threads at once.
 */
MUST_USE enum err search_stemmer_create(struct str language,
                                        struct search_stemmer **ret_stemmer);
void search_stemmer_destroy(struct search_stemmer *stemmer); /* accepts NULL */

/* word as search_fold_case leaves it. The stem is never longer; it lives in
 * word or until the next call. */
struct str search_stem(struct search_stemmer *stemmer, struct str word);

/* The Georgian one. See search_stem_georgian.c for its rules. */
struct str search_stem_georgian(struct str word, char *target);

#endif
