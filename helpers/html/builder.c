// SPDX-License-Identifier: Apache-2.0
#include "builder.h"

#include "base/arena.h"

void builder_init(struct builder *builder, struct arena *arena)
{
    struct document_node *doc = document_new(arena);
    *builder = (struct builder){
        .arena = arena,
        .doc = doc,
        .container = doc,
        .depth = 1,
        .next_kind = DOCUMENT_PARAGRAPH,
    };
}

void builder_end_paragraph(struct builder *builder)
{
    builder->inline_of = NULL;
    builder->breaks = 0;
    builder->pending_space = false;
}

bool builder_accepts(const struct builder *builder, enum document_kind kind)
{
    switch (kind) {
    case DOCUMENT_PARAGRAPH:
        return true;
    case DOCUMENT_BULLET_LIST:
    case DOCUMENT_ORDERED_LIST:
        /* The list, its item, a paragraph and a text are four levels. */
        return builder->depth + 4 <= DOCUMENT_DEPTH_MAX;
    default:
        return builder->container == builder->doc;
    }
}

struct document_node *builder_block(struct builder *builder,
                                    enum document_kind kind)
{
    builder_end_paragraph(builder);
    return document_add(builder->arena, builder->container, kind);
}

struct builder_place builder_enter(struct builder *builder,
                                   struct document_node *node, size_t levels)
{
    struct builder_place before = {builder->container, builder->depth};
    builder_end_paragraph(builder);
    builder->container = node;
    builder->depth += levels;
    return before;
}

void builder_leave(struct builder *builder, struct builder_place place)
{
    builder_end_paragraph(builder);
    builder->container = place.container;
    builder->depth = place.depth;
}

/* ---- Text
 * --------------------------------------------------------------------- */

static void begin_paragraph(struct builder *builder)
{
    enum document_kind kind = builder->next_kind;
    if (!builder_accepts(builder, kind))
        kind = DOCUMENT_PARAGRAPH;
    builder->inline_of = builder_block(builder, kind);
    if (kind == DOCUMENT_HEADING)
        document_set_int(builder->arena, builder->inline_of, DOCUMENT_LEVEL,
                         builder->next_level);
}

/* Before a letter: what breaks and blanks before it come to. */
static void settle_breaks(struct builder *builder)
{
    if (builder->breaks > 1)
        builder_end_paragraph(builder);
    if (!builder->inline_of) {
        begin_paragraph(builder);
        return;
    }
    if (builder->breaks == 1) {
        document_add(builder->arena, builder->inline_of, DOCUMENT_HARD_BREAK);
        builder->pending_space = false;
    }
    builder->breaks = 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && !is_blank(c)) || c == 0x7F;
}

static bool text_has_letters(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_blank(text.ptr[i]) && !is_control(text.ptr[i]))
            return true;
    return false;
}

static void add_text(struct builder *builder, struct str text, unsigned marks,
                     const struct document_link *link)
{
    struct document_node *node =
        document_add_text(builder->arena, builder->inline_of, text);
    node->marks = marks;
    node->link = link;
}

/* A space between two texts has only the marks that both have, so that neither
 * a link nor emphasis begins or ends with it. Says whether it is still to be
 * written before the new text. */
static bool space_goes_with_new(struct builder *builder)
{
    struct document_node *last = builder->inline_of->last;
    if (!last || last->kind != DOCUMENT_TEXT)
        return false;
    unsigned marks = last->marks & builder->marks;
    const struct document_link *link =
        last->link == builder->link ? builder->link : NULL;
    if (marks == builder->marks && link == builder->link)
        return true;
    if (marks == last->marks && link == last->link)
        last->text = arena_concat(builder->arena, last->text, STR(" "));
    else
        add_text(builder, STR(" "), marks, link);
    return false;
}

/* A run with its white space collapsed to single spaces. */
static void add_collapsed(struct builder *builder, struct str text)
{
    char *bytes = arena_array(builder->arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (is_control(c))
            continue;
        if (is_blank(c)) {
            builder->pending_space = true;
            continue;
        }
        if (builder->pending_space && (len > 0 || space_goes_with_new(builder)))
            bytes[len++] = ' ';
        builder->pending_space = false;
        bytes[len++] = c;
    }
    add_text(builder, str_of(bytes, len), builder->marks, builder->link);
}

static void add_line(struct builder *builder, struct str text)
{
    if (!text_has_letters(text)) {
        builder->pending_space |= text.len > 0;
        return;
    }
    /* A blank behind a break begins the line, and does not show. */
    while (builder->breaks > 0 && is_blank(text.ptr[0]))
        text = str_from(text, 1);
    bool space = builder->pending_space && builder->breaks == 0;
    settle_breaks(builder);
    builder->pending_space = space && builder->inline_of->first;
    add_collapsed(builder, text);
}

void builder_text(struct builder *builder, struct str text)
{
    struct str line;
    if (!builder->keep_lines) {
        add_line(builder, text);
        return;
    }
    while (str_split_next(&text, '\n', &line)) {
        add_line(builder, line);
        if (text.ptr)
            builder_break(builder);
    }
}

void builder_break(struct builder *builder)
{
    if (builder->inline_of)
        builder->breaks++;
}

/* ---- Pruning
 * ------------------------------------------------------------------------ */

static bool may_be_empty(enum document_kind kind)
{
    switch (kind) {
    case DOCUMENT_BULLET_LIST:
    case DOCUMENT_ORDERED_LIST:
    case DOCUMENT_LIST_ITEM:
    case DOCUMENT_BLOCKQUOTE:
    case DOCUMENT_GALLERY:
    case DOCUMENT_TABLE:
    case DOCUMENT_TABLE_ROW:
        return false;
    default:
        return true;
    }
}

static void prune(struct document_node *node)
{
    struct document_node **link = &node->first;
    node->last = NULL;
    while (*link) {
        struct document_node *child = *link;
        prune(child);
        if (!child->first && !may_be_empty(child->kind)) {
            *link = child->next;
            continue;
        }
        node->last = child;
        link = &child->next;
    }
}

struct document_node *builder_finish(struct builder *builder)
{
    builder_end_paragraph(builder);
    prune(builder->doc);
    return builder->doc;
}
