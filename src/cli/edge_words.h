// SPDX-License-Identifier: Apache-2.0
/* cli/edge_words.h: what the edge tells readers when no page can be printed. */
#ifndef CLI_EDGE_WORDS_H
#define CLI_EDGE_WORDS_H

#include "edge/edge.h"

struct arena;

/* In every language that has words, English first: those that are built in and
 * those in theme/messages of the newspaper's folder. When a file there is not
 * in order, those that are built in, and the log says so. The edge has them
 * from when it begins until it ends. */
MUST_USE enum err edge_words_load(const char *directory, struct arena *arena,
                                  struct edge_config *config,
                                  struct fault *fault);

#endif
