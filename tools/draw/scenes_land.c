// SPDX-License-Identifier: Apache-2.0
/* Water, hills, weather, and what grows there. */
#include <math.h>

#include "scenes.h"
#include "stock.h"

void scene_flood_town(cairo_t *c)
{
    bands(c, 0, 470, SLATE, PALE, 6, 3);
    cloud(c, 300, 170, 620, 90, mix(SLATE, NIGHT, 0.5), 4);
    cloud(c, 930, 120, 760, 80, mix(SLATE, NIGHT, 0.7), 8);
    ridge(c, &(struct ridge){400, 90, 300, mix(MIST, SLATE, 0.35), 21});
    ridge(c, &(struct ridge){450, 50, 220, SLATE, 5});
    const uint32_t walls[] = {ROSE, PAPER, OCHRE, SAND, BRICK, PAPER, ROSE};
    double x = 60;
    for (int i = 0; i < 7; i++) {
        double w = 120 + 50 * chance(7, i);
        double h = 150 + 90 * chance(8, i);
        uint32_t wall = walls[i];
        house(c, &(struct house){x, 560, w, h, 52, wall, mix(wall, INK, 0.3),
                                 i % 2 ? BRICK : RED, NIGHT, 3, 2});
        x += w + (i == 3 ? 190 : 6);
    }
    steeple(c, 735, 560, 78, 250, PAPER, MIST, NIGHT);
    rect(c, 0, 560, PICTURE_WIDTH, 294, TEAL);
    reflect(c, 560, 294, 0.42);
    bands(c, 760, 854, mix(TEAL, NIGHT, 0.55), NIGHT, 2, 9);
    ripples(c, 566, 850, PALE, 74, 31);
    ripples(c, 590, 850, NIGHT, 40, 17);
    SHAPE(c, INK, 520, 690, 770, 690, 728, 736, 562, 736);
    SHAPE(c, RED, 512, 684, 778, 684, 770, 698, 520, 698);
    figure(c, 610, 712, 120, INK, &pose_sit);
    figure(c, 700, 712, 150, INK, &pose_reach);
    line(c, 765, 585, 800, 770, 6, BROWN);
    rain(c, mix(PALE, SLATE, 0.3), 90, 6);
}

static void road(cairo_t *c, uint32_t colour, double widen)
{
    cairo_new_path(c);
    cairo_move_to(c, 330 - widen, 854);
    cairo_curve_to(c, 520, 760, 1110 + widen, 760, 960 + widen, 660);
    cairo_curve_to(c, 840, 585, 500, 640, 560 - widen, 560);
    cairo_curve_to(c, 600, 515, 700, 520, 672, 468);
    cairo_curve_to(c, 722, 515, 660, 530, 628 + widen, 562);
    cairo_curve_to(c, 590, 610, 960, 570, 1090 + widen, 655);
    cairo_curve_to(c, 1240 + widen, 800, 760, 780, 700 + widen, 854);
    cairo_close_path(c);
    ink(c, colour);
    cairo_fill(c);
}

void scene_pass_dawn(cairo_t *c)
{
    bands(c, 0, 640, mix(DUSK, SLATE, 0.3), mix(SAND, ROSE, 0.25), 9, 2);
    disc(c, 672, 430, 92, mix(OCHRE, PAPER, 0.45));
    rays(c, 672, 430, 120, 330, 44, 7, mix(SAND, PAPER, 0.35));
    peak(c, &(struct peak){240, 130, 900, 560, mix(ROSE, DUSK, 0.35),
                           mix(DUSK, NIGHT, 0.4), 0.4, 11});
    peak(c, &(struct peak){1100, 80, 960, 640, mix(ROSE, DUSK, 0.25),
                           mix(DUSK, NIGHT, 0.5), 0.42, 23});
    ridge(c, &(struct ridge){540, 60, 330, mix(DUSK, NIGHT, 0.45), 41});
    ridge(c, &(struct ridge){640, 70, 420, mix(NIGHT, FOREST, 0.3), 44});
    ridge(c, &(struct ridge){790, 40, 520, INK, 52});
    road(c, INK, 8);
    road(c, mix(SAND, ROSE, 0.3), 0);
    for (int i = 0; i < 9; i++)
        fir(c, 40 + 46 * i + 14 * chance(3, i), 870 - 12 * chance(4, i),
            150 + 90 * chance(5, i), INK, mix(FOREST, INK, 0.3));
    for (int i = 0; i < 7; i++)
        fir(c, 960 + 52 * i, 880, 140 + 120 * chance(6, i), INK,
            mix(FOREST, INK, 0.3));
    rect(c, 948, 626, 74, 36, RED); /* the bread van */
    rect(c, 1022, 638, 24, 24, mix(RED, INK, 0.2));
    rect(c, 958, 632, 40, 12, PAPER);
    disc(c, 966, 664, 8, INK);
    disc(c, 1028, 664, 8, INK);
}

