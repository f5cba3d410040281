// SPDX-License-Identifier: Apache-2.0
/* cli/desk_hiding.h: the desk takes files out of the public folder when every
 * edge shows the pages that lack them (content/hiding.h). Whoever waits for the
 * edges after a change does that at once; a thread does what comes due later,
 * and what nobody waited for. */
#ifndef CLI_DESK_HIDING_H
#define CLI_DESK_HIDING_H

#include <stdint.h>

#include "base/fault.h"

struct content;
struct desk_hiding;
struct press;

MUST_USE enum err desk_hiding_start(struct content *content,
                                    struct press *press,
                                    struct desk_hiding **ret_hiding);

/* Waits for what it is doing. Accepts NULL. */
void desk_hiding_stop(struct desk_hiding *hiding);

/* Waits until every edge shows the log's entry seq, and hides what is due then.
 * A file that cannot be hidden is for the log, and is tried again. */
MUST_USE enum err desk_hiding_catch_up(struct content *content,
                                       struct press *press, int64_t seq,
                                       struct fault *fault);

#endif
