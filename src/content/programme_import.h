// SPDX-License-Identifier: Apache-2.0
/* content/programme_import.h: a schedule that comes anew from elsewhere, and
 * which of its programmes are those that are there already.
 *
 * Such a schedule names no ids that last, but a programme's page, its recording
 * and what readers have kept of it go by ours. So a programme that comes again
 * keeps its id:
 *
 *   1. the same title at the same start;
 *   2. else the same title not more than PROGRAMME_MOVED_SECONDS earlier or
 *      later, the nearest first. What is over has been broadcast: it is the
 *      same only where both times overlap;
 *   3. else the same start: it was given another title.
 *
 * It keeps what the newsroom said of it as well (keep_days). What was recorded
 * is not touched by any of this (recording.h). */
#ifndef CONTENT_PROGRAMME_IMPORT_H
#define CONTENT_PROGRAMME_IMPORT_H

#include "content/programme.h"

enum {
    PROGRAMME_MOVED_SECONDS = 3 * 3600,
};

struct programme_import {
    int64_t added;
    int64_t changed; /* moved, renamed, told otherwise */
    int64_t same;
    int64_t removed;
};

/* From the first start to the last end the programmes, by start, are the truth
 * of the channel: what else began there goes, what was on when the first begins
 * ends then. Fills their ids. Emits channel:<name> when that changes anything.
 *
 * ERR_NOT_FOUND for the channel. ERR_INVALID, ERR_TOO_LONG, and ERR_CONFLICT
 * for one that begins before the one before it ends: *ret_wrong is which. */
MUST_USE enum err programme_import(struct edit *edit, struct str channel,
                                   struct programme *programmes, size_t count,
                                   struct programme_import *ret_done,
                                   size_t *ret_wrong);

#endif
