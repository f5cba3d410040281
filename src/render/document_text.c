// SPDX-License-Identifier: Apache-2.0
/* A document as plain text, and what is counted and cut from it. */
#include "render/document.h"

#include <assert.h>

#include "base/arena.h"
#include "base/utf8.h"
#include "render/document_internal.h"

enum { TEXT_BYTES_MAX = 8 * 1024 * 1024 };

struct text_writer {
    struct buf *out;
    unsigned list_depth;
    bool pending; /* something was written: the next block is parted from it */
};

static void write_blocks(struct text_writer *text,
                         const struct document_node *node);

static void write_inline(struct buf *out, const struct document_node *node)
{
    for (; node; node = node->next)
        if (node->kind == DOCUMENT_HARD_BREAK)
            buf_add_char(out, '\n');
        else
            buf_add(out, node->text);
}

/* Blocks are parted by an empty line, lines of a list by their end. */
static void begin_block(struct text_writer *text)
{
    if (text->pending)
        buf_add_c(text->out, text->list_depth ? "\n" : "\n\n");
    text->pending = true;
}

static void write_line(struct text_writer *text, struct str line)
{
    if (line.len == 0)
        return;
    begin_block(text);
    buf_add(text->out, line);
}

static void write_item(struct text_writer *text,
                       const struct document_node *item, int64_t number)
{
    begin_block(text);
    for (unsigned i = 1; i < text->list_depth; i++)
        buf_add_c(text->out, "  ");
    if (number >= 0)
        buf_printf(text->out, "%lld. ", (long long)number);
    else
        buf_add_c(text->out, "• ");
    text->pending = false; /* the first paragraph stands behind the mark */
    write_blocks(text, item);
    text->pending = true;
}

static void write_list(struct text_writer *text,
                       const struct document_node *node)
{
    bool ordered = node->kind == DOCUMENT_ORDERED_LIST;
    int64_t number = ordered ? document_int(node, DOCUMENT_START, 1) : -1;
    if (text->list_depth == 0 && text->pending)
        buf_add_char(text->out, '\n');
    text->list_depth++;
    for (const struct document_node *item = node->first; item;
         item = item->next) {
        write_item(text, item, number);
        if (ordered)
            number++;
    }
    text->list_depth--;
}

static void write_row(struct text_writer *text, const struct document_node *row)
{
    for (const struct document_node *cell = row->first; cell;
         cell = cell->next) {
        struct text_writer inner = {.out = text->out, .list_depth = 1};
        write_blocks(&inner, cell);
        if (cell->next)
            buf_add_char(text->out, '\t');
    }
}

static void write_table(struct text_writer *text,
                        const struct document_node *node)
{
    write_line(text, document_str(node, DOCUMENT_CAPTION));
    begin_block(text);
    for (const struct document_node *row = node->first; row; row = row->next) {
        write_row(text, row);
        if (row->next)
            buf_add_char(text->out, '\n');
    }
}

static void write_block(struct text_writer *text,
                        const struct document_node *node)
{
    switch (node->kind) {
    case DOCUMENT_PARAGRAPH:
    case DOCUMENT_HEADING:
    case DOCUMENT_PULL_QUOTE:
        if (!node->first)
            return;
        begin_block(text);
        write_inline(text->out, node->first);
        write_line(text, document_str(node, DOCUMENT_CITE));
        return;
    case DOCUMENT_BULLET_LIST:
    case DOCUMENT_ORDERED_LIST:
        write_list(text, node);
        return;
    case DOCUMENT_TABLE:
        write_table(text, node);
        return;
    case DOCUMENT_TEXT:
    case DOCUMENT_HARD_BREAK:
        return;
    default:
        break;
    }
    write_blocks(text, node);
    write_line(text, document_str(node, DOCUMENT_CITE));
    write_line(text, document_str(node, DOCUMENT_TITLE));
    write_line(text, document_str(node, DOCUMENT_CAPTION));
}

