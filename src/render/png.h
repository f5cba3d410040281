// SPDX-License-Identifier: Apache-2.0
/* render/png.h: pixels as a PNG file (W3C PNG, third edition): 8 bits a
 * channel, no alpha, no interlacing. */
#ifndef RENDER_PNG_H
#define RENDER_PNG_H

#include <stdint.h>

#include "base/buf.h"

enum { PNG_SIDE_MAX = 4096 };

/* Appends the picture to out. rgb is width * height * 3 bytes, row by row from
 * the top; sides are 1 to PNG_SIDE_MAX pixels. ERR_NO_MEMORY, or ERR_TOO_LONG
 * when it does not fit below the maximum of out. */
MUST_USE enum err png_write(const unsigned char *rgb, unsigned width,
                            unsigned height, struct buf *out);

#endif
