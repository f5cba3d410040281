// SPDX-License-Identifier: Apache-2.0
/* cli/desk_search.h: the desk's thread that keeps the search index: what waits
 * to be indexed again, and the dictionary. A little at a time: a publication
 * waits for a few milliseconds of it at most. */
#ifndef CLI_DESK_SEARCH_H
#define CLI_DESK_SEARCH_H

#include "base/err.h"

struct content;
struct desk_search;

MUST_USE enum err desk_search_start(struct content *content,
                                    struct desk_search **ret_search);

/* Waits for what it is doing. Accepts NULL. */
void desk_search_stop(struct desk_search *search);

#endif
