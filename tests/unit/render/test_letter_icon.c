// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <libdeflate.h>

#include "render/letter_icon.h"
#include "render/png.h"

enum { OUT_MAX = 4 << 20, SIDE = 64, ROW = SIDE * 3 };

static uint32_t u32(const struct buf *out, size_t at)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | (unsigned char)out->ptr[at + i];
    return value;
}

/* The chunk of that type: where its data is, its check made. */
static struct str chunk(const struct buf *out, const char *type)
{
    for (size_t at = 8; at + 12 <= out->len;) {
        size_t len = u32(out, at);
        uint32_t crc = libdeflate_crc32(0, out->ptr + at + 4, len + 4);
        assert_int_equal(crc, u32(out, at + 8 + len));
        if (memcmp(out->ptr + at + 4, type, 4) == 0)
            return str_of(out->ptr + at + 8, len);
        at += len + 12;
    }
    fail_msg("no chunk %s", type);
    return STR("");
}

/* SIDE by SIDE pixels of three bytes. */
static void unpack(const struct buf *out, unsigned char pixels[SIDE * ROW])
{
    unsigned char rows[SIDE * (ROW + 1)];
    struct str data = chunk(out, "IDAT");
    struct libdeflate_decompressor *zlib = libdeflate_alloc_decompressor();
    assert_int_equal(libdeflate_zlib_decompress(zlib, data.ptr, data.len, rows,
                                                sizeof rows, NULL),
                     LIBDEFLATE_SUCCESS);
    libdeflate_free_decompressor(zlib);
    for (size_t y = 0; y < SIDE; y++) {
        assert_int_equal(rows[y * (ROW + 1)], 2);
        for (size_t x = 0; x < ROW; x++)
            pixels[y * ROW + x] =
                (unsigned char)(rows[y * (ROW + 1) + 1 + x] +
                                (y ? pixels[(y - 1) * ROW + x] : 0));
    }
}

static void test_a_png_comes_back_pixel_by_pixel(void **state)
{
    (void)state;
    unsigned char rgb[SIDE * ROW], back[SIDE * ROW];
    for (size_t i = 0; i < sizeof rgb; i++)
        rgb[i] = (unsigned char)(i * i / 5);
    struct buf out;
    buf_init(&out, OUT_MAX);
    assert_int_equal(png_write(rgb, SIDE, SIDE, &out), ERR_OK);
    assert_memory_equal(out.ptr, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(chunk(&out, "IHDR").len, 13);
    assert_int_equal(u32(&out, 16), SIDE);
    assert_int_equal(u32(&out, 20), SIDE);
    assert_int_equal(chunk(&out, "IEND").len, 0);
    unpack(&out, back);
    assert_memory_equal(back, rgb, sizeof rgb);
    buf_finish(&out);
}

static void test_a_png_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    unsigned char rgb[SIDE * ROW] = {0};
    struct buf out;
    buf_init(&out, 40);
    assert_int_equal(png_write(rgb, SIDE, SIDE, &out), ERR_TOO_LONG);
    buf_finish(&out);
}

static const unsigned char *at(const unsigned char *pixels, int x, int y)
{
    return pixels + y * ROW + x * 3;
}

/* Without a font that has the letter there is a sheet, in the three colours;
 * what may be cut to a circle leaves its corners to the paper. */
static void test_an_icon_is_drawn_without_a_font(void **state)
{
    (void)state;
    unsigned char pixels[SIDE * ROW];
    struct str fonts[] = {STR("no font"), STR("")};
    for (int maskable = 0; maskable < 2; maskable++) {
        struct letter_icon icon = {.size = SIDE,
                                   .maskable = maskable,
                                   .paper = 0xFBF9F4,
                                   .ink = 0x1A1814,
                                   .signal = 0xA8180F,
                                   .letter = 'A',
                                   .fonts = fonts,
                                   .font_count = 2};
        struct buf out, again;
        buf_init(&out, OUT_MAX);
        buf_init(&again, OUT_MAX);
        assert_int_equal(letter_icon_draw(&icon, &out), ERR_OK);
        assert_int_equal(letter_icon_draw(&icon, &again), ERR_OK);
        assert_true(str_eq(buf_str(&out), buf_str(&again)));
        unpack(&out, pixels);
        assert_memory_equal(at(pixels, 0, 0), "\xFB\xF9\xF4", 3);
        assert_memory_equal(
            at(pixels, SIDE / 2, SIDE * 26 / 100 + 3 * maskable),
            "\xA8\x18\x0F", 3);
        const char *inside = maskable ? "\xFB\xF9\xF4" : "\x1A\x18\x14";
        assert_memory_equal(at(pixels, 14, SIDE * 77 / 100), inside, 3);
        buf_finish(&out);
        buf_finish(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_png_comes_back_pixel_by_pixel),
        cmocka_unit_test(test_a_png_that_does_not_fit_is_an_error),
        cmocka_unit_test(test_an_icon_is_drawn_without_a_font),
    };
    return cmocka_run_group_tests_name("letter_icon", tests, NULL, NULL);
}
