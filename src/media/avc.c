// SPDX-License-Identifier: Apache-2.0
#include "media/avc.h"

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
