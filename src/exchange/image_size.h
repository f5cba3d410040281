// SPDX-License-Identifier: Apache-2.0
/* exchange/image_size.h: what kind of picture some bytes are and how large it
 * is, by its first bytes alone: nothing is decoded. A pure function. */
#ifndef EXCHANGE_IMAGE_SIZE_H
#define EXCHANGE_IMAGE_SIZE_H

#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct image_size {
    struct str mime; /* static: image/png, image/jpeg, image/gif, image/webp */
    int64_t width;   /* pixels, as stored (an Exif turn is not looked at) */
    int64_t height;
};

/* ERR_UNSUPPORTED when it is no picture of a kind that is known, or its head is
 * cut off. */
MUST_USE enum err image_size_read(struct str bytes,
                                  struct image_size *ret_size);

#endif
