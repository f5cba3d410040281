// SPDX-License-Identifier: Apache-2.0
/* Pictures, their captions and credits, galleries. */
#include "base/arena.h"
#include "base/utf8.h"
#include "convert_internal.h"

enum {
    CAPTION_BYTES_MAX = 2000,
    CREDIT_BYTES_MAX = 500,
    ALT_BYTES_MAX = 2000,
    TITLE_BYTES_MAX = 300,
    CHANNEL_NAME_BYTES_MAX = 32,
    CHANNEL_CAPTION_BYTES_MAX = 4000,
};

void convert_is_shown(struct converter *converter, struct document_node *node)
{
    if (converter->figure && !converter->figure->node)
        converter->figure->node = node;
}

void convert_is_lost(struct converter *converter, const char *what)
{
    convert_drop(converter, what);
    if (converter->figure)
        converter->figure->lost = true;
}

static void set_text(struct converter *converter, struct document_node *node,
                     enum document_attr attr, struct str text)
{
    if (text.len)
        document_set_str(converter->builder.arena, node, attr, text);
}

/* ---- Pictures
 * --------------------------------------------------------------------------
 */

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F)
            return true;
    return false;
}

static bool is_source(struct str src)
{
    return src.len && src.len <= DOCUMENT_URL_BYTES_MAX && !has_control(src) &&
           !str_starts_with(src, STR("data:"));
}

/* Where the picture is; pages that load late keep it elsewhere. "" when there
 * is none. */
static struct str source_of(const GumboNode *node)
{
    static const char *const names[] = {
        "data-src", "data-lazy-src", "data-original", "data-orig-file", "src"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct str src = convert_attribute(node, names[i]);
        if (is_source(src))
            return src;
    }
    return STR("");
}

/* A letter that is drawn. */
static bool is_emoji(const GumboNode *node)
{
    return convert_class_has(node, "emoji") ||
           convert_class_has(node, "wp-smiley");
}

/* One pixel that counts readers. */
static bool is_beacon(const GumboNode *node)
{
    int64_t width = 2, height = 2;
    (void)!str_parse_i64(convert_attribute(node, "width"), &width);
    (void)!str_parse_i64(convert_attribute(node, "height"), &height);
    return width <= 1 || height <= 1;
}

static struct str line_of(struct converter *converter, struct str text,
                          size_t max)
{
    char *bytes = arena_c_string(converter->builder.arena, text);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)bytes[i] < 0x20 || bytes[i] == 0x7F)
            bytes[i] = ' ';
    return str_trim(utf8_cut(str_of(bytes, text.len), max));
}

void convert_image(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    struct convert_result *result = &converter->result;
    struct str src = source_of(node);
    struct str alt = convert_attribute(node, "alt");
    if (is_emoji(node) && alt.len && alt.len <= 32) {
        builder_text(builder, alt);
        return;
    }
    if (!src.len || is_beacon(node) ||
        result->image_count == CONVERT_IMAGES_MAX ||
        (!converter->gallery && !builder_accepts(builder, DOCUMENT_IMAGE))) {
        convert_is_lost(converter, "image");
        return;
    }
    struct document_node *image =
        converter->gallery
            ? document_add(builder->arena, converter->gallery, DOCUMENT_IMAGE)
            : builder_block(builder, DOCUMENT_IMAGE);
    document_set_str(
        builder->arena, image, DOCUMENT_MEDIA,
        arena_printf(builder->arena, "image-%zu", result->image_count));
    result->images[result->image_count++] = arena_copy(builder->arena, src);
    set_text(converter, image, DOCUMENT_ALT,
             line_of(converter, alt, ALT_BYTES_MAX));
    convert_is_shown(converter, image);
}

/* ---- Captions
 * --------------------------------------------------------------------------
 */

static bool is_credit(const GumboNode *node)
{
    return convert_is(node, GUMBO_TAG_CITE) ||
           convert_is(node, GUMBO_TAG_SMALL) ||
           convert_class_has(node, "credit") ||
           convert_class_has(node, "copyright");
}

static void set_caption(struct converter *converter, struct figure *figure)
{
    const GumboNode *credit = NULL;
    switch (figure->node->kind) {
    case DOCUMENT_IMAGE:
        credit = convert_find(converter, figure->caption, is_credit);
        if (credit)
            set_text(converter, figure->node, DOCUMENT_CREDIT,
                     convert_plain(converter, credit, NULL, CREDIT_BYTES_MAX));
        set_text(converter, figure->node, DOCUMENT_CAPTION,
                 convert_plain(converter, figure->caption, credit,
                               CAPTION_BYTES_MAX));
        return;
    case DOCUMENT_GALLERY:
    case DOCUMENT_TABLE:
        set_text(
            converter, figure->node, DOCUMENT_CAPTION,
            convert_plain(converter, figure->caption, NULL, CAPTION_BYTES_MAX));
        return;
    case DOCUMENT_EMBED:
        if (!document_str(figure->node, DOCUMENT_TITLE).len)
            set_text(converter, figure->node, DOCUMENT_TITLE,
                     convert_plain(converter, figure->caption, NULL,
                                   TITLE_BYTES_MAX));
        return;
    case DOCUMENT_BLOCKQUOTE:
        set_text(converter, figure->node, DOCUMENT_CITE,
                 convert_name(converter, figure->caption));
        return;
    default:
        return;
    }
}

