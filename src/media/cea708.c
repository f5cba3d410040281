// SPDX-License-Identifier: Apache-2.0
#include "media/cea708.h"

#include <string.h>

#include "base/utf8.h"

enum {
    EXTENDED_SERVICE = 7,
    NOTE = 0x266A,
    UNDERSCORE = '_', /* what a decoder shows that lacks a character (§7.1.9) */
    NO_BREAK = 0xA0,
};

/* ---- Characters -------------------------------------------------------------
 */

/* §7.1.5, G2: those that are there; the others are shown as '_'. */
static uint16_t miscellaneous(uint8_t code)
{
    static const struct {
        uint8_t code;
        uint16_t character;
    } known[] = {
        {0x20, ' '},    {0x21, NO_BREAK}, {0x25, 0x2026}, {0x2A, 0x160},
        {0x2C, 0x152},  {0x30, 0x2588},   {0x31, 0x2018}, {0x32, 0x2019},
        {0x33, 0x201C}, {0x34, 0x201D},   {0x35, 0x2022}, {0x39, 0x2122},
        {0x3A, 0x161},  {0x3C, 0x153},    {0x3D, 0x2120}, {0x3F, 0x178},
        {0x76, 0x215B}, {0x77, 0x215C},   {0x78, 0x215D}, {0x79, 0x215E},
        {0x7A, 0x2502}, {0x7B, 0x2510},   {0x7C, 0x2514}, {0x7D, 0x2500},
        {0x7E, 0x2518}, {0x7F, 0x250C},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == code)
            return known[i].character;
    return UNDERSCORE;
}

static bool can_be_shown(uint16_t character)
{
    bool is_control =
        character < 0x20 || (character >= 0x7F && character < NO_BREAK);
    bool is_surrogate = character >= 0xD800 && character < 0xE000;
    return !is_control && !is_surrogate && character < 0xFFFE;
}

/* ---- Windows ----------------------------------------------------------------
 */

static struct cea708_window *current_of(struct cea708 *state)
{
    struct cea708_window *window = &state->windows[state->current];
    return window->is_defined ? window : NULL;
}

static void clear(struct cea708_window *window)
{
    memset(window->cells, 0, sizeof window->cells);
}

static void next_row(struct cea708_window *window)
{
    window->column = 0;
    if (window->row + 1 < window->rows) {
        window->row++;
        return;
    }
    memmove(window->cells[0], window->cells[1],
            (window->rows - 1u) * sizeof window->cells[0]);
    memset(window->cells[window->rows - 1], 0, sizeof window->cells[0]);
    window->row = (uint8_t)(window->rows - 1);
}

/* What does not fit into a row goes on in the next one: no word is lost. */
static bool put(struct cea708 *state, uint16_t character)
{
    struct cea708_window *window = current_of(state);
    if (!window)
        return false;
    if (window->column >= window->columns)
        next_row(window);
    window->cells[window->row][window->column++] =
        can_be_shown(character) ? character : UNDERSCORE;
    return window->is_shown;
}

/* ---- C0 ---------------------------------------------------------------------
 */

static bool control(struct cea708 *state, uint8_t code)
{
    struct cea708_window *window = current_of(state);
    if (!window)
        return false;
    switch (code) {
    case 0x08: /* backspace */
        if (window->column > 0)
            window->column--;
        window->cells[window->row][window->column] = 0;
        break;
    case 0x0C: /* form feed */
        clear(window);
        window->row = window->column = 0;
        break;
    case 0x0D: /* carriage return */
        next_row(window);
        break;
    case 0x0E: /* horizontal carriage return */
        memset(window->cells[window->row], 0, sizeof window->cells[0]);
        window->column = 0;
        break;
    default:
        return false;
    }
    return window->is_shown;
}

/* ---- C1, §8.10.5 ------------------------------------------------------------
 */

static bool of_many(struct cea708 *state, uint8_t code, uint8_t which)
{
    bool changed = false;
    for (unsigned i = 0; i < CEA708_WINDOWS; i++) {
        struct cea708_window *window = &state->windows[i];
        if (!(which & 1u << i) || !window->is_defined)
            continue;
        changed = true;
        if (code == 0x88)
            clear(window);
        else if (code == 0x89)
            window->is_shown = true;
        else if (code == 0x8A)
            window->is_shown = false;
        else if (code == 0x8B)
            window->is_shown = !window->is_shown;
        else
            *window = (struct cea708_window){.is_defined = false};
    }
    return changed;
}

