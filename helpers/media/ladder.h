// SPDX-License-Identifier: Apache-2.0
/* helpers/media/ladder.h: the renditions that are encoded here (mill.h), in a
 * thread of their own: it is given what the source is made of, and never waited
 * for. What there is no room for is left out up to the next key frame. */
#ifndef HELPERS_MEDIA_LADDER_H
#define HELPERS_MEDIA_LADDER_H

#include "media/packet.h"
#include "mux.h"
#include "start.h"

struct ladder;

/* NULL when the ladder has none of them; all that follows accepts that.
 * ERR_NO_MEMORY. */
MUST_USE enum err ladder_create(const struct start *start,
                                struct ladder **ret_ladder);
void ladder_destroy(struct ladder *ladder);

/* What comes now. Renditions that are not smaller than the feed are left out;
 * the slate has those of the feed that it stands for. */
void ladder_configure(struct ladder *ladder, const struct mux_format *format,
                      bool is_slate);

/* As with a mux: parts begin at the first cut from tick on. goes_on: with what
 * the process before made. */
void ladder_begin(struct ladder *ladder, int64_t tick, bool goes_on);

/* Each in the order of its ticks; a cut in front of the picture with which it
 * begins. Pictures from a key frame on, which may be of before the beginning.
 */
void ladder_picture(struct ladder *ladder, const struct packet *packet,
                    bool is_key);
void ladder_sound(struct ladder *ladder, const struct packet *packet);
void ladder_cut(struct ladder *ladder, int64_t tick, enum cut cut);
void ladder_end(struct ladder *ladder, int64_t tick);

/* Appends messages (media/part.h) that became ready. */
void ladder_take(struct ladder *ladder, struct buf *out);

struct ladder_state {
    unsigned shed;   /* 1 << rendition, which should be made and is not */
    int64_t dropped; /* pictures that are missing in them */
};

struct ladder_state ladder_state(struct ladder *ladder);

#endif
