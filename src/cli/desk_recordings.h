// SPDX-License-Identifier: Apache-2.0
/* cli/desk_recordings.h: the desk's thread that makes the recordings of
 * programmes when they are over, and erases those that are no longer kept
 * (content/recording.h says which). It copies files of the newspaper's
 * directory (playout/recording.h), when nobody else wants the disk. */
#ifndef CLI_DESK_RECORDINGS_H
#define CLI_DESK_RECORDINGS_H

#include "base/err.h"

struct content;
struct desk_recordings;

MUST_USE enum err desk_recordings_start(struct content *content,
                                        const char *directory,
                                        struct desk_recordings **ret);

/* What it is making is made at the next start. Accepts NULL. */
void desk_recordings_stop(struct desk_recordings *recordings);

#endif
