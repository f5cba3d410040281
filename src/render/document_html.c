// SPDX-License-Identifier: Apache-2.0
/* A document as semantic HTML for a page. The classes a theme can style:
 *
 *   figure.picture, figure.gallery > div.gallery-items, figure.video,
 *   figure.embed > a > span.embed-provider, span.embed-title,
 *   figure.channel > what the theme makes of a channel (tv-small.html),
 *   figure.quote, figure.pull-quote, div.table-scroll, small.credit
 *
 * Nothing is loaded from third parties: an embed is a link with a poster; what
 * knows embed_frame has its player's address in data-frame, for the page's
 * script to put in its place when the link is pressed. */
#include "render/document.h"

#include <assert.h>

#include "base/arena.h"
#include "render/document_internal.h"
#include "render/embed_frame.h"
#include "render/escape.h"
#include "render/trusted_html.h"

enum { HTML_BYTES_MAX = 32 * 1024 * 1024 };

struct html_writer {
    const struct document_writer *options;
    struct buf *out;
    bool had_picture;
};

static void write_blocks(struct html_writer *html,
                         const struct document_node *node);

static void write_text_of(struct html_writer *html,
                          const struct document_node *node)
{
    document_write_inline(node->first, STR(""), html->out);
}

static void write_wrapped(struct html_writer *html, const char *element,
                          const struct document_node *node)
{
    buf_printf(html->out, "<%s>", element);
    write_text_of(html, node);
    buf_printf(html->out, "</%s>\n", element);
}

static void write_size(struct buf *out, const struct document_media *media)
{
    if (media->width > 0 && media->height > 0)
        buf_printf(out, " width=\"%lld\" height=\"%lld\"",
                   (long long)media->width, (long long)media->height);
}

/* ---- Pictures, clips, embeds
 * -------------------------------------------------- */

static void write_loading(struct html_writer *html)
{
    bool eager = !html->had_picture && html->options->first_is_eager;
    html->had_picture = true;
    buf_add_c(html->out, eager ? " fetchpriority=\"high\""
                               : " loading=\"lazy\" decoding=\"async\"");
}

static void write_sources(struct buf *out, const struct document_media *media)
{
    for (size_t i = 0; i < media->source_count; i++) {
        buf_add_c(out, "<source");
        document_write_attr(out, "type", media->sources[i].type);
        document_write_attr(out, "srcset", media->sources[i].srcset);
        document_write_attr(out, "sizes", media->sizes);
        buf_add_char(out, '>');
    }
}

static void write_img(struct html_writer *html,
                      const struct document_media *media, struct str alt)
{
    struct buf *out = html->out;
    buf_add_c(out, media->source_count ? "<picture>" : "");
    write_sources(out, media);
    buf_add_c(out, "<img");
    document_write_attr(out, "src", media->src);
    document_write_attr(out, "srcset", media->srcset);
    if (media->srcset.len)
        document_write_attr(out, "sizes", media->sizes);
    write_size(out, media);
    buf_add_c(out, " alt=\"");
    escape_html(out, alt);
    buf_add_char(out, '"');
    write_loading(html);
    buf_add_c(out, media->source_count ? "></picture>" : ">");
}

static void write_caption(struct buf *out, const struct document_node *node)
{
    struct str caption = document_str(node, DOCUMENT_CAPTION);
    struct str credit = document_str(node, DOCUMENT_CREDIT);
    if (caption.len == 0 && credit.len == 0)
        return;
    buf_add_c(out, "<figcaption>");
    escape_html(out, caption);
    if (credit.len) {
        buf_add_c(out, caption.len ? " <small class=\"credit\">"
                                   : "<small class=\"credit\">");
        escape_html(out, credit);
        buf_add_c(out, "</small>");
    }
    buf_add_c(out, "</figcaption>");
}

static void write_image(struct html_writer *html,
                        const struct document_node *node)
{
    struct document_media media;
    if (!document_find_media(html->options, document_str(node, DOCUMENT_MEDIA),
                             &media))
        return;
    buf_add_c(html->out, "<figure class=\"picture\">");
    write_img(html, &media, document_str(node, DOCUMENT_ALT));
    write_caption(html->out, node);
    buf_add_c(html->out, "</figure>\n");
}

static void write_gallery(struct html_writer *html,
                          const struct document_node *node)
{
    buf_add_c(html->out,
              "<figure class=\"gallery\">\n<div class=\"gallery-items\">\n");
    write_blocks(html, node);
    buf_add_c(html->out, "</div>");
    write_caption(html->out, node);
    buf_add_c(html->out, "</figure>\n");
}

