// SPDX-License-Identifier: Apache-2.0
#include "playout/captions.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/json_text.h"
#include "base/log.h"

enum {
    HOUR_BYTES_MAX = 64 << 20,
    HOURS_MAX = LIVE_DVR_SECONDS_MAX / 3600 + 32,
    NAME_BYTES = DVR_PATH_BYTES + 32,
    LINE_BYTES_MAX = 8 * LIVE_CAPTION_BYTES_MAX, /* \u00XX is six bytes */
};

static const int64_t HOUR_TICKS = INT64_C(3600) * LIVE_HZ;

static void name_hour(const struct captions *captions, uint32_t hour,
                      char target[NAME_BYTES])
{
    snprintf(target, NAME_BYTES, "%s/%" PRIu32 ".jsonl", captions->folder,
             hour);
}

/* ---- In memory --------------------------------------------------------------
 */

static void drop_front(struct captions *captions, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(captions->lines[i].text);
    captions->count -= count;
    if (captions->count > 0)
        memmove(captions->lines, captions->lines + count,
                captions->count * sizeof *captions->lines);
}

static void keep(struct captions *captions, const struct live_caption *caption)
{
    if (captions->count == LIVE_CAPTIONS_MAX)
        drop_front(captions, LIVE_CAPTIONS_MAX / 16);
    if (captions->count == captions->capacity) {
        size_t capacity = captions->capacity ? 2 * captions->capacity : 64;
        struct caption_line *grown =
            realloc(captions->lines, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for television");
        captions->lines = grown;
        captions->capacity = capacity;
    }
    char *text = malloc(caption->text.len);
    if (!text)
        log_panic("no memory for television");
    memcpy(text, caption->text.ptr, caption->text.len);
    captions->lines[captions->count++] =
        (struct caption_line){caption->tick, caption->duration, text,
                              caption->text.len, caption->track};
}

/* ---- On disk ----------------------------------------------------------------
 */

static bool read_line(struct str line, struct live_caption *ret, json_t **json)
{
    *json = json_text_read(line, NULL);
    const json_t *text = json_array_get(*json, 2);
    json_int_t track = json_integer_value(json_array_get(*json, 3));
    *ret = (struct live_caption){
        .tick = json_integer_value(json_array_get(*json, 0)),
        .duration = json_integer_value(json_array_get(*json, 1)),
    };
    if (json_is_string(text))
        ret->text = str_of(json_string_value(text), json_string_length(text));
    ret->track = (uint8_t)track;
    return track >= 0 && track < LIVE_CAPTION_TRACKS && ret->tick >= 0 &&
           ret->duration > 0 && ret->duration <= LIVE_DURATION_MAX &&
           live_caption_is_valid(ret->text);
}

static void read_hour(struct captions *captions, uint32_t hour)
{
    char name[NAME_BYTES];
    DEFER(arena_finish) struct arena arena;
    struct fault fault = {0};
    struct str rest, line;
    size_t bad = 0;
    arena_init(&arena, 0);
    name_hour(captions, hour, name);
    if (file_read(name, HOUR_BYTES_MAX, &arena, &rest, &fault)) {
        log_warn("captions cannot be read", LOG_C("cause", fault_text(&fault)));
        return;
    }
    while (rest.len && str_split_next(&rest, '\n', &line)) {
        struct live_caption caption;
        json_t *json = NULL;
        if (line.len && read_line(line, &caption, &json))
            keep(captions, &caption);
        else
            bad += line.len > 0;
        json_decref(json);
    }
    if (bad)
        log_warn("lines of captions that cannot be read are passed over",
                 LOG_C("file", name), LOG_INT("lines", (int64_t)bad));
}

static int compare_hours(const void *a, const void *b)
{
    const uint32_t *first = a, *second = b;
    return (*first > *second) - (*first < *second);
}

static enum err list_hours(const struct captions *captions,
                           uint32_t hours[HOURS_MAX], size_t *ret_count,
                           struct fault *fault)
{
    static const char ending[] = ".jsonl";
    *ret_count = 0;
    DIR *folder = opendir(captions->folder);
    if (!folder)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot read the captions in %s: %s", captions->folder,
                         strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct str name = str_from_c(entry->d_name);
        uint64_t hour;
        if (str_ends_with(name, str_from_c(ending)) && *ret_count < HOURS_MAX &&
            !str_parse_u64(str_slice(name, 0, name.len - strlen(ending)),
                           &hour) &&
            hour <= UINT32_MAX)
            hours[(*ret_count)++] = (uint32_t)hour;
    }
    closedir(folder);
    qsort(hours, *ret_count, sizeof *hours, compare_hours);
    return ERR_OK;
}

