// SPDX-License-Identifier: Apache-2.0
/* site/hub.h: tells programs outside when a feed changes (WebSub, W3C
 * Recommendation of 23 January 2018). The newspaper is its own hub, at
 * /websub; or, when the setting websub_hub names another one, that one is
 * pinged.
 *
 * The hub follows the log of changes with threads of its own: nothing that a
 * subscriber does, or does not do, holds up a publication. A feed is delivered
 * when what it says has changed and readers see it; each change at least once,
 * whatever is killed: what was sent is noted afterwards, and the same delivery
 * has the same Idempotency-Key. A subscriber that does not take it is asked
 * again ever later, and forgotten at last (content/websub.h). Everything goes
 * out through net/fetch.h.
 *
 * Without the setting address there is no name to call the feeds by, and no
 * hub; the log says so. */
#ifndef SITE_HUB_H
#define SITE_HUB_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

struct arena;
struct content;
struct hub;
struct press;
struct settings;
struct site;

#define HUB_PATH "/websub"

struct hub_config {
    struct content *content;
    struct site *site;
    struct press *press; /* that readers have what is delivered */
};

MUST_USE enum err hub_start(const struct hub_config *config,
                            struct hub **ret_hub);

/* Ends what is under way, which takes a second at most. Accepts NULL. */
void hub_stop(struct hub *hub);

/* Something was asked of the hub (websub_ask). Any thread. */
void hub_wake(struct hub *hub);

/* Whether the path is one of a feed that the hub tells of: not a search's,
 * since no change in the log says what searches it touches. */
bool hub_is_feed(struct str path);

/* The hub that feeds name, in arena: ours, another, or "" for none. */
struct str hub_address(const struct settings *settings, struct arena *arena);

#endif
