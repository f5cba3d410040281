// SPDX-License-Identifier: Apache-2.0
/* From associated pictures to media, and their places in the article. */
#include "content/media.h"
#include "exchange/folder_file.h"
#include "exchange/image_size.h"
#include "exchange/ninjs_import_internal.h"
#include "exchange/ninjs_media_internal.h"
#include "render/document.h"

enum {
    PICTURE_BYTES_MAX = 64 * 1024 * 1024,
    PICTURE_RENDITIONS_MAX = 16,
};

/* ---- Files -----------------------------------------------------------------
 */

bool ninjs_find_folder(const struct incoming *incoming, struct str href,
                       const char **ret_folder, struct str *ret_path)
{
    const struct ninjs_import_options *options = &incoming->import->options;
    struct str prefix = str_from_c(options->media_prefix);
    if (prefix.len && str_starts_with(href, prefix)) {
        *ret_folder = options->media_folder;
        *ret_path = str_from(href, prefix.len);
        return true;
    }
    ptrdiff_t colon = str_find_char(href, ':');
    ptrdiff_t slash = str_find_char(href, '/');
    if (colon >= 0 && (slash < 0 || colon < slash))
        return false; /* a scheme */
    *ret_folder =
        arena_c_string(&incoming->import->session.arena, incoming->folder);
    *ret_path = href;
    return true;
}

/* Reads one file into the blobs. False when it was left out; an error only of
 * the store. */
static enum err store_file(struct incoming *incoming,
                           const struct ninjs_rendition *source,
                           struct rendition *ret_rendition, bool *ret_stored)
{
    struct ninjs_import *import = incoming->import;
    const char *folder;
    struct str path, bytes;
    *ret_stored = false;
    if (!ninjs_find_folder(incoming, source->href, &folder, &path)) {
        incoming_leave_out(incoming, "%.*s (not beside the file)",
                           ARG_STR(source->href));
        return ERR_OK;
    }
    DEFER(arena_finish) struct arena arena; /* pictures are large */
    arena_init(&arena, 0);
    struct fault fault = {0};
    struct image_size size;
    enum err err = folder_file_read(folder, path, PICTURE_BYTES_MAX, &arena,
                                    &bytes, &fault);
    if (!err && image_size_read(bytes, &size))
        err = fault_set(&fault, ERR_UNSUPPORTED, "href",
                        "'%.*s' is no picture (PNG, JPEG, GIF or WebP)",
                        ARG_STR(source->href));
    if (err) {
        incoming_leave_out(incoming, "%s", fault_text(&fault));
        return ERR_OK;
    }
    *ret_stored = true;
    return media_store(&import->session.edit, bytes, size.mime, size.width,
                       size.height, ret_rendition);
}

/* ---- Media -----------------------------------------------------------------
 */

static struct str text_of_role(const struct ninjs_item *picture,
                               const char *role)
{
    const struct ninjs_text *text =
        ninjs_text_of_role(&picture->descriptions, str_from_c(role), false);
    return text ? str_trim(text->value) : STR("");
}

struct str ninjs_base_name(struct str href)
{
    return str_from(href, (size_t)(str_find_last_char(href, '/') + 1));
}

/* Stores every rendition that there is; the widest is the original. */
static enum err store_renditions(struct incoming *incoming,
                                 const struct ninjs_item *picture,
                                 struct medium *medium)
{
    medium->renditions = arena_array(&incoming->import->session.arena,
                                     struct rendition, PICTURE_RENDITIONS_MAX);
    for (size_t i = 0; i < picture->renditions.count &&
                       medium->rendition_count < PICTURE_RENDITIONS_MAX;
         i++) {
        const struct ninjs_rendition *source = &picture->renditions.items[i];
        struct rendition stored;
        bool is_stored;
        enum err err = store_file(incoming, source, &stored, &is_stored);
        if (err)
            return err;
        if (!is_stored)
            continue;
        if (stored.width > medium->original.width) {
            medium->original = stored;
            medium->filename = ninjs_base_name(source->href);
        }
        medium->renditions[medium->rendition_count++] = stored;
    }
    return ERR_OK;
}

