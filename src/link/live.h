// SPDX-License-Identifier: Apache-2.0
/* link/live.h: television on its way from the playout to the edge, which serves
 * it: what channels and renditions there are, and what was made of them, part
 * by part.
 *
 * When the connection is open, the playout tells everything: LIVE_BEGIN, then
 * of each channel LIVE_CHANNEL, LIVE_CAPTION, LIVE_INIT, LIVE_STORED (segments
 * that only files hold) and what it has in memory as LIVE_PART and
 * LIVE_SEGMENT, then LIVE_READY. Until that, the edge shows what it knew
 * before. Afterwards comes what is new. Sequence numbers never restart, whoever
 * dies. What a captioner says goes the other way, as LIVE_SAY, and is answered
 * by LIVE_SAID: the playout knows keys, the edge does not.
 *
 * Times are ticks, 90,000 a second by the channel's clock, or microseconds
 * since 1970. Everything that is read has been checked against the limits here,
 * and texts have only the characters that addresses and playlists can carry. */
#ifndef LINK_LIVE_H
#define LINK_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum {
    LIVE_HZ = 90000,
    LIVE_RENDITIONS_MAX = 8,
    LIVE_PARTS_MAX = 64, /* of one segment */
    LIVE_NAME_BYTES_MAX = 40,
    LIVE_CODECS_BYTES_MAX = 80,
    LIVE_PART_BYTES_MAX = 16 << 20,
    LIVE_DVR_SECONDS_MAX = 14 * 24 * 3600,
    LIVE_DURATION_MAX = 60 * LIVE_HZ, /* of one segment, or one caption */
    LIVE_CAPTION_BYTES_MAX = 1024,
    LIVE_CAPTIONS_MAX = 16384, /* of a channel; the newest count */
    LIVE_CAPTION_TRACKS = 4,
    LIVE_LANGUAGE_BYTES_MAX = 32,
    LIVE_LANGUAGE_NAME_BYTES_MAX = 120,
    LIVE_SAY_BYTES_MAX = 8 << 10,
    LIVE_SAID_BYTES_MAX = 240,
    LIVE_DIGEST_DIGITS = 64,
};

/* Numbers below it: so many segments no channel ever has. */
#define LIVE_SEQUENCE_MAX (UINT64_C(1) << 53)

struct live_rendition_info {
    struct str name;   /* in addresses: "720p" */
    struct str codecs; /* RFC 6381 */
    uint32_t width, height;
    uint32_t frames_milli; /* frames in 1,000 seconds; 0: sound only */
    uint32_t peak_bits, mean_bits;
};

/* What somebody said of a track of captions: both, or neither. */
struct live_language {
    struct str tag;  /* BCP 47: "ka" */
    struct str name; /* for viewers: "ქართული" */
};

struct live_channel_info {
    uint64_t channel;    /* id_number of its id */
    struct str name;     /* in addresses: "news" */
    int64_t target;      /* ticks; a segment is not longer than that */
    int64_t part_target; /* … nor a part than that */
    uint32_t dvr_seconds;
    bool has_captions; /* of the main track there are some, or a captioner has
                          a key */
    struct live_language languages[LIVE_CAPTION_TRACKS];
    uint32_t rendition_count;
    struct live_rendition_info renditions[LIVE_RENDITIONS_MAX];
};

/* How the edge may read a segment from the folder of recordings: a range of
 * <channel id>/<rendition>/<hour>.mp4. */
struct live_place {
    uint32_t hour; /* since 1970; 0: it is in no file */
    uint32_t len;
    uint64_t offset;
};

/* What a segment is, whatever parts it has. */
struct live_segment_info {
    uint64_t sequence;
    int64_t tick;      /* its first */
    int64_t duration;  /* ticks; 0 while it grows */
    int64_t start_us;  /* its first moment by the wall clock */
    uint32_t init;     /* which initialisation it needs */
    uint32_t timeline; /* so many discontinuities were before or at its start;
                          the segment before had less: there is one */
    bool is_gap;       /* something of it is missing: there are no bytes */
    bool is_dependent; /* it begins without a key frame: who begins with it
                          sees nothing until there is one */
    struct live_place place;
};

/* All payloads begin with the number of the channel and, but for those of a
 * whole channel, a rendition's place in live_channel_info. */
struct live_init {
    uint64_t channel;
    uint32_t rendition;
    uint32_t number;
    struct str bytes; /* ftyp and moov */
};

struct live_part {
    uint64_t channel;
    uint32_t rendition;
    uint32_t part; /* counts from 0 in its segment */
    bool independent;
    bool is_gap;      /* it is missing: no bytes */
    int64_t duration; /* of the part */
    struct live_segment_info segment;
    struct str bytes; /* one moof and mdat */
};

/* The segment is complete with the parts that were told. */
struct live_segment {
    uint64_t channel;
    uint32_t rendition;
    struct live_segment_info segment;
};

