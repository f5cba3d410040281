// SPDX-License-Identifier: Apache-2.0
/* The islands of a body, put back into the document. */
#include "base/utf8.h"
#include "exchange/ninjs_media_internal.h"
#include "render/document.h"

enum { CAPTION_BYTES_MAX = 2000, CITE_BYTES_MAX = 1000 };

/* HTML as plain text in one line, at most max bytes. */
static enum err plain(struct incoming *incoming, struct str html, size_t max,
                      struct str *ret_text)
{
    const struct ninjs_text text = {.content_type = STR("text/html"),
                                    .value = html};
    *ret_text = STR("");
    if (!html.len)
        return ERR_OK;
    struct str lines;
    enum err err = ninjs_plain(incoming, &text, &lines);
    if (err)
        return err;
    char *line = arena_c_string(&incoming->import->arena, lines);
    for (size_t i = 0; i < lines.len; i++)
        line[i] = line[i] == '\n' ? ' ' : line[i];
    *ret_text = utf8_cut(str_of(line, lines.len), max);
    return ERR_OK;
}

/* ---- Pictures --------------------------------------------------------------
 */

static struct incoming_picture *find_picture(
    const struct incoming_pictures *pictures, struct str src)
{
    for (size_t i = 0; i < pictures->count; i++) {
        const struct ninjs_renditions *renditions =
            &pictures->items[i].item->renditions;
        for (size_t k = 0; k < renditions->count; k++) {
            if (str_eq(renditions->items[k].href, src))
                return &pictures->items[i];
        }
    }
    return NULL;
}

/* A picture that the body shows and no association knows. */
static enum err make_unassociated(struct incoming *incoming, struct str src,
                                  struct str alt, struct id *ret_id)
{
    struct arena *arena = &incoming->import->arena;
    struct ninjs_rendition *rendition =
        arena_new(arena, struct ninjs_rendition);
    struct ninjs_text *text = arena_new(arena, struct ninjs_text);
    rendition->href = src;
    *text = (struct ninjs_text){.role = STR("alt"), .value = alt};
    const struct ninjs_item item = {
        .renditions = {rendition, 1},
        .descriptions = {text, 1},
    };
    return ninjs_make_medium(incoming, &item, ret_id);
}

static void set_text(struct incoming *incoming, struct document_node *node,
                     enum document_attr attr, struct str text)
{
    if (text.len)
        document_set_str(&incoming->import->arena, node, attr, text);
}

static void become(struct document_node *node, enum document_kind kind)
{
    node->kind = kind;
    node->attrs = NULL;
    node->first = node->last = NULL;
}

static void set_image(struct incoming *incoming, struct document_node *node,
                      const struct incoming_picture *picture)
{
    set_text(incoming, node, DOCUMENT_MEDIA,
             arena_copy(&incoming->import->arena, id_str(&picture->id)));
    set_text(incoming, node, DOCUMENT_ALT, picture->alt);
    set_text(incoming, node, DOCUMENT_CAPTION, picture->caption);
    set_text(incoming, node, DOCUMENT_CREDIT, picture->credit);
}

/* Some print the credit behind the caption as well. */
static struct str without_credit(struct str caption, struct str credit)
{
    if (credit.len && str_ends_with(caption, credit))
        caption = str_trim(str_slice(caption, 0, caption.len - credit.len));
    return caption;
}

/* *ret_kept is false when there is nothing to show. */
static enum err place_picture(struct incoming *incoming,
                              struct incoming_pictures *pictures,
                              const struct island *island,
                              struct document_node *node, bool *ret_kept)
{
    struct str src, alt, caption;
    enum err err = plain(incoming, island->src, DOCUMENT_URL_BYTES_MAX, &src);
    if (!err)
        err = plain(incoming, island->alt, CAPTION_BYTES_MAX, &alt);
    if (!err)
        err = plain(incoming, island->text, CAPTION_BYTES_MAX, &caption);
    if (err)
        return err;
    struct incoming_picture *known = find_picture(pictures, src);
    struct incoming_picture picture = {0};
    if (known) {
        known->is_placed = true;
        picture = *known;
    } else {
        err = make_unassociated(incoming, src, alt, &picture.id);
    }
    if (err || !id_is_set(&picture.id))
        return err;
    caption = without_credit(caption, picture.credit);
    picture.alt = alt.len ? alt : picture.alt;
    picture.caption = caption.len ? caption : picture.caption;
    become(node, DOCUMENT_IMAGE);
    set_image(incoming, node, &picture);
    *ret_kept = true;
    return ERR_OK;
}

/* ---- Quotes ----------------------------------------------------------------
 */

