// SPDX-License-Identifier: Apache-2.0
#include "exchange/import.h"

const char *import_outcome_name(enum import_outcome outcome)
{
    static const char *const names[] = {
#define X(outcome, name) name,
        IMPORT_OUTCOMES(X)
#undef X
    };
    return names[outcome];
}
