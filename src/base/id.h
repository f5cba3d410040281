// SPDX-License-Identifier: Apache-2.0
/* base/id.h: ids as the paper's addresses carry them: 13 lower-case
 * hexadecimal digits, 8 of Unix seconds and 5 of microseconds, so that they
 * sort by time. "62f9f7d471fdc" is 2022-08-15 07:37:56.466908 UTC. */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum { ID_LEN = 13, ID_BYTES = 14 };

struct id {
    char text[ID_BYTES]; /* NUL after the digits; text[0] == 0 means none */
};

/* A new id, later than every one this process made before. Thread-safe. The
 * database's unique constraint has the last word. */
struct id id_make(void);

/* The id of a moment: the smallest one that can carry it. */
struct id id_from_time(int64_t time_us);

/* ERR_INVALID unless it is 13 lower-case hexadecimal digits whose last five
 * are below one million. */
MUST_USE enum err id_parse(struct str text, struct id *ret_id);

int64_t id_time_us(const struct id *id);

/* The digits as a number, below 2^52, and back: how counters and messages carry
 * an id. ERR_INVALID when no id is that number. */
uint64_t id_number(const struct id *id);
MUST_USE enum err id_from_number(uint64_t number, struct id *ret_id);

static inline struct str id_str(const struct id *id)
{
    return str_of(id->text, id->text[0] ? ID_LEN : 0);
}

static inline bool id_is_set(const struct id *id)
{
    return id->text[0] != '\0';
}

#endif
