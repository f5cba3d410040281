// SPDX-License-Identifier: Apache-2.0
/* A captioner's place on the time line of a channel. */
#include "playout/station.h"

enum err station_say(struct station *station, int64_t after, int64_t duration,
                     struct str text)
{
    return captioner_say(&station->captioner, station_end(station) + after,
                         duration ? duration : captioner_ticks_of(text), text);
}
