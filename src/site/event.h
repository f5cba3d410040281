// SPDX-License-Identifier: Apache-2.0
/* site/event.h: what open pages are told of a change.
 *
 * Whoever writes notes a change key, as for pages (content/change.h); here is
 * one table of which keys are news to somebody who has a page open, and who
 * makes the events of each. The press has the pages printed and acknowledged
 * first, so that who loads a page because of an event sees what it told.
 *
 *   topic          data: a JSON object with "type", one of
 *   front:<lang>   story      id, url, headline: it was published
 *                  many       count: more than could be told one by one
 *   article:<id>   updated, corrected    at (ms since 1970)
 *                  withdrawn
 *                  views      views: told by the edge, has no number
 *                  posts      seq: the live blog changed, see live.h
 *   alert:<lang>   set        id, label, text, url ("" for none)
 *                  clear
 *   air:all        air        channel, on: what is on has changed, or what is
 *                             next; wherever it is shown
 *
 * A page gets the events of its topics over one stream, GET /events/<lang> or
 * /events/<lang>?article=<id> (edge_events.c), and the script hands them out:
 * subscribe("article", (event) => …) of web/reader/events.js.
 *
 * To tell something new: note a key "kind:name" with a kind of change, add a
 * row to the table in event.c, and write its maker. */
#ifndef SITE_EVENT_H
#define SITE_EVENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "content/change.h"
#include "link/event.h"

struct site;
struct value;

/* What a maker gets. */
struct event_making {
    struct site *site;
    struct db *db; /* as readers see it now: what changed may have changed again
                      or be gone */
    struct arena *arena;
    const struct change *change;
    struct str name; /* of the key, behind its kind: an id, a language */
    struct event_list *list;
};

struct site_event {
    struct event event; /* in the arena */
    bool gathers;       /* many of its topic at once are told as their count */
};

struct event_list {
    struct site_event *at;
    size_t count, capacity;
};

/* For makers: tells data, an object, to topic. What cannot be told (a topic of
 * a strange form, data beyond EVENT_DATA_BYTES_MAX) is left out and logged. */
void event_tell(struct event_making *making, struct str topic,
                const struct value *data, bool gathers);

/* Adds the events of changes, oldest first, to list. Errors are of the
 * database. */
MUST_USE enum err events_make(struct site *site, struct db *db,
                              const struct change_list *changes,
                              struct arena *arena, struct event_list *list);

/* ---- The makers -------------------------------------------------------------
 */

MUST_USE enum err event_of_news(struct event_making *making);
MUST_USE enum err event_of_alert(struct event_making *making);
MUST_USE enum err event_of_live(struct event_making *making);
MUST_USE enum err event_of_channel(struct event_making *making);

#endif
