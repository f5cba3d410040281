// SPDX-License-Identifier: Apache-2.0
/* Quotes, who said them, and quotes pulled out of the text. */
#include "base/arena.h"
#include "base/utf8.h"
#include "convert_internal.h"

enum { CITE_BYTES_MAX = 1000, PULL_QUOTE_BYTES_MAX = 64 * 1024 };

struct str convert_name(struct converter *converter, const GumboNode *node)
{
    static const struct str dashes[] = {STR_INIT("—"), STR_INIT("–"),
                                        STR_INIT("―"), STR_INIT("-")};
    struct str name = convert_plain(converter, node, NULL, CITE_BYTES_MAX);
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (str_starts_with(name, dashes[i]))
            return str_trim(str_from(name, dashes[i].len));
    return name;
}

static bool is_name(const GumboNode *node)
{
    return convert_is(node, GUMBO_TAG_CITE) ||
           convert_is(node, GUMBO_TAG_FOOTER) ||
           convert_is(node, GUMBO_TAG_FIGCAPTION);
}

/* <cite> or <footer> on its own, or alone in a paragraph; in the middle of a
 * line it is the name of a work. */
static bool says_who(const GumboNode *node)
{
    if (is_name(node))
        return true;
    if (!convert_is(node, GUMBO_TAG_P))
        return false;
    const GumboVector *children = &node->v.element.children;
    size_t names = 0;
    for (unsigned i = 0; i < children->length; i++) {
        if (convert_is_blank(children->data[i]))
            continue;
        if (!convert_is(children->data[i], GUMBO_TAG_CITE))
            return false;
        names++;
    }
    return names == 1;
}

/* Texts beside a <cite> are a line that it belongs to. */
static bool has_text_of_its_own(const GumboNode *node)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (child->type == GUMBO_NODE_TEXT)
            return true;
    }
    return false;
}

static void walk_within(struct converter *converter, const GumboNode *node,
                        struct document_node *quote)
{
    struct builder *builder = &converter->builder;
    bool inline_text = has_text_of_its_own(node);
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        bool who = says_who(child) &&
                   !(inline_text && convert_is(child, GUMBO_TAG_CITE) &&
                     i + 1 < children->length);
        if (!who) {
            convert_walk(converter, child);
            continue;
        }
        struct str name = convert_name(converter, child);
        if (name.len)
            document_set_str(builder->arena, quote, DOCUMENT_CITE, name);
    }
}

void convert_quote(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    if (convert_post(converter, node) || (convert_class_has(node, "pull") &&
                                          convert_pull_quote(converter, node)))
        return;
    if (!builder_accepts(builder, DOCUMENT_BLOCKQUOTE)) {
        convert_walk_block(converter, node);
        return;
    }
    struct document_node *quote = builder_block(builder, DOCUMENT_BLOCKQUOTE);
    convert_is_shown(converter, quote);
    struct builder_place place = builder_enter(builder, quote, 1);
    walk_within(converter, node, quote);
    builder_leave(builder, place);
}

bool convert_pull_quote(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, DOCUMENT_PULL_QUOTE))
        return false;
    const GumboNode *who = convert_find(converter, node, is_name);
    struct str text = convert_plain(converter, node, who, PULL_QUOTE_BYTES_MAX);
    if (!text.len)
        return false;
    struct document_node *quote = builder_block(builder, DOCUMENT_PULL_QUOTE);
    document_add_text(builder->arena, quote, text);
    struct str name = who ? convert_name(converter, who) : STR("");
    if (name.len)
        document_set_str(builder->arena, quote, DOCUMENT_CITE, name);
    return true;
}
