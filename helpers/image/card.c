// SPDX-License-Identifier: Apache-2.0
#include "card.h"

#include "lettering.h"
#include "picture.h"

/* Pixels, from above. */
enum {
    WIDTH = IMAGE_CARD_WIDTH,
    HEIGHT = IMAGE_CARD_HEIGHT,
    MARGIN = 56,
    PICTURE_WIDTH = 480,
    PICTURE_GAP = 44,
    MASTHEAD_BASELINE = 94,
    MASTHEAD_SIZE = 42,
    RULE_TOP = 120,
    KICKER_BASELINE = 186,
    KICKER_SIZE = 27,
    HEADLINE_TOP = 206,
    HEADLINE_TOP_ALONE = 158, /* without a kicker */
    HEADLINE_BOTTOM = 548,
    FOOT_BASELINE = 592,
    FOOT_SIZE = 23,
    ASCENT_PERCENT = 78, /* of a line's height */
    SECOND_PERCENT = 74, /* of ink in what is less important */
};

static const int sizes_alone[] = {108, 96, 84, 78, 72, 66,
                                  60,  54, 48, 42, 38, 0};
static const int sizes_beside[] = {72, 68, 64, 60, 56, 52, 48, 44, 40, 36, 0};

struct page {
    const struct image_card *card;
    struct canvas canvas;
    struct lettering *lettering;
    struct arena *arena;
    int left; /* of the column of text */
    int width;
};

/* One line that has to fit, at that size or a smaller one. */
static void write_line(struct page *page, struct str text, int baseline,
                       int size, canvas_color color)
{
    const int sizes[] = {size, size * 4 / 5, size * 3 / 5, 0};
    struct lettering_lines lines;
    if (!text.len)
        return;
    lettering_fit(page->lettering, text, sizes, 100, page->width, size,
                  page->arena, &lines);
    int start = page->card->rtl ? page->left + page->width : page->left;
    lettering_draw(page->lettering, &page->canvas, lines.lines[0], start,
                   baseline, lines.size, color);
}

static void write_headline(struct page *page, const int *sizes)
{
    const struct image_card *card = page->card;
    int top = card->kicker.len ? HEADLINE_TOP : HEADLINE_TOP_ALONE;
    int start = card->rtl ? page->left + page->width : page->left;
    struct lettering_lines lines;
    lettering_fit(page->lettering, card->headline, sizes, card->line_percent,
                  page->width, HEADLINE_BOTTOM - top, page->arena, &lines);
    int line = lines.size * card->line_percent / 100;
    for (size_t i = 0; i < lines.count; i++)
        lettering_draw(page->lettering, &page->canvas, lines.lines[i], start,
                       top + (int)i * line + line * ASCENT_PERCENT / 100,
                       lines.size, card->ink);
}

static canvas_color second_of(const struct image_card *card)
{
    canvas_color color = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
        canvas_color ink = card->ink >> shift & 0xff;
        canvas_color paper = card->paper >> shift & 0xff;
        color |= (ink * SECOND_PERCENT + paper * (100 - SECOND_PERCENT)) / 100
                 << shift;
    }
    return color;
}

/* The masthead closes with a Scotch rule. */
static void write_all(struct page *page, const int *sizes)
{
    const struct image_card *card = page->card;
    write_line(page, card->masthead, MASTHEAD_BASELINE, MASTHEAD_SIZE,
               card->ink);
    canvas_fill(&page->canvas, page->left, RULE_TOP, page->width, 6, card->ink);
    canvas_fill(&page->canvas, page->left, RULE_TOP + 9, page->width, 2,
                card->ink);
    write_line(page, card->kicker, KICKER_BASELINE, KICKER_SIZE, card->signal);
    write_headline(page, sizes);
    write_line(page, card->foot, FOOT_BASELINE, FOOT_SIZE, second_of(card));
}

static bool paste_picture(struct page *page)
{
    const struct image_card *card = page->card;
    const struct image_job job = {
        .picture = card->picture,
        .focus_x = card->focus_x,
        .focus_y = card->focus_y,
    };
    int x = card->rtl ? 0 : WIDTH - PICTURE_WIDTH;
    return card->picture.len &&
           !picture_paste(&job, page->arena, page->canvas.pixels, WIDTH, HEIGHT,
                          x, PICTURE_WIDTH);
}

enum err card_draw(const struct image_card *card, struct arena *arena,
                   struct image_rendition *ret_card, struct fault *fault)
{
    struct page page = {
        .card = card,
        .canvas = {arena_array(arena, uint8_t, 3 * WIDTH * HEIGHT), WIDTH,
                   HEIGHT},
        .lettering = lettering_create(card->faces, card->face_count,
                                      card->language, card->rtl),
        .arena = arena,
        .left = MARGIN,
        .width = WIDTH - 2 * MARGIN,
    };
    if (!page.lettering)
        return fault_set(fault, ERR_INVALID, "faces",
                         "none of the faces for the card can be read");
    canvas_fill(&page.canvas, 0, 0, WIDTH, HEIGHT, card->paper);
    bool pictured = paste_picture(&page);
    if (pictured) {
        page.width = WIDTH - PICTURE_WIDTH - PICTURE_GAP - MARGIN;
        page.left = card->rtl ? PICTURE_WIDTH + PICTURE_GAP : MARGIN;
    }
    write_all(&page, pictured ? sizes_beside : sizes_alone);
    lettering_destroy(page.lettering);
    *ret_card = (struct image_rendition){
        .made = {.format = IMAGE_JPEG, .width = WIDTH}, .height = HEIGHT};
    return picture_write_canvas(page.canvas.pixels, WIDTH, HEIGHT,
                                IMAGE_CARD_BYTES_MAX, arena, &ret_card->bytes,
                                fault);
}
