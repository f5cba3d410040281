// SPDX-License-Identifier: Apache-2.0
/* The pictures that a body shows, and those that it does not. */
#include "exchange/ninjs_media_internal.h"
#include "render/document.h"

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
    struct arena *arena = &incoming->import->session.arena;
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
        document_set_str(&incoming->import->session.arena, node, attr, text);
}

static void set_image(struct incoming *incoming, struct document_node *node,
                      const struct incoming_picture *picture)
{
    set_text(
        incoming, node, DOCUMENT_MEDIA,
        arena_copy(&incoming->import->session.arena, id_str(&picture->id)));
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

struct placing {
    struct incoming *incoming;
    struct incoming_pictures *pictures;
};

static enum err place(void *context, struct document_node *image,
                      struct str src, bool *ret_found)
{
    struct placing *placing = context;
    struct incoming *incoming = placing->incoming;
    struct str alt = document_str(image, DOCUMENT_ALT);
    struct str caption = document_str(image, DOCUMENT_CAPTION);
    struct str credit = document_str(image, DOCUMENT_CREDIT);
    struct incoming_picture *known = find_picture(placing->pictures, src);
    struct incoming_picture picture = {0};
    enum err err = ERR_OK;
    if (known) {
        known->is_placed = true;
        picture = *known;
    } else {
        err = make_unassociated(incoming, src, alt, &picture.id);
    }
    if (err || !id_is_set(&picture.id))
        return err;
    picture.credit = credit.len ? credit : picture.credit;
    caption = without_credit(caption, picture.credit);
    picture.alt = alt.len ? alt : picture.alt;
    picture.caption = caption.len ? caption : picture.caption;
    if (document_str(image, DOCUMENT_CAPTION).len)
        document_set_str(&incoming->import->session.arena, image,
                         DOCUMENT_CAPTION, picture.caption);
    set_image(incoming, image, &picture);
    *ret_found = true;
    return ERR_OK;
}

enum err ninjs_place_pictures(struct incoming *incoming,
                              struct incoming_pictures *pictures)
{
    struct placing placing = {incoming, pictures};
    if (!incoming->body.doc)
        return ERR_OK;
    incoming->doc_changed |= incoming->body.image_count > 0;
    return html_images_find(&incoming->body, place, &placing);
}

void ninjs_append_pictures(struct incoming *incoming,
                           const struct incoming_pictures *pictures)
{
    struct arena *arena = &incoming->import->session.arena;
    struct document_node *parent = incoming->doc;
    size_t left = 0;
    for (size_t i = 0; i < pictures->count; i++)
        left += !pictures->items[i].is_placed;
    incoming->doc_changed |= left > 0;
    if (left > 1)
        parent = document_add(arena, parent, DOCUMENT_GALLERY);
    for (size_t i = 0; i < pictures->count; i++) {
        if (!pictures->items[i].is_placed)
            set_image(incoming, document_add(arena, parent, DOCUMENT_IMAGE),
                      &pictures->items[i]);
    }
}
