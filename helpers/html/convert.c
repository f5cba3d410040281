// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "convert_internal.h"

enum { TABLE_CAPTION_BYTES_MAX = 2000 };

void convert_drop(struct converter *converter, const char *what)
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

struct str convert_attribute(const GumboNode *node, const char *name)
{
    const GumboAttribute *attr =
        gumbo_get_attribute(&node->v.element.attributes, name);
    return attr ? str_trim(str_from_c(attr->value)) : STR("");
}

bool convert_is(const GumboNode *node, GumboTag tag)
{
    return node->type == GUMBO_NODE_ELEMENT && node->v.element.tag == tag;
}

void convert_walk_children(struct converter *converter, const GumboNode *node)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++)
        convert_walk(converter, children->data[i]);
}

/* ---- Text
 * ----------------------------------------------------------------------- */

static void walk_marked(struct converter *converter, const GumboNode *node,
                        unsigned mark)
{
    unsigned before = converter->builder.marks;
    converter->builder.marks |= mark;
    convert_walk_children(converter, node);
    converter->builder.marks = before;
}

static void walk_link(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    const struct document_link *before = builder->link;
    struct str href = convert_attribute(node, "href");
    if (document_href_is_allowed(href)) {
        struct document_link *link =
            arena_new(builder->arena, struct document_link);
        link->href = arena_copy(builder->arena, href);
        builder->link = link;
    } else if (href.len > 0) {
        convert_drop(converter, "link");
    }
    convert_walk_children(converter, node);
    builder->link = before;
}

void convert_walk_block(struct converter *converter, const GumboNode *node)
{
    builder_end_paragraph(&converter->builder);
    convert_walk_children(converter, node);
    builder_end_paragraph(&converter->builder);
}

static void walk_heading(struct converter *converter, const GumboNode *node,
                         int64_t level)
{
    struct builder *builder = &converter->builder;
    builder->next_kind = DOCUMENT_HEADING;
    builder->next_level = level;
    convert_walk_block(converter, node);
    builder->next_kind = DOCUMENT_PARAGRAPH;
}

static void walk_pre(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    unsigned before = builder->marks;
    builder_end_paragraph(builder);
    builder->keep_lines = true;
    builder->marks |= DOCUMENT_CODE;
    convert_walk_children(converter, node);
    builder->marks = before;
    builder->keep_lines = false;
    builder_end_paragraph(builder);
}

/* ---- Lists, quotes, tables
 * ---------------------------------------------------------- */

bool convert_is_blank(const GumboNode *node)
{
    return node->type == GUMBO_NODE_WHITESPACE ||
           node->type == GUMBO_NODE_COMMENT;
}

static void set_list_start(struct converter *converter, const GumboNode *node,
                           struct document_node *list)
{
    int64_t start;
    if (str_parse_i64(convert_attribute(node, "start"), &start) == ERR_OK &&
        start >= 0 && start <= 1000000 && start != 1)
        document_set_int(converter->builder.arena, list, DOCUMENT_START, start);
}

static void walk_list(struct converter *converter, const GumboNode *node,
                      enum document_kind kind)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, kind)) {
        convert_walk_block(converter, node);
        return;
    }
    struct document_node *list = builder_block(builder, kind);
    if (kind == DOCUMENT_ORDERED_LIST)
        set_list_start(converter, node, list);
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        if (convert_is_blank(children->data[i]))
            continue;
        struct document_node *item =
            document_add(builder->arena, list, DOCUMENT_LIST_ITEM);
        struct builder_place place = builder_enter(builder, item, 2);
        convert_walk(converter, children->data[i]);
        builder_leave(builder, place);
    }
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
        bool header = convert_is(child, GUMBO_TAG_TH);
        if (!header && !convert_is(child, GUMBO_TAG_TD))
            continue;
        struct document_node *cell =
            document_add(builder->arena, row, DOCUMENT_TABLE_CELL);
        if (header)
            document_set_int(builder->arena, cell, DOCUMENT_HEADER, 1);
        struct builder_place place = builder_enter(builder, cell, 3);
        convert_walk_children(converter, child);
        builder_leave(builder, place);
    }
}

