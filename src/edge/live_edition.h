// SPDX-License-Identifier: Apache-2.0
/* edge/live_edition.h: what there is of a channel at a moment, as all threads
 * of the edge share it: immutable, counted, replaced by the next one with each
 * part. Its playlists are written when the first viewer asks for one, whichever
 * thread that is, and then given to everybody.
 *
 *   blob     bytes of media
 *   station  a channel: its name, its renditions, its pictures to scroll by
 *   edition  a rendition: its segments and parts
 *   captions of a channel: live_captions.h */
#ifndef EDGE_LIVE_EDITION_H
#define EDGE_LIVE_EDITION_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"
#include "link/live.h"
#include "media/hls.h"

struct live_viewers_table;

/* ---- Bytes ------------------------------------------------------------------
 */

struct live_blob {
    atomic_uint references;
    size_t len;
    char bytes[];
};

/* With room for len bytes, to be filled before anybody else sees it. Aborts
 * when there is no memory, as everything here does. */
struct live_blob *live_blob_create(size_t len);
struct live_blob *live_blob_hold(struct live_blob *blob); /* accepts NULL */
void live_blob_release(void *blob);                       /* accepts NULL */

static inline struct str live_blob_str(const struct live_blob *blob)
{
    return str_of(blob->bytes, blob->len);
}

/* ---- A channel --------------------------------------------------------------
 */

struct live_picture {
    uint64_t sequence;
    int64_t start_us;
    struct live_blob *jpeg; /* one reference */
};

/* Copies what was told. */
struct live_picture live_picture_make(const struct live_thumbnail *told);

struct live_station {
    atomic_uint references;
    struct live_channel_info info;      /* its texts are the station's */
    struct live_viewers_table *viewers; /* one reference */
    size_t picture_count;
    struct live_picture *pictures; /* oldest first */
    struct live_picture poster;    /* jpeg NULL: there is none */
    char *texts;
};

/* Copies all of it; the references are held anew. */
struct live_station *live_station_create(const struct live_channel_info *info,
                                         struct live_viewers_table *viewers,
                                         const struct live_picture *pictures,
                                         size_t picture_count,
                                         const struct live_picture *poster);
struct live_station *live_station_hold(struct live_station *station);
void live_station_release(struct live_station *station); /* accepts NULL */

/* ---- A rendition ------------------------------------------------------------
 */

/* Segments that are in files only, oldest first, without a gap. */
struct live_past {
    atomic_uint references;
    size_t count;
    bool has_dependent; /* not all of them begin with a key frame */
    struct live_segment_info segments[];
};

void live_past_release(struct live_past *past); /* accepts NULL */

struct live_edition_part {
    int64_t duration;
    bool independent;
    bool is_gap;
    struct live_blob *blob; /* one reference; NULL of a gap */
    struct str bytes;       /* within blob */
};

struct live_edition_segment {
    struct live_segment_info info;
    bool is_complete;
    struct live_blob *blob; /* all of it, or NULL while it grows and when only
                               a file has it; one reference */
    size_t part_first, part_count; /* of the edition's parts */
};

struct live_edition_init {
    uint32_t number;
    struct live_blob *blob; /* one reference */
};

/* Which playlist somebody asks for. */
enum live_text_kind {
    LIVE_TEXT_LOW_LATENCY, /* the last minute */
    LIVE_TEXT_DELTA,
    LIVE_TEXT_PLAIN, /* for players without low latency */
    LIVE_TEXT_DVR,   /* everything there is */
    LIVE_TEXT_DVR_DELTA,
    LIVE_TEXT_DVR_PLAIN,
    LIVE_TEXT_CAPTIONS, /* segments of text, cut as those of this rendition */
    LIVE_TEXT_DVR_CAPTIONS,
    LIVE_TEXT_KINDS
};

/* A playlist; written once, never changed. It is counted apart from the
 * edition, so that whoever reads it slowly keeps no media in memory. */
struct live_text {
    atomic_uint references;
    struct str raw;
    struct str gzip; /* "" when it would not be shorter */
};

struct live_report {
    uint64_t sequence;
    size_t part;
    bool is_told; /* there is something of that rendition */
};

struct live_edition {
    atomic_uint references;
    struct live_station *station; /* one reference */
    uint32_t rendition;
    struct live_past *past; /* one reference, or NULL */
    int64_t longest;        /* of the segments since the last break, those that
                               are not told any more too: a playlist's target does
                               not shrink and grow with its window */
    bool has_dependent;     /* of segments and past, live_segment_info */
    size_t segment_count, part_count, init_count;
    struct live_edition_segment *segments; /* in front of them comes past */
    struct live_edition_part *parts;
    struct live_edition_init *inits;
    struct live_report reports[LIVE_RENDITIONS_MAX];
    _Atomic(struct live_text *) texts[LIVE_TEXT_KINDS];
};

/* With arrays of these sizes, zeroed, to be filled before anybody else sees it.
 */
struct live_edition *live_edition_create(size_t segments, size_t parts,
                                         size_t inits);
struct live_edition *live_edition_hold(struct live_edition *edition);
void live_edition_release(void *edition); /* accepts NULL */

/* The playlist; one reference is the caller's. NULL when it is too long to be
 * told. Any thread. */
struct live_text *live_edition_text(struct live_edition *edition,
                                    enum live_text_kind kind);
void live_text_release(void *text); /* accepts NULL */

/* part < 0: the whole segment. */
enum hls_wait live_edition_look(const struct live_edition *edition,
                                uint64_t sequence, int64_t part);

/* The number of the segment that comes or grows, and of its next part. */
void live_edition_next(const struct live_edition *edition,
                       uint64_t *ret_sequence, size_t *ret_part);

/* NULL when it is not there. */
const struct live_edition_segment *live_edition_segment(
    const struct live_edition *edition, uint64_t sequence);
const struct live_segment_info *live_edition_past(
    const struct live_edition *edition, uint64_t sequence);
struct live_blob *live_edition_init_blob(const struct live_edition *edition,
                                         uint32_t number);

/* ---- Of a whole channel -----------------------------------------------------
 */

struct live_offer {
    struct str query;     /* behind each address: "?v=…", or "" */
    unsigned captions;    /* 1 << track of all that are offered */
    bool are_independent; /* so are all segments */
    bool is_bare;         /* no captions came in the pictures */
};

/* The playlist of playlists. False when there is no rendition yet. */
bool live_station_write(const struct live_station *station,
                        const struct live_offer *offer, struct buf *out);

/* Where the captions of a track are in addresses: "captions", "captions-2". */
const char *live_captions_name(unsigned track);

/* Pictures to scroll by, as WebVTT. */
void live_station_write_pictures(const struct live_station *station,
                                 struct buf *out);

#endif
