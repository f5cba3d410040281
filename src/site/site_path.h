// SPDX-License-Identifier: Apache-2.0
/* site/site_path.h: the addresses of the public site, read and written. Every
 * public page has exactly one page key: its path, and "?before=…" where a list
 * goes on, "?post=…" where it begins with one post of a live blog. Reading is
 * by shape only; whether the language, the category or the article exists is
 * asked later. */
#ifndef SITE_SITE_PATH_H
#define SITE_SITE_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "content/article_list.h"

struct arena;

enum site_page {
    SITE_PAGE_UNKNOWN,  /* nothing has this shape; lang may be set all the same
                         */
    SITE_PAGE_ROOT,     /* / */
    SITE_PAGE_FRONT,    /* /en/ */
    SITE_PAGE_CATEGORY, /* /en/politics, /en/politics/elections */
    SITE_PAGE_ARTICLE,  /* /en/article/some-words-62f9f7d471fdc */
    SITE_PAGE_POSTS,    /* /en/article/some-words-62f9f7d471fdc/posts?after=7 */
    SITE_PAGE_ITEM,     /* /en/article/some-words-62f9f7d471fdc.json: ninjs */
    SITE_PAGE_EMBED,    /* /en/article/some-words-62f9f7d471fdc/embed: a card
                         * of it for pages of others */
    SITE_PAGE_OEMBED,   /* /oembed?url=…, see link/page_key.h */
    SITE_PAGE_TAG,      /* /en/tag/harvest */
    SITE_PAGE_AUTHOR,   /* /en/author/nino-beridze */
    SITE_PAGE_SEARCH,   /* /en/search?q=…, see link/page_key.h */
    SITE_PAGE_SUGGEST,  /* /en/suggest?q=… */
    SITE_PAGE_MENU,     /* /en/menu */
    SITE_PAGE_TV,       /* /en/tv, of further channels /en/tv/sport */
    SITE_PAGE_PROGRAMME, /* /en/programme/62f9f7d471fdc */
    SITE_PAGE_SAVED,     /* /en/saved: what the reader keeps for later */
    SITE_PAGE_MY_SAVED,  /* /saved */
    SITE_PAGE_MANIFEST,  /* /en/manifest.webmanifest */
    SITE_PAGE_CARD,      /* /en/card/62f9f7d471fdc-0123456789abcdef.jpg: see
                          * share_card.h */
    SITE_PAGE_ICON,      /* /en/icon-192.png; see SITE_ICONS */
    SITE_PAGE_WORKER,    /* /sw.js */
    SITE_PAGE_FEED,      /* /en/atom.xml, /en/politics/rss.xml,
                          * /en/tag/harvest/feed.json; see SITE_FEEDS */
    SITE_PAGE_ASSET,     /* /assets/reader-0123456789abcdef.js */
    SITE_PAGE_FAVICON,   /* /favicon.ico */
    SITE_PAGE_ROBOTS,    /* /robots.txt */
    SITE_PAGE_LLMS,      /* /llms.txt */
    SITE_PAGE_SITEMAPS,  /* /sitemap.xml: the index of the others */
    SITE_PAGE_SITEMAP,   /* /sitemap-en-2022-08.xml.gz; see SITE_SITEMAPS */
    SITE_PAGE_NOW,       /* /events/en.json */
    SITE_PAGE_SINCE,     /* /events/en/0005e6466bd0a4c0-62f9f7d471fdc.json */
    SITE_PAGE_SLASH,     /* a known page but for its last slash: /en, /en/tv/,
                          * or but for a query that it does not know */
    SITE_PAGE_COUNT
};

enum {
    SITE_PATH_DEPTH_MAX = 4, /* categories in categories */
};

/* clang-format off */
/*    format  file         media type */
#define SITE_FEEDS(X) \
    X(ATOM,   "atom.xml",  "application/atom+xml")  /* RFC 4287 */ \
    X(RSS,    "rss.xml",   "application/rss+xml")   /* RSS 2.0.11 */ \
    X(JSON,   "feed.json", "application/feed+json") /* JSON Feed 1.1 */
/* clang-format on */

enum site_feed {
#define X(format, file, type) SITE_FEED_##format,
    SITE_FEEDS(X)
#undef X
        SITE_FEED_COUNT
};

