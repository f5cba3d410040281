// SPDX-License-Identifier: Apache-2.0
/* cli/supervisor.h: keeps a few child processes running: starts them again
 * when they die, with a growing pause when they die at once, and ends them in
 * order when it is told to stop. */
#ifndef CLI_SUPERVISOR_H
#define CLI_SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

enum { SUPERVISOR_CHILDREN_MAX = 8 };

struct supervisor_child {
    const char *name;  /* for the log */
    char *const *argv; /* argv[0] is the program; run with execv */
    bool is_foreign;   /* not ours: with which code it ends when it is told to
                          says nothing */
    pid_t pid;         /* 0 when it is not running */
    int64_t started_us;
    int64_t restart_us; /* when to start it again; 0 when it is running */
    unsigned quick_deaths;
};

struct supervisor {
    /* Set by the caller. Children are started in this order and told to end in
     * it too, each when the one before is gone. */
    struct supervisor_child children[SUPERVISOR_CHILDREN_MAX];
    unsigned count;
    int ready_fd; /* the first byte on it means: everything is up; or -1 */
    void (*on_ready)(void *context);
    void *context;
};

/* Runs until SIGTERM or SIGINT and until all children have ended. SIGHUP
 * restarts the last child. An error when a child says at its first start, by
 * its exit code, that it can never work (see err_exit_code); the child has told
 * why. Signals stay blocked afterwards. */
MUST_USE enum err supervisor_run(struct supervisor *supervisor,
                                 struct fault *fault);

#endif
