// SPDX-License-Identifier: Apache-2.0
/* Sport, and the illustrator's own table. */
#include <math.h>

#include "scenes.h"
#include "stock.h"

/* A chessman from a stack of widths: foot, waist, collar; then a head. */
static void chessman(cairo_t *c, double x, double y, double h, uint32_t colour,
                     char kind)
{
    uint32_t shade = mix(colour, INK, 0.35);
    double w = h * 0.22;
    oval(c, x + w * 0.5, y, w * 1.5, h * 0.05, mix(BROWN, INK, 0.35));
    oval(c, x, y - h * 0.02, w, h * 0.06, colour);
    rect(c, x - w, y - h * 0.09, 2 * w, h * 0.08, colour);
    SHAPE(c, colour, x - w * 0.8, y - h * 0.08, x - w * 0.34, y - h * 0.58,
          x + w * 0.34, y - h * 0.58, x + w * 0.8, y - h * 0.08);
    SHAPE(c, shade, x + w * 0.2, y - h * 0.08, x + w * 0.12, y - h * 0.58,
          x + w * 0.34, y - h * 0.58, x + w * 0.8, y - h * 0.08);
    rect(c, x - w * 0.62, y - h * 0.63, w * 1.24, h * 0.06, colour);
    double top = y - h * 0.63;
    if (kind == 'p') {
        disc(c, x, top - h * 0.1, h * 0.13, colour);
        gouge(c, x - h * 0.04, top - h * 0.14, h * 0.1, h * 0.03, -0.8, SNOW);
    } else if (kind == 'r') {
        rect(c, x - w * 0.6, top - h * 0.2, w * 1.2, h * 0.2, colour);
        for (int i = 0; i < 3; i++)
            rect(c, x - w * 0.6 + w * 0.46 * i, top - h * 0.28, w * 0.28,
                 h * 0.1, colour);
    } else if (kind == 'n') {
        SHAPE(c, colour, x - w * 0.5, top, x - w * 0.3, top - h * 0.2,
              x - w * 1.1, top - h * 0.1, x - w * 1.2, top - h * 0.2,
              x - w * 0.5, top - h * 0.38, x - w * 0.1, top - h * 0.46,
              x + w * 0.5, top - h * 0.3, x + w * 0.7, top);
        disc(c, x - w * 0.35, top - h * 0.29, h * 0.018, INK);
    } else {
        SHAPE(c, colour, x - w * 0.4, top, x - w * 0.75, top - h * 0.26,
              x + w * 0.75, top - h * 0.26, x + w * 0.4, top);
        line(c, x, top - h * 0.26, x, top - h * 0.4, h * 0.035, colour);
        line(c, x - w * 0.26, top - h * 0.34, x + w * 0.26, top - h * 0.34,
             h * 0.035, colour);
    }
}

void scene_chess(cairo_t *c)
{
    bands(c, 0, 500, mix(FOREST, TEAL, 0.35), mix(TEAL, SAGE, 0.5), 5, 350);
    rays(c, 940, 120, 90, 620, 30, 26, mix(TEAL, SAGE, 0.75));
    disc(c, 940, 120, 72, mix(OCHRE, PAPER, 0.5));
    double far = 420;
    for (int row = 0; row < 6; row++) {
        double t0 = row / 6.0;
        double t1 = (row + 1) / 6.0;
        double y0 = far + 434 * t0 * (0.5 + 0.5 * t0);
        double y1 = far + 434 * t1 * (0.5 + 0.5 * t1);
        for (int i = -6; i < 6; i++) {
            double s0 = 100 + 90 * (y0 - far) / 434;
            double s1 = 100 + 90 * (y1 - far) / 434;
            SHAPE(c, (i + row) & 1 ? mix(BROWN, BRICK, 0.4) : SAND,
                  640 + i * s0, y0, 640 + (i + 1) * s0, y0, 640 + (i + 1) * s1,
                  y1, 640 + i * s1, y1);
        }
    }
    chessman(c, 190, 500, 250, INK, 'r');
    chessman(c, 340, 510, 190, INK, 'p');
    chessman(c, 470, 490, 300, INK, 'k');
    chessman(c, 1130, 520, 200, INK, 'p');
    chessman(c, 800, 600, 240, INK, 'p');
    chessman(c, 240, 780, 300, PAPER, 'p');
    chessman(c, 1050, 800, 330, PAPER, 'r');
    chessman(c, 610, 760, 440, PAPER, 'n');
    bow(c, 500, 330, 560, 180, 720, 250, 5, PAPER);
    SHAPE(c, PAPER, 488, 352, 486, 318, 516, 330);
}

