// SPDX-License-Identifier: Apache-2.0
/* RSS and Atom, and the dates in them. */
#include "checking_sink.h"

#include <stdint.h>

#include "exchange/feed.h"
#include "exchange/feed_date.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text = str_of((const char *)bytes, len);
    struct feed_head head = {0};
    struct fault fault = {0};
    int64_t time_us;
    if (!feed_date_parse(text, &time_us))
        assert(time_us > INT64_C(-40000000000000000));
    enum err err = feed_head_bytes(text, &arena, &head, &fault);
    assert(!err || fault.message[0]);
    if (!err) {
        assert(utf8_is_valid(head.id));
        err = feed_read_bytes(text, len % 2, &checking_sink, &fault);
        /* What was sound when its head was read is sound now. */
        assert(!err || err == ERR_FULL);
    }
    return 0;
}
