// SPDX-License-Identifier: Apache-2.0
/* edge/live_captions.h: what is said on a channel, as all threads of the edge
 * share it: immutable, counted, replaced by the next one with each caption. */
#ifndef EDGE_LIVE_CAPTIONS_H
#define EDGE_LIVE_CAPTIONS_H

#include "base/buf.h"
#include "edge/live_edition.h"

struct live_caption_line {
    int64_t tick, duration;
    struct live_blob *text; /* one reference */
    uint8_t track;          /* live_caption */
};

struct live_captions {
    atomic_uint references;
    unsigned tracks; /* 1 << track of each that has some */
    size_t count;
    struct live_caption_line lines[]; /* by tick */
};

/* The first thread's, zeroed at first. */
struct live_caption_list {
    struct live_caption_line *lines; /* by tick; LIVE_CAPTIONS_MAX at most */
    size_t count;
    bool is_new; /* since live_captions_create */
};

/* Adds a copy, and forgets what is older than dvr_seconds before it. */
void live_caption_list_add(struct live_caption_list *list,
                           const struct live_caption *caption,
                           uint32_t dvr_seconds);
void live_caption_list_clear(struct live_caption_list *list);

/* Copies; the references are held anew. */
struct live_captions *live_captions_create(struct live_caption_list *list);
struct live_captions *live_captions_hold(struct live_captions *captions);
void live_captions_release(struct live_captions *captions); /* accepts NULL */

/* Appends a segment of WebVTT (RFC 8216 §3.5): what a track says in so many
 * ticks from tick on, or begins before and goes on. captions: NULL for none.
 *
 * Times count from a whole hour before, which X-TIMESTAMP-MAP names as a stamp
 * of 33 bits: so a caption that is in two segments has the same times in both,
 * by which players know that it is one. NOTE says when that hour was. */
void live_captions_write(const struct live_captions *captions, unsigned track,
                         int64_t tick, int64_t duration, struct buf *out);

#endif
