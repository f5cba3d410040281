// SPDX-License-Identifier: Apache-2.0
#include "media/h264.h"

#include "media/bytes.h"

unsigned h264_unit_type(struct str unit)
{
    return unit.len ? (unsigned char)unit.ptr[0] & 0x1F : 0;
}

/* ---- Units -----------------------------------------------------------------
 */

/* Where the next 00 00 01 begins, or the length. */
static size_t find_start_code(struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        const char *one = memchr(bytes.ptr + i, 1, bytes.len - i);
        if (!one)
            break;
        i = (size_t)(one - bytes.ptr);
        if (i >= 2 && one[-1] == 0 && one[-2] == 0)
            return i - 2;
    }
    return bytes.len;
}

bool h264_next_unit(struct str *bytes, struct str *ret_unit)
{
    size_t start = find_start_code(*bytes);
    if (start >= bytes->len)
        return false;
    struct str rest = str_from(*bytes, start + 3);
    size_t len = find_start_code(rest);
    *bytes = str_from(rest, len);
    while (len > 0 && rest.ptr[len - 1] == 0)
        len--;
    *ret_unit = str_slice(rest, 0, len);
    return true;
}

void h264_write_unit(struct buf *out, struct str unit)
{
    bytes_put_u32(out, (uint32_t)unit.len);
    buf_add(out, unit);
}

/* ---- The SPS ---------------------------------------------------------------
 */

enum { SPS_BYTES_MAX = 1024, CODE_BITS_MAX = 31 };

/* Bits of a unit whose emulation prevention (§7.4.1) is taken out. */
struct bits {
    unsigned char bytes[SPS_BYTES_MAX];
    size_t len; /* bits */
    size_t at;
    bool bad;
};

static void take_payload(struct str unit, struct bits *bits)
{
    size_t len = 0, zeros = 0;
    for (size_t i = 1; i < unit.len && len < SPS_BYTES_MAX; i++) {
        unsigned char byte = (unsigned char)unit.ptr[i];
        if (zeros >= 2 && byte == 3) {
            zeros = 0;
            continue;
        }
        zeros = byte ? 0 : zeros + 1;
        bits->bytes[len++] = byte;
    }
    bits->len = len * 8;
    bits->at = 0;
    bits->bad = false;
}

static unsigned get(struct bits *bits, unsigned count)
{
    unsigned value = 0;
    for (; count > 0; count--, bits->at++) {
        if (bits->at >= bits->len) {
            bits->bad = true;
            return 0;
        }
        unsigned byte = bits->bytes[bits->at / 8];
        value = value << 1 | (byte >> (7 - bits->at % 8) & 1);
    }
    return value;
}

/* ue(v), §9.1 */
static unsigned get_code(struct bits *bits)
{
    unsigned zeros = 0;
    while (!bits->bad && get(bits, 1) == 0)
        zeros++;
    if (zeros > CODE_BITS_MAX)
        bits->bad = true;
    return bits->bad ? 0 : (1u << zeros) - 1 + get(bits, zeros);
}

/* se(v), §9.1.1 */
static int get_signed_code(struct bits *bits)
{
    unsigned code = get_code(bits);
    int half = (int)(code / 2);
    return code & 1 ? half + 1 : -half;
}

static void skip_scaling_list(struct bits *bits, int size)
{
    int last = 8, next = 8;
    for (int i = 0; i < size && !bits->bad; i++) {
        if (next)
            next = (last + get_signed_code(bits) % 256 + 256) % 256;
        last = next ? next : last;
    }
}

static bool has_chroma_format(unsigned profile)
{
    static const unsigned char profiles[] = {100, 110, 122, 244, 44,  83,
                                             86,  118, 128, 138, 139, 134};
    return memchr(profiles, (int)profile, sizeof profiles) != NULL;
}

/* Gives chroma_format_idc, 0 also for three planes that stand alone. */
static unsigned get_chroma(struct bits *bits)
{
    unsigned chroma = get_code(bits);
    int lists = chroma == 3 ? 12 : 8;
    bool separate = chroma == 3 && get(bits, 1);
    get_code(bits); /* bit depths */
    get_code(bits);
    get(bits, 1); /* lossless transform bypass */
    if (get(bits, 1))
        for (int i = 0; i < lists; i++)
            if (get(bits, 1))
                skip_scaling_list(bits, i < 6 ? 16 : 64);
    return separate ? 0 : chroma;
}

static void skip_picture_order(struct bits *bits)
{
    unsigned type = get_code(bits);
    if (type == 0) {
        get_code(bits);
    } else if (type == 1) {
        get(bits, 1);
        get_code(bits);
        get_code(bits);
        unsigned count = get_code(bits);
        for (unsigned i = 0; i < count && !bits->bad; i++)
            get_code(bits);
    }
}

static void get_size(struct bits *bits, unsigned chroma, struct h264_sps *sps)
{
    int64_t left = 0, right = 0, top = 0, bottom = 0;
    int64_t columns = (int64_t)get_code(bits) + 1;
    int64_t rows = (int64_t)get_code(bits) + 1;
    bool frames_only = get(bits, 1);
    if (!frames_only)
        get(bits, 1);
    get(bits, 1); /* direct_8x8_inference_flag */
    if (get(bits, 1)) {
        left = get_code(bits);
        right = get_code(bits);
        top = get_code(bits);
        bottom = get_code(bits);
    }
    int64_t unit_x = chroma == 1 || chroma == 2 ? 2 : 1; /* §7.4.2.1.1 */
    int64_t unit_y = (chroma == 1 ? 2 : 1) * (frames_only ? 1 : 2);
    sps->width = columns * 16 - unit_x * (left + right);
    sps->height = rows * 16 * (frames_only ? 1 : 2) - unit_y * (top + bottom);
}

