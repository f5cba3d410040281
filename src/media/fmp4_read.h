// SPDX-License-Identifier: Apache-2.0
/* media/fmp4_read.h: takes apart what fmp4.h writes, and nothing else: whoever
 * makes something of what was on the air has it from there. */
#ifndef MEDIA_FMP4_READ_H
#define MEDIA_FMP4_READ_H

#include "media/fmp4.h"

/* Reads an initialisation; configs are borrowed. ERR_INVALID. */
MUST_USE enum err fmp4_read_init(struct str bytes,
                                 struct fmp4_track tracks[FMP4_TRACKS_MAX],
                                 size_t *ret_count);

/* A sample of a track (its number), decoded at time; its bytes are borrowed.
 * False: no more are wanted. */
typedef bool fmp4_take(void *context, unsigned track, int64_t time,
                       const struct fmp4_sample *sample);

/* Reads fragments, one behind the other, also initialisations between them,
 * which are passed over. ERR_INVALID: it is none, or not whole, or no more
 * were wanted. */
MUST_USE enum err fmp4_read_fragments(struct str bytes, fmp4_take *take,
                                      void *context);

#endif
