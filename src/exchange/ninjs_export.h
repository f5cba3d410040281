// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_export.h: articles as IPTC ninjs 3.0 items, valid against the
 * published schema, and such that ninjs_import makes the same articles of
 * them. */
#ifndef EXCHANGE_NINJS_EXPORT_H
#define EXCHANGE_NINJS_EXPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

struct article;
struct arena;

struct ninjs_export_options {
    struct str address; /* of the site, "https://example.org": in front of
                           every path */
    bool pretty;        /* indented; else one line */
};

enum { NINJS_EXPORT_BYTES_MAX = 16 * 1024 * 1024 };

/* Appends one article, with a line end. article is one of article_load. An
 * article that readers do not see is "withheld", a withdrawn one "canceled". */
MUST_USE enum err ninjs_export_article(
    const struct article *article, const struct ninjs_export_options *options,
    struct arena *arena, struct buf *out);

#endif
