// SPDX-License-Identifier: Apache-2.0
#include "media/cea608.h"

#include <string.h>

#include "base/utf8.h"

enum {
    LAST_ROW = CEA608_ROWS - 1,
    LAST_COLUMN = CEA608_COLUMNS - 1,
    BLOCK = 0x2588,
    HIDDEN_SPACE = 0xA0, /* transparent: it takes room */
};

/* ---- Characters -------------------------------------------------------------
 */

/* Those of the basic set that are not ASCII. */
static uint16_t basic(uint8_t code)
{
    static const struct {
        uint8_t code;
        uint16_t character;
    } others[] = {
        {0x2A, 0xE1}, {0x5C, 0xE9}, {0x5E, 0xED}, {0x5F, 0xF3}, {0x60, 0xFA},
        {0x7B, 0xE7}, {0x7C, 0xF7}, {0x7D, 0xD1}, {0x7E, 0xF1}, {0x7F, BLOCK},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].code == code)
            return others[i].character;
    return code;
}

/* 11 30 to 11 3F. */
static const uint16_t special[16] = {
    0xAE, 0xB0,         0xBD, 0xBF, 0x2122, 0xA2, 0xA3, 0x266A,
    0xE0, HIDDEN_SPACE, 0xE8, 0xE2, 0xEA,   0xEE, 0xF4, 0xFB,
};

/* 12 20 to 12 3F, 13 20 to 13 3F: Spanish and French; Portuguese, German,
 * Danish. Each stands for the character before it, which is for those decoders
 * that do not know it. */
static const uint16_t extended[2][32] = {
    {0xC1, 0xC9, 0xD3,   0xDA, 0xDC,   0xFC,   0x2018, 0xA1,
     '*',  '\'', 0x2014, 0xA9, 0x2120, 0x2022, 0x201C, 0x201D,
     0xC0, 0xC2, 0xC7,   0xC8, 0xCA,   0xCB,   0xEB,   0xCE,
     0xCF, 0xEF, 0xD4,   0xD9, 0xF9,   0xDB,   0xAB,   0xBB},
    {0xC3, 0xE3,   0xCD, 0xCC, 0xEC, 0xD2, 0xF2,   0xD5,   0xF5,   '{',   '}',
     '\\', '^',    '_',  '|',  '~',  0xC4, 0xE4,   0xD6,   0xF6,   0xDF,  0xA5,
     0xA4, 0x2502, 0xC5, 0xE5, 0xD8, 0xF8, 0x250C, 0x2510, 0x2514, 0x2518},
};

/* ---- The screens ------------------------------------------------------------
 */

static struct cea608_screen *target_of(struct cea608 *state)
{
    return state->mode == CEA608_POP_ON ? &state->hidden : &state->shown;
}

static bool is_empty(const struct cea608_screen *screen)
{
    static const struct cea608_screen empty;
    return memcmp(screen, &empty, sizeof empty) == 0;
}

/* Whether it is seen at once. */
static bool is_direct(const struct cea608 *state)
{
    return state->mode == CEA608_ROLL_UP || state->mode == CEA608_PAINT_ON;
}

static bool is_for_captions(const struct cea608 *state)
{
    return is_direct(state) || state->mode == CEA608_POP_ON;
}

static bool put(struct cea608 *state, uint16_t character)
{
    if (!is_for_captions(state))
        return false;
    target_of(state)->cells[state->row][state->column] = character;
    if (state->column < LAST_COLUMN)
        state->column++;
    return is_direct(state);
}

static void step_back(struct cea608 *state)
{
    if (state->column > 0)
        state->column--;
}

static bool clear_from(struct cea608 *state, unsigned column)
{
    if (!is_for_captions(state))
        return false;
    uint16_t *row = target_of(state)->cells[state->row];
    memset(row + column, 0, (CEA608_COLUMNS - column) * sizeof *row);
    return is_direct(state);
}

static bool erase(struct cea608_screen *screen)
{
    bool was_empty = is_empty(screen);
    memset(screen, 0, sizeof *screen);
    return !was_empty;
}

/* ---- Control codes ----------------------------------------------------------
 */

