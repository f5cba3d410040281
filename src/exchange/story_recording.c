// SPDX-License-Identifier: Apache-2.0
/* From what an item brings to be played to the article's enclosure: a file of
 * the media folder, else its address elsewhere. Nothing is fetched. */
#include "base/utf8.h"
#include "content/media.h"
#include "exchange/folder_file.h"
#include "exchange/story_import_internal.h"
#include "render/document.h"

enum {
    RECORDING_BYTES_MAX = 512 * 1024 * 1024,
    ADDRESS_BYTES_MAX = 2048,
    TOLD_BYTES_MAX = 200,
};

static bool is_web_address(struct str src)
{
    bool is_web = (str_starts_with(src, STR("https://")) && src.len > 8) ||
                  (str_starts_with(src, STR("http://")) && src.len > 7);
    if (!is_web || src.len > ADDRESS_BYTES_MAX || !utf8_is_valid(src) ||
        !document_href_is_allowed(src))
        return false;
    for (size_t i = 0; i < src.len; i++)
        if ((unsigned char)src.ptr[i] <= 0x20 || src.ptr[i] == 0x7f)
            return false;
    return true;
}

static enum err keep(struct arriving *arriving, struct str path,
                     struct str bytes, struct id *ret_id)
{
    struct story_import *import = arriving->import;
    struct medium known, medium = {
                             .focus_x = MEDIA_FOCUS_AUTO,
                             .focus_y = MEDIA_FOCUS_AUTO,
                         };
    enum err err =
        media_store(&import->session.edit, bytes, media_type_of_filename(path),
                    0, 0, &medium.original);
    if (err)
        return err;
    err = media_find_blob(import->session.edit.db, &medium.original.blob,
                          &import->session.arena, &known);
    if (!err)
        *ret_id = known.id;
    if (err == ERR_NOT_FOUND)
        err = media_save(&import->session.edit, &medium, ret_id);
    return err ? err : story_keep_known(arriving, path, ret_id);
}

/* None when there is no such file. */
static enum err find(struct arriving *arriving, struct str path,
                     struct id *ret_id)
{
    struct story_import *import = arriving->import;
    DEFER(arena_finish) struct arena arena; /* recordings are large */
    arena_init(&arena, 0);
    struct fault fault = {0};
    struct str bytes;
    if (!article_enclosure_type_is_fit(media_type_of_filename(path)))
        return ERR_OK;
    enum err err = story_known_medium(arriving, path, ret_id);
    if (err != ERR_NOT_FOUND || !import->options.media_folder)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    err = folder_file_read(import->options.media_folder, path,
                           RECORDING_BYTES_MAX, &arena, &bytes, &fault);
    if (!err && !import->options.dry_run)
        return keep(arriving, path, bytes, ret_id);
    if (err)
        arriving_tell(arriving, "what is played stays where it is: %s",
                      fault_text(&fault));
    return ERR_OK;
}

enum err story_read_recording(struct arriving *arriving)
{
    const struct story_recording *recording = &arriving->story->recording;
    struct article_enclosure *enclosure = &arriving->input.content.enclosure;
    struct article_enclosure read = {.seconds = recording->seconds};
    if (!recording->src.len)
        return ERR_OK;
    struct str path = story_media_path(arriving, recording->src);
    enum err err = find(arriving, path, &read.medium);
    if (err)
        return err;
    if (!id_is_set(&read.medium) && is_web_address(recording->src)) {
        read.url = recording->src;
        read.mime = story_recording_type(recording);
        read.size_bytes = recording->size_bytes;
    }
    if (article_enclosure_is_set(&read)) {
        *enclosure = read;
        return ERR_OK;
    }
    arriving_tell(arriving,
                  "left out what is played: %.*s (no file of --media "
                  "and no address of the web)",
                  ARG_STR(utf8_cut(recording->src, TOLD_BYTES_MAX)));
    story_import_drop(arriving->import, STR("recording"), 1);
    return ERR_OK;
}