/* The start of the VUI: table E-1. */
static void get_aspect(struct bits *bits, struct h264_sps *sps)
{
    static const unsigned char known[][2] = {
        {1, 1},   {1, 1},    {12, 11}, {10, 11}, {16, 11}, {40, 33},
        {24, 11}, {20, 11},  {32, 11}, {80, 33}, {18, 11}, {15, 11},
        {64, 33}, {160, 99}, {4, 3},   {3, 2},   {2, 1}};
    enum { EXTENDED = 255 };
    sps->aspect_width = sps->aspect_height = 1;
    if (!get(bits, 1) || !get(bits, 1))
        return;
    unsigned number = get(bits, 8), width = 1, height = 1;
    if (number < sizeof known / sizeof *known) {
        width = known[number][0];
        height = known[number][1];
    } else if (number == EXTENDED) {
        width = get(bits, 16);
        height = get(bits, 16);
    }
    if (bits->bad || width == 0 || height == 0)
        return; /* the size is known, and this is not needed */
    sps->aspect_width = width;
    sps->aspect_height = height;
}

enum err h264_read_sps(struct str unit, struct h264_sps *ret_sps)
{
    struct bits bits;
    if (h264_unit_type(unit) != H264_SPS)
        return ERR_INVALID;
    take_payload(unit, &bits);
    struct h264_sps sps = {.profile = get(&bits, 8)};
    sps.constraints = get(&bits, 8);
    sps.level = get(&bits, 8);
    get_code(&bits); /* its number */
    unsigned chroma = has_chroma_format(sps.profile) ? get_chroma(&bits) : 1;
    get_code(&bits); /* log2_max_frame_num */
    skip_picture_order(&bits);
    get_code(&bits); /* reference frames */
    get(&bits, 1);   /* gaps in their numbers */
    get_size(&bits, chroma, &sps);
    enum { SIDE_MAX = 16384 };
    if (bits.bad || sps.width <= 0 || sps.width > SIDE_MAX || sps.height <= 0 ||
        sps.height > SIDE_MAX)
        return ERR_INVALID;
    get_aspect(&bits, &sps);
    *ret_sps = sps;
    return ERR_OK;
}

int h264_set_number(struct str unit)
{
    struct bits bits;
    unsigned type = h264_unit_type(unit);
    if (type != H264_SPS && type != H264_PPS)
        return -1;
    take_payload(unit, &bits);
    if (type == H264_SPS)
        get(&bits, 24); /* profile, constraints, level */
    unsigned number = get_code(&bits);
    return bits.bad || number > UINT8_MAX ? -1 : (int)number;
}

/* ---- The configuration record ----------------------------------------------
 */

enum err h264_config_sps(struct str config, struct str *ret_unit)
{
    struct bytes_reader bytes = {.rest = config};
    uint8_t version = bytes_get_u8(&bytes);
    bytes_get(&bytes, 4); /* profile, level, length of lengths */
    unsigned sets = bytes_get_u8(&bytes) & 0x1Fu;
    struct str unit = bytes_get(&bytes, bytes_get_u16(&bytes));
    if (bytes.bad || version != 1 || sets == 0)
        return ERR_INVALID;
    *ret_unit = unit;
    return ERR_OK;
}

static bool are_sets(struct str sps, const struct str *pps, size_t pps_count)
{
    bool are = sps.len >= 4 && sps.len <= UINT16_MAX &&
               h264_unit_type(sps) == H264_SPS && pps_count > 0 &&
               pps_count <= H264_PPS_MAX;
    for (size_t i = 0; are && i < pps_count; i++)
        are = pps[i].len <= UINT16_MAX && h264_unit_type(pps[i]) == H264_PPS;
    return are;
}

/* What ISO/IEC 14496-15 §5.3.3.1.2 asks for of the high profiles. */
static void write_high(struct buf *out, struct str sps)
{
    enum { RESERVED = 0xF8 };
    struct bits bits;
    take_payload(sps, &bits);
    unsigned profile = get(&bits, 8);
    get(&bits, 16);
    get_code(&bits);
    if (profile != 100 && profile != 110 && profile != 122)
        return;
    unsigned chroma = get_code(&bits);
    if (chroma == 3)
        get(&bits, 1);
    bytes_put_u8(out, (uint8_t)(0xFC | (chroma & 3)));
    bytes_put_u8(out, (uint8_t)(RESERVED | (get_code(&bits) & 7)));
    bytes_put_u8(out, (uint8_t)(RESERVED | (get_code(&bits) & 7)));
    bytes_put_u8(out, 0);
}

enum err h264_write_config(struct buf *out, struct str sps,
                           const struct str *pps, size_t pps_count)
{
    if (!are_sets(sps, pps, pps_count))
        return ERR_INVALID;
    bytes_put_u8(out, 1);
    buf_add(out, str_slice(sps, 1, 3)); /* profile, constraints, level */
    bytes_put_u8(out, 0xFC | 3);        /* lengths of 4 bytes */
    bytes_put_u8(out, 0xE0 | 1);
    bytes_put_u16(out, (uint16_t)sps.len);
    buf_add(out, sps);
    bytes_put_u8(out, (uint8_t)pps_count);
    for (size_t i = 0; i < pps_count; i++) {
        bytes_put_u16(out, (uint16_t)pps[i].len);
        buf_add(out, pps[i]);
    }
    write_high(out, sps);
    return ERR_OK;
}
