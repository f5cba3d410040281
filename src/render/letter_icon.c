// SPDX-License-Identifier: Apache-2.0
#include "render/letter_icon.h"

#include <assert.h>

#define FT_CONFIG_STANDARD_LIBRARY_H "render/freetype_internal.h"
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MULTIPLE_MASTERS_H

#include "render/png.h"

/* Shares of the side, in thousandths. */
enum {
    WHOLE = 1000,
    LETTER_HIGH = 560, /* at most so high … */
    LETTER_WIDE = 720, /* … and wide */
    LETTER_MIDDLE = 455,
    LINE_FROM = 170, /* the line below it */
    LINE_TOP = 800,
    LINE_HIGH = 50,
    MASKED = 720, /* what may be cut is drawn smaller, around the middle */
};

enum { BOLDEST = 700, FIXED_ONE = 65536 };

struct canvas {
    const struct letter_icon *icon;
    unsigned char *rgb;
};

static unsigned channel(uint32_t colour, int index)
{
    return colour >> (16 - 8 * index) & 255;
}

/* colour over what is there, by alpha of 255. */
static void blend(struct canvas *canvas, int x, int y, uint32_t colour,
                  unsigned alpha)
{
    int size = (int)canvas->icon->size;
    if (x < 0 || y < 0 || x >= size || y >= size)
        return;
    unsigned char *at =
        canvas->rgb + ((size_t)y * (size_t)size + (size_t)x) * 3;
    for (int i = 0; i < 3; i++)
        at[i] = (unsigned char)((at[i] * (255 - alpha) +
                                 channel(colour, i) * alpha + 127) /
                                255);
}

/* Thousandths of the side as pixels from the edge. */
static int place(const struct letter_icon *icon, int share)
{
    if (icon->maskable)
        share = (share - WHOLE / 2) * MASKED / WHOLE + WHOLE / 2;
    return share * (int)icon->size / WHOLE;
}

static int length(const struct letter_icon *icon, int share)
{
    return place(icon, share) - place(icon, 0);
}

static void fill(struct canvas *canvas, int left, int top, int right,
                 int bottom, uint32_t colour)
{
    const struct letter_icon *icon = canvas->icon;
    for (int y = place(icon, top); y < place(icon, bottom); y++)
        for (int x = place(icon, left); x < place(icon, right); x++)
            blend(canvas, x, y, colour, 255);
}

/* ---- The letter -------------------------------------------------------------
 */

/* Of a font whose weight can be chosen, the boldest up to BOLDEST. */
static void choose_weight(FT_Library library, FT_Face face)
{
    FT_MM_Var *axes = NULL;
    FT_Fixed values[8];
    if (!FT_HAS_MULTIPLE_MASTERS(face) || FT_Get_MM_Var(face, &axes))
        return;
    FT_UInt count = axes->num_axis;
    for (FT_UInt i = 0; i < count && i < 8; i++) {
        FT_Fixed most = axes->axis[i].maximum;
        bool is_weight = axes->axis[i].tag == FT_MAKE_TAG('w', 'g', 'h', 't');
        FT_Fixed wanted = (FT_Fixed)BOLDEST * FIXED_ONE;
        values[i] = !is_weight      ? axes->axis[i].def
                    : most < wanted ? most
                                    : wanted;
    }
    if (count <= 8)
        (void)FT_Set_Var_Design_Coordinates(face, count, values);
    FT_Done_MM_Var(library, axes);
}

/* Draws the glyph so that its own box, not its line, is in the middle. */
static bool load_glyph(FT_Face face, const struct letter_icon *icon)
{
    FT_UInt glyph = FT_Get_Char_Index(face, icon->letter);
    if (!glyph || FT_Set_Pixel_Sizes(face, 0, icon->size) ||
        FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING))
        return false;
    FT_Pos wide = face->glyph->metrics.width / 64;
    FT_Pos high = face->glyph->metrics.height / 64;
    if (wide <= 0 || high <= 0)
        return false;
    FT_Pos by_height = (FT_Pos)icon->size * length(icon, LETTER_HIGH) / high;
    FT_Pos by_width = (FT_Pos)icon->size * length(icon, LETTER_WIDE) / wide;
    FT_Pos fitting = by_height < by_width ? by_height : by_width;
    return !FT_Set_Pixel_Sizes(face, 0, (FT_UInt)fitting) &&
           !FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_RENDER) &&
           face->glyph->bitmap.pixel_mode == FT_PIXEL_MODE_GRAY;
}

static void copy_glyph(struct canvas *canvas, const FT_Bitmap *bitmap)
{
    const struct letter_icon *icon = canvas->icon;
    int left = ((int)icon->size - (int)bitmap->width) / 2;
    int top = place(icon, LETTER_MIDDLE) - (int)bitmap->rows / 2;
    for (unsigned y = 0; y < bitmap->rows; y++)
        for (unsigned x = 0; x < bitmap->width; x++)
            blend(canvas, left + (int)x, top + (int)y, icon->ink,
                  bitmap->buffer[y * (unsigned)bitmap->pitch + x]);
}

static bool draw_from(struct canvas *canvas, FT_Library library,
                      struct str font)
{
    FT_Face face;
    if (FT_New_Memory_Face(library, (const FT_Byte *)font.ptr,
                           (FT_Long)font.len, 0, &face))
        return false;
    choose_weight(library, face);
    bool drawn = load_glyph(face, canvas->icon);
    if (drawn)
        copy_glyph(canvas, &face->glyph->bitmap);
    FT_Done_Face(face);
    return drawn;
}

static bool draw_letter(struct canvas *canvas)
{
    FT_Library library;
    bool drawn = false;
    if (FT_Init_FreeType(&library))
        return false;
    for (size_t i = 0; !drawn && i < canvas->icon->font_count; i++)
        drawn = draw_from(canvas, library, canvas->icon->fonts[i]);
    FT_Done_FreeType(library);
    if (drawn)
        fill(canvas, LINE_FROM, LINE_TOP, WHOLE - LINE_FROM,
             LINE_TOP + LINE_HIGH, canvas->icon->signal);
    return drawn;
}

/* ---- The sheet --------------------------------------------------------------
 */

/* A headline over two columns. */
static void draw_sheet(struct canvas *canvas)
{
    const struct letter_icon *icon = canvas->icon;
    fill(canvas, 200, 180, 800, 340, icon->signal);
    for (int line = 0; line < 4; line++) {
        int top = 410 + line * 110;
        fill(canvas, 200, top, 470, top + 55, icon->ink);
        fill(canvas, 530, top, 800, top + 55, icon->ink);
    }
}

enum err letter_icon_draw(const struct letter_icon *icon, struct buf *out)
{
    assert(icon && icon->size && icon->size <= LETTER_ICON_SIZE_MAX);
    size_t pixels = (size_t)icon->size * icon->size;
    struct canvas canvas = {icon, malloc(pixels * 3)};
    if (!canvas.rgb)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < pixels * 3; i++)
        canvas.rgb[i] = (unsigned char)channel(icon->paper, (int)(i % 3));
    if (!icon->letter || !draw_letter(&canvas))
        draw_sheet(&canvas);
    enum err err = png_write(canvas.rgb, icon->size, icon->size, out);
    free(canvas.rgb);
    return err;
}
