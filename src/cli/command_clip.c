// SPDX-License-Identifier: Apache-2.0
/* clip make, list, download: pieces of what was on the air, for stories. */
#include <jansson.h>

#include "base/arena.h"
#include "base/new_file.h"
#include "base/time.h"
#include "cli/clip_making.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "content/content.h"
#include "content/media.h"

enum { LIST_MAX = 100000 };

/* ---- make ------------------------------------------------------------------
 */

static enum err save(const struct command_line *line, struct clip_work *work,
                     struct clip_made *made, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = newspaper_edit(&edit, work->content, fault);
    if (!err)
        err = clip_save(work, &edit, made);
    return err ? err : newspaper_commit(line, &edit, fault);
}

static enum err tell(const struct command_line *line,
                     const struct clip_made *made)
{
    if (command_flag(line, "json"))
        return output_json(line->output, clip_json(made));
    output_tell(line->output,
                "%.3f s, %lld × %lld, %lld KB; %lld of %lld pictures are "
                "encoded anew.",
                (double)made->duration_us / TIME_US_PER_SECOND,
                (long long)made->width, (long long)made->height,
                (long long)made->bytes >> 10, (long long)made->encoded,
                (long long)made->pictures);
    output_tell(line->output,
                "In the body of an article: {\"type\":\"video\",\"attrs\":"
                "{\"media\":\"%s\",\"poster\":\"%s\"}}",
                made->medium.text, made->poster.text);
    output_printf(line->output, "%s\n", made->medium.text);
    return ERR_OK;
}

static enum err run_make(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct clip_made made;
    struct clip_work work = {
        .directory = newspaper_directory(line),
        .arena = line->arena,
    };
    const struct clip_wish wish = {
        .source = str_from_c(line->arguments[0]),
        .from = str_from_c(line->arguments[1]),
        .to = str_from_c(line->arguments[2]),
        .caption = str_from_c(command_value(line, "caption")),
        .credit = str_from_c(command_value(line, "credit")),
    };
    enum err err = newspaper_helper("media", line->arena, &work.program, fault);
    if (!err)
        err = newspaper_open_writing(line, &content, fault);
    work.content = content;
    if (!err)
        err = clip_make(&work, &wish, &made, fault);
    if (!err)
        err = save(line, &work, &made, fault);
    return err ? err : tell(line, &made);
}

const struct command command_clip_make = {
    .name = "clip make",
    .summary = "cut a clip out of what was on the air, for a story",
    .details =
        "It begins and ends with the very pictures that were on the air then, "
        "as an MP4 file that every player takes, beside a picture of its "
        "beginning, both in the media library. Readers get it with the story "
        "that shows it. Times are UTC (2030-01-01T20:15:07.480Z); of a channel "
        "also live-1:30, a minute and a half before its newest, and live; of a "
        "recording also +12:30, after its beginning.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "SOURCE",
             .summary = "a channel, or a recording's id as 'recording list' "
                        "tells"},
            {.name = "FROM", .summary = "its first moment"},
            {.name = "TO", .summary = "where it ends"},
            {0}},
    .options =
        (const struct command_option[]){
            {"caption", 0, false, "TEXT", "what stands below it"},
            {"credit", 0, false, "TEXT", "whose it is"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"clip make news live-1:30 live-30", "A minute that just was"},
            {"clip make news 2030-01-01T20:15:07.480Z "
             "2030-01-01T20:15:41.120Z",
             "To the picture"},
            {"clip make 62f9f7d471fdc +12:30 +13:05", "Out of a recording"},
            {0}},
    .run = run_make,
};

/* ---- list ------------------------------------------------------------------
 */

static bool is_clip(const struct medium *medium)
{
    return str_starts_with(medium->original.mime, STR("video/"));
}

static json_t *medium_json(const struct medium *medium)
{
    char added[TIME_RFC3339_BYTES], name[BLOB_PUBLIC_BYTES];
    time_format_rfc3339(medium->created_us, added);
    blob_public_name(&medium->original.blob, name);
    return json_pack(
        "{s:s, s:s, s:s%, s:s%, s:I, s:I, s:I, s:o}", "id", medium->id.text,
        "added", added, "file",
        medium->filename.len ? medium->filename.ptr : "", medium->filename.len,
        "caption", medium->caption.len ? medium->caption.ptr : "",
        medium->caption.len, "width", (json_int_t)medium->original.width,
        "height", (json_int_t)medium->original.height, "bytes",
        (json_int_t)medium->original.size_bytes, "path",
        json_sprintf("/media/%s", name));
}

