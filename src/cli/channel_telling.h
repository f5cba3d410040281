// SPDX-License-Identifier: Apache-2.0
/* cli/channel_telling.h: channels, keys and programmes as commands tell them
 * and as the playout is told them. */
#ifndef CLI_CHANNEL_TELLING_H
#define CLI_CHANNEL_TELLING_H

#include <jansson.h>
#include <stdint.h>

#include "base/str.h"

struct arena;
struct channel;
struct programme;
struct stream_key;

/* RFC 3339, "" for 0; in arena. */
struct str telling_time(struct arena *arena, int64_t time_us);

/* "source,audio"; in arena. */
struct str channel_ladder(struct arena *arena, unsigned ladder);

/* New objects; NULL when memory is out, which output_json tells. */
json_t *channel_json(const struct channel *channel);
json_t *stream_key_json(const struct stream_key *key);
json_t *programme_json(const struct programme *programme);

#endif
