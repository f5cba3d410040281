// SPDX-License-Identifier: Apache-2.0
/* A document as HTML for feed readers: plain elements, absolute addresses, no
 * classes, nothing that needs a script or a style. */
#include "render/document.h"

#include <assert.h>

#include "render/document_internal.h"
#include "render/escape.h"

struct feed_writer {
    const struct document_writer *options;
    struct buf *out;
};

static void write_blocks(const struct feed_writer *feed,
                         const struct document_node *node);

static void write_element(const struct feed_writer *feed, const char *element,
                          const struct document_node *node)
{
    buf_printf(feed->out, "<%s>", element);
    document_write_inline(node->first, feed->options->base_url, feed->out);
    buf_printf(feed->out, "</%s>\n", element);
}

static void write_nested(const struct feed_writer *feed, const char *element,
                         const struct document_node *node)
{
    buf_printf(feed->out, "<%s>", element);
    write_blocks(feed, node);
    buf_printf(feed->out, "</%s>\n", element);
}

static void write_line(const struct feed_writer *feed, const char *element,
                       struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(feed->out, "<%s>", element);
    escape_html(feed->out, text);
    buf_printf(feed->out, "</%s>\n", element);
}

static void write_address(const struct feed_writer *feed, const char *name,
                          struct str address)
{
    buf_printf(feed->out, " %s=\"", name);
    if (address.len && address.ptr[0] == '/')
        escape_html(feed->out, feed->options->base_url);
    escape_html(feed->out, address);
    buf_add_char(feed->out, '"');
}

static void write_image(const struct feed_writer *feed,
                        const struct document_node *node)
{
    struct document_media media;
    if (!document_find_media(feed->options, document_str(node, DOCUMENT_MEDIA),
                             &media))
        return;
    buf_add_c(feed->out, "<figure><img");
    write_address(feed, "src", media.src);
    if (media.width > 0 && media.height > 0)
        buf_printf(feed->out, " width=\"%lld\" height=\"%lld\"",
                   (long long)media.width, (long long)media.height);
    buf_add_c(feed->out, " alt=\"");
    escape_html(feed->out, document_str(node, DOCUMENT_ALT));
    buf_add_c(feed->out, "\">");
    struct str caption = document_str(node, DOCUMENT_CAPTION);
    struct str credit = document_str(node, DOCUMENT_CREDIT);
    if (caption.len || credit.len) {
        buf_add_c(feed->out, "<figcaption>");
        escape_html(feed->out, caption);
        buf_add_c(feed->out, caption.len && credit.len ? " " : "");
        escape_html(feed->out, credit);
        buf_add_c(feed->out, "</figcaption>");
    }
    buf_add_c(feed->out, "</figure>\n");
}

/* A clip, an embed or a channel is a link. */
static void write_link(const struct feed_writer *feed, struct str address,
                       struct str title)
{
    buf_add_c(feed->out, "<p><a");
    write_address(feed, "href", address);
    buf_add_char(feed->out, '>');
    escape_html(feed->out, title.len ? title : address);
    buf_add_c(feed->out, "</a></p>\n");
}

static void write_video(const struct feed_writer *feed,
                        const struct document_node *node)
{
    struct document_media media;
    struct str title = document_str(node, DOCUMENT_TITLE);
    if (document_find_media(feed->options, document_str(node, DOCUMENT_MEDIA),
                            &media))
        write_link(feed, media.src,
                   title.len ? title : document_str(node, DOCUMENT_CAPTION));
}

static void write_channel(const struct feed_writer *feed,
                          const struct document_node *node)
{
    struct document_link page = {0};
    struct str caption = document_str(node, DOCUMENT_CAPTION);
    if (!document_find_channel(feed->options, node, &page, NULL))
        return;
    if (!feed->options->is_exchange) {
        write_link(feed, page.href, page.title.len ? page.title : caption);
        return;
    }
    buf_add_c(feed->out, "<figure");
    document_write_attr(feed->out, "data-channel",
                        document_str(node, DOCUMENT_NAME));
    buf_add_c(feed->out, ">\n");
    write_link(feed, page.href, page.title);
    write_line(feed, "figcaption", caption);
    buf_add_c(feed->out, "</figure>\n");
}

