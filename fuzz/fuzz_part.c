// SPDX-License-Identifier: Apache-2.0
/* Parts of television: what is read and written again is the same. */
#include <assert.h>

#include "media/part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_of((const char *)data, size);
    struct part part;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, size + 1);
    while (part_read(&rest, &part) == ERR_OK) {
        assert(part.rendition < PART_RENDITIONS_MAX);
        part_write(&out, &part);
    }
    assert(out.len + rest.len == size);
    assert(out.len == 0 || memcmp(out.ptr, data, out.len) == 0);
    return 0;
}