static enum err place_pull_quote(struct incoming *incoming,
                                 const struct island *island,
                                 struct document_node *node, bool *ret_kept)
{
    struct str text, cite;
    enum err err =
        plain(incoming, island->text, DOCUMENT_TEXT_BYTES_MAX, &text);
    if (!err)
        err = plain(incoming, island->cite, CITE_BYTES_MAX, &cite);
    if (err || !text.len)
        return err;
    become(node, DOCUMENT_PULL_QUOTE);
    document_add_text(&incoming->import->arena, node, text);
    set_text(incoming, node, DOCUMENT_CITE, cite);
    *ret_kept = true;
    return ERR_OK;
}

/* The name belongs to the quote around it; the paragraph itself goes. */
static enum err place_cite(struct incoming *incoming,
                           const struct island *island,
                           struct document_node *parent)
{
    struct str cite;
    enum err err = plain(incoming, island->text, CITE_BYTES_MAX, &cite);
    if (!err && parent->kind == DOCUMENT_BLOCKQUOTE)
        set_text(incoming, parent, DOCUMENT_CITE, cite);
    return err;
}

/* ---- The document ----------------------------------------------------------
 */

static const struct island *island_of(const struct incoming *incoming,
                                      const struct document_node *node)
{
    const struct island *island;
    const struct document_node *text = node->first;
    if (node->kind == DOCUMENT_PARAGRAPH && text && text->link &&
        islands_find(&incoming->islands, text->link->href, &island))
        return island;
    return NULL;
}

static enum err place(struct incoming *incoming,
                      struct incoming_pictures *pictures,
                      const struct island *island, struct document_node *parent,
                      struct document_node *node, bool *ret_kept)
{
    bool top = parent->kind == DOCUMENT_DOC;
    if (island->kind == ISLAND_CITE)
        return place_cite(incoming, island, parent);
    if (!top) /* lists and quotes have no pictures */
        return ERR_OK;
    return island->kind == ISLAND_PICTURE
               ? place_picture(incoming, pictures, island, node, ret_kept)
               : place_pull_quote(incoming, island, node, ret_kept);
}

static enum err place_within(struct incoming *incoming,
                             struct incoming_pictures *pictures,
                             struct document_node *parent)
{
    struct document_node *next, *last = NULL;
    struct document_node *node = parent->first;
    parent->first = parent->last = NULL;
    for (; node; node = next) {
        next = node->next;
        bool kept = true;
        enum err err;
        const struct island *island = island_of(incoming, node);
        if (island) {
            kept = false;
            err = place(incoming, pictures, island, parent, node, &kept);
        } else {
            err = place_within(incoming, pictures, node);
        }
        if (err)
            return err;
        if (!kept)
            continue;
        if (last)
            last->next = node;
        else
            parent->first = node;
        node->next = NULL;
        parent->last = last = node;
    }
    return ERR_OK;
}

/* A quote or list item of which nothing is left goes as well. */
static bool is_hollow(const struct document_node *node)
{
    bool needs_children = node->kind == DOCUMENT_BLOCKQUOTE ||
                          node->kind == DOCUMENT_LIST_ITEM ||
                          node->kind == DOCUMENT_BULLET_LIST ||
                          node->kind == DOCUMENT_ORDERED_LIST;
    return needs_children && !node->first;
}

static void drop_hollow(struct document_node *parent)
{
    struct document_node **link = &parent->first;
    parent->last = NULL;
    while (*link) {
        drop_hollow(*link);
        if (is_hollow(*link)) {
            *link = (*link)->next;
            continue;
        }
        parent->last = *link;
        link = &(*link)->next;
    }
}

enum err ninjs_place_islands(struct incoming *incoming,
                             struct incoming_pictures *pictures)
{
    if (!incoming->islands.count)
        return ERR_OK;
    enum err err = place_within(incoming, pictures, incoming->doc);
    drop_hollow(incoming->doc);
    return err;
}

void ninjs_append_pictures(struct incoming *incoming,
                           const struct incoming_pictures *pictures)
{
    struct arena *arena = &incoming->import->arena;
    struct document_node *parent = incoming->doc;
    size_t left = 0;
    for (size_t i = 0; i < pictures->count; i++)
        left += !pictures->items[i].is_placed;
    if (left > 1)
        parent = document_add(arena, parent, DOCUMENT_GALLERY);
    for (size_t i = 0; i < pictures->count; i++) {
        if (!pictures->items[i].is_placed)
            set_image(incoming, document_add(arena, parent, DOCUMENT_IMAGE),
                      &pictures->items[i]);
    }
}
