// SPDX-License-Identifier: Apache-2.0
/* helpers/media/station.h: the television of one channel: packets of the feed
 * go in, messages of media/part.h come out. It waits for nothing and knows the
 * time only by what it is told. */
#ifndef HELPERS_MEDIA_STATION_H
#define HELPERS_MEDIA_STATION_H

#include "base/buf.h"
#include "base/fault.h"
#include "media/packet.h"

struct station;

/* out: where messages are appended. ERR_NO_MEMORY. */
MUST_USE enum err station_create(struct buf *out, struct station **ret_station);
void station_destroy(struct station *station); /* accepts NULL */

/* The payload of PART_START; once. ERR_INVALID, ERR_NO_MEMORY. */
MUST_USE enum err station_start(struct station *station, struct str json,
                                struct fault *fault);

bool station_is_started(const struct station *station);

/* now_us: of a clock that only goes forward. */
void station_packet(struct station *station, const struct packet *packet,
                    int64_t now_us);

/* To be called several times a second, also when nothing comes. */
void station_clock(struct station *station, int64_t now_us);

#endif
