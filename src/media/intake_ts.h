// SPDX-License-Identifier: Apache-2.0
/* media/intake_ts.h: from an MPEG transport stream to an intake: pictures from
 * start codes to lengths, sound out of ADTS (ISO/IEC 14496-3 §1.A.3). */
#ifndef MEDIA_INTAKE_TS_H
#define MEDIA_INTAKE_TS_H

#include "media/intake.h"
#include "media/ts.h"

enum { INTAKE_ADTS_BYTES_MAX = 8191 }; /* of one frame, 13 bits */

struct intake_ts {
    struct ts_reader reader;
    struct buf bytes;   /* what is left of a packet */
    struct buf picture; /* behind lengths */
    struct buf config;
    struct buf sound;        /* what is left of a frame */
    struct intake_time time; /* of the sound's next frame */
    int64_t time_rest;       /* in 1/rate of a tick */
    bool has_time;
};

void intake_ts_init(struct intake_ts *ts);
void intake_ts_finish(struct intake_ts *ts);

/* So many of SRT's packets are missing in front of what is received next. */
void intake_ts_lose(struct intake_ts *ts, struct intake *intake,
                    int64_t packets);

/* Anything but ERR_OK refuses the feed, with fault's sentence. */
MUST_USE enum err intake_ts_receive(struct intake_ts *ts, struct intake *intake,
                                    struct str bytes, int64_t now,
                                    struct fault *fault);

#endif
