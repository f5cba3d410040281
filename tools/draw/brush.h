// SPDX-License-Identifier: Apache-2.0
/* draw/brush.h: the inks, marks and stock figures that all pictures of the
 * sample newspaper are cut from.
 *
 * A picture is 1280 by 854 units whatever size it is printed at; y grows
 * downwards. A colour is 0xRRGGBB. What looks accidental comes from a seed, so
 * the same call always leaves the same marks. Nothing here keeps state but the
 * cairo context. */
#ifndef DRAW_BRUSH_H
#define DRAW_BRUSH_H

#include <cairo.h>
#include <stdint.h>

enum { PICTURE_WIDTH = 1280, PICTURE_HEIGHT = 854 };

/* The inks of the house: every picture is mixed from these. */
enum ink {
    INK = 0x1C2B36,
    NIGHT = 0x27384A,
    SLATE = 0x4A6070,
    MIST = 0xA9BFC1,
    PALE = 0xD3DAD2,
    PAPER = 0xF2E8D5,
    SNOW = 0xFAF5EA,
    SAND = 0xDDC79D,
    OCHRE = 0xD79A3D,
    ROSE = 0xD88A6C,
    RED = 0xB4392B,
    BRICK = 0x8E4632,
    BROWN = 0x553C30,
    TEAL = 0x3E7479,
    SAGE = 0x84986C,
    GREEN = 0x4F6E50,
    FOREST = 0x2C4640,
    DUSK = 0x5B5876,
};

/* ---- Chance and colour --------------------------------------------------- */

/* Even between 0 and 1, the same for the same pair. */
double chance(uint32_t seed, uint32_t index);

/* Value noise of four octaves along x, between -1 and 1. */
double noise(uint32_t seed, double x);

/* Part of the way (0 to 1) from one colour to another. */
uint32_t mix(uint32_t from, uint32_t to, double part);

void ink(cairo_t *c, uint32_t colour);
void ink_thin(cairo_t *c, uint32_t colour, double alpha);

/* ---- Shapes -------------------------------------------------------------- */

void paint(cairo_t *c, uint32_t colour);
void rect(cairo_t *c, double x, double y, double w, double h, uint32_t colour);
void disc(cairo_t *c, double x, double y, double r, uint32_t colour);
void oval(cairo_t *c, double x, double y, double rx, double ry,
          uint32_t colour);
void line(cairo_t *c, double x0, double y0, double x1, double y1, double width,
          uint32_t colour);

/* A line that bends towards (bx, by). */
void bow(cairo_t *c, double x0, double y0, double bx, double by, double x1,
         double y1, double width, uint32_t colour);

/* A closed shape through count points given as x, y, x, y ... */
void shape(cairo_t *c, uint32_t colour, int count, const double *points);
void shape_path(cairo_t *c, int count, const double *points);
#define POINTS_COUNT(...) \
    ((int)(sizeof((double[]){__VA_ARGS__}) / sizeof(double) / 2))
#define SHAPE(c, colour, ...) \
    shape(c, colour, POINTS_COUNT(__VA_ARGS__), (double[]){__VA_ARGS__})
#define SHAPE_PATH(c, ...) \
    shape_path(c, POINTS_COUNT(__VA_ARGS__), (double[]){__VA_ARGS__})

/* An arch, open below: straight sides and a round head. */
void arch(cairo_t *c, double x, double y, double w, double h, uint32_t colour);

/* ---- Marks of the knife -------------------------------------------------- */

/* One cut of the gouge: thick in the middle, pointed at both ends. */
void gouge(cairo_t *c, double x, double y, double length, double width,
           double angle, uint32_t colour);

/* A field of cuts, within the current clip. Angle in radians from level. */
struct hatch {
    double x, y, w, h;
    double angle, gap, length, width;
    uint32_t colour;
    uint32_t seed;
};
void hatch(cairo_t *c, const struct hatch *field);

/* Steps of colour from y0 to y1 with soft wavy edges, as a rainbow roll. */
void bands(cairo_t *c, double y0, double y1, uint32_t from, uint32_t to,
           int steps, uint32_t seed);

/* Level cuts that lengthen towards the reader: water, from far to near. */
void ripples(cairo_t *c, double y_far, double y_near, uint32_t colour,
             int count, uint32_t seed);

/* What stands above y, upside down below it, for height units. */
void reflect(cairo_t *c, double y, double height, double alpha);

/* Slanting rain, falling snow, and the flecks that an inked plate leaves. */
void rain(cairo_t *c, uint32_t colour, int count, uint32_t seed);
void snowfall(cairo_t *c, uint32_t colour, int count, uint32_t seed);
void flecks(cairo_t *c, uint32_t seed);

/* Rays from (x, y) between two radii. */
void rays(cairo_t *c, double x, double y, double inner, double outer, int count,
          double width, uint32_t colour);

#endif
