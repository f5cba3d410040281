// SPDX-License-Identifier: Apache-2.0
/* cli/process.h: what the supervisor hands to the processes it starts, as
 * arguments "name=value". */
#ifndef CLI_PROCESS_H
#define CLI_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

struct arena;

enum { PROCESS_LISTEN_FDS_MAX = 512, PROCESS_ARGUMENTS_MAX = 24 };

/* clang-format off */
/*    name           of type int64_t */
#define PROCESS_NUMBERS(X) \
    X(threads)      /* of the edge */ \
    X(link_fd)      /* the edge's socket that the desk dials, listening */ \
    X(desk_fd)      /* the desk's own socket, listening */ \
    X(media_fd)     /* the public media folder */ \
    X(live_fd)      /* the folder of television's recordings */ \
    X(rtmp_fd)      /* listening for broadcasts; 0: none */ \
    X(metrics_fd)   /* listening for who wants metrics; 0: none */ \
    X(ready_fd)     /* where the desk says that all is up */ \
    X(page_memory)  /* bytes, of an edge; 0: what the settings say */ \
    X(log_json)
/* clang-format on */

struct process_arguments {
    const char *directory; /* "" when it is not given */
    const char *proxies;   /* that are believed, a comma between; "" for none */
    const char *srt;       /* ADDRESS:PORT for broadcasts; "" for none */
    const char *rtmps;     /* … */
    const char *certificate, *certificate_key; /* its files */
#define X(name) int64_t name;
    PROCESS_NUMBERS(X)
#undef X
    int listen_fds[PROCESS_LISTEN_FDS_MAX];
    size_t listen_count;
};

/* The text of the arguments for exec, in arena: argv[0] is the program,
 * argv[1] the process, NULL at the end. */
char *const *process_arguments_write(struct arena *arena, const char *program,
                                     const char *process,
                                     const struct process_arguments *arguments);

/* Reads them back in the new process, sets the log up, and blocks the signals
 * that end it, so that it can wait for them. */
MUST_USE enum err process_begin(const char *name, int argc, char **argv,
                                struct process_arguments *ret_arguments,
                                struct fault *fault);

/* Waits for SIGTERM or SIGINT. */
void process_wait_for_end(void);

/* Whether one of them has come, which process_wait_for_end will take. */
bool process_end_is_asked(void);

#endif
