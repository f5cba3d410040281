// SPDX-License-Identifier: Apache-2.0
/* Trades, games, and things on tables. */
#include <math.h>

#include "scenes.h"
#include "stock.h"

static void loaf(cairo_t *c, double x, double y, double w, uint32_t crust)
{
    oval(c, x, y, w / 2, w * 0.27, crust);
    oval(c, x, y - w * 0.05, w * 0.42, w * 0.18, mix(crust, PAPER, 0.25));
    for (int i = -1; i <= 1; i++)
        gouge(c, x + w * 0.2 * i, y - w * 0.06, w * 0.3, w * 0.06, -1.1, PAPER);
}

void scene_bakery(cairo_t *c)
{
    paint(c, mix(BRICK, BROWN, 0.3));
    for (int row = 0; row < 10; row++)
        for (int i = 0; i < 12; i++)
            rect(c, 118 * i - 59 * (row % 2), 62 * row, 112, 56,
                 mix(BRICK, i * 7 % 5 + row % 3 > 3 ? BROWN : ROSE,
                     0.12 + 0.2 * chance(300 + row, i)));
    arch(c, 640, 110, 500, 420, mix(BROWN, INK, 0.4));
    arch(c, 680, 150, 420, 380, INK);
    oval(c, 890, 500, 200, 150, RED);
    oval(c, 890, 516, 160, 112, OCHRE);
    oval(c, 890, 530, 104, 70, mix(OCHRE, PAPER, 0.6));
    for (int i = 0; i < 7; i++)
        gouge(c, 730 + 54 * i, 440 - 30 * (i % 2), 150, 34, -1.57,
              i % 2 ? OCHRE : RED);
    rect(c, 620, 520, 540, 30, SAND);
    rect(c, 620, 550, 540, 304, mix(BROWN, INK, 0.3));
    figure(c, 420, 830, 480, NIGHT, &pose_reach);
    SHAPE(c, PAPER, 380, 470, 470, 462, 490, 720, 360, 720); /* the apron */
    line(c, 400, 436, 380, 474, 7, PAPER);
    line(c, 464, 432, 470, 468, 7, PAPER);
    disc(c, 436, 397, 34, mix(ROSE, SAND, 0.35));
    SHAPE(c, SNOW, 404, 386, 468, 382, 484, 338, 456, 312, 420, 312, 392, 340);
    line(c, 404, 388, 468, 384, 5, MIST);
    line(c, 500, 560, 900, 486, 12, SAND); /* the peel */
    SHAPE(c, SAND, 820, 480, 980, 452, 986, 474, 826, 512);
    loaf(c, 904, 452, 130, OCHRE);
    rect(c, 0, 690, 330, 26, SAND);
    rect(c, 0, 716, 330, 138, BROWN);
    for (int i = 0; i < 4; i++)
        loaf(c, 50 + 78 * i, 668 - 6 * (i % 2), 116, mix(OCHRE, BRICK, 0.3));
    for (int i = 0; i < 3; i++)
        loaf(c, 90 + 78 * i, 622, 112, mix(OCHRE, BRICK, 0.15));
    rect(c, 30, 190, 260, 16, SAND);
    rect(c, 30, 330, 260, 16, SAND);
    for (int i = 0; i < 3; i++) {
        loaf(c, 80 + 80 * i, 168, 96, mix(OCHRE, BRICK, 0.4));
        rect(c, 50 + 80 * i, 270 - 12 * i, 56, 60 + 12 * i, PAPER);
    }
    for (int i = 0; i < 5; i++)
        loaf(c, 700 + 96 * i, 610, 110, mix(OCHRE, BRICK, 0.2 + 0.1 * (i % 2)));
}

static void awning(cairo_t *c, double x, double y, double w, uint32_t colour)
{
    for (int i = 0; i < 8; i++) {
        double left = x + w * i / 8;
        uint32_t stripe = i % 2 ? PAPER : colour;
        SHAPE(c, stripe, left + w * 0.02, y, left + w / 8, y,
              left + w / 8 + (i - 3) * 5, y + 90, left + (i - 4) * 5, y + 90);
        cairo_save(c);
        cairo_rectangle(c, x - 60, y + 90, w + 120, 60);
        cairo_clip(c);
        disc(c, left + w / 16 + (i - 3.5) * 5, y + 88, w / 15, stripe);
        cairo_restore(c);
    }
}

