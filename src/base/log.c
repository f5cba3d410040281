// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/time.h"
#include "base/utf8.h"

/* The one piece of process-wide state in base: where and how lines go out. */
static struct {
    const char *process;
    enum log_level least;
    bool json;
} setup = {.process = "broadsheet", .least = LOG_LEVEL_INFO};

static const char *const level_names[] = {
    [LOG_LEVEL_DEBUG] = "debug",
    [LOG_LEVEL_INFO] = "info",
    [LOG_LEVEL_WARN] = "warn",
    [LOG_LEVEL_ERROR] = "error",
};

struct line {
    char bytes[LOG_LINE_BYTES_MAX];
    size_t len;
    bool cut;
};

enum { LINE_END_ROOM = 24 }; /* for ` cut=1`, braces and the line feed */

void log_setup(const char *process, enum log_level least, bool json)
{
    setup.process = process;
    setup.least = least;
    setup.json = json;
}

static void put(struct line *line, const char *bytes, size_t len)
{
    if (line->len + len > sizeof line->bytes - LINE_END_ROOM) {
        line->cut = true;
        return;
    }
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
}

static void put_c(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* Quoted; control characters, quotes and backslashes escaped as in JSON. */
static void put_quoted(struct line *line, struct str text)
{
    put(line, "\"", 1);
    for (size_t i = 0; i < text.len && !line->cut; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        char escaped[8];
        size_t control = utf8_control(str_from(text, i));
        if (c == '"' || c == '\\') {
            escaped[0] = '\\';
            escaped[1] = (char)c;
            put(line, escaped, 2);
        } else if (control) { /* C1 is its second byte */
            i += control - 1;
            int n = snprintf(escaped, sizeof escaped, "\\u%04x",
                             (unsigned char)text.ptr[i]);
            put(line, escaped, (size_t)n);
        } else {
            put(line, (const char *)&text.ptr[i], 1);
        }
    }
    put(line, "\"", 1);
}

static bool is_plain(struct str text)
{
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == ' ' || c == '"' || c == '\\' || c == '=' ||
            utf8_control(str_from(text, i)))
            return false;
    }
    return true;
}

static void put_value(struct line *line, const struct log_field *field)
{
    char digits[24];
    switch (field->kind) {
    case LOG_FIELD_INT:
        snprintf(digits, sizeof digits, "%lld", (long long)field->number);
        put_c(line, digits);
        break;
    case LOG_FIELD_STR:
        if (!setup.json && is_plain(field->text))
            put(line, field->text.ptr, field->text.len);
        else
            put_quoted(line, field->text);
        break;
    }
}

static void put_text_form(struct line *line, const char *now, const char *level,
                          const char *message, const struct log_field *fields)
{
    char head[128];
    snprintf(head, sizeof head, "%s %-5s %s: ", now, level, setup.process);
    put_c(line, head);
    put_c(line, message);
    for (; fields->key; fields++) {
        put(line, " ", 1);
        put_c(line, fields->key);
        put(line, "=", 1);
        put_value(line, fields);
    }
    if (line->cut)
        line->len +=
            (size_t)snprintf(line->bytes + line->len, LINE_END_ROOM, " cut=1");
}

static void put_json_form(struct line *line, const char *now, const char *level,
                          const char *message, const struct log_field *fields)
{
    char head[160];
    snprintf(
        head, sizeof head,
        "{\"time\":\"%s\",\"level\":\"%s\",\"process\":\"%s\",\"message\":",
        now, level, setup.process);
    put_c(line, head);
    put_quoted(line, str_from_c(message));
    for (; fields->key; fields++) {
        size_t before = line->len;
        put(line, ",", 1);
        put_quoted(line, str_from_c(fields->key));
        put(line, ":", 1);
        put_value(line, fields);
        if (line->cut) { /* half a field would not be JSON */
            line->len = before;
            break;
        }
    }
    line->len += (size_t)snprintf(line->bytes + line->len, LINE_END_ROOM,
                                  line->cut ? ",\"cut\":1}" : "}");
}

void log_write(enum log_level level, const char *message,
               const struct log_field *fields)
{
    if (level < setup.least)
        return;
    struct line line = {.len = 0};
    char now[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_now_us(), now);
    if (setup.json)
        put_json_form(&line, now, level_names[level], message, fields);
    else
        put_text_form(&line, now, level_names[level], message, fields);
    line.bytes[line.len++] = '\n';
    /* Nothing sensible can be done when standard error is gone. */
    ssize_t written = write(STDERR_FILENO, line.bytes, line.len);
    (void)written;
}

void log_abort(const char *message, const struct log_field *fields)
{
    log_write(LOG_LEVEL_ERROR, message, fields);
    abort();
}