/* The caption comes when it is known what it belongs to. */
void convert_caption(struct converter *converter, const GumboNode *node)
{
    struct figure *figure = converter->figure;
    if (figure && !figure->caption)
        figure->caption = node;
    else
        convert_walk_block(converter, node);
}

static void finish_figure(struct converter *converter, struct figure *figure)
{
    if (!figure->caption)
        return;
    if (figure->node)
        set_caption(converter, figure);
    else if (figure->lost)
        convert_drop(converter, "caption");
    else
        convert_walk_block(converter, figure->caption);
}

/* ---- Figures
 * --------------------------------------------------------------------------
 */

static size_t count_images(struct converter *converter, const GumboNode *node)
{
    if (node->type != GUMBO_NODE_ELEMENT)
        return 0;
    if (node->v.element.tag == GUMBO_TAG_IMG)
        return source_of(node).len > 0;
    if (converter->depth == CONVERT_DEPTH_MAX) {
        converter->too_deep = true;
        return 0;
    }
    converter->depth++;
    size_t count = 0;
    const GumboVector *children = &node->v.element.children;
    for (unsigned i = 0; i < children->length; i++)
        count += count_images(converter, children->data[i]);
    converter->depth--;
    return count;
}

static bool is_link(const GumboNode *node)
{
    return convert_is(node, GUMBO_TAG_A) && convert_attribute(node, "href").len;
}

static bool is_title(const GumboNode *node)
{
    return convert_class_has(node, "title");
}

/* A card that shows another page: its title and where it is. */
static bool read_bookmark(struct converter *converter, const GumboNode *node)
{
    const GumboNode *link = convert_find(converter, node, is_link);
    const GumboNode *title = convert_find(converter, node, is_title);
    return convert_class_has(node, "bookmark") && link &&
           convert_embed_url(
               converter, convert_attribute(link, "href"),
               title ? convert_plain(converter, title, NULL, TITLE_BYTES_MAX)
                     : STR(""));
}

static bool is_caption(const GumboNode *node)
{
    return convert_is(node, GUMBO_TAG_FIGCAPTION);
}

/* WordPress leaves nothing but the address in the figure. */
static bool read_bare_address(struct converter *converter,
                              const GumboNode *node, struct figure *figure)
{
    if (!convert_class_has(node, "embed"))
        return false;
    const GumboNode *caption = convert_find(converter, node, is_caption);
    struct str url =
        convert_plain(converter, node, caption, DOCUMENT_URL_BYTES_MAX);
    if (!convert_embed_url(converter, url, STR("")))
        return false;
    figure->caption = caption;
    return true;
}

static bool is_channel_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", name.ptr[i]))
            return false;
    return name.len && name.len <= CHANNEL_NAME_BYTES_MAX;
}

/* As document_write_feed writes the player of a channel for ours; for others
 * there is a link in it. */
static bool read_channel(struct converter *converter, const GumboNode *node)
{
    struct builder *builder = &converter->builder;
    struct str name = convert_attribute(node, "data-channel");
    if (!is_channel_name(name) || !builder_accepts(builder, DOCUMENT_CHANNEL))
        return false;
    struct document_node *channel = builder_block(builder, DOCUMENT_CHANNEL);
    const GumboNode *caption = convert_find(converter, node, is_caption);
    if (caption)
        set_text(
            converter, channel, DOCUMENT_CAPTION,
            convert_plain(converter, caption, NULL, CHANNEL_CAPTION_BYTES_MAX));
    set_text(converter, channel, DOCUMENT_NAME,
             arena_copy(builder->arena, name));
    return true;
}

static void read_gallery(struct converter *converter, const GumboNode *node,
                         struct figure *figure)
{
    figure->node = builder_block(&converter->builder, DOCUMENT_GALLERY);
    converter->gallery = figure->node;
    convert_walk_block(converter, node);
    converter->gallery = NULL;
}

static void read_figure(struct converter *converter, const GumboNode *node,
                        struct figure *figure)
{
    if (convert_class_has(node, "pull") && convert_pull_quote(converter, node))
        return;
    if (read_channel(converter, node) || read_bookmark(converter, node) ||
        read_bare_address(converter, node, figure))
        return;
    bool gallery = !converter->gallery &&
                   builder_accepts(&converter->builder, DOCUMENT_GALLERY) &&
                   count_images(converter, node) > 1;
    if (gallery)
        read_gallery(converter, node, figure);
    else
        convert_walk_block(converter, node);
}

void convert_figure(struct converter *converter, const GumboNode *node)
{
    struct figure *before = converter->figure;
    struct figure figure = {0};
    converter->figure = &figure;
    read_figure(converter, node, &figure);
    converter->figure = NULL;
    finish_figure(converter, &figure);
    converter->figure = before;
}