static void write_video(struct html_writer *html,
                        const struct document_node *node)
{
    struct document_media media;
    struct document_media poster = {0};
    if (!document_find_media(html->options, document_str(node, DOCUMENT_MEDIA),
                             &media))
        return;
    (void)document_find_media(html->options,
                              document_str(node, DOCUMENT_POSTER), &poster);
    struct buf *out = html->out;
    buf_add_c(out, "<figure class=\"video\"><video controls playsinline "
                   "preload=\"none\"");
    document_write_attr(out, "poster", poster.src);
    write_size(out, &media);
    document_write_attr(out, "aria-label", document_str(node, DOCUMENT_TITLE));
    buf_add_c(out, "><source");
    document_write_attr(out, "src", media.src);
    document_write_attr(out, "type", media.type);
    buf_add_c(out, "></video>");
    write_caption(out, node);
    buf_add_c(out, "</figure>\n");
}

static void write_span(struct buf *out, const char *name, struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(out, "<span class=\"%s\">", name);
    escape_html(out, text);
    buf_add_c(out, "</span>");
}

static void write_embed(struct html_writer *html,
                        const struct document_node *node)
{
    struct str url = document_str(node, DOCUMENT_URL);
    struct str title = document_str(node, DOCUMENT_TITLE);
    struct str provider = document_str(node, DOCUMENT_PROVIDER);
    struct document_media poster;
    if (!document_href_is_allowed(url))
        return;
    buf_add_c(html->out, "<figure class=\"embed\"><a");
    document_write_attr(html->out, "href", url);
    char frame[EMBED_FRAME_BYTES];
    if (embed_frame(url, frame))
        document_write_attr(html->out, "data-frame", str_from_c(frame));
    buf_add_c(html->out, " rel=\"external nofollow\">");
    if (document_find_poster(html->options, document_str(node, DOCUMENT_POSTER),
                             &poster))
        write_img(html, &poster, STR(""));
    write_span(html->out, "embed-provider", provider);
    if (provider.len)
        buf_add_char(html->out, ' ');
    write_span(html->out, "embed-title", title.len ? title : url);
    buf_add_c(html->out, "</a></figure>\n");
}

static void write_channel(struct html_writer *html,
                          const struct document_node *node)
{
    struct document_link page = {0};
    struct buf *out = html->out;
    DEFER(buf_finish) struct buf player;
    buf_init(&player, HTML_BYTES_MAX);
    if (!document_find_channel(html->options, node, &page, &player))
        return;
    buf_add_c(out, "<figure class=\"channel\"");
    document_write_attr(out, "data-air", document_str(node, DOCUMENT_NAME));
    buf_add_char(out, '>');
    buf_add(out, buf_str(&player));
    write_caption(out, node);
    buf_add_c(out, "</figure>\n");
}

/* ---- Quotes, lists, tables
 * ------------------------------------------------------ */

static void write_cite(struct buf *out, const char *element, struct str cite)
{
    if (cite.len == 0)
        return;
    buf_printf(out, "<%s><cite>", element);
    escape_html(out, cite);
    buf_printf(out, "</cite></%s>", element);
}

static void write_blockquote(struct html_writer *html,
                             const struct document_node *node)
{
    struct str cite = document_str(node, DOCUMENT_CITE);
    buf_add_c(html->out, cite.len ? "<figure class=\"quote\"><blockquote>\n"
                                  : "<blockquote>\n");
    write_blocks(html, node);
    buf_add_c(html->out, "</blockquote>");
    write_cite(html->out, "figcaption", cite);
    buf_add_c(html->out, cite.len ? "</figure>\n" : "\n");
}

static void write_pull_quote(struct html_writer *html,
                             const struct document_node *node)
{
    buf_add_c(html->out, "<figure class=\"pull-quote\"><blockquote><p>");
    write_text_of(html, node);
    buf_add_c(html->out, "</p></blockquote>");
    write_cite(html->out, "figcaption", document_str(node, DOCUMENT_CITE));
    buf_add_c(html->out, "</figure>\n");
}

static void write_list(struct html_writer *html,
                       const struct document_node *node)
{
    bool ordered = node->kind == DOCUMENT_ORDERED_LIST;
    int64_t start = document_int(node, DOCUMENT_START, 1);
    buf_add_c(html->out, ordered ? "<ol" : "<ul");
    if (ordered && start != 1)
        buf_printf(html->out, " start=\"%lld\"", (long long)start);
    buf_add_c(html->out, ">\n");
    write_blocks(html, node);
    buf_add_c(html->out, ordered ? "</ol>\n" : "</ul>\n");
}

/* A block that holds nothing but one paragraph shows its text alone. */
static void write_tight(struct html_writer *html,
                        const struct document_node *node)
{
    if (node->first && !node->first->next &&
        node->first->kind == DOCUMENT_PARAGRAPH)
        write_text_of(html, node->first);
    else
        write_blocks(html, node);
}

