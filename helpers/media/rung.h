// SPDX-License-Identifier: Apache-2.0
/* helpers/media/rung.h: a rendition of the ladder that is encoded here:
 * pictures of the feed made smaller, and its sound as it is. It is made, or it
 * is not: then what was begun of it goes on as gaps. */
#ifndef HELPERS_MEDIA_RUNG_H
#define HELPERS_MEDIA_RUNG_H

#include "mux.h"
#include "start.h"

struct AVFrame;
struct rung;

/* Where all renditions are cut. */
struct rung_mark {
    int64_t tick;
    enum cut cut;
};

/* So many pixels the shorter side has; 0 when the rendition is not encoded. */
unsigned rung_side(unsigned index);

/* index: as part_rendition_name counts. ERR_NO_MEMORY. */
MUST_USE enum err rung_create(unsigned index, const struct start *start,
                              struct buf *out, struct rung **ret_rung);
void rung_destroy(struct rung *rung); /* accepts NULL */

/* Other frames come now, of this format: what is of the feed before is told
 * already. */
void rung_configure(struct rung *rung, const struct mux_format *format);

/* The first cut comes at tick. goes_on: with what a process before made. */
void rung_begin(struct rung *rung, int64_t tick, bool goes_on);

/* Whether it is made now. */
bool rung_is_on(const struct rung *rung);

/* A cut. like: the first picture behind it, with which the rendition begins
 * when it can; NULL: there is none, or it is not to be made. True: it began
 * here, and wants the sound from here on that was there before. */
bool rung_cut(struct rung *rung, const struct rung_mark *mark,
              const struct AVFrame *like);

/* The picture before lasts until tick. In front of each rung_cut and
 * rung_picture. */
void rung_close_picture(struct rung *rung, int64_t tick);

/* Encodes it; nothing when it is not on. */
void rung_picture(struct rung *rung, const struct AVFrame *picture,
                  int64_t tick, int64_t shown_after, bool is_key);

void rung_sound(struct rung *rung, int64_t tick, struct str bytes);

/* What is complete is told; now: how far the feed is. */
void rung_flush(struct rung *rung, int64_t now);

/* From now on it is not made. */
void rung_stop(struct rung *rung);

/* No more of this kind comes; what is there ends at tick. */
void rung_end(struct rung *rung, int64_t tick);

#endif
