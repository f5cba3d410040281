// SPDX-License-Identifier: Apache-2.0
/* site/pages.h: the printers of the kinds of pages. Each is called with
 * p->path read and fills p->print and p->keys; ERR_NOT_FOUND makes a 404. */
#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include "base/err.h"
#include "base/str.h"

struct printing;

MUST_USE enum err page_front(struct printing *p);
MUST_USE enum err page_category(struct printing *p);
MUST_USE enum err page_article(struct printing *p);
MUST_USE enum err page_posts(struct printing *p); /* of a live blog, changed */
MUST_USE enum err page_item(struct printing *p);  /* an article as ninjs */
MUST_USE enum err page_embed(struct printing *p);
MUST_USE enum err page_oembed(struct printing *p);
MUST_USE enum err page_tag(struct printing *p);
MUST_USE enum err page_author(struct printing *p);
MUST_USE enum err page_search(struct printing *p);
MUST_USE enum err page_suggest(struct printing *p);
MUST_USE enum err page_card(struct printing *p); /* see share_card.h */
MUST_USE enum err page_menu(struct printing *p);
MUST_USE enum err page_tv(struct printing *p);
MUST_USE enum err page_programme(struct printing *p);
MUST_USE enum err page_saved(struct printing *p);
MUST_USE enum err page_my_saved(struct printing *p);
MUST_USE enum err page_manifest(struct printing *p);
MUST_USE enum err page_icon(struct printing *p);
MUST_USE enum err page_worker(struct printing *p);
MUST_USE enum err page_feed(struct printing *p);  /* of each format */
MUST_USE enum err page_now(struct printing *p);   /* for pages that ask */
MUST_USE enum err page_since(struct printing *p); /* the same */
MUST_USE enum err page_root(struct printing *p);
MUST_USE enum err page_slash(struct printing *p);
MUST_USE enum err page_asset(struct printing *p);
MUST_USE enum err page_favicon(struct printing *p);
MUST_USE enum err page_robots(struct printing *p);
MUST_USE enum err page_llms(struct printing *p);
MUST_USE enum err page_sitemaps(struct printing *p); /* the index */
MUST_USE enum err page_sitemap(struct printing *p);

/* The 404 page of the language in the address, or a redirect when the path
 * moved. */
MUST_USE enum err page_not_found(struct printing *p);

/* The 410 page of a withdrawn article. */
struct article;
MUST_USE enum err page_gone(struct printing *p, const struct article *article);

#endif