static void heap(cairo_t *c, double x, double y, double w, uint32_t colour)
{
    for (int row = 0; row < 4; row++)
        for (int i = 0; i < 6 - row; i++) {
            double r = w / 12;
            double at = x + w / 12 + r * row + 2 * r * i;
            disc(c, at, y - r - row * r * 1.6, r,
                 mix(colour, INK, 0.16 * (i % 2)));
            gouge(c, at - r * 0.3, y - r * 1.4 - row * r * 1.6, r * 0.8,
                  r * 0.3, -0.7, mix(colour, PAPER, 0.5));
        }
    SHAPE(c, BROWN, x - 8, y - 4, x + w + 8, y - 4, x + w, y + 54, x, y + 54);
    line(c, x - 4, y + 22, x + w + 4, y + 22, 4, mix(BROWN, SAND, 0.5));
}

void scene_market(cairo_t *c)
{
    bands(c, 0, 480, mix(TEAL, MIST, 0.4), PAPER, 6, 310);
    for (int i = 0; i < 5; i++)
        house(c, &(struct house){-20 + 270.0 * i, 470, 250,
                                 200 + 60 * chance(311, i), 54,
                                 i % 2 ? SAND : ROSE, mix(SAND, BROWN, 0.5),
                                 BRICK, SLATE, 4, 2});
    rect(c, 0, 470, PICTURE_WIDTH, 384, mix(SAND, BROWN, 0.25));
    hatch(c, &(struct hatch){0, 500, 1280, 360, 0.02, 30, 90, 5,
                             mix(SAND, BROWN, 0.5), 312});
    figure(c, 150, 690, 270, NIGHT, &pose_carry);
    figure(c, 490, 660, 270, INK, &pose_reach);
    figure(c, 900, 660, 270, BROWN, &pose_stand);
    for (int i = 0; i < 2; i++) {
        double x = 310 + 470 * i;
        line(c, x - 10, 300, x - 10, 800, 12, BROWN);
        line(c, x + 420, 300, x + 420, 800, 12, BROWN);
        awning(c, x - 20, 250, 450, i ? TEAL : RED);
        rect(c, x - 20, 640, 450, 20, SAND);
        rect(c, x - 10, 660, 430, 150, mix(BROWN, INK, 0.3));
    }
    heap(c, 310, 596, 120, RED);
    heap(c, 450, 596, 120, OCHRE);
    heap(c, 590, 596, 120, SAGE);
    for (int i = 0; i < 7; i++) { /* honey */
        double x = 800 + 52 * i;
        rect(c, x, 580, 40, 58, OCHRE);
        rect(c, x + 4, 590, 9, 40, mix(OCHRE, PAPER, 0.6));
        rect(c, x - 3, 566, 46, 18, i % 2 ? RED : PAPER);
        if (i < 6)
            rect(c, x + 26, 530, 36, 36, mix(OCHRE, BROWN, 0.3));
    }
    figure(c, 1130, 830, 330, INK, &pose_reach);
    figure(c, 690, 840, 300, BRICK, &pose_carry);
    SHAPE(c, OCHRE, 736, 690, 830, 690, 812, 760, 752, 760);
    figure(c, 240, 846, 310, TEAL, &pose_stand);
}

void scene_ballot(cairo_t *c)
{
    paint(c, mix(TEAL, PALE, 0.25));
    rays(c, 640, 420, 150, 900, 36, 60, mix(TEAL, PALE, 0.45));
    rect(c, 0, 700, PICTURE_WIDTH, 154, BROWN);
    hatch(c, &(struct hatch){0, 712, 1280, 150, 0, 26, 200, 4,
                             mix(BROWN, INK, 0.4), 320});
    SHAPE(c, PAPER, 400, 420, 880, 420, 880, 770, 400, 770);
    SHAPE(c, MIST, 800, 420, 880, 420, 880, 770, 800, 770);
    SHAPE(c, SNOW, 400, 420, 450, 360, 930, 360, 880, 420);
    SHAPE(c, SLATE, 880, 420, 930, 360, 930, 710, 880, 770);
    SHAPE(c, INK, 550, 398, 562, 384, 790, 384, 780, 398);
    disc(c, 600, 590, 74, RED);
    oval(c, 600, 590, 44, 52, OCHRE); /* the walnut */
    bow(c, 600, 540, 588, 590, 600, 641, 6, BROWN);
    for (int i = 0; i < 3; i++) {
        bow(c, 574, 568 + 22 * i, 582, 578 + 20 * i, 574, 588 + 18 * i, 5,
            BROWN);
        bow(c, 626, 568 + 22 * i, 618, 578 + 20 * i, 626, 588 + 18 * i, 5,
            BROWN);
    }
    SHAPE(c, SNOW, 596, 391, 760, 391, 730, 190, 566, 214);
    SHAPE(c, MIST, 690, 391, 760, 391, 730, 190, 700, 194);
    for (int i = 0; i < 4; i++)
        line(c, 604, 250 + 36 * i, 690, 238 + 36 * i, 7, SLATE);
    line(c, 700, 262, 712, 276, 8, RED);
    line(c, 712, 276, 730, 238, 8, RED);
    SHAPE(c, ROSE, 690, 196, 736, 150, 820, 110, 856, 160, 800, 210, 742, 232);
    SHAPE(c, mix(ROSE, BROWN, 0.4), 700, 214, 760, 186, 800, 210, 742, 232);
    SHAPE(c, NIGHT, 806, 96, 1290, -60, 1290, 110, 866, 186);
    SHAPE(c, PAPER, 800, 94, 824, 86, 884, 178, 860, 188);
}

