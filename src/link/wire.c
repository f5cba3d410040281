// SPDX-License-Identifier: Apache-2.0
#include "link/wire.h"

#include <assert.h>

static void put(struct buf *out, uint64_t value, size_t bytes)
{
    unsigned char raw[8];
    for (size_t i = 0; i < bytes; i++)
        raw[i] = (unsigned char)(value >> (8 * i));
    buf_add_bytes(out, raw, bytes);
}

void wire_put_u8(struct buf *out, uint8_t value)
{
    put(out, value, 1);
}

void wire_put_u16(struct buf *out, uint16_t value)
{
    put(out, value, 2);
}

void wire_put_u32(struct buf *out, uint32_t value)
{
    put(out, value, 4);
}

void wire_put_u64(struct buf *out, uint64_t value)
{
    put(out, value, 8);
}

void wire_put_str(struct buf *out, struct str text)
{
    assert(text.len <= UINT32_MAX);
    wire_put_u32(out, (uint32_t)text.len);
    buf_add(out, text);
}

static uint64_t get(struct wire_reader *reader, size_t bytes)
{
    assert(reader);
    if (reader->bad || reader->rest.len < bytes) {
        reader->bad = true;
        return 0;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value |= (uint64_t)(unsigned char)reader->rest.ptr[i] << (8 * i);
    reader->rest = str_from(reader->rest, bytes);
    return value;
}

uint8_t wire_get_u8(struct wire_reader *reader)
{
    return (uint8_t)get(reader, 1);
}

uint16_t wire_get_u16(struct wire_reader *reader)
{
    return (uint16_t)get(reader, 2);
}

uint32_t wire_get_u32(struct wire_reader *reader)
{
    return (uint32_t)get(reader, 4);
}

uint64_t wire_get_u64(struct wire_reader *reader)
{
    return get(reader, 8);
}

struct str wire_get_str(struct wire_reader *reader)
{
    uint32_t len = wire_get_u32(reader);
    if (reader->bad || reader->rest.len < len) {
        reader->bad = true;
        return STR("");
    }
    struct str text = str_of(reader->rest.ptr, len);
    reader->rest = str_from(reader->rest, len);
    return text;
}
