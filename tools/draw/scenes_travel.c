// SPDX-License-Identifier: Apache-2.0
/* Rails, ships, roads, and the things on hills that listen and look. */
#include <math.h>

#include "scenes.h"
#include "stock.h"

static void carriage(cairo_t *c, double x, double y, double w, double h,
                     uint32_t colour, uint32_t window)
{
    rect(c, x, y - h, w, h, colour);
    rect(c, x, y - h, w, h * 0.14, mix(colour, INK, 0.45));
    rect(c, x, y - h * 0.24, w, h * 0.06, PAPER);
    for (int i = 0; i < 6; i++)
        rect(c, x + w * (0.05 + 0.158 * i), y - h * 0.74, w * 0.1, h * 0.36,
             window);
    for (int i = 0; i < 4; i++)
        disc(c, x + w * (0.12 + 0.09 * (i % 2) + 0.67 * (i / 2)), y + h * 0.04,
             h * 0.13, INK);
}

static void locomotive(cairo_t *c, double x, double y, double w, double h,
                       uint32_t colour)
{
    SHAPE(c, colour, x, y, x, y - h, x + w * 0.66, y - h, x + w * 0.94,
          y - h * 0.52, x + w, y - h * 0.14, x + w, y);
    rect(c, x, y - h * 0.24, w * 0.99, h * 0.07, PAPER);
    SHAPE(c, NIGHT, x + w * 0.56, y - h * 0.82, x + w * 0.68, y - h * 0.82,
          x + w * 0.86, y - h * 0.5, x + w * 0.56, y - h * 0.5);
    disc(c, x + w * 0.95, y - h * 0.34, h * 0.08, mix(OCHRE, PAPER, 0.5));
    for (int i = 0; i < 5; i++)
        disc(c, x + w * (0.1 + 0.2 * i), y + h * 0.04, h * 0.14, INK);
}

static void truss(cairo_t *c, double x, double y, double w, double h)
{
    bow(c, x, y, x + w / 2, y - h * 2, x + w, y, 13, BRICK);
    for (int i = 1; i < 8; i++) {
        double t = i / 8.0;
        double top = y - 4 * h * t * (1 - t);
        line(c, x + w * t, y, x + w * t, top, 6, BRICK);
        double t2 = (i + (i < 4 ? 1 : -1)) / 8.0;
        if (i != 4)
            line(c, x + w * t, y, x + w * t2, y - 4 * h * t2 * (1 - t2), 4,
                 mix(BRICK, INK, 0.3));
    }
}

void scene_railway_bridge(cairo_t *c)
{
    bands(c, 0, 600, mix(OCHRE, ROSE, 0.4), PAPER, 8, 51);
    disc(c, 900, 300, 96, SNOW);
    ridge(c, &(struct ridge){440, 120, 330, mix(ROSE, MIST, 0.5), 52});
    ridge(c, &(struct ridge){520, 70, 280, mix(MIST, SLATE, 0.5), 56});
    ridge(c, &(struct ridge){600, 30, 300, mix(SLATE, GREEN, 0.6), 59});
    for (int i = 0; i < 3; i++)
        truss(c, 40 + 400 * i, 420, 400, 105);
    for (int i = 0; i < 3; i++)
        carriage(c, 40 + 186 * i, 406, 178, 66, GREEN, PAPER);
    locomotive(c, 600, 406, 210, 68, RED);
    rect(c, 0, 414, PICTURE_WIDTH, 26, INK);
    for (int i = 0; i < 4; i++) {
        double x = 40 + 400 * i;
        SHAPE(c, SAND, x - 26, 440, x + 26, 440, x + 44, 660, x - 44, 660);
        SHAPE(c, BROWN, x + 6, 440, x + 26, 440, x + 44, 660, x + 12, 660);
        hatch(c, &(struct hatch){x - 24, 460, 26, 190, 0, 18, 22, 3,
                                 mix(SAND, BROWN, 0.5), 60 + i});
    }
    rect(c, 0, 655, PICTURE_WIDTH, 199, TEAL);
    reflect(c, 655, 199, 0.5);
    ripples(c, 662, 850, PAPER, 54, 61);
    ripples(c, 680, 850, mix(TEAL, INK, 0.5), 34, 62);
    SHAPE(c, INK, 270, 770, 420, 770, 396, 794, 292, 794);
    figure(c, 340, 782, 84, INK, &pose_sit);
    line(c, 366, 742, 450, 700, 3, INK);
    for (int i = 0; i < 5; i++)
        cloud(c, 170 + 110 * i, 330 - 16 * i, 150, 30 + 2 * i, SNOW, 63 + i);
}