void scene_football(cairo_t *c)
{
    bands(c, 0, 420, mix(RED, BRICK, 0.2), mix(OCHRE, PAPER, 0.3), 7, 360);
    disc(c, 640, 330, 130, mix(OCHRE, PAPER, 0.5));
    ridge(c, &(struct ridge){400, 50, 300, mix(BRICK, DUSK, 0.5), 361});
    for (int i = 0; i < 60; i++) {
        double x = 10 + 21.6 * i;
        bust(c, x, 456 + 6 * (i % 3), 52, i % 4 ? INK : mix(DUSK, INK, 0.4));
        if (i % 7 == 2)
            line(c, x + 12, 440, x + 22, 388, 6, INK);
    }
    for (int i = 0; i < 4; i++) {
        double x = 120 + 330 * i;
        line(c, x, 450, x + 16, 320, 4, INK);
        SHAPE(c, i % 2 ? PAPER : TEAL, x + 16, 320, x + 96, 330, x + 84, 374,
              x + 11, 366);
    }
    rect(c, 0, 458, PICTURE_WIDTH, 396, GREEN);
    for (int i = 0; i < 5; i++)
        SHAPE(c, mix(GREEN, SAGE, 0.4), 640 + (i * 2 - 5) * 110, 458,
              640 + (i * 2 - 4) * 110, 458, 640 + (i * 2 - 4) * 240, 854,
              640 + (i * 2 - 5) * 240, 854);
    line(c, 0, 500, 1280, 500, 5, PAPER);
    line(c, 960, 360, 960, 640, 12, SNOW);
    line(c, 1280, 330, 960, 360, 12, SNOW);
    for (int i = 0; i < 9; i++) {
        line(c, 960 + 36 * i, 360 - 3 * i, 990 + 36 * i, 620, 1.6, PAPER);
        line(c, 966, 385 + 28 * i, 1280, 372 + 30 * i, 1.6, PAPER);
    }
    figure(c, 340, 790, 370, RED, &pose_kick);
    disc(c, 516, 640, 32, SNOW);
    disc(c, 516, 640, 11, INK);
    for (int i = 0; i < 5; i++)
        disc(c, 516 + 26 * cos(i * 1.257 + 0.3),
             640 + 26 * sin(i * 1.257 + 0.3), 6, INK);
    figure(c, 700, 740, 330, NIGHT, &pose_run);
    figure(c, 150, 700, 260, RED, &pose_run);
    figure(c, 1030, 690, 300, OCHRE, &pose_cheer);
    hatch(c, &(struct hatch){0, 800, 1280, 60, -0.25, 20, 40, 5, FOREST, 362});
}

static void shell_boat(cairo_t *c, double x, double y, double size,
                       uint32_t colour, uint32_t shirt)
{
    SHAPE(c, colour, x, y - size * 0.1, x + size * 7.2, y - size * 0.1,
          x + size * 6.6, y + size * 0.12, x + size * 0.6, y + size * 0.12);
    for (int i = 0; i < 4; i++) {
        double sit = x + size * (1.5 + 1.3 * i);
        figure(c, sit, y + size * 0.62, size * 1.5, shirt, &pose_sit);
        line(c, sit + size * 0.45, y - size * 0.26, sit - size * 0.5,
             y + size * 0.62, size * 0.07, BROWN);
        gouge(c, sit - size * 0.56, y + size * 0.68, size * 0.5, size * 0.16,
              2.3, PAPER);
    }
}

