// SPDX-License-Identifier: Apache-2.0
/* content/listing_internal.h: where a published article stands: one row for
 * each list of readers it is in. A shelf is one list:
 *
 *     l:<lang>              all of a language
 *     m:<category>:<lang>   those whose main category it is, for related ones
 *     c:<category>:<lang>   those in the category or below it
 *     t:<tag>               those that carry the tag
 *     p:<person>:<lang>     those of a person */
#ifndef CONTENT_LISTING_INTERNAL_H
#define CONTENT_LISTING_INTERNAL_H

#include "base/id.h"
#include "content/article_list.h"
#include "content/edit_internal.h"

/* Puts the published article of this key where its language, categories, tags
 * and bylines say. */
MUST_USE enum err listing_fill(struct edit *edit,
                               const struct article_cursor *key,
                               struct str language);

/* Takes it out of all lists. */
MUST_USE enum err listing_clear(struct edit *edit, const struct id *id);

/* Notes the keys of all that shows the article as it stands now: its page, the
 * lists it is in, the pages that show it as related, its translations. For an
 * article that stands nowhere, only its page. */
MUST_USE enum err listing_note(struct edit *edit, const struct id *id,
                               const char *kind);

/* The same for each published article that a query with one parameter gives
 * the id of. */
MUST_USE enum err listing_note_each(struct edit *edit, const char *sql,
                                    struct str value, const char *kind);

/* Stands those in the category or below it anew, after the tree changed. */
MUST_USE enum err listing_refill_category(struct edit *edit,
                                          const struct id *category);

/* The key of a category in a language, and of its parents. */
MUST_USE enum err listing_note_category(struct edit *edit,
                                        const struct id *category,
                                        const char *kind);

#endif
