// SPDX-License-Identifier: Apache-2.0
/* playout/recording_internal.h: the playlists of a recording (recording.h), as
 * they are written, and as they are read again. RFC 8216. */
#ifndef PLAYOUT_RECORDING_INTERNAL_H
#define PLAYOUT_RECORDING_INTERNAL_H

#include "base/buf.h"
#include "base/str.h"
#include "playout/dvr.h"
#include "playout/recording.h"

enum {
    RECORDING_PATH_BYTES = DVR_PATH_BYTES + 128,
    RECORDING_ABOUT_BYTES = 256,
    RECORDING_PLAYLIST_BYTES_MAX = 16 << 20,
    RECORDING_MASTER_BYTES_MAX = 16 << 10,
};

/* A segment as its playlist tells of it. */
struct recording_segment {
    int64_t start_us;
    int64_t ticks; /* LIVE_HZ */
    uint32_t len;  /* bytes of the rendition's file */
    uint64_t offset;
    bool breaks;       /* it does not go on from the one before */
    uint32_t head_len; /* where its initialisation lies in the file */
    uint64_t head_offset;
};

/* A rendition of one. */
struct recording_track {
    const char *name;
    char about[RECORDING_ABOUT_BYTES]; /* ",CODECS=…": its last attributes */
    struct buf playlist;               /* all between first and last line */
    int64_t start_us, ticks, longest_ticks;
    int64_t bytes;
    int64_t width, height; /* 0: sound alone */
    bool has_dependent;    /* a segment that begins without a key frame */
    double peak_bits;
};

/* Of a folder below recordings/: the id, and an ending. */
void recording_name_folder(const char *live_folder, const struct id *id,
                           const char *ending,
                           char target[RECORDING_PATH_BYTES]);

MUST_USE enum err recording_read_facts(const char *live_folder,
                                       const struct id *id,
                                       struct recording_facts *ret_facts);

/* ---- Writing --------------------------------------------------------------*/

void recording_track_begin(struct recording_track *track);
void recording_track_end(struct recording_track *track);

/* ",CODECS=…,RESOLUTION=…"; what is too long is left out. */
void recording_track_describe(struct recording_track *track, struct str about);

/* Another segment, which the playlist has already. */
void recording_track_count(struct recording_track *track,
                           const struct recording_segment *segment);

/* Writes the playlists of all tracks, the best first, the list of them, and the
 * facts, each in one step. */
MUST_USE enum err recording_write(const char *folder,
                                  const struct recording_track *const tracks[],
                                  size_t count,
                                  struct recording_facts *ret_facts,
                                  struct fault *fault);

/* ---- Reading --------------------------------------------------------------*/

/* The next segment of a playlist that recording_write wrote; *text is then what
 * is behind it. *segment is zeroed before the first, and then as it was left.
 * False at RECORDING_END, and at what nobody of us wrote; *text stays. */
#define RECORDING_END STR("#EXT-X-ENDLIST\n")
bool recording_next_segment(struct str *text,
                            struct recording_segment *segment);

#endif