enum err captions_open(struct captions *captions, const char *folder,
                       struct fault *fault)
{
    uint32_t hours[HOURS_MAX];
    size_t count = 0;
    *captions = (struct captions){.fd = -1};
    if (str_to_c(str_from_c(folder), captions->folder, sizeof captions->folder))
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the path of the captions is too long");
    enum err err = folder_make(folder, fault);
    if (!err)
        err = list_hours(captions, hours, &count, fault);
    for (size_t i = 0; i < count; i++)
        read_hour(captions, hours[i]);
    return err;
}

static void close_hour(struct captions *captions)
{
    if (captions->fd >= 0)
        close(captions->fd);
    captions->fd = -1;
    captions->hour = 0;
}

void captions_close(struct captions *captions)
{
    close_hour(captions);
    drop_front(captions, captions->count);
    free(captions->lines);
    captions->lines = NULL;
    captions->capacity = 0;
}

static void fail(struct captions *captions, const char *cause)
{
    if (!captions->has_failed)
        log_error("captions are shown, but cannot be kept",
                  LOG_C("folder", captions->folder), LOG_C("cause", cause));
    captions->has_failed = true;
    close_hour(captions);
}

/* The file's first line may be behind half of one: then it begins anew. */
static bool open_hour(struct captions *captions, uint32_t hour)
{
    char name[NAME_BYTES], last = '\n';
    if (captions->fd >= 0 && captions->hour == hour)
        return true;
    close_hour(captions);
    name_hour(captions, hour, name);
    captions->fd = open(name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (captions->fd < 0) {
        fail(captions, strerror(errno));
        return false;
    }
    captions->hour = hour;
    off_t end = lseek(captions->fd, 0, SEEK_END);
    if (end > 0 && pread(captions->fd, &last, 1, end - 1) == 1 && last != '\n')
        (void)!write(captions->fd, "\n", 1);
    return true;
}

static void store(struct captions *captions, const struct live_caption *caption)
{
    if (!open_hour(captions, (uint32_t)(caption->tick / HOUR_TICKS)))
        return;
    DEFER(buf_finish) struct buf line;
    json_t *json = json_pack("[IIs%]", (json_int_t)caption->tick,
                             (json_int_t)caption->duration, caption->text.ptr,
                             caption->text.len);
    if (caption->track)
        json_array_append_new(json, json_integer(caption->track));
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text)
        log_panic("no memory for television");
    buf_init(&line, LINE_BYTES_MAX);
    buf_add_c(&line, text);
    buf_add_c(&line, "\n");
    free(text);
    ssize_t written = write(captions->fd, line.ptr, line.len);
    if (written != (ssize_t)line.len)
        fail(captions, written < 0 ? strerror(errno) : "the disk is full");
    else
        captions->has_failed = false;
}

const char *captions_take(struct captions *captions,
                          const struct live_caption *caption, struct buf *out)
{
    if (caption->duration <= 0 || caption->duration > LIVE_DURATION_MAX)
        return "a caption takes at most 60 seconds";
    if (!live_caption_is_valid(caption->text))
        return "a caption is UTF-8, at most 1 KiB, without empty lines and "
               "control characters";
    keep(captions, caption);
    store(captions, caption);
    if (out)
        live_put_caption(out, caption);
    return NULL;
}

void captions_tell(const struct captions *captions, uint64_t channel,
                   struct buf *out)
{
    for (size_t i = 0; i < captions->count; i++) {
        const struct caption_line *line = &captions->lines[i];
        live_put_caption(out, &(struct live_caption){
                                  channel, line->tick, line->duration,
                                  str_of(line->text, line->len), line->track});
    }
}

void captions_prune(struct captions *captions, int64_t tick)
{
    uint32_t hours[HOURS_MAX];
    size_t count = 0, old = 0;
    struct fault fault = {0};
    while (old < captions->count && captions->lines[old].tick < tick)
        old++;
    drop_front(captions, old);
    if (list_hours(captions, hours, &count, &fault)) {
        log_warn("old captions cannot be looked for",
                 LOG_C("cause", fault_text(&fault)));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char name[NAME_BYTES];
        if (((int64_t)hours[i] + 1) * HOUR_TICKS >= tick)
            continue;
        if (hours[i] == captions->hour)
            close_hour(captions);
        name_hour(captions, hours[i], name);
        unlink(name);
    }
}
