// SPDX-License-Identifier: Apache-2.0
/* Whether captioners may say something on a channel, and where it stands on its
 * time line. */
#include "playout/station_internal.h"

enum err station_say(struct station *station, int64_t after, int64_t duration,
                     struct str text)
{
    return captioner_say(&station->captioner, station_end(station) + after,
                         duration ? duration : captioner_ticks_of(text), text);
}

void station_expect_captions(struct station *station, bool is_expected,
                             struct buf *out)
{
    if (station->has_captioner == is_expected)
        return;
    station->has_captioner = is_expected;
    station_tell_channel(station, out);
}
