// SPDX-License-Identifier: Apache-2.0
/* What a WebSocket's client sends: read whole and in pieces, which must come to
 * the same events, and no message longer than is allowed. */
#include <assert.h>

#include "base/utf8.h"
#include "net/websocket_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_BYTES_MAX = 512, INPUT_BYTES_MAX = 16384 };

static void check(enum websocket_event event, struct str payload,
                  enum websocket_code code)
{
    if (event == WEBSOCKET_TEXT)
        assert(payload.len <= TEXT_BYTES_MAX && utf8_is_valid(payload));
    else
        assert(payload.len <= WEBSOCKET_CONTROL_BYTES_MAX);
    if (event == WEBSOCKET_CLOSE) {
        assert(utf8_is_valid(payload));
        assert(code >= 1000 && code <= 4999);
    }
    if (event == WEBSOCKET_FAILED) /* it has room behind a code */
        assert(payload.len && payload.len <= WEBSOCKET_CONTROL_BYTES_MAX - 2);
}

/* Everything that was told, one after the other. */
static void read_all(struct str input, size_t step, struct buf *out)
{
    struct websocket_reader reader;
    websocket_reader_init(&reader, TEXT_BYTES_MAX);
    enum websocket_event event = WEBSOCKET_MORE;
    while (input.len && event != WEBSOCKET_FAILED) {
        struct str piece = str_slice(input, 0, step);
        input = str_from(input, piece.len);
        do {
            struct str payload = STR("");
            enum websocket_code code = 0;
            event = websocket_read(&reader, &piece, &payload, &code);
            check(event, payload, code);
            if (event != WEBSOCKET_MORE) {
                buf_printf(out, "%d %d %zu ", (int)event, (int)code,
                           payload.len);
                buf_add(out, payload);
            }
        } while (event != WEBSOCKET_MORE && event != WEBSOCKET_FAILED);
        assert(event == WEBSOCKET_FAILED || !piece.len);
    }
    websocket_reader_finish(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > INPUT_BYTES_MAX)
        return 0;
    struct str input = str_of((const char *)data + 1, size - 1);
    DEFER(buf_finish) struct buf whole;
    DEFER(buf_finish) struct buf pieces;
    buf_init(&whole, 1 << 20);
    buf_init(&pieces, 1 << 20);
    read_all(input, SIZE_MAX, &whole);
    read_all(input, (size_t)data[0] % 64 + 1, &pieces);
    assert(!buf_err(&whole) && !buf_err(&pieces));
    assert(str_eq(buf_str(&whole), buf_str(&pieces)));
    return 0;
}
