// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include <gumbo.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "builder.h"

struct converter {
    struct builder builder;
    struct convert_result result;
    size_t depth;
    bool too_deep;
    bool in_figure; /* that shows a picture or clip: its caption goes too */
};

static void walk(struct converter *converter, const GumboNode *node);

static void drop(struct converter *converter, const char *what)
{
    struct convert_result *result = &converter->result;
    for (size_t i = 0; i < result->dropped_count; i++)
        if (strcmp(result->dropped[i].what, what) == 0) {
            result->dropped[i].count++;
            return;
        }
    if (result->dropped_count < CONVERT_DROPPED_MAX)
        result->dropped[result->dropped_count++] =
            (struct convert_dropped){what, 1};
}

static struct str attribute(const GumboNode *node, const char *name)
{
    const GumboAttribute *attr =
        gumbo_get_attribute(&node->v.element.attributes, name);
    return attr ? str_trim(str_from_c(attr->value)) : STR("");
}

static void walk_children(struct converter *converter, const GumboNode *node)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++)
        walk(converter, children->data[i]);
}

/* ---- Text
 * ----------------------------------------------------------------------- */

static void walk_marked(struct converter *converter, const GumboNode *node,
                        unsigned mark)
{
    unsigned before = converter->builder.marks;
    converter->builder.marks |= mark;
    walk_children(converter, node);
    converter->builder.marks = before;
}

static void walk_link(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    const struct document_link *before = builder->link;
    struct str href = attribute(node, "href");
    if (document_href_is_allowed(href)) {
        struct document_link *link =
            arena_new(builder->arena, struct document_link);
        link->href = arena_copy(builder->arena, href);
        builder->link = link;
    } else if (href.len > 0) {
        drop(converter, "link");
    }
    walk_children(converter, node);
    builder->link = before;
}

static void walk_block(struct converter *converter, const GumboNode *node)
{
    builder_end_paragraph(&converter->builder);
    walk_children(converter, node);
    builder_end_paragraph(&converter->builder);
}

static void walk_heading(struct converter *converter, const GumboNode *node,
                         int64_t level)
{
    struct builder *builder = &converter->builder;
    builder->next_kind = DOCUMENT_HEADING;
    builder->next_level = level;
    walk_block(converter, node);
    builder->next_kind = DOCUMENT_PARAGRAPH;
}

static void walk_pre(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    unsigned before = builder->marks;
    builder_end_paragraph(builder);
    builder->keep_lines = true;
    builder->marks |= DOCUMENT_CODE;
    walk_children(converter, node);
    builder->marks = before;
    builder->keep_lines = false;
    builder_end_paragraph(builder);
}

/* ---- Lists, quotes, tables
 * ---------------------------------------------------------- */

static bool is_element(const GumboNode *node, GumboTag tag)
{
    return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

static bool is_blank_node(const GumboNode *node)
{
    return node->type == GUMBO_NODE_WHITESPACE ||
           node->type == GUMBO_NODE_COMMENT;
}

static void set_list_start(struct converter *converter, const GumboNode *node,
                           struct document_node *list)
{
    int64_t start;
    if (str_parse_i64(attribute(node, "start"), &start) == ERR_OK &&
        start >= 0 && start <= 1000000 && start != 1)
        document_set_int(converter->builder.arena, list, DOCUMENT_START, start);
}

static void walk_list(struct converter *converter, const GumboNode *node,
                      enum document_kind kind)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, kind)) {
        walk_block(converter, node);
        return;
    }
    struct document_node *list = builder_block(builder, kind);
    if (kind == DOCUMENT_ORDERED_LIST)
        set_list_start(converter, node, list);
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        if (is_blank_node(children->data[i]))
            continue;
        struct document_node *item =
            document_add(builder->arena, list, DOCUMENT_LIST_ITEM);
        struct builder_place place = builder_enter(builder, item, 2);
        walk(converter, children->data[i]);
        builder_leave(builder, place);
    }
}

static void walk_quote(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, DOCUMENT_BLOCKQUOTE)) {
        walk_block(converter, node);
        return;
    }
    struct document_node *quote = builder_block(builder, DOCUMENT_BLOCKQUOTE);
    struct builder_place place = builder_enter(builder, quote, 1);
    walk_children(converter, node);
    builder_leave(builder, place);
}

