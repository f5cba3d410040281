// SPDX-License-Identifier: Apache-2.0
/* exchange/views_import.h: counts of views from another system: a table with
 * the columns id and views. */
#ifndef EXCHANGE_VIEWS_IMPORT_H
#define EXCHANGE_VIEWS_IMPORT_H

#include "base/fault.h"
#include "exchange/import.h"

struct content;

enum {
    VIEWS_FILE_BYTES_MAX = 128 * 1024 * 1024,
    VIEWS_BATCH_ROWS = 2000, /* committed together */
};

struct views_import_options {
    struct content *content;
    struct str actor; /* for the log */
    import_report *report;
    void *context;
};

/* Replaces the count of every article that the table names. The first record
 * names the columns, in any order; others are passed over. A row that names no
 * article, or no number, is reported as refused. ERR_INVALID: it is no such
 * table, or is broken, as of the line that fault names; what stands before that
 * line is in. */
MUST_USE enum err views_import_file(const struct views_import_options *options,
                                    const char *path,
                                    struct import_counts *ret_counts,
                                    int64_t *ret_seq, struct fault *fault);

#endif
