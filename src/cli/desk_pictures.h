// SPDX-License-Identifier: Apache-2.0
/* cli/desk_pictures.h: the desk's thread that makes the renditions of pictures
 * which came without them (imports), with a helper that works when nobody else
 * does. Those of the newest articles come first. */
#ifndef CLI_DESK_PICTURES_H
#define CLI_DESK_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct content;
struct desk_pictures;
struct id;
struct picture_ids;

/* program is the path of broadsheet-image; NULL when it is not installed, which
 * is told once: pages then show pictures as they came. */
MUST_USE enum err desk_pictures_start(struct content *content,
                                      const char *program,
                                      struct desk_pictures **ret_pictures);

/* From any thread: these are made before all others, also when the setting
 * make-pictures is off. Waits until each was tried, wait_us at most; with 0, or
 * when too many wait already, it does not. */
void desk_pictures_hurry(struct desk_pictures *pictures,
                         const struct picture_ids *ids, int64_t wait_us);

/* From any thread: how many renditions of the picture there are, and are to be
 * (0: not known yet). False when it is not the one that is being made. */
bool desk_pictures_progress(struct desk_pictures *pictures, const struct id *id,
                            size_t *ret_done, size_t *ret_total);

/* Those who wait are let go, and nothing more is begun. Accepts NULL. */
void desk_pictures_ask_end(struct desk_pictures *pictures);

/* What it is making is made at the next start. Nobody may wait any more.
 * Accepts NULL. */
void desk_pictures_stop(struct desk_pictures *pictures);

#endif