void scene_night_train(cairo_t *c)
{
    bands(c, 0, 660, INK, mix(DUSK, TEAL, 0.35), 8, 64);
    for (int i = 0; i < 70; i++)
        disc(c, 1280 * chance(65, i), 380 * chance(66, i),
             1 + 1.6 * chance(67, i), PAPER);
    disc(c, 250, 190, 74, PAPER);
    disc(c, 230, 176, 12, SAND);
    disc(c, 276, 214, 17, SAND);
    peak(c, &(struct peak){900, 200, 980, 420, mix(DUSK, MIST, 0.3),
                           mix(NIGHT, DUSK, 0.4), 0.4, 68});
    ridge(c, &(struct ridge){520, 70, 360, mix(NIGHT, TEAL, 0.3), 69});
    ridge(c, &(struct ridge){590, 40, 300, mix(FOREST, INK, 0.45), 71});
    for (int i = 0; i < 3; i++)
        carriage(c, -130 + 350 * i, 690, 338, 130, mix(NIGHT, TEAL, 0.45),
                 mix(OCHRE, PAPER, 0.3));
    locomotive(c, 922, 690, 310, 132, RED);
    SHAPE(c, mix(OCHRE, PAPER, 0.35), 1222, 644, 1280, 606, 1280, 706);
    rect(c, 0, 706, PICTURE_WIDTH, 10, INK);
    rect(c, 0, 716, PICTURE_WIDTH, 138, mix(FOREST, INK, 0.6));
    for (int i = 0; i < 20; i++) {
        rect(c, 64.0 * i, 716, 40, 10, BROWN);
        if (i < 14)
            SHAPE(c, mix(OCHRE, INK, 0.45), 20.0 + 59 * i, 740, 48.0 + 59 * i,
                  740, 26.0 + 59 * i, 800, -20.0 + 59 * i, 800);
    }
    hatch(c, &(struct hatch){0, 800, 1280, 60, -0.2, 14, 46, 6,
                             mix(GREEN, INK, 0.4), 72});
    bust(c, 316, 648, 40, INK);
    bust(c, 556, 648, 40, INK);
    bust(c, 718, 648, 38, INK);
    fir(c, 60, 900, 330, INK, mix(FOREST, INK, 0.5));
    fir(c, 170, 920, 250, INK, mix(FOREST, INK, 0.5));
    fir(c, 1190, 940, 260, INK, mix(FOREST, INK, 0.5));
}

static void crane(cairo_t *c, double x, double y, double h, uint32_t colour)
{
    double w = h * 0.34;
    line(c, x, y, x + w * 0.25, y - h * 0.62, 13, colour);
    line(c, x + w, y, x + w * 0.75, y - h * 0.62, 13, colour);
    for (int i = 0; i < 4; i++) {
        double t = i / 4.0;
        line(c, x + w * 0.25 * t, y - h * 0.62 * t,
             x + w - w * 0.25 * (t + 0.2), y - h * 0.62 * (t + 0.22), 5,
             colour);
    }
    rect(c, x - w * 0.1, y - h * 0.66, w * 1.2, h * 0.05, colour);
    rect(c, x + w * 0.2, y - h * 0.8, w * 0.6, h * 0.15, mix(colour, INK, 0.3));
    rect(c, x + w * 0.26, y - h * 0.77, w * 0.2, h * 0.07, PAPER);
    line(c, x + w * 0.6, y - h * 0.8, x - w * 1.5, y - h * 1.12, 11, colour);
    line(c, x + w * 0.6, y - h * 0.8, x + w * 0.55, y - h * 1.1, 8, colour);
    line(c, x + w * 0.55, y - h * 1.1, x - w * 1.5, y - h * 1.12, 3, INK);
    line(c, x - w * 1.46, y - h * 1.1, x - w * 1.46, y - h * 0.62, 3, INK);
}

