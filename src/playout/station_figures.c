// SPDX-License-Identifier: Apache-2.0
/* How much there is of a channel, and what of it is forgotten. */
#include "playout/station.h"

int64_t station_window_seconds(const struct station *station)
{
    int64_t longest = 0;
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++) {
        const struct rung *rung = &station->rungs[i];
        int64_t seconds =
            rung->dvr.count ? (rung->end - rung->dvr.segments[0].tick) / LIVE_HZ
                            : 0;
        if (seconds > longest)
            longest = seconds;
    }
    return longest < station->dvr_seconds ? longest : station->dvr_seconds;
}

int64_t station_bytes(const struct station *station)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++)
        bytes += dvr_bytes(&station->rungs[i].dvr);
    return bytes;
}

int64_t station_end(const struct station *station)
{
    int64_t end = 0;
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++) {
        if (station->rungs[i].end > end)
            end = station->rungs[i].end;
    }
    return end;
}

void station_prune(struct station *station, int64_t now_us, struct buf *out)
{
    int64_t tick = now_us * 9 / 100 - (int64_t)station->dvr_seconds * LIVE_HZ;
    captions_prune(&station->captions, tick);
    for (uint32_t i = 0; i < PART_RENDITIONS_MAX; i++) {
        struct dvr *dvr = &station->rungs[i].dvr;
        if (dvr_prune(dvr, tick) && out && dvr->count)
            live_put_pruned(out,
                            &(struct live_pruned){id_number(&station->id), i,
                                                  dvr->segments[0].sequence});
    }
}
