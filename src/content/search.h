// SPDX-License-Identifier: Apache-2.0
/* content/search.h: full-text search over published articles. An article is
 * found as soon as its publication is committed, and not any more when its
 * withdrawal is: the index is written in the same transaction.
 *
 *     struct search_query query = {
 *         .language = STR("en"), .text = STR("council \"new bridge\" -road")};
 *     struct search_result result;
 *     err = search_run(db, &query, arena, &result);
 *
 * A query is words, all of which must occur in one of their forms; "several in
 * quotes" as they stand; the beginning of a word*; and -words that must not
 * occur. Nothing else in it has a meaning.
 *
 * Everything here is written for SQLite's FTS5; another database brings its
 * own search*.c behind this header. */
#ifndef CONTENT_SEARCH_H
#define CONTENT_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "content/article_list.h"

struct content;

enum {
    SEARCH_TEXT_BYTES_MAX = 300, /* of a query; the rest is not read */
    SEARCH_TERMS_MAX = 12,       /* the same */
    SEARCH_PAGE = 20,

    /* By relevance, this many of the newest matches are ranked, and up to here
     * matches are counted exactly. */
    SEARCH_RANKED_MAX = 2000,
    SEARCH_CURSOR_BYTES = 16 + 1 + 4 + 1,
};

enum search_sort { SEARCH_BY_RELEVANCE, SEARCH_BY_DATE };

/* Where the results go on. Zeroed: from the first one. */
struct search_cursor {
    int64_t document; /* by relevance, the newest that was there; by date, the
                         last that was shown */
    int64_t offset;   /* by relevance, how many were shown */
};

/* "<16 hexadecimal digits>-<4>", as ?after= carries it. */
void search_cursor_format(const struct search_cursor *cursor,
                          char target[SEARCH_CURSOR_BYTES]);
MUST_USE enum err search_cursor_parse(struct str text,
                                      struct search_cursor *ret_cursor);

struct search_query {
    struct str language;
    struct str text;
    struct id category; /* those in it or below it; none: all */
    struct id person;   /* those of this author; none: all */
    int64_t from_us;    /* published then or later; 0: ever */
    int64_t until_us;   /* published before; 0: ever */
    enum search_sort sort;
    struct search_cursor after;
    size_t limit; /* 0 is SEARCH_PAGE; at most ARTICLE_LIST_MAX */
};

/* A piece of text, plain or matching. The template makes the markup. */
struct search_run {
    struct str text;
    bool match;
};

struct search_runs {
    struct search_run *runs;
    size_t count;
    bool cut_before; /* there is text before, behind */
    bool cut_after;
};

struct search_hit {
    struct article_card card;
    struct search_runs headline;
    struct search_runs snippet; /* of the body, or the standfirst */
};

struct search_result {
    struct search_hit *hits;
    size_t count;
    int64_t total;      /* matches, of all pages */
    bool total_is_more; /* there are more than that */
    bool ranked_newest; /* only the SEARCH_RANKED_MAX newest were ranked */
    int64_t since_us;   /* the words are so common that what was published
                           before was not looked at; 0: all was */
    bool more;          /* there is a next page; by date also of what was not
                           looked at */
    struct search_cursor next;
    struct str offer; /* the query in words that are found, or "" */
};

/* A query without a word that must occur finds nothing. ERR_NOT_FOUND for a
 * language that the newspaper does not appear in. */
MUST_USE enum err search_run(struct db *db, const struct search_query *query,
                             struct arena *arena,
                             struct search_result *ret_result);

/* ---- Suggestions ------------------------------------------------------------
 */

struct search_suggestion {
    enum { SUGGEST_CATEGORY, SUGGEST_TAG, SUGGEST_ARTICLE } kind;
    struct str text;
    struct str path; /* of a category */
    struct str slug; /* of a tag or an article */
    struct id id;    /* of an article */
};

struct search_suggestions {
    struct search_suggestion *suggestions; /* best first */
    size_t count;
};

enum { SEARCH_SUGGESTIONS_MAX = 8 };

/* What a reader may mean who has typed text so far. */
MUST_USE enum err search_suggest(struct db *db, struct str language,
                                 struct str text, struct arena *arena,
                                 struct search_suggestions *ret_suggestions);

/* ---- Upkeep -----------------------------------------------------------------
 * Done by the desk's jobs thread, a little at a time, so that a publication
 * never waits long. */

/* Indexes up to limit of the articles that wait for it (after a migration, a
 * reindex, or because a name they carry changed). *ret_left: how many still
 * wait. */
MUST_USE enum err search_index_pending(struct content *content, size_t limit,
                                       int64_t *ret_left, struct fault *fault);

/* Takes the words of up to limit newly indexed articles into the dictionary of
 * the language, for spelling offers and prefixes. *ret_left: whether there may
 * be more. */
MUST_USE enum err search_count_words(struct content *content, size_t limit,
                                     bool *ret_left, struct fault *fault);

/* Merges what publications left in the full-text tables, about so many pages
 * (4 KiB) of each language; while nobody publishes, who would wait for it.
 * *ret_left: whether there may be more. */
MUST_USE enum err search_merge(struct content *content, size_t pages,
                               bool *ret_left, struct fault *fault);

/* Merges all there is to merge, in transactions of half a second or so: behind
 * imports, which leave so much that publishing would wait for it for long. */
MUST_USE enum err search_settle(struct content *content, struct fault *fault);

/* Has every published article indexed again; search_index_pending does it.
 * anew: forgets the index first, which takes a while in which nothing can be
 * written, and fills it again from the newest on. */
MUST_USE enum err search_reindex(struct content *content, bool anew,
                                 int64_t *ret_pending, struct fault *fault);

#endif