enum err ninjs_make_medium(struct incoming *incoming,
                           const struct ninjs_item *picture, struct id *ret_id)
{
    struct ninjs_import *import = incoming->import;
    struct medium medium = {
        .focus_x = MEDIA_FOCUS_AUTO,
        .focus_y = MEDIA_FOCUS_AUTO,
        .alt = text_of_role(picture, "alt"),
        /* A caption belongs to the story, and is in its language. */
        .credit =
            str_trim(picture->by.len ? picture->by : picture->copyright_holder),
    };
    enum err err = store_renditions(incoming, picture, &medium);
    if (err || !medium.rendition_count)
        return err;
    struct medium known;
    err = media_find_blob(import->session.edit.db, &medium.original.blob,
                          &import->session.arena, &known);
    if (!err)
        *ret_id = known.id;
    if (err != ERR_NOT_FOUND)
        return err;
    return media_save(&import->session.edit, &medium, ret_id);
}

/* ---- Pictures of an article ------------------------------------------------
 */

static bool is_picture(const struct ninjs_item *item)
{
    return str_eq(item->type, STR("picture")) ||
           str_eq(item->type, STR("graphic")) ||
           (!item->type.len && item->renditions.count);
}

static bool is_called_main(const struct ninjs_item *item)
{
    return str_eq_ascii_case(item->rel, STR("main")) ||
           str_starts_with(item->name, STR("main")) ||
           str_starts_with(item->name, STR("featured"));
}

static enum err read_pictures(struct incoming *incoming,
                              struct incoming_pictures *pictures)
{
    const struct ninjs_items *items = &incoming->item->associations;
    pictures->items = arena_array(&incoming->import->session.arena,
                                  struct incoming_picture, items->count + 1);
    for (size_t i = 0; i < items->count; i++) {
        const struct ninjs_item *item = &items->items[i];
        if (ninjs_is_post(item))
            continue;
        if (ninjs_is_recording(item)) {
            enum err err = ninjs_read_recording(incoming, item);
            if (err)
                return err;
            continue;
        }
        if (!is_picture(item)) {
            incoming_leave_out(incoming, "association '%.*s' (no picture)",
                               ARG_STR(item->name));
            continue;
        }
        struct incoming_picture picture = {
            .item = item,
            .alt = text_of_role(item, "alt"),
            .caption = text_of_role(item, "caption"),
            .credit =
                str_trim(item->by.len ? item->by : item->copyright_holder),
            .is_main = is_called_main(item),
        };
        if (!picture.caption.len) {
            const struct ninjs_text *text =
                ninjs_text_of_role(&item->descriptions, STR(""), false);
            picture.caption = text ? str_trim(text->value) : STR("");
        }
        enum err err = ninjs_make_medium(incoming, item, &picture.id);
        if (err)
            return err;
        if (id_is_set(&picture.id))
            pictures->items[pictures->count++] = picture;
    }
    return ERR_OK;
}

/* The one that says so, else the first that is not called "inline…" and that
 * the body does not show. */
static struct incoming_picture *pick_main(struct incoming_pictures *pictures)
{
    struct incoming_picture *candidate = NULL;
    for (size_t i = 0; i < pictures->count; i++) {
        struct incoming_picture *picture = &pictures->items[i];
        if (picture->is_main)
            return picture;
        if (!candidate && !picture->is_placed &&
            !str_starts_with(picture->item->name, STR("inline")))
            candidate = picture;
    }
    return candidate;
}

enum err ninjs_read_media(struct incoming *incoming)
{
    struct article_content *content = &incoming->input.content;
    struct incoming_pictures pictures = {0};
    enum err err = read_pictures(incoming, &pictures);
    if (!err)
        err = ninjs_place_pictures(incoming, &pictures);
    if (err)
        return err;
    struct incoming_picture *first = pick_main(&pictures);
    if (first) {
        first->is_placed = true;
        content->picture = first->id;
        content->picture_alt = first->alt;
        content->picture_caption = first->caption;
        content->picture_credit = first->credit;
    }
    ninjs_append_pictures(incoming, &pictures);
    return ERR_OK;
}
