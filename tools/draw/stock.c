// SPDX-License-Identifier: Apache-2.0
#include "stock.h"

#include <assert.h>
#include <math.h>

double ridge_top(const struct ridge *hills, double x)
{
    return hills->base - hills->rise * noise(hills->seed, x / hills->span);
}

void ridge(cairo_t *c, const struct ridge *hills)
{
    cairo_new_path(c);
    cairo_move_to(c, 0, PICTURE_HEIGHT);
    for (int x = 0; x <= PICTURE_WIDTH; x += 4)
        cairo_line_to(c, x, ridge_top(hills, x));
    cairo_line_to(c, PICTURE_WIDTH, PICTURE_HEIGHT);
    cairo_close_path(c);
    ink(c, hills->colour);
    cairo_fill(c);
}

/* From the summit down one flank: straight on the whole, broken in detail. */
static void flank_path(cairo_t *c, const struct peak *m, int side, double depth,
                       uint32_t seed)
{
    enum { STEPS = 22 };
    for (int i = 1; i <= STEPS; i++) {
        double t = depth * i / STEPS;
        double stray = (chance(seed, i) - 0.5) * m->width * 0.035;
        cairo_line_to(c, m->x + side * m->width / 2 * t + stray,
                      m->y + m->height * t);
    }
}

static void peak_face_path(cairo_t *c, const struct peak *m, int side,
                           double depth)
{
    cairo_new_path(c);
    cairo_move_to(c, m->x, m->y);
    flank_path(c, m, side, depth, m->seed + side);
    enum { TEETH = 9 };
    double out = m->x + side * m->width / 2 * depth;
    double foot = m->y + m->height * depth;
    double spine = m->x + m->width * 0.06;
    for (int i = 1; i <= TEETH && depth < 1; i++) {
        double t = (double)i / TEETH;
        double tooth = (i % 2 ? -0.55 : 0.35) * m->height * depth *
                       (0.3 + 0.4 * chance(m->seed + 9, i + side * 50));
        cairo_line_to(c, out + (spine - out) * t, foot + tooth);
    }
    for (int i = 12; i >= 0; i--) {
        double t = depth * i / 12;
        double stray = (chance(m->seed + 5, i) - 0.5) * m->width * 0.05;
        cairo_line_to(c, m->x + (spine - m->x) * t + stray * (i > 0),
                      m->y + m->height * t);
    }
    cairo_close_path(c);
}

static void peak_face(cairo_t *c, const struct peak *m, int side,
                      uint32_t colour)
{
    peak_face_path(c, m, side, 1);
    ink(c, colour);
    cairo_fill(c);
}

void peak(cairo_t *c, const struct peak *m)
{
    peak_face(c, m, -1, m->lit);
    peak_face(c, m, 1, m->dark);
    if (m->snow <= 0)
        return;
    for (int side = -1; side <= 1; side += 2) {
        cairo_save(c);
        peak_face_path(c, m, side, 1);
        cairo_clip(c);
        peak_face_path(c, m, side, m->snow);
        ink(c, side < 0 ? SNOW : mix(SNOW, m->dark, 0.35));
        cairo_fill(c);
        cairo_restore(c);
    }
}

void cloud(cairo_t *c, double x, double y, double width, double height,
           uint32_t colour, uint32_t seed)
{
    cairo_save(c);
    cairo_rectangle(c, x - width, y - height * 2, width * 2, height * 2);
    cairo_clip(c);
    for (int i = 0; i < 7; i++) {
        double t = (i + 0.5) / 7 * 2 - 1;
        double r = height * (1 - t * t * 0.7) * (0.55 + 0.4 * chance(seed, i));
        oval(c, x + t * width / 2 * 0.86, y - r * 0.1, r * 1.25, r, colour);
    }
    cairo_restore(c);
}

void fir(cairo_t *c, double x, double y, double height, uint32_t dark,
         uint32_t lit)
{
    rect(c, x - height * 0.02, y - height * 0.1, height * 0.04, height * 0.1,
         BROWN);
    for (int tier = 0; tier < 4; tier++) {
        double top = y - height + height * 0.19 * tier;
        double bottom = top + height * 0.36;
        double half = height * (0.1 + 0.06 * tier);
        SHAPE(c, dark, x, top, x + half, bottom, x, bottom - height * 0.03,
              x - half, bottom);
        SHAPE(c, lit, x, top, x - half * 0.25, bottom - height * 0.06, x - half,
              bottom);
    }
}

