// SPDX-License-Identifier: Apache-2.0
/* content/websub.h: who is told of changes of our feeds (WebSub, W3C
 * Recommendation of 23 January 2018): what the hub was asked for and has not
 * verified yet, the subscriptions, and the feeds that are subscribed to. Who
 * verifies and delivers is site/hub.h.
 *
 * A feed is named by its path ("/en/atom.xml"). A subscription is a callback
 * and a feed; it remembers up to which entry of the log of changes it was told.
 * Nothing here is a change for readers: nothing is noted in the log. */
#ifndef CONTENT_WEBSUB_H
#define CONTENT_WEBSUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"
#include "store/db.h"

struct arena;
struct edit;

enum {
    WEBSUB_CALLBACK_BYTES_MAX = 2048,
    WEBSUB_SECRET_BYTES_MAX = 199, /* §5.1: less than 200 */
    WEBSUB_ASKS_MAX = 1000,
    WEBSUB_SUBSCRIPTIONS_MAX = 10000,
    WEBSUB_TRIES_MAX = 20, /* in a row, over 13 hours: then it is dropped */
    WEBSUB_ASK_TRIES_MAX = 3,
    WEBSUB_LEASE_S_STANDARD = 10 * 24 * 3600,
    WEBSUB_LEASE_S_LEAST = 5 * 60,
    WEBSUB_LEASE_S_MOST = 30 * 24 * 3600,
};

/* ---- What the hub was asked for ---------------------------------------------
 */

struct websub_ask {
    struct str callback;
    struct str path;
    struct str secret; /* "" for none */
    bool unsubscribe;
    int64_t lease_s;
    int64_t asked_us; /* tells it from a later one */
    int64_t tries;
};

/* Keeps it until it is settled; a later one for the same callback and feed
 * replaces it. ERR_BUSY when too many wait, or too many subscribe. */
MUST_USE enum err websub_ask(struct edit *edit, const struct websub_ask *ask);

/* Whether one is to be among those that are due; in their order. */
struct websub_choice {
    bool (*chooses)(void *context, struct str callback, struct str path);
    void *context;
};

/* Those to be verified now, oldest first. choice NULL: all. */
MUST_USE enum err websub_asks_due(struct db *db, int64_t now_us, size_t limit,
                                  const struct websub_choice *choice,
                                  struct arena *arena,
                                  struct websub_ask **ret_asks,
                                  size_t *ret_count);

/* The subscriber confirmed it, or refused it, or could not be reached: then it
 * is asked again, WEBSUB_ASK_TRIES_MAX times in all. Nothing happens when a
 * later one took its place. */
MUST_USE enum err websub_ask_confirm(struct edit *edit,
                                     const struct websub_ask *ask);
MUST_USE enum err websub_ask_refuse(struct edit *edit,
                                    const struct websub_ask *ask);
MUST_USE enum err websub_ask_retry(struct edit *edit,
                                   const struct websub_ask *ask);

/* ---- Feeds ------------------------------------------------------------------
 */

struct websub_topic {
    struct str path;
    struct str digest; /* of what it said last */
    int64_t seq;       /* about the log when it changed last; it grows */
};

/* Those that have subscribers. */
MUST_USE enum err websub_topics(struct db *db, struct arena *arena,
                                struct websub_topic **ret_topics,
                                size_t *ret_count);

/* Makes the feed known, or says that it changed. */
MUST_USE enum err websub_topic_save(struct edit *edit,
                                    const struct websub_topic *topic);

/* ---- Subscriptions ----------------------------------------------------------
 */

struct websub_delivery {
    struct str callback;
    struct str path;
    struct str secret;
    int64_t seq;   /* what is to be delivered */
    int64_t tries; /* that failed, in a row */
};

/* Those that lack their feed's last change and may be tried now; those that
 * never failed first. choice NULL: all. */
MUST_USE enum err websub_deliveries_due(struct db *db, int64_t now_us,
                                        size_t limit,
                                        const struct websub_choice *choice,
                                        struct arena *arena,
                                        struct websub_delivery **ret_deliveries,
                                        size_t *ret_count);

/* It arrived; it failed and is tried later, or dropped after WEBSUB_TRIES_MAX
 * (*ret_dropped); the subscriber is gone. */
MUST_USE enum err websub_delivered(struct edit *edit,
                                   const struct websub_delivery *delivery);
MUST_USE enum err websub_failed(struct edit *edit,
                                const struct websub_delivery *delivery,
                                bool *ret_dropped);
MUST_USE enum err websub_drop(struct edit *edit,
                              const struct websub_delivery *delivery);

/* Forgets subscriptions whose lease is over, and feeds without any: so many. */
MUST_USE enum err websub_expire(struct edit *edit, int64_t *ret_forgotten);

/* Whether anything is asked or subscribed. */
MUST_USE enum err websub_is_used(struct db *db, bool *ret_used);

struct websub_counts {
    int64_t subscriptions;
    int64_t asks;
    int64_t behind; /* subscriptions that were not told the last change */
};
MUST_USE enum err websub_count(struct db *db, struct websub_counts *ret_counts);

#endif