static void snow_house(cairo_t *c, double x, double y, double w, uint32_t wall)
{
    double h = w * 0.6;
    rect(c, x, y - h, w, h, wall);
    rect(c, x + w * 0.75, y - h, w * 0.25, h, mix(wall, INK, 0.35));
    rect(c, x + w * 0.2, y - h * 0.68, w * 0.15, h * 0.34, OCHRE);
    rect(c, x + w * 0.48, y - h * 0.68, w * 0.15, h * 0.34, OCHRE);
    rect(c, x + w * 0.7, y - h - w * 0.52, w * 0.1, w * 0.4, BROWN);
    SHAPE(c, SNOW, x - w * 0.12, y - h + w * 0.02, x + w * 0.5, y - h - w * 0.5,
          x + w * 1.12, y - h + w * 0.02);
    SHAPE(c, mix(MIST, DUSK, 0.25), x + w * 0.55, y - h + w * 0.02, x + w * 0.5,
          y - h - w * 0.5, x + w * 1.12, y - h + w * 0.02);
    bow(c, x + w * 0.75, y - h - w * 0.56, x + w * 0.6, y - h - w * 0.85,
        x + w * 0.95, y - h - w * 1.15, w * 0.05, MIST);
}

void scene_snow_village(cairo_t *c)
{
    bands(c, 0, 560, NIGHT, mix(DUSK, MIST, 0.4), 6, 12);
    disc(c, 1040, 140, 52, PAPER);
    disc(c, 1018, 130, 46, mix(NIGHT, DUSK, 0.35));
    peak(c, &(struct peak){420, 90, 1150, 560, mix(MIST, DUSK, 0.3),
                           mix(DUSK, NIGHT, 0.35), 0.5, 61});
    peak(c, &(struct peak){1020, 220, 900, 430, mix(MIST, DUSK, 0.4),
                           mix(DUSK, NIGHT, 0.45), 0.42, 67});
    ridge(c, &(struct ridge){545, 45, 300, mix(MIST, DUSK, 0.3), 14});
    for (int i = 0; i < 24; i++)
        fir(c, 20 + 54 * i + 16 * chance(2, i), 590 + 24 * chance(3, i),
            70 + 50 * chance(4, i), mix(NIGHT, FOREST, 0.4), PALE);
    ridge(c, &(struct ridge){610, 26, 380, mix(SNOW, MIST, 0.35), 19});
    snow_house(c, 190, 660, 130, BROWN);
    snow_house(c, 420, 640, 110, BRICK);
    snow_house(c, 610, 668, 150, BROWN);
    snow_house(c, 900, 650, 120, BRICK);
    ridge(c, &(struct ridge){730, 30, 460, SNOW, 27});
    snow_house(c, 110, 800, 210, BRICK);
    snow_house(c, 920, 808, 230, BROWN);
    bow(c, 560, 854, 700, 740, 500, 690, 40, mix(MIST, SNOW, 0.4));
    figure(c, 620, 812, 96, INK, &pose_walk);
    line(c, 640, 760, 662, 815, 4, INK);
    snowfall(c, SNOW, 230, 33);
}

