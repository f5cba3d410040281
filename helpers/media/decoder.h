// SPDX-License-Identifier: Apache-2.0
/* helpers/media/decoder.h: H.264 to pictures. What is damaged is left out or
 * shown as far as it goes; nothing of a feed stops it. */
#ifndef HELPERS_MEDIA_DECODER_H
#define HELPERS_MEDIA_DECODER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct AVFrame;
struct decoder;

/* ERR_INVALID: it cannot be decoded. ERR_NO_MEMORY. */
MUST_USE enum err decoder_create(struct str avcc, struct decoder **ret_decoder);
void decoder_destroy(struct decoder *decoder); /* accepts NULL */

/* Gives it a picture, to be shown at tick. False: it cannot be decoded. */
bool decoder_push(struct decoder *decoder, struct str bytes, bool is_key,
                  int64_t shown);

/* No more comes for now: what was kept back is there to be taken. It begins
 * anew with a key frame, after decoder_reset. */
void decoder_drain(struct decoder *decoder);
void decoder_reset(struct decoder *decoder);

/* The next picture in the order they are shown, its pts when; it lives until
 * the next call. NULL when there is none yet. */
const struct AVFrame *decoder_take(struct decoder *decoder);

#endif
