// SPDX-License-Identifier: Apache-2.0
/* store/search_words_pool.h: search_words.h for those who need them shortly and
 * often, each search for instance. What was given back is taken again, with the
 * stems it remembers, so that a search need not take the stem of every word of
 * every text that it shows. Any thread. */
#ifndef STORE_SEARCH_WORDS_POOL_H
#define STORE_SEARCH_WORDS_POOL_H

#include "store/search_words.h"

/* As search_words_create. */
MUST_USE enum err search_words_borrow(struct str language,
                                      struct search_words **ret_words);

/* Gives back what was borrowed with the same language. Accepts NULL. */
void search_words_give_back(struct str language, struct search_words *words);

#endif
