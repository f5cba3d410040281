// SPDX-License-Identifier: Apache-2.0
/* cli/import_telling.h: what an import says while it runs, and at its end. */
#ifndef CLI_IMPORT_TELLING_H
#define CLI_IMPORT_TELLING_H

#include <stdbool.h>
#include <stdint.h>

#include "cli/command.h"
#include "exchange/import.h"
#include "exchange/story.h"

struct import_telling {
    const struct command_line *line;
    const char *what;
    bool json;         /* an object a line */
    bool only_refused; /* rows of a table that went in are not worth a line */
    int64_t done;
    int64_t total; /* 0: not known */
};

/* For import_report: context is the struct import_telling. */
void import_tell(void *telling, const struct import_result *result);

/* The same for links that are turned at the end. */
void import_tell_turned(void *telling, int64_t done, int64_t total);

/* Waits until readers see what was imported (seq: the log's newest entry), then
 * has the last word, and the exit code: something refused is not success. */
MUST_USE enum err import_end(const struct command_line *line,
                             const struct import_counts *counts, int64_t seq,
                             struct fault *fault);

/* Before that tells all items together: with JSON how many came to what, in an
 * object whose outcome is "summary"; and by kind what did not come along. */
void import_tell_sum(struct import_telling *telling,
                     const struct import_counts *counts,
                     const struct story_dropped *dropped, size_t count);

#endif