static enum err write_list(const struct command_line *line,
                           const struct media_list *list)
{
    static const char *const heads[] = {"id",   "size",    "takes",
                                        "file", "caption", NULL};
    DEFER(output_table_finish) struct output_table table;
    bool as_json = command_flag(line, "json");
    json_t *array = as_json ? json_array() : NULL;
    output_table_init(&table, heads);
    for (size_t i = 0; i < list->count; i++) {
        const struct medium *medium = &list->media[i];
        if (!is_clip(medium))
            continue;
        if (as_json) {
            json_array_append_new(array, medium_json(medium));
            continue;
        }
        output_table_cell(&table, id_str(&medium->id));
        output_table_cell(&table,
                          arena_printf(line->arena, "%lld×%lld",
                                       (long long)medium->original.width,
                                       (long long)medium->original.height));
        output_table_cell(
            &table, arena_printf(line->arena, "%lld KB",
                                 (long long)medium->original.size_bytes >> 10));
        output_table_cell(&table, medium->filename);
        output_table_cell(&table, medium->caption);
    }
    return as_json ? output_json(line->output, array)
                   : output_table_write(&table, line->output);
}

static enum err run_list(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    struct media_list list = {0};
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    err = media_list(lease.db, NULL, LIST_MAX, line->arena, &list);
    return err ? db_fault(lease.db, err, fault) : write_list(line, &list);
}

const struct command command_clip_list = {
    .name = "clip list",
    .summary = "list the clips that there are, the newest first",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .examples =
        (const struct command_example[]){{"clip list", "All of them"}, {0}},
    .run = run_list,
};

/* ---- download --------------------------------------------------------------
 */

static enum err read_clip(const struct command_line *line,
                          struct content *content, const char *text,
                          struct str *ret_bytes, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    struct medium medium;
    struct id id;
    if (id_parse(str_from_c(text), &id))
        return fault_set(fault, ERR_INVALID, "ID",
                         "'%s' is no id of a clip: 13 digits such as "
                         "62f9f7d471fdc, as 'broadsheet clip list' tells",
                         text);
    enum err err = media_load(lease.db, &id, line->arena, &medium);
    if (err == ERR_NOT_FOUND || (!err && !is_clip(&medium)))
        return fault_set(fault, ERR_NOT_FOUND, "ID",
                         "there is no clip %s; 'broadsheet clip list' names "
                         "those there are",
                         id.text);
    if (err)
        return db_fault(lease.db, err, fault);
    return blob_read(content_blobs(content), &medium.original.blob,
                     BLOB_BYTES_MAX, line->arena, ret_bytes, fault);
}

static enum err run_download(const struct command_line *line,
                             struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    DEFER(new_file_end) struct new_file file = {.fd = -1};
    const char *path = line->arguments[1];
    struct str bytes = {0};
    enum err err = newspaper_open_reading(line, &content, fault);
    if (!err)
        err = read_clip(line, content, line->arguments[0], &bytes, fault);
    if (!err)
        err = new_file_begin(&file, path, fault);
    if (!err && !write_whole(file.fd, bytes))
        err = fault_set(fault, ERR_IO, "FILE", "%s cannot be written", path);
    if (!err)
        err = new_file_commit(&file, command_flag(line, "force"), fault);
    if (!err)
        output_tell(line->output, "%s: %zu KB", path, bytes.len >> 10);
    return err;
}

const struct command command_clip_download = {
    .name = "clip download",
    .summary = "write a clip to an MP4 file",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "as 'clip list' tells"},
            {.name = "FILE", .summary = "to write"},
            {0}},
    .options =
        (const struct command_option[]){
            {"force", 'f', false, NULL, "replace FILE when it is there"}, {0}},
    .examples =
        (const struct command_example[]){
            {"clip download 62f9f7d471fdc bridge.mp4", "For an editor"}, {0}},
    .run = run_download,
};
