// SPDX-License-Identifier: Apache-2.0
/* media/bytes.h: numbers as media formats carry them: big endian, some of them
 * three bytes long. */
#ifndef MEDIA_BYTES_H
#define MEDIA_BYTES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* Reads from the front. After the first value that is not there whole, bad is
 * set and every value is 0 or empty: one check at the end is enough. */
struct bytes_reader {
    struct str rest;
    bool bad;
};

uint8_t bytes_get_u8(struct bytes_reader *reader);
uint16_t bytes_get_u16(struct bytes_reader *reader);
uint32_t bytes_get_u24(struct bytes_reader *reader);
int32_t bytes_get_i24(struct bytes_reader *reader);
uint32_t bytes_get_u32(struct bytes_reader *reader);
uint32_t bytes_get_u32_little(struct bytes_reader *reader);
double bytes_get_f64(struct bytes_reader *reader);             /* IEEE 754 */
struct str bytes_get(struct bytes_reader *reader, size_t len); /* borrowed */

void bytes_put_u8(struct buf *out, uint8_t value);
void bytes_put_u16(struct buf *out, uint16_t value);
void bytes_put_u24(struct buf *out, uint32_t value);
void bytes_put_u32(struct buf *out, uint32_t value);
void bytes_put_u32_little(struct buf *out, uint32_t value);
void bytes_put_f64(struct buf *out, double value);

#endif
