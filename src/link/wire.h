// SPDX-License-Identifier: Apache-2.0
/* link/wire.h: numbers and texts as the link's messages carry them: little
 * endian, a text as its 32-bit length and its bytes. */
#ifndef LINK_WIRE_H
#define LINK_WIRE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

void wire_put_u8(struct buf *out, uint8_t value);
void wire_put_u16(struct buf *out, uint16_t value);
void wire_put_u32(struct buf *out, uint32_t value);
void wire_put_u64(struct buf *out, uint64_t value);
void wire_put_str(struct buf *out, struct str text);

/* Reads from the front. After the first value that is not there whole, bad is
 * set and every value is 0 or empty: one check at the end is enough. */
struct wire_reader {
    struct str rest;
    bool bad;
};

uint8_t wire_get_u8(struct wire_reader *reader);
uint16_t wire_get_u16(struct wire_reader *reader);
uint32_t wire_get_u32(struct wire_reader *reader);
uint64_t wire_get_u64(struct wire_reader *reader);
struct str wire_get_str(struct wire_reader *reader); /* borrowed */

#endif
