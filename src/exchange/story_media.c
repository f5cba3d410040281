// SPDX-License-Identifier: Apache-2.0
/* From a picture's address to a file in the media folder to a medium. Nothing
 * is fetched from anywhere. */
#include "base/utf8.h"
#include "content/media.h"
#include "exchange/folder_file.h"
#include "exchange/image_size.h"
#include "exchange/story_import_internal.h"

enum { PICTURE_BYTES_MAX = 64 * 1024 * 1024 };

/* ---- Where it lies ---------------------------------------------------------
 */

static struct str without_query(struct str address)
{
    size_t len = 0;
    while (len < address.len && address.ptr[len] != '?' &&
           address.ptr[len] != '#')
        len++;
    return str_slice(address, 0, len);
}

/* The path below the media folder: what stands behind the mark, else the path
 * of the address. */
struct str story_media_path(const struct arriving *arriving, struct str src)
{
    struct str path = without_query(src);
    const char *mark = arriving->import->source->media_mark;
    ptrdiff_t at = mark ? str_find(path, str_from_c(mark)) : -1;
    if (at >= 0)
        return str_from(path, (size_t)at + strlen(mark));
    ptrdiff_t scheme = str_find(path, STR("://"));
    if (scheme >= 0 || str_starts_with(path, STR("//"))) {
        path = str_from(path, scheme >= 0 ? (size_t)scheme + 3 : 2);
        ptrdiff_t slash = str_find_char(path, '/');
        path = str_from(path, slash < 0 ? path.len : (size_t)slash);
    }
    while (str_starts_with(path, STR("/")))
        path = str_from(path, 1);
    return path;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "2020/05/boat-300x200.jpg" → "2020/05/boat.jpg": WordPress shows small copies
 * of what was uploaded. Itself when it is none. */
static struct str whole_size(struct str path, struct arena *arena)
{
    ptrdiff_t dot = str_find_last_char(path, '.');
    if (dot <= 0)
        return path;
    size_t at = (size_t)dot;
    while (at > 0 && is_digit(path.ptr[at - 1]))
        at--;
    if (at == (size_t)dot || at == 0 || path.ptr[at - 1] != 'x')
        return path;
    size_t width_end = --at;
    while (at > 0 && is_digit(path.ptr[at - 1]))
        at--;
    if (at == width_end || at == 0 || path.ptr[at - 1] != '-')
        return path;
    return arena_concat(arena, str_slice(path, 0, at - 1),
                        str_from(path, (size_t)dot));
}

/* "size/w600/2020/05/boat.jpg" → "2020/05/boat.jpg": so does Ghost. */
static struct str without_size_folder(struct str path)
{
    if (!str_starts_with(path, STR("size/")))
        return path;
    struct str rest = str_from(path, 5);
    ptrdiff_t slash = str_find_char(rest, '/');
    return slash < 0 ? path : str_from(rest, (size_t)slash + 1);
}

/* ---- The medium ------------------------------------------------------------
 */

static struct str base_name(struct str path)
{
    return str_from(path, (size_t)(str_find_last_char(path, '/') + 1));
}

static struct str text_of(struct str text)
{
    text = utf8_cut(str_trim(text), MEDIA_TEXT_BYTES_MAX);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return STR("");
    return text;
}

static enum err keep(struct arriving *arriving, struct str path,
                     struct str bytes, const struct image_size *size,
                     struct id *ret_id)
{
    struct story_import *import = arriving->import;
    const struct story_source *source = import->source;
    struct medium medium = {
        .focus_x = MEDIA_FOCUS_AUTO,
        .focus_y = MEDIA_FOCUS_AUTO,
        .filename = text_of(base_name(path)),
    };
    const struct story_picture *said =
        source->describe ? source->describe(source->context, path) : NULL;
    if (said) {
        medium.alt = text_of(said->alt);
        medium.caption = text_of(said->caption);
        medium.credit = text_of(said->credit);
    }
    enum err err = media_store(&import->session.edit, bytes, size->mime,
                               size->width, size->height, &medium.original);
    if (err)
        return err;
    medium.renditions = &medium.original;
    medium.rendition_count = 1;
    struct medium known;
    err = media_find_blob(import->session.edit.db, &medium.original.blob,
                          &import->session.arena, &known);
    if (!err)
        *ret_id = known.id;
    return err == ERR_NOT_FOUND
               ? media_save(&import->session.edit, &medium, ret_id)
               : err;
}

/* Reads the first of the files that is there. *ret_stored is false when it was
 * told why there is none. */
static enum err store_file(struct arriving *arriving, struct str whole,
                           struct str path, struct id *ret_id)
{
    struct story_import *import = arriving->import;
    const char *folder = import->options.media_folder;
    DEFER(arena_finish) struct arena arena; /* pictures are large */
    arena_init(&arena, 0);
    struct fault fault = {0};
    struct str bytes;
    struct image_size size;
    enum err err = folder_file_read(folder, whole, PICTURE_BYTES_MAX, &arena,
                                    &bytes, &fault);
    if (err == ERR_NOT_FOUND && !str_eq(whole, path)) {
        fault = (struct fault){0};
        err = folder_file_read(folder, path, PICTURE_BYTES_MAX, &arena, &bytes,
                               &fault);
    }
    if (!err && image_size_read(bytes, &size))
        err = fault_set(&fault, ERR_UNSUPPORTED, "picture",
                        "'%.*s' is no picture (PNG, JPEG, GIF or WebP)",
                        ARG_STR(utf8_cut(path, 200)));
    if (err) {
        arriving_tell(arriving, "left out a picture: %s", fault_text(&fault));
        story_import_drop(import, STR("picture"), 1);
        return ERR_OK;
    }
    return import->options.dry_run
               ? ERR_OK
               : keep(arriving, whole, bytes, &size, ret_id);
}

static enum err find_known(struct arriving *arriving, struct str whole,
                           struct id *ret_id)
{
    struct story_import *import = arriving->import;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_MEDIUM, whole);
    struct import_item item;
    struct medium medium;
    enum err err = import_item_find(import->session.edit.db, &key,
                                    &import->session.arena, &item);
    if (!err)
        err = media_load(import->session.edit.db, &item.id,
                         &import->session.arena, &medium);
    if (!err)
        *ret_id = item.id;
    return err;
}

