// SPDX-License-Identifier: Apache-2.0
/* helpers/html/convert_internal.h: what the files of the conversion share. */
#ifndef HELPERS_HTML_CONVERT_INTERNAL_H
#define HELPERS_HTML_CONVERT_INTERNAL_H

#include <gumbo.h>

#include "builder.h"
#include "convert.h"

/* The <figure> that is being read. */
struct figure {
    struct document_node *node; /* what its caption belongs to, or NULL */
    const GumboNode *caption;   /* set aside until the figure is read */
    bool lost;                  /* what it showed was dropped */
};

struct converter {
    struct builder builder;
    struct convert_result result;
    size_t depth;
    bool too_deep;
    struct figure *figure;         /* the innermost, or NULL */
    struct document_node *gallery; /* pictures go into it; or NULL */
};

/* ---- convert.c ---- */

void convert_drop(struct converter *converter, const char *what);

/* The trimmed value, "" when there is none; borrowed from the tree. */
struct str convert_attribute(const GumboNode *node, const char *name);
bool convert_is(const GumboNode *node, GumboTag tag);
bool convert_is_blank(const GumboNode *node);

/* What an article has no place for, by the name it is counted under; else
 * NULL. */
const char *convert_dropped_as(GumboTag tag);

void convert_walk(struct converter *converter, const GumboNode *node);
void convert_walk_children(struct converter *converter, const GumboNode *node);
void convert_walk_block(struct converter *converter, const GumboNode *node);

/* ---- plain.c ---- */

/* Whether one of the element's classes has this part in it ("pull" in
 * "wp-block-pullquote"). */
bool convert_class_has(const GumboNode *node, const char *part);

/* The text within node as one line, without what stands in skip (or NULL), at
 * most max bytes. */
struct str convert_plain(struct converter *converter, const GumboNode *node,
                         const GumboNode *skip, size_t max);

/* The first element within node, itself excluded, for which is() holds; NULL.
 * Looks as deep as the conversion would. */
const GumboNode *convert_find(struct converter *converter,
                              const GumboNode *node,
                              bool (*is)(const GumboNode *node));

/* ---- figure.c ---- */

void convert_image(struct converter *converter, const GumboNode *node);
void convert_figure(struct converter *converter, const GumboNode *node);
void convert_caption(struct converter *converter, const GumboNode *node);

/* Says what the caption of the figure around it belongs to. */
void convert_is_shown(struct converter *converter, struct document_node *node);
void convert_is_lost(struct converter *converter, const char *what);

/* ---- quote.c ---- */

void convert_quote(struct converter *converter, const GumboNode *node);

/* Who said it. Names are often written behind a dash, which the page sets
 * itself: it is taken off. */
struct str convert_name(struct converter *converter, const GumboNode *node);

/* False when there is nothing in it, or no place for it. */
bool convert_pull_quote(struct converter *converter, const GumboNode *node);

/* ---- embed.c ---- */

/* A frame, clip or sound becomes a link to where it is. */
void convert_embed(struct converter *converter, const GumboNode *node);

/* The same of an address. False when it is none, or has no place. */
bool convert_embed_url(struct converter *converter, struct str url,
                       struct str title);

/* Posts of other sites that stand there as a quote or an empty block which a
 * script would fill. */
bool convert_post(struct converter *converter, const GumboNode *node);

#endif
