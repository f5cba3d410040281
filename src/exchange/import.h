// SPDX-License-Identifier: Apache-2.0
/* exchange/import.h: what an import tells about each item it read. */
#ifndef EXCHANGE_IMPORT_H
#define EXCHANGE_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

/* clang-format off */
#define IMPORT_OUTCOMES(X) \
    X(CREATED,   "created") \
    X(UPDATED,   "updated") \
    X(UNCHANGED, "unchanged") \
    X(REFUSED,   "refused") \
    X(KEPT,      "kept") /* as it is here, though its source changed it */
/* clang-format on */

enum import_outcome {
#define X(outcome, name) IMPORT_##outcome,
    IMPORT_OUTCOMES(X)
#undef X
        IMPORT_OUTCOME_COUNT
};

const char *import_outcome_name(enum import_outcome outcome);

struct import_result {
    enum import_outcome outcome;
    struct str file;
    int64_t item; /* of the file, from 1 (a line of a table) */
    struct id id; /* none when it was refused early */
    struct str headline;
    struct str cause; /* refused: why, and where; else what was left out */
};

struct import_counts {
    int64_t of[IMPORT_OUTCOME_COUNT];
};

/* Called for each item once its fate is durable. */
typedef void import_report(void *context, const struct import_result *result);

#endif
