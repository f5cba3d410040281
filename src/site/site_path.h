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

/* The one table of the kinds of pages; page_<printer> of pages.h prints it. Of
 * those that are alone on the site the address is given; of those that each
 * language has one of, what stands behind "/en/". All others have a shape,
 * which the note shows. */
/* clang-format off */
/*    kind       printer    alone           a language's            what it has */
#define SITE_PAGES(X) \
    X(UNKNOWN,   not_found, "",             "",                     0) /* nothing has this shape; lang may be set all the same */ \
    X(ROOT,      root,      "/",            "",                     0) \
    X(FRONT,     front,     "",             "",                     SITE_HAS_FEEDS) /* /en/ */ \
    X(CATEGORY,  category,  "",             "",                     SITE_HAS_FEEDS | SITE_HAS_CURSORS) /* /en/politics, /en/politics/elections */ \
    X(ARTICLE,   article,   "",             "",                     SITE_HAS_FEEDS | SITE_HAS_CURSORS) /* /en/article/some-words-62f9f7d471fdc */ \
    X(POSTS,     posts,     "",             "",                     0) /* …/posts?after=7: what is new in a live blog */ \
    X(ITEM,      item,      "",             "",                     0) /* ….json: the article as ninjs */ \
    X(EMBED,     embed,     "",             "",                     0) /* …/embed: a card of it for pages of others */ \
    X(OEMBED,    oembed,    "/oembed",      "",                     0) /* ?url=…, see link/page_key.h */ \
    X(TAG,       tag,       "",             "",                     SITE_HAS_FEEDS | SITE_HAS_CURSORS) /* /en/tag/harvest */ \
    X(AUTHOR,    author,    "",             "",                     SITE_HAS_FEEDS | SITE_HAS_CURSORS) /* /en/author/nino-beridze */ \
    X(SEARCH,    search,    "",             "search",               SITE_HAS_FEEDS) /* ?q=…, see link/page_key.h */ \
    X(SUGGEST,   suggest,   "",             "suggest",              0) /* ?q=… */ \
    X(MENU,      menu,      "",             "menu",                 0) \
    X(TV,        tv,        "",             "tv",                   0) /* of further channels /en/tv/sport */ \
    X(PROGRAMME, programme, "",             "",                     0) /* /en/programme/62f9f7d471fdc */ \
    X(SAVED,     saved,     "",             "saved",                0) /* what the reader keeps for later */ \
    X(MY_SAVED,  my_saved,  "/saved",       "",                     0) \
    X(MANIFEST,  manifest,  "",             "manifest.webmanifest", 0) \
    X(CARD,      card,      "",             "",                     0) /* /en/card/62f9f7d471fdc-0123456789abcdef.jpg: see share_card.h */ \
    X(ICON,      icon,      "",             "",                     0) /* /en/icon-192.png; see SITE_ICONS */ \
    X(WORKER,    worker,    "/sw.js",       "",                     0) \
    X(FEED,      feed,      "",             "",                     0) /* /en/atom.xml, /en/tag/harvest/feed.json; see SITE_FEEDS */ \
    X(ASSET,     asset,     "",             "",                     0) /* /assets/reader-0123456789abcdef.js */ \
    X(FAVICON,   favicon,   "/favicon.ico", "",                     0) \
    X(ROBOTS,    robots,    "/robots.txt",  "",                     0) \
    X(LLMS,      llms,      "/llms.txt",    "",                     0) \
    X(SITEMAPS,  sitemaps,  "/sitemap.xml", "",                     0) /* the index of the others */ \
    X(SITEMAP,   sitemap,   "",             "",                     0) /* /sitemap-en-2022-08.xml.gz; see SITE_SITEMAPS */ \
    X(NOW,       now,       "",             "",                     0) /* /events/en.json */ \
    X(SINCE,     since,     "",             "",                     0) /* /events/en/0005e6466bd0a4c0-62f9f7d471fdc.json */ \
    X(SLASH,     slash,     "",             "",                     0) /* a known page but for its last slash: /en, /en/tv/, or but for a query that it does not know */
/* clang-format on */

enum {
    SITE_HAS_FEEDS = 1 << 0,
    SITE_HAS_CURSORS = 1 << 1, /* it goes on: ?before=… */
};

enum site_page {
#define X(kind, printer, alone, word, has) SITE_PAGE_##kind,
    SITE_PAGES(X)
#undef X
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
