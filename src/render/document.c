// SPDX-License-Identifier: Apache-2.0
#include "render/document.h"

#include <assert.h>

#include "base/arena.h"
#include "render/document_internal.h"

struct document_node *document_new(struct arena *arena)
{
    assert(arena);
    struct document_node *doc = arena_new(arena, struct document_node);
    doc->kind = DOCUMENT_DOC;
    return doc;
}

struct document_node *document_add(struct arena *arena,
                                   struct document_node *parent,
                                   enum document_kind kind)
{
    assert(parent);
    struct document_node *node = arena_new(arena, struct document_node);
    node->kind = kind;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

struct document_node *document_add_text(struct arena *arena,
                                        struct document_node *parent,
                                        struct str text)
{
    struct document_node *node = document_add(arena, parent, DOCUMENT_TEXT);
    node->text = text;
    return node;
}

/* The value of attr, made in its place in the schema's order. */
static struct document_attr_value *attr_slot(struct arena *arena,
                                             struct document_node *node,
                                             enum document_attr attr)
{
    struct document_attr_value **link = &node->attrs;
    while (*link && (*link)->attr < attr)
        link = &(*link)->next;
    if (*link && (*link)->attr == attr)
        return *link;
    struct document_attr_value *value =
        arena_new(arena, struct document_attr_value);
    value->attr = attr;
    value->next = *link;
    *link = value;
    return value;
}

void document_set_str(struct arena *arena, struct document_node *node,
                      enum document_attr attr, struct str text)
{
    attr_slot(arena, node, attr)->text = text;
}

void document_set_int(struct arena *arena, struct document_node *node,
                      enum document_attr attr, int64_t number)
{
    attr_slot(arena, node, attr)->number = number;
}

static const struct document_attr_value *find_attr(
    const struct document_node *node, enum document_attr attr)
{
    for (const struct document_attr_value *value = node->attrs; value;
         value = value->next)
        if (value->attr == attr)
            return value;
    return NULL;
}

struct str document_str(const struct document_node *node,
                        enum document_attr attr)
{
    const struct document_attr_value *value = find_attr(node, attr);
    return value ? value->text : STR("");
}

int64_t document_int(const struct document_node *node, enum document_attr attr,
                     int64_t otherwise)
{
    const struct document_attr_value *value = find_attr(node, attr);
    return value ? value->number : otherwise;
}

/* A line without control characters, trimmed, in arena. */
static struct str clean_line(struct arena *arena, struct str line)
{
    struct str copy = arena_copy(arena, str_trim(line));
    char *bytes = (char *)copy.ptr;
    size_t len = 0;
    for (size_t i = 0; i < copy.len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c >= 0x20 && c != 0x7F)
            bytes[len++] = (char)c;
        else if (c == '\t')
            bytes[len++] = ' ';
    }
    return str_of(bytes, len);
}

struct document_node *document_from_text(struct arena *arena, struct str text)
{
    struct document_node *doc = document_new(arena);
    struct document_node *paragraph = NULL;
    struct str line;
    while (str_split_next(&text, '\n', &line)) {
        line = clean_line(arena, line);
        if (line.len == 0) {
            paragraph = NULL;
            continue;
        }
        if (paragraph)
            document_add(arena, paragraph, DOCUMENT_HARD_BREAK);
        else
            paragraph = document_add(arena, doc, DOCUMENT_PARAGRAPH);
        document_add_text(arena, paragraph, line);
    }
    return doc;
}

void document_each_media(const struct document_node *doc,
                         void (*visit)(void *context, struct str media),
                         void *context)
{
    assert(doc);
    static const enum document_attr ids[] = {DOCUMENT_MEDIA, DOCUMENT_POSTER};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct str media = document_str(doc, ids[i]);
        if (media.len)
            visit(context, media);
    }
    for (const struct document_node *child = doc->first; child;
         child = child->next)
        document_each_media(child, visit, context);
}
