// SPDX-License-Identifier: Apache-2.0
/* helpers/media/start.h: what the playout wants to be made (PART_START). */
#ifndef HELPERS_MEDIA_START_H
#define HELPERS_MEDIA_START_H

#include "base/fault.h"
#include "media/cutter.h"
#include "media/part.h"

struct start {
    struct cutter_limits limits;
    int64_t slate_ticks; /* for how long the slate is shown … */
    int64_t idle_us;     /* … and how long nothing has come by then */
    int64_t shed_us;     /* when the encoder is so far behind it makes less */
    struct {
        bool is_wanted;
        bool has_from;
        int64_t from, segment;         /* ticks */
    } renditions[PART_RENDITIONS_MAX]; /* as part_rendition_name counts */
};

/* ERR_INVALID: json is none, or asks for what cannot be. */
MUST_USE enum err start_read(struct str json, struct start *ret_start,
                             struct fault *fault);

#endif
