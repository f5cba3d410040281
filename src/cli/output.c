// SPDX-License-Identifier: Apache-2.0
#include "cli/output.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "base/time.h"
#include "base/utf8.h"

enum { PROGRESS_PAUSE_US = 100 * 1000, TABLE_BYTES_MAX = 64 << 20 };

static bool is_terminal(FILE *stream)
{
    const char *kind = getenv("TERM");
    return isatty(fileno(stream)) && kind && strcmp(kind, "dumb") != 0;
}

void output_init(struct output *output, FILE *data, FILE *words)
{
    const char *none = getenv("NO_COLOR"); /* no-color.org: not empty */
    bool color = !none || !*none;
    *output = (struct output){
        .data = data,
        .words = words,
        .color_data = color && is_terminal(data),
        .color_words = color && is_terminal(words),
        .terminal = is_terminal(words),
    };
}

/* Whoever read the answer, such as head(1), has gone. */
static bool nobody_reads(FILE *stream)
{
    struct pollfd end = {.fd = fileno(stream)};
    return poll(&end, 1, 0) == 1 && (end.revents & POLLERR);
}

enum err output_finish(struct output *output, struct fault *fault)
{
    output_progress_end(output);
    errno = 0;
    if (fflush(output->data) == 0 && !ferror(output->data))
        return ERR_OK;
    if (errno == EPIPE || nobody_reads(output->data))
        return ERR_OK;
    enum err err = errno ? err_from_errno(errno) : ERR_IO;
    return fault_set(fault, err, NULL, "cannot write the answer: %s",
                     errno ? strerror(errno) : err_sentence(err));
}

const char *output_style(bool color, enum output_style style)
{
    static const char *const sequences[] = {
        [STYLE_PLAIN] = "\033[0m", [STYLE_STRONG] = "\033[1m",
        [STYLE_QUIET] = "\033[2m", [STYLE_GOOD] = "\033[32m",
        [STYLE_BAD] = "\033[31m",
    };
    return color ? sequences[style] : "";
}

void output_str(struct output *output, struct str text)
{
    fwrite(text.ptr, 1, text.len, output->data);
}

/* What comes from outside may not speak to the terminal. */
static void write_harmless(FILE *file, struct str text)
{
    while (text.len) {
        size_t control = text.ptr[0] == '\n' ? 0 : utf8_control(text);
        fputc(control ? ' ' : text.ptr[0], file);
        text = str_from(text, control ? control : 1);
    }
}

void output_text(struct output *output, struct str text)
{
    write_harmless(output->data, text);
}

void output_printf(struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vfprintf(output->data, format, arguments);
    va_end(arguments);
}

enum err output_json(struct output *output, struct json_t *value)
{
    size_t flags = JSON_ENCODE_ANY | JSON_INDENT(2);
    char *text = value ? json_dumps(value, flags) : NULL;
    json_decref(value);
    if (!text)
        return ERR_NO_MEMORY;
    fputs(text, output->data);
    fputc('\n', output->data);
    free(text);
    return ERR_OK;
}

void output_tell(struct output *output, const char *format, ...)
{
    if (output->quiet)
        return;
    output_progress_end(output);
    fflush(output->data); /* as below: in the order in which they are told */
    va_list arguments;
    va_start(arguments, format);
    char *text = NULL;
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (len >= 0)
        write_harmless(output->words, str_of(text, (size_t)len));
    free(text);
    fputc('\n', output->words);
}

void output_error(struct output *output, const struct fault *fault)
{
    output_progress_end(output);
    fflush(output->data); /* so that both stand in order on a terminal */
    fprintf(output->words, "%sbroadsheet:%s ",
            output_style(output->color_words, STYLE_BAD),
            output_style(output->color_words, STYLE_PLAIN));
    /* It may name what comes from outside. */
    write_harmless(output->words, str_from_c(fault_text(fault)));
    /* A place within a text, such as content[3], where it is not told yet. */
    if (strchr(fault->field, '[') && !strstr(fault->message, fault->field))
        fprintf(output->words, " (at %s)", fault->field);
    fputc('\n', output->words);
}

/* ---- Progress --------------------------------------------------------------
 */

void output_progress(struct output *output, const char *what, int64_t done,
                     int64_t total)
{
    int64_t now_us = clock_now_us();
    if (!output->terminal || output->quiet ||
        now_us - output->shown_us < PROGRESS_PAUSE_US)
        return;
    output->shown_us = now_us;
    output->line_is_open = true;
    fprintf(output->words, "\r\033[K%s: %lld", what, (long long)done);
    if (total > 0)
        fprintf(output->words, " of %lld (%lld %%)", (long long)total,
                (long long)(done * 100 / total));
    fflush(output->words);
}

void output_progress_end(struct output *output)
{
    if (output->line_is_open)
        fputs("\r\033[K", output->words);
    output->line_is_open = false;
}

/* ---- Tables ----------------------------------------------------------------
 */

void output_table_init(struct output_table *table, const char *const heads[])
{
    *table = (struct output_table){0};
    buf_init(&table->cells, TABLE_BYTES_MAX);
    for (; heads[table->columns]; table->columns++)
        output_table_cell(table, str_from_c(heads[table->columns]));
    assert(table->columns >= 1 && table->columns <= OUTPUT_COLUMNS_MAX);
}

void output_table_finish(struct output_table *table)
{
    buf_finish(&table->cells);
}

void output_table_cell(struct output_table *table, struct str text)
{
    while (text.len) { /* as write_harmless, and in one line */
        size_t control = utf8_control(text);
        buf_add_char(&table->cells, control ? ' ' : text.ptr[0]);
        text = str_from(text, control ? control : 1);
    }
    buf_add_char(&table->cells, '\0');
    table->count++;
}

static struct str next_cell(struct str *rest)
{
    struct str cell = {0};
    str_split_next(rest, '\0', &cell);
    return cell;
}

static void measure(const struct output_table *table, size_t first,
                    size_t widths[OUTPUT_COLUMNS_MAX])
{
    struct str rest = buf_str(&table->cells);
    for (size_t i = 0; i < table->count; i++) {
        size_t width = utf8_count(next_cell(&rest));
        size_t column = i % table->columns;
        if (i >= first && width > widths[column])
            widths[column] = width;
    }
}

enum err output_table_write(const struct output_table *table,
                            struct output *output)
{
    enum err err = buf_err(&table->cells);
    if (err)
        return err;
    size_t widths[OUTPUT_COLUMNS_MAX] = {0};
    size_t first = isatty(fileno(output->data)) ? 0 : table->columns;
    measure(table, first, widths);
    struct str rest = buf_str(&table->cells);
    for (size_t i = 0; i < table->count; i++) {
        struct str cell = next_cell(&rest);
        if (i < first)
            continue;
        size_t column = i % table->columns;
        bool last = column + 1 == table->columns;
        bool head = i < table->columns;
        size_t pad = last ? 0 : widths[column] - utf8_count(cell) + 2;
        fprintf(output->data, "%s%.*s%s%*s%s",
                head ? output_style(output->color_data, STYLE_QUIET) : "",
                ARG_STR(cell),
                head ? output_style(output->color_data, STYLE_PLAIN) : "",
                (int)pad, "", last ? "\n" : "");
    }
    return ERR_OK;
}
