// SPDX-License-Identifier: Apache-2.0
/* helpers/image/picture.h: the only file that knows libvips: a picture looked
 * at, scaled, cut and written again. */
#ifndef HELPERS_IMAGE_PICTURE_H
#define HELPERS_IMAGE_PICTURE_H

#include "base/arena.h"
#include "base/fault.h"
#include "render/image_wire.h"

/* Loads what libvips loads when it is first needed. To be called once, before
 * the sandbox. */
bool picture_begin(void);

/* What the picture is, by its head alone: nothing is decoded, so that a bomb
 * costs nothing. ERR_UNSUPPORTED, ERR_TOO_LONG, ERR_INVALID. */
MUST_USE enum err picture_look(struct str bytes, struct arena *arena,
                               struct image_info *ret_info,
                               struct fault *fault);

/* Makes each output of the job and hands it over; it is valid during the call,
 * which answers false to stop. ERR_INVALID when the picture is damaged. */
MUST_USE enum err picture_make(
    const struct image_job *job, const struct image_info *info,
    struct arena *arena,
    bool (*on_made)(void *context, const struct image_rendition *made),
    void *context, struct fault *fault);

/* Fills a column of a canvas (three bytes a pixel, width × height) with the
 * job's picture, cut around its focal point; outputs are not asked for. An
 * error leaves the canvas as it was. */
MUST_USE enum err picture_paste(const struct image_job *job,
                                struct arena *arena, uint8_t *canvas, int width,
                                int height, int x, int column_width);

/* The canvas as a JPEG in arena, as good as max_bytes let it be. */
MUST_USE enum err picture_write_canvas(const uint8_t *canvas, int width,
                                       int height, size_t max_bytes,
                                       struct arena *arena,
                                       struct str *ret_jpeg,
                                       struct fault *fault);

#endif
