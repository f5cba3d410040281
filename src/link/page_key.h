// SPDX-License-Identifier: Apache-2.0
/* link/page_key.h: which parameters a public page's address knows. A page has
 * one key: its path, and those parameters in the order of one table, decoded
 * and encoded again; whatever else somebody (trackers, mostly) put behind it
 * changes nothing. The edge makes keys of requests, the desk reads them.
 *
 *     /en/politics?before=0005e6466bd0a4c0-62f9f7d471fdc
 *     /en/article/storm-62f9f7d471fdc?post=62f9f8a06e1b2
 *     /en/search?q=new%20bridge&category=politics&from=2022-01-01
 *     /oembed?url=https%3A%2F%2F…&format=xml&maxwidth=400 */
#ifndef LINK_PAGE_KEY_H
#define LINK_PAGE_KEY_H

#include <stdbool.h>

#include "base/str.h"
#include "link/page.h"

enum {
    PAGE_KEY_QUERY_BYTES_MAX = 300, /* of what a reader looks for */
    PAGE_KEY_URL_BYTES_MAX = 500,   /* of a page that is asked about */
    PAGE_KEY_VALUE_BYTES = PAGE_KEY_URL_BYTES_MAX + 1,
};

enum page_key_kind {
    PAGE_KEY_OTHER = 1 << 0,
    PAGE_KEY_SEARCH = 1 << 1,      /* /en/search */
    PAGE_KEY_SEARCH_FEED = 1 << 2, /* /en/search/rss.xml */
    PAGE_KEY_SUGGEST = 1 << 3,     /* /en/suggest */
    PAGE_KEY_OEMBED = 1 << 4,      /* /oembed */
    PAGE_KEY_ARTICLE = 1 << 5,     /* /en/article/some-words-62f9f7d471fdc */
    PAGE_KEY_POSTS = 1 << 6,       /* …/posts: changes of a live blog */
    PAGE_KEY_CARD = 1 << 7, /* /en/card/…: drawn, which takes as long */
};

/* By the path (decoded, without a query) or by the whole key. */
enum page_key_kind page_key_kind(struct str key);

/* Whether the page is an answer to a question: there are as many of those as
 * anybody likes to ask. */
bool page_key_is_search(struct str key);

/* The key of a request: path decoded, query raw. It is path itself when no
 * parameter counts, else it lies in target. */
struct str page_key_make(struct str path, struct str query,
                         char target[PAGE_KEY_BYTES_MAX]);

/* The decoded value of a parameter of the key, in target; "" when it has none.
 */
struct str page_key_value(struct str key, struct str name,
                          char target[PAGE_KEY_VALUE_BYTES]);

#endif
