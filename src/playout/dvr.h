// SPDX-License-Identifier: Apache-2.0
/* playout/dvr.h: what has been on air, on disk, of one rendition:
 *
 *   live/<channel id>/<rendition>/<hour>.mp4    parts, one behind the other
 *   live/<channel id>/<rendition>/<hour>.index  a record of 64 bytes for each
 *   live/<channel id>/<rendition>/init-<n>.mp4  what players must know first
 *
 * An hour is that of the segment's start, since 1970. Files are only appended
 * to, and go as a whole when they are too old. A record has a checksum; what a
 * crash left of one, bytes without a record, and what is behind a damaged one
 * are passed over, and cut off before more is appended. So sequence
 * numbers go on where they ended, whoever died.
 *
 * When the disk is full or fails, television goes on without being kept; that
 * is logged once, and tried again with each segment. */
#ifndef PLAYOUT_DVR_H
#define PLAYOUT_DVR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "link/live.h"

enum {
    DVR_RECORD_BYTES = 64,
    DVR_PATH_BYTES = 4096,
    DVR_TAIL_PARTS = 256, /* the newest, by which players find the end */
};

/* Of one of the newest parts. */
struct dvr_part {
    uint64_t sequence;
    uint32_t part;
    bool independent;
    bool is_gap; /* it is missing: no bytes */
    int64_t tick;
    int64_t duration;
    struct live_place place; /* hour 0: it is nowhere */
};

struct dvr {
    char folder[DVR_PATH_BYTES];
    struct live_segment_info *segments; /* without a gap; the last may grow */
    bool has_gaps;                      /* … but for dvr_open_span */
    size_t count, capacity;
    bool is_open;                         /* the last segment grows */
    struct dvr_part tail[DVR_TAIL_PARTS]; /* oldest first */
    size_t tail_count;
    uint32_t init;   /* the number of the newest; 0: there is none */
    bool has_failed; /* and that was told */
    bool is_damaged; /* records were passed over: numbers may be missing */

    uint32_t hour; /* of the open files; 0: none */
    int data_fd, index_fd;
    uint64_t offset; /* where the data file ends */
};

/* Reads what is there, making the folder. *dvr is filled in any case. */
MUST_USE enum err dvr_open(struct dvr *dvr, const char *folder,
                           struct fault *fault);
void dvr_close(struct dvr *dvr);

/* Reads, of a folder that another process writes, at least what there is from
 * one tick to before another, numbers that are missing or not: for whoever
 * copies it (recording.h). Nothing is written. ERR_NOT_FOUND: there is no such
 * folder. */
MUST_USE enum err dvr_open_span(struct dvr *dvr, const char *folder,
                                int64_t from_tick, int64_t to_tick,
                                struct fault *fault);

/* The initialisation of what follows: the number it has, an old one when it is
 * the same as the newest. */
uint32_t dvr_put_init(struct dvr *dvr, struct str bytes);

/* Appends the bytes of an initialisation to out. ERR_NOT_FOUND, … */
MUST_USE enum err dvr_read_init(const struct dvr *dvr, uint32_t number,
                                struct buf *out);

/* A segment begins; the one before is complete. What it is, without place and
 * duration. */
void dvr_begin(struct dvr *dvr, const struct live_segment_info *segment);

/* Another part of the last segment, which is open; a gap has no bytes, and is
 * kept as well. */
void dvr_add(struct dvr *dvr, const struct dvr_part *part, struct str bytes);

/* The last segment is complete. */
void dvr_end(struct dvr *dvr);

/* The bytes of a part, appended to out. ERR_NOT_FOUND when it is nowhere. */
MUST_USE enum err dvr_read(const struct dvr *dvr,
                           const struct live_place *place, struct buf *out);

/* Forgets the oldest hour if it ended before tick and nothing of it is being
 * made; whether there were segments in it. One at a time: a clock that is wrong
 * for a moment is not to take everything. */
bool dvr_prune(struct dvr *dvr, int64_t tick);

/* What its files take. */
int64_t dvr_bytes(const struct dvr *dvr);

static inline struct live_segment_info *dvr_last(struct dvr *dvr)
{
    return dvr->count ? &dvr->segments[dvr->count - 1] : NULL;
}

#endif
