// SPDX-License-Identifier: Apache-2.0
/* content/article_ninjs.h: articles as IPTC ninjs items, valid against the
 * published schemas 3.0 and 3.1, and such that exchange/ninjs_import.h makes
 * the same articles of them. For exports and for readers' programs. */
#ifndef CONTENT_ARTICLE_NINJS_H
#define CONTENT_ARTICLE_NINJS_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

struct article;
struct live_blog;
struct live_posts;
struct arena;

struct article_ninjs_options {
    struct str address; /* of the site, "https://example.org": in front of
                           every path */
    bool pretty;        /* indented; else one line */

    /* Of a live blog, whose posts become associations; or NULL. */
    const struct live_blog *blog;
    const struct live_posts *posts;
};

enum { ARTICLE_NINJS_BYTES_MAX = 16 * 1024 * 1024 };

/* Appends one article, with a line end. article is one of article_load. An
 * article that readers do not see is "withheld", a withdrawn one "canceled". */
MUST_USE enum err article_write_ninjs(
    const struct article *article, const struct article_ninjs_options *options,
    struct arena *arena, struct buf *out);

#endif
