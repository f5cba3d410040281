// SPDX-License-Identifier: Apache-2.0
/* playout/captioner.h: what a captioner says, on its way to the screen. A pure
 * state machine: it knows no clock and no disk.
 *
 * A caption is on the screen until its time is over or the next one begins, and
 * for at least a second: what comes faster waits. When it will end nobody
 * knows, so it is given out in pieces, up to the end of each segment: whoever
 * follows has it with the segment. */
#ifndef PLAYOUT_CAPTIONER_H
#define PLAYOUT_CAPTIONER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link/live.h"

enum {
    CAPTIONER_WAITING_MAX = 64,
    CAPTIONER_LEAST_TICKS = LIVE_HZ,
    CAPTIONER_BEHIND_TICKS = 60 * LIVE_HZ, /* nothing waits longer than that */
};

struct captioner_line {
    int64_t tick, until;
    char *text;
    size_t len;
};

/* Zeroed at first. */
struct captioner {
    struct captioner_line lines[CAPTIONER_WAITING_MAX]; /* by tick */
    size_t count;
    int64_t given; /* everything before this tick was given out */
};

void captioner_finish(struct captioner *captioner);

/* For how long text is shown if nobody says: so that it can be read. */
int64_t captioner_ticks_of(struct str text);

/* Has text, which is copied, shown from tick on. ERR_BUSY: too many wait. */
MUST_USE enum err captioner_say(struct captioner *captioner, int64_t tick,
                                int64_t duration, struct str text);

/* The next piece of what is shown before tick, a cut; all but the channel is
 * filled, the text is borrowed until the next call. False: that was all. */
bool captioner_next(struct captioner *captioner, int64_t tick,
                    struct live_caption *ret_piece);

#endif