static void crates(cairo_t *c, double x, double y, double w, double h,
                   int columns, int rows, uint32_t seed)
{
    static const uint32_t paints[] = {RED, OCHRE, TEAL, PAPER, BRICK, SAGE};
    for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns - row % 2; i++) {
            uint32_t paint_of =
                paints[(int)(6 * chance(seed, i + row * columns))];
            double left = x + (w + 3) * (i + 0.5 * (row % 2));
            double top = y - (h + 3) * (row + 1);
            rect(c, left, top, w, h, paint_of);
            for (int k = 1; k < 6; k++)
                rect(c, left + w * k / 6, top + 5, 2.5, h - 10,
                     mix(paint_of, INK, 0.35));
        }
    }
}

void scene_harbour(cairo_t *c)
{
    bands(c, 0, 560, mix(OCHRE, PAPER, 0.15), PAPER, 7, 81);
    disc(c, 300, 260, 110, mix(RED, ROSE, 0.35));
    ridge(c, &(struct ridge){500, 60, 380, mix(MIST, ROSE, 0.3), 82});
    cloud(c, 860, 130, 380, 46, SNOW, 83);
    crane(c, 860, 640, 400, mix(TEAL, SLATE, 0.4));
    crane(c, 1090, 640, 430, NIGHT);
    rect(c, 0, 600, PICTURE_WIDTH, 254, mix(TEAL, SLATE, 0.25));
    SHAPE(c, INK, 120, 560, 800, 560, 756, 690, 190, 690);
    SHAPE(c, RED, 168, 648, 770, 648, 756, 690, 190, 690);
    crates(c, 270, 558, 74, 38, 6, 3, 84);
    rect(c, 150, 420, 96, 140, PAPER);
    rect(c, 150, 420, 96, 18, RED);
    for (int i = 0; i < 3; i++)
        rect(c, 160, 454 + 34 * i, 76, 14, NIGHT);
    rect(c, 182, 372, 34, 50, RED);
    reflect(c, 690, 164, 0.35);
    ripples(c, 640, 850, SNOW, 50, 85);
    ripples(c, 700, 850, NIGHT, 30, 86);
    SHAPE(c, BROWN, 800, 640, 1280, 640, 1280, 790, 860, 790);
    SHAPE(c, SAND, 800, 622, 1280, 622, 1280, 650, 800, 650);
    crates(c, 1010, 620, 84, 44, 3, 2, 88);
    figure(c, 900, 622, 92, INK, &pose_reach);
    figure(c, 950, 622, 92, NIGHT, &pose_stand);
    for (int i = 0; i < 6; i++) {
        double x = 420 + 60 * i;
        double y = 180 + 40 * chance(87, i);
        bow(c, x - 22, y - 6, x - 10, y - 14, x, y, 4, INK);
        bow(c, x + 22, y - 6, x + 10, y - 14, x, y, 4, INK);
    }
}