static bool row_is_header(const struct document_node *row)
{
    for (const struct document_node *cell = row->first; cell; cell = cell->next)
        if (!document_int(cell, DOCUMENT_HEADER, 0))
            return false;
    return row->first != NULL;
}

static void write_row(struct html_writer *html, const struct document_node *row)
{
    bool all_headers = row_is_header(row);
    buf_add_c(html->out, "<tr>");
    for (const struct document_node *cell = row->first; cell;
         cell = cell->next) {
        bool header = document_int(cell, DOCUMENT_HEADER, 0) != 0;
        buf_add_c(html->out, !header       ? "<td>"
                             : all_headers ? "<th scope=\"col\">"
                                           : "<th scope=\"row\">");
        write_tight(html, cell);
        buf_add_c(html->out, header ? "</th>" : "</td>");
    }
    buf_add_c(html->out, "</tr>\n");
}

/* Wide tables scroll in their own box, which the keyboard can reach. */
static void write_table(struct html_writer *html,
                        const struct document_node *node)
{
    struct buf *out = html->out;
    struct str caption = document_str(node, DOCUMENT_CAPTION);
    buf_add_c(out, "<div class=\"table-scroll\" tabindex=\"0\"");
    if (caption.len) {
        buf_add_c(out, " role=\"region\"");
        document_write_attr(out, "aria-label", caption);
    }
    buf_add_c(out, "><table>");
    if (caption.len) {
        buf_add_c(out, "<caption>");
        escape_html(out, caption);
        buf_add_c(out, "</caption>");
    }
    const struct document_node *row = node->first;
    if (row && row_is_header(row)) {
        buf_add_c(out, "<thead>");
        write_row(html, row);
        buf_add_c(out, "</thead>");
        row = row->next;
    }
    buf_add_c(out, "<tbody>\n");
    for (; row; row = row->next)
        write_row(html, row);
    buf_add_c(out, "</tbody></table></div>\n");
}

static void write_item(struct html_writer *html,
                       const struct document_node *node)
{
    buf_add_c(html->out, "<li>");
    write_tight(html, node);
    buf_add_c(html->out, "</li>\n");
}

static void write_heading(struct html_writer *html,
                          const struct document_node *node)
{
    int64_t level = document_int(node, DOCUMENT_LEVEL, 2);
    const char *element = level <= 2 ? "h2" : level == 3 ? "h3" : "h4";
    write_wrapped(html, element, node);
}

static void write_paragraph(struct html_writer *html,
                            const struct document_node *node)
{
    if (node->first)
        write_wrapped(html, "p", node);
}

static void write_rule(struct html_writer *html,
                       const struct document_node *node)
{
    (void)node;
    buf_add_c(html->out, "<hr>\n");
}

static void (*const WRITERS[DOCUMENT_KIND_COUNT])(
    struct html_writer *, const struct document_node *) = {
    [DOCUMENT_DOC] = write_blocks,
    [DOCUMENT_PARAGRAPH] = write_paragraph,
    [DOCUMENT_HEADING] = write_heading,
    [DOCUMENT_BULLET_LIST] = write_list,
    [DOCUMENT_ORDERED_LIST] = write_list,
    [DOCUMENT_LIST_ITEM] = write_item,
    [DOCUMENT_BLOCKQUOTE] = write_blockquote,
    [DOCUMENT_PULL_QUOTE] = write_pull_quote,
    [DOCUMENT_IMAGE] = write_image,
    [DOCUMENT_GALLERY] = write_gallery,
    [DOCUMENT_VIDEO] = write_video,
    [DOCUMENT_EMBED] = write_embed,
    [DOCUMENT_CHANNEL] = write_channel,
    [DOCUMENT_TABLE] = write_table,
    [DOCUMENT_TABLE_ROW] = write_row,
    [DOCUMENT_RULE] = write_rule,
};

static void write_blocks(struct html_writer *html,
                         const struct document_node *node)
{
    for (const struct document_node *child = node->first; child;
         child = child->next)
        if (WRITERS[child->kind])
            WRITERS[child->kind](html, child);
}

void document_write_html(const struct document_node *doc,
                         const struct document_writer *writer, struct buf *out)
{
    static const struct document_writer none = {0};
    assert(doc);
    assert(out);
    struct html_writer html = {.options = writer ? writer : &none, .out = out};
    write_blocks(&html, doc);
}

const struct value *document_html_value(const struct document_node *doc,
                                        const struct document_writer *writer,
                                        struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, HTML_BYTES_MAX);
    document_write_html(doc, writer, &out);
    /* A checked document stays far below the maximum. */
    bool fits = buf_err(&out) == ERR_OK;
    return value_html(arena, fits ? arena_copy(arena, buf_str(&out)) : STR(""));
}