/* A row of vines as a hedge that grows towards the reader. */
static void vine_row(cairo_t *c, double top_x, double foot_x, double horizon,
                     uint32_t seed)
{
    enum { VINES = 34 };
    static const uint32_t leaves[] = {GREEN, SAGE, OCHRE, GREEN, FOREST, BRICK};
    for (int i = 0; i < VINES; i++) {
        double t = pow((i + 1.0) / VINES, 2.3);
        double x = top_x + (foot_x - top_x) * t;
        double y = horizon + (880 - horizon) * t;
        double size = 5 + 76 * t;
        if (i % 3 == 0)
            line(c, x, y, x, y - size * 1.9, size * 0.07, BROWN);
        for (uint32_t k = 0; k < 5; k++) {
            uint32_t leaf = leaves[(int)(6 * chance(seed + k, i))];
            double dx = (chance(seed + 20 + k, i) - 0.5) * size * 0.9;
            double dy = size * (0.55 + 0.26 * k);
            oval(c, x + dx, y - dy, size * 0.42, size * 0.3, leaf);
            gouge(c, x + dx - size * 0.1, y - dy - size * 0.06, size * 0.4,
                  size * 0.08, -0.5, mix(leaf, PAPER, 0.4));
        }
        for (int k = 0; k < 5 && i % 2; k++)
            disc(c, x + size * (0.06 * (k % 3) - 0.1),
                 y - size * (0.72 - 0.1 * k), size * 0.085, DUSK);
    }
}

static void vine_rows(cairo_t *c, double horizon, double vanish_x)
{
    for (int step = 5; step >= 0; step--) {
        vine_row(c, vanish_x - 30 - step * 46, vanish_x - 230 - step * 330,
                 horizon, 200 + step);
        vine_row(c, vanish_x + 30 + step * 46, vanish_x + 230 + step * 330,
                 horizon, 300 + step);
    }
}

static void basket(cairo_t *c, double x, double y, double w)
{
    for (int i = 0; i < 9; i++)
        disc(c, x + w * (0.12 + 0.095 * i), y - w * 0.5 - w * 0.09 * (i % 2),
             w * 0.11, i % 2 ? DUSK : mix(DUSK, INK, 0.4));
    SHAPE(c, OCHRE, x, y - w * 0.5, x + w, y - w * 0.5, x + w * 0.84, y,
          x + w * 0.16, y);
    for (int i = 0; i < 3; i++)
        line(c, x + w * (0.05 + 0.04 * i), y - w * (0.4 - 0.14 * i),
             x + w * (0.95 - 0.04 * i), y - w * (0.4 - 0.14 * i), w * 0.025,
             BROWN);
}

void scene_vineyard(cairo_t *c)
{
    bands(c, 0, 400, mix(MIST, TEAL, 0.25), SAND, 7, 5);
    disc(c, 985, 190, 72, mix(OCHRE, PAPER, 0.3));
    peak(c, &(struct peak){300, 150, 900, 300, MIST, SLATE, 0.3, 7});
    ridge(c, &(struct ridge){330, 60, 300, mix(SLATE, SAGE, 0.4), 8});
    ridge(c, &(struct ridge){385, 40, 260, GREEN, 13});
    for (int i = 0; i < 9; i++)
        poplar(c, 820 + 34 * i, 415, 100 + 40 * chance(9, i), FOREST, GREEN);
    rect(c, 520, 350, 96, 60, PAPER);
    SHAPE(c, RED, 508, 352, 540, 318, 600, 318, 630, 352);
    rect(c, 0, 408, PICTURE_WIDTH, 446, mix(SAND, OCHRE, 0.35));
    vine_rows(c, 408, 660);
    figure(c, 626, 800, 250, INK, &pose_carry);
    basket(c, 650, 706, 116);
    figure(c, 730, 640, 150, NIGHT, &pose_reach);
    basket(c, 560, 846, 150);
}

