// SPDX-License-Identifier: Apache-2.0
/* article enclose: a recording beside an article, for programs that play. */
#include "base/arena.h"
#include "base/file.h"
#include "cli/article_change.h"
#include "cli/command_table.h"
#include "content/article.h"
#include "content/media.h"

enum { RECORDING_BYTES_MAX = 512 * 1024 * 1024 };

/* "754", "12:34", "1:02:03" */
static enum err parse_duration(const char *text, int64_t *ret_seconds,
                               struct fault *fault)
{
    struct str rest = str_from_c(text), part;
    int64_t seconds = 0, number;
    int parts = 0;
    bool good = true;
    while (good && str_split_next(&rest, ':', &part)) {
        good = ++parts <= 3 && !str_parse_i64(part, &number) && number >= 0 &&
               (parts == 1 || (number < 60 && part.len == 2)) &&
               number <= ENCLOSURE_SECONDS_MAX;
        seconds = good ? seconds * 60 + number : 0;
    }
    if (!good || !parts)
        return fault_set(fault, ERR_USAGE, "duration",
                         "\"%s\" is no duration: write 12:34, 1:02:03 or a "
                         "number of seconds",
                         text);
    *ret_seconds = seconds;
    return ERR_OK;
}

static enum err store_file(struct article_change *change, const char *path,
                           struct id *ret_id)
{
    struct arena *arena = change->line->arena;
    struct str bytes, name = str_from_c(path);
    struct str mime = media_type_of_filename(name);
    ptrdiff_t slash = str_find_last_char(name, '/');
    struct medium medium = {.focus_x = MEDIA_FOCUS_MAX / 2,
                            .focus_y = MEDIA_FOCUS_MAX / 2,
                            .filename = str_from(name, (size_t)(slash + 1))};
    if (!mime.len)
        return fault_set(change->fault, ERR_UNSUPPORTED, "file",
                         "%s: what it is cannot be told by its name; MP3, M4A, "
                         "OGG, MP4 and WebM can be played",
                         path);
    enum err err =
        file_read(path, RECORDING_BYTES_MAX, arena, &bytes, change->fault);
    if (!err)
        err = media_store(&change->edit, bytes, mime, 0, 0, &medium.original);
    if (err)
        return err;
    struct medium known;
    err =
        media_find_blob(change->edit.db, &medium.original.blob, arena, &known);
    if (!err)
        *ret_id = known.id;
    return err == ERR_NOT_FOUND ? media_save(&change->edit, &medium, ret_id)
                                : err;
}

/* Without --type the name tells it. */
static enum err read_elsewhere(struct article_change *change, const char *url,
                               struct article_enclosure *enclosure)
{
    const struct command_line *line = change->line;
    const char *type = command_value(line, "type");
    struct str path = str_from_c(url);
    ptrdiff_t mark = str_find_char(path, '?');
    enclosure->url = path;
    if (mark >= 0)
        path = str_slice(path, 0, (size_t)mark);
    enclosure->mime = type ? str_from_c(type) : media_type_of_filename(path);
    return command_number(line, "bytes", 0, INT64_MAX, 0,
                          &enclosure->size_bytes, change->fault);
}

static enum err read_options(struct article_change *change,
                             struct article_enclosure *ret_enclosure)
{
    const struct command_line *line = change->line;
    const char *url = command_value(line, "url");
    const char *file = command_value(line, "file");
    const char *duration = command_value(line, "duration");
    bool removes = command_flag(line, "remove");
    struct article_enclosure enclosure = {0};
    if (!!url + !!file + removes != 1)
        return fault_set(change->fault, ERR_USAGE, NULL,
                         "name the recording: --file FILE, --url ADDRESS, or "
                         "--remove");
    enum err err = file  ? store_file(change, file, &enclosure.medium)
                   : url ? read_elsewhere(change, url, &enclosure)
                         : ERR_OK;
    if (!err && duration)
        err = parse_duration(duration, &enclosure.seconds, change->fault);
    if (!err)
        *ret_enclosure = enclosure;
    return err;
}

static enum err enclose(struct article_change *change)
{
    struct article_input input = {.id = change->id};
    int64_t revision;
    enum err err = article_content_load(change->edit.db, &change->id, 0,
                                        change->line->arena, &input.content);
    if (err == ERR_NOT_FOUND)
        return fault_set(change->fault, err, "ID",
                         "there is no article %s; 'broadsheet article list' "
                         "tells which there are",
                         change->id.text);
    if (!err)
        err = read_options(change, &input.content.enclosure);
    if (!err)
        err = article_save(&change->edit, &input, &change->id, &revision);
    if (!err && command_flag(change->line, "publish"))
        err = article_change_publish(change, 0);
    return err;
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    return article_change_run(line, true, enclose, fault);
}

const struct command command_article_enclose = {
    .name = "article enclose",
    .summary = "put a recording beside an article, for podcast programs",
    .details =
        "The article read aloud, or the broadcast that it is of: feeds carry "
        "it as an enclosure, so that the feed of a section is a podcast, and "
        "the page offers it. A file is kept with the pictures; a recording "
        "elsewhere stays there.",
    .shared = COMMAND_DATA,
    .arguments =
        (const struct command_argument[]){
            {.name = "ID", .summary = "its id, or its address"}, {0}},
    .options =
        (const struct command_option[]){
            {"file", 'f', false, "FILE", "MP3, M4A, OGG, MP4 or WebM"},
            {"url", 'u', false, "ADDRESS", "a recording that is elsewhere"},
            {"type", 0, false, "TYPE",
             "of that, such as audio/mpeg, where its name does not tell"},
            {"bytes", 0, false, "N", "how large that is"},
            {"duration", 't', false, "TIME",
             "how long it lasts: 12:34, 1:02:03 or seconds"},
            {"remove", 0, false, NULL, "take it away"},
            {"publish", 'p', false, NULL, "publish the change at once"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"article enclose 62f9f7d471fdc --file bridge.mp3 --duration 12:34 "
             "--publish",
             "For readers at once"},
            {"article enclose 62f9f7d471fdc --url "
             "https://cdn.example.org/bridge.m4a --bytes 9120331",
             "A new revision"},
            {0}},
    .run = run,
};
