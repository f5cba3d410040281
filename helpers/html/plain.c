// SPDX-License-Identifier: Apache-2.0
/* Text of elements as one line, and looking for elements. */
#include "base/arena.h"
#include "base/utf8.h"
#include "convert_internal.h"

bool convert_class_has(const GumboNode *node, const char *part)
{
    return node->type == GUMBO_NODE_ELEMENT &&
           str_find(convert_attribute(node, "class"), str_from_c(part)) >= 0;
}

/* ---- Plain text
 * --------------------------------------------------------------------------
 */

struct plain {
    struct converter *converter;
    const GumboNode *skip;
    struct buf out;
    bool space; /* white space since the last letter */
};

static void add_text(struct plain *plain, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            plain->space = true;
            continue;
        }
        if (c < 0x20 || c == 0x7F)
            continue;
        if (plain->space && plain->out.len)
            buf_add_char(&plain->out, ' ');
        plain->space = false;
        buf_add_char(&plain->out, (char)c);
    }
}

static bool parts_words(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_BR, GUMBO_TAG_P,  GUMBO_TAG_DIV,    GUMBO_TAG_LI,
        GUMBO_TAG_TD, GUMBO_TAG_TH, GUMBO_TAG_FOOTER, GUMBO_TAG_CITE,
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag)
            return true;
    return false;
}

static void add_node(struct plain *plain, const GumboNode *node)
{
    struct converter *converter = plain->converter;
    if (converter->depth == CONVERT_DEPTH_MAX) {
        converter->too_deep = true;
        return;
    }
    if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
        node->type == GUMBO_NODE_CDATA)
        add_text(plain, node->v.text.text);
    if (node->type != GUMBO_NODE_ELEMENT || node == plain->skip ||
        convert_dropped_as(node->v.element.tag))
        return;
    converter->depth++;
    plain->space |= parts_words(node->v.element.tag);
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++)
        add_node(plain, children->data[i]);
    plain->space |= parts_words(node->v.element.tag);
    converter->depth--;
}

struct str convert_plain(struct converter *converter, const GumboNode *node,
                         const GumboNode *skip, size_t max)
{
    struct plain plain = {.converter = converter, .skip = skip};
    buf_init(&plain.out, CONVERT_BYTES_MAX);
    add_node(&plain, node);
    struct str text = arena_copy(converter->builder.arena,
                                 utf8_cut(buf_str(&plain.out), max));
    buf_finish(&plain.out);
    return str_trim(text);
}

/* ---- Looking
 * --------------------------------------------------------------------------
 */

const GumboNode *convert_find(struct converter *converter,
                              const GumboNode *node,
                              bool (*is)(const GumboNode *node))
{
    if (node->type != GUMBO_NODE_ELEMENT)
        return NULL;
    if (converter->depth == CONVERT_DEPTH_MAX) {
        converter->too_deep = true;
        return NULL;
    }
    converter->depth++;
    const GumboNode *found = NULL;
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; !found && i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (child->type == GUMBO_NODE_ELEMENT)
            found = is(child) ? child : convert_find(converter, child, is);
    }
    converter->depth--;
    return found;
}
