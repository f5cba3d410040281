// SPDX-License-Identifier: Apache-2.0
/* site/feed.h: a feed while it is printed: what it is the feed of, its links,
 * its entries with their whole text. Each format (SITE_FEEDS) is written from
 * this by a function of its own. */
#ifndef SITE_FEED_H
#define SITE_FEED_H

#include "base/buf.h"
#include "content/article_list.h"
#include "content/withdrawn_list.h"

struct printing;

enum { FEED_LINKS_MAX = 8 };

struct feed_link {
    const char *rel; /* "self", "alternate" */
    struct str type; /* media type of what is there; "" when it is not said */
    struct str href;
};

struct feed_person {
    struct str name;
    struct str url; /* of their page, or "" */
};

/* All addresses are absolute. */
struct feed_entry {
    struct str id; /* stays when the slug or the section changes */
    struct str url;
    struct str html; /* corrections, picture, text */
    struct article article;
    const struct article_card *card;
    int64_t updated_us;           /* the newest of text and corrections */
    const struct rendition *file; /* the picture, or NULL */
    struct str file_url;
    struct str file_alt;
    const struct article_enclosure *played; /* of the article, or NULL */
    struct str played_url;
    struct feed_person *authors; /* or, when there are none, the source */
    size_t author_count;
};

struct feed {
    struct printing *p;
    struct str title;
    struct str description; /* may be "" */
    struct str home;        /* path of the page it is the feed of */
    struct feed_link links[FEED_LINKS_MAX];
    size_t link_count;
    struct article_list list;
    struct withdrawn_place place; /* what the list is of */
    struct withdrawn *withdrawn;  /* of it lately, for formats that say so */
    size_t withdrawn_count;
    struct feed_entry *entries; /* newest first */
    size_t count;
    int64_t updated_us; /* of the entry that changed last; 0: it is empty */
};

/* One more link of the feed, written in the way of each format. */
void feed_add_link(struct feed *feed, const char *rel, struct str type,
                   struct str href);

/* The feed of a live blog: its posts. For feed_load; ERR_NOT_FOUND when the
 * article is none, or readers do not see it. */
MUST_USE enum err feed_load_live(struct feed *feed);

/* The hub that tells of changes of the feed at p->page_key, "" when none does.
 */
struct str feed_hub(const struct printing *p);

/* The id of an article's entry: it stays when the slug or the section changes.
 */
struct str feed_entry_id(struct printing *p, const struct id *id);

/* Loads the feed that p->path names, with its change keys. ERR_NOT_FOUND when
 * there is no page of which it would be the feed. */
MUST_USE enum err feed_load(struct printing *p, struct feed *ret_feed);

MUST_USE enum err feed_write_atom(const struct feed *feed, struct buf *out);
MUST_USE enum err feed_write_rss(const struct feed *feed, struct buf *out);
MUST_USE enum err feed_write_json(const struct feed *feed, struct buf *out);

#endif