void scene_lighthouse(cairo_t *c)
{
    bands(c, 0, 560, INK, DUSK, 7, 91);
    cairo_save(c);
    ink_thin(c, mix(OCHRE, PAPER, 0.6), 0.85);
    SHAPE_PATH(c, 905, 236, 0, 60, 0, 330);
    cairo_fill(c);
    ink_thin(c, mix(OCHRE, PAPER, 0.6), 0.4);
    SHAPE_PATH(c, 905, 236, 1280, 150, 1280, 300);
    cairo_fill(c);
    cairo_restore(c);
    cloud(c, 330, 130, 520, 70, mix(NIGHT, DUSK, 0.5), 92);
    cloud(c, 1080, 420, 460, 50, mix(NIGHT, DUSK, 0.6), 93);
    rect(c, 0, 540, PICTURE_WIDTH, 314, mix(TEAL, NIGHT, 0.45));
    ripples(c, 548, 850, MIST, 60, 94);
    SHAPE(c, INK, 700, 640, 800, 560, 880, 520, 990, 530, 1100, 600, 1280, 640,
          1280, 854, 600, 854);
    hatch(c, &(struct hatch){760, 580, 420, 230, 0.5, 28, 60, 6,
                             mix(SLATE, INK, 0.4), 95});
    SHAPE(c, PAPER, 868, 262, 942, 262, 966, 540, 846, 540);
    SHAPE(c, MIST, 916, 262, 942, 262, 966, 540, 924, 540);
    SHAPE(c, RED, 863, 320, 947, 320, 953, 386, 857, 386);
    SHAPE(c, RED, 852, 450, 958, 450, 964, 514, 847, 514);
    rect(c, 852, 254, 106, 12, INK);
    rect(c, 876, 208, 58, 48, mix(OCHRE, PAPER, 0.5));
    SHAPE(c, RED, 866, 210, 905, 170, 944, 210);
    line(c, 905, 208, 905, 256, 4, INK);
    for (int i = 0; i < 3; i++) {
        double y = 690 + 60 * i;
        bow(c, -40 + 80 * i, y, 200 + 60 * i, y - 90, 420 + 60 * i, y, 22,
            mix(TEAL, NIGHT, 0.3));
        bow(c, -40 + 80 * i, y - 10, 200 + 60 * i, y - 104, 410 + 60 * i,
            y - 12, 7, SNOW);
    }
    SHAPE(c, INK, 230, 606, 430, 606, 396, 654, 262, 654);
    rect(c, 280, 570, 90, 38, PAPER);
    for (int i = 0; i < 4; i++)
        rect(c, 290 + 20 * i, 580, 11, 12, OCHRE);
    line(c, 325, 570, 325, 510, 5, INK);
}

void scene_trawler(cairo_t *c)
{
    bands(c, 0, 500, mix(SLATE, TEAL, 0.4), PAPER, 7, 101);
    cloud(c, 220, 180, 420, 70, SNOW, 102);
    cloud(c, 1040, 250, 360, 54, SNOW, 103);
    ridge(c, &(struct ridge){480, 24, 500, mix(MIST, SLATE, 0.3), 104});
    rect(c, 0, 500, PICTURE_WIDTH, 354, TEAL);
    ripples(c, 506, 700, PALE, 40, 105);
    SHAPE(c, RED, 300, 500, 420, 540, 860, 540, 1000, 470, 950, 650, 380, 650);
    SHAPE(c, mix(RED, INK, 0.45), 352, 590, 968, 590, 950, 650, 380, 650);
    SHAPE(c, PAPER, 296, 494, 420, 536, 860, 536, 1004, 464, 1000, 484, 862,
          556, 418, 556, 302, 514);
    rect(c, 470, 400, 190, 140, PAPER);
    rect(c, 600, 400, 60, 140, MIST);
    for (int i = 0; i < 3; i++)
        rect(c, 486 + 54 * i, 426, 36, 40, NIGHT);
    SHAPE(c, OCHRE, 456, 404, 476, 376, 650, 376, 676, 404);
    line(c, 720, 538, 720, 220, 12, INK);
    line(c, 720, 300, 960, 380, 8, INK);
    line(c, 720, 232, 960, 376, 3, INK);
    line(c, 720, 232, 330, 500, 3, INK);
    SHAPE(c, RED, 724, 226, 790, 246, 724, 266);
    bow(c, 960, 380, 990, 560, 1010, 700, 7, INK);
    bow(c, 1010, 700, 1150, 560, 1290, 760, 16, INK); /* the cable, caught */
    bow(c, 1010, 696, 1150, 556, 1290, 756, 4, OCHRE);
    bow(c, 1010, 700, 800, 790, 560, 870, 16, INK);
    bow(c, 1010, 696, 800, 786, 560, 866, 4, OCHRE);
    figure(c, 800, 546, 120, INK, &pose_reach);
    figure(c, 880, 536, 116, NIGHT, &pose_cheer);
    for (int i = 0; i < 9; i++) {
        double x = -60 + 170 * i;
        bow(c, x, 690 + 20 * (i % 2), x + 80, 640, x + 175, 690, 12, PALE);
        bow(c, x - 60, 770, x + 40, 720 + 10 * (i % 2), x + 120, 774, 14,
            mix(TEAL, NIGHT, 0.6));
    }
    ripples(c, 700, 850, SNOW, 26, 106);
    for (int i = 0; i < 7; i++) {
        double x = 130 + 140 * chance(107, i) + 40 * i;
        double y = 300 + 110 * chance(108, i);
        bow(c, x - 24, y - 8, x - 10, y - 16, x, y, 4, INK);
        bow(c, x + 24, y - 8, x + 10, y - 16, x, y, 4, INK);
    }
}