void scene_rowing(cairo_t *c)
{
    bands(c, 0, 430, MIST, PAPER, 6, 370);
    cloud(c, 300, 200, 420, 60, SNOW, 371);
    ridge(c, &(struct ridge){350, 70, 320, mix(MIST, SAGE, 0.5), 372});
    ridge(c, &(struct ridge){420, 30, 260, GREEN, 373});
    for (int i = 0; i < 8; i++)
        poplar(c, 60 + 44 * i, 450, 110 + 40 * chance(374, i), FOREST, SAGE);
    rect(c, 0, 440, PICTURE_WIDTH, 414, mix(TEAL, MIST, 0.2));
    reflect(c, 440, 200, 0.3);
    line(c, 820, 300, 820, 560, 12, SNOW); /* the goal of a drowned pitch */
    line(c, 1140, 300, 1140, 560, 12, SNOW);
    line(c, 820, 300, 1140, 300, 12, SNOW);
    for (int i = 0; i < 11; i++)
        line(c, 846 + 27 * i, 306, 852 + 27 * i, 552, 1.6, PAPER);
    for (int i = 0; i < 8; i++)
        line(c, 826, 330 + 29 * i, 1136, 330 + 29 * i, 1.6, PAPER);
    ripples(c, 470, 850, PAPER, 60, 375);
    ripples(c, 500, 850, mix(TEAL, NIGHT, 0.4), 36, 376);
    shell_boat(c, 560, 590, 82, BRICK, NIGHT);
    shell_boat(c, 60, 750, 122, RED, INK);
    line(c, 250, 420, 250, 640, 6, BROWN);
    SHAPE(c, OCHRE, 250, 424, 330, 444, 250, 466);
    ripples(c, 640, 850, SNOW, 20, 377);
}

void scene_lino_tools(cairo_t *c)
{
    paint(c, mix(SAND, OCHRE, 0.3));
    hatch(c, &(struct hatch){0, 0, 1280, 860, 0.03, 30, 220, 5,
                             mix(SAND, BROWN, 0.35), 380});
    cairo_save(c);
    cairo_translate(c, 480, 430);
    cairo_rotate(c, -0.09);
    rect(c, -300, -230, 620, 480, mix(BROWN, INK, 0.5));
    rect(c, -310, -240, 620, 480, TEAL);
    cairo_rectangle(c, -290, -220, 580, 440);
    cairo_clip(c);
    rect(c, -290, -220, 580, 440, INK);
    for (int i = 0; i < 9; i++)
        gouge(c, -40 + 20 * (i % 2), -190 + 26 * i, 560 - 30 * i, 9, 0.02,
              PAPER);
    SHAPE(c, PAPER, -200, 60, -60, -130, 90, 60);
    SHAPE(c, INK, -60, -130, 90, 60, -10, 60);
    SHAPE(c, PAPER, 20, 70, 140, -70, 260, 70);
    SHAPE(c, INK, 140, -70, 260, 70, 170, 70);
    for (int i = 0; i < 7; i++)
        bow(c, -280, 100 + 20 * i, -60 + 60 * (i % 2), 70 + 22 * i, 280,
            104 + 20 * i, 7, PAPER);
    cairo_restore(c);
    for (int i = 0; i < 4; i++) { /* gouges with turned handles */
        double y = 250 + 118 * i;
        static const uint32_t handles[] = {RED, OCHRE, BRICK, TEAL};
        oval(c, 1120, y, 90, 27, mix(handles[i], INK, 0.15));
        oval(c, 1112, y - 7, 74, 13, mix(handles[i], PAPER, 0.35));
        rect(c, 1012, y - 9, 30, 18, OCHRE);
        SHAPE(c, SLATE, 1014, y - 7, 900, y - 4, 880, y, 900, y + 6, 1014,
              y + 7);
    }
    for (int i = 0; i < 34; i++)
        gouge(c, 300 + 640 * chance(381, i), 700 + 130 * chance(382, i),
              22 + 30 * chance(383, i), 7, 6.28 * chance(384, i),
              i % 2 ? TEAL : INK);
    rect(c, 880, 56, 330, 110, BROWN); /* the biscuit tin */
    rect(c, 880, 56, 330, 88, RED);
    oval(c, 1045, 100, 90, 30, PAPER);
    gouge(c, 1045, 100, 130, 24, 0, OCHRE);
}
