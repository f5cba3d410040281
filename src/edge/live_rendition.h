// SPDX-License-Identifier: Apache-2.0
/* edge/live_rendition.h: what there is of one rendition, as the playout tells
 * it: the last minute with its media, what is older by its place in a file. The
 * first thread's; what all threads share is made of it as editions. */
#ifndef EDGE_LIVE_RENDITION_H
#define EDGE_LIVE_RENDITION_H

#include <stdbool.h>
#include <stdint.h>

#include "edge/live_edition.h"

enum {
    LIVE_MEMORY_TICKS = 60 * LIVE_HZ, /* kept in memory; the default playlist */
    LIVE_MEMORY_BYTES = 256 << 20, /* … as far as they are no more than so */
    LIVE_RECENT_MAX = 256, /* segments in memory, should they be very short */
    LIVE_INITS_MAX = 64,
};

struct live_recent;

/* Zeroed at first. */
struct live_rendition {
    struct live_segment_info *past;
    size_t past_count, past_capacity;
    struct live_past *past_shared; /* NULL when it is out of date */
    struct live_recent *recent[LIVE_RECENT_MAX];
    size_t recent_count;
    struct live_edition_init inits[LIVE_INITS_MAX];
    size_t init_count;
    int64_t longest; /* segment since the last break */
    bool is_dirty;   /* another edition is due; the caller takes it back */
};

/* Forgets everything, but can be used again. */
void live_rendition_clear(struct live_rendition *rendition);
void live_rendition_finish(struct live_rendition *rendition);

void live_rendition_add_init(struct live_rendition *rendition,
                             const struct live_init *init);

/* The next part of the segment that grows, or the first one of another. One
 * that came already is passed over; when segments are missing before it, all
 * that was there is forgotten. dvr_seconds: how long segments are kept. */
void live_rendition_add_part(struct live_rendition *rendition,
                             const struct live_part *part,
                             uint32_t dvr_seconds);

/* A segment that is there is whole. */
void live_rendition_end_segment(struct live_rendition *rendition,
                                const struct live_segment_info *info);

/* A segment that only a file has. Those of the last minute are shown as if they
 * were in memory. */
void live_rendition_add_stored(struct live_rendition *rendition,
                               const struct live_segment_info *info,
                               uint32_t dvr_seconds);

/* Files have none before sequence any more. */
void live_rendition_prune(struct live_rendition *rendition, uint64_t sequence);

/* The last part there is; is_told is false when there is none. */
struct live_report live_rendition_report(
    const struct live_rendition *rendition);

/* All that there is; station, rendition and reports are the caller's to fill
 * in. One reference. */
struct live_edition *live_rendition_edition(struct live_rendition *rendition);

#endif
