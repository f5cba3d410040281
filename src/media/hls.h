// SPDX-License-Identifier: Apache-2.0
/* media/hls.h: playlists of HTTP Live Streaming, low latency included
 * (RFC 8216bis, "HTTP Live Streaming 2nd Edition"). What stands in them is told
 * by the caller; here it is written down, by the rules that players rely on. */
#ifndef MEDIA_HLS_H
#define MEDIA_HLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
    HLS_CLOCK_HZ = 90000, /* of all durations here */
    HLS_VERSION = 9,      /* the lowest that knows EXT-X-SKIP */

    /* In target durations, each at least as long as §4.4.3.8 and §4.4.4.9 ask:
     * how far from the end players stay, for how long parts are told, from
     * where on segments may be skipped. */
    HLS_HOLD_BACK = 3,
    HLS_PARTS_WITHIN = 3,
    HLS_SKIP_BEFORE = 6,
    HLS_PART_HOLD_BACK = 3, /* in target durations of parts */
};

struct hls_part {
    int64_t duration;
    bool independent; /* it begins with a key frame */
    bool gap;         /* it is missing */
};

/* One that is complete, or the last, which grows part by part. Its parts may be
 * forgotten when they are old. */
struct hls_segment {
    uint64_t sequence;  /* one more than that of the one before */
    int64_t duration;   /* of what there is of it */
    int64_t start_us;   /* since 1970, UTC: EXT-X-PROGRAM-DATE-TIME */
    uint32_t init;      /* which initialisation it needs */
    bool discontinuity; /* what is in front does not go on in it */
    bool gap;           /* it is missing, or some part of it */
    bool is_complete;
    const struct hls_part *parts;
    size_t part_count;
};

/* How far another rendition of the same programme is. */
struct hls_report {
    struct str uri;
    uint64_t sequence;
    size_t part; /* the last one there is of it */
};

struct hls_window {
    int64_t target;           /* no segment may be longer, rounded to seconds */
    int64_t part_target;      /* no part may be longer; 0: there are no parts */
    uint64_t discontinuities; /* before the first segment */
    const struct hls_segment *segments; /* oldest first */
    size_t count;
    const struct hls_report *reports;
    size_t report_count;
    bool has_ended; /* nothing comes any more */
    bool can_block; /* without parts, too, reloads wait for what comes next */

    /* Write addresses, relative to the playlist's. A part's number counts from
     * 0 in its segment. write_init is NULL where segments need none. */
    void (*write_init)(void *context, uint32_t init, struct buf *out);
    void (*write_segment)(void *context, uint64_t sequence, struct buf *out);
    void (*write_part)(void *context, uint64_t sequence, size_t part,
                       struct buf *out);
    void *context;
};

enum hls_kind {
    HLS_PLAIN,       /* whole segments only, for players without low latency */
    HLS_LOW_LATENCY, /* with parts, preload hint and reports */
    HLS_DELTA,       /* the same without what the player knows already; whole
                        when there is nothing to skip (§6.2.5.1) */
};

/* Appends the playlist. */
void hls_write_playlist(struct buf *out, const struct hls_window *window,
                        enum hls_kind kind);

/* What a player waits for (§6.2.5.2: _HLS_msn, _HLS_part). */
enum hls_wait {
    HLS_IS_THERE,
    HLS_WAIT,    /* until there is more */
    HLS_TOO_FAR, /* 400: further ahead than anybody can know */
};

/* part < 0: the whole segment. */
enum hls_wait hls_look(const struct hls_window *window, uint64_t sequence,
                       int64_t part);

/* ---- Which renditions there are --------------------------------------------
 */

struct hls_rendition {
    struct str uri;
    struct str codecs; /* RFC 6381: "avc1.64001f,mp4a.40.2" */
    int64_t peak_bits; /* a second */
    int64_t mean_bits;
    int width, height;   /* 0: sound only */
    double frames;       /* a second; 0: not told */
    struct str captions; /* the name of their group, or "" */
};

struct hls_captions {
    struct str group, name;
    struct str language; /* RFC 5646; "": it is not known */
    struct str uri;      /* "": within the pictures (CEA-608) */
    struct str channel;  /* "CC1", where they are in the pictures */
    bool is_double; /* others of that language come first: players do not choose
                       it by themselves */
};

struct hls_listing {
    const struct hls_rendition *renditions;
    size_t count;
    const struct hls_captions *captions;
    size_t captions_count;
    bool are_independent; /* so is every segment of all (§4.4.2.1) */
    bool
        is_bare; /* no pictures carry captions (§4.4.6.2: CLOSED-CAPTIONS=NONE):
                    players need not search segments for some */
};

void hls_write_multivariant(struct buf *out, const struct hls_listing *listing);

#endif