/* One that is there keeps its text and its pen. */
static bool define(struct cea708 *state, unsigned number,
                   const uint8_t arguments[6])
{
    struct cea708_window *window = &state->windows[number];
    bool was_shown = window->is_shown;
    if (!window->is_defined)
        *window = (struct cea708_window){.is_defined = true};
    window->is_shown = arguments[0] & 0x20;
    window->top = arguments[1] & 0x7F;
    window->rows = (uint8_t)((arguments[3] & 0x0F) + 1);
    window->columns = (uint8_t)((arguments[4] & 0x3F) + 1);
    for (size_t i = window->rows; i < CEA708_ROWS; i++)
        memset(window->cells[i], 0, sizeof window->cells[i]);
    if (window->row >= window->rows)
        window->row = (uint8_t)(window->rows - 1);
    if (window->column > window->columns)
        window->column = window->columns;
    state->current = (uint8_t)number;
    return was_shown || window->is_shown;
}

static bool move_pen(struct cea708 *state, uint8_t row, uint8_t column)
{
    struct cea708_window *window = current_of(state);
    if (!window)
        return false;
    row &= 0x0F;
    column &= 0x3F;
    window->row = row < window->rows ? row : (uint8_t)(window->rows - 1);
    window->column =
        column < window->columns ? column : (uint8_t)(window->columns - 1);
    return false;
}

static bool command(struct cea708 *state, uint8_t code,
                    const uint8_t *arguments)
{
    if (code <= 0x87) {
        state->current = code & 7;
        return false;
    }
    if (code <= 0x8C)
        return of_many(state, code, arguments[0]);
    if (code == 0x8F) { /* reset */
        memset(state->windows, 0, sizeof state->windows);
        state->current = 0;
        return true;
    }
    if (code == 0x92)
        return move_pen(state, arguments[0], arguments[1]);
    if (code >= 0x98)
        return define(state, code & 7, arguments);
    return false; /* delays and looks are of no use here */
}

/* ---- A block of a service ---------------------------------------------------
 */

/* How many bytes follow a code, of C0 and C1 (§7.1.4, §8.10.5). */
static size_t bytes_behind(uint8_t code)
{
    static const uint8_t of_c1[32] = {
        [0x08] = 1, [0x09] = 1, [0x0A] = 1, [0x0B] = 1, [0x0C] = 1, [0x0D] = 1,
        [0x10] = 2, [0x11] = 3, [0x12] = 2, [0x17] = 4, [0x18] = 6, [0x19] = 6,
        [0x1A] = 6, [0x1B] = 6, [0x1C] = 6, [0x1D] = 6, [0x1E] = 6, [0x1F] = 6,
    };
    if (code >= 0x80 && code < 0xA0)
        return of_c1[code - 0x80];
    if (code >= 0x20)
        return 0;
    return code < 0x10 ? 0 : code < 0x18 ? 1 : 2;
}

/* The same of those behind EXT1: C2 and C3 (§7.1.6, §7.1.7). */
static size_t extended_bytes_behind(const uint8_t *bytes, size_t len)
{
    uint8_t code = bytes[0];
    if (code < 0x20)
        return code / 8u;
    if (code < 0x80 || code >= 0xA0)
        return 0;
    if (code < 0x90)
        return code < 0x88 ? 4 : 5;
    return len > 1 ? 1 + (bytes[1] & 0x3Fu) : 1;
}

/* Takes one code off; how many bytes it has, 0: it is not there whole. */
static size_t take_extended(struct cea708 *state, const uint8_t *bytes,
                            size_t len, bool *changed)
{
    if (len < 2)
        return 0;
    size_t behind = extended_bytes_behind(bytes + 1, len - 1);
    if (len < 2 + behind)
        return 0;
    if (bytes[1] >= 0x20 && bytes[1] < 0x80)
        *changed |= put(state, miscellaneous(bytes[1]));
    else if (bytes[1] >= 0xA0)
        *changed |= put(state, UNDERSCORE);
    return 2 + behind;
}

