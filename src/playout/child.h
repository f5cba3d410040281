// SPDX-License-Identifier: Apache-2.0
/* playout/child.h: a helper program of the playout: started with descriptors of
 * its own, started again when it dies, at once or, when it dies at once, after
 * a growing pause. It goes when the playout does. */
#ifndef PLAYOUT_CHILD_H
#define PLAYOUT_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

enum { CHILD_FDS_MAX = 8, CHILD_FIRST_FD = 3 };

struct child {
    const char *name; /* for the log */
    pid_t pid;        /* 0 when it does not run */
    int64_t started_us;
    int64_t again_us; /* not before, by the clock that only goes forward */
    unsigned quick_deaths;
    unsigned starts;
};

/* Runs argv[0]; fds become its descriptors from CHILD_FIRST_FD on and stay the
 * caller's; it has no others, and an empty environment. */
MUST_USE enum err child_start(struct child *child, const char *const *argv,
                              const int *fds, size_t fd_count,
                              struct fault *fault);

/* It may be started now. */
bool child_is_due(const struct child *child);

/* It died, as waitpid says: logs that, unless it was to be, and plans when it
 * may be started again. */
void child_died(struct child *child, int status);

/* Ends it at once and waits until it is gone; it may be started again as if it
 * had died: at once, but for one that lived only for a moment again and again.
 * Does nothing when it does not run. */
void child_kill(struct child *child);

/* The same, of one that did nothing wrong: no pause is due. */
void child_dismiss(struct child *child);

/* Asks it to end, waits so long, then ends it. */
void child_end(struct child *child, int64_t patience_us);

#endif