void scene_radio_mast(cairo_t *c)
{
    bands(c, 0, 700, mix(RED, BRICK, 0.3), mix(OCHRE, PAPER, 0.45), 10, 111);
    for (int i = 1; i < 8; i++) {
        ink_thin(c, PAPER, 0.62 - 0.06 * i);
        cairo_set_line_width(c, 7);
        cairo_new_path(c);
        cairo_arc(c, 760, 130, 66 * i, 0, 2 * M_PI);
        cairo_stroke(c);
    }
    ridge(c, &(struct ridge){600, 60, 360, mix(BRICK, DUSK, 0.5), 112});
    ridge(c, &(struct ridge){680, 60, 460, mix(DUSK, NIGHT, 0.6), 115});
    for (int i = 0; i < 22; i++) {
        double t = i / 22.0;
        double t2 = (i + 1) / 22.0;
        double half = 8 + 44 * t;
        double half2 = 8 + 44 * t2;
        double y = 130 + 570 * t;
        double y2 = 130 + 570 * t2;
        uint32_t colour = i / 3 % 2 ? PAPER : INK;
        line(c, 760 - half, y, 760 - half2, y2, 8, colour);
        line(c, 760 + half, y, 760 + half2, y2, 8, colour);
        line(c, 760 - half, y, 760 + half2, y2, 4, colour);
        line(c, 760 + half, y, 760 - half2, y2, 4, colour);
    }
    disc(c, 760, 120, 13, SNOW);
    line(c, 760, 240, 430, 740, 2.5, INK);
    line(c, 760, 240, 1130, 720, 2.5, INK);
    line(c, 760, 430, 560, 740, 2.5, INK);
    line(c, 760, 430, 990, 730, 2.5, INK);
    ridge(c, &(struct ridge){760, 34, 500, INK, 118});
    house(c, &(struct house){880, 742, 170, 84, 46, mix(DUSK, PAPER, 0.5), DUSK,
                             NIGHT, mix(OCHRE, PAPER, 0.4), 3, 1});
    for (int i = 0; i < 7; i++)
        poplar(c, 120 + 50 * i, 790, 130 + 70 * chance(119, i), INK,
               mix(NIGHT, DUSK, 0.5));
    figure(c, 640, 776, 96, INK, &pose_cheer);
}

void scene_observatory(cairo_t *c)
{
    bands(c, 0, 660, INK, mix(TEAL, DUSK, 0.4), 8, 121);
    for (int i = 0; i < 14; i++) { /* stars turn about the pole */
        double r = 60 + 52 * i;
        for (int k = 0; k < 7; k++) {
            double start = 6.28 * chance(122 + i, k);
            ink_thin(c, k % 3 ? PAPER : mix(OCHRE, PAPER, 0.4), 0.85);
            cairo_set_line_width(c, 1.5 + 1.6 * chance(140 + i, k));
            cairo_new_path(c);
            cairo_arc(c, 420, 250, r, start, start + 0.22);
            cairo_stroke(c);
        }
    }
    disc(c, 420, 250, 5, SNOW);
    peak(c, &(struct peak){1120, 380, 780, 420, mix(DUSK, MIST, 0.2),
                           mix(NIGHT, DUSK, 0.3), 0.3, 123});
    ridge(c, &(struct ridge){650, 50, 460, mix(NIGHT, TEAL, 0.3), 124});
    ridge(c, &(struct ridge){735, 30, 520, INK, 127});
    rect(c, 700, 560, 300, 170, MIST);
    rect(c, 880, 560, 120, 170, SLATE);
    cairo_save(c);
    cairo_rectangle(c, 600, 300, 500, 262);
    cairo_clip(c);
    oval(c, 850, 562, 172, 176, PAPER);
    SHAPE_PATH(c, 880, 380, 1040, 380, 1040, 562, 920, 562);
    cairo_clip(c);
    oval(c, 850, 562, 172, 176, MIST);
    cairo_restore(c);
    SHAPE(c, INK, 740, 430, 810, 388, 880, 562, 800, 562);
    SHAPE(c, SLATE, 652, 372, 700, 334, 826, 520, 780, 546);
    SHAPE(c, PAPER, 644, 380, 708, 326, 716, 338, 654, 392);
    rect(c, 678, 552, 344, 18, INK);
    arch(c, 744, 620, 62, 110, INK);
    rect(c, 860, 620, 44, 44, mix(OCHRE, PAPER, 0.3));
    rect(c, 930, 620, 44, 44, mix(OCHRE, INK, 0.25));
    figure(c, 600, 762, 100, mix(SLATE, MIST, 0.4), &pose_stand);
    figure(c, 550, 768, 96, mix(SLATE, MIST, 0.4), &pose_reach);
    for (int i = 0; i < 9; i++)
        fir(c, 30 + 52 * i, 860, 120 + 70 * chance(128, i), INK,
            mix(NIGHT, TEAL, 0.4));
}

