// SPDX-License-Identifier: Apache-2.0
/* playout/playout.h: the process that keeps television running: it starts the
 * program that takes broadcasts in (broadsheet-ingest) and for each channel one
 * that makes parts of them (broadsheet-media), numbers and keeps what is made,
 * and hands it to the edge. Which channels there are the desk tells. Each of
 * these may die at any time; it is filled again by its neighbours.
 *
 * The desk, or whoever may open run/playout.sock, speaks JSON, one object a
 * message (SOCK_SEQPACKET, at most PLAYOUT_MESSAGE_BYTES_MAX):
 *
 *   {"type":"channels","channels":[{"id":"62f9f7d471fdc","name":"news",
 *     "dvr_seconds":14400,"ladder":["source","audio"],"keys":[{"id":…,
 *     "sha256":…,"for":"feed" or "captions","priority":0,"from":us or null,
 *     "until":us or null}],
 *     "captions":[{"track":0,"language":"ka","name":"ქართული"}],
 *     "hold":us or null}]}
 *       all there are, each time: a channel that is not told any more is
 *       removed; its recordings are put aside for a day, then erased. What was
 *       on air from hold on is kept, whatever dvr_seconds says, for up to 26
 *       hours: recordings of programmes (recording.h) will be made of it.
 *   {"type":"status"}
 *       answered by {"type":"status","channels":[{"id":…,"name":…,
 *         "on_air":bool,"since":us,"past":us,"feed":{…} or null,"media":{…} or
 * null, "viewers":N,"window_seconds":N,"disk_bytes":N,"trouble":…or null,
 *         "restarts":N,"parts":{"source":{"made":N,"gaps":N}},"pid":N}],
 *         "ingest":{"pid":N,"restarts":N},"disk_free_bytes":N}: feed and media
 *         are what ingest and maker said last; parts since the playout began.
 *
 * and is told, unasked, and when it connects, of each channel:
 *
 *   {"type":"air","channel":"62f9f7d471fdc","on_air":true,"since":us,
 *     "past":us}
 *       past: the oldest of what was on air that is kept; 0: nothing is
 *
 * What cannot be understood is answered by {"type":"error","message":…}. */
#ifndef PLAYOUT_PLAYOUT_H
#define PLAYOUT_PLAYOUT_H

#include <stdbool.h>

#include "base/fault.h"

enum { PLAYOUT_MESSAGE_BYTES_MAX = 64 * 1024 };

struct playout_config {
    const char *live_folder; /* of recordings */
    const char *edge_path;   /* the socket that the edge listens on */
    const char *desk_path;   /* the socket to listen on for the desk */
    int rtmp_fd;             /* listening, or -1 */
    const char *srt;         /* ADDRESS:PORT, or "" */
    const char *rtmps;       /* the same, with the files below */
    const char *certificate, *certificate_key;
    const char *ingest; /* the programs, or NULL when they are not there */
    const char *media;
    bool log_json;
};

/* Until SIGTERM or SIGINT, which must be blocked. An error only when it could
 * not begin. */
MUST_USE enum err playout_run(const struct playout_config *config,
                              struct fault *fault);

#endif