static void walk_row(struct converter *converter, const GumboNode *node,
                     struct document_node *table)
{
    struct builder *builder = &converter->builder;
    struct document_node *row =
        document_add(builder->arena, table, DOCUMENT_TABLE_ROW);
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        bool header = is_element(child, GUMBO_TAG_TH);
        if (!header && !is_element(child, GUMBO_TAG_TD))
            continue;
        struct document_node *cell =
            document_add(builder->arena, row, DOCUMENT_TABLE_CELL);
        if (header)
            document_set_int(builder->arena, cell, DOCUMENT_HEADER, 1);
        struct builder_place place = builder_enter(builder, cell, 3);
        walk_children(converter, child);
        builder_leave(builder, place);
    }
}

/* The rows of a table and of its thead, tbody and tfoot. */
static void walk_rows(struct converter *converter, const GumboNode *node,
                      struct document_node *table)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (is_element(child, GUMBO_TAG_TR))
            walk_row(converter, child, table);
        else if (is_element(child, GUMBO_TAG_THEAD) ||
                 is_element(child, GUMBO_TAG_TBODY) ||
                 is_element(child, GUMBO_TAG_TFOOT))
            walk_rows(converter, child, table);
        else if (is_element(child, GUMBO_TAG_CAPTION))
            drop(converter, "caption");
    }
}

static void walk_table(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, DOCUMENT_TABLE)) {
        walk_block(converter, node);
        return;
    }
    struct document_node *table = builder_block(builder, DOCUMENT_TABLE);
    walk_rows(converter, node, table);
}

/* ---- Pictures and embeds
 * --------------------------------------------------------------- */

/* "www.youtube.com/…" → "youtube.com" */
static struct str host_of(struct str url)
{
    ptrdiff_t at = str_find(url, STR("://"));
    struct str host = str_from(url, at < 0 ? 0 : (size_t)at + 3);
    size_t len = 0;
    while (len < host.len && !strchr("/?#:", host.ptr[len]))
        len++;
    host = str_slice(host, 0, len);
    return str_starts_with(host, STR("www.")) ? str_from(host, 4) : host;
}

static struct str source_of(const GumboNode *node)
{
    struct str src = attribute(node, "src");
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; src.len == 0 && i < children->length; i++)
        if (is_element(children->data[i], GUMBO_TAG_SOURCE))
            src = attribute(children->data[i], "src");
    return src;
}

/* A frame, clip or sound becomes a link to where it is. */
static void walk_embed(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    struct str url = source_of(node);
    if (str_starts_with(url, STR("//")))
        url = arena_concat(builder->arena, STR("https:"), url);
    bool is_web = str_starts_with(url, STR("https://")) ||
                  str_starts_with(url, STR("http://"));
    if (!is_web || !document_href_is_allowed(url) ||
        !builder_accepts(builder, DOCUMENT_EMBED)) {
        drop(converter, "embed");
        return;
    }
    struct document_node *embed = builder_block(builder, DOCUMENT_EMBED);
    struct str title = utf8_cut(attribute(node, "title"), 300);
    url = arena_copy(builder->arena, url);
    document_set_str(builder->arena, embed, DOCUMENT_URL, url);
    document_set_str(builder->arena, embed, DOCUMENT_PROVIDER,
                     utf8_cut(host_of(url), 100));
    for (size_t i = 0; i < title.len; i++)
        if ((unsigned char)title.ptr[i] < 0x20 || title.ptr[i] == 0x7F)
            return; /* a title with control characters is none */
    if (title.len > 0)
        document_set_str(builder->arena, embed, DOCUMENT_TITLE,
                         arena_copy(builder->arena, title));
}

static void walk_figure(struct converter *converter, const GumboNode *node)
{
    bool before = converter->in_figure;
    converter->in_figure = false;
    walk_block(converter, node);
    converter->in_figure = before;
}

static void walk_image(struct converter *converter)
{
    drop(converter, "image");
    converter->in_figure = true;
}

static void walk_caption(struct converter *converter, const GumboNode *node)
{
    if (converter->in_figure)
        drop(converter, "caption");
    else
        walk_block(converter, node);
}

/* ---- Elements
 * ---------------------------------------------------------------------------
 */

struct mark_tag {
    GumboTag tag;
    unsigned mark;
};

