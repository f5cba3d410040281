// SPDX-License-Identifier: Apache-2.0
/* cli/help.h: what is made from the table of commands: help, the manual page,
 * completion for shells. Each appends to out. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

struct command;

enum { HELP_BYTES_MAX = 1 << 20 };

/* What there is and how to begin. */
void help_write_overview(struct buf *out, bool color);

/* One command, examples first. */
void help_write_command(const struct command *command, struct buf *out,
                        bool color);

/* broadsheet.1, for man(1). */
void help_write_manual(struct buf *out);

/* A script that completes commands, options and files: bash, zsh or fish.
 * ERR_INVALID for another shell. */
MUST_USE enum err help_write_completion(struct str shell, struct buf *out);

#endif
