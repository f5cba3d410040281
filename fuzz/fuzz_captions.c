// SPDX-License-Identifier: Apache-2.0
/* Captions in pictures: SEI units of H.264, and what their pairs of bytes draw,
 * those of CEA-608 and of CEA-708. */
#include <assert.h>

#include "base/utf8.h"
#include "media/a53.h"
#include "media/cea608.h"
#include "media/cea708.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const struct cea608 *state)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, CEA608_TEXT_BYTES_MAX);
    cea608_write(state, &text);
    assert(!buf_err(&text));
    assert(utf8_is_valid(buf_str(&text)));
    assert(state->row < CEA608_ROWS && state->column < CEA608_COLUMNS);
}

static void check_digital(const struct cea708 *state)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, CEA708_TEXT_BYTES_MAX);
    cea708_write(state, &text);
    assert(!buf_err(&text));
    assert(utf8_is_valid(buf_str(&text)));
    for (size_t i = 0; i < text.len; i++)
        assert(text.ptr[i] == '\n' ||
               !utf8_control(str_from(buf_str(&text), i)));
}

/* The first byte of three is the cc_type. */
static void take_digital(const uint8_t *data, size_t size, unsigned service)
{
    struct cea708 state;
    cea708_init(&state, service);
    for (size_t i = 0; i + 2 < size; i += 3) {
        if (cea708_take(&state, (data[i] & 3) == A53_DTVCC_NEW, data[i + 1],
                        data[i + 2]))
            check_digital(&state);
    }
    check_digital(&state);
}

static void take_analog(const uint8_t *data, size_t size,
                        enum cea608_channel channel)
{
    struct cea608 state;
    cea608_init(&state, channel);
    for (size_t i = 0; i + 1 < size; i += 2) {
        if (cea608_take(&state, data[i], data[i + 1]))
            check_text(&state);
    }
    check_text(&state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct a53_pairs pairs = {.count = 0};
    a53_read_sei(str_of((const char *)data, size), &pairs);
    assert(pairs.count <= A53_PAIRS_MAX);
    for (unsigned i = CEA608_CC1; i <= CEA608_CC4; i++)
        take_analog(data, size, (enum cea608_channel)i);
    for (unsigned service = 1; service <= 8; service += service % 2 ? 1 : 6)
        take_digital(data, size, service);
    return 0;
}
