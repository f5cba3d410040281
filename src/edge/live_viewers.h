// SPDX-License-Identifier: Apache-2.0
/* edge/live_viewers.h: how many watch a channel: different tokens that asked
 * for a playlist in the last ten seconds. A token is made up for whoever opens
 * the channel and stands in the addresses of its playlists; it says nothing of
 * who that is, and no address is kept.
 *
 * All threads share a channel's table without a lock. Sixteen entries make a
 * bucket; when one is full of present viewers, one of them is not counted. */
#ifndef EDGE_LIVE_VIEWERS_H
#define EDGE_LIVE_VIEWERS_H

#include <stdint.h>

#include "base/str.h"

struct live_viewers_table;

enum {
    LIVE_VIEWERS_ENTRIES = 1 << 16, /* of 8 bytes */
    LIVE_VIEWERS_WINDOW_MS = 10 * 1000,
    LIVE_TOKEN_BYTES = 16, /* of hexadecimal digits */
};

/* Aborts when there is no memory. */
struct live_viewers_table *live_viewers_create(void);
struct live_viewers_table *live_viewers_hold(struct live_viewers_table *table);
void live_viewers_release(struct live_viewers_table *table); /* or NULL */

/* Whoever has this token asked just now. What is no token is not counted.
 * now_us is of a clock that only goes forward. Any thread. */
void live_viewers_see(struct live_viewers_table *table, struct str token,
                      int64_t now_us);

/* How many there were in the last LIVE_VIEWERS_WINDOW_MS; forgets those of long
 * ago, so it must be asked at least every hour. */
unsigned live_viewers_count(struct live_viewers_table *table, int64_t now_us);

#endif
