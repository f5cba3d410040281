// SPDX-License-Identifier: Apache-2.0
/* Chunked bodies: decoded whole and in pieces, which must come to the same
 * bytes and the same verdict. */
#include <assert.h>

#include "net/http_body.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_BYTES_MAX = 2048, INPUT_BYTES_MAX = 16384 };

struct decoded {
    enum err err;
    size_t used;
    size_t len;
    char bytes[INPUT_BYTES_MAX];
};

static void decode(const uint8_t *data, size_t size, size_t step,
                   struct decoded *result)
{
    static char piece[INPUT_BYTES_MAX];
    struct http_request request = {.chunked = true};
    struct http_body body;
    result->err = http_body_init(&body, &request, BODY_BYTES_MAX);
    result->used = result->len = 0;
    assert(result->err == ERR_OK);
    do {
        size_t used = 0, len = 0;
        size_t given = size - result->used < step ? size - result->used : step;
        memcpy(piece, data + result->used, given);
        result->err = http_body_decode(&body, piece, given, &used, &len);
        if (result->err && result->err != ERR_AGAIN)
            return;
        assert(used <= given);
        assert(len <= used);
        memcpy(result->bytes + result->len, piece, len);
        result->len += len;
        result->used += used;
    } while (result->err == ERR_AGAIN && result->used < size);
    assert(result->len <= BODY_BYTES_MAX);
    assert(result->len == body.body_bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoded whole, pieces;
    if (size < 1 || size > INPUT_BYTES_MAX)
        return 0;
    decode(data + 1, size - 1, INPUT_BYTES_MAX, &whole);
    decode(data + 1, size - 1, (size_t)data[0] % 64 + 1, &pieces);
    /* The limit may be noticed in the middle of a chunk or before it. */
    assert(whole.err == pieces.err);
    if (whole.err == ERR_OK || whole.err == ERR_AGAIN) {
        assert(whole.used == pieces.used);
        assert(whole.len == pieces.len);
        assert(memcmp(whole.bytes, pieces.bytes, whole.len) == 0);
    }
    return 0;
}