enum err story_known_medium(struct arriving *arriving, struct str path,
                            struct id *ret_id)
{
    struct story_import *import = arriving->import;
    *ret_id = (struct id){0};
    if (known_find(import, IMPORT_KIND_MEDIUM, path, ret_id))
        return ERR_OK;
    enum err err = find_known(arriving, path, ret_id);
    if (!err)
        known_add(import, IMPORT_KIND_MEDIUM, path, ret_id);
    return err;
}

enum err story_keep_known(struct arriving *arriving, struct str path,
                          const struct id *id)
{
    struct story_import *import = arriving->import;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_MEDIUM, path);
    const struct import_item item = {.id = *id};
    known_add(import, IMPORT_KIND_MEDIUM, path, id);
    return import_item_save(&import->session.edit, &key, &item);
}

enum err story_find_medium(struct arriving *arriving, struct str src,
                           struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct str path = without_size_folder(story_media_path(arriving, src));
    struct str whole = whole_size(path, &import->session.arena);
    enum err err = story_known_medium(arriving, whole, ret_id);
    if (err != ERR_NOT_FOUND)
        return err;
    if (!import->options.media_folder || !path.len) {
        arriving_tell(arriving, "left out a picture: %.*s (%s)",
                      ARG_STR(utf8_cut(src, 200)),
                      path.len ? "no --media folder" : "no file");
        story_import_drop(import, STR("picture"), 1);
        return ERR_OK;
    }
    err = store_file(arriving, whole, path, ret_id);
    return err || !id_is_set(ret_id)
               ? err
               : story_keep_known(arriving, whole, ret_id);
}
