// SPDX-License-Identifier: Apache-2.0
/* playout/station.h: one channel: what the makers send becomes numbered
 * segments, is kept (dvr.h) and told to the edge (link/live.h). Media is never
 * looked into.
 *
 * Renditions are numbered as part_rendition_name has them. A cut is the same in
 * all of them: whoever reaches it first gives it the next number, and those
 * whose segment begins at about the same tick take it over. Numbers never
 * restart: they go on from the recordings, and where there are none, or damaged
 * ones, begin with the half of the seconds since 1970. Numbers of what could
 * not be kept are noted in live/<channel id>/used, whose room was taken while
 * there was some. */
#ifndef PLAYOUT_STATION_H
#define PLAYOUT_STATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/id.h"
#include "link/live.h"
#include "media/part.h"
#include "playout/captioner.h"
#include "playout/captions.h"
#include "playout/dvr.h"
#include "playout/pictures.h"

enum {
    STATION_PART_TICKS = 45000,
    STATION_PART_TICKS_MAX = 48600,
    STATION_SEGMENT_TICKS = 2 * LIVE_HZ,
    /* 250 frames, 25 a second: what encoders do that were told nothing. */
    STATION_SEGMENT_TICKS_MAX = 21 * LIVE_HZ / 2,
    STATION_CUTS = 16, /* the last ones, for renditions that come later */

    /* What a maker may say; more is none of ours. */
    STATION_INFO_BYTES_MAX = 4096,
    STATION_INIT_BYTES_MAX = 64 << 10,
    STATION_PART_BYTES_MAX = 4 << 20,
    STATION_PART_DURATION_MAX = 20 * LIVE_HZ, /* a single frame may be long */
    STATION_AHEAD_TICKS = 60 * LIVE_HZ,       /* of the clock of the channel */
};

struct station_cut {
    uint64_t sequence;
    int64_t tick;
    uint32_t timeline;
};

struct rung {
    struct dvr dvr;
    bool is_wanted; /* of the ladder */
    bool has_info;
    char codecs[LIVE_CODECS_BYTES_MAX + 1];
    struct live_rendition_info info; /* name and codecs are the rung's */
    bool starts_anew;                /* the next part begins a segment */
    uint64_t part_total, gap_total;  /* taken since the playout began */
    bool is_absent;      /* not made at present: players are not led to it */
    uint32_t part_count; /* of the open segment */
    int64_t end;         /* tick behind the last part; 0: none */
};

struct station {
    struct id id;
    char name[LIVE_NAME_BYTES_MAX + 1];
    char folder[DVR_PATH_BYTES];
    uint32_t dvr_seconds;
    struct rung rungs[PART_RENDITIONS_MAX];
    int8_t rung_of[PART_RENDITIONS_MAX];   /* by the maker's number; -1: none */
    struct station_cut cuts[STATION_CUTS]; /* oldest first */
    size_t cut_count;
    bool breaks;    /* at the next cut, what is before does not go on */
    uint64_t least; /* of the next cut, when the recordings lack numbers */
    int used_fd;    /* a file that holds the last number that was not kept */
    int64_t clock_tick, clock_us; /* the channel's clock; clock_now_us then */
    struct captions captions;
    struct captioner captioner;
    bool has_captioner; /* somebody may say something */
    struct live_language languages[LIVE_CAPTION_TRACKS]; /* of captions, */
    char *language_texts;                                /* with their texts */
    struct pictures pictures;
};

/* What the desk says of a channel. */
struct station_config {
    struct id id;
    struct str name;
    uint32_t dvr_seconds;
    unsigned ladder; /* 1 << number */
};

/* Reads the recordings below live_folder. Everything is told to out, a buffer
 * of the link, or NULL while there is no edge. */
MUST_USE enum err station_open(struct station *station, const char *live_folder,
                               const struct station_config *config,
                               struct fault *fault);
void station_close(struct station *station);

/* Another configuration of the same channel. */
void station_change(struct station *station,
                    const struct station_config *config, struct buf *out);

/* Whether somebody has a key to write captions: then they are offered before
 * there are any. */
void station_expect_captions(struct station *station, bool is_expected,
                             struct buf *out);

/* In which languages the captions are, LIVE_CAPTION_TRACKS of them, which must
 * be valid: viewers are told, and offered them before there are any. */
void station_name_captions(struct station *station,
                           const struct live_language *languages,
                           struct buf *out);

/* A captioner says this: it is shown from what comes next on, so many ticks
 * later; duration 0: as long as it takes to read. ERR_BUSY: too much waits. */
MUST_USE enum err station_say(struct station *station, int64_t after,
                              int64_t duration, struct str text);

/* Another maker begins: its numbers of renditions are told anew. */
void station_begin_maker(struct station *station);

/* What a maker sent of kind PART_RENDITION, _INIT, _PART, _THUMBNAIL,
 * _POSTER or _CAPTION. ERR_INVALID: it makes no sense; why is logged. */
MUST_USE enum err station_take(struct station *station, const struct part *part,
                               struct buf *out);

/* Appends what PART_START wants of this channel. */
void station_write_start(const struct station *station, struct buf *out);

/* Everything, for an edge that knows nothing. */
void station_tell_all(struct station *station, struct buf *out);

/* Forgets what is older than the window, by the clock of the channel. */
void station_prune(struct station *station, int64_t now_us, struct buf *out);

/* Of the best rendition there is: how many seconds can be watched again. */
int64_t station_window_seconds(const struct station *station);
int64_t station_bytes(const struct station *station);

/* The tick behind everything; 0 when there is nothing. */
int64_t station_end(const struct station *station);

#endif
