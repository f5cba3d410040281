// SPDX-License-Identifier: Apache-2.0
/* render/embed_frame.h: players of other sites that may take the place of their
 * link when a reader presses it; before that nothing of theirs is asked for. */
#ifndef RENDER_EMBED_FRAME_H
#define RENDER_EMBED_FRAME_H

#include <stdbool.h>

#include "base/str.h"

/* Whose players there are: the sources a page's policy allows frames of. */
#define EMBED_FRAME_YOUTUBE "https://www.youtube-nocookie.com"
#define EMBED_FRAME_VIMEO "https://player.vimeo.com"
#define EMBED_FRAME_SOURCES EMBED_FRAME_YOUTUBE " " EMBED_FRAME_VIMEO

enum { EMBED_FRAME_BYTES = 256 };

/* The player of what stands at url, a page of a site that has one: its address,
 * the one that sets no cookie before it plays. False for every other url. */
bool embed_frame(struct str url, char ret_frame[EMBED_FRAME_BYTES]);

#endif
