// SPDX-License-Identifier: Apache-2.0
/* helpers/image/card.h: what stands where somebody shares an article: the
 * newspaper's name, the headline in its own type, the picture beside it. */
#ifndef HELPERS_IMAGE_CARD_H
#define HELPERS_IMAGE_CARD_H

#include "base/arena.h"
#include "base/fault.h"
#include "render/image_wire.h"

/* A JPEG of IMAGE_CARD_WIDTH × IMAGE_CARD_HEIGHT and at most
 * IMAGE_CARD_BYTES_MAX, in arena. A picture that cannot be read is left out.
 * ERR_INVALID when no face can be read. */
MUST_USE enum err card_draw(const struct image_card *card, struct arena *arena,
                            struct image_rendition *ret_card,
                            struct fault *fault);

#endif
