// SPDX-License-Identifier: Apache-2.0
#include "lettering.h"

#define FT_CONFIG_STANDARD_LIBRARY_H "render/freetype_internal.h"
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_MULTIPLE_MASTERS_H
#include <hb-ft.h>
#include <hb.h>
#include <unicode/ubidi.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { UNITS = 64, LINE_UNITS_MAX = IMAGE_TEXT_BYTES_MAX };

struct face {
    FT_Face ft;
    hb_font_t *hb;
};

struct lettering {
    FT_Library library;
    struct face faces[IMAGE_FACES_MAX];
    size_t count;
    int size; /* that the faces have */
    bool rtl;
    char language[IMAGE_LANGUAGE_BYTES];
};

/* ---- The canvas ------------------------------------------------------------
 */

void canvas_fill(struct canvas *canvas, int x, int y, int width, int height,
                 canvas_color color)
{
    for (int row = y < 0 ? 0 : y; row < y + height && row < canvas->height;
         row++)
        for (int column = x < 0 ? 0 : x;
             column < x + width && column < canvas->width; column++) {
            uint8_t *pixel =
                canvas->pixels + 3 * ((size_t)row * canvas->width + column);
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint8_t)(color >> (16 - 8 * c));
        }
}

static void blend(struct canvas *canvas, int x, int y, unsigned cover,
                  canvas_color color)
{
    if (x < 0 || y < 0 || x >= canvas->width || y >= canvas->height)
        return;
    uint8_t *pixel = canvas->pixels + 3 * ((size_t)y * canvas->width + x);
    for (int c = 0; c < 3; c++) {
        unsigned ink = color >> (16 - 8 * c) & 0xff;
        pixel[c] = (uint8_t)((pixel[c] * (255 - cover) + ink * cover) / 255);
    }
}

static void blend_glyph(struct canvas *canvas, const FT_GlyphSlot glyph, int x,
                        int baseline, canvas_color color)
{
    const FT_Bitmap *bitmap = &glyph->bitmap;
    if (bitmap->pixel_mode != FT_PIXEL_MODE_GRAY)
        return;
    for (unsigned row = 0; row < bitmap->rows; row++)
        for (unsigned column = 0; column < bitmap->width; column++) {
            unsigned cover =
                bitmap->buffer[(ptrdiff_t)row * bitmap->pitch + column];
            if (cover)
                blend(canvas, x + glyph->bitmap_left + (int)column,
                      baseline - glyph->bitmap_top + (int)row, cover, color);
        }
}

/* ---- Faces -----------------------------------------------------------------
 */

/* A face that has weights is given the one that is wanted. */
static void set_weight(FT_Library library, FT_Face face, int weight)
{
    FT_MM_Var *axes = NULL;
    FT_Fixed values[8];
    if (FT_Get_MM_Var(face, &axes))
        return;
    FT_UInt count = axes->num_axis < 8 ? axes->num_axis : 8;
    for (FT_UInt i = 0; i < count; i++)
        values[i] = axes->axis[i].tag == FT_MAKE_TAG('w', 'g', 'h', 't')
                        ? (FT_Fixed)weight * 65536
                        : axes->axis[i].def;
    (void)!FT_Set_Var_Design_Coordinates(face, count, values);
    FT_Done_MM_Var(library, axes);
}

struct lettering *lettering_create(const struct image_face *faces, size_t count,
                                   struct str language, bool rtl)
{
    struct lettering *lettering = calloc(1, sizeof *lettering);
    if (!lettering || FT_Init_FreeType(&lettering->library)) {
        free(lettering);
        return NULL;
    }
    lettering->rtl = rtl;
    if (str_to_c(language, lettering->language, sizeof lettering->language))
        lettering->language[0] = '\0';
    for (size_t i = 0; i < count && i < IMAGE_FACES_MAX; i++) {
        struct face *face = &lettering->faces[lettering->count];
        if (FT_New_Memory_Face(lettering->library,
                               (const FT_Byte *)faces[i].bytes.ptr,
                               (FT_Long)faces[i].bytes.len, 0, &face->ft))
            continue;
        set_weight(lettering->library, face->ft, faces[i].weight);
        face->hb = hb_ft_font_create_referenced(face->ft);
        lettering->count++;
    }
    if (lettering->count)
        return lettering;
    lettering_destroy(lettering);
    return NULL;
}

void lettering_destroy(struct lettering *lettering)
{
    if (!lettering)
        return;
    for (size_t i = 0; i < lettering->count; i++) {
        hb_font_destroy(lettering->faces[i].hb);
        FT_Done_Face(lettering->faces[i].ft);
    }
    FT_Done_FreeType(lettering->library);
    free(lettering);
}

static void set_size(struct lettering *lettering, int size)
{
    if (lettering->size == size)
        return;
    lettering->size = size;
    for (size_t i = 0; i < lettering->count; i++) {
        (void)!FT_Set_Pixel_Sizes(lettering->faces[i].ft, 0, (FT_UInt)size);
        hb_ft_font_changed(lettering->faces[i].hb);
    }
}

