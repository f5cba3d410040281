// SPDX-License-Identifier: Apache-2.0
#include "exchange/csv.h"

#include <assert.h>
#include <inttypes.h>

#include "base/arena.h"
#include "base/utf8.h"

static enum err refuse(const struct csv *csv, enum err code, const char *cause,
                       struct fault *fault)
{
    char place[FAULT_FIELD_BYTES_MAX];
    snprintf(place, sizeof place, "line %" PRId64, csv->line);
    return fault_set(fault, code, place, "line %" PRId64 ": %s", csv->line,
                     cause);
}

struct csv csv_of(struct str text)
{
    static const struct str mark = STR_INIT("\xEF\xBB\xBF");
    if (str_starts_with(text, mark))
        text = str_from(text, mark.len);
    return (struct csv){.rest = text, .line = 1};
}

/* How many bytes at the beginning of text end a line: 0, 1 or 2. */
static size_t line_end(struct str text)
{
    if (text.len && text.ptr[0] == '\n')
        return 1;
    return text.len > 1 && text.ptr[0] == '\r' && text.ptr[1] == '\n' ? 2 : 0;
}

static void skip_empty_lines(struct csv *csv)
{
    for (size_t n; (n = line_end(csv->rest));) {
        csv->rest = str_from(csv->rest, n);
        csv->line++;
    }
}

static enum err read_plain(struct csv *csv, struct str *ret_field,
                           struct fault *fault)
{
    struct str rest = csv->rest;
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] != ',' && rest.ptr[n] != '\n' &&
           rest.ptr[n] != '\r') {
        if (rest.ptr[n] == '"')
            return refuse(csv, ERR_INVALID,
                          "a quote stands within a field; put the field into "
                          "quotes and double those in it",
                          fault);
        n++;
    }
    *ret_field = str_slice(rest, 0, n);
    csv->rest = str_from(rest, n);
    return ERR_OK;
}

static struct str without_doubled(struct str quoted, struct arena *arena)
{
    char *copy = arena_array(arena, char, quoted.len);
    size_t len = 0;
    for (size_t i = 0; i < quoted.len; i++) {
        copy[len++] = quoted.ptr[i];
        if (quoted.ptr[i] == '"')
            i++; /* its double */
    }
    return str_of(copy, len);
}

static enum err read_quoted(struct csv *csv, struct arena *arena,
                            struct str *ret_field, struct fault *fault)
{
    struct str rest = str_from(csv->rest, 1);
    int64_t lines = 0;
    size_t n = 0, doubled = 0;
    for (;; n++) {
        if (n == rest.len)
            return refuse(csv, ERR_INVALID,
                          "the field that begins here is never closed; a quote "
                          "is missing",
                          fault);
        lines += rest.ptr[n] == '\n';
        if (rest.ptr[n] != '"')
            continue;
        if (n + 1 == rest.len || rest.ptr[n + 1] != '"')
            break;
        doubled++;
        n++;
    }
    struct str quoted = str_slice(rest, 0, n);
    if (quoted.len <= CSV_FIELD_BYTES_MAX && doubled)
        quoted = without_doubled(quoted, arena);
    *ret_field = quoted;
    csv->rest = str_from(rest, n + 1);
    csv->line += lines;
    return ERR_OK;
}

static enum err read_field(struct csv *csv, struct arena *arena,
                           struct str *ret_field, struct fault *fault)
{
    struct str field;
    bool quoted = csv->rest.len && csv->rest.ptr[0] == '"';
    enum err err = quoted ? read_quoted(csv, arena, &field, fault)
                          : read_plain(csv, &field, fault);
    if (err)
        return err;
    if (field.len > CSV_FIELD_BYTES_MAX)
        return refuse(csv, ERR_TOO_LONG, "a field is longer than 64 KiB",
                      fault);
    if (!utf8_is_valid(field))
        return refuse(csv, ERR_INVALID,
                      "a field is not UTF-8; save the file as UTF-8", fault);
    *ret_field = field;
    return ERR_OK;
}

/* Takes what must stand behind a field; *ret_last: the record ends there. */
static enum err read_separator(struct csv *csv, bool *ret_last,
                               struct fault *fault)
{
    size_t end = line_end(csv->rest);
    if (csv->rest.len && !end && csv->rest.ptr[0] != ',')
        return refuse(csv, ERR_INVALID,
                      csv->rest.ptr[0] == '\r'
                          ? "a carriage return stands alone"
                          : "text follows a closing quote; a comma is missing",
                      fault);
    *ret_last = end || !csv->rest.len;
    csv->line += end ? 1 : 0;
    csv->rest = str_from(csv->rest, end ? end : 1);
    return ERR_OK;
}

enum err csv_next(struct csv *csv, struct arena *arena,
                  struct csv_record *ret_record, struct fault *fault)
{
    assert(csv);
    assert(ret_record);
    skip_empty_lines(csv);
    if (!csv->rest.len)
        return ERR_NOT_FOUND;
    struct str fields[CSV_FIELDS_MAX];
    struct csv_record record = {.line = csv->line};
    for (bool last = false; !last; record.count++) {
        if (record.count == CSV_FIELDS_MAX)
            return refuse(csv, ERR_TOO_LONG, "there are more than 64 fields",
                          fault);
        enum err err = read_field(csv, arena, &fields[record.count], fault);
        if (!err)
            err = read_separator(csv, &last, fault);
        if (err)
            return err;
    }
    struct str *copy = arena_array(arena, struct str, record.count);
    memcpy(copy, fields, record.count * sizeof *copy);
    record.fields = copy;
    *ret_record = record;
    return ERR_OK;
}
