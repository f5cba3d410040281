// SPDX-License-Identifier: Apache-2.0
/* cli/import_setup.h: what an import works with: the newspaper, open for
 * writing and its log worked off meanwhile, and helpers that read HTML. */
#ifndef CLI_IMPORT_SETUP_H
#define CLI_IMPORT_SETUP_H

#include "cli/command.h"

struct content;
struct html_helper;
struct upkeep;

struct import_setup {
    struct content *content;
    struct upkeep *upkeep;
    struct html_helper *helper;
    struct html_helper *lines; /* another one, for texts in between */
};

/* setup must be closed whatever this gives. */
MUST_USE enum err import_setup_open(const struct command_line *line,
                                    struct import_setup *setup,
                                    struct fault *fault);
void import_setup_close(struct import_setup *setup);

#endif
