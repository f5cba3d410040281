// SPDX-License-Identifier: Apache-2.0
/* What a backup says of itself. */
#include <jansson.h>

#include "base/json_text.h"
#include "base/time.h"
#include "exchange/backup_archive.h"
#include "exchange/backup_internal.h"

static void free_json(json_t **json)
{
    json_decref(*json);
}

enum err backup_info_write(const struct backup_summary *summary,
                           struct buf *out)
{
    char created[TIME_RFC3339_BYTES];
    time_format_rfc3339(summary->created_us, created);
    DEFER(free_json)
    json_t *json = json_pack(
        "{s:I, s:s, s:I, s:s, s:s, s:I, s:I, s:I}", "format",
        (json_int_t)summary->format, "program", summary->program, "schema",
        (json_int_t)summary->schema, "name", summary->name, "created", created,
        "database_bytes", (json_int_t)summary->database_bytes, "blobs",
        (json_int_t)summary->blobs, "blob_bytes",
        (json_int_t)summary->blob_bytes);
    char *text = json ? json_dumps(json, JSON_INDENT(2)) : NULL;
    if (!text)
        return ERR_NO_MEMORY;
    buf_add_c(out, text);
    buf_add_char(out, '\n');
    free(text);
    return buf_err(out);
}

static enum err damaged(struct fault *fault, const char *what)
{
    return fault_set(fault, ERR_CORRUPT, ARCHIVE_NAME_INFO,
                     "it is damaged at " ARCHIVE_NAME_INFO ": %s", what);
}

static bool read_count(const json_t *json, const char *key, int64_t *target)
{
    const json_t *number = json_object_get(json, key);
    *target = json_integer_value(number);
    return json_is_integer(number) && *target >= 0;
}

static bool read_text(const json_t *json, const char *key, char *target,
                      size_t capacity)
{
    const json_t *text = json_object_get(json, key);
    return json_is_string(text) &&
           !str_to_c(str_of(json_string_value(text), json_string_length(text)),
                     target, capacity);
}

enum err backup_info_read(struct str text, struct backup_summary *ret_summary,
                          struct fault *fault)
{
    struct json_text_fault found;
    char created[TIME_RFC3339_BYTES];
    struct backup_summary summary = {.format = 0};
    DEFER(free_json)
    json_t *json = json_text_read(text, &found);
    if (!json || !read_count(json, "format", &summary.format))
        return damaged(fault, "it is not JSON with a format");
    if (summary.format > BACKUP_FORMAT)
        return fault_set(fault, ERR_NEWER, "format",
                         "it has format %lld and this program reads %d: use "
                         "the newer version of the program that made it",
                         (long long)summary.format, BACKUP_FORMAT);
    if (summary.format < 1 || !read_count(json, "schema", &summary.schema) ||
        !read_count(json, "database_bytes", &summary.database_bytes) ||
        !read_count(json, "blobs", &summary.blobs) ||
        !read_count(json, "blob_bytes", &summary.blob_bytes) ||
        !read_text(json, "name", summary.name, sizeof summary.name) ||
        !read_text(json, "program", summary.program, sizeof summary.program) ||
        !read_text(json, "created", created, sizeof created) ||
        time_parse_rfc3339(str_from_c(created), &summary.created_us))
        return damaged(fault, "it lacks what a backup says of itself");
    *ret_summary = summary;
    return ERR_OK;
}

void backup_blob_path(const struct blob *blob, char *target, size_t capacity)
{
    snprintf(target, capacity, ARCHIVE_NAME_BLOBS "%.2s/%s", blob->name,
             blob->name + 2);
}

void backup_note_bad(struct backup_summary *summary, int64_t *count,
                     const char *blob)
{
    ++*count;
    if (!summary->first_bad[0])
        snprintf(summary->first_bad, sizeof summary->first_bad, "%.*s",
                 BLOB_NAME_BYTES - 1, blob);
}
