// SPDX-License-Identifier: Apache-2.0
/* render/letter_icon.h: a newspaper's icon: its initial on its paper, over a
 * line of its colour; or, where no font has the letter, a sheet with columns.
 * The same input always draws the same bytes. */
#ifndef RENDER_LETTER_ICON_H
#define RENDER_LETTER_ICON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct letter_icon {
    unsigned size;               /* pixels a side */
    bool maskable;               /* may be cut to a circle of 80 % (W3C Web App
                                    Manifest, "maskable"): all within it */
    uint32_t paper, ink, signal; /* 0xRRGGBB */
    uint32_t letter;             /* Unicode */
    const struct str *fonts;     /* files (TrueType, OpenType, WOFF2); the first
                                    that has the letter draws it, as bold as it
                                    can up to 700 */
    size_t font_count;
};

enum { LETTER_ICON_SIZE_MAX = 1024 };

/* Appends a PNG. ERR_NO_MEMORY, ERR_TOO_LONG as png_write. */
MUST_USE enum err letter_icon_draw(const struct letter_icon *icon,
                                   struct buf *out);

#endif
