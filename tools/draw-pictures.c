// SPDX-License-Identifier: Apache-2.0
/* draw-pictures: draws the illustrations of the sample newspaper.
 *
 *   draw-pictures OUTDIR [NAME...]   all of them, or those named
 *   draw-pictures --list             their names, one a line
 *
 * Each becomes OUTDIR/NAME-1280.webp, -800 and -480; the same program always
 * writes the same bytes. OUTDIR must exist. Exit codes: 0, 1 a file could not
 * be written, 2 wrong usage. */
#include <assert.h>
#include <cairo.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <webp/encode.h>

#include "draw/brush.h"
#include "draw/scenes.h"

struct scene {
    const char *name;
    void (*draw)(cairo_t *c);
};

#define SCENE_ROW(function, name) {name, scene_##function},
static const struct scene scenes[] = {SCENES(SCENE_ROW)};
enum { SCENES_COUNT = sizeof(scenes) / sizeof(scenes[0]) };

static const int widths[] = {1280, 800, 480};
enum { WIDTHS_COUNT = sizeof(widths) / sizeof(widths[0]) };

static const float WEBP_QUALITY = 80;

/* The surface must be destroyed by the caller. */
static cairo_surface_t *scene_draw(const struct scene *scene, int width)
{
    double scale = (double)width / PICTURE_WIDTH;
    int height = (int)lround(PICTURE_HEIGHT * scale);
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    cairo_t *c = cairo_create(surface);
    /* Height is rounded, so the axes' scales differ by a hair. */
    cairo_scale(c, scale, (double)height / PICTURE_HEIGHT);
    scene->draw(c);
    flecks(c, (uint32_t)(scene - scenes) + 1);
    assert(cairo_status(c) == CAIRO_STATUS_SUCCESS);
    cairo_destroy(c);
    cairo_surface_flush(surface);
    return surface;
}

/* Cairo's RGB24 is native-endian 0x00RRGGBB, which is what libwebp takes as
 * ARGB once the unused byte is opaque. */
static bool webp_encode(cairo_surface_t *surface, WebPMemoryWriter *writer)
{
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigPreset(&config, WEBP_PRESET_DRAWING, WEBP_QUALITY) ||
        !WebPPictureInit(&picture))
        return false;
    config.method = 5;
    config.use_sharp_yuv = 1;
    picture.use_argb = 1;
    picture.width = cairo_image_surface_get_width(surface);
    picture.height = cairo_image_surface_get_height(surface);
    if (!WebPPictureAlloc(&picture))
        return false;
    const unsigned char *data = cairo_image_surface_get_data(surface);
    int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < picture.height; y++) {
        const uint32_t *row = (const uint32_t *)(data + y * stride);
        for (int x = 0; x < picture.width; x++)
            picture.argb[y * picture.argb_stride + x] = row[x] | 0xFF000000u;
    }
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = writer;
    bool good = WebPEncode(&config, &picture);
    WebPPictureFree(&picture);
    return good;
}

static bool bytes_write(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool good = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && good;
}

static bool scene_write(const struct scene *scene, int width,
                        const char *folder)
{
    char path[4096];
    int length = snprintf(path, sizeof(path), "%s/%s-%d.webp", folder,
                          scene->name, width);
    if (length < 0 || (size_t)length >= sizeof(path)) {
        fprintf(stderr, "draw-pictures: the path is too long: %s\n", folder);
        return false;
    }
    cairo_surface_t *surface = scene_draw(scene, width);
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    bool good = webp_encode(surface, &writer) &&
                bytes_write(path, writer.mem, writer.size);
    if (!good)
        fprintf(stderr,
                "draw-pictures: cannot write %s; is the folder there and "
                "writable?\n",
                path);
    WebPMemoryWriterClear(&writer);
    cairo_surface_destroy(surface);
    return good;
}

static bool scene_is_wanted(const struct scene *scene, int count, char **names)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], scene->name) == 0)
            return true;
    return count == 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--list") == 0) {
        for (int i = 0; i < SCENES_COUNT; i++)
            puts(scenes[i].name);
        return 0;
    }
    if (argc < 2 || argv[1][0] == '-') {
        fputs("usage: draw-pictures OUTDIR [NAME...]\n"
              "       draw-pictures --list\n",
              stderr);
        return 2;
    }
    for (int i = 0; i < SCENES_COUNT; i++) {
        if (!scene_is_wanted(&scenes[i], argc - 2, argv + 2))
            continue;
        for (int w = 0; w < WIDTHS_COUNT; w++)
            if (!scene_write(&scenes[i], widths[w], argv[1]))
                return 1;
    }
    return 0;
}
