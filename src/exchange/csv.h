// SPDX-License-Identifier: Apache-2.0
/* exchange/csv.h: tables of text, read strictly by RFC 4180: commas, quotes
 * that are doubled within quotes, CRLF or LF. An error names the line.
 *
 *     struct csv csv = csv_of(text);
 *     while (!(err = csv_next(&csv, &arena, &record, &fault)))
 *         …
 *     if (err != ERR_NOT_FOUND)
 *         return err;
 */
#ifndef EXCHANGE_CSV_H
#define EXCHANGE_CSV_H

#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

enum { CSV_FIELDS_MAX = 64, CSV_FIELD_BYTES_MAX = 64 * 1024 };

struct csv {
    struct str rest; /* not read yet */
    int64_t line;    /* that rest begins on, from 1 */
};

struct csv_record {
    const struct str *fields;
    size_t count;
    int64_t line; /* it begins on */
};

/* Borrows text. A byte order mark in front is skipped. */
struct csv csv_of(struct str text);

/* The next record; empty lines are skipped. Fields without doubled quotes are
 * borrowed from the text, others and the array live in arena. ERR_NOT_FOUND at
 * the end. ERR_INVALID or ERR_TOO_LONG: fault.field is "line N"; there is
 * nothing sensible to read behind it. */
MUST_USE enum err csv_next(struct csv *csv, struct arena *arena,
                           struct csv_record *ret_record, struct fault *fault);

#endif
