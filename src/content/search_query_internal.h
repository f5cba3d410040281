// SPDX-License-Identifier: Apache-2.0
/* content/search_query_internal.h: from what a reader typed to what FTS5 is
 * asked. FTS5's own language never sees a reader's text but in quotes. */
#ifndef CONTENT_SEARCH_QUERY_INTERNAL_H
#define CONTENT_SEARCH_QUERY_INTERNAL_H

#include "content/search.h"
#include "store/search_words.h"

enum { SEARCH_PHRASES_MAX = 64 };

enum search_term_kind { SEARCH_WORD, SEARCH_PHRASE, SEARCH_PREFIX };

struct search_term {
    enum search_term_kind kind;
    bool excluded;
    struct str text; /* as typed, without quotes, '-' and '*' */
};

struct search_terms {
    struct search_term terms[SEARCH_TERMS_MAX];
    size_t count;
    size_t wanted; /* those that are not excluded */
};

/* Any bytes. Terms in which the language finds no word are left out. */
void search_parse(struct str text, struct search_words *words,
                  struct arena *arena, struct search_terms *ret_terms);

/* The words with which a prefix begins: those the dictionary knows, or none.
 * See search_spelling.c. */
MUST_USE enum err search_words_beginning(struct db *db, struct str language,
                                         struct str prefix, size_t limit,
                                         struct arena *arena,
                                         struct str **ret_words,
                                         size_t *ret_count);

/* Words of which the stems match. */
struct search_matching {
    struct str text;
    bool instead; /* of the one before, not beside it */
};

/* What FTS5 is asked. */
struct search_expression {
    struct str text;     /* "" when nothing is wanted */
    struct str *phrases; /* FTS5's phrases that count, in their order */
    size_t phrase_count;
    struct search_matching *matching; /* to highlight */
    size_t matching_count;
    struct str *beginnings; /* prefixes that the dictionary lacks */
    size_t beginning_count;
};

MUST_USE enum err search_express(struct db *db,
                                 const struct search_query *query,
                                 const struct search_terms *terms,
                                 struct arena *arena,
                                 struct search_expression *ret_expression);

#endif