void poplar(cairo_t *c, double x, double y, double height, uint32_t dark,
            uint32_t lit)
{
    rect(c, x - 2, y - height * 0.15, 4, height * 0.15, BROWN);
    gouge(c, x, y - height * 0.54, height * 0.92, height * 0.17, -M_PI / 2,
          dark);
    gouge(c, x - height * 0.03, y - height * 0.55, height * 0.7, height * 0.06,
          -M_PI / 2, lit);
}

void round_tree(cairo_t *c, double x, double y, double height, uint32_t dark,
                uint32_t lit)
{
    double r = height * 0.34;
    rect(c, x - height * 0.03, y - height * 0.45, height * 0.06, height * 0.45,
         BROWN);
    disc(c, x, y - height + r, r, dark);
    disc(c, x + r * 0.7, y - height + r * 1.35, r * 0.62, dark);
    disc(c, x - r * 0.75, y - height + r * 1.3, r * 0.66, dark);
    for (int i = 0; i < 7; i++)
        gouge(c, x - r * (0.9 - 0.16 * i), y - height + r * (1.2 - 0.14 * i),
              r * 0.4, r * 0.11, -0.7, lit);
}

static void branch(cairo_t *c, double x, double y, double length, double angle,
                   uint32_t colour, uint32_t seed, int depth)
{
    double x1 = x + length * cos(angle);
    double y1 = y + length * sin(angle);
    double bend = (chance(seed, 1) - 0.5) * length * 0.4;
    bow(c, x, y, (x + x1) / 2 + bend, (y + y1) / 2, x1, y1, length * 0.11 + 0.8,
        colour);
    if (depth == 0)
        return;
    int forks = depth > 2 ? 3 : 2;
    for (int i = 0; i < forks; i++) {
        double spread = (i - (forks - 1) / 2.0) * 0.75;
        double turn = spread + (chance(seed, 10 + i) - 0.5) * 0.4;
        branch(c, x1, y1, length * (0.62 + 0.16 * chance(seed, 20 + i)),
               angle + turn, colour, seed * 3 + i + 1, depth - 1);
    }
}

void bare_tree(cairo_t *c, double x, double y, double height, uint32_t colour,
               uint32_t seed)
{
    branch(c, x, y, height * 0.34, -M_PI / 2, colour, seed, 4);
}

static void house_windows(cairo_t *c, const struct house *h)
{
    double cell_w = h->w / (h->columns + 0.3);
    double cell_h = h->h / (h->rows + 0.25);
    for (int row = 0; row < h->rows; row++) {
        for (int column = 0; column < h->columns; column++) {
            double x = h->x + cell_w * (column + 0.42);
            double y = h->y - h->h + cell_h * (row + 0.3);
            rect(c, x, y, cell_w * 0.46, cell_h * 0.56, h->window);
            rect(c, x + cell_w * 0.2, y, cell_w * 0.05, cell_h * 0.56, h->wall);
        }
    }
}

void house(cairo_t *c, const struct house *h)
{
    double top = h->y - h->h;
    rect(c, h->x, top, h->w, h->h, h->wall);
    rect(c, h->x + h->w * 0.82, top, h->w * 0.18, h->h, h->shade);
    double eaves = h->w * 0.05;
    double ridge_y = top - h->roof;
    SHAPE(c, h->tiles, h->x - eaves, top, h->x + h->w * 0.16, ridge_y,
          h->x + h->w * 0.84, ridge_y, h->x + h->w + eaves, top);
    SHAPE(c, mix(h->tiles, INK, 0.35), h->x + h->w * 0.72, top,
          h->x + h->w * 0.84, ridge_y, h->x + h->w + eaves, top);
    house_windows(c, h);
}