static void umbrella(cairo_t *c, double x, double y, double r, uint32_t colour)
{
    cairo_save(c);
    cairo_rectangle(c, x - r, y - r, r * 2, r);
    cairo_clip(c);
    oval(c, x, y, r, r * 0.62, colour);
    oval(c, x + r * 0.35, y, r * 0.64, r * 0.62, mix(colour, INK, 0.3));
    oval(c, x - r * 0.1, y, r * 0.45, r * 0.62, colour);
    cairo_restore(c);
    line(c, x, y, x, y + r * 0.95, 4, INK);
}

void scene_bus_rain(cairo_t *c)
{
    bands(c, 0, 620, NIGHT, SLATE, 5, 131);
    for (int i = 0; i < 6; i++)
        house(c, &(struct house){-40 + 228.0 * i, 600, 220,
                                 250 + 110 * chance(132, i), 46,
                                 mix(SLATE, NIGHT, 0.3 + 0.1 * (i % 3)),
                                 mix(SLATE, NIGHT, 0.7), INK,
                                 i % 2 ? mix(OCHRE, SLATE, 0.2) : NIGHT, 4, 4});
    rect(c, 0, 600, PICTURE_WIDTH, 254, mix(NIGHT, INK, 0.4));
    rect(c, 60, 330, 760, 300, RED);
    rect(c, 60, 330, 760, 34, PAPER);
    rect(c, 60, 560, 760, 14, PAPER);
    for (int i = 0; i < 5; i++)
        rect(c, 86 + 128 * i, 388, 112, 110, mix(OCHRE, PAPER, 0.45));
    rect(c, 726, 388, 74, 226, mix(OCHRE, PAPER, 0.6));
    line(c, 763, 388, 763, 614, 5, RED);
    for (int i = 0; i < 4; i++)
        bust(c, 150 + 128 * i, 498, 88, INK);
    for (int i = 0; i < 2; i++) {
        disc(c, 200 + 440 * i, 630, 54, INK);
        disc(c, 200 + 440 * i, 630, 22, MIST);
    }
    disc(c, 812, 590, 14, SNOW);
    rect(c, 0, 680, PICTURE_WIDTH, 8, INK);
    reflect(c, 684, 170, 0.35);
    SHAPE(c, mix(OCHRE, INK, 0.55), 726, 700, 800, 700, 880, 854, 700, 854);
    line(c, 1160, 250, 1160, 780, 12, INK); /* the stop */
    disc(c, 1160, 250, 54, PAPER);
    disc(c, 1160, 250, 46, TEAL);
    rect(c, 1132, 230, 56, 34, PAPER);
    rect(c, 1138, 236, 44, 14, TEAL);
    disc(c, 1144, 266, 7, PAPER);
    disc(c, 1176, 266, 7, PAPER);
    figure(c, 905, 800, 250, mix(OCHRE, PAPER, 0.25), &pose_run);
    figure(c, 1030, 800, 220, mix(ROSE, PAPER, 0.2), &pose_stand);
    umbrella(c, 1030, 576, 98, RED);
    figure(c, 1226, 810, 236, MIST, &pose_stand);
    umbrella(c, 1226, 566, 104, OCHRE);
    rain(c, PALE, 230, 133);
    ripples(c, 720, 850, SLATE, 20, 134);
}
