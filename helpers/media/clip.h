// SPDX-License-Identifier: Apache-2.0
/* helpers/media/clip.h: what was on the air from one moment to another as a
 * file by itself (media/mp4.h), which begins and ends with any picture.
 *
 * Pictures from the first key frame on are the very ones that were sent. Those
 * between the start and that key frame, and the last few where pictures wait
 * for later ones, are encoded anew. The alternative, all from the key frame
 * before and an edit list that hides what is not wanted, would leave in the
 * file what an editor has cut out, and not every player goes by it. */
#ifndef HELPERS_MEDIA_CLIP_H
#define HELPERS_MEDIA_CLIP_H

#include "base/buf.h"
#include "base/fault.h"
#include "media/mp4.h"

struct clip;

struct clip_facts {
    unsigned width, height;
    int64_t duration_us;
    size_t pictures, encoded;
};

/* Makes it of an initialisation and fragments, which have to live as long as it
 * does. ERR_INVALID, ERR_NOT_FOUND, ERR_UNSUPPORTED: what is there does not
 * allow it, and the fault says why. */
MUST_USE enum err clip_make(struct str init, struct str fragments,
                            int64_t start_us, int64_t end_us,
                            struct clip **ret_clip, struct fault *fault);
void clip_destroy(struct clip *clip); /* accepts NULL */

const struct clip_facts *clip_facts(const struct clip *clip);
struct str clip_poster(const struct clip *clip); /* JPEG */

/* The file: what stands in front, then each sample. False: put gave up. */
bool clip_write(const struct clip *clip, mp4_put *put, void *context);

#endif
