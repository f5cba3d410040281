// SPDX-License-Identifier: Apache-2.0
/* content/search_asking_internal.h: one search while it is made. */
#ifndef CONTENT_SEARCH_ASKING_INTERNAL_H
#define CONTENT_SEARCH_ASKING_INTERNAL_H

#include "content/search_internal.h"
#include "content/search_query_internal.h"

enum { SEARCH_WALKED_MAX = 100 * 1000 };

struct asking {
    struct db *db;
    const struct search_query *query;
    struct arena *arena;
    struct search_words *words;
    struct search_terms terms;
    struct search_expression expression;
    char table[SEARCH_TABLE_BYTES];
    size_t ranked_max;
    double walked_max;      /* entries of the index */
    bool bare;              /* headlines alone, and no offer */
    int64_t first, last;    /* documents, of the dates that are asked for */
    int64_t counted_last;   /* the same on every page */
    int64_t newest, oldest; /* that there are */
    bool bounded;           /* first was raised by search_weigh */
    struct str counts;      /* articles that hold each phrase */
    struct search_result result;
};

/* search_run with what a reader does not choose. */
MUST_USE enum err search_ask(struct asking *asking,
                             struct search_result *ret_result);

/* Fills in newest, oldest and counts, and raises first when reading back to it
 * would take too long. */
MUST_USE enum err search_weigh(struct asking *asking);

/* Fills in result.total and result.total_is_more. */
MUST_USE enum err search_count_matches(struct asking *asking);

/* Fills in result.offer. */
MUST_USE enum err search_offer(struct asking *asking);

#endif