static size_t take_code(struct cea708 *state, const uint8_t *bytes, size_t len,
                        bool *changed)
{
    enum { EXT1 = 0x10, P16 = 0x18, MUSIC = 0x7F };
    uint8_t code = bytes[0];
    if (code == EXT1)
        return take_extended(state, bytes, len, changed);
    size_t behind = bytes_behind(code);
    if (len < 1 + behind)
        return 0;
    if (code == P16)
        *changed |= put(state, (uint16_t)(bytes[1] << 8 | bytes[2]));
    else if (code < 0x20)
        *changed |= control(state, code);
    else if (code >= 0x80 && code < 0xA0)
        *changed |= command(state, code, bytes + 1);
    else
        *changed |= put(state, code == MUSIC ? NOTE : code);
    return 1 + behind;
}

static bool take_block(struct cea708 *state, const uint8_t *bytes, size_t len)
{
    bool changed = false;
    size_t taken;
    for (size_t at = 0; at < len; at += taken) {
        taken = take_code(state, bytes + at, len - at, &changed);
        if (!taken)
            break;
    }
    return changed;
}

/* ---- Packets, §5 and §6 -----------------------------------------------------
 */

static bool take_packet(struct cea708 *state)
{
    bool changed = false;
    for (size_t at = 1; at < state->packet_wanted;) {
        unsigned service = state->packet[at] >> 5;
        size_t len = state->packet[at] & 0x1F;
        at++;
        if (len == 0) /* nothing but filling comes */
            break;
        if (service == EXTENDED_SERVICE && at < state->packet_wanted)
            service = state->packet[at++] & 0x3F;
        if (len > state->packet_wanted - at)
            break;
        if (service == state->service)
            changed |= take_block(state, state->packet + at, len);
        at += len;
    }
    return changed;
}

void cea708_init(struct cea708 *state, unsigned service)
{
    *state = (struct cea708){.service = (uint8_t)service};
}

bool cea708_take(struct cea708 *state, bool begins, uint8_t first,
                 uint8_t second)
{
    if (begins) {
        unsigned code = first & 0x3F;
        state->packet_len = 0;
        state->packet_wanted =
            (uint8_t)(code ? 2 * code : CEA708_PACKET_BYTES_MAX);
    }
    if (!state->packet_wanted) /* the beginning was lost */
        return false;
    state->packet[state->packet_len++] = first;
    state->packet[state->packet_len++] = second;
    if (state->packet_len < state->packet_wanted)
        return false;
    bool changed = take_packet(state);
    state->packet_wanted = 0;
    return changed;
}

/* ---- Text -------------------------------------------------------------------
 */

static bool is_blank(uint16_t character)
{
    return !character || character == ' ' || character == NO_BREAK;
}

static void write_row(const uint16_t row[CEA708_COLUMNS], struct buf *out,
                      bool *has_line)
{
    size_t first = 0, end = CEA708_COLUMNS;
    while (first < end && is_blank(row[first]))
        first++;
    while (end > first && is_blank(row[end - 1]))
        end--;
    if (first == end)
        return;
    if (*has_line)
        buf_add_char(out, '\n');
    *has_line = true;
    for (size_t i = first; i < end; i++) {
        char bytes[UTF8_BYTES_MAX];
        uint32_t character = is_blank(row[i]) ? ' ' : row[i];
        buf_add(out, str_of(bytes, utf8_encode(character, bytes)));
    }
}

/* Higher than the one before, or as high with a greater number. */
static const struct cea708_window *next_shown(
    const struct cea708 *state, const struct cea708_window *before)
{
    const struct cea708_window *next = NULL;
    for (const struct cea708_window *window = state->windows;
         window < state->windows + CEA708_WINDOWS; window++) {
        bool is_after = !before || window->top > before->top ||
                        (window->top == before->top && window > before);
        if (window->is_shown && is_after && (!next || window->top < next->top))
            next = window;
    }
    return next;
}

void cea708_write(const struct cea708 *state, struct buf *out)
{
    bool has_line = false;
    const struct cea708_window *window = NULL;
    while ((window = next_shown(state, window))) {
        for (size_t i = 0; i < window->rows; i++)
            write_row(window->cells[i], out, &has_line);
    }
}
