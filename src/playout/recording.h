// SPDX-License-Identifier: Apache-2.0
/* playout/recording.h: what was on air from one time to another, copied out of
 * the DVR (dvr.h), so that it outlives it:
 *
 *   live/recordings/<id>/master.m3u8        RFC 8216, for players
 *   live/recordings/<id>/<rendition>.m3u8   byte ranges of the file beside it
 *   live/recordings/<id>/<rendition>.mp4    a fragmented MP4 by itself
 *   live/recordings/<id>/facts.json         what it is
 *
 * A recording is made as <id>.new and takes its name when all of it is on disk:
 * under its name it is whole, whoever died. Its edges are those of segments: it
 * may begin and end some seconds off. Media is never looked into. It is called
 * by a process that need not be the playout; the DVR is only read. */
#ifndef PLAYOUT_RECORDING_H
#define PLAYOUT_RECORDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"

/* What a disk must keep free: television itself, and the newspaper, go on. */
#define RECORDING_FREE_BYTES_MIN (INT64_C(1) << 30)

struct recording_order {
    const char *live_folder;
    struct id id; /* which it gets */
    struct id channel;
    int64_t start_us; /* microseconds since 1970 */
    int64_t end_us;
    bool is_anew; /* what there is under that id is replaced, in one step */
    /* Asked between segments: whether to give it up. NULL: never. */
    bool (*is_cancelled)(void *context);
    void *context;
};

struct recording_facts {
    int64_t start_us;    /* of its first segment */
    int64_t duration_us; /* of media: gaps do not count */
    int64_t bytes;       /* on disk */
    int64_t width;       /* of the best rendition; 0: sound alone */
    int64_t height;
};

/* Makes it, or finds it made. ERR_NOT_FOUND: nothing of that time is kept;
 * ERR_GONE: one that is there begins earlier than what is kept, and stays;
 * ERR_FULL: the disk has not room enough; ERR_CLOSED: it was given up;
 * ERR_IO, … Nothing is left behind by an error. */
MUST_USE enum err recording_cut(const struct recording_order *order,
                                struct recording_facts *ret_facts,
                                struct fault *fault);

/* Of one that is there, what began at end_us or later goes, for good: media and
 * the lines of its playlists. It is whole at each moment, shorter or not yet;
 * what a crash left of that is done by the next call. Fine when it ends
 * earlier. ERR_NOT_FOUND: nothing would be left, or there is none; nothing
 * happened. ERR_CORRUPT: its playlists are not as they were written; ERR_IO, …
 */
MUST_USE enum err recording_trim(const char *live_folder, const struct id *id,
                                 int64_t end_us,
                                 struct recording_facts *ret_facts,
                                 struct fault *fault);

/* Whether it is there. */
bool recording_exists(const char *live_folder, const struct id *id);

/* Opens the file of its best rendition for reading; the caller closes *ret_fd.
 * ERR_NOT_FOUND. */
MUST_USE enum err recording_open(const char *live_folder, const struct id *id,
                                 int *ret_fd, int64_t *ret_bytes,
                                 struct fault *fault);

/* Its files go; a player that has one open keeps it. Fine when there is none.
 */
MUST_USE enum err recording_erase(const char *live_folder, const struct id *id,
                                  struct fault *fault);

/* What a crash left half made goes. Nobody may be cutting. */
void recording_clean(const char *live_folder);

#endif
