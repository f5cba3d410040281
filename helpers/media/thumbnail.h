// SPDX-License-Identifier: Apache-2.0
/* helpers/media/thumbnail.h: a picture of H.264 as a JPEG. */
#ifndef HELPERS_MEDIA_THUMBNAIL_H
#define HELPERS_MEDIA_THUMBNAIL_H

#include "base/buf.h"

struct AVFrame;

/* Decodes a key frame by itself; av_frame_free gives it back. NULL: it cannot
 * be decoded. */
struct AVFrame *thumbnail_decode(struct str avcc, struct str picture);

/* Decodes a key frame by itself, and appends a JPEG so many pixels wide.
 * ERR_INVALID: it cannot be decoded. ERR_NO_MEMORY. */
MUST_USE enum err thumbnail_make(struct str avcc, struct str picture, int width,
                                 struct buf *out);

/* Appends a picture that is decoded, as a JPEG so many pixels wide. The same
 * errors. */
MUST_USE enum err thumbnail_write(const struct AVFrame *picture, int width,
                                  struct buf *out);

#endif
