// SPDX-License-Identifier: Apache-2.0
/* cli/desk_pictures.h: the desk's thread that makes the renditions of pictures
 * which came without them (imports), with a helper that works when nobody else
 * does. Those of the newest articles come first. */
#ifndef CLI_DESK_PICTURES_H
#define CLI_DESK_PICTURES_H

#include "base/err.h"

struct content;
struct desk_pictures;

/* program is the path of broadsheet-image; NULL when it is not installed, which
 * is told once: pages then show pictures as they came. */
MUST_USE enum err desk_pictures_start(struct content *content,
                                      const char *program,
                                      struct desk_pictures **ret_pictures);

/* What it is making is made at the next start. Accepts NULL. */
void desk_pictures_stop(struct desk_pictures *pictures);

#endif
