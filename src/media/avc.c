// SPDX-License-Identifier: Apache-2.0
#include "media/avc.h"

#include "media/bytes.h"

enum err avc_read_config(struct str record, struct avc_config *ret)
{
    enum { LENGTHS = 4 }; /* where the length of lengths stands */
    struct avc_config config;
    struct str unit;
    if (h264_config_sps(record, &unit) || h264_read_sps(unit, &config.sps))
        return ERR_INVALID;
    config.length_bytes = ((unsigned char)record.ptr[LENGTHS] & 3u) + 1;
    if (config.length_bytes == 3)
        return ERR_INVALID;
    *ret = config;
    return ERR_OK;
}

bool avc_next_unit(struct str *rest, unsigned length_bytes,
                   struct str *ret_unit)
{
    uint32_t len = 0;
    if (rest->len < length_bytes)
        return false;
    for (unsigned i = 0; i < length_bytes; i++)
        len = len << 8 | (uint8_t)rest->ptr[i];
    if (len == 0 || len > rest->len - length_bytes)
        return false;
    *ret_unit = str_slice(*rest, length_bytes, len);
    *rest = str_from(*rest, length_bytes + len);
    return true;
}

bool avc_is_idr(struct str packet, unsigned length_bytes)
{
    struct str unit;
    while (avc_next_unit(&packet, length_bytes, &unit))
        if (h264_unit_type(unit) == H264_IDR)
            return true;
    return false;
}

/* ---- Two of them as one -----------------------------------------------------
 */

enum { SETS_MAX = 32 };

struct sets {
    struct str head; /* version, profile, constraints, level, lengths */
    struct str sps[SETS_MAX], pps[SETS_MAX];
    size_t sps_count, pps_count;
    struct str rest; /* of high profiles */
};

static size_t take_sets(struct bytes_reader *bytes, size_t count,
                        struct str sets[SETS_MAX])
{
    for (size_t i = 0; i < count && i < SETS_MAX; i++)
        sets[i] = bytes_get(bytes, bytes_get_u16(bytes));
    bytes->bad = bytes->bad || count > SETS_MAX;
    return count;
}

static bool read_sets(struct str record, struct sets *sets)
{
    struct bytes_reader bytes = {.rest = record};
    sets->head = bytes_get(&bytes, 5);
    size_t count = bytes_get_u8(&bytes) & 0x1Fu;
    sets->sps_count = take_sets(&bytes, count, sets->sps);
    count = bytes_get_u8(&bytes);
    sets->pps_count = take_sets(&bytes, count, sets->pps);
    sets->rest = bytes.rest;
    return !bytes.bad && sets->head.ptr[0] == 1;
}

static void put_sets(struct buf *out, const struct str *sets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bytes_put_u16(out, (uint16_t)sets[i].len);
        buf_add(out, sets[i]);
    }
}

int avc_free_number(struct str record)
{
    struct sets sets;
    bool taken[SETS_MAX] = {0};
    if (!read_sets(record, &sets))
        return -1;
    for (size_t i = 0; i < sets.sps_count + sets.pps_count; i++) {
        int number = h264_set_number(
            i < sets.sps_count ? sets.sps[i] : sets.pps[i - sets.sps_count]);
        if (number >= 0 && number < SETS_MAX)
            taken[number] = true;
    }
    for (int number = 0; number < SETS_MAX; number++)
        if (!taken[number])
            return number;
    return -1;
}

/* What the head says has to be enough for all sets (§5.3.3.1.2). */
enum err avc_join_configs(struct buf *out, struct str first, struct str second)
{
    enum { PROFILE = 1, LEVEL = 3, LENGTHS = 4 };
    struct sets a, b;
    if (!read_sets(first, &a) || !read_sets(second, &b) ||
        a.head.ptr[LENGTHS] != b.head.ptr[LENGTHS] ||
        a.sps_count + b.sps_count >= SETS_MAX ||
        a.pps_count + b.pps_count > UINT8_MAX)
        return ERR_INVALID;
    bool is_second =
        (uint8_t)b.head.ptr[PROFILE] > (uint8_t)a.head.ptr[PROFILE];
    const struct sets *higher = is_second ? &b : &a;
    uint8_t levels[] = {(uint8_t)a.head.ptr[LEVEL], (uint8_t)b.head.ptr[LEVEL]};
    bytes_put_u8(out, 1);
    buf_add(out, str_slice(higher->head, PROFILE, 2));
    bytes_put_u8(out, levels[0] > levels[1] ? levels[0] : levels[1]);
    bytes_put_u8(out, (uint8_t)a.head.ptr[LENGTHS]);
    bytes_put_u8(out, (uint8_t)(0xE0 | (a.sps_count + b.sps_count)));
    put_sets(out, a.sps, a.sps_count);
    put_sets(out, b.sps, b.sps_count);
    bytes_put_u8(out, (uint8_t)(a.pps_count + b.pps_count));
    put_sets(out, a.pps, a.pps_count);
    put_sets(out, b.pps, b.pps_count);
    buf_add(out, higher->rest);
    return buf_err(out);
}
