// SPDX-License-Identifier: Apache-2.0
/* helpers/media/format.h: from what a decoder must know to what players are
 * told. */
#ifndef HELPERS_MEDIA_FORMAT_H
#define HELPERS_MEDIA_FORMAT_H

#include "mux.h"

/* avcc, asc: AVCDecoderConfigurationRecord and AudioSpecificConfig, empty where
 * there is no such track; they have to live as long as the format.
 * *ret_length_bytes: of the length before each unit of pictures. Gives NULL, or
 * a sentence about what cannot be passed on; that is left out then. */
const char *format_read(struct str avcc, struct str asc,
                        struct mux_format *ret_format,
                        unsigned *ret_length_bytes);

/* What sound alone has of it. */
struct mux_format format_of_sound(const struct mux_format *format);

#endif
