// SPDX-License-Identifier: Apache-2.0
/* Rooms with people in them. */
#include <math.h>

#include "scenes.h"
#include "stock.h"

/* One row of benches bent round the speaker, with those who sit on it. */
static void bench_row(cairo_t *c, double y, double half, double size,
                      uint32_t wood, uint32_t seed)
{
    static const uint32_t coats[] = {NIGHT, TEAL, FOREST, SLATE, DUSK, GREEN};
    static const uint32_t hair[] = {INK, SAND, BROWN, MIST, OCHRE, INK};
    int seats = (int)(2 * half / (size * 1.25));
    for (int i = 0; i <= seats; i++) {
        double t = seats ? 2.0 * i / seats - 1 : 0;
        double x = 640 + t * half;
        if (fabs(t) < 0.09)
            continue; /* the aisle */
        bust(c, x, y - 34 * t * t + 4, size, coats[(int)(6 * chance(seed, i))]);
        disc(c, x, y - 34 * t * t + 4 - size * 0.74, size * 0.28,
             hair[(int)(6 * chance(seed + 1, i))]);
    }
    for (int side = -1; side <= 1; side += 2) {
        double near = 640 + side * half * 0.07;
        double far = 640 + side * (half + size);
        SHAPE(c, wood, near, y, (near + far) / 2, y - 8, far, y - 38, far,
              y + 6, (near + far) / 2, y + size * 0.55, near, y + size * 0.62);
        line(c, near, y, (near + far) / 2, y - 8, 5, mix(wood, PAPER, 0.4));
        line(c, (near + far) / 2, y - 8, far, y - 38, 5, mix(wood, PAPER, 0.4));
    }
}

void scene_assembly(cairo_t *c)
{
    paint(c, mix(SAND, PAPER, 0.3));
    rect(c, 0, 0, PICTURE_WIDTH, 70, mix(SAND, BROWN, 0.35));
    for (int i = 0; i < 7; i++) {
        double x = 40 + 200 * i;
        if (i != 3)
            arch(c, x - 32, 100, 108, 260, mix(TEAL, PALE, 0.5));
        for (int k = 1; k < 3 && i != 3; k++)
            rect(c, x - 32 + 36 * k, 104, 5, 256, PAPER);
        if (i == 3 || i == 6)
            continue;
        rect(c, x + 104, 70, 40, 320, PAPER);
        rect(c, x + 130, 70, 14, 320, mix(SAND, BROWN, 0.25));
    }
    arch(c, 540, 80, 200, 300, BRICK);
    disc(c, 640, 190, 62, OCHRE);
    disc(c, 640, 190, 50, BRICK);
    for (int i = 0; i < 3; i++)
        bow(c, 600, 176 + 18 * i, 640, 160 + 18 * i + 28 * (i % 2), 680,
            176 + 18 * i, 7, OCHRE);
    rect(c, 0, 380, PICTURE_WIDTH, 474, mix(BRICK, BROWN, 0.35));
    rect(c, 500, 330, 280, 90, BROWN);
    rect(c, 486, 318, 308, 18, OCHRE);
    bust(c, 640, 322, 96, INK);
    figure(c, 640, 520, 180, INK, &pose_reach);
    SHAPE(c, BROWN, 600, 450, 690, 450, 678, 540, 612, 540);
    rect(c, 592, 442, 106, 12, OCHRE);
    for (int i = 0; i < 4; i++)
        bench_row(c, 520 + 84 * i + 10 * i * i / 2.0, 440 + 130 * i,
                  66 + 20 * i, mix(BROWN, INK, 0.12 * i), 150 + i);
    for (int i = -1; i <= 1; i += 2) {
        line(c, 640 + 330 * i, 0, 640 + 330 * i, 120, 4, INK);
        for (int k = -2; k <= 2; k++)
            disc(c, 640 + 330 * i + 26 * k, 134 - 5 * abs(k), 11, SNOW);
        bow(c, 640 + 330 * i - 56, 140, 640 + 330 * i, 165, 640 + 330 * i + 56,
            140, 7, INK);
    }
}

