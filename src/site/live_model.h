// SPDX-License-Identifier: Apache-2.0
/* site/live_model.h: a live blog as templates see it, on the page of its
 * article, on the pages of older posts, and in what open pages ask for. Every
 * key is always set, as in story_model.h:
 *
 *     blog {running, changed, ended, path, seq, delta, newest, older,
 *           pinned (a post or false), posts [post], keys [{url, time, day,
 * text}], has_keys, empty, new_words, new_sample} post {id, at, url, time, day,
 * headline, body, has_authors, authors
 *           [{before, name, url}], key, pinned, is_new, edited, correction,
 * corrected, removed, reason}
 */
#ifndef SITE_LIVE_MODEL_H
#define SITE_LIVE_MODEL_H

#include "content/live.h"

struct printing;
struct value;

enum {
    LIVE_PAGE_POSTS = 20,
    LIVE_PAGE_KEYS = 30,
    LIVE_FEED_POSTS = 50,
    LIVE_DELTA_POSTS = 60, /* who lacks more reloads the page */
};

/* What is shown of a live blog on one page. */
struct live_page {
    struct live_blog blog;
    struct live_posts posts;
    struct live_posts keys;
    const struct live_post *pinned; /* on top, and then not among posts */
    const struct live_post *focus;  /* the one that the address names */
    int64_t since; /* posts that came later are new to who asks */
};

/* Loads the posts that p->path wants, with their change keys. ERR_NOT_FOUND
 * when the article is no live blog, or has no such post. */
MUST_USE enum err live_page_load(struct printing *p,
                                 const struct article *article,
                                 struct live_page *ret_page);

/* The changes after a number, for open pages: *ret_all is false when there are
 * more than LIVE_DELTA_POSTS, or the number was never given out. */
MUST_USE enum err live_page_load_since(struct printing *p,
                                       const struct article *article,
                                       int64_t since,
                                       struct live_page *ret_page,
                                       bool *ret_all);

/* Sets data.blog. path is the article's. */
void live_page_set(struct printing *p, const struct article *article,
                   const struct live_page *page, struct str path);

/* "/en/article/…?post=…" */
struct str live_post_url(const struct printing *p, struct str path,
                         const struct id *post);

/* What a post is called where it needs a name: its headline, or how it begins.
 */
struct str live_post_title(struct printing *p, const struct live_post *post);

#endif
