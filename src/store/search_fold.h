// SPDX-License-Identifier: Apache-2.0
/* store/search_fold.h: letters made equal for search, in two steps with the
 * stemmer between them: stemmers read accents ("élevé" is not "eleve"), readers
 * do not type them. */
#ifndef STORE_SEARCH_FOLD_H
#define STORE_SEARCH_FOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Room for one word; what is longer is cut. */
enum { SEARCH_FOLD_BYTES = 256 };

/* Lower case as NFKC_Casefold of UAX #31 has it, composed; without soft
 * hyphens, the stress marks of Russian dictionaries and Arabic vowel signs;
 * typographic apostrophes as ', digits of all scripts as 0 to 9. turkic: I is
 * the capital of the dotless ı. */
struct str search_fold_case(struct str word, bool turkic,
                            char target[SEARCH_FOLD_BYTES]);

/* Latin, Greek, Hebrew and Arabic letters without their marks; ø, ł, ß, æ and
 * their like as readers without the key type them; no apostrophes. Other
 * scripts stay: й is not и. word is the outcome of search_fold_case. */
struct str search_fold_accents(struct str word, char target[SEARCH_FOLD_BYTES]);

#endif