void scene_school(cairo_t *c)
{
    paint(c, mix(PALE, PAPER, 0.5));
    rect(c, 330, 90, 620, 330, BROWN);
    rect(c, 346, 106, 588, 298, FOREST);
    peak(c, &(struct peak){470, 190, 190, 130, mix(FOREST, PAPER, 0.65),
                           mix(FOREST, PAPER, 0.3), 0, 3});
    bow(c, 600, 340, 690, 260, 900, 330, 8, mix(FOREST, PAPER, 0.75));
    bow(c, 600, 362, 690, 282, 900, 352, 8, mix(FOREST, PAPER, 0.75));
    for (int i = 0; i < 3; i++)
        line(c, 640, 150 + 34 * i, 800 + 40 * (i % 2), 150 + 34 * i, 6,
             mix(FOREST, PAPER, 0.6));
    for (int i = 0; i < 2; i++) {
        double x = i ? 1010 : 40;
        rect(c, x, 90, 230, 310, PAPER);
        rect(c, x + 14, 104, 202, 282, mix(MIST, TEAL, 0.25));
        SHAPE(c, mix(TEAL, GREEN, 0.5), x + 14, 330, x + 90, 260, x + 216, 320,
              x + 216, 386, x + 14, 386);
        rect(c, x + 110, 104, 10, 282, PAPER);
        rect(c, x + 14, 232, 202, 10, PAPER);
    }
    rect(c, 0, 470, PICTURE_WIDTH, 384, mix(OCHRE, SAND, 0.4));
    hatch(c, &(struct hatch){0, 480, 1280, 380, 0, 34, 190, 4,
                             mix(OCHRE, BROWN, 0.35), 160});
    figure(c, 880, 500, 290, BRICK, &pose_reach);
    disc(c, 893, 224, 21, BROWN);
    static const uint32_t jumpers[] = {RED, TEAL, NIGHT, GREEN, DUSK};
    for (int row = 0; row < 3; row++) {
        double size = 96 + 34 * row;
        double y = 560 + 108 * row;
        for (int i = 0; i < 5 - row / 2; i++) {
            double x = 1280.0 * (i + 0.5) / (5 - row / 2);
            bust(c, x, y, size, jumpers[(i * 2 + row) % 5]);
            disc(c, x, y - size * 0.74, size * 0.27,
                 (i + row) % 3 ? BROWN : INK);
            if ((i + row * 2) % 4 == 1)
                line(c, x + size * 0.4, y - size * 0.3, x + size * 0.5,
                     y - size * 1.25, size * 0.16, jumpers[(i * 2 + row) % 5]);
            SHAPE(c, SAND, x - size * 0.85, y, x + size * 0.85, y,
                  x + size * 0.95, y + 22, x - size * 0.95, y + 22);
            rect(c, x - size * 0.8, y + 22, 8, 70, INK);
            rect(c, x + size * 0.75, y + 22, 8, 70, INK);
        }
    }
}

static void curtain(cairo_t *c, double x, double w, int side)
{
    for (int i = 0; i < 6; i++) {
        double left = x + side * w * i / 6;
        double right = x + side * w * (i + 1) / 6;
        double tuck = i < 3 ? 0 : side * -22.0 * (i - 2);
        cairo_new_path(c);
        cairo_move_to(c, left, 0);
        cairo_line_to(c, right, 0);
        cairo_curve_to(c, right, 300, right + tuck * 2, 380, right + tuck * 1.5,
                       620);
        cairo_line_to(c, left + tuck * 1.2, 620);
        cairo_curve_to(c, left + tuck * 1.2, 380, left, 300, left, 0);
        cairo_close_path(c);
        ink(c, i % 2 ? mix(RED, INK, 0.42) : RED);
        cairo_fill(c);
    }
}

