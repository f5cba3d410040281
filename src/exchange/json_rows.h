// SPDX-License-Identifier: Apache-2.0
/* exchange/json_rows.h: the rows of tables in a JSON file of any length, one
 * after another, in memory that does not grow with it: every element of an
 * array that is a member of an object which is called "data", as
 *
 *     {"db": [{"data": {"posts": [{…}, {…}], "tags": [{…}]}}]}
 *
 * has them. What is broken is refused with its cause and its place. */
#ifndef EXCHANGE_JSON_ROWS_H
#define EXCHANGE_JSON_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct json_t;

enum {
    JSON_ROWS_DEPTH_MAX = 64,
    JSON_ROW_BYTES_MAX = 16 * 1024 * 1024,
    JSON_ROW_MEMBERS_MAX = 10 * 1000,
    JSON_TABLE_NAME_BYTES_MAX = 64,
};

struct json_rows_handler {
    void *context;

    /* Whether the rows of the table are wanted. */
    bool (*wants)(void *context, struct str table);

    /* Takes a row (an object), which is at this line. An error ends the
     * reading with it. */
    enum err (*take)(void *context, struct str table, const struct json_t *row,
                     int64_t line, struct fault *fault);

    /* A row that is too large to be taken, and why; the next one follows. */
    void (*refuse)(void *context, struct str table, int64_t line,
                   const char *cause);
};

/* Reads it all. ERR_INVALID, ERR_TOO_LONG: what is wrong with it, and where;
 * ERR_IO …: of the file; else what take() answered. */
MUST_USE enum err json_rows_read_file(const char *path,
                                      const struct json_rows_handler *handler,
                                      struct fault *fault);
MUST_USE enum err json_rows_read_bytes(struct str bytes,
                                       const struct json_rows_handler *handler,
                                       struct fault *fault);

#endif
