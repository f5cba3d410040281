// SPDX-License-Identifier: Apache-2.0
/* playout/captions.h: what was said on a channel, in memory and on disk:
 *
 *   live/<channel id>/captions/<hour>.jsonl    [tick, ticks, "text"] a line,
 *                     [tick, ticks, "text", track] where it is not the main one
 *
 * An hour is that of the caption's start, since 1970. Files are only appended
 * to, and go as a whole when they are too old; a line that a crash left half
 * written is passed over. When the disk fails, captions are shown and not kept,
 * which is logged once. */
#ifndef PLAYOUT_CAPTIONS_H
#define PLAYOUT_CAPTIONS_H

#include "base/fault.h"
#include "link/live.h"
#include "playout/dvr.h"

struct caption_line {
    int64_t tick, duration;
    char *text;
    size_t len;
    uint8_t track;
};

struct captions {
    char folder[DVR_PATH_BYTES];
    struct caption_line *lines; /* as they came; LIVE_CAPTIONS_MAX at most */
    size_t count, capacity;
    uint32_t hour; /* of the open file; 0: none */
    int fd;
    bool has_failed; /* and that was told */
};

/* Reads what is there, making the folder. *captions is filled in any case. */
MUST_USE enum err captions_open(struct captions *captions, const char *folder,
                                struct fault *fault);
void captions_close(struct captions *captions);

/* Keeps another one and tells it to out, unless that is NULL. What is wrong
 * with it, or NULL. */
const char *captions_take(struct captions *captions,
                          const struct live_caption *caption, struct buf *out);

/* All there are, to an edge that knows none. */
void captions_tell(const struct captions *captions, uint64_t channel,
                   struct buf *out);

/* Forgets, and erases from the disk, what is older than tick. */
void captions_prune(struct captions *captions, int64_t tick);

#endif
