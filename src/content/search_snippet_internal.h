// SPDX-License-Identifier: Apache-2.0
/* content/search_snippet_internal.h: the places of an article that match. */
#ifndef CONTENT_SEARCH_SNIPPET_INTERNAL_H
#define CONTENT_SEARCH_SNIPPET_INTERNAL_H

#include "content/search_query_internal.h"

enum { SEARCH_SNIPPET_CHARACTERS = 180 };

/* Fills hit->headline; hit->card is there. */
void search_highlight_headline(struct search_words *words,
                               const struct search_expression *expression,
                               struct arena *arena, struct search_hit *hit);

/* Fills hit->headline and hit->snippet. */
MUST_USE enum err search_highlight(struct db *db, struct search_words *words,
                                   const struct search_expression *expression,
                                   int64_t revision, struct arena *arena,
                                   struct search_hit *hit);

#endif
