// SPDX-License-Identifier: Apache-2.0
/* render/image_helper.h: pictures looked at, scaled and cut in the helper
 * program broadsheet-image: what a hostile one does to it, it does to nobody
 * else. */
#ifndef RENDER_IMAGE_HELPER_H
#define RENDER_IMAGE_HELPER_H

#include <sys/types.h>

#include "base/fault.h"
#include "render/image_wire.h"

struct arena;
struct image_helper;

enum { IMAGE_HELPER_TIMEOUT_MS = 60 * 1000 }; /* between two answers */

/* program is the path of broadsheet-image. It is started by the first job, and
 * again when it died. background: it works when nobody else does. NULL when
 * there is no memory. Not for two threads at once. */
struct image_helper *image_helper_create(const char *program, bool background);
void image_helper_destroy(struct image_helper *helper); /* accepts NULL */

struct image_made {
    struct image_info info;
    struct image_rendition *renditions; /* one for each output, in order */
    size_t rendition_count;
};

/* Called before the first rendition and after each; may be NULL. */
typedef void image_progress(void *context, size_t done, size_t total);

/* Does the job; everything lives in arena. Without outputs the picture is only
 * looked at. A helper that dies of it is started once more, in case that it was
 * not the picture's fault.
 *
 * ERR_UNSUPPORTED, ERR_TOO_LONG, ERR_INVALID: the picture, as fault says.
 * ERR_TIMEOUT, ERR_CLOSED: it was too much. ERR_IO: there is no helper. */
MUST_USE enum err image_helper_make(struct image_helper *helper,
                                    const struct image_job *job,
                                    struct arena *arena,
                                    image_progress *progress, void *context,
                                    struct image_made *ret_made,
                                    struct fault *fault);

/* Draws a share card: a JPEG of IMAGE_CARD_WIDTH × IMAGE_CARD_HEIGHT in arena.
 */
MUST_USE enum err image_helper_draw_card(struct image_helper *helper,
                                         const struct image_card *card,
                                         struct arena *arena,
                                         struct str *ret_jpeg,
                                         struct fault *fault);

/* From any thread: what is made now and from now on ends soon with ERR_AGAIN.
 */
void image_helper_cancel(struct image_helper *helper);

/* Its process, 0 when it does not run: for tests that kill it. */
pid_t image_helper_pid(const struct image_helper *helper);

#endif
