// SPDX-License-Identifier: Apache-2.0
/* media/cea608.h: captions of line 21 (ANSI/CTA-608-E, 47 CFR 15.119), one of
 * its channels: pairs of bytes of its field go in, the text that is on the
 * screen comes out. Pop-on, roll-up and paint-on; colours, italics and places
 * are not kept. A pure state machine: it knows no time. */
#ifndef MEDIA_CEA608_H
#define MEDIA_CEA608_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum {
    CEA608_ROWS = 15,
    CEA608_COLUMNS = 32,
    CEA608_TEXT_BYTES_MAX = CEA608_ROWS * (CEA608_COLUMNS * 3 + 1),
};

/* The first two share the first field, the others the second one. */
enum cea608_channel { CEA608_CC1, CEA608_CC2, CEA608_CC3, CEA608_CC4 };

enum cea608_mode {
    CEA608_NONE, /* nothing was chosen yet: characters are not for us */
    CEA608_POP_ON,
    CEA608_ROLL_UP,
    CEA608_PAINT_ON,
    CEA608_TEXT, /* what is no caption: passed over */
};

struct cea608_screen {
    uint16_t cells[CEA608_ROWS][CEA608_COLUMNS]; /* Unicode; 0: nothing */
};

struct cea608 {
    enum cea608_mode mode;
    struct cea608_screen shown, hidden;
    unsigned row, column; /* from 0; of the cursor */
    unsigned rows;        /* of roll-up: 2 to 4 */
    uint16_t last;        /* the control code before, which is sent twice */
    enum cea608_channel channel;
    bool is_ours; /* what comes is for it, not for the other of its field */
    bool is_data; /* what comes is for extended data services */
};

void cea608_init(struct cea608 *state, enum cea608_channel channel);

/* Which field a channel is in: enum a53_type. */
static inline unsigned cea608_field(enum cea608_channel channel)
{
    return channel / 2;
}

/* Another pair of its field, with its parity; whether what is shown changed. A
 * byte of wrong parity is shown as a block, a control code with one is passed
 * over (§15.119(j)). */
bool cea608_take(struct cea608 *state, uint8_t first, uint8_t second);

/* Appends what is shown, a line each row that has something, without blanks at
 * its ends; nothing when nothing is. */
void cea608_write(const struct cea608 *state, struct buf *out);

#endif