void scene_theatre(cairo_t *c)
{
    paint(c, mix(NIGHT, TEAL, 0.4));
    bands(c, 60, 470, mix(NIGHT, TEAL, 0.4), mix(OCHRE, PAPER, 0.3), 6, 170);
    disc(c, 790, 220, 70, PAPER);
    peak(c, &(struct peak){520, 250, 420, 240, SLATE, NIGHT, 0, 171});
    for (int i = 0; i < 4; i++)
        fir(c, 840 + 52 * i, 560, 180 + 40 * (i % 2), FOREST, GREEN);
    rect(c, 0, 540, PICTURE_WIDTH, 90, mix(OCHRE, BROWN, 0.35));
    hatch(c, &(struct hatch){0, 548, 1280, 70, 0, 16, 160, 3, BROWN, 172});
    cairo_save(c);
    ink_thin(c, PAPER, 0.32);
    SHAPE_PATH(c, 420, 0, 500, 0, 790, 590, 470, 590);
    cairo_fill(c);
    SHAPE_PATH(c, 860, 0, 780, 0, 480, 590, 800, 590);
    cairo_fill(c);
    cairo_restore(c);
    figure(c, 580, 590, 220, INK, &pose_reach);
    SHAPE(c, BRICK, 690, 420, 724, 420, 778, 588, 640, 588);
    figure(c, 707, 588, 214, BRICK, &pose_cheer);
    disc(c, 707, 394, 14, mix(ROSE, SAND, 0.4));
    curtain(c, -10, 330, 1);
    curtain(c, 1290, 330, -1);
    for (int i = 0; i < 9; i++) {
        cairo_save(c);
        cairo_rectangle(c, 0, 40, PICTURE_WIDTH, 120);
        cairo_clip(c);
        disc(c, 71 * (2 * i + 1), 30, 84, i % 2 ? RED : mix(RED, INK, 0.3));
        cairo_restore(c);
    }
    rect(c, 0, 0, PICTURE_WIDTH, 46, OCHRE);
    rect(c, 0, 46, PICTURE_WIDTH, 7, BROWN);
    rect(c, 0, 620, PICTURE_WIDTH, 30, OCHRE);
    for (int i = 0; i < 13; i++)
        arch(c, 26 + 98 * i, 602, 38, 34, mix(OCHRE, PAPER, 0.6));
    rect(c, 0, 650, PICTURE_WIDTH, 204, mix(INK, BROWN, 0.25));
    for (int row = 0; row < 3; row++)
        for (int i = 0; i < 13 - row; i++)
            bust(c, 50 + (1280.0 / (12.6 - row)) * i - 20 * (row % 2),
                 730 + 70 * row, 96 + 22 * row,
                 row == 1 ? mix(INK, BROWN, 0.4) : INK);
}

static void violin(cairo_t *c, double x, double y, double size)
{
    oval(c, x, y, size * 0.3, size * 0.2, OCHRE);
    oval(c, x + size * 0.34, y + size * 0.02, size * 0.22, size * 0.16, OCHRE);
    line(c, x + size * 0.5, y + size * 0.03, x + size, y + size * 0.07,
         size * 0.06, BROWN);
    line(c, x + size * 0.1, y - size * 0.55, x + size * 0.3, y + size * 0.5,
         size * 0.035, PAPER);
}

static void cello(cairo_t *c, double x, double y, double size)
{
    oval(c, x, y - size * 0.28, size * 0.24, size * 0.26, BRICK);
    oval(c, x, y - size * 0.62, size * 0.18, size * 0.2, BRICK);
    line(c, x, y, x, y - size * 1.25, size * 0.06, BROWN);
    line(c, x - size * 0.4, y - size * 0.38, x + size * 0.36, y - size * 0.56,
         size * 0.035, PAPER);
}

