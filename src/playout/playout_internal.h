// SPDX-License-Identifier: Apache-2.0
/* playout/playout_internal.h: what the playout's files share.
 *
 *   playout.c         start and end, channels that come and go, the watch
 *   playout_edge.c    the link to the edge
 *   playout_gone.c    recordings of channels that were removed
 *   playout_ingest.c  the program that takes broadcasts in
 *   playout_lookup.c  addresses of hosts that it is to call
 *   playout_maker.c   the programs that make parts
 *   playout_desk.c    the socket of the desk
 *   playout_captioner.c  what captioners say, and who may
 *   station.c         a channel; see station_internal.h
 *   dvr.c             a rendition's recordings
 *   captions.c        what was said on a channel
 *   captioner.c       what a captioner says, until it is shown
 *   child.c           helper programs */
#ifndef PLAYOUT_PLAYOUT_INTERNAL_H
#define PLAYOUT_PLAYOUT_INTERNAL_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "media/ingest_wire.h"
#include "net/listener.h"
#include "net/lookup.h"
#include "net/loop.h"
#include "playout/child.h"
#include "playout/playout.h"
#include "playout/station.h"

enum {
    WATCH_MS = 250,
    SILENCE_MS = 2000,    /* packets come, but no part: the maker hangs */
    FEED_FRESH_MS = 2500, /* the ingest tells each second how a feed is */
    AIR_MS = 4000,        /* without a part for so long it is off the air */
    PRUNE_MS = 60 * 1000,
    DESKS_MAX = 8,
    HOLD_SECONDS_MAX = 26 * 3600,
    GONE_SECONDS = 24 * 3600, /* recordings can be brought back */
};

struct playout;

struct channel {
    struct playout *playout;
    struct station station;
    bool is_told;      /* by the desk's last message */
    bool is_with_edge; /* which was told everything of it */

    int64_t hold_us; /* from then on nothing is forgotten; INT64_MAX: no such
                        time */

    struct ingest_key captioners[INGEST_KEYS_MAX]; /* their keys */
    size_t captioner_count;

    struct lookup *lookup; /* of the host it is fetched from, or NULL */
    char host[LOOKUP_HOST_BYTES_MAX + 1];

    struct child maker;
    struct loop_source source; /* the maker's socket; fd -1 */
    struct buf in, out;
    int64_t budget;    /* bytes that it may say now */
    int64_t budget_us; /* … by the clock that only goes forward */

    json_t *feed;           /* what the ingest said last of it, or NULL */
    json_t *media;          /* what the maker said last, or NULL */
    char *trouble;          /* what is wrong, or NULL */
    bool is_makers_trouble; /* a maker told it: it goes with that one */
    bool has_feed;
    int64_t feed_us;    /* when the feed was last said to be well */
    int64_t feed_since; /* when it began */
    int64_t part_us;    /* when the last part came; 0: none */
    bool on_air;
    int64_t since_us; /* wall clock */
    uint32_t viewers;
};

struct desk {
    struct playout *playout;
    struct loop_source source; /* fd -1: nobody */
};

struct playout {
    struct playout_config config;
    struct loop *loop;
    struct loop_source signals;
    struct loop_timer watch;
    int64_t prune_us;      /* when to forget again */
    int64_t prune_wall_us; /* the wall clock when that was last looked at */

    struct channel *channels[INGEST_CHANNELS_MAX];
    size_t channel_count;
    struct arena told; /* what the desk told last, for the ingest */
    struct ingest_channel *ingest_channels;

    struct child ingest;
    struct loop_source control; /* the ingest's socket; fd -1 */

    struct loop_source edge; /* fd -1: there is none */
    struct buf edge_in, edge_out;
    size_t edge_sent;   /* of edge_out */
    bool edge_is_ready; /* it was told everything once */

    struct loop_source desk_listener;
    struct desk desks[DESKS_MAX];
};

struct channel *playout_channel(const struct playout *playout, struct str id);

/* ---- playout_edge.c ---- */

/* Where the edge is told of the channel, or NULL while there is none, or it has
 * not got that far: then it is told everything later. */
struct buf *playout_edge_out(const struct channel *channel);
/* Tells it what is waiting, and channels that it does not know. */
void playout_edge_flush(struct playout *playout);
/* Dials it when there is something to tell and nobody is told. */
void playout_edge_watch(struct playout *playout);
void playout_edge_close(struct playout *playout);

/* ---- playout_ingest.c ---- */

void playout_ingest_watch(struct playout *playout);
void playout_ingest_close(struct playout *playout);
void playout_ingest_tell_channels(struct playout *playout);
/* Hands over where the channel's packets go; fd stays the caller's. */
void playout_ingest_connect(struct playout *playout,
                            const struct channel *channel, int fd);

/* INGEST_FOUND. */
void playout_ingest_tell_found(struct playout *playout,
                               const struct ingest_message *found);

/* ---- playout_lookup.c ---- */

/* The ingest asks which address host has, which it is to call for the channel;
 * it is told later. */
void playout_lookup_begin(struct channel *channel, struct str host);
void playout_lookup_cancel(struct channel *channel);

/* ---- playout_maker.c ---- */

void playout_maker_watch(struct channel *channel);
void playout_maker_close(struct channel *channel);
/* Ends it and starts another one at once. */
void playout_maker_restart(struct channel *channel);

/* ---- playout_desk.c ---- */

MUST_USE enum err playout_desk_open(struct playout *playout,
                                    struct fault *fault);
void playout_desk_close(struct playout *playout);
void playout_desk_tell_air(struct playout *playout,
                           const struct channel *channel);

/* ---- playout_captioner.c ---- */

/* A LIVE_SAY came with that number: answers to out. False: it makes no sense.
 */
bool playout_captioner_say(struct playout *playout, uint64_t number,
                           struct str payload, struct buf *out);

/* ---- playout_gone.c ---- */

/* Puts recordings aside whose channels were removed, perhaps while nobody
 * listened. */
void playout_gone_put_aside(const struct playout *playout);
/* Puts those of a channel back that comes again; does nothing when there are
 * none. */
void playout_gone_bring_back(const struct playout *playout,
                             const struct id *channel);
/* Erases what was put aside GONE_SECONDS ago. */
void playout_gone_erase(const struct playout *playout);

/* ---- playout.c ---- */

/* These are all channels there are. ERR_INVALID: fault says why, and nothing
 * was changed. */
MUST_USE enum err playout_set_channels(struct playout *playout,
                                       const json_t *channels,
                                       struct fault *fault);

void channel_set_trouble(struct channel *channel, struct str text);
void json_replace(json_t **target, json_t *with);

#endif
