// SPDX-License-Identifier: Apache-2.0
#include "brush.h"

#include <assert.h>
#include <math.h>

double chance(uint32_t seed, uint32_t index)
{
    uint32_t h = seed * 0x9E3779B1u ^ (index + 0x7F4A7C15u) * 0x85EBCA6Bu;
    h ^= h >> 15;
    h *= 0x2C1B3C6Du;
    h ^= h >> 12;
    h *= 0x297A2D39u;
    h ^= h >> 15;
    return h / 4294967296.0;
}

static double noise_octave(uint32_t seed, double x)
{
    double whole = floor(x);
    double t = x - whole;
    uint32_t cell = (uint32_t)(int32_t)whole;
    double smooth = t * t * (3 - 2 * t);
    double left = chance(seed, cell);
    double right = chance(seed, cell + 1);
    return (left + (right - left) * smooth) * 2 - 1;
}

double noise(uint32_t seed, double x)
{
    double sum = 0;
    double weight = 0.53;
    for (uint32_t octave = 0; octave < 4; octave++) {
        sum += weight * noise_octave(seed + octave, x);
        weight /= 2;
        x *= 2.03;
    }
    return sum;
}

uint32_t mix(uint32_t from, uint32_t to, double part)
{
    uint32_t result = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        double a = from >> shift & 0xFF;
        double b = to >> shift & 0xFF;
        result |= (uint32_t)lround(a + (b - a) * part) << shift;
    }
    return result;
}

void ink_thin(cairo_t *c, uint32_t colour, double alpha)
{
    cairo_set_source_rgba(c, (colour >> 16 & 0xFF) / 255.0,
                          (colour >> 8 & 0xFF) / 255.0, (colour & 0xFF) / 255.0,
                          alpha);
}

void ink(cairo_t *c, uint32_t colour)
{
    ink_thin(c, colour, 1);
}

void paint(cairo_t *c, uint32_t colour)
{
    ink(c, colour);
    cairo_paint(c);
}

void rect(cairo_t *c, double x, double y, double w, double h, uint32_t colour)
{
    ink(c, colour);
    cairo_rectangle(c, x, y, w, h);
    cairo_fill(c);
}

void oval(cairo_t *c, double x, double y, double rx, double ry, uint32_t colour)
{
    cairo_save(c);
    cairo_translate(c, x, y);
    cairo_scale(c, rx, ry);
    cairo_new_path(c);
    cairo_arc(c, 0, 0, 1, 0, 2 * M_PI);
    cairo_restore(c);
    ink(c, colour);
    cairo_fill(c);
}

void disc(cairo_t *c, double x, double y, double r, uint32_t colour)
{
    oval(c, x, y, r, r, colour);
}

void line(cairo_t *c, double x0, double y0, double x1, double y1, double width,
          uint32_t colour)
{
    ink(c, colour);
    cairo_set_line_width(c, width);
    cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
    cairo_move_to(c, x0, y0);
    cairo_line_to(c, x1, y1);
    cairo_stroke(c);
}

void bow(cairo_t *c, double x0, double y0, double bx, double by, double x1,
         double y1, double width, uint32_t colour)
{
    ink(c, colour);
    cairo_set_line_width(c, width);
    cairo_set_line_cap(c, CAIRO_LINE_CAP_ROUND);
    cairo_move_to(c, x0, y0);
    cairo_curve_to(c, (x0 + 2 * bx) / 3, (y0 + 2 * by) / 3, (x1 + 2 * bx) / 3,
                   (y1 + 2 * by) / 3, x1, y1);
    cairo_stroke(c);
}

void shape_path(cairo_t *c, int count, const double *points)
{
    assert(count >= 3);
    cairo_new_path(c);
    for (int i = 0; i < count; i++)
        cairo_line_to(c, points[2 * i], points[2 * i + 1]);
    cairo_close_path(c);
}

void shape(cairo_t *c, uint32_t colour, int count, const double *points)
{
    shape_path(c, count, points);
    ink(c, colour);
    cairo_fill(c);
}

void arch(cairo_t *c, double x, double y, double w, double h, uint32_t colour)
{
    double r = w / 2;
    cairo_new_path(c);
    cairo_move_to(c, x, y + h);
    cairo_line_to(c, x, y + r);
    cairo_arc(c, x + r, y + r, r, M_PI, 2 * M_PI);
    cairo_line_to(c, x + w, y + h);
    cairo_close_path(c);
    ink(c, colour);
    cairo_fill(c);
}

void gouge(cairo_t *c, double x, double y, double length, double width,
           double angle, uint32_t colour)
{
    double half = length / 2;
    cairo_save(c);
    cairo_translate(c, x, y);
    cairo_rotate(c, angle);
    cairo_new_path(c);
    cairo_move_to(c, -half, 0);
    cairo_curve_to(c, -half / 3, -width / 1.5, half / 3, -width / 1.5, half, 0);
    cairo_curve_to(c, half / 3, width / 1.5, -half / 3, width / 1.5, -half, 0);
    cairo_restore(c);
    ink(c, colour);
    cairo_fill(c);
}

