// SPDX-License-Identifier: Apache-2.0
/* content/search_internal.h: how the search index is kept.
 *
 * Each published article has one row in search_document. Its key, the
 * document number, grows with the time of publication: it is the key of the
 * article in the full-text index as well, so that "newest first" is the order
 * in which the index itself can be walked, and a date is a range of it.
 *
 * Each language has a full-text table (fulltext_en) with stems of its own. It
 * keeps no texts: what an article's words were is read again from the revision
 * that was indexed (revisions never change) and from the names that stand in
 * search_document.
 *
 *   search_index.c     puts articles in and takes them out, tables
 *   search_ahead.c     terms of many articles, on a second thread
 *   search_upkeep.c    what waits to be indexed again; reindexing
 *   search_merge.c     segments of the full-text tables into larger ones
 *   search_check.c     whether it holds what readers may see
 *   search_query.c     what a reader typed, to what the index is asked
 *   search.c           asking, ranking, counting
 *   search_weigh.c     how common words are, how far back to look
 *   search_snippet.c   the places that match
 *   search_spelling.c  what was meant by who found next to nothing
 *   search_suggest.c   while somebody types
 *   search_dictionary.c  the words there are, how many articles hold each */
#ifndef CONTENT_SEARCH_INTERNAL_H
#define CONTENT_SEARCH_INTERNAL_H

#include "content/article_internal.h"
#include "content/edit_internal.h"

enum {
    /* Articles of one second that keep the order in which they came. */
    SEARCH_SLOTS = 1024,
    SEARCH_TABLE_BYTES = 32,
    SEARCH_COLUMNS = 5,               /* of a full-text table */
    SEARCH_BODY_BYTES_MAX = 16 << 20, /* of one article, its posts included */
};

/* Something to be written into a full-text table when the edit is committed:
 * all of an edit in the order of the document numbers, in which it costs
 * least. */
struct search_write {
    struct search_write *older;
    struct str language;
    int64_t document;
    int64_t order; /* among those of an edit */
    bool removes;
    struct str columns[SEARCH_COLUMNS]; /* see search_index.c */

    /* The rest is search_ahead.c's. */
    struct search_write *next_ahead;
    unsigned char ahead;
};

/* The name of a language's full-text table. */
void search_table(struct str language, char target[SEARCH_TABLE_BYTES]);

/* The lowest document number at time_us, which may be any. */
int64_t search_document_at(int64_t time_us);
int64_t search_document_time(int64_t document);

/* Every language has a full-text table. */
MUST_USE enum err search_languages(struct edit *edit, struct str **ret_codes,
                                   size_t *ret_count);

/* Makes the tables of languages that have none. */
MUST_USE enum err search_prepare(struct db *db, struct fault *fault);

MUST_USE enum err search_add_language(struct edit *edit, struct str language);
MUST_USE enum err search_drop_language(struct edit *edit, struct str language);

/* Makes the index say what readers see of the article from now on. Its row
 * must say so already. Words that the index has of it stay where they are. */
MUST_USE enum err search_put(struct edit *edit, const struct id *id,
                             const struct article_checked *checked);

/* Takes it out; one that is not in it is fine. */
MUST_USE enum err search_remove(struct edit *edit, const struct id *id);

/* Has those indexed again in a while that carry a name which changed. */
enum search_carried { SEARCH_CATEGORY, SEARCH_TAG, SEARCH_PERSON };
MUST_USE enum err search_put_later(struct edit *edit,
                                   enum search_carried carried,
                                   const struct id *id);

/* Writes what the edit noted. For edit.c. */
MUST_USE enum err search_write(struct edit *edit);

/* An edit that puts many articles in has the terms of their columns made by a
 * thread of its own while it goes on writing. write is that thread's until
 * search_ahead_wait or search_ahead_end. */
void search_ahead_note(struct edit *edit, struct search_write *write);

/* After it, the columns are what to hand to the index: terms, or texts when
 * they were not made. */
void search_ahead_wait(struct edit *edit, struct search_write *write);

/* Before what was noted is gone. */
void search_ahead_end(struct edit *edit);

#endif