static unsigned top_of_roll(const struct cea608 *state)
{
    return state->row + 1 >= state->rows ? state->row + 1 - state->rows : 0;
}

static bool begin_roll(struct cea608 *state, unsigned rows)
{
    bool changed = false;
    if (state->mode != CEA608_ROLL_UP) {
        changed = erase(&state->shown);
        memset(&state->hidden, 0, sizeof state->hidden);
        state->row = LAST_ROW;
        state->column = 0;
    }
    state->mode = CEA608_ROLL_UP;
    state->rows = rows;
    return changed;
}

static bool roll(struct cea608 *state)
{
    if (state->mode != CEA608_ROLL_UP)
        return false;
    unsigned top = top_of_roll(state);
    uint16_t(*cells)[CEA608_COLUMNS] = state->shown.cells;
    for (unsigned i = 0; i < CEA608_ROWS; i++)
        if (i < top || i > state->row)
            memset(cells[i], 0, sizeof cells[i]);
    memmove(cells[top], cells[top + 1], (state->row - top) * sizeof cells[0]);
    memset(cells[state->row], 0, sizeof cells[0]);
    state->column = 0;
    return true;
}

static bool flip(struct cea608 *state)
{
    struct cea608_screen before = state->shown;
    state->shown = state->hidden;
    state->hidden = before;
    state->mode = CEA608_POP_ON;
    return memcmp(&state->shown, &before, sizeof before) != 0;
}

static bool back_space(struct cea608 *state)
{
    step_back(state);
    if (is_for_captions(state))
        target_of(state)->cells[state->row][state->column] = 0;
    return is_direct(state);
}

/* 14 20 to 14 2F, §15.119(f). */
static bool miscellaneous(struct cea608 *state, uint8_t code)
{
    switch (code) {
    case 0x20: /* resume caption loading */
        state->mode = CEA608_POP_ON;
        return false;
    case 0x21:
        return back_space(state);
    case 0x24: /* delete to end of row */
        return clear_from(state, state->column);
    case 0x25:
    case 0x26:
    case 0x27:
        return begin_roll(state, code - 0x23u);
    case 0x29: /* resume direct captioning */
        state->mode = CEA608_PAINT_ON;
        return false;
    case 0x2A: /* text restart, resume text display */
    case 0x2B:
        state->mode = CEA608_TEXT;
        return false;
    case 0x2C:
        return erase(&state->shown);
    case 0x2D:
        return roll(state);
    case 0x2E:
        memset(&state->hidden, 0, sizeof state->hidden);
        return false;
    case 0x2F:
        return flip(state);
    default: /* alarms and flashing are of no use here */
        return false;
    }
}

/* Roll-up takes its rows along to where it goes on. */
static void move_roll(struct cea608 *state, unsigned row)
{
    struct cea608_screen moved = {0};
    unsigned top = top_of_roll(state), before = state->row;
    for (unsigned from = top; from <= before; from++)
        if (row + from >= before && row + from - before < CEA608_ROWS)
            memcpy(moved.cells[row + from - before], state->shown.cells[from],
                   sizeof moved.cells[0]);
    state->row = row;
    state->shown = moved;
}

/* §15.119(d)(1)(i): 1x 40 to 1x 7F. */
static bool address(struct cea608 *state, uint8_t first, uint8_t second)
{
    static const int8_t rows[8][2] = {
        {11, -1}, {1, 2}, {3, 4}, {12, 13}, {14, 15}, {5, 6}, {7, 8}, {9, 10},
    };
    int row = rows[first & 7][second >> 5 & 1];
    if (row < 0 || !is_for_captions(state))
        return false;
    unsigned at = (unsigned)row - 1;
    if (state->mode == CEA608_ROLL_UP && at + 1 < state->rows)
        at = state->rows - 1; /* all of its rows have to be seen */
    if (state->mode == CEA608_ROLL_UP && at != state->row)
        move_roll(state, at);
    state->row = at;
    state->column = second & 0x10 ? (second >> 1 & 7u) * 4 : 0;
    return false;
}