void hatch(cairo_t *c, const struct hatch *field)
{
    uint32_t index = 0;
    double step = field->length * 1.25;
    for (double y = field->y; y < field->y + field->h; y += field->gap) {
        double shift = chance(field->seed, index) * step;
        for (double x = field->x - shift; x < field->x + field->w; x += step) {
            index += 3;
            double length =
                field->length * (0.55 + 0.6 * chance(field->seed, index));
            gouge(c, x + step / 2,
                  y + field->gap * 0.5 * chance(field->seed, index + 1), length,
                  field->width * (0.6 + 0.6 * chance(field->seed, index + 2)),
                  field->angle, field->colour);
        }
    }
}

void bands(cairo_t *c, double y0, double y1, uint32_t from, uint32_t to,
           int steps, uint32_t seed)
{
    assert(steps >= 2);
    rect(c, 0, y0, PICTURE_WIDTH, y1 - y0, from);
    for (int i = 1; i < steps; i++) {
        double y = y0 + (y1 - y0) * i / steps;
        double sway = (y1 - y0) / steps * 0.22;
        cairo_new_path(c);
        cairo_move_to(c, 0, y1);
        for (int x = 0; x <= PICTURE_WIDTH; x += 16)
            cairo_line_to(c, x, y + sway * noise(seed + i * 7, x / 420.0) * 2);
        cairo_line_to(c, PICTURE_WIDTH, y1);
        cairo_close_path(c);
        ink(c, mix(from, to, i / (steps - 1.0)));
        cairo_fill(c);
    }
}

void ripples(cairo_t *c, double y_far, double y_near, uint32_t colour,
             int count, uint32_t seed)
{
    for (int i = 0; i < count; i++) {
        double near = pow((i + 0.5) / count, 1.25);
        double y = y_far + (y_near - y_far) * near;
        double x = chance(seed, i * 2) * PICTURE_WIDTH;
        double length = 30 + 150 * near * (0.5 + chance(seed, i * 2 + 1));
        gouge(c, x, y, length, 2 + 5 * near, 0, colour);
    }
}

void reflect(cairo_t *c, double y, double height, double alpha)
{
    cairo_push_group(c);
    cairo_surface_t *target = cairo_get_target(c);
    cairo_matrix_t now;
    cairo_get_matrix(c, &now);
    cairo_surface_flush(target);
    cairo_save(c);
    cairo_rectangle(c, 0, y, PICTURE_WIDTH, height);
    cairo_clip(c);
    cairo_translate(c, 0, 2 * y);
    cairo_scale(c, 1 / now.xx, -1 / now.yy);
    cairo_set_source_surface(c, target, 0, 0);
    cairo_paint(c);
    cairo_restore(c);
    cairo_pop_group_to_source(c);
    cairo_paint_with_alpha(c, alpha);
}

void rain(cairo_t *c, uint32_t colour, int count, uint32_t seed)
{
    for (int i = 0; i < count; i++) {
        double x = chance(seed, i * 3) * (PICTURE_WIDTH + 200) - 100;
        double y = chance(seed, i * 3 + 1) * PICTURE_HEIGHT;
        double length = 26 + 46 * chance(seed, i * 3 + 2);
        gouge(c, x, y, length, 2.6, 1.83, colour);
    }
}

void snowfall(cairo_t *c, uint32_t colour, int count, uint32_t seed)
{
    for (int i = 0; i < count; i++) {
        double r = 1.6 + 3.4 * pow(chance(seed, i * 3 + 2), 2);
        disc(c, chance(seed, i * 3) * PICTURE_WIDTH,
             chance(seed, i * 3 + 1) * PICTURE_HEIGHT, r, colour);
    }
}

void flecks(cairo_t *c, uint32_t seed)
{
    for (int i = 0; i < 260; i++) {
        double x = chance(seed, i * 4) * PICTURE_WIDTH;
        double y = chance(seed, i * 4 + 1) * PICTURE_HEIGHT;
        double size = 0.6 + 1.5 * chance(seed, i * 4 + 2);
        ink_thin(c, i % 3 ? PAPER : INK, 0.30);
        cairo_new_path(c);
        cairo_arc(c, x, y, size, 0, 2 * M_PI);
        cairo_fill(c);
    }
}

void rays(cairo_t *c, double x, double y, double inner, double outer, int count,
          double width, uint32_t colour)
{
    for (int i = 0; i < count; i++) {
        double angle = 2 * M_PI * i / count;
        double middle = (inner + outer) / 2;
        gouge(c, x + middle * cos(angle), y + middle * sin(angle),
              outer - inner, width, angle, colour);
    }
}
