// SPDX-License-Identifier: Apache-2.0
/* content/hiding.h: files that leave the public folder, because nothing that is
 * published shows them any more.
 *
 * A write only notes them, with its entry in the log of changes: as long as not
 * every page made from that change is with every edge, readers may get one that
 * asks for them. Whoever knows how far the edges are has them taken out:
 *
 *     press_catch_up(press, seq, fault) → hiding_run(content, seq, now, …)
 */
#ifndef CONTENT_HIDING_H
#define CONTENT_HIDING_H

#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"
#include "store/db.h"

struct content;
struct edit;

enum hiding_time {
    HIDING_AT_ONCE, /* taken back: no page shows it, no reader gets it */
    HIDING_SOON,    /* replaced: readers who got their page HIDING_GRACE_US ago
                     * or less still get its pictures */
    HIDING_LATER,   /* made anew: pages that are open all day may ask for it;
                     * with others, but not within HIDING_GRACE_US unless one
                     * of them is taken back */
};

#define HIDING_GRACE_US (30 * INT64_C(1000000))

/* Has the files of a medium looked at when it is time: those that no published
 * article and no person shows then are hidden. A part of the edit. */
MUST_USE enum err hiding_note(struct edit *edit, struct str medium,
                              enum hiding_time time);

enum hiding_extent {
    HIDING_DUE,
    HIDING_ALL, /* nobody is served, or by a server that is new */
};

/* Whether hiding_run has something to do. */
MUST_USE enum err hiding_is_due(struct db *db, int64_t seq, int64_t now_us,
                                enum hiding_extent extent, bool *ret_due);

/* Hides what was noted up to the log's entry seq, which all readers have, and
 * is due. What could not be hidden stays noted. */
MUST_USE enum err hiding_run(struct content *content, int64_t seq,
                             int64_t now_us, enum hiding_extent extent,
                             struct fault *fault);

#endif
