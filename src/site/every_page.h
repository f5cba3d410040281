// SPDX-License-Identifier: Apache-2.0
/* site/every_page.h: all of the public site, a page at a time: for who takes it
 * elsewhere. */
#ifndef SITE_EVERY_PAGE_H
#define SITE_EVERY_PAGE_H

#include "base/fault.h"
#include "base/str.h"

struct db;
struct site;
struct site_print;

/* Called for each page; page_key and print live during the call. A failure ends
 * the walk. */
struct every_page {
    enum err (*on_page)(void *context, struct str page_key,
                        const struct site_print *print, struct fault *fault);
    void *context;
};

/* Prints every page that readers can come to and calls on_page: files of the
 * theme, robots.txt and sitemaps; of each language front, menu, TV, categories,
 * tags and people with all their older pages and feeds, and every article with
 * its ninjs item; what
 * was withdrawn (410, or 301 to where it went); "/" (302); and, as "/404.html"
 * and "/en/404.html", what answers where there is no page (404). Give a reader
 * in a transaction (db_begin_read): then all pages are of one state. */
MUST_USE enum err site_every_page(struct site *site, struct db *reader,
                                  const struct every_page *every,
                                  struct fault *fault);

#endif