struct site_feed_format {
    struct str file;
    struct str type;
};
extern const struct site_feed_format site_feeds[SITE_FEED_COUNT];

/* clang-format off */
/*    icon       file                     pixels, may be cut to a circle */
#define SITE_ICONS(X) \
    X(SMALL,     "icon-192.png",          192, false) \
    X(LARGE,     "icon-512.png",          512, false) \
    X(MASKABLE,  "icon-maskable-512.png", 512, true)
/* clang-format on */

enum site_icon {
#define X(icon, file, pixels, maskable) SITE_ICON_##icon,
    SITE_ICONS(X)
#undef X
        SITE_ICON_COUNT
};

struct site_icon_file {
    struct str file;
    unsigned pixels;
    bool maskable;
};
extern const struct site_icon_file site_icons[SITE_ICON_COUNT];

/* clang-format off */
/*    kind       in the address: /sitemap-en-WORD.xml.gz */
#define SITE_SITEMAPS(X) \
    X(ARTICLES,  "")         /* the month of publication; parts of it */ \
    X(SECTIONS,  "sections") /* fronts and categories */ \
    X(TAGS,      "tags")     /* parts of them, as of people */ \
    X(AUTHORS,   "authors") \
    X(NEWS,      "news")     /* of the last two days */
/* clang-format on */

enum site_sitemap {
#define X(kind, word) SITE_SITEMAP_##kind,
    SITE_SITEMAPS(X)
#undef X
        SITE_SITEMAP_COUNT
};

/* All texts are borrowed from the page key. */
struct site_path {
    enum site_page page;
    struct str lang;     /* the first part, "" when there is none */
    enum site_page home; /* of a feed: the kind of page it is the feed of */
    enum site_feed feed; /* of a feed: its format */
    enum site_icon icon; /* of an icon */
    struct str category; /* "politics/elections" */
    struct str slug;     /* of an article (may be ""), a tag, an author, a
                          * channel (may be "") */
    struct str asset;    /* the name with its digest */
    struct id id;        /* of an article, a programme */
    struct id post;      /* of a live blog, which the page begins with, or none
                          */
    int64_t after;       /* of changes of a live blog: those after this one */
    enum site_sitemap sitemap; /* of a sitemap, as are: */
    struct str month;          /* "2022-08", of articles */
    int64_t part;              /* from 1 */
    bool has_before;           /* the list goes on after this story; of
                                  SITE_PAGE_SINCE, before it: */
    struct article_cursor before;
};

/* Never fails: what has no meaning is SITE_PAGE_UNKNOWN. */
struct site_path site_path_parse(struct str page_key);

/* Whether a page of that kind has feeds. */
bool site_page_has_feeds(enum site_page page);

/* The feed of the page at path: "/en/politics/atom.xml" of "/en/politics". */
struct str site_path_feed(struct arena *arena, struct str path,
                          enum site_feed feed);

/* The last part of a path of categories: "elections". */
struct str site_path_last(struct str category);

/* "/en/article/some-words-62f9f7d471fdc"; without a slug the id alone. */
struct str site_path_article(struct arena *arena, struct str lang,
                             struct str slug, struct str id);

/* The item beside an article's page. */
struct str site_path_item(struct arena *arena, struct str article);

/* The card of an article's page. */
struct str site_path_embed(struct arena *arena, struct str article);

/* What changed in the live blog of an article: "…/posts", and behind it the
 * number up to which it is known: "…/posts?after=7". */
struct str site_path_posts(struct arena *arena, struct str article);
struct str site_path_after(struct arena *arena, struct str posts,
                           int64_t after);

/* "/sitemap-en-2022-08-2.xml.gz", "/sitemap-en-tags.xml.gz"; month only of
 * articles; part 1 is not written. */
struct str site_path_sitemap(struct arena *arena, struct str lang,
                             enum site_sitemap sitemap, struct str month,
                             int64_t part);

/* "/en/politics?before=0005e6466bd0a4c0-62f9f7d471fdc" */
struct str site_path_before(struct arena *arena, struct str path,
                            const struct article_cursor *before);

/* The same page where there are no queries:
 * "/en/politics/before/0005e6466bd0a4c0-62f9f7d471fdc", "…/post/62f9f7d471fdc".
 */
struct str site_path_static(struct arena *arena, struct str page_key);

#endif