static void write_quote(const struct feed_writer *feed,
                        const struct document_node *node)
{
    buf_add_c(feed->out, "<blockquote>");
    if (node->kind == DOCUMENT_PULL_QUOTE)
        write_element(feed, "p", node);
    else
        write_blocks(feed, node);
    write_line(feed, "p", document_str(node, DOCUMENT_CITE));
    buf_add_c(feed->out, "</blockquote>\n");
}

static void write_table(const struct feed_writer *feed,
                        const struct document_node *node)
{
    buf_add_c(feed->out, "<table>");
    write_line(feed, "caption", document_str(node, DOCUMENT_CAPTION));
    write_blocks(feed, node);
    buf_add_c(feed->out, "</table>\n");
}

static void write_ordered_list(const struct feed_writer *feed,
                               const struct document_node *node)
{
    int64_t start = document_int(node, DOCUMENT_START, 1);
    if (start == 1)
        buf_add_c(feed->out, "<ol>");
    else
        buf_printf(feed->out, "<ol start=\"%lld\">", (long long)start);
    write_blocks(feed, node);
    buf_add_c(feed->out, "</ol>\n");
}

static void write_heading(const struct feed_writer *feed,
                          const struct document_node *node)
{
    int64_t level = document_int(node, DOCUMENT_LEVEL, 2);
    write_element(feed, level <= 2 ? "h2" : level == 3 ? "h3" : "h4", node);
}

static void write_block(const struct feed_writer *feed,
                        const struct document_node *node)
{
    switch (node->kind) {
    case DOCUMENT_PARAGRAPH:
        if (node->first)
            write_element(feed, "p", node);
        return;
    case DOCUMENT_HEADING:
        write_heading(feed, node);
        return;
    case DOCUMENT_BULLET_LIST:
        write_nested(feed, "ul", node);
        return;
    case DOCUMENT_ORDERED_LIST:
        write_ordered_list(feed, node);
        return;
    case DOCUMENT_LIST_ITEM:
        write_nested(feed, "li", node);
        return;
    case DOCUMENT_BLOCKQUOTE:
    case DOCUMENT_PULL_QUOTE:
        write_quote(feed, node);
        return;
    case DOCUMENT_IMAGE:
        write_image(feed, node);
        return;
    case DOCUMENT_DOC:
    case DOCUMENT_GALLERY:
        write_blocks(feed, node);
        write_line(feed, "p", document_str(node, DOCUMENT_CAPTION));
        return;
    case DOCUMENT_VIDEO:
        write_video(feed, node);
        return;
    case DOCUMENT_EMBED:
        write_link(feed, document_str(node, DOCUMENT_URL),
                   document_str(node, DOCUMENT_TITLE));
        return;
    case DOCUMENT_CHANNEL:
        write_channel(feed, node);
        return;
    case DOCUMENT_TABLE:
        write_table(feed, node);
        return;
    case DOCUMENT_TABLE_ROW:
        write_nested(feed, "tr", node);
        return;
    case DOCUMENT_TABLE_CELL:
        write_nested(feed, document_int(node, DOCUMENT_HEADER, 0) ? "th" : "td",
                     node);
        return;
    case DOCUMENT_RULE:
        buf_add_c(feed->out, "<hr>\n");
        return;
    case DOCUMENT_TEXT:
    case DOCUMENT_HARD_BREAK:
    case DOCUMENT_KIND_COUNT:
        return;
    }
}

static void write_blocks(const struct feed_writer *feed,
                         const struct document_node *node)
{
    for (const struct document_node *child = node->first; child;
         child = child->next)
        write_block(feed, child);
}

void document_write_feed(const struct document_node *doc,
                         const struct document_writer *writer, struct buf *out)
{
    static const struct document_writer none = {0};
    assert(doc);
    assert(out);
    struct feed_writer feed = {.options = writer ? writer : &none, .out = out};
    write_blocks(&feed, doc);
}
