// SPDX-License-Identifier: Apache-2.0
/* exchange/ghost.h: the JSON export of Ghost, 1 to 5, read twice: once for what
 * posts refer to (tags, people, what a search engine is told: these are kept),
 * once for the posts, one at a time. */
#ifndef EXCHANGE_GHOST_H
#define EXCHANGE_GHOST_H

#include <stdbool.h>

#include "base/fault.h"
#include "exchange/story.h"

struct ghost_index;

enum { GHOST_INDEX_BYTES_MAX = 512 * 1024 * 1024 };

/* Reads what posts refer to, and finds out whether the file is sound. */
MUST_USE enum err ghost_index_file(const char *path,
                                   struct ghost_index **ret_index,
                                   struct fault *fault);
MUST_USE enum err ghost_index_bytes(struct str bytes,
                                    struct ghost_index **ret_index,
                                    struct fault *fault);
void ghost_index_destroy(struct ghost_index *index); /* accepts NULL */

/* The site's language as it is written, or "". */
struct str ghost_language(const struct ghost_index *index);

/* Reads the posts of a file that was indexed; with pages also these. */
MUST_USE enum err ghost_read_file(const struct ghost_index *index,
                                  const char *path, bool pages,
                                  const struct story_sink *sink,
                                  struct fault *fault);
MUST_USE enum err ghost_read_bytes(const struct ghost_index *index,
                                   struct str bytes, bool pages,
                                   const struct story_sink *sink,
                                   struct fault *fault);

#endif
