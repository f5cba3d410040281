// SPDX-License-Identifier: Apache-2.0
/* What a client of a WebSocket sends, byte by byte. */
#ifndef TESTS_UNIT_NET_WEBSOCKET_CLIENT_H
#define TESTS_UNIT_NET_WEBSOCKET_CLIENT_H

#include "base/buf.h"

enum { FIN = 0x80 };

/* first: FIN, reserved bits, opcode. */
static inline void client_add_head(struct buf *out, unsigned first,
                                   uint64_t bytes)
{
    buf_add_char(out, (char)first);
    if (bytes < 126) {
        buf_add_char(out, (char)(0x80 | bytes));
        return;
    }
    int count = bytes <= UINT16_MAX ? 2 : 8;
    buf_add_char(out, (char)(count == 2 ? 0xfe : 0xff));
    for (int i = count - 1; i >= 0; i--)
        buf_add_char(out, (char)(bytes >> (8 * i)));
}

static inline void client_add(struct buf *out, unsigned first,
                              struct str payload)
{
    static const unsigned char mask[] = {0x37, 0xfa, 0x21, 0x3d};
    client_add_head(out, first, payload.len);
    buf_add_bytes(out, mask, sizeof mask);
    for (size_t i = 0; i < payload.len; i++)
        buf_add_char(out, (char)(payload.ptr[i] ^ mask[i % sizeof mask]));
}

#endif
