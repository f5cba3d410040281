// SPDX-License-Identifier: Apache-2.0
/* draw/stock.h: what a newspaper's illustrator draws every week: hills, trees,
 * houses, clouds, people. Units, colours and seeds as in draw/brush.h. */
#ifndef DRAW_STOCK_H
#define DRAW_STOCK_H

#include "brush.h"

/* ---- Land ---------------------------------------------------------------- */

/* A line of hills across the picture, filled down to the lower edge. base is
 * the mean height of its top, rise how far it strays, span how wide a hill is.
 */
struct ridge {
    double base, rise, span;
    uint32_t colour;
    uint32_t seed;
};
void ridge(cairo_t *c, const struct ridge *hills);
double ridge_top(const struct ridge *hills, double x);

/* A mountain with a lit left face and a dark right one; capped with snow down
 * to a part (0 to 1) of its height. */
struct peak {
    double x, y; /* the summit */
    double width, height;
    uint32_t lit, dark;
    double snow;
    uint32_t seed;
};
void peak(cairo_t *c, const struct peak *mountain);

/* A flat-bottomed cloud, x and y its lower middle. */
void cloud(cairo_t *c, double x, double y, double width, double height,
           uint32_t colour, uint32_t seed);

/* ---- Trees: x and y are the foot of the trunk -----------------------------
 */

void fir(cairo_t *c, double x, double y, double height, uint32_t dark,
         uint32_t lit);
void poplar(cairo_t *c, double x, double y, double height, uint32_t dark,
            uint32_t lit);
void round_tree(cairo_t *c, double x, double y, double height, uint32_t dark,
                uint32_t lit);
void bare_tree(cairo_t *c, double x, double y, double height, uint32_t colour,
               uint32_t seed);

/* ---- Buildings ------------------------------------------------------------
 */

/* A gabled house seen from the front; x and y are its lower left corner. */
struct house {
    double x, y, w, h;
    double roof; /* height of the gable */
    uint32_t wall, shade, tiles, window;
    int columns, rows; /* of windows */
};
void house(cairo_t *c, const struct house *house);

/* A church tower with a pointed roof; x is its middle, y its foot. */
void steeple(cairo_t *c, double x, double y, double w, double h, uint32_t wall,
             uint32_t shade, uint32_t roof);

/* ---- People ----------------------------------------------------------------
 */

/* Angles in degrees: 0 hangs straight down, positive swings to the right. Each
 * limb has an upper and a lower part. */
struct pose {
    double lean;
    double arm_a[2], arm_b[2];
    double leg_a[2], leg_b[2];
};
extern const struct pose pose_stand, pose_walk, pose_reach, pose_run, pose_kick,
    pose_carry, pose_sit, pose_cheer;

/* A silhouette of the given height; x and y are on the ground below the hips
 * (for one who sits: where the feet of one who stood would be). */
void figure(cairo_t *c, double x, double y, double height, uint32_t colour,
            const struct pose *pose);

/* Someone seen from behind in a seat: head and shoulders. */
void bust(cairo_t *c, double x, double y, double size, uint32_t colour);

#endif
