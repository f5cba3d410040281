// SPDX-License-Identifier: Apache-2.0
#include "media/packet.h"

#include <assert.h>

static const char magic[4] = {'B', 'S', 'p', '1'};

struct head {
    char magic[4];
    uint8_t kind, track, is_key, zero;
    uint32_t payload_bytes;
    int32_t shown_after;
    int64_t tick;
    uint64_t reserved;
};
static_assert(sizeof(struct head) == PACKET_HEAD_BYTES, "no holes");

void packet_write(struct buf *out, const struct packet *packet)
{
    assert(packet->payload.len <= PACKET_PAYLOAD_BYTES_MAX);
    struct head head = {
        .kind = packet->kind,
        .track = packet->track,
        .is_key = packet->is_key,
        .payload_bytes = (uint32_t)packet->payload.len,
        .shown_after = packet->shown_after,
        .tick = packet->tick,
    };
    memcpy(head.magic, magic, sizeof magic);
    buf_add_bytes(out, &head, sizeof head);
    buf_add(out, packet->payload);
}

static bool is_sound(const struct head *head)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 &&
           head->kind >= PACKET_CONFIG && head->kind <= PACKET_END &&
           head->track <= PACKET_AUDIO && head->is_key <= 1 &&
           head->zero == 0 && head->reserved == 0 &&
           head->payload_bytes <= PACKET_PAYLOAD_BYTES_MAX;
}

enum err packet_read(struct str *bytes, struct packet *ret_packet)
{
    struct head head;
    if (bytes->len < sizeof head)
        return ERR_AGAIN;
    memcpy(&head, bytes->ptr, sizeof head);
    if (!is_sound(&head))
        return ERR_INVALID;
    if (bytes->len - sizeof head < head.payload_bytes)
        return ERR_AGAIN;
    *ret_packet = (struct packet){
        .kind = head.kind,
        .track = head.track,
        .is_key = head.is_key,
        .tick = head.tick,
        .shown_after = head.shown_after,
        .payload = str_slice(*bytes, sizeof head, head.payload_bytes),
    };
    *bytes = str_from(*bytes, sizeof head + head.payload_bytes);
    return ERR_OK;
}
