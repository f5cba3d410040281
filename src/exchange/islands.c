// SPDX-License-Identifier: Apache-2.0
#include "exchange/islands.h"

#include <assert.h>

#include "base/arena.h"
#include "base/buf.h"

#define ISLAND_ADDRESS "https://island.invalid/" /* RFC 2606 §2 */

enum {
    CUT_BYTES_MAX = 8 * 1024 * 1024,
    TRIES_MAX = 4 * ISLANDS_MAX, /* tags looked at that may be none */
};

struct cutter {
    struct str rest; /* not looked at yet */
    struct islands *islands;
    struct buf out;
    size_t quotes; /* that are open */
    size_t tries;
};

/* ---- Tags ------------------------------------------------------------------
 */

/* Whether text begins with this tag: "<img", "</aside". */
static bool begins_with_tag(struct str text, struct str tag)
{
    if (text.len <= tag.len ||
        !str_eq_ascii_case(str_slice(text, 0, tag.len), tag))
        return false;
    return strchr(" \t\r\n/>", text.ptr[tag.len]) && text.ptr[tag.len];
}

/* Where the tag is next, or -1. */
static ptrdiff_t find_tag(struct str text, struct str tag)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *at = memchr(text.ptr + i, '<', text.len - i);
        if (!at)
            return -1;
        i = (size_t)(at - text.ptr);
        if (begins_with_tag(str_from(text, i), tag))
            return (ptrdiff_t)i;
    }
    return -1;
}

/* Bytes up to and with the '>' that ends the tag, quotes minded; 0 when it
 * never ends. */
