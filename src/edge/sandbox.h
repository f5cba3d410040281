// SPDX-License-Identifier: Apache-2.0
/* edge/sandbox.h: what the process that faces the internet may still do once
 * it has started: use the sockets it holds and read the public folders.
 * No other file, no new socket, no connection out, no program.
 *
 * Both are for good. A kernel without one of them is not an error: the result
 * says so and the caller logs it. ERR_IO when the kernel has it but it fails.
 */
#ifndef EDGE_SANDBOX_H
#define EDGE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

/* Landlock for the calling thread and those it starts later: call it first.
 * folder_fds are the public folders, readable afterwards by openat; -1
 * for none. *ret_abi is the kernel's Landlock version, 0 when it has none. */
MUST_USE enum err sandbox_restrict_files(const int *folder_fds,
                                         size_t folder_count, int *ret_abi,
                                         struct fault *fault);

/* seccomp for all threads of the process: call it when they are running. What
 * is not on the list answers EPERM. */
MUST_USE enum err sandbox_restrict_calls(bool *ret_entered,
                                         struct fault *fault);

#endif
