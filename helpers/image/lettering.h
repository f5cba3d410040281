// SPDX-License-Identifier: Apache-2.0
/* helpers/image/lettering.h: lines of text in the newspaper's own faces, drawn
 * into a picture: shaped by HarfBuzz, in the order of reading by ICU, with
 * faces from memory; no file is opened. */
#ifndef HELPERS_IMAGE_LETTERING_H
#define HELPERS_IMAGE_LETTERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "render/image_wire.h"

struct arena;

/* Three bytes a pixel, row by row. */
struct canvas {
    uint8_t *pixels;
    int width;
    int height;
};

typedef uint32_t canvas_color; /* 0xRRGGBB */

void canvas_fill(struct canvas *canvas, int x, int y, int width, int height,
                 canvas_color color);

struct lettering;

/* The first face that has a character draws it. NULL when none of the faces can
 * be read. */
struct lettering *lettering_create(const struct image_face *faces, size_t count,
                                   struct str language, bool rtl);
void lettering_destroy(struct lettering *lettering); /* accepts NULL */

/* Pixels of one line at that size of the letters. */
int lettering_width(struct lettering *lettering, struct str line, int size);

/* Draws a line; x is its beginning: the left end, the right one of a language
 * that is read from the right. */
void lettering_draw(struct lettering *lettering, struct canvas *canvas,
                    struct str line, int x, int baseline, int size,
                    canvas_color color);

enum { LETTERING_LINES_MAX = 4 };

struct lettering_lines {
    struct str lines[LETTERING_LINES_MAX]; /* in arena */
    size_t count;
    int size;
};

/* Breaks the text into as few lines as it needs, none much longer than the
 * others, at the first of sizes (0 behind the last) with which it fits into
 * width × height; at the last one what does not fit is cut off with "…". */
void lettering_fit(struct lettering *lettering, struct str text,
                   const int *sizes, int line_percent, int width, int height,
                   struct arena *arena, struct lettering_lines *ret_lines);

#endif