static void set_table_caption(struct converter *converter,
                              const GumboNode *node,
                              struct document_node *table)
{
    struct str text =
        convert_plain(converter, node, NULL, TABLE_CAPTION_BYTES_MAX);
    if (text.len)
        document_set_str(converter->builder.arena, table, DOCUMENT_CAPTION,
                         text);
}

/* The rows of a table and of its thead, tbody and tfoot. */
static void walk_rows(struct converter *converter, const GumboNode *node,
                      struct document_node *table)
{
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (convert_is(child, GUMBO_TAG_TR))
            walk_row(converter, child, table);
        else if (convert_is(child, GUMBO_TAG_THEAD) ||
                 convert_is(child, GUMBO_TAG_TBODY) ||
                 convert_is(child, GUMBO_TAG_TFOOT))
            walk_rows(converter, child, table);
        else if (convert_is(child, GUMBO_TAG_CAPTION))
            set_table_caption(converter, child, table);
    }
}

static void walk_table(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    if (!builder_accepts(builder, DOCUMENT_TABLE)) {
        convert_walk_block(converter, node);
        return;
    }
    struct document_node *table = builder_block(builder, DOCUMENT_TABLE);
    walk_rows(converter, node, table);
    if (table->first)
        convert_is_shown(converter, table);
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
const char *convert_dropped_as(GumboTag tag)
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

/* Blocks whose class says what they are: pictures with captions as WordPress
 * printed them before there were figures, posts that a script would fill. */
static bool walk_by_class(struct converter *converter, const GumboNode *node)
{
    if (!convert_attribute(node, "class").len)
        return false;
    if (convert_class_has(node, "wp-caption-text"))
        convert_caption(converter, node);
    else if (convert_class_has(node, "wp-caption"))
        convert_figure(converter, node);
    else
        return convert_post(converter, node);
    return true;
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
        convert_quote(converter, node);
        return true;
    case GUMBO_TAG_TABLE:
        walk_table(converter, node);
        return true;
    case GUMBO_TAG_PRE:
        walk_pre(converter, node);
        return true;
    case GUMBO_TAG_FIGURE:
        convert_figure(converter, node);
        return true;
    case GUMBO_TAG_FIGCAPTION:
        convert_caption(converter, node);
        return true;
    case GUMBO_TAG_ASIDE:
        return convert_class_has(node, "pull") &&
               convert_pull_quote(converter, node);
    case GUMBO_TAG_DIV:
    case GUMBO_TAG_P:
        return walk_by_class(converter, node);
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_VIDEO:
    case GUMBO_TAG_AUDIO:
    case GUMBO_TAG_EMBED:
        convert_embed(converter, node);
        return true;
    default:
        return false;
    }
}

static void walk_element(struct converter *converter, const GumboNode *node)
{
    GumboTag tag = node->v.element.tag;
    const char *dropped = convert_dropped_as(tag);
    if (dropped)
        convert_drop(converter, dropped);
    else if (walk_special(converter, node))
        return;
    else if (mark_of(tag))
        walk_marked(converter, node, mark_of(tag));
    else if (tag == GUMBO_TAG_A)
        walk_link(converter, node);
    else if (tag == GUMBO_TAG_BR)
        builder_break(&converter->builder);
    else if (tag == GUMBO_TAG_IMG || tag == GUMBO_TAG_IMAGE)
        convert_image(converter, node);
    else if (tag == GUMBO_TAG_HR &&
             builder_accepts(&converter->builder, DOCUMENT_RULE))
        builder_block(&converter->builder, DOCUMENT_RULE);
    else if (is_inline(tag))
        convert_walk_children(converter, node);
    else
        convert_walk_block(converter, node);
}

void convert_walk(struct converter *converter, const GumboNode *node)
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
        convert_drop(converter, "template");
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
        if (convert_is(children->data[i], GUMBO_TAG_BODY) ||
            convert_is(children->data[i], GUMBO_TAG_HEAD))
            convert_walk_children(converter, children->data[i]);
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
    converter.result.images =
        arena_array(arena, struct str, CONVERT_IMAGES_MAX);
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
