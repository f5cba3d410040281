// SPDX-License-Identifier: Apache-2.0
/* What playout and ingest say to each other: what is understood and written
 * again is understood the same. */
#include <assert.h>

#include "base/arena.h"
#include "media/ingest_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct ingest_message message, again;
    struct fault fault = {0};
    DEFER(buf_finish) struct buf out;
    arena_init(&arena, 0);
    buf_init(&out, 16 * (size_t)INGEST_MESSAGE_BYTES_MAX);
    enum err err = ingest_message_read(str_of((const char *)data, size), &arena,
                                       &message, &fault);
    assert(!err == !fault.message[0]);
    if (!err) {
        ingest_message_write(&out, &message);
        err = ingest_message_read(buf_str(&out), &arena, &again, &fault);
        assert(!err && again.kind == message.kind);
        assert(again.channel_count == message.channel_count);
    }
    arena_finish(&arena);
    return 0;
}
