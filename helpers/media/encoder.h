// SPDX-License-Identifier: Apache-2.0
/* helpers/media/encoder.h: pictures to H.264 by x264, each as it comes: no
 * pictures that refer to later ones, nothing kept back. */
#ifndef HELPERS_MEDIA_ENCODER_H
#define HELPERS_MEDIA_ENCODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct AVFrame;
struct encoder;

struct encoder_format {
    int width, height;               /* even */
    int aspect_width, aspect_height; /* of a pixel */
    int frames_num, frames_den;      /* a second, about */
    int bits;                        /* a second, at most */
    int threads;
    int matrix, primaries, transfer; /* of colours, as H.264 counts (table
                                        E-3 …); 0: not told */
    bool is_full_range;              /* of what brightness can be */
    const char *preset;              /* x264's; NULL: that of television */
    int quality;                     /* x264's crf; 0: that of television */
    int set_number;                  /* of its SPS and PPS */
};

/* ERR_NO_MEMORY, ERR_INVALID: it cannot be encoded so. */
MUST_USE enum err encoder_create(const struct encoder_format *format,
                                 struct encoder **ret_encoder);
void encoder_destroy(struct encoder *encoder); /* accepts NULL */

/* AVCDecoderConfigurationRecord; lives as long as the encoder. */
struct str encoder_config(const struct encoder *encoder);

/* Encodes a picture (yuv420p; its pts in ticks). *ret_bytes: units behind
 * lengths, until the next call; empty when it keeps it back after all. */
MUST_USE enum err encoder_push(struct encoder *encoder, struct AVFrame *picture,
                               bool is_key, struct str *ret_bytes,
                               int64_t *ret_tick);

#endif
