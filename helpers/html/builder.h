// SPDX-License-Identifier: Apache-2.0
/* helpers/html/builder.h: makes a document from a stream of blocks and texts as
 * HTML has them: white space collapses, paragraphs begin with their first
 * letter, two line breaks part them, what stays empty is left out. */
#ifndef HELPERS_HTML_BUILDER_H
#define HELPERS_HTML_BUILDER_H

#include "render/document.h"

struct builder {
    struct arena *arena;
    struct document_node *doc;
    struct document_node *container; /* doc, list_item, blockquote, cell */
    struct document_node *inline_of; /* the open paragraph, or NULL */
    size_t depth;                    /* of container; doc is 1 */
    enum document_kind next_kind;    /* of the paragraph to come */
    int64_t next_level;              /* when it is a heading */
    unsigned marks;
    const struct document_link *link;
    unsigned breaks;    /* <br> since the last text */
    bool pending_space; /* white space since the last text */
    bool keep_lines;    /* in <pre> */
};

void builder_init(struct builder *builder, struct arena *arena);

/* Ends the open paragraph; the next text begins another one. */
void builder_end_paragraph(struct builder *builder);

/* Text in the open paragraph, which is begun if need be. */
void builder_text(struct builder *builder, struct str text);
void builder_break(struct builder *builder);

/* Whether a block of that kind can stand here. */
bool builder_accepts(const struct builder *builder, enum document_kind kind);

/* A block without text, in the container. */
struct document_node *builder_block(struct builder *builder,
                                    enum document_kind kind);

/* What builder_enter changes, to be given back to builder_leave. */
struct builder_place {
    struct document_node *container;
    size_t depth;
};

/* Blocks go into node from now on, levels below the container. */
struct builder_place builder_enter(struct builder *builder,
                                   struct document_node *node, size_t levels);
void builder_leave(struct builder *builder, struct builder_place place);

/* Ends everything and takes empty lists, items and tables out. */
struct document_node *builder_finish(struct builder *builder);

#endif
