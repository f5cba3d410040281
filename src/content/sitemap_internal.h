// SPDX-License-Identifier: Apache-2.0
/* content/sitemap_internal.h: how the table of chunks follows the lists of
 * published articles (listing.c). */
#ifndef CONTENT_SITEMAP_INTERNAL_H
#define CONTENT_SITEMAP_INTERNAL_H

#include "content/article_list.h"
#include "content/edit_internal.h"
#include "content/sitemap.h"

/* Counts the article in, before listing_fill puts it into the lists. */
MUST_USE enum err sitemap_add(struct edit *edit,
                              const struct article_cursor *key,
                              struct str language);

/* Counts it out, before it is taken from the lists. */
MUST_USE enum err sitemap_remove(struct edit *edit, const struct id *id);

/* The chunk that holds the published article of this key is another one now:
 * notes sitemap:… and sitemaps. */
MUST_USE enum err sitemap_note(struct edit *edit, struct str language,
                               int64_t published_us, struct str id,
                               const char *kind);

/* The same for an article, if it is published. */
MUST_USE enum err sitemap_note_article(struct edit *edit, struct str id,
                                       const char *kind);

/* Cuts the archive anew, by the lists as they are, and notes all chunks. */
MUST_USE enum err sitemap_rebuild(struct edit *edit);

#endif
