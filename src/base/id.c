// SPDX-License-Identifier: Apache-2.0
#include "base/id.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/time.h"

enum { SECOND_DIGITS = 8, MICRO_BITS = 20 };

struct id id_from_time(int64_t time_us)
{
    assert(time_us >= 0);
    struct id id;
    uint32_t seconds = (uint32_t)(time_us / TIME_US_PER_SECOND);
    uint32_t micro = (uint32_t)(time_us % TIME_US_PER_SECOND);
    snprintf(id.text, sizeof id.text, "%08x%05x", seconds, micro & 0xFFFFFu);
    return id;
}

struct id id_make(void)
{
    static _Atomic int64_t last_us;
    int64_t previous = atomic_load(&last_us);
    int64_t mine;
    do {
        int64_t now = time_now_us();
        mine = now > previous ? now : previous + 1;
    } while (!atomic_compare_exchange_weak(&last_us, &previous, mine));
    return id_from_time(mine);
}

static bool parse_hex(struct str text, uint32_t *ret_value)
{
    uint32_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            value = value << 4 | (uint32_t)(c - 'a' + 10);
        else
            return false;
    }
    *ret_value = value;
    return true;
}

enum err id_parse(struct str text, struct id *ret_id)
{
    assert(ret_id);
    uint32_t seconds, micro;
    if (text.len != ID_LEN ||
        !parse_hex(str_slice(text, 0, SECOND_DIGITS), &seconds) ||
        !parse_hex(str_from(text, SECOND_DIGITS), &micro) ||
        micro >= TIME_US_PER_SECOND)
        return ERR_INVALID;
    memcpy(ret_id->text, text.ptr, ID_LEN);
    ret_id->text[ID_LEN] = '\0';
    return ERR_OK;
}

int64_t id_time_us(const struct id *id)
{
    uint32_t seconds = 0, micro = 0;
    struct str text = id_str(id);
    bool fine = parse_hex(str_slice(text, 0, SECOND_DIGITS), &seconds) &&
                parse_hex(str_from(text, SECOND_DIGITS), &micro);
    assert(fine);
    return (int64_t)seconds * TIME_US_PER_SECOND + micro;
}

uint64_t id_number(const struct id *id)
{
    uint32_t seconds = 0, micro = 0;
    struct str text = id_str(id);
    bool fine = parse_hex(str_slice(text, 0, SECOND_DIGITS), &seconds) &&
                parse_hex(str_from(text, SECOND_DIGITS), &micro);
    assert(fine);
    return (uint64_t)seconds << MICRO_BITS | micro;
}

enum err id_from_number(uint64_t number, struct id *ret_id)
{
    uint64_t seconds = number >> MICRO_BITS;
    uint64_t micro = number & ((1u << MICRO_BITS) - 1);
    if (seconds > UINT32_MAX || micro >= TIME_US_PER_SECOND)
        return ERR_INVALID;
    *ret_id = id_from_time((int64_t)(seconds * TIME_US_PER_SECOND + micro));
    return ERR_OK;
}