static size_t tag_length(struct str text)
{
    char quote = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (quote)
            quote = c == quote ? 0 : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str attribute_value(struct str text)
{
    text = str_trim(text);
    if (!text.len)
        return text;
    char quote = text.ptr[0];
    if (quote == '"' || quote == '\'') {
        text = str_from(text, 1);
        ptrdiff_t end = str_find_char(text, quote);
        return str_slice(text, 0, end < 0 ? text.len : (size_t)end);
    }
    size_t len = 0;
    while (len < text.len && !is_space(text.ptr[len]) && text.ptr[len] != '>')
        len++;
    return str_slice(text, 0, len);
}

/* The value of an attribute of the tag that text begins with; "" when it has
 * none. */
static struct str attribute(struct str tag, struct str name)
{
    char quote = 0;
    for (size_t i = 1; i + name.len < tag.len; i++) {
        char c = tag.ptr[i];
        if (quote) {
            quote = c == quote ? 0 : quote;
            continue;
        }
        if (c == '"' || c == '\'')
            quote = c;
        if (!is_space(c) ||
            !str_eq_ascii_case(str_slice(tag, i + 1, name.len), name))
            continue;
        struct str rest = str_trim(str_from(tag, i + 1 + name.len));
        if (rest.len && rest.ptr[0] == '=')
            return attribute_value(str_from(rest, 1));
    }
    return STR("");
}

/* An element: its opening tag, what is inside, all of it. */
struct element {
    struct str tag;
    struct str inner;
    size_t len;
};

/* The element that text begins with, up to the next closing tag of its name. */
static bool read_element(struct str text, struct str close,
                         struct element *ret_element)
{
    size_t tag_len = tag_length(text);
    ptrdiff_t end = tag_len ? find_tag(text, close) : -1;
    if (end < 0 || (size_t)end < tag_len)
        return false;
    size_t close_len = tag_length(str_from(text, (size_t)end));
    if (!close_len)
        return false;
    *ret_element = (struct element){
        .tag = str_slice(text, 0, tag_len),
        .inner = str_slice(text, tag_len, (size_t)end - tag_len),
        .len = (size_t)end + close_len,
    };
    return true;
}

static bool find_element(struct str text, struct str open, struct str close,
                         size_t *ret_at, struct element *ret_element)
{
    ptrdiff_t at = find_tag(text, open);
    if (at < 0)
        return false;
    *ret_at = (size_t)at;
    return read_element(str_from(text, (size_t)at), close, ret_element);
}

/* ---- Islands ---------------------------------------------------------------
 */

/* Puts the mark of a new island in place of the next len bytes. */
static void cut(struct cutter *cutter, struct island island, size_t len)
{
    size_t number = cutter->islands->count++;
    cutter->islands->items[number] = island;
    buf_printf(&cutter->out, "<p><a href=\"" ISLAND_ADDRESS "%zu\">#</a></p>",
               number);
    cutter->rest = str_from(cutter->rest, len);
}

static void set_picture(struct island *island, struct str tag)
{
    island->kind = ISLAND_PICTURE;
    island->src = str_trim(attribute(tag, STR("src")));
    island->alt = str_trim(attribute(tag, STR("alt")));
}

static bool cut_image(struct cutter *cutter)
{
    size_t len = tag_length(cutter->rest);
    struct island island = {0};
    set_picture(&island, str_slice(cutter->rest, 0, len));
    if (!len || !island.src.len)
        return false;
    cut(cutter, island, len);
    return true;
}

static bool cut_figure(struct cutter *cutter)
{
    struct element figure, caption;
    struct island island = {0};
    size_t caption_at;
    if (!read_element(cutter->rest, STR("</figure"), &figure))
        return false;
    ptrdiff_t image = find_tag(figure.inner, STR("<img"));
    struct str tag = str_from(figure.inner, image < 0 ? 0 : (size_t)image);
    set_picture(&island, str_slice(tag, 0, tag_length(tag)));
    if (image < 0 || !island.src.len)
        return false;
    if (find_element(figure.inner, STR("<figcaption"), STR("</figcaption"),
                     &caption_at, &caption))
        island.text = caption.inner;
    cut(cutter, island, figure.len);
    return true;
}

static bool cut_aside(struct cutter *cutter)
{
    struct element aside, cite;
    size_t cite_at;
    if (!read_element(cutter->rest, STR("</aside"), &aside) ||
        str_find(attribute(aside.tag, STR("class")), STR("pull")) < 0)
        return false;
    struct island island = {.kind = ISLAND_PULL_QUOTE, .text = aside.inner};
    if (find_element(aside.inner, STR("<cite"), STR("</cite"), &cite_at,
                     &cite)) {
        island.cite = cite.inner;
        island.text = str_slice(aside.inner, 0, cite_at);
    }
    cut(cutter, island, aside.len);
    return true;
}

static bool cut_footer(struct cutter *cutter)
{
    struct element footer;
    if (!cutter->quotes ||
        !read_element(cutter->rest, STR("</footer"), &footer))
        return false;
    cut(cutter, (struct island){.kind = ISLAND_CITE, .text = footer.inner},
        footer.len);
    return true;
}

/* A comment is passed over whole. */
static bool copy_comment(struct cutter *cutter)
{
    ptrdiff_t end = str_find(cutter->rest, STR("-->"));
    size_t len = end < 0 ? cutter->rest.len : (size_t)end + 3;
    buf_add(&cutter->out, str_slice(cutter->rest, 0, len));
    cutter->rest = str_from(cutter->rest, len);
    return true;
}

/* Looks at a '<'; true when something was taken. */
static bool take_tag(struct cutter *cutter)
{
    if (str_starts_with(cutter->rest, STR("<!--")))
        return copy_comment(cutter);
    if (cutter->islands->count == ISLANDS_MAX)
        return false;
    cutter->tries += begins_with_tag(cutter->rest, STR("<figure")) ||
                     begins_with_tag(cutter->rest, STR("<aside")) ||
                     begins_with_tag(cutter->rest, STR("<footer"));
    if (begins_with_tag(cutter->rest, STR("<blockquote")))
        cutter->quotes++;
    else if (begins_with_tag(cutter->rest, STR("</blockquote")))
        cutter->quotes -= cutter->quotes ? 1 : 0;
    else if (cutter->tries >= TRIES_MAX)
        return false;
    else if (begins_with_tag(cutter->rest, STR("<img")))
        return cut_image(cutter);
    else if (begins_with_tag(cutter->rest, STR("<figure")))
        return cut_figure(cutter);
    else if (begins_with_tag(cutter->rest, STR("<aside")))
        return cut_aside(cutter);
    else if (begins_with_tag(cutter->rest, STR("<footer")))
        return cut_footer(cutter);
    return false;
}

struct str islands_cut(struct str html, struct arena *arena,
                       struct islands *ret_islands)
{
    *ret_islands = (struct islands){0};
    static const struct str tags[] = {STR_INIT("<img"), STR_INIT("<aside"),
                                      STR_INIT("<footer")};
    bool any = false;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        any = any || find_tag(html, tags[i]) >= 0;
    if (!any)
        return html;
    ret_islands->items = arena_array(arena, struct island, ISLANDS_MAX);
    DEFER(buf_finish) struct buf out;
    buf_init(&out, CUT_BYTES_MAX);
    struct cutter cutter = {.rest = html, .islands = ret_islands, .out = out};
    while (cutter.rest.len) {
        if (cutter.rest.ptr[0] == '<' && take_tag(&cutter))
            continue;
        struct str behind = str_from(cutter.rest, 1);
        ptrdiff_t next = str_find_char(behind, '<');
        size_t len = next < 0 ? cutter.rest.len : (size_t)next + 1;
        buf_add(&cutter.out, str_slice(cutter.rest, 0, len));
        cutter.rest = str_from(cutter.rest, len);
    }
    out = cutter.out;
    if (buf_err(&out)) { /* too long: as it came */
        *ret_islands = (struct islands){0};
        return html;
    }
    return arena_copy(arena, buf_str(&out));
}

bool islands_find(const struct islands *islands, struct str href,
                  const struct island **ret_island)
{
    static const struct str address = STR_INIT(ISLAND_ADDRESS);
    uint64_t number;
    if (!str_starts_with(href, address) ||
        str_parse_u64(str_from(href, address.len), &number) ||
        number >= islands->count)
        return false;
    *ret_island = &islands->items[number];
    return true;
}
