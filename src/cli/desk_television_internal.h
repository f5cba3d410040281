// SPDX-License-Identifier: Apache-2.0
/* cli/desk_television_internal.h: what desk and playout say to each other, as
 * JSON; see desk_television.h. */
#ifndef CLI_DESK_TELEVISION_INTERNAL_H
#define CLI_DESK_TELEVISION_INTERNAL_H

#include <stdint.h>

#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"
#include "content/channel.h"

struct arena;
struct buf;
struct content;

enum { TELEVISION_MESSAGE_BYTES_MAX = 64 * 1024 };

/* All channels with their good keys and the programmes about now. Where that is
 * more than one message can hold, programmes are left out. ERR_TOO_LONG: keys
 * alone are too many. */
MUST_USE enum err television_channels_text(struct content *content,
                                           struct arena *arena,
                                           struct str *ret_text,
                                           struct fault *fault);

struct television_air {
    struct id channel;
    int64_t since_us; /* 0: off the air */
    int64_t past_us;  /* the oldest that was kept then; 0: nothing */
};

/* What the playout told. */
struct television_told {
    struct television_air air[CHANNELS_MAX];
    size_t count;
    char *status; /* the message when it was an answer; the caller frees it */
};

/* ERR_INVALID. */
MUST_USE enum err television_told_parse(struct str message,
                                        struct television_told *ret_told);

/* status: an answer, or NULL. */
MUST_USE enum err television_status_write(const struct channel_list *channels,
                                          const char *status, struct buf *out);

#endif
