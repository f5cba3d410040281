// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/station.h: the channels, who may send to them, who does, and
 * where it goes. */
#ifndef HELPERS_INGEST_STATION_H
#define HELPERS_INGEST_STATION_H

#include "media/ingest_wire.h"
#include "media/intake.h"
#include "net/address_shares.h"
#include "net/loop.h"

struct station;
struct station_channel;

/* A broadcast that comes in, or wants to; part of its connection. */
struct feed {
    /* Set before station_begin. on_drop: it is over for the reason given; the
     * station has forgotten it. The connection must not be destroyed within. */
    enum ingest_protocol protocol;
    struct address_peer peer;
    struct str encoder; /* borrowed until station_begin returns */
    struct str pull;    /* of one that was fetched, from there; must live as
                           long as it is on air */
    void (*on_drop)(struct feed *feed, const char *reason);

    /* The station's. NULL: it is not on air. */
    struct station_channel *channel;
    struct id key;
    int64_t priority;
};

/* tell is called with every message for the playout. */
struct station *station_create(struct loop *loop,
                               void (*tell)(void *context,
                                            const struct ingest_message *told),
                               void *context);
void station_destroy(struct station *station);

/* INGEST_CHANNELS: these, and no others, from now on. */
void station_set_channels(struct station *station, struct str json,
                          struct fault *fault);

/* The packets of this channel go to fd, which is the station's now. */
void station_set_media(struct station *station, const struct id *channel,
                       int fd);

/* key: as its sender knows it. Anything but ERR_OK refuses, and is told and
 * logged. Who sends to the channel now may be dropped before it returns. */
MUST_USE enum err station_begin(struct station *station, struct feed *feed,
                                struct str key, struct fault *fault);

/* The same, of a channel whose broadcast is fetched. */
MUST_USE enum err station_begin_pull(struct station *station, struct feed *feed,
                                     const struct id *channel,
                                     struct fault *fault);

/* What is to be fetched, one after the other: begin with *position 0. False: no
 * more. The text is valid until the loop's next turn. */
struct station_pull {
    struct id channel;
    struct str name; /* of the channel */
    struct str text; /* media/srt_pull.h */
    bool is_fed;     /* somebody is on air there */
};
bool station_next_pull(const struct station *station, size_t *position,
                       struct station_pull *ret_pull);

/* Has the playout look a name up that a channel is fetched from; the answer is
 * INGEST_FOUND. */
void station_ask_address(struct station *station, const struct id *channel,
                         struct str host);

/* The sender ended it, or broke off; nothing when it is not on air. */
void station_end(struct feed *feed, const char *reason);

/* Where a feed that is on air puts what it receives. */
struct intake *station_intake(struct feed *feed);

/* The present by the channels' clock, in ticks. */
int64_t station_now(const struct station *station);

/* Another connection gets its share of those that its client may have. NULL, or
 * why it does not. */
const char *station_take_share(struct address_shares *shares,
                               const struct address_peer *client,
                               struct address_share **ret_share);

/* Somebody was refused before it said what for. */
void station_tell_refused(struct station *station, const struct feed *feed,
                          const char *reason);

/* What SRT needs to know beforehand, from any thread: whether the key is one,
 * and its passphrase ("" for none). ERR_DENIED. */
MUST_USE enum err station_passphrase(
    struct station *station, struct str key,
    char target[INGEST_PASSPHRASE_BYTES_MAX + 1]);

#endif
