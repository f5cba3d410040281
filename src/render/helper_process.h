// SPDX-License-Identifier: Apache-2.0
/* render/helper_process.h: a helper program with a socket as its standard
 * input and output: started when it is needed, killed when it is late, started
 * again when it died. Not for two threads at once. */
#ifndef RENDER_HELPER_PROCESS_H
#define RENDER_HELPER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/str.h"

enum { HELPER_LENGTH_BYTES = 4 };

struct helper_process {
    const char *name; /* "HTML": for what people read */
    const char *program;
    const char *argument; /* its only one, or NULL */
    pid_t pid;            /* 0 when it does not run */
    int fd;               /* our end; -1 when it does not run */
    int64_t deadline_us;  /* of what is asked now, on the steady clock */

    /* Set by another thread, both: whoever waits gets ERR_AGAIN soon. */
    _Atomic bool cancelled;
    const _Atomic bool *ending; /* of who owns it; or NULL */
};

/* Zeroes the rest; program and argument are copied. ERR_NO_MEMORY. */
MUST_USE enum err helper_process_init(struct helper_process *process,
                                      const char *name, const char *program,
                                      const char *argument);

/* Kills it, if it runs, and frees. */
void helper_process_finish(struct helper_process *process);

/* Ends it; the next helper_process_start starts it anew. */
void helper_process_stop(struct helper_process *process);

/* ERR_IO when it is not installed, ERR_FULL… */
MUST_USE enum err helper_process_start(struct helper_process *process,
                                       struct fault *fault);

/* While nothing is asked: whether it waits for something. One that ended by
 * itself has closed its socket. */
bool helper_process_is_alive(const struct helper_process *process);

/* Both wait up to the deadline: ERR_TIMEOUT, ERR_AGAIN when it is cancelled, or
 * ERR_CLOSED when it died. */
MUST_USE enum err helper_process_send(struct helper_process *process,
                                      struct str bytes);
MUST_USE enum err helper_process_receive(struct helper_process *process,
                                         char *target, size_t len);

/* Lengths on the wire: 4 bytes, big-endian. */
void helper_put_length(char target[HELPER_LENGTH_BYTES], size_t len);
size_t helper_get_length(const char source[HELPER_LENGTH_BYTES]);

#endif
