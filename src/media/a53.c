// SPDX-License-Identifier: Apache-2.0
#include "media/a53.h"

#include <stdbool.h>
#include <string.h>

enum {
    SEI_BYTES_MAX = 2048, /* the longest with captions is far shorter */
    REGISTERED_USER_DATA = 4,
    HEAD_BYTES = 10, /* up to cc_data */
    PAIR_BYTES = 3,
};

/* Without emulation prevention (H.264 §7.4.1); cut where it is too long. */
static size_t unescape(struct str unit, uint8_t target[SEI_BYTES_MAX])
{
    size_t len = 0, zeros = 0;
    for (size_t i = 1; i < unit.len && len < SEI_BYTES_MAX; i++) {
        uint8_t byte = (uint8_t)unit.ptr[i];
        if (zeros >= 2 && byte == 3) {
            zeros = 0;
            continue;
        }
        zeros = byte ? 0 : zeros + 1;
        target[len++] = byte;
    }
    return len;
}

/* §7.3.2.3.1: FF adds 255, anything else ends it. */
static bool read_number(const uint8_t *bytes, size_t len, size_t *at,
                        size_t *ret)
{
    *ret = 0;
    while (*at < len) {
        uint8_t byte = bytes[(*at)++];
        *ret += byte;
        if (byte != 0xFF)
            return true;
    }
    return false;
}

/* United States, ATSC, "GA94", of cc_data, and how much of it. */
static void read_user_data(const uint8_t *bytes, size_t len,
                           struct a53_pairs *pairs)
{
    static const uint8_t head[] = {0xB5, 0, 0x31, 'G', 'A', '9', '4', 3};
    if (len < HEAD_BYTES || memcmp(bytes, head, sizeof head) != 0 ||
        !(bytes[8] & 0x40)) /* process_cc_data_flag */
        return;
    size_t count = bytes[8] & 0x1F;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pair = bytes + HEAD_BYTES + i * PAIR_BYTES;
        if (HEAD_BYTES + (i + 1) * PAIR_BYTES > len ||
            pairs->count == A53_PAIRS_MAX)
            return;
        bool is_valid = pair[0] & 4;
        if (!is_valid)
            continue;
        pairs->types[pairs->count] = pair[0] & 3;
        memcpy(pairs->bytes[pairs->count++], pair + 1, 2);
    }
}

void a53_read_sei(struct str unit, struct a53_pairs *pairs)
{
    uint8_t bytes[SEI_BYTES_MAX];
    size_t len = unescape(unit, bytes), at = 0, type, size;
    while (read_number(bytes, len, &at, &type) &&
           read_number(bytes, len, &at, &size) && size <= len - at) {
        if (type == REGISTERED_USER_DATA)
            read_user_data(bytes + at, size, pairs);
        at += size;
    }
}
