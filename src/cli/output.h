// SPDX-License-Identifier: Apache-2.0
/* cli/output.h: what the command line says: data on standard output, words on
 * standard error; colour and progress only where somebody looks. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/str.h"

struct json_t;

enum output_style {
    STYLE_PLAIN,
    STYLE_STRONG,
    STYLE_QUIET,
    STYLE_GOOD,
    STYLE_BAD,
};

struct output {
    FILE *data;       /* standard output */
    FILE *words;      /* standard error */
    bool color_data;  /* a terminal, and nobody said NO_COLOR */
    bool color_words; /* likewise */
    bool terminal;    /* words go to a terminal: progress is shown */
    bool quiet;       /* --quiet: only errors */

    /* Progress. */
    int64_t shown_us;
    bool line_is_open;
};

/* Looks at the terminal and the environment (NO_COLOR, TERM=dumb). */
void output_init(struct output *output, FILE *data, FILE *words);

/* Flushes data. ERR_IO when something could not be written; that the reader of
 * a pipe went away is fine. */
MUST_USE enum err output_finish(struct output *output, struct fault *fault);

/* The escape sequence that begins the style, or "". */
const char *output_style(bool color, enum output_style style);

/* Data. output_text is for what comes from outside: it cannot speak to the
 * terminal, control characters but line ends are blanks. */
void output_str(struct output *output, struct str text);
void output_text(struct output *output, struct str text);
void output_printf(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Indented, and its line end; takes value over (NULL is ERR_NO_MEMORY).
 * ERR_NO_MEMORY. */
MUST_USE enum err output_json(struct output *output, struct json_t *value);

/* Words, a line each: kept back by --quiet. */
void output_tell(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What went wrong: always said, "broadsheet: …". */
void output_error(struct output *output, const struct fault *fault);

/* "import: 1,200 of 3,000", in one line that is written over; at most ten times
 * a second, only on a terminal. total 0: not known. */
void output_progress(struct output *output, const char *what, int64_t done,
                     int64_t total);
void output_progress_end(struct output *output);

/* ---- Tables ----------------------------------------------------------------
 * Columns as wide as what stands in them; the last is not padded. */

enum { OUTPUT_COLUMNS_MAX = 8 };

struct output_table {
    struct buf cells; /* each ended by a NUL */
    size_t columns;
    size_t count; /* cells */
};

/* heads: the first row, at most OUTPUT_COLUMNS_MAX; NULL behind the last. */
void output_table_init(struct output_table *table, const char *const heads[]);
void output_table_finish(struct output_table *table);
void output_table_cell(struct output_table *table, struct str text);

/* Heads are left out when nobody looks (a pipe): every line is then a row. */
MUST_USE enum err output_table_write(const struct output_table *table,
                                     struct output *output);

#endif
