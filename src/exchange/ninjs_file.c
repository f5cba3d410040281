// SPDX-License-Identifier: Apache-2.0
/* The items of a file, one after another. */
#include <assert.h>
#include <inttypes.h>

#include <jansson.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/json_text.h"
#include "exchange/ninjs_internal.h"

enum { CHUNK_BYTES = 256 * 1024 };

static void close_it(struct ninjs_file *file)
{
    fd_close(&file->fd);
    file->fd = -1;
}

/* ---- Bytes -----------------------------------------------------------------
 */

static struct str rest_of(const struct ninjs_file *file)
{
    return str_from(buf_str(&file->text), file->taken);
}

/* Reads until there are len bytes, or nothing more. */
static enum err read_up_to(struct ninjs_file *file, size_t len)
{
    enum err err = ERR_OK;
    size_t got = 1;
    while (!err && got && file->text.len < len) {
        size_t room = len - file->text.len;
        char *target = buf_reserve(&file->text, room);
        err = target ? file_read_some(file->fd, file->path, target, room, &got,
                                      &file->failed)
                     : fault_set(&file->failed, ERR_NO_MEMORY, file->path,
                                 "out of memory");
        if (!err)
            buf_grown(&file->text, got);
    }
    if (err || !got)
        close_it(file);
    return err;
}

/* Whether more was read, as much again as was left; at the end, and after a
 * failure, nothing is. */
static bool read_more(struct ninjs_file *file)
{
    if (file->fd < 0)
        return false;
    buf_drop_front(&file->text, file->taken);
    file->taken = 0;
    size_t left = file->text.len;
    size_t len = left < CHUNK_BYTES ? left + CHUNK_BYTES : 2 * left;
    if (len > NINJS_VALUE_BYTES_MAX && left < NINJS_VALUE_BYTES_MAX)
        len = NINJS_VALUE_BYTES_MAX;
    return !read_up_to(file, len) && file->text.len > left;
}

