// SPDX-License-Identifier: Apache-2.0
/* playout/span.h: the media of what was on the air from one moment to another,
 * out of the DVR (dvr.h) or out of a recording (recording.h), for whoever makes
 * something else of it. Media is never looked into, files are only read; it is
 * called by a process that need not be the playout. */
#ifndef PLAYOUT_SPAN_H
#define PLAYOUT_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/id.h"

/* Where it is: exactly one of both. */
struct span_source {
    const char *live_folder;
    const struct id *channel;
    const struct id *recording;
};

struct span_piece;

struct span {
    struct arena *arena;
    const char *folder; /* of the rendition's files */
    const char *name;   /* of the rendition: the best with pictures */
    bool is_recording;
    struct span_piece *pieces;
    size_t count, first, end; /* of those that are needed */
    int64_t bytes;            /* of them */
    struct str init;
};

/* The first and the last moment there is, microseconds since 1970. Of a channel
 * only the last hours are looked at. ERR_NOT_FOUND. */
MUST_USE enum err span_limits(const struct span_source *source,
                              struct arena *arena, int64_t *ret_start_us,
                              int64_t *ret_end_us, struct fault *fault);

/* Finds what is needed to show every picture from start_us to before end_us:
 * whole segments, and where they go on from each other also one before and one
 * behind. *span lives in arena. ERR_NOT_FOUND: there is nothing at one of them;
 * ERR_CONFLICT: something begins anew between them, which is not one piece. */
MUST_USE enum err span_open(const struct span_source *source, int64_t start_us,
                            int64_t end_us, struct arena *arena,
                            struct span *span, struct fault *fault);

/* Gives all fragments, in order, split anywhere. ERR_CLOSED: give gave up. */
typedef bool span_give(void *context, struct str bytes);
MUST_USE enum err span_read(const struct span *span, span_give *give,
                            void *context, struct fault *fault);

#endif
