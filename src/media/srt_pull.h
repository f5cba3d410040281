// SPDX-License-Identifier: Apache-2.0
/* media/srt_pull.h: where a broadcast is fetched from by SRT, as an address
 * that a person types:
 * srt://relay.example.org:9710?streamid=news&passphrase=TEXT&latency=200, or
 * srt://192.0.2.7:9710, or srt://[2001:db8::7]:9710, with the milliseconds that
 * lost packets may be sent again in (SRT's own are 120). Other characters are
 * written as %XX (RFC 3986 §2.1). */
#ifndef MEDIA_SRT_PULL_H
#define MEDIA_SRT_PULL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

enum {
    SRT_PULL_BYTES_MAX = 512, /* of the whole address: all channels' and their
                                 keys are told in one message */
    SRT_PULL_LATENCY_MAX = 8000,
    SRT_PULL_HOST_BYTES_MAX = 253, /* of a name (RFC 1035 §2.3.4) */
};

struct srt_pull {
    char address[SRT_PULL_HOST_BYTES_MAX + 9]; /* as it was written:
                                                  "[2001:db8::7]:9710" */
    char host[SRT_PULL_HOST_BYTES_MAX + 1]; /* "192.0.2.7", "2001:db8::7", … */
    bool is_name; /* … or a name, which has to be looked up */
    uint16_t port;
    char stream_id[SRT_PULL_BYTES_MAX]; /* "": none */
    char passphrase[80];                /* "": not encrypted */
    int64_t latency_ms;                 /* 0: as SRT has it */
};

/* ERR_INVALID: fault says what is wrong with it. */
MUST_USE enum err srt_pull_parse(struct str text, struct srt_pull *ret_pull,
                                 struct fault *fault);

#endif