static void coin(cairo_t *c, double x, double y, double r)
{
    oval(c, x, y + r * 0.26, r, r * 0.34, mix(OCHRE, BROWN, 0.55));
    rect(c, x - r, y, 2 * r, r * 0.26, mix(OCHRE, BROWN, 0.55));
    oval(c, x, y, r, r * 0.34, OCHRE);
    oval(c, x, y, r * 0.78, r * 0.25, mix(OCHRE, PAPER, 0.35));
    gouge(c, x, y, r, r * 0.12, -0.2, mix(OCHRE, BROWN, 0.5));
}

void scene_bank(cairo_t *c)
{
    bands(c, 0, 640, TEAL, mix(PAPER, OCHRE, 0.2), 7, 330);
    ridge(c, &(struct ridge){470, 90, 340, mix(MIST, TEAL, 0.4), 331});
    SHAPE(c, PAPER, 330, 250, 640, 120, 950, 250);
    SHAPE(c, MIST, 640, 150, 900, 250, 400, 250);
    disc(c, 640, 208, 30, OCHRE);
    rect(c, 340, 250, 600, 40, PAPER);
    rect(c, 340, 282, 600, 10, SLATE);
    rect(c, 380, 290, 520, 300, mix(SLATE, NIGHT, 0.4));
    arch(c, 590, 400, 100, 190, INK);
    for (int i = 0; i < 6; i++) {
        double x = 376 + 97 * i;
        rect(c, x, 290, 42, 300, PAPER);
        rect(c, x + 28, 290, 14, 300, MIST);
        rect(c, x - 8, 290, 58, 16, PAPER);
        rect(c, x - 8, 574, 58, 16, PAPER);
    }
    for (int i = 0; i < 4; i++)
        rect(c, 330 - 30 * i, 590 + 22 * i, 620 + 60 * i, 22,
             i % 2 ? MIST : PAPER);
    rect(c, 0, 678, PICTURE_WIDTH, 176, mix(BROWN, INK, 0.2));
    static const int piles[] = {9, 8, 7, 5, 4};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < piles[i]; k++)
            coin(c, 150 + 245 * i + 6 * chance(332, i * 9 + k), 800 - 34 * k,
                 92);
    figure(c, 560, 654, 90, INK, &pose_walk);
    figure(c, 720, 670, 92, INK, &pose_stand);
}

static void roller(cairo_t *c, double x, double y, double r, uint32_t colour)
{
    disc(c, x, y, r, colour);
    disc(c, x, y, r * 0.72, mix(colour, PAPER, 0.25));
    for (int i = 0; i < 6; i++)
        line(c, x, y, x + r * 0.68 * cos(i * M_PI / 3 + 0.3),
             y + r * 0.68 * sin(i * M_PI / 3 + 0.3), r * 0.09, colour);
    disc(c, x, y, r * 0.2, INK);
}

