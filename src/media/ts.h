// SPDX-License-Identifier: Apache-2.0
/* media/ts.h: sound and pictures out of an MPEG transport stream (ITU-T
 * H.222.0, ISO/IEC 13818-1), as SRT carries it: the first programme's first
 * H.264 and first AAC stream. Bytes go in, packetised elementary streams come
 * out, one unit at a time. Damaged ones are left out and counted. */
#ifndef MEDIA_TS_H
#define MEDIA_TS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

enum {
    TS_PACKET_BYTES = 188,
    TS_CLOCK_BITS = 33, /* of 90,000 a second (§2.4.3.7) */
    TS_UNIT_BYTES_MAX = 8 << 20,
    TS_SECTION_BYTES_MAX = 1024, /* §2.4.4: of PAT and PMT */
    TS_NOISE_BYTES_MAX = 64 * 1024,
};

enum ts_kind {
    TS_TRACKS, /* what the stream has, told at its beginning and anew */
    TS_VIDEO,  /* one picture in H.264's annex B */
    TS_AUDIO,  /* AAC in ADTS */
};

struct ts_unit {
    enum ts_kind kind;
    /* of TS_TRACKS */
    bool has_video, has_audio;
    const char *video_refused; /* what the pictures are instead, or NULL */
    const char *audio_refused; /* … the sound … */
    /* of the others */
    bool is_after_loss; /* something of its track is missing in front of it */
    bool has_time;
    uint64_t pts, dts;  /* 33 bits */
    struct str payload; /* valid until the next call */
};

struct ts_section {
    int pid; /* -1: not known */
    int counter;
    bool is_open;
    size_t len;
    unsigned char bytes[TS_SECTION_BYTES_MAX];
};

struct ts_track {
    int pid;       /* -1: there is none */
    int counter;   /* of the packet before, -1: none */
    bool is_open;  /* a unit is under way */
    bool was_told; /* what is in payload was given out */
    bool has_loss; /* something is missing since the last unit */
    bool has_time;
    uint64_t pts, dts;
    size_t len; /* of the unit, 0: up to the next */
    struct buf payload;
};

struct ts_reader {
    struct ts_section pat, pmt;
    uint32_t pmt_crc; /* of the one in force */
    struct ts_track video, audio;
    const char *video_refused, *audio_refused;
    bool has_tracks;  /* the programme is known … */
    bool tell_tracks; /* … and still to be told */
    size_t noise;     /* bytes that were no packets, in a row */
    uint64_t lost;    /* units with something missing */
};

void ts_reader_init(struct ts_reader *reader);
void ts_reader_finish(struct ts_reader *reader);

/* So much is missing in front of what is handed in next that the packets'
 * counters, of 4 bits, might not tell. */
void ts_lose(struct ts_reader *reader);

/* Takes bytes off the front until a unit is whole. ERR_AGAIN: more are needed;
 * what is left (less than a packet) is to be handed in again with what follows.
 * ERR_INVALID: this is no transport stream. */
MUST_USE enum err ts_read(struct ts_reader *reader, struct str *bytes,
                          struct ts_unit *ret_unit);

#endif
