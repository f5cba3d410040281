// SPDX-License-Identifier: Apache-2.0
/* What is read of H.264 without decoding it. */
#include <assert.h>

#include "media/avc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size), unit;
    struct avc_config config;
    size_t units = 0;
    if (avc_read_config(bytes, &config) == ERR_OK) {
        assert(config.sps.width > 0);
        assert(config.sps.height > 0);
        assert(config.sps.aspect_width > 0 && config.sps.aspect_height > 0);
    }
    for (unsigned len = 1; len <= 4; len++) {
        struct str rest = bytes;
        while (avc_next_unit(&rest, len, &unit))
            units += unit.len;
        (void)avc_is_idr(bytes, len);
    }
    assert(units <= size * 4);
    return 0;
}
