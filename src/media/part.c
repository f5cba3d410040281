// SPDX-License-Identifier: Apache-2.0
#include "media/part.h"

#include <assert.h>

static const char magic[4] = {'B', 'S', 'm', '1'};

struct head {
    char magic[4];
    uint8_t kind, rendition, flags, zero;
    uint32_t payload_bytes;
    uint32_t duration;
    int64_t tick;
    uint64_t reserved;
};
static_assert(sizeof(struct head) == PART_HEAD_BYTES, "no holes");

void part_write_head(char target[PART_HEAD_BYTES], const struct part *part)
{
    assert(part->payload.len <= PART_PAYLOAD_BYTES_MAX);
    struct head head = {
        .kind = part->kind,
        .rendition = part->rendition,
        .flags = part->flags,
        .payload_bytes = (uint32_t)part->payload.len,
        .duration = part->duration,
        .tick = part->tick,
    };
    memcpy(head.magic, magic, sizeof magic);
    memcpy(target, &head, sizeof head);
}

void part_write(struct buf *out, const struct part *part)
{
    char head[PART_HEAD_BYTES];
    part_write_head(head, part);
    buf_add_bytes(out, head, sizeof head);
    buf_add(out, part->payload);
}

static bool is_kind(uint8_t kind)
{
    return kind == PART_START ||
           (kind >= PART_RENDITION && kind <= PART_POSTER);
}

static bool is_sound(const struct head *head)
{
    return memcmp(head->magic, magic, sizeof magic) == 0 &&
           is_kind(head->kind) && head->rendition < PART_RENDITIONS_MAX &&
           (head->kind == PART_PART ? (head->flags & ~PART_FLAGS) == 0
                                    : head->flags == 0) &&
           head->zero == 0 && head->reserved == 0 &&
           head->payload_bytes <= PART_PAYLOAD_BYTES_MAX;
}

enum err part_read(struct str *bytes, struct part *ret_part)
{
    struct head head;
    if (bytes->len < sizeof head)
        return ERR_AGAIN;
    memcpy(&head, bytes->ptr, sizeof head);
    if (!is_sound(&head))
        return ERR_INVALID;
    if (bytes->len - sizeof head < head.payload_bytes)
        return ERR_AGAIN;
    *ret_part = (struct part){
        .kind = head.kind,
        .rendition = head.rendition,
        .flags = head.flags,
        .duration = head.duration,
        .tick = head.tick,
        .payload = str_slice(*bytes, sizeof head, head.payload_bytes),
    };
    *bytes = str_from(*bytes, sizeof head + head.payload_bytes);
    return ERR_OK;
}

const char *part_rendition_name(unsigned index)
{
    static const char *const names[PART_RENDITIONS_MAX] = {"source", "720p",
                                                           "360p", "audio"};
    return index < PART_RENDITIONS_MAX ? names[index] : NULL;
}