void steeple(cairo_t *c, double x, double y, double w, double h, uint32_t wall,
             uint32_t shade, uint32_t roof)
{
    rect(c, x - w / 2, y - h, w, h, wall);
    rect(c, x + w * 0.18, y - h, w * 0.32, h, shade);
    SHAPE(c, roof, x - w * 0.62, y - h, x, y - h - w * 1.9, x + w * 0.62,
          y - h);
    SHAPE(c, mix(roof, INK, 0.35), x + w * 0.1, y - h, x, y - h - w * 1.9,
          x + w * 0.62, y - h);
    arch(c, x - w * 0.16, y - h + w * 0.3, w * 0.32, w * 0.7, INK);
    line(c, x, y - h - w * 1.9, x, y - h - w * 2.3, w * 0.05, INK);
}

// clang-format off
const struct pose pose_stand = {  0, { -6,   2}, { 6,  -2}, {-4,  -2}, { 4,   2}};
const struct pose pose_walk  = {  5, {-28, -14}, {26,  48}, {-24, -34}, {24,   6}};
const struct pose pose_reach = {  4, { 62,  95}, {74, 108}, {-8,  -4}, { 8,   3}};
const struct pose pose_run   = { 20, {-58, -10}, {48, 120}, {-40, -88}, {58, -12}};
const struct pose pose_kick  = {-12, {-70, -50}, {60,  95}, {-14,  -6}, {66,  74}};
const struct pose pose_carry = { -3, { 46,  98}, {50, 100}, {-16, -20}, {16,   4}};
const struct pose pose_sit   = {  4, { 20,  72}, {24,  80}, { 82,   6}, {88,   2}};
const struct pose pose_cheer = {  0, {-150, -168}, {150, 166}, {-10, -4}, {10, 4}};
// clang-format on

static void limb(cairo_t *c, double x, double y, const double angles[2],
                 double part, double width, uint32_t colour)
{
    double a = angles[0] * M_PI / 180;
    double b = angles[1] * M_PI / 180;
    double knee_x = x + part * sin(a);
    double knee_y = y + part * cos(a);
    double end_x = knee_x + part * sin(b);
    double end_y = knee_y + part * cos(b);
    line(c, x, y, knee_x, knee_y, width, colour);
    line(c, knee_x, knee_y, end_x, end_y, width * 0.82, colour);
}

void figure(cairo_t *c, double x, double y, double height, uint32_t colour,
            const struct pose *pose)
{
    double lean = pose->lean * M_PI / 180;
    double hip_y = y - height * 0.47;
    double neck_x = x + height * 0.36 * sin(lean);
    double neck_y = hip_y - height * 0.36 * cos(lean);
    double hip = height * 0.035;
    double shoulder = height * 0.09;

    limb(c, x - hip, hip_y, pose->leg_a, height * 0.235, height * 0.095,
         colour);
    limb(c, x + hip, hip_y, pose->leg_b, height * 0.235, height * 0.095,
         colour);
    SHAPE(c, colour, neck_x - shoulder, neck_y, neck_x + shoulder, neck_y,
          x + height * 0.088, hip_y + height * 0.03, x - height * 0.088,
          hip_y + height * 0.03);
    disc(c, neck_x - shoulder * 0.8, neck_y + height * 0.02, height * 0.035,
         colour);
    disc(c, neck_x + shoulder * 0.8, neck_y + height * 0.02, height * 0.035,
         colour);
    limb(c, neck_x - shoulder, neck_y + height * 0.02, pose->arm_a,
         height * 0.185, height * 0.06, colour);
    limb(c, neck_x + shoulder, neck_y + height * 0.02, pose->arm_b,
         height * 0.185, height * 0.06, colour);
    double head_x = neck_x + height * 0.12 * sin(lean);
    double head_y = neck_y - height * 0.075 * cos(lean);
    line(c, neck_x, neck_y + height * 0.02, head_x, head_y, height * 0.055,
         colour);
    disc(c, head_x, head_y, height * 0.068, colour);
}

void bust(cairo_t *c, double x, double y, double size, uint32_t colour)
{
    disc(c, x, y - size * 0.72, size * 0.27, colour);
    rect(c, x - size * 0.1, y - size * 0.55, size * 0.2, size * 0.2, colour);
    cairo_save(c);
    cairo_rectangle(c, x - size, y - size, size * 2, size);
    cairo_clip(c);
    oval(c, x, y, size * 0.52, size * 0.46, colour);
    cairo_restore(c);
}
