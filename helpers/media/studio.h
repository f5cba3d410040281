// SPDX-License-Identifier: Apache-2.0
/* helpers/media/studio.h: what is looked at and listened to beside the parts:
 * small pictures for the time line of the player, posters, and how loud it is.
 * A thread of its own decodes; it is given what it has time for, never waited
 * for, and what goes wrong in it is not seen by viewers. */
#ifndef HELPERS_MEDIA_STUDIO_H
#define HELPERS_MEDIA_STUDIO_H

#include "media/packet.h"

struct studio;

enum {
    STUDIO_THUMBNAIL_WIDTH = 160,
    STUDIO_POSTER_WIDTH_MAX = 640,
    STUDIO_THUMBNAIL_TICKS = 10 * 90000
};

/* ERR_NO_MEMORY. */
MUST_USE enum err studio_create(struct studio **ret_studio);
void studio_destroy(struct studio *studio); /* accepts NULL */

/* Copies what it takes: configurations, key frames when it is time for another
 * picture, and sound. */
void studio_give(struct studio *studio, const struct packet *packet);

/* Appends messages (media/part.h) that became ready. */
void studio_take(struct studio *studio, struct buf *out);

/* Loudness of the last 3 seconds (EBU R 128 s, short term), LUFS. False when it
 * is not known, or silent. */
bool studio_loudness(struct studio *studio, double *ret_lufs);

#endif
