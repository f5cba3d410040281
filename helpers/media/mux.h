// SPDX-License-Identifier: Apache-2.0
/* helpers/media/mux.h: one rendition: frames of pictures and sound go in, cuts
 * are told, and messages of media/part.h come out.
 *
 * A part has the pictures and the sound whose ticks are from one cut to the
 * next. It is written when all of them are there: pictures when the cut is
 * told, sound when a frame of it came from behind the cut, or when it stays
 * away. */
#ifndef HELPERS_MEDIA_MUX_H
#define HELPERS_MEDIA_MUX_H

#include "media/cutter.h"
#include "media/part.h"

struct mux_format {
    bool has_pictures, has_sound;
    struct str avcc, asc; /* borrowed until mux_begin returns */
    unsigned width, height, aspect_width, aspect_height;
    unsigned profile, constraints, level;
    unsigned rate, channels, object_type;
    unsigned frame_samples; /* of a frame of sound, at this rate */
};

struct mux_frame {
    bool is_sound;
    bool is_key;
    int64_t tick;
    uint32_t duration; /* ticks; of sound it is not asked for */
    int32_t shown_after;
    struct str bytes; /* borrowed */
};

struct mux;

/* index: its place in part_rendition_name. out: where messages go.
 * ERR_NO_MEMORY. */
MUST_USE enum err mux_create(unsigned index, struct buf *out,
                             struct mux **ret_mux);
void mux_destroy(struct mux *mux); /* accepts NULL */

/* Other frames come now: those before were finished by mux_end, or there were
 * none. The first part begins at the first cut from tick on; if is_broken, it
 * does not go on from what was before. */
void mux_begin(struct mux *mux, const struct mux_format *format, int64_t tick,
               bool is_broken);

/* All that comes is missing from now on: parts are gaps until mux_begin or
 * mux_end, from tick on if it was not begun. What is not written yet is missing
 * as well. To be called only when something was told before. */
void mux_begin_gap(struct mux *mux, int64_t tick, bool is_broken);

/* In the order of their ticks within pictures and within sound. What is of
 * before the part in the making is left out: false. */
bool mux_add(struct mux *mux, const struct mux_frame *frame);

/* Something new begins at tick; all pictures of before were added. is_key: it
 * begins with a key frame. */
void mux_cut(struct mux *mux, int64_t tick, enum cut cut, bool is_key);

/* Writes the parts that are complete. now: how far the feed is, by which sound
 * that stays away is known. */
void mux_flush(struct mux *mux, int64_t now);

/* No more of this kind comes: what is there ends at tick, and is written. */
void mux_end(struct mux *mux, int64_t tick);

bool mux_is_begun(const struct mux *mux);

/* Where the last part that was written ended; -1 before. */
int64_t mux_written_until(const struct mux *mux);

#endif
