// SPDX-License-Identifier: Apache-2.0
/* Schedules as XMLTV: what is read can be written and is read the same. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/time.h"
#include "base/utf8.h"
#include "exchange/xmltv.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void read_again(const struct xmltv_programme *one, struct arena *arena)
{
    struct xmltv again;
    struct fault fault = {0};
    struct programme programme = one->programme;
    const struct programme_list list = {&programme, 1};
    const struct xmltv_channel channel = {one->channel, one->channel, &list};
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 1 << 20);
    enum err err = xmltv_write(&channel, 1, STR(""), &out);
    assert(!err);
    err = xmltv_read_bytes(buf_str(&out), arena, &again, &fault);
    assert(!err && again.count == 1);
    assert(again.programmes[0].programme.start_us == programme.start_us);
    assert(again.programmes[0].programme.repeat == programme.repeat);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text = str_of((const char *)bytes, len);
    struct fault fault = {0};
    struct xmltv xmltv = {0};
    int64_t time_us;
    if (!xmltv_time_parse(text, &time_us))
        assert(time_us % TIME_US_PER_SECOND == 0);
    enum err err = xmltv_read_bytes(text, &arena, &xmltv, &fault);
    assert(!err || fault.message[0]);
    for (size_t i = 0; !err && i < xmltv.count; i++) {
        const struct programme *programme = &xmltv.programmes[i].programme;
        assert(utf8_is_valid(programme->title));
        if (i == 0 && programme->start_us > 0 && programme->end_us > 0)
            read_again(&xmltv.programmes[i], &arena);
    }
    return 0;
}
