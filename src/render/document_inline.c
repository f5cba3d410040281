// SPDX-License-Identifier: Apache-2.0
/* Texts with their marks as HTML, for pages and for feeds. */
#include "render/document_internal.h"

#include "render/escape.h"

void document_write_attr(struct buf *out, const char *name, struct str value)
{
    if (value.len == 0)
        return;
    buf_add_char(out, ' ');
    buf_add_c(out, name);
    buf_add_c(out, "=\"");
    escape_html(out, value);
    buf_add_char(out, '"');
}

bool document_find_media(const struct document_writer *writer, struct str id,
                         struct document_media *ret_media)
{
    struct document_media media = {0};
    if (id.len == 0 || !writer || !writer->media ||
        !writer->media(writer->context, id, &media) || media.src.len == 0)
        return false;
    *ret_media = media;
    return true;
}

bool document_find_channel(const struct document_writer *writer,
                           const struct document_node *node,
                           struct document_link *ret_page, struct buf *html)
{
    return writer && writer->channel &&
           writer->channel(writer->context, document_str(node, DOCUMENT_NAME),
                           ret_page, html);
}

bool document_find_poster(const struct document_writer *writer, struct str id,
                          struct document_media *ret_media)
{
    if (!writer || !writer->poster)
        return document_find_media(writer, id, ret_media);
    struct document_writer posters = *writer;
    posters.media = writer->poster;
    return document_find_media(&posters, id, ret_media);
}

/* What is open at the moment: the link, then marks in the table's order. */
struct inline_state {
    struct buf *out;
    struct str base_url;
    const struct document_link *link;
    unsigned marks;
};

static bool link_is_same(const struct document_link *a,
                         const struct document_link *b)
{
    if (!a || !b)
        return a == b;
    return str_eq(a->href, b->href) && str_eq(a->title, b->title);
}

static void close_marks(struct inline_state *state, unsigned marks)
{
    for (size_t i = DOCUMENT_MARK_COUNT; i-- > 0;)
        if (marks & DOCUMENT_MARKS[i].mark)
            buf_printf(state->out, "</%" PRI_STR ">",
                       ARG_STR(DOCUMENT_MARKS[i].element));
    state->marks &= ~marks;
}

static void open_marks(struct inline_state *state, unsigned marks)
{
    for (size_t i = 0; i < DOCUMENT_MARK_COUNT; i++)
        if (marks & DOCUMENT_MARKS[i].mark)
            buf_printf(state->out, "<%" PRI_STR ">",
                       ARG_STR(DOCUMENT_MARKS[i].element));
    state->marks |= marks;
}

/* Those open marks that must be closed to come to wanted: the outermost one
 * that is not wanted, or that an outer one must come before, and all within. */
static unsigned marks_to_close(unsigned open, unsigned wanted)
{
    unsigned to_close = 0;
    for (size_t i = 0; i < DOCUMENT_MARK_COUNT; i++) {
        unsigned mark = DOCUMENT_MARKS[i].mark;
        if ((open & mark) != (wanted & mark) || to_close) {
            to_close |= mark;
        }
    }
    return to_close & open;
}

static void open_link(struct inline_state *state,
                      const struct document_link *link)
{
    buf_add_c(state->out, "<a href=\"");
    if (link->href.ptr[0] == '/')
        escape_html(state->out, state->base_url);
    escape_html(state->out, link->href);
    buf_add_char(state->out, '"');
    document_write_attr(state->out, "title", link->title);
    buf_add_char(state->out, '>');
}

/* A link that has no meaning here, or must not be one, is left out. */
static const struct document_link *usable_link(const struct inline_state *state,
                                               const struct document_link *link)
{
    if (!link || !document_href_is_allowed(link->href))
        return NULL;
    bool is_local = link->href.ptr[0] == '?' || link->href.ptr[0] == '#';
    return is_local && state->base_url.len ? NULL : link;
}

static void change_marks(struct inline_state *state, unsigned marks,
                         const struct document_link *link)
{
    link = usable_link(state, link);
    bool same_link = link_is_same(state->link, link);
    close_marks(state,
                same_link ? marks_to_close(state->marks, marks) : state->marks);
    if (!same_link) {
        if (state->link)
            buf_add_c(state->out, "</a>");
        if (link)
            open_link(state, link);
        state->link = link;
    }
    open_marks(state, marks & ~state->marks);
}

void document_write_inline(const struct document_node *node,
                           struct str base_url, struct buf *out)
{
    struct inline_state state = {.out = out, .base_url = base_url};
    for (; node; node = node->next) {
        if (node->kind == DOCUMENT_HARD_BREAK) {
            buf_add_c(out, "<br>");
            continue;
        }
        change_marks(&state, node->marks, node->link);
        escape_html(out, node->text);
    }
    change_marks(&state, 0, NULL);
}