/* Takes the first len bytes off what is left and counts their lines. */
static void skip(struct ninjs_file *file, size_t len)
{
    struct str rest = rest_of(file);
    for (size_t i = 0; i < len; i++)
        file->line += rest.ptr[i] == '\n';
    file->taken += len;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The first byte behind white space, which is not taken. False at the end. */
static bool next_byte(struct ninjs_file *file, char *ret_byte)
{
    do {
        struct str rest = rest_of(file);
        size_t len = 0;
        while (len < rest.len && is_space(rest.ptr[len]))
            len++;
        skip(file, len);
        if (len < rest.len) {
            file->began = true;
            *ret_byte = rest.ptr[len];
            return true;
        }
    } while (read_more(file));
    return false;
}

static void skip_mark(struct ninjs_file *file)
{
    static const struct str mark = STR_INIT("\xEF\xBB\xBF");
    while (rest_of(file).len < mark.len && read_more(file))
        ;
    if (str_starts_with(rest_of(file), mark))
        file->taken += mark.len;
}

/* ---- Opening ---------------------------------------------------------------
 */

static void init(struct ninjs_file *file, const char *path, int fd)
{
    *file = (struct ninjs_file){.path = path, .fd = fd, .line = 1};
    buf_init(&file->text, SIZE_MAX);
}

void ninjs_file_init(struct ninjs_file *file, struct str text)
{
    init(file, NULL, -1);
    buf_add(&file->text, text);
    skip_mark(file);
}

enum err ninjs_file_open(struct ninjs_file *file, const char *path,
                         struct fault *fault)
{
    int fd;
    enum err err = file_open(path, &fd, fault);
    init(file, path, fd);
    skip_mark(file);
    return err;
}

void ninjs_file_finish(struct ninjs_file *file)
{
    if (!file)
        return;
    json_decref(file->value);
    buf_finish(&file->text);
    close_it(file);
}

/* ---- Values ----------------------------------------------------------------
 */

/* Nothing comes behind it. */
static enum err refuse(struct ninjs_file *file,
                       const struct json_text_fault *found, struct fault *fault)
{
    int64_t line = file->line + (found->line > 0 ? found->line - 1 : 0);
    char place[FAULT_FIELD_BYTES_MAX];
    snprintf(place, sizeof place, "line %" PRId64, line);
    close_it(file);
    file->taken = file->text.len;
    file->place = NINJS_OUTSIDE;
    struct fault failed = file->failed;
    file->failed = (struct fault){0};
    if (failed.code) {
        if (fault)
            *fault = failed;
        return failed.code;
    }
    return fault_set(fault, ERR_INVALID, place,
                     "line %" PRId64 ", column %d: not JSON: %s", line,
                     found->column, found->cause);
}

/* Whether more of a value that is cut off was read. */
static bool go_on(struct ninjs_file *file)
{
    if (file->fd < 0 || rest_of(file).len < NINJS_VALUE_BYTES_MAX)
        return read_more(file);
    fault_set(&file->failed, ERR_TOO_LONG, NULL,
              "line %" PRId64 ": what begins here is longer than %d MiB; a "
              "long list has its items a line each, or within [ and ]",
              file->line, NINJS_VALUE_BYTES_MAX / (1024 * 1024));
    return false;
}

static enum err load(struct ninjs_file *file, struct fault *fault)
{
    struct json_text_fault found = {0};
    size_t len = 0;
    do
        file->value = json_text_read_first(rest_of(file), &len, &found);
    while (!file->value && found.is_cut && go_on(file));
    if (!file->value)
        return refuse(file, &found, fault);
    skip(file, len);
    return ERR_OK;
}

/* A step between the brackets of a list. *ret_item says that an item has to
 * follow. */
static enum err step_in_list(struct ninjs_file *file, char c, bool *ret_item,
                             struct fault *fault)
{
    static const struct json_text_fault found = {.cause =
                                                     "',' or ']' expected"};
    bool ends = c == ']' && file->place != NINJS_BEHIND_COMMA;
    *ret_item = !ends && file->place != NINJS_BEHIND_ITEM;
    if (*ret_item) {
        file->place = NINJS_BEHIND_ITEM;
        return ERR_OK;
    }
    if (!ends && c != ',')
        return refuse(file, &found, fault);
    file->place = ends ? NINJS_OUTSIDE : NINJS_BEHIND_COMMA;
    skip(file, 1);
    return ERR_OK;
}

/* ERR_NOT_FOUND when nothing is left. */
static enum err load_next(struct ninjs_file *file, struct fault *fault)
{
    static const struct json_text_fault found = {.cause =
                                                     "the file ends too early"};
    enum err err = ERR_OK;
    bool item = false;
    json_decref(file->value);
    file->value = file->list = NULL;
    while (!err && !item) {
        char c;
        bool more = next_byte(file, &c);
        if (file->failed.code || (!more && file->place != NINJS_OUTSIDE))
            return refuse(file, &found, fault);
        if (!more)
            return ERR_NOT_FOUND;
        if (file->place != NINJS_OUTSIDE) {
            err = step_in_list(file, c, &item, fault);
        } else if (c == '[') {
            file->place = NINJS_LIST_BEGUN;
            skip(file, 1);
        } else {
            item = true;
        }
    }
    return err ? err : load(file, fault);
}

/* Borrowed; ERR_NOT_FOUND at the end. */
static enum err next_value(struct ninjs_file *file, const json_t **ret_value,
                           struct fault *fault)
{
    while (!file->list || file->next == json_array_size(file->list)) {
        enum err err = load_next(file, fault);
        if (err)
            return err;
        json_t *items = json_object_get(file->value, "items");
        if (!json_is_array(items)) {
            *ret_value = file->value;
            return ERR_OK;
        }
        file->list = items;
        file->next = 0;
    }
    *ret_value = json_array_get(file->list, file->next++);
    return ERR_OK;
}

enum err ninjs_file_next(struct ninjs_file *file, struct arena *arena,
                         struct ninjs_item *ret_item, struct fault *fault)
{
    assert(file);
    assert(ret_item);
    const json_t *value = NULL;
    enum err err = next_value(file, &value, fault);
    if (err)
        return err;
    file->count++;
    struct ninjs_item item = {0};
    err = ninjs_read_item(value, arena, &item, fault);
    if (err)
        return err;
    ninjs_digest(value, arena, item.digest);
    *ret_item = item;
    return ERR_OK;
}
