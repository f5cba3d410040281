// SPDX-License-Identifier: Apache-2.0
/* Numbers of segments: where they begin, and which are used up. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "playout/station_internal.h"

const struct station_cut *station_last_cut(const struct station *station)
{
    return station->cut_count ? &station->cuts[station->cut_count - 1] : NULL;
}

void station_add_cut(struct station *station, const struct station_cut *cut)
{
    if (station->cut_count == STATION_CUTS) {
        station->cut_count--;
        memmove(station->cuts, station->cuts + 1,
                station->cut_count * sizeof *station->cuts);
    }
    station->cuts[station->cut_count++] = *cut;
}

const struct station_cut *station_near_cut(const struct station *station,
                                           int64_t tick, uint64_t least)
{
    const struct station_cut *best = NULL;
    int64_t nearest = STATION_NEAR_TICKS;
    for (size_t i = station->cut_count; i-- > 0;) {
        const struct station_cut *cut = &station->cuts[i];
        int64_t away = tick > cut->tick ? tick - cut->tick : cut->tick - tick;
        if (away < nearest && cut->sequence >= least) {
            best = cut;
            nearest = away;
        }
    }
    return best;
}

struct station_cut station_cut_at(struct station *station, int64_t tick,
                                  uint64_t least)
{
    if (least < station->least)
        least = station->least;
    const struct station_cut *known = station_near_cut(station, tick, least);
    if (known)
        return *known;
    const struct station_cut *last = station_last_cut(station);
    struct station_cut cut = {
        .sequence =
            last ? last->sequence + 1 : (uint64_t)(time_now_us() / 2000000),
        .tick = tick,
        .timeline = last ? last->timeline : 0,
    };
    if (cut.sequence < least)
        cut.sequence = least;
    if (station->breaks)
        cut.timeline++;
    station->breaks = false;
    station_add_cut(station, &cut);
    return cut;
}

/* ---- Numbers of what could not be kept --------------------------------------
 */

void station_open_used(struct station *station)
{
    char path[STATION_PATH_BYTES];
    uint64_t used = 0;
    snprintf(path, sizeof path, "%s/used", station->folder);
    station->used_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (station->used_fd < 0)
        return; /* the recordings' own files fail as well, which is told */
    if (pread(station->used_fd, &used, sizeof used, 0) != sizeof used) {
        used = 0;
        if (pwrite(station->used_fd, &used, sizeof used, 0) != sizeof used)
            log_warn("numbers of what cannot be kept cannot be noted",
                     LOG_C("file", path), LOG_C("cause", strerror(errno)));
    }
    if (used && used < LIVE_SEQUENCE_MAX - 1)
        station->least = used + 1;
}

void station_note_used(const struct station *station, const struct dvr *dvr,
                       uint64_t sequence)
{
    if (dvr->hour || station->used_fd < 0)
        return;
    if (pwrite(station->used_fd, &sequence, sizeof sequence, 0) < 0)
        log_warn("the number of a segment that is not kept cannot be noted",
                 LOG_C("channel", station->name),
                 LOG_C("cause", strerror(errno)));
}