/* ---- Runs ------------------------------------------------------------------
 */

/* Where a line is drawn; without a canvas it is only measured. */
struct pen {
    struct canvas *canvas;
    int64_t x; /* in 64ths of a pixel, from the left */
    int baseline;
    canvas_color color;
};

static void draw_run(struct face *face, hb_buffer_t *buffer, struct pen *pen)
{
    unsigned count = 0;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *places =
        hb_buffer_get_glyph_positions(buffer, &count);
    for (unsigned i = 0; i < count; i++) {
        int64_t x = pen->x + places[i].x_offset;
        if (pen->canvas && !FT_Load_Glyph(face->ft, infos[i].codepoint,
                                          FT_LOAD_RENDER | FT_LOAD_NO_HINTING))
            blend_glyph(pen->canvas, face->ft->glyph,
                        (int)((x + UNITS / 2) / UNITS),
                        pen->baseline - places[i].y_offset / UNITS, pen->color);
        pen->x += places[i].x_advance;
    }
}

/* One direction, one face. */
static void shape_run(struct lettering *lettering, struct face *face,
                      const UChar *text, int32_t len, int32_t from, int32_t to,
                      bool rtl, struct pen *pen)
{
    hb_buffer_t *buffer = hb_buffer_create();
    hb_buffer_add_utf16(buffer, (const uint16_t *)text, len, (unsigned)from,
                        to - from);
    hb_buffer_guess_segment_properties(buffer);
    hb_buffer_set_direction(buffer, rtl ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    if (lettering->language[0])
        hb_buffer_set_language(
            buffer, hb_language_from_string(lettering->language, -1));
    hb_shape(face->hb, buffer, NULL, 0);
    draw_run(face, buffer, pen);
    hb_buffer_destroy(buffer);
}

/* The first face that has it; what is no letter stays with what is before it
 * where that face has it too. */
static struct face *face_of(struct lettering *lettering, UChar32 c,
                            struct face *before)
{
    bool stays = !u_isalpha(c);
    if (before && stays && FT_Get_Char_Index(before->ft, (FT_ULong)c))
        return before;
    for (size_t i = 0; i < lettering->count; i++)
        if (FT_Get_Char_Index(lettering->faces[i].ft, (FT_ULong)c))
            return &lettering->faces[i];
    return before ? before : &lettering->faces[0];
}

enum { FACE_RUNS_MAX = 128 };

struct face_run {
    struct face *face;
    int32_t from, to;
};

/* Cuts a run of one direction where the face changes. */
static size_t cut_run(struct lettering *lettering, const UChar *text,
                      int32_t from, int32_t to,
                      struct face_run runs[FACE_RUNS_MAX])
{
    size_t count = 0;
    struct face *before = NULL;
    for (int32_t at = from; at < to;) {
        int32_t start = at;
        UChar32 c;
        U16_NEXT(text, at, to, c);
        struct face *face = face_of(lettering, c, before);
        if (face != before && count < FACE_RUNS_MAX)
            runs[count++] = (struct face_run){face, start, at};
        runs[count - 1].to = at;
        before = runs[count - 1].face;
    }
    return count;
}

static void write_direction(struct lettering *lettering, const UChar *text,
                            int32_t len, int32_t from, int32_t to, bool rtl,
                            struct pen *pen)
{
    struct face_run runs[FACE_RUNS_MAX];
    size_t count = cut_run(lettering, text, from, to, runs);
    for (size_t i = 0; i < count; i++) {
        const struct face_run *run = &runs[rtl ? count - 1 - i : i];
        shape_run(lettering, run->face, text, len, run->from, run->to, rtl,
                  pen);
    }
}

/* UAX #9, by ICU: its runs come from left to right. */
static void write_line(struct lettering *lettering, struct str line,
                       struct pen *pen)
{
    UChar text[LINE_UNITS_MAX];
    int32_t len = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(text, LINE_UNITS_MAX, &len, line.ptr, (int32_t)line.len,
                  &status);
    UBiDi *bidi = ubidi_open();
    if (bidi && U_SUCCESS(status) && len > 0) {
        ubidi_setPara(bidi, text, len, lettering->rtl ? UBIDI_RTL : UBIDI_LTR,
                      NULL, &status);
        int32_t count = ubidi_countRuns(bidi, &status);
        for (int32_t i = 0; U_SUCCESS(status) && i < count; i++) {
            int32_t from = 0, run_len = 0;
            UBiDiDirection direction =
                ubidi_getVisualRun(bidi, i, &from, &run_len);
            write_direction(lettering, text, len, from, from + run_len,
                            direction == UBIDI_RTL, pen);
        }
    }
    ubidi_close(bidi);
}

int lettering_width(struct lettering *lettering, struct str line, int size)
{
    struct pen pen = {0};
    set_size(lettering, size);
    write_line(lettering, line, &pen);
    return (int)((pen.x + UNITS - 1) / UNITS);
}

void lettering_draw(struct lettering *lettering, struct canvas *canvas,
                    struct str line, int x, int baseline, int size,
                    canvas_color color)
{
    int left = lettering->rtl ? x - lettering_width(lettering, line, size) : x;
    struct pen pen = {canvas, (int64_t)left * UNITS, baseline, color};
    set_size(lettering, size);
    write_line(lettering, line, &pen);
}

/* ---- Lines -----------------------------------------------------------------
 */

enum { BREAKS_MAX = 256 };

/* Where a line may end (UAX #14): offsets into the text. */
struct breaks {
    size_t at[BREAKS_MAX];
    size_t count;
};

static void find_breaks(const struct lettering *lettering, struct str text,
                        struct breaks *breaks)
{
    UErrorCode status = U_ZERO_ERROR;
    UText *over = utext_openUTF8(NULL, text.ptr, (int64_t)text.len, &status);
    UBreakIterator *iterator =
        ubrk_open(UBRK_LINE, lettering->language, NULL, 0, &status);
    ubrk_setUText(iterator, over, &status);
    breaks->count = 0;
    for (int32_t at; U_SUCCESS(status) && breaks->count < BREAKS_MAX - 1 &&
                     (at = ubrk_next(iterator)) != UBRK_DONE;)
        breaks->at[breaks->count++] = (size_t)at;
    if (!breaks->count || breaks->at[breaks->count - 1] != text.len)
        breaks->at[breaks->count++] = text.len;
    ubrk_close(iterator);
    utext_close(over);
}

/* Greedy; how many lines there would be, of which the first few are put down.
 */
static size_t wrap(struct lettering *lettering, struct str text,
                   const struct breaks *breaks, int size, int width,
                   struct str lines[LETTERING_LINES_MAX])
{
    size_t count = 0, start = 0;
    for (size_t b = 0; b < breaks->count; count++) {
        size_t end = breaks->at[b++];
        while (b < breaks->count &&
               lettering_width(
                   lettering,
                   str_trim(str_slice(text, start, breaks->at[b] - start)),
                   size) <= width)
            end = breaks->at[b++];
        if (count < LETTERING_LINES_MAX)
            lines[count] = str_trim(str_slice(text, start, end - start));
        start = end;
    }
    return count;
}

static bool is_within(struct lettering *lettering,
                      const struct str lines[LETTERING_LINES_MAX], size_t count,
                      int size, int width)
{
    for (size_t i = 0; i < count; i++)
        if (lettering_width(lettering, lines[i], size) > width)
            return false;
    return true;
}

/* The narrowest column that needs no line more. */
static int balance(struct lettering *lettering, struct str text,
                   const struct breaks *breaks, int size, int width,
                   size_t count)
{
    struct str lines[LETTERING_LINES_MAX];
    int low = width / 3, high = width;
    while (high - low > 4) {
        int middle = (low + high) / 2;
        bool fits =
            wrap(lettering, text, breaks, size, middle, lines) <= count &&
            is_within(lettering, lines, count, size, middle);
        *(fits ? &high : &low) = middle;
    }
    return high;
}

static void cut_off(struct lettering *lettering, struct str text,
                    const struct breaks *breaks, int width, struct arena *arena,
                    struct lettering_lines *lines)
{
    lines->count =
        wrap(lettering, text, breaks, lines->size, width, lines->lines);
    if (lines->count <= LETTERING_LINES_MAX)
        return;
    lines->count = LETTERING_LINES_MAX;
    struct str *last = &lines->lines[LETTERING_LINES_MAX - 1];
    struct str kept = *last, cut;
    do {
        cut = arena_concat(arena, str_trim(kept), STR("…"));
        kept = utf8_cut(kept, kept.len ? kept.len - 1 : 0);
    } while (kept.len && lettering_width(lettering, cut, lines->size) > width);
    *last = cut;
}

void lettering_fit(struct lettering *lettering, struct str text,
                   const int *sizes, int line_percent, int width, int height,
                   struct arena *arena, struct lettering_lines *ret_lines)
{
    struct breaks breaks;
    struct lettering_lines lines = {0};
    find_breaks(lettering, text, &breaks);
    for (; *sizes; sizes++) {
        lines.size = *sizes;
        lines.count =
            wrap(lettering, text, &breaks, lines.size, width, lines.lines);
        if (lines.count <= LETTERING_LINES_MAX &&
            is_within(lettering, lines.lines, lines.count, lines.size, width) &&
            (int)lines.count * lines.size * line_percent / 100 <= height)
            break;
    }
    if (*sizes)
        wrap(lettering, text, &breaks, lines.size,
             balance(lettering, text, &breaks, lines.size, width, lines.count),
             lines.lines);
    else
        cut_off(lettering, text, &breaks, width, arena, &lines);
    *ret_lines = lines;
}
