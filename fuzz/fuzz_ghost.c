// SPDX-License-Identifier: Apache-2.0
/* Ghost exports: rows, tables, both editors. */
#include "checking_sink.h"

#include <stdint.h>

#include "exchange/ghost.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = str_of((const char *)bytes, len);
    struct ghost_index *index = NULL;
    struct fault fault = {0};
    enum err err = ghost_index_bytes(text, &index, &fault);
    assert(!err || fault.message[0]);
    if (!err) {
        assert(utf8_is_valid(ghost_language(index)));
        err = ghost_read_bytes(index, text, len % 2, &checking_sink, &fault);
        /* What was sound when it was indexed is sound now. */
        assert(!err || err == ERR_FULL);
    }
    ghost_index_destroy(index);
    return 0;
}