void scene_orchestra(cairo_t *c)
{
    bands(c, 0, 430, mix(OCHRE, PAPER, 0.15), PAPER, 5, 180);
    peak(c, &(struct peak){250, 60, 700, 380, mix(MIST, ROSE, 0.3), SLATE, 0.4,
                           181});
    peak(c, &(struct peak){1010, 110, 760, 340, mix(MIST, ROSE, 0.3), SLATE,
                           0.4, 182});
    ridge(c, &(struct ridge){400, 40, 330, SAGE, 183});
    house(c, &(struct house){80, 470, 180, 110, 60, PAPER, MIST, BRICK, NIGHT,
                             3, 1});
    house(c, &(struct house){1010, 466, 200, 120, 64, SAND, BROWN, RED, NIGHT,
                             3, 1});
    rect(c, 0, 462, PICTURE_WIDTH, 392, mix(GREEN, SAGE, 0.35));
    for (int i = 0; i < 9; i++) {
        double x = 250 + 98 * i;
        bust(c, x, 540 - 22 * sin(M_PI * i / 8), 92, i % 2 ? INK : NIGHT);
        if (i % 3 == 1)
            SHAPE(c, OCHRE, x + 14, 470, x + 66, 420, x + 84, 452, x + 24, 486);
    }
    for (int i = 0; i < 7; i++) {
        double x = 190 + 150 * i;
        double y = 690 - 30 * sin(M_PI * i / 6);
        bust(c, x, y, 140, i % 2 ? NIGHT : INK);
        if (i < 4)
            violin(c, x + 14, y - 72, 84);
        else
            cello(c, x + 46, y + 10, 150);
    }
    SHAPE(c, BROWN, 540, 800, 740, 800, 760, 854, 520, 854);
    figure(c, 640, 806, 310, INK, &pose_cheer);
    line(c, 686, 462, 724, 396, 5, PAPER);
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 4; k++)
            bust(c, (i ? 900 : 60) + 108 * k, 880, 124,
                 k % 2 ? mix(BRICK, INK, 0.3) : mix(FOREST, INK, 0.3));
}

static void shelf(cairo_t *c, double x, double y, double w, double h,
                  uint32_t seed)
{
    static const uint32_t spines[] = {RED,  TEAL,  OCHRE, PAPER, BRICK,
                                      SAGE, NIGHT, SAND,  DUSK};
    double at = x + 6;
    for (int i = 0; at < x + w - 22; i++) {
        double thick = 11 + 15 * chance(seed, i);
        double tall = h * (0.62 + 0.3 * chance(seed + 1, i));
        uint32_t colour = spines[(int)(9 * chance(seed + 2, i))];
        rect(c, at, y - tall, thick - 2, tall, colour);
        rect(c, at, y - tall * 0.8, thick - 2, 5, mix(colour, INK, 0.4));
        at += thick;
    }
    rect(c, x, y, w, 10, BROWN);
    rect(c, x, y + 8, w, 5, INK);
}

void scene_library(cairo_t *c)
{
    paint(c, mix(BROWN, INK, 0.35));
    for (int row = 0; row < 5; row++) {
        shelf(c, 30, 150 + 132 * row, 400, 116, 190 + row * 5);
        shelf(c, 850, 150 + 132 * row, 400, 116, 230 + row * 5);
    }
    rect(c, 440, 0, 400, 700, mix(BROWN, BRICK, 0.4));
    arch(c, 470, 50, 340, 600, PAPER);
    arch(c, 484, 64, 312, 580, mix(MIST, SLATE, 0.3));
    SHAPE(c, mix(SLATE, TEAL, 0.4), 484, 520, 600, 440, 796, 500, 796, 644, 484,
          644);
    for (int i = 0; i < 40; i++)
        gouge(c, 490 + 300 * chance(3, i), 110 + 500 * chance(4, i), 38, 3, 1.8,
              SNOW);
    rect(c, 634, 64, 12, 580, PAPER);
    rect(c, 484, 330, 312, 12, PAPER);
    rect(c, 0, 690, PICTURE_WIDTH, 164, mix(BRICK, BROWN, 0.5));
    line(c, 250, 60, 330, 760, 12, OCHRE); /* the ladder */
    line(c, 330, 60, 410, 760, 12, OCHRE);
    for (int i = 0; i < 9; i++)
        line(c, 258 + 9 * i, 130 + 74 * i, 338 + 9 * i, 130 + 74 * i, 8, OCHRE);
    figure(c, 352, 470, 210, INK, &pose_reach);
    rect(c, 560, 640, 560, 18, OCHRE);
    rect(c, 580, 658, 18, 150, BROWN);
    rect(c, 1080, 658, 18, 150, BROWN);
    SHAPE(c, PAPER, 700, 628, 780, 612, 780, 640, 700, 640);
    SHAPE(c, PAPER, 860, 628, 780, 612, 780, 640, 860, 640);
    bust(c, 780, 612, 170, RED);
    disc(c, 780, 490, 45, BROWN);
    line(c, 960, 640, 960, 560, 8, INK);
    SHAPE(c, GREEN, 900, 560, 930, 520, 990, 520, 1020, 560);
    SHAPE(c, BRICK, 1170, 700, 1250, 700, 1240, 836, 1180, 836);
    static const uint32_t canopies[] = {TEAL, OCHRE, RED, SAGE};
    for (int i = 0; i < 4; i++) {
        line(c, 1182 + 18 * i, 720, 1174 + 24 * i, 560, 5, INK);
        gouge(c, 1178 + 21 * i, 660, 130, 26, -1.6 + 0.05 * i, canopies[i]);
        bow(c, 1174 + 24 * i, 562, 1178 + 24 * i, 540, 1190 + 24 * i, 556, 5,
            OCHRE);
    }
}