static bool control(struct cea608 *state, uint8_t first, uint8_t second)
{
    if (second >= 0x40)
        return address(state, first, second);
    if (first == 0x11 && second >= 0x30)
        return put(state, special[second - 0x30]);
    if (first == 0x11) /* a change of style is a blank */
        return put(state, ' ');
    if ((first == 0x12 || first == 0x13) && is_for_captions(state)) {
        step_back(state);
        return put(state, extended[first - 0x12][second - 0x20]);
    }
    if ((first == 0x14 || first == 0x15) && second < 0x30)
        return miscellaneous(state, second);
    if (first == 0x17 && second >= 0x21 && second <= 0x23) { /* tabs */
        unsigned to = state->column + second - 0x20u;
        state->column = to > LAST_COLUMN ? LAST_COLUMN : to;
    }
    return false;
}

/* ---- Pairs ------------------------------------------------------------------
 */

void cea608_init(struct cea608 *state, enum cea608_channel channel)
{
    *state = (struct cea608){.row = LAST_ROW, .rows = 2, .channel = channel};
}

/* Extended data services share the second field: a packet of them goes on,
 * pair by pair, until its checksum or until captions interrupt it (CTA-608-E
 * §9.4). The first field has none: there it would be a byte gone wrong. */
static bool take_data(struct cea608 *state, uint8_t first)
{
    enum { END_OF_PACKET = 0x0F };
    bool is_head = first > 0 && first < 0x10;
    if (is_head && cea608_field(state->channel))
        state->is_data = first != END_OF_PACKET;
    return is_head || state->is_data;
}

/* Odd (§15.119(b)). */
static bool is_sound(uint8_t byte)
{
    return __builtin_parity(byte) == 1;
}

static bool take_control(struct cea608 *state, uint8_t first, uint8_t second)
{
    uint16_t code = (uint16_t)(first << 8 | second);
    bool is_repeated = code == state->last;
    state->last = is_repeated ? 0 : code;
    if (is_repeated || second < 0x20)
        return false;
    state->is_ours = (first >> 3 & 1u) == state->channel % 2;
    return state->is_ours && control(state, first & 0xF7, second);
}

bool cea608_take(struct cea608 *state, uint8_t first, uint8_t second)
{
    bool are_sound = is_sound(first) && is_sound(second);
    uint8_t one = first & 0x7F, two = second & 0x7F;
    if (one >= 0x10 && one < 0x20 && is_sound(first)) {
        state->is_data = false;
        return are_sound && take_control(state, one, two);
    }
    if (one == 0 && two == 0)
        return false; /* fills time */
    state->last = 0;
    if (take_data(state, is_sound(first) ? one : 0) || !state->is_ours)
        return false;
    bool changed = false;
    if (!is_sound(first))
        changed |= put(state, BLOCK);
    else if (one >= 0x20)
        changed |= put(state, basic(one));
    if (!is_sound(second))
        changed |= put(state, BLOCK);
    else if (two >= 0x20)
        changed |= put(state, basic(two));
    return changed;
}

/* ---- Text -------------------------------------------------------------------
 */

static void write_row(const uint16_t row[CEA608_COLUMNS], struct buf *out,
                      bool *has_line)
{
    size_t first = 0, end = CEA608_COLUMNS;
    while (first < end &&
           (!row[first] || row[first] == ' ' || row[first] == HIDDEN_SPACE))
        first++;
    while (end > first && (!row[end - 1] || row[end - 1] == ' ' ||
                           row[end - 1] == HIDDEN_SPACE))
        end--;
    if (first == end)
        return;
    if (*has_line)
        buf_add_c(out, "\n");
    *has_line = true;
    for (size_t i = first; i < end; i++) {
        char bytes[UTF8_BYTES_MAX];
        uint32_t character = !row[i] || row[i] == HIDDEN_SPACE ? ' ' : row[i];
        buf_add(out, str_of(bytes, utf8_encode(character, bytes)));
    }
}

void cea608_write(const struct cea608 *state, struct buf *out)
{
    bool has_line = false;
    for (size_t i = 0; i < CEA608_ROWS; i++)
        write_row(state->shown.cells[i], out, &has_line);
}
