// SPDX-License-Identifier: Apache-2.0
/* exchange/feed.h: RSS 0.91 to 2.0, RSS 1.0 and Atom files, an item at a
 * time. */
#ifndef EXCHANGE_FEED_H
#define EXCHANGE_FEED_H

#include <stdbool.h>

#include "base/fault.h"
#include "exchange/story.h"

struct arena;

/* Of the feed itself. */
struct feed_head {
    struct str id; /* its address, id or title: by which it is known */
    struct str language;
    int64_t items;
};

/* Reads the head, and finds out whether the file is sound. */
MUST_USE enum err feed_head_file(const char *path, struct arena *arena,
                                 struct feed_head *ret_head,
                                 struct fault *fault);
MUST_USE enum err feed_head_bytes(struct str bytes, struct arena *arena,
                                  struct feed_head *ret_head,
                                  struct fault *fault);

/* Reads the items. With redirects, their addresses are the stories' old ones:
 * only the newspaper's own feeds should say so. */
MUST_USE enum err feed_read_file(const char *path, bool redirects,
                                 const struct story_sink *sink,
                                 struct fault *fault);
MUST_USE enum err feed_read_bytes(struct str bytes, bool redirects,
                                  const struct story_sink *sink,
                                  struct fault *fault);

#endif
