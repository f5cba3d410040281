// SPDX-License-Identifier: Apache-2.0
#include "render/png.h"

#include <assert.h>
#include <libdeflate.h>

enum {
    CHANNELS = 3,
    LEVEL = 9,
    BITS = 8,
    COLOUR = 2,    /* §11.2.1: truecolour */
    FILTER_UP = 2, /* §9.2: flat pictures become mostly zeros */
};

static void put_u32(unsigned char *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* §5.3: length, type, data, and the check of the last two. */
static void put_chunk(struct buf *out, const char type[4],
                      const unsigned char *data, size_t len)
{
    unsigned char number[4];
    put_u32(number, (uint32_t)len);
    buf_add(out, str_of((const char *)number, 4));
    buf_add(out, str_of(type, 4));
    if (len)
        buf_add(out, str_of((const char *)data, len));
    put_u32(number, libdeflate_crc32(libdeflate_crc32(0, type, 4),
                                     len ? data : number, len));
    buf_add(out, str_of((const char *)number, 4));
}

static void put_header(struct buf *out, unsigned width, unsigned height)
{
    unsigned char header[13] = {[8] = BITS, [9] = COLOUR};
    put_u32(header, width);
    put_u32(header + 4, height);
    put_chunk(out, "IHDR", header, sizeof header);
}

/* Each row behind the number of its filter. */
static void filter(const unsigned char *rgb, unsigned width, unsigned height,
                   unsigned char *target)
{
    size_t row = (size_t)width * CHANNELS;
    for (unsigned y = 0; y < height; y++) {
        *target++ = FILTER_UP;
        for (size_t x = 0; x < row; x++, rgb++)
            *target++ = (unsigned char)(*rgb - (y ? rgb[-(ptrdiff_t)row] : 0));
    }
}

static enum err put_pixels(struct buf *out, const unsigned char *rgb,
                           unsigned width, unsigned height)
{
    size_t len = ((size_t)width * CHANNELS + 1) * height;
    struct libdeflate_compressor *compressor =
        libdeflate_alloc_compressor(LEVEL);
    size_t most =
        compressor ? libdeflate_zlib_compress_bound(compressor, len) : 0;
    unsigned char *rows = malloc(len), *packed = most ? malloc(most) : NULL;
    enum err err = rows && packed ? ERR_OK : ERR_NO_MEMORY;
    if (!err) {
        filter(rgb, width, height, rows);
        size_t size =
            libdeflate_zlib_compress(compressor, rows, len, packed, most);
        put_chunk(out, "IDAT", packed, size);
    }
    free(rows);
    free(packed);
    libdeflate_free_compressor(compressor);
    return err;
}

enum err png_write(const unsigned char *rgb, unsigned width, unsigned height,
                   struct buf *out)
{
    assert(rgb && width && height);
    assert(width <= PNG_SIDE_MAX && height <= PNG_SIDE_MAX);
    buf_add(out, STR("\x89PNG\r\n\x1a\n"));
    put_header(out, width, height);
    enum err err = put_pixels(out, rgb, width, height);
    put_chunk(out, "IEND", NULL, 0);
    return err ? err : buf_err(out);
}