void scene_printing_press(cairo_t *c)
{
    paint(c, mix(OCHRE, PAPER, 0.45));
    for (int i = 0; i < 3; i++) {
        rect(c, 90 + 400 * i, 60, 260, 250, PAPER);
        rect(c, 102 + 400 * i, 72, 236, 226, mix(MIST, PAPER, 0.3));
        rect(c, 214 + 400 * i, 60, 10, 250, PAPER);
        rect(c, 90 + 400 * i, 180, 260, 10, PAPER);
    }
    rect(c, 0, 700, PICTURE_WIDTH, 154, mix(BROWN, BRICK, 0.3));
    rect(c, 240, 330, 720, 400, NIGHT);
    rect(c, 240, 330, 720, 26, INK);
    SHAPE(c, mix(NIGHT, SLATE, 0.6), 270, 380, 460, 380, 460, 700, 270, 700);
    for (int i = 0; i < 5; i++)
        disc(c, 290 + 38 * i, 400, 6, OCHRE);
    roller(c, 570, 520, 120, RED);
    roller(c, 780, 450, 84, INK);
    roller(c, 810, 620, 92, BRICK);
    bow(c, 110, 250, 380, 210, 520, 412, 10, SNOW); /* the web of paper */
    bow(c, 690, 560, 720, 470, 866, 420, 10, SNOW);
    bow(c, 866, 420, 1000, 400, 1010, 560, 10, SNOW);
    disc(c, 110, 330, 84, SNOW);
    disc(c, 110, 330, 60, MIST);
    disc(c, 110, 330, 20, INK);
    rect(c, 990, 660, 220, 20, SAND);
    rect(c, 1006, 680, 16, 120, BROWN);
    rect(c, 1176, 680, 16, 120, BROWN);
    for (int i = 0; i < 8; i++) {
        rect(c, 1000 + 4 * (i % 2), 646 - 14 * i, 196, 12, i % 2 ? SNOW : PALE);
        rect(c, 1000 + 4 * (i % 2), 646 - 14 * i, 40, 12, SLATE);
    }
    figure(c, 1090, 840, 350, BROWN, &pose_reach);
    SHAPE(c, PAPER, 1190, 530, 1280, 516, 1280, 640, 1196, 646);
    rect(c, 1206, 546, 74, 12, INK);
    for (int i = 0; i < 5; i++)
        rect(c, 1206, 572 + 14 * i, 74, 5, SLATE);
    figure(c, 190, 840, 340, TEAL, &pose_reach);
    SHAPE(c, INK, 160, 614, 224, 610, 236, 760, 150, 760);
}

void scene_clock_tower(cairo_t *c)
{
    bands(c, 0, 700, INK, mix(DUSK, ROSE, 0.35), 8, 340);
    for (int i = 0; i < 50; i++)
        disc(c, 1280 * chance(341, i), 420 * chance(342, i), 1.8, PAPER);
    disc(c, 1030, 170, 66, PAPER);
    ridge(c, &(struct ridge){600, 70, 340, mix(DUSK, NIGHT, 0.5), 343});
    for (int i = 0; i < 8; i++)
        house(c, &(struct house){
                     -30 + 172.0 * i, 800, 164, 110 + 90 * chance(344, i), 52,
                     mix(NIGHT, DUSK, 0.3 + 0.2 * (i % 2)), INK, INK,
                     i % 3 ? NIGHT : mix(OCHRE, PAPER, 0.2), 3, 2});
    rect(c, 430, 180, 280, 674, mix(SAND, ROSE, 0.25));
    rect(c, 630, 180, 80, 674, mix(BROWN, DUSK, 0.4));
    rect(c, 410, 170, 320, 24, PAPER);
    rect(c, 410, 510, 320, 18, PAPER);
    SHAPE(c, BRICK, 400, 172, 570, -60, 740, 172);
    SHAPE(c, mix(BRICK, INK, 0.4), 590, 0, 570, -60, 740, 172, 620, 172);
    disc(c, 570, 350, 128, INK);
    disc(c, 570, 350, 116, SNOW);
    for (int i = 0; i < 12; i++) {
        double a = i * M_PI / 6;
        line(c, 570 + 88 * sin(a), 350 - 88 * cos(a), 570 + 102 * sin(a),
             350 - 102 * cos(a), i % 3 ? 5 : 10, INK);
    }
    line(c, 570, 350, 570 + 52 * sin(4.26), 350 - 52 * cos(4.26), 13, INK);
    line(c, 570, 350, 570 + 86 * sin(0.84), 350 - 86 * cos(0.84), 9, INK);
    disc(c, 570, 350, 11, RED);
    arch(c, 500, 560, 60, 120, INK);
    arch(c, 590, 560, 60, 120, INK);
    for (int i = 0; i < 4; i++)
        hatch(c, &(struct hatch){440, 700 + 30 * i, 170, 20, 0, 18, 40, 3,
                                 mix(SAND, BROWN, 0.5), 345 + i});
    for (int i = 0; i < 9; i++) { /* jackdaws */
        double x = 700 + 330 * chance(346, i);
        double y = 60 + 220 * chance(347, i);
        bow(c, x - 18, y - 8, x - 8, y - 14, x, y, 4, INK);
        bow(c, x + 18, y - 8, x + 8, y - 14, x, y, 4, INK);
    }
    line(c, 250, 854, 250, 640, 8, INK);
    disc(c, 250, 630, 22, mix(OCHRE, PAPER, 0.5));
    figure(c, 320, 850, 130, INK, &pose_stand);
}