/* Segments that are in files only, oldest first, to be taken off rest. */
struct live_stored {
    uint64_t channel;
    uint32_t rendition;
    struct str rest;
};

/* What is older than sequence is no longer there. */
struct live_pruned {
    uint64_t channel;
    uint32_t rendition;
    uint64_t sequence;
};

struct live_thumbnail {
    uint64_t channel;
    uint64_t sequence; /* of the segment it is of */
    int64_t start_us;
    struct str jpeg;
};

/* A caption: what is said from tick on. One that begins before a segment ends
 * is told before the end of the segment is, or is not seen by those who follow.
 */
struct live_caption {
    uint64_t channel;
    int64_t tick;
    int64_t duration; /* ticks, more than 0 */
    struct str text;  /* live_caption_is_valid */
    uint8_t track;    /* below LIVE_CAPTION_TRACKS; 0: the main ones, and a
                         captioner's; then others of the feed, such as a second
                         language: CC2, CC3, CC4 of line 21 */
};

/* What a captioner sent, as it came: nothing of it has been looked at. */
struct live_say {
    uint64_t channel;
    struct str digest; /* SHA-256 of the key, LIVE_DIGEST_DIGITS lower-case
                          hexadecimal digits */
    struct str text;   /* at most LIVE_SAY_BYTES_MAX */
};

/* What became of it, as HTTP has it. */
struct live_said {
    uint16_t status;  /* 100 to 599 */
    struct str words; /* UTF-8, at most LIVE_SAID_BYTES_MAX */
};

struct live_viewers {
    uint64_t channel;
    uint32_t viewers;
};

/* Whether text can be the name of a channel or a rendition in addresses: small
 * letters, digits and '-'. */
bool live_name_is_valid(struct str text);

/* Whether text can be the codecs of a rendition (RFC 6381): letters, digits,
 * '.', ',' and '-', at most LIVE_CODECS_BYTES_MAX; "" when they are not known.
 */
bool live_codecs_is_valid(struct str text);

/* Whether it can stand in a playlist: a tag of letters, digits and '-', a name
 * in UTF-8 without control characters and '"'; or nothing. */
bool live_language_is_valid(const struct live_language *language);

/* Whether text can be a caption: UTF-8, lines ended by LF, at most
 * LIVE_CAPTION_BYTES_MAX bytes, no empty line and no other control character.
 */
bool live_caption_is_valid(struct str text);

/* Each appends a whole message. The values must be valid. */
void live_put_channel(struct buf *out, const struct live_channel_info *info);
void live_put_init(struct buf *out, const struct live_init *init);
void live_put_part(struct buf *out, const struct live_part *part);
void live_put_segment(struct buf *out, const struct live_segment *segment);
void live_put_pruned(struct buf *out, const struct live_pruned *pruned);
void live_put_thumbnail(struct buf *out, const struct live_thumbnail *thumb);
void live_put_poster(struct buf *out, const struct live_thumbnail *poster);
void live_put_caption(struct buf *out, const struct live_caption *caption);
void live_put_say(struct buf *out, uint64_t number, const struct live_say *say);
void live_put_said(struct buf *out, uint64_t number,
                   const struct live_said *said);
void live_put_gone(struct buf *out, uint64_t channel);
void live_put_viewers(struct buf *out, const struct live_viewers *viewers,
                      size_t count);

/* A message of stored segments: the start is what message_end wants. */
size_t live_begin_stored(struct buf *out, uint64_t channel, uint32_t rendition);
void live_put_stored(struct buf *out, const struct live_segment_info *segment);

/* Each reads a payload; what it gives is borrowed from it. ERR_INVALID. */
MUST_USE enum err live_read_channel(struct str payload,
                                    struct live_channel_info *ret_info);
MUST_USE enum err live_read_init(struct str payload, struct live_init *ret);
MUST_USE enum err live_read_part(struct str payload, struct live_part *ret);
MUST_USE enum err live_read_segment(struct str payload,
                                    struct live_segment *ret);
MUST_USE enum err live_read_stored(struct str payload, struct live_stored *ret);
MUST_USE enum err live_read_pruned(struct str payload, struct live_pruned *ret);
MUST_USE enum err live_read_thumbnail(struct str payload,
                                      struct live_thumbnail *ret);
MUST_USE enum err live_read_caption(struct str payload,
                                    struct live_caption *ret);
MUST_USE enum err live_read_say(struct str payload, struct live_say *ret);
MUST_USE enum err live_read_said(struct str payload, struct live_said *ret);
MUST_USE enum err live_read_gone(struct str payload, uint64_t *ret_channel);

/* Takes the next one off; false at the end, and when bytes are left over that
 * are none: live_read_stored has made sure that there are not. */
bool live_next_stored(struct live_stored *stored,
                      struct live_segment_info *ret_segment);
bool live_next_viewers(struct str *rest, struct live_viewers *ret_viewers);

#endif