void scene_museum(cairo_t *c)
{
    paint(c, PAPER);
    SHAPE(c, mix(SAND, PAPER, 0.5), 0, 0, 330, 160, 330, 600, 0, 854);
    SHAPE(c, mix(SAND, BROWN, 0.2), 1280, 0, 950, 160, 950, 600, 1280, 854);
    SHAPE(c, mix(OCHRE, BROWN, 0.3), 0, 854, 330, 600, 950, 600, 1280, 854);
    SHAPE(c, mix(MIST, PAPER, 0.4), 0, 0, 1280, 0, 950, 160, 330, 160);
    for (int i = 0; i < 4; i++)
        SHAPE(c, SNOW, 280 + 190 * i, 20, 420 + 190 * i, 20, 430 + 122 * i + 60,
              130, 400 + 122 * i - 10, 130);
    for (int i = 0; i < 6; i++)
        line(c, 330 + 124 * i, 600, -300 + 376 * i, 854, 4,
             mix(OCHRE, BROWN, 0.6));
    for (int i = 0; i < 3; i++) { /* paler places where pictures hung */
        rect(c, 380 + 180 * i, 240, 130, 160 - 30 * (i % 2), SNOW);
        disc(c, 445 + 180 * i, 232, 4, INK);
    }
    SHAPE(c, mix(SAND, PAPER, 0.85), 60, 250, 250, 280, 250, 480, 60, 520);
    SHAPE(c, mix(SAND, PAPER, 0.4), 1220, 250, 1030, 280, 1030, 480, 1220, 520);
    cairo_save(c);
    ink_thin(c, OCHRE, 0.28);
    SHAPE_PATH(c, 600, 130, 680, 130, 850, 720, 430, 720);
    cairo_fill(c);
    cairo_restore(c);
    oval(c, 640, 726, 170, 24, mix(OCHRE, BROWN, 0.65));
    SHAPE(c, SNOW, 560, 560, 720, 560, 736, 720, 544, 720);
    SHAPE(c, MIST, 660, 560, 720, 560, 736, 720, 668, 720);
    oval(c, 640, 470, 62, 74, BRICK); /* the jug */
    rect(c, 612, 370, 56, 50, BRICK);
    SHAPE(c, BRICK, 596, 362, 690, 352, 668, 382, 612, 382);
    bow(c, 690, 376, 760, 420, 694, 480, 13, BRICK);
    SHAPE(c, BRICK, 606, 530, 674, 530, 684, 560, 596, 560);
    for (int i = 0; i < 5; i++)
        gouge(c, 594 + 23 * i, 470, 36, 12, i % 2 ? 0.9 : -0.9, OCHRE);
    gouge(c, 604, 470, 90, 12, -1.5, mix(BRICK, ROSE, 0.6));
    figure(c, 330, 800, 300, INK, &pose_stand);
    figure(c, 430, 770, 200, TEAL, &pose_stand);
    figure(c, 900, 800, 300, NIGHT, &pose_reach);
    figure(c, 1020, 812, 310, BRICK, &pose_stand);
}
