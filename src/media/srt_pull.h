// SPDX-License-Identifier: Apache-2.0
/* media/srt_pull.h: where a broadcast is fetched from by SRT, as an address
 * that a person types:
 * srt://192.0.2.7:9710?streamid=news&passphrase=TEXT&latency=200 with the
 * milliseconds that lost packets may be sent again in (SRT's own are 120).
 * Other characters are written as %XX (RFC 3986 §2.1). */
#ifndef MEDIA_SRT_PULL_H
#define MEDIA_SRT_PULL_H

#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

enum {
    SRT_PULL_BYTES_MAX = 512, /* of the whole address: all channels' and their
                                 keys are told in one message */
    SRT_PULL_LATENCY_MAX = 8000,
};

struct srt_pull {
    char address[96]; /* "192.0.2.7:9710", not looked at closer */
    char stream_id[SRT_PULL_BYTES_MAX]; /* "": none */
    char passphrase[80];                /* "": not encrypted */
    int64_t latency_ms;                 /* 0: as SRT has it */
};

/* ERR_INVALID: fault says what is wrong with it. */
MUST_USE enum err srt_pull_parse(struct str text, struct srt_pull *ret_pull,
                                 struct fault *fault);

#endif
