// SPDX-License-Identifier: Apache-2.0
/* playout/station_internal.h: what the files of a station share:
 *   station.c            a channel's life, and what its makers send
 *   station_rendition.c  what a maker says of a rendition
 *   station_cuts.c       numbers of segments
 *   station_tell.c       what an edge is told
 *   station_captions.c   what captioners say
 *   station_figures.c    how much there is of a channel */
#ifndef PLAYOUT_STATION_INTERNAL_H
#define PLAYOUT_STATION_INTERNAL_H

#include "playout/station.h"

enum {
    STATION_NEAR_TICKS = STATION_PART_TICKS / 2, /* one cut, seen by two
                                                    renditions */
    STATION_PATH_BYTES = DVR_PATH_BYTES + 32,
};

static inline uint64_t station_number(const struct station *station)
{
    return id_number(&station->id);
}

/* ---- station.c ---- */

/* What no maker of ours says: it is not to be trusted with what comes next.
 * Always ERR_INVALID, and the cause is logged. */
enum err station_refuse(const struct station *station, const struct part *part,
                        const char *cause);

/* ---- station_rendition.c ---- */

/* So that the recordings can be watched after a restart, before anybody sends.
 */
void station_load_info(struct station *station, int at);

/* A PART_RENDITION came. */
enum err station_on_rendition(struct station *station, const struct part *part,
                              struct buf *out);

/* ---- station_cuts.c ---- */

const struct station_cut *station_last_cut(const struct station *station);
void station_add_cut(struct station *station, const struct station_cut *cut);

/* The one nearest to tick, of about there, that has at least this number. */
const struct station_cut *station_near_cut(const struct station *station,
                                           int64_t tick, uint64_t least);

/* The cut at about tick: one that is there, or a new one. least: what the
 * rendition has used up already. */
struct station_cut station_cut_at(struct station *station, int64_t tick,
                                  uint64_t least);

/* Numbers of what could not be kept: reads the last one; notes one if need be.
 */
void station_open_used(struct station *station);
void station_note_used(const struct station *station, const struct dvr *dvr,
                       uint64_t sequence);

/* ---- station_tell.c: nothing is told when out is NULL ---- */

/* Which renditions there are, and what they are. */
void station_tell_channel(const struct station *station, struct buf *out);
void station_tell_init(const struct station *station, uint32_t at,
                       uint32_t number, struct str bytes, struct buf *out);

#endif
