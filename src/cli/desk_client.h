// SPDX-License-Identifier: Apache-2.0
/* cli/desk_client.h: speaks to the desk that serves a newspaper, if one does,
 * over DIR/run/desk.sock. */
#ifndef CLI_DESK_CLIENT_H
#define CLI_DESK_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct arena;

/* Waits until readers see everything up to seq of the log of changes: POST
 * /sync?seq=N. *ret_running tells whether a desk runs; when none does there is
 * nothing to wait for, which is ERR_OK. Other errors: the change is stored, but
 * not known to be seen, as fault says. */
MUST_USE enum err desk_sync(const char *directory, int64_t seq,
                            struct arena *arena, bool *ret_running,
                            struct fault *fault);

/* What the running desk answers to GET target, in arena. ERR_NOT_FOUND: no desk
 * runs there; other errors: what it said. */
MUST_USE enum err desk_get(const char *directory, const char *target,
                           struct arena *arena, struct str *ret_body,
                           struct fault *fault);

/* Whether a desk runs there. */
bool desk_is_running(const char *directory);

#endif
