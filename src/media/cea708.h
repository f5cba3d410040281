// SPDX-License-Identifier: Apache-2.0
/* media/cea708.h: captions of digital television (DTVCC, ANSI/CTA-708-E), one
 * service: pairs of bytes go in, the text that is on the screen comes out.
 * Windows that are shown, from the top down; colours, fonts, places, effects
 * and delays are not kept. A pure state machine: it knows no time. */
#ifndef MEDIA_CEA708_H
#define MEDIA_CEA708_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum {
    CEA708_WINDOWS = 8,
    CEA708_ROWS = 16,
    CEA708_COLUMNS = 64,
    CEA708_PACKET_BYTES_MAX = 128,
    CEA708_TEXT_BYTES_MAX =
        CEA708_WINDOWS * CEA708_ROWS * (CEA708_COLUMNS * 3 + 1),
};

struct cea708_window {
    bool is_defined, is_shown;
    uint8_t top;           /* of its anchor: what is higher is written first */
    uint8_t rows, columns; /* at least 1 */
    uint8_t row, column;   /* of the pen */
    uint16_t cells[CEA708_ROWS][CEA708_COLUMNS]; /* Unicode; 0: nothing */
};

struct cea708 {
    uint8_t packet[CEA708_PACKET_BYTES_MAX];
    uint8_t packet_len, packet_wanted; /* wanted 0: waits for one to begin */
    uint8_t current;                   /* window */
    uint8_t service;
    struct cea708_window windows[CEA708_WINDOWS];
};

/* service: 1 to 63; the first is the main one (§4.5). */
void cea708_init(struct cea708 *state, unsigned service);

/* Another pair of cc_data; begins: it begins a packet (cc_type 3). Whether what
 * is shown may have changed. */
bool cea708_take(struct cea708 *state, bool begins, uint8_t first,
                 uint8_t second);

/* Appends what is shown, a line each row that has something, without blanks at
 * its ends; nothing when nothing is. */
void cea708_write(const struct cea708 *state, struct buf *out);

#endif