static void write_blocks(struct text_writer *text,
                         const struct document_node *node)
{
    for (const struct document_node *child = node->first; child;
         child = child->next)
        write_block(text, child);
}

void document_write_text(const struct document_node *doc, struct buf *out)
{
    assert(doc);
    assert(out);
    struct text_writer text = {.out = out};
    write_blocks(&text, doc);
}

/* ---- Counting
 * ------------------------------------------------------------------- */

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 ||
           c == 0x202F || c == 0x205F || c == 0x3000;
}

/* Scripts that are written without spaces between words. */
static bool is_ideograph(uint32_t c)
{
    return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static void count_text(struct str text, struct document_counts *counts)
{
    bool in_word = false;
    uint32_t c;
    while (utf8_next(&text, &c)) {
        bool space = is_space(c);
        bool alone = is_ideograph(c);
        counts->characters += !space;
        counts->words += alone || (!space && !in_word);
        in_word = !space && !alone;
    }
}

static size_t count_paragraphs(const struct document_node *node)
{
    size_t count = node->kind == DOCUMENT_PARAGRAPH && node->first;
    for (const struct document_node *child = node->first; child;
         child = child->next)
        count += count_paragraphs(child);
    return count;
}

struct document_counts document_count(const struct document_node *doc)
{
    assert(doc);
    struct document_counts counts = {.paragraphs = count_paragraphs(doc)};
    DEFER(buf_finish) struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    document_write_text(doc, &text);
    count_text(buf_str(&text), &counts);
    return counts;
}

/* ---- Beginnings
 * ------------------------------------------------------------------ */

static const struct document_node *next_paragraph(
    const struct document_node *node)
{
    while (node && !(node->kind == DOCUMENT_PARAGRAPH && node->first))
        node = node->next;
    return node;
}

/* The paragraph's text in one line. */
static void write_flat(struct buf *out, const struct document_node *paragraph)
{
    for (const struct document_node *node = paragraph->first; node;
         node = node->next)
        if (node->kind == DOCUMENT_HARD_BREAK)
            buf_add_char(out, ' ');
        else
            buf_add(out, node->text);
}

struct str document_first_paragraph(const struct document_node *doc,
                                    struct arena *arena)
{
    assert(doc);
    const struct document_node *paragraph = next_paragraph(doc->first);
    if (!paragraph)
        return STR("");
    DEFER(buf_finish) struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    write_flat(&text, paragraph);
    return arena_copy(arena, str_trim(buf_str(&text)));
}

/* Up to max_characters, back to the last space when there is one. */
static struct str cut_at_word(struct str text, size_t max_characters)
{
    struct str rest = text;
    size_t last_space = 0;
    uint32_t c;
    for (size_t i = 0; i < max_characters; i++) {
        size_t at = text.len - rest.len;
        if (!utf8_next(&rest, &c))
            return text;
        if (is_space(c))
            last_space = at;
    }
    struct str next = rest;
    size_t len = text.len - rest.len;
    if (utf8_next(&next, &c) && !is_space(c) && last_space > 0)
        len = last_space;
    return str_trim(str_slice(text, 0, len));
}

struct str document_excerpt(const struct document_node *doc,
                            size_t max_characters, struct arena *arena)
{
    assert(doc);
    DEFER(buf_finish) struct buf text;
    buf_init(&text, TEXT_BYTES_MAX);
    const struct document_node *paragraph = next_paragraph(doc->first);
    /* A character has at most four bytes: more text than that is not seen. */
    while (paragraph && text.len <= max_characters * UTF8_BYTES_MAX) {
        if (text.len)
            buf_add_char(&text, ' ');
        write_flat(&text, paragraph);
        paragraph = next_paragraph(paragraph->next);
    }
    struct str whole = str_trim(buf_str(&text));
    if (utf8_count(whole) <= max_characters)
        return arena_copy(arena, whole);
    return arena_concat(arena, cut_at_word(whole, max_characters), STR("…"));
}
