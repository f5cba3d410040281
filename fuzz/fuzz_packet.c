// SPDX-License-Identifier: Apache-2.0
/* Packets of sound and pictures: what is read and written again is the same,
 * and keeping any of them keeps within bounds. */
#include <assert.h>
#include <stdlib.h>

#include "media/packet_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_of((const char *)data, size);
    struct packet_ring *ring;
    struct packet packet;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, size + 1);
    if (packet_ring_create(&ring))
        abort();
    while (packet_read(&rest, &packet) == ERR_OK) {
        packet_write(&out, &packet);
        if (packet_ring_add(ring, &packet))
            abort();
        assert(packet_ring_bytes(ring) <= PACKET_RING_BYTES_MAX);
    }
    assert(out.len + rest.len == size);
    assert(out.len == 0 || memcmp(out.ptr, data, out.len) == 0);
    packet_ring_destroy(ring);
    return 0;
}