void scene_orchard_frost(cairo_t *c)
{
    bands(c, 0, 520, mix(TEAL, NIGHT, 0.25), mix(ROSE, PAPER, 0.5), 8, 15);
    disc(c, 240, 430, 70, mix(RED, ROSE, 0.4));
    ridge(c, &(struct ridge){440, 60, 340, mix(MIST, SLATE, 0.4), 16});
    ridge(c, &(struct ridge){520, 30, 420, mix(MIST, SNOW, 0.3), 18});
    hatch(c, &(struct hatch){0, 545, 1280, 320, 0.04, 24, 70, 5,
                             mix(MIST, SLATE, 0.4), 20});
    for (int row = 0; row < 3; row++) {
        double y = 590 + 95 * row;
        double size = 190 + 110 * row;
        int count = 7 - row * 2;
        for (int i = 0; i < count; i++) {
            double x = 1280.0 * (i + 0.5) / count + 40 * (row % 2);
            oval(c, x + size * 0.2, y + 4, size * 0.42, size * 0.045,
                 mix(MIST, DUSK, 0.4));
            bare_tree(c, x, y, size, row == 2 ? INK : mix(NIGHT, SLATE, 0.4),
                      100 + i + row * 10);
            for (int k = 0; k < 9; k++) {
                double away = 0.34 * size * sqrt(chance(k + row, i));
                double turn = 6.28 * chance(k + 40, i + row * 9);
                disc(c, x + away * cos(turn),
                     y - size * 0.62 + away * 0.8 * sin(turn), size * 0.026,
                     RED);
                disc(c, x + away * cos(turn),
                     y - size * 0.635 + away * 0.8 * sin(turn), size * 0.014,
                     SNOW);
            }
        }
    }
    figure(c, 800, 815, 190, INK, &pose_stand);
    rect(c, 860, 770, 60, 42, BROWN);
    snowfall(c, SNOW, 60, 12);
}

static void turbine(cairo_t *c, double x, double y, double h, double turn)
{
    SHAPE(c, SNOW, x - h * 0.02, y, x - h * 0.008, y - h, x + h * 0.008, y - h,
          x + h * 0.02, y);
    SHAPE(c, MIST, x + h * 0.003, y, x + h * 0.002, y - h, x + h * 0.008, y - h,
          x + h * 0.02, y);
    for (int i = 0; i < 3; i++) {
        double angle = turn + i * 2 * M_PI / 3;
        double reach = h * 0.29;
        gouge(c, x + reach * cos(angle), y - h + reach * sin(angle),
              reach * 2.05, h * 0.035, angle, SNOW);
    }
    disc(c, x, y - h, h * 0.022, RED);
}

void scene_wind_hill(cairo_t *c)
{
    bands(c, 0, 560, TEAL, PAPER, 8, 31);
    cloud(c, 280, 230, 360, 60, PAPER, 3);
    cloud(c, 1000, 160, 420, 66, PAPER, 5);
    ridge(c, &(struct ridge){520, 60, 330, mix(MIST, TEAL, 0.4), 32});
    turbine(c, 1090, 560, 250, 0.4);
    turbine(c, 930, 540, 210, 1.5);
    turbine(c, 120, 545, 230, 0.9);
    ridge(c, &(struct ridge){590, 70, 440, SAGE, 37});
    cairo_save(c);
    hatch(c, &(struct hatch){0, 660, 1280, 90, -0.15, 18, 60, 6, GREEN, 2});
    cairo_restore(c);
    turbine(c, 700, 640, 520, 0.2);
    turbine(c, 380, 650, 430, 1.25);
    ridge(c, &(struct ridge){740, 60, 520, GREEN, 41});
    hatch(c, &(struct hatch){0, 800, 1280, 60, -0.1, 16, 70, 7, FOREST, 4});
    for (int i = 0; i < 5; i++) {
        double x = 150 + 92 * i + 30 * chance(8, i);
        double y = 775 + 16 * chance(9, i);
        oval(c, x, y - 26, 30, 18, SNOW); /* sheep */
        disc(c, x + 30, y - 34, 10, INK);
        line(c, x - 14, y - 12, x - 14, y, 5, INK);
        line(c, x + 14, y - 12, x + 14, y, 5, INK);
    }
    figure(c, 720, 800, 130, INK, &pose_stand);
    line(c, 752, 690, 748, 806, 5, BROWN);
    round_tree(c, 1120, 830, 210, FOREST, SAGE);
}

