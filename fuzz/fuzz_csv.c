// SPDX-License-Identifier: Apache-2.0
/* Tables of text: every record of any bytes. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "exchange/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct csv csv = csv_of(str_of((const char *)bytes, len));
    struct csv_record record;
    struct fault fault = {0};
    int64_t line = 0;
    enum err err;
    while (!(err = csv_next(&csv, &arena, &record, &fault))) {
        assert(record.count >= 1 && record.count <= CSV_FIELDS_MAX);
        assert(record.line > line);
        line = record.line;
    }
    assert(err == ERR_NOT_FOUND || fault.field[0]);
    return 0;
}
