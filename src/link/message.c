// SPDX-License-Identifier: Apache-2.0
#include "link/message.h"

#include <assert.h>

#include "link/wire.h"

size_t message_begin(struct buf *out, enum message_kind kind, uint64_t number)
{
    size_t start = out->len;
    wire_put_u32(out, 0); /* the length, filled in by message_end */
    wire_put_u8(out, (uint8_t)kind);
    wire_put_u8(out, 0);
    wire_put_u16(out, 0);
    wire_put_u64(out, number);
    return start;
}

void message_end(struct buf *out, size_t start)
{
    if (buf_err(out))
        return;
    assert(out->len >= start + MESSAGE_HEAD_BYTES);
    size_t len = out->len - start - MESSAGE_HEAD_BYTES;
    assert(len <= MESSAGE_PAYLOAD_BYTES_MAX);
    for (size_t i = 0; i < 4; i++)
        out->ptr[start + i] = (char)(len >> (8 * i));
}

void message_put(struct buf *out, enum message_kind kind, uint64_t number)
{
    message_end(out, message_begin(out, kind, number));
}

void message_put_str(struct buf *out, enum message_kind kind, uint64_t number,
                     struct str text)
{
    size_t start = message_begin(out, kind, number);
    wire_put_str(out, text);
    message_end(out, start);
}

static bool is_kind(uint8_t kind)
{
    return (kind >= MESSAGE_HELLO && kind <= MESSAGE_EVENTS) ||
           (kind >= MESSAGE_WELCOME && kind <= MESSAGE_FIGURES) ||
           (kind >= MESSAGE_LIVE_BEGIN && kind <= MESSAGE_LIVE_POSTER) ||
           (kind >= MESSAGE_LIVE_VIEWERS && kind <= MESSAGE_LIVE_SAY);
}

enum err message_next(struct str *bytes, struct message *ret_message)
{
    assert(bytes);
    assert(ret_message);
    struct wire_reader reader = {.rest = *bytes};
    uint32_t len = wire_get_u32(&reader);
    uint8_t kind = wire_get_u8(&reader);
    uint32_t zero = wire_get_u8(&reader);
    zero |= wire_get_u16(&reader);
    uint64_t number = wire_get_u64(&reader);
    if (reader.bad)
        return ERR_AGAIN;
    if (len > MESSAGE_PAYLOAD_BYTES_MAX || !is_kind(kind) || zero)
        return ERR_INVALID;
    if (reader.rest.len < len)
        return ERR_AGAIN;
    *ret_message = (struct message){
        .kind = (enum message_kind)kind,
        .number = number,
        .payload = str_of(reader.rest.ptr, len),
    };
    *bytes = str_from(reader.rest, len);
    return ERR_OK;
}
