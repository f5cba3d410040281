// SPDX-License-Identifier: Apache-2.0
/* site/search_request.h: what a search page's address asks for, and addresses
 * that ask for something like it. */
#ifndef SITE_SEARCH_REQUEST_H
#define SITE_SEARCH_REQUEST_H

#include "content/search.h"

struct printing;

struct search_request {
    struct search_query query;
    struct str text;     /* as typed */
    struct str category; /* the path, "" for all */
    struct str author;   /* the slug, "" for all */
    struct str author_name;
    struct str from, to; /* "2022-08-15", both included; "" for ever */
};

/* From p->page_key. A category or author that there is none of, or a day that
 * there is none of, is as if it were not asked for. After printing_open. */
MUST_USE enum err search_request_read(struct printing *p,
                                      struct search_request *ret_request);

/* The same search elsewhere: file is "" for the page and "/rss.xml" for that
 * feed. The cursor is left out; add search_request_after. */
struct str search_request_url(const struct printing *p,
                              const struct search_request *request,
                              struct str lang, struct str file);

/* The next page. */
struct str search_request_next(const struct printing *p,
                               const struct search_request *request,
                               const struct search_cursor *cursor);

#endif
