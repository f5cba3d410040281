// SPDX-License-Identifier: Apache-2.0
#include "media/bytes.h"

#include <assert.h>

struct str bytes_get(struct bytes_reader *reader, size_t len)
{
    if (reader->bad || reader->rest.len < len) {
        reader->bad = true;
        return str_of("", 0);
    }
    struct str taken = str_slice(reader->rest, 0, len);
    reader->rest = str_from(reader->rest, len);
    return taken;
}

static uint64_t get(struct bytes_reader *reader, size_t len)
{
    struct str bytes = bytes_get(reader, len);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.len; i++)
        value = value << 8 | (unsigned char)bytes.ptr[i];
    return value;
}

uint8_t bytes_get_u8(struct bytes_reader *reader)
{
    return (uint8_t)get(reader, 1);
}

uint16_t bytes_get_u16(struct bytes_reader *reader)
{
    return (uint16_t)get(reader, 2);
}

uint32_t bytes_get_u24(struct bytes_reader *reader)
{
    return (uint32_t)get(reader, 3);
}

int32_t bytes_get_i24(struct bytes_reader *reader)
{
    int32_t value = (int32_t)get(reader, 3);
    return value & 0x800000 ? value - 0x1000000 : value;
}

uint32_t bytes_get_u32(struct bytes_reader *reader)
{
    return (uint32_t)get(reader, 4);
}

uint32_t bytes_get_u32_little(struct bytes_reader *reader)
{
    return __builtin_bswap32(bytes_get_u32(reader));
}

double bytes_get_f64(struct bytes_reader *reader)
{
    uint64_t bits = get(reader, 8);
    double value;
    static_assert(sizeof value == sizeof bits, "IEEE 754");
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void put(struct buf *out, uint64_t value, int len)
{
    char bytes[8];
    for (int i = 0; i < len; i++)
        bytes[i] = (char)(value >> 8 * (len - 1 - i));
    buf_add_bytes(out, bytes, (size_t)len);
}

void bytes_put_u8(struct buf *out, uint8_t value)
{
    put(out, value, 1);
}

void bytes_put_u16(struct buf *out, uint16_t value)
{
    put(out, value, 2);
}

void bytes_put_u24(struct buf *out, uint32_t value)
{
    put(out, value, 3);
}

void bytes_put_u32(struct buf *out, uint32_t value)
{
    put(out, value, 4);
}

void bytes_put_u32_little(struct buf *out, uint32_t value)
{
    bytes_put_u32(out, __builtin_bswap32(value));
}

void bytes_put_f64(struct buf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(out, bits, 8);
}
