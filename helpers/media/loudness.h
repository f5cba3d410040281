// SPDX-License-Identifier: Apache-2.0
/* helpers/media/loudness.h: how loud AAC is, after EBU R 128, by libavfilter.
 */
#ifndef HELPERS_MEDIA_LOUDNESS_H
#define HELPERS_MEDIA_LOUDNESS_H

#include <stdbool.h>

#include "base/str.h"

struct loudness;

/* ERR_INVALID: it cannot be decoded. ERR_NO_MEMORY. */
MUST_USE enum err loudness_create(struct str asc,
                                  struct loudness **ret_loudness);
void loudness_destroy(struct loudness *loudness); /* accepts NULL */

/* Listens to a frame. */
void loudness_hear(struct loudness *loudness, struct str frame);

/* Of the last 3 seconds, LUFS; false as long as there is nothing to hear. */
bool loudness_now(const struct loudness *loudness, double *ret_lufs);

#endif
