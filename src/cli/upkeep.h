// SPDX-License-Identifier: Apache-2.0
/* cli/upkeep.h: works the database's log off beside whoever writes, so that no
 * commit has to: the desk's, and those of an import. */
#ifndef CLI_UPKEEP_H
#define CLI_UPKEEP_H

#include "base/err.h"

struct content;
struct upkeep;

/* How often. A commit that meets it waits for the disk longer, so a desk wants
 * it seldom; with an import it is done within a batch, so that the log can
 * begin anew with the next one. */
enum { UPKEEP_OF_DESK_MS = 1000, UPKEEP_OF_IMPORT_MS = 250 };

/* To be stopped before the content is closed. ERR_NO_MEMORY. */
MUST_USE enum err upkeep_start(struct content *content, int every_ms,
                               struct upkeep **ret_upkeep);

void upkeep_stop(struct upkeep *upkeep); /* accepts NULL */

#endif
