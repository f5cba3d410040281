// SPDX-License-Identifier: Apache-2.0
/* content/most_read.h: the articles that were read most in the last hour, day
 * or week, of a language or of a category in it. A period is whole hours and
 * the one that runs: "hour" is the last one to two of them. */
#ifndef CONTENT_MOST_READ_H
#define CONTENT_MOST_READ_H

#include "content/article_list.h"
#include "content/views.h"

enum {
    MOST_READ_MAX = 100,
    /* A category's list is found among so many of the language's most read, and
     * so many of its own newest, because it is made while a publish call waits
     * for the category's page: an old story that few read may be missing. */
    MOST_READ_CANDIDATES = 300,
    /* When nothing was read lately, the most read ever of so many newest. */
    MOST_READ_NEWEST = 300,
};

/* Whose list; category may be NULL: all of the language. */
struct most_read {
    struct str language;
    const struct id *category;
};

struct most_read_entry {
    struct article_card card;
    int64_t views; /* in the period; card.views is the total */
};

struct most_read_list {
    struct most_read_entry *entries; /* the most read first */
    size_t count;
};

/* limit is clamped to MOST_READ_MAX. */
MUST_USE enum err most_read_of(struct db *db, const struct most_read *of,
                               enum views_period period, size_t limit,
                               struct arena *arena,
                               struct most_read_list *ret_list);

/* For a page: of the shortest period in which limit articles were read often
 * enough for their order to mean something, filled up from longer ones and at
 * last from the totals of the newest, so that a quiet paper has its list too.
 * Fewer than limit only when no more were ever read. */
MUST_USE enum err most_read_best(struct db *db, const struct most_read *of,
                                 size_t limit, struct arena *arena,
                                 struct most_read_list *ret_list);

/* The key that changes, now and then, when articles of the list are read:
 * "most:l:en". In arena. */
struct str most_read_key(const struct most_read *of, struct arena *arena);

/* The queries, so that a test can ask for their plans. */
extern const char most_read_language_sql[];
extern const char most_read_category_sql[];
extern const char most_read_ever_sql[];

#endif
