// SPDX-License-Identifier: Apache-2.0
/* site/printer.h: from a page key to a page: the one entry for the press. */
#ifndef SITE_PRINTER_H
#define SITE_PRINTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;
struct db;
struct site;

enum { SITE_BODY_BYTES_MAX = 16 << 20 };

/* What becomes of a page when those who asked for it have it. */
enum site_keeping {
    SITE_KEPT,              /* one that is pinned is printed again after a
                               change, others are dropped */
    SITE_KEPT_FOR_MACHINES, /* read by programs that come when they like
                               (feeds): dropped after a change, and printed
                               when one comes */
    SITE_KEPT_IN_BULK,      /* the same, and large and seldom read (sitemaps):
                               the edges keep it, the desk does not, but prints
                               it again for an edge that lacks it */
    SITE_NOT_KEPT,          /* anybody can invent its address: a redirect from
                               a guessed slug, a 404, a search */
};

/* One page. Everything lives in the arena or in the site. */
struct site_print {
    int status; /* 200, 301, 302, 404, 410 */
    struct str content_type;
    struct str body;
    struct str gzip, br;      /* the body, compressed already; or empty */
    struct str location;      /* of a redirect: a path of this site */
    struct str older;         /* of a list: the page key where it goes on */
    struct str cache_control; /* "no-cache" for pages; assets never change */
    struct str fields;        /* see site_header_fields */
    const struct str *keys;   /* change keys it was made from */
    size_t key_count;
    enum site_keeping keeping;
    bool asset;  /* never changes under its name: compress hardest */
    bool packed; /* the body is a file that is compressed already */
};

/* Prints the page of page_key (which may have any shape) from what reader
 * sees. A page that does not exist is a page too: 404 or 410 with ERR_OK.
 * Thread-safe. Errors are of the store, or of a theme that does not render. */
MUST_USE enum err site_print(struct site *site, struct db *reader,
                             struct str page_key, struct arena *arena,
                             struct site_print *ret_print, struct fault *fault);

/* Header lines for the page, each ended by CRLF: content security policy and
 * what else guards the reader. They live as long as the print. */
struct str site_header_fields(const struct site *site,
                              const struct site_print *print);

/* How much is to be held ready. */
struct site_pin_limits {
    size_t newest;        /* articles */
    size_t sitemap_bytes; /* of the archive's sitemaps, the newest first */
};

/* Calls on_page for every page that must always be held ready: fronts, first
 * pages of categories, menus, TV, feeds, assets, the newest articles, and, last
 * and as bulk, the sitemaps. page_key is valid during the call. */
MUST_USE enum err site_pinned(struct site *site, struct db *reader,
                              const struct site_pin_limits *limits,
                              struct arena *arena,
                              void (*on_page)(void *context,
                                              struct str page_key, bool bulk),
                              void *context, struct fault *fault);

/* The page key of a published article. ERR_NOT_FOUND when id is not one. */
MUST_USE enum err site_article_page(struct site *site, struct db *reader,
                                    struct str id, struct arena *arena,
                                    struct str *ret_page_key);

#endif
