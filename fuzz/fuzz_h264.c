// SPDX-License-Identifier: Apache-2.0
/* What is read of H.264 without decoding it. */
#include <assert.h>

#include "media/h264.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str bytes = str_of((const char *)data, size), unit;
    struct h264_config config;
    size_t units = 0;
    if (h264_read_config(bytes, &config) == ERR_OK) {
        assert(config.width > 0 && config.width <= H264_SIDE_MAX);
        assert(config.height > 0 && config.height <= H264_SIDE_MAX);
        assert(config.aspect_width > 0 && config.aspect_height > 0);
    }
    for (unsigned len = 1; len <= 4; len++) {
        struct str rest = bytes;
        while (h264_next_unit(&rest, len, &unit))
            units += unit.len;
        (void)h264_is_idr(bytes, len);
    }
    assert(units <= size * 4);
    return 0;
}