static unsigned mark_of(GumboTag tag)
{
    static const struct mark_tag marks[] = {
        {GUMBO_TAG_B, DOCUMENT_STRONG},
        {GUMBO_TAG_STRONG, DOCUMENT_STRONG},
        {GUMBO_TAG_I, DOCUMENT_EM},
        {GUMBO_TAG_EM, DOCUMENT_EM},
        {GUMBO_TAG_CITE, DOCUMENT_EM},
        {GUMBO_TAG_DFN, DOCUMENT_EM},
        {GUMBO_TAG_CODE, DOCUMENT_CODE},
        {GUMBO_TAG_KBD, DOCUMENT_CODE},
        {GUMBO_TAG_SAMP, DOCUMENT_CODE},
        {GUMBO_TAG_TT, DOCUMENT_CODE},
        {GUMBO_TAG_SUB, DOCUMENT_SUB},
        {GUMBO_TAG_SUP, DOCUMENT_SUP},
        {GUMBO_TAG_S, DOCUMENT_STRIKE},
        {GUMBO_TAG_DEL, DOCUMENT_STRIKE},
        {GUMBO_TAG_STRIKE, DOCUMENT_STRIKE},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (marks[i].tag == tag)
            return marks[i].mark;
    return 0;
}

/* What an article has no place for, by the name it is counted under. */
static const char *dropped_as(GumboTag tag)
{
    static const struct {
        GumboTag tag;
        const char *name;
    } names[] = {
        {GUMBO_TAG_SCRIPT, "script"},     {GUMBO_TAG_STYLE, "style"},
        {GUMBO_TAG_NOSCRIPT, "noscript"}, {GUMBO_TAG_TEMPLATE, "template"},
        {GUMBO_TAG_BASE, "base"},         {GUMBO_TAG_TITLE, "title"},
        {GUMBO_TAG_META, "meta"},         {GUMBO_TAG_LINK, "stylesheet"},
        {GUMBO_TAG_BUTTON, "form"},       {GUMBO_TAG_INPUT, "form"},
        {GUMBO_TAG_SELECT, "form"},       {GUMBO_TAG_TEXTAREA, "form"},
        {GUMBO_TAG_SVG, "svg"},           {GUMBO_TAG_MATH, "math"},
        {GUMBO_TAG_CANVAS, "canvas"},     {GUMBO_TAG_OBJECT, "object"},
        {GUMBO_TAG_APPLET, "object"},     {GUMBO_TAG_MAP, "map"},
        {GUMBO_TAG_NOFRAMES, "frame"},    {GUMBO_TAG_FRAMESET, "frame"},
        {GUMBO_TAG_DATALIST, "form"},     {GUMBO_TAG_OPTION, "form"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].tag == tag)
            return names[i].name;
    return NULL;
}

/* Elements that are in the middle of a line; all others are blocks. */
static bool is_inline(GumboTag tag)
{
    static const GumboTag tags[] = {
        GUMBO_TAG_SPAN, GUMBO_TAG_U,    GUMBO_TAG_SMALL, GUMBO_TAG_FONT,
        GUMBO_TAG_ABBR, GUMBO_TAG_TIME, GUMBO_TAG_MARK,  GUMBO_TAG_Q,
        GUMBO_TAG_VAR,  GUMBO_TAG_BDI,  GUMBO_TAG_BDO,   GUMBO_TAG_INS,
        GUMBO_TAG_BIG,  GUMBO_TAG_DATA, GUMBO_TAG_LABEL, GUMBO_TAG_ACRONYM,
        GUMBO_TAG_WBR,  GUMBO_TAG_RUBY, GUMBO_TAG_NOBR,  GUMBO_TAG_UNKNOWN,
    };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (tags[i] == tag)
            return true;
    return false;
}

/* True when the element was a block with a meaning of its own. */
static bool walk_special(struct converter *converter, const GumboNode *node)
{
    switch (node->v.element.tag) {
    case GUMBO_TAG_H1:
    case GUMBO_TAG_H2:
        walk_heading(converter, node, 2);
        return true;
    case GUMBO_TAG_H3:
        walk_heading(converter, node, 3);
        return true;
    case GUMBO_TAG_H4:
    case GUMBO_TAG_H5:
    case GUMBO_TAG_H6:
        walk_heading(converter, node, 4);
        return true;
    case GUMBO_TAG_UL:
    case GUMBO_TAG_MENU:
    case GUMBO_TAG_DIR:
        walk_list(converter, node, DOCUMENT_BULLET_LIST);
        return true;
    case GUMBO_TAG_OL:
        walk_list(converter, node, DOCUMENT_ORDERED_LIST);
        return true;
    case GUMBO_TAG_BLOCKQUOTE:
        walk_quote(converter, node);
        return true;
    case GUMBO_TAG_TABLE:
        walk_table(converter, node);
        return true;
    case GUMBO_TAG_PRE:
        walk_pre(converter, node);
        return true;
    case GUMBO_TAG_FIGURE:
        walk_figure(converter, node);
        return true;
    case GUMBO_TAG_FIGCAPTION:
        walk_caption(converter, node);
        return true;
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_EMBED:
        walk_embed(converter, node);
        return true;
    default:
        return false;
    }
}

static void walk_element(struct converter *converter, const GumboNode *node)
{
    GumboTag tag = node->v.element.tag;
    const char *dropped = dropped_as(tag);
    if (dropped)
        drop(converter, dropped);
    else if (walk_special(converter, node))
        return;
    else if (mark_of(tag))
        walk_marked(converter, node, mark_of(tag));
    else if (tag == GUMBO_TAG_A)
        walk_link(converter, node);
    else if (tag == GUMBO_TAG_BR)
        builder_break(&converter->builder);
    else if (tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_IMAGE)
        walk_image(converter);
    else if (tag == GUMBO_TAG_HR &&
             builder_accepts(&converter->builder, DOCUMENT_RULE))
        builder_block(&converter->builder, DOCUMENT_RULE);
    else if (is_inline(tag))
        walk_children(converter, node);
    else
        walk_block(converter, node);
}

static void walk(struct converter *converter, const GumboNode *node)
{
    if (converter->depth == CONVERT_DEPTH_MAX) {
        converter->too_deep = true;
        return;
    }
    converter->depth++;
    switch (node->type) {
    case GUMBO_NODE_TEXT:
    case GUMBO_NODE_WHITESPACE:
    case GUMBO_NODE_CDATA:
        builder_text(&converter->builder, str_from_c(node->v.text.text));
        break;
    case GUMBO_NODE_ELEMENT:
        walk_element(converter, node);
        break;
    case GUMBO_NODE_TEMPLATE:
        drop(converter, "template");
        break;
    case GUMBO_NODE_DOCUMENT:
    case GUMBO_NODE_COMMENT:
        break;
    }
    converter->depth--;
}

/* ---- The whole
 * -----------------------------------------------------------------------------
 */

static void *take_memory(void *arena, size_t bytes)
{
    return arena_alloc(arena, bytes ? bytes : 1, 16);
}

/* The arena gives everything back at once; gumbo_destroy_output would recurse
 * as deep as the text is nested. */
static void keep_memory(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

/* What stands in the head is dropped, and counted like everything else. */
static void walk_page(struct converter *converter, const GumboNode *root)
{
    const GumboVector *children = &root->v.element.children;
    for (unsigned i = 0; i < children->length; i++)
        if (is_element(children->data[i], GUMBO_TAG_BODY) ||
            is_element(children->data[i], GUMBO_TAG_HEAD))
            walk_children(converter, children->data[i]);
}

enum err convert_html(struct str html, struct arena *arena,
                      struct convert_result *ret_result, struct fault *fault)
{
    if (html.len > CONVERT_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "html",
                         "The text has %zu bytes; at most %d fit.", html.len,
                         CONVERT_BYTES_MAX);
    if (!utf8_is_valid(html))
        return fault_set(fault, ERR_INVALID, "html",
                         "The text is not UTF-8; convert it first.");
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = take_memory;
    options.deallocator = keep_memory;
    options.userdata = arena;
    options.max_errors = 0;
    struct converter converter = {0};
    builder_init(&converter.builder, arena);
    const GumboOutput *output =
        gumbo_parse_with_options(&options, html.ptr ? html.ptr : "", html.len);
    walk_page(&converter, output->root);
    if (converter.too_deep)
        return fault_set(fault, ERR_TOO_LONG, "html",
                         "The markup is nested deeper than %d.",
                         CONVERT_DEPTH_MAX);
    converter.result.doc = builder_finish(&converter.builder);
    enum err err = document_check(converter.result.doc, fault);
    if (!err)
        *ret_result = converter.result;
    return err;
}
