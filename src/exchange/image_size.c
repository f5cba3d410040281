// SPDX-License-Identifier: Apache-2.0
#include "exchange/image_size.h"

static unsigned byte_at(struct str bytes, size_t at)
{
    return (unsigned char)bytes.ptr[at];
}

static int64_t big16(struct str bytes, size_t at)
{
    return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}

static int64_t little16(struct str bytes, size_t at)
{
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}

static int64_t little24(struct str bytes, size_t at)
{
    return little16(bytes, at) | (int64_t)byte_at(bytes, at + 2) << 16;
}

/* RFC 2083 §4.1.1: IHDR comes first. */
static bool read_png(struct str bytes, struct image_size *size)
{
    if (bytes.len < 24 || !str_starts_with(bytes, STR("\x89PNG\r\n\x1A\n")))
        return false;
    size->mime = STR("image/png");
    size->width = big16(bytes, 16) << 16 | big16(bytes, 18);
    size->height = big16(bytes, 20) << 16 | big16(bytes, 22);
    return true;
}

static bool read_gif(struct str bytes, struct image_size *size)
{
    if (bytes.len < 10 || (!str_starts_with(bytes, STR("GIF87a")) &&
                           !str_starts_with(bytes, STR("GIF89a"))))
        return false;
    size->mime = STR("image/gif");
    size->width = little16(bytes, 6);
    size->height = little16(bytes, 8);
    return true;
}

/* RFC 9649: lossy, lossless and extended files each keep it elsewhere. */
static bool read_webp(struct str bytes, struct image_size *size)
{
    if (bytes.len < 30 || !str_starts_with(bytes, STR("RIFF")) ||
        !str_eq(str_slice(bytes, 8, 4), STR("WEBP")))
        return false;
    struct str chunk = str_slice(bytes, 12, 4);
    size->mime = STR("image/webp");
    if (str_eq(chunk, STR("VP8 "))) {
        size->width = little16(bytes, 26) & 0x3FFF;
        size->height = little16(bytes, 28) & 0x3FFF;
    } else if (str_eq(chunk, STR("VP8L"))) {
        int64_t bits = little16(bytes, 21) | little16(bytes, 23) << 16;
        size->width = (bits & 0x3FFF) + 1;
        size->height = (bits >> 14 & 0x3FFF) + 1;
    } else if (str_eq(chunk, STR("VP8X"))) {
        size->width = little24(bytes, 24) + 1;
        size->height = little24(bytes, 27) + 1;
    } else {
        return false;
    }
    return true;
}

/* A marker that begins a frame: SOF0 to SOF15 without DHT, JPG and DAC. */
static bool is_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 &&
           marker != 0xC8 && marker != 0xCC;
}

/* ITU T.81 §B.2: segments, each with its length, until the frame's. */
static bool read_jpeg(struct str bytes, struct image_size *size)
{
    if (!str_starts_with(bytes, STR("\xFF\xD8\xFF")))
        return false;
    for (size_t at = 2; at + 9 <= bytes.len;) {
        if (byte_at(bytes, at) != 0xFF)
            return false;
        unsigned marker = byte_at(bytes, at + 1);
        if (marker == 0xFF) { /* a fill byte */
            at++;
            continue;
        }
        if (is_frame(marker)) {
            size->mime = STR("image/jpeg");
            size->height = big16(bytes, at + 5);
            size->width = big16(bytes, at + 7);
            return true;
        }
        at += 2 + (size_t)big16(bytes, at + 2);
    }
    return false;
}

enum err image_size_read(struct str bytes, struct image_size *ret_size)
{
    struct image_size size = {0};
    bool known = read_png(bytes, &size) || read_gif(bytes, &size) ||
                 read_webp(bytes, &size) || read_jpeg(bytes, &size);
    if (!known || size.width <= 0 || size.height <= 0)
        return ERR_UNSUPPORTED;
    *ret_size = size;
    return ERR_OK;
}
