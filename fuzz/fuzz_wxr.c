// SPDX-License-Identifier: Apache-2.0
/* WordPress exports: elements, terms, shortcodes. */
#include "checking_sink.h"

#include <stdint.h>

#include "exchange/wxr.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = str_of((const char *)bytes, len);
    struct wxr_index *index;
    struct fault fault = {0};
    if (wxr_index_create(&index, &fault))
        return 0;
    enum err err = wxr_index_bytes(index, text, &fault);
    assert(!err || fault.message[0]);
    if (!err) {
        wxr_take_pages(index, len % 2);
        err = wxr_read_bytes(index, text, &checking_sink, &fault);
        /* What was sound when it was indexed is sound now. */
        assert(!err || err == ERR_FULL);
    }
    wxr_index_destroy(index);
    return 0;
}