void scene_dam(cairo_t *c)
{
    bands(c, 0, 330, INK, mix(NIGHT, SLATE, 0.5), 5, 44);
    for (int i = 0; i < 40; i++)
        disc(c, 1280 * chance(1, i), 260 * chance(2, i), 1.8, PAPER);
    ridge(c, &(struct ridge){230, 70, 330, NIGHT, 45});
    SHAPE(c, mix(SLATE, NIGHT, 0.3), 0, 120, 250, 300, 330, 854, 0, 854);
    SHAPE(c, mix(NIGHT, INK, 0.4), 1280, 90, 1030, 290, 940, 854, 1280, 854);
    SHAPE(c, MIST, 226, 300, 1054, 300, 985, 720, 300, 720);
    SHAPE(c, SLATE, 640, 300, 1054, 300, 985, 720, 690, 720);
    rect(c, 210, 282, 860, 26, PAPER);
    for (int i = 0; i < 13; i++)
        rect(c, 232 + 64 * i, 256, 6, 28, PAPER);
    rect(c, 210, 252, 860, 6, PAPER);
    for (int i = 0; i < 5; i++) {
        double x = 400 + 112 * i;
        arch(c, x, 372, 54, 70, INK);
        if (i == 0 || i == 4)
            continue;
        SHAPE(c, SNOW, x + 4, 400, x + 50, 400, x + 84, 760, x - 30, 760);
        for (int k = 0; k < 5; k++)
            gouge(c, x + 6 + 11 * k, 570, 280, 5, 1.57 + 0.05 * (2 - k), MIST);
    }
    rect(c, 0, 740, PICTURE_WIDTH, 114, TEAL);
    for (int i = 0; i < 26; i++)
        oval(c, 390 + 520 * chance(3, i), 742 + 18 * chance(4, i),
             26 + 20 * chance(5, i), 14, SNOW);
    ripples(c, 762, 850, PALE, 34, 46);
    hatch(c, &(struct hatch){0, 420, 250, 330, 1.25, 40, 60, 5, NIGHT, 6});
    rect(c, 600, 222, 80, 62, OCHRE); /* the gate house, a lamp lit */
    SHAPE(c, BRICK, 588, 224, 640, 184, 692, 224);
    rect(c, 628, 240, 24, 44, INK);
    figure(c, 740, 284, 62, INK, &pose_reach);
    figure(c, 780, 284, 60, INK, &pose_stand);
}

static void dripstone(cairo_t *c, double x, double y, double length,
                      double width, uint32_t colour)
{
    SHAPE(c, colour, x - width, y, x - width * 0.3, y + length * 0.55, x,
          y + length, x + width * 0.3, y + length * 0.5, x + width, y);
    gouge(c, x - width * 0.3, y + length * 0.35, length * 0.6, width * 0.2,
          1.5 + (length < 0 ? 0.1 : 0), mix(colour, SAND, 0.3));
}

void scene_cave(cairo_t *c)
{
    paint(c, INK);
    oval(c, 640, 470, 620, 400, mix(BROWN, INK, 0.55));
    oval(c, 660, 470, 490, 320, mix(BRICK, BROWN, 0.55));
    oval(c, 690, 470, 340, 235, mix(OCHRE, BRICK, 0.55));
    oval(c, 710, 470, 190, 140, mix(OCHRE, SAND, 0.4));
    for (int i = 0; i < 17; i++) {
        double x = 40 + 78 * i;
        double edge = fabs(x - 660) / 640;
        double length = 100 + 230 * edge * chance(71, i) + 60 * chance(72, i);
        dripstone(c, x, -10, length + 60, 22 + 26 * chance(73, i),
                  i % 2 ? INK : mix(BROWN, INK, 0.6));
    }
    SHAPE(c, mix(TEAL, INK, 0.45), 0, 690, 420, 600, 980, 596, 1280, 680, 1280,
          854, 0, 854);
    SHAPE(c, mix(OCHRE, TEAL, 0.35), 560, 604, 860, 602, 980, 854, 440, 854);
    ripples(c, 612, 850, mix(OCHRE, SAND, 0.5), 44, 74);
    ripples(c, 612, 850, INK, 30, 75);
    dripstone(c, 150, 770, -300, 50, INK);
    dripstone(c, 250, 790, -170, 40, mix(BROWN, INK, 0.6));
    dripstone(c, 1130, 780, -330, 60, INK);
    dripstone(c, 1040, 790, -150, 36, mix(BROWN, INK, 0.6));
    SHAPE(c, INK, 560, 700, 850, 700, 812, 742, 598, 742);
    figure(c, 660, 716, 130, INK, &pose_sit);
    figure(c, 762, 714, 172, INK, &pose_reach);
    disc(c, 842, 592, 30, mix(OCHRE, PAPER, 0.35));
    disc(c, 842, 592, 15, SNOW);
    rays(c, 842, 592, 38, 84, 14, 5, PAPER);
    line(c, 690, 620, 560, 760, 5, BROWN);
}
