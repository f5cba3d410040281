// SPDX-License-Identifier: Apache-2.0
/* cli/desk_jobs.h: the desk's thread for what happens at a time: scheduled
 * articles are published, others expire, and at midnight the date turns. What
 * it writes goes to the log, where the press finds it. */
#ifndef CLI_DESK_JOBS_H
#define CLI_DESK_JOBS_H

#include "base/err.h"

struct content;
struct desk_jobs;

MUST_USE enum err desk_jobs_start(struct content *content,
                                  struct desk_jobs **ret_jobs);

/* Waits for what it is doing. Accepts NULL. */
void desk_jobs_stop(struct desk_jobs *jobs);

#endif
