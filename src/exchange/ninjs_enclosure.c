// SPDX-License-Identifier: Apache-2.0
/* From an associated recording to what is played beside the article. */
#include "content/media.h"
#include "exchange/folder_file.h"
#include "exchange/ninjs_media_internal.h"

enum { RECORDING_BYTES_MAX = 512 * 1024 * 1024 };

bool ninjs_is_recording(const struct ninjs_item *item)
{
    return str_eq(item->type, STR("audio")) || str_eq(item->type, STR("video"));
}

static bool is_web_address(struct str href)
{
    return str_starts_with(href, STR("https://")) ||
           str_starts_with(href, STR("http://"));
}

/* The medium of the file at path; none when it was left out. */
static enum err store(struct incoming *incoming, const char *folder,
                      struct str path, struct id *ret_id)
{
    struct edit *edit = &incoming->import->session.edit;
    struct arena *kept = &incoming->import->session.arena;
    DEFER(arena_finish) struct arena arena; /* recordings are large */
    arena_init(&arena, 0);
    struct fault fault = {0};
    struct str bytes, mime = media_type_of_filename(path);
    struct medium medium = {.focus_x = MEDIA_FOCUS_MAX / 2,
                            .focus_y = MEDIA_FOCUS_MAX / 2,
                            .filename = ninjs_base_name(path)};
    enum err err = folder_file_read(folder, path, RECORDING_BYTES_MAX, &arena,
                                    &bytes, &fault);
    if (err) {
        incoming_leave_out(incoming, "%s", fault_text(&fault));
        return ERR_OK;
    }
    if (!article_enclosure_type_is_fit(mime)) {
        incoming_leave_out(incoming, "%.*s (no sound or film)", ARG_STR(path));
        return ERR_OK;
    }
    err = media_store(edit, bytes, mime, 0, 0, &medium.original);
    if (err)
        return err;
    struct medium known;
    err = media_find_blob(edit->db, &medium.original.blob, kept, &known);
    if (!err)
        *ret_id = known.id;
    return err == ERR_NOT_FOUND ? media_save(edit, &medium, ret_id) : err;
}

enum err ninjs_read_recording(struct incoming *incoming,
                              const struct ninjs_item *item)
{
    struct article_enclosure *enclosure = &incoming->input.content.enclosure;
    const char *folder;
    struct str path;
    if (article_enclosure_is_set(enclosure) || !item->renditions.count) {
        incoming_leave_out(incoming, "association '%.*s' (one is played)",
                           ARG_STR(item->name));
        return ERR_OK;
    }
    const struct ninjs_rendition *source = &item->renditions.items[0];
    struct article_enclosure read = {0};
    if (source->seconds <= ENCLOSURE_SECONDS_MAX)
        read.seconds = source->seconds;
    if (ninjs_find_folder(incoming, source->href, &folder, &path)) {
        enum err err = store(incoming, folder, path, &read.medium);
        if (err)
            return err;
    } else if (is_web_address(source->href) &&
               article_enclosure_type_is_fit(source->content_type)) {
        read.url = source->href;
        read.mime = source->content_type;
        read.size_bytes = source->size_bytes;
    } else {
        incoming_leave_out(incoming, "%.*s (no sound or film of the web)",
                           ARG_STR(source->href));
    }
    if (article_enclosure_is_set(&read))
        *enclosure = read;
    return ERR_OK;
}
