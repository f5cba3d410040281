// SPDX-License-Identifier: Apache-2.0
/* content/workflow.h: an article's way to its readers and back. Which state may
 * follow which is one table in workflow.c. Everything that readers can see
 * emits the keys of change.h, of what was and of what is. */
#ifndef CONTENT_WORKFLOW_H
#define CONTENT_WORKFLOW_H

#include <stdint.h>

#include "base/id.h"
#include "base/str.h"
#include "content/article.h"

struct arena;
struct edit;
struct picture_ids;

enum {
    WITHDRAWAL_REASON_BYTES_MAX = 1000,
    CORRECTION_BYTES_MAX = 4000,
};

bool workflow_may_follow(enum article_state from, enum article_state to);

/* Among draft, review and ready; also back to draft from scheduled.
 * ERR_CONFLICT names the states it may go to. */
MUST_USE enum err article_set_state(struct edit *edit, const struct id *id,
                                    enum article_state state);

struct publish_options {
    int64_t published_us; /* 0: as it was, or now. Never in the future */
    int64_t updated_us;   /* 0: now when it was published before */

    /* Of what readers see already: no news to them (links that lead elsewhere).
     * The times stay, and open pages are not told. */
    bool quiet;

    /* Not NULL: while pictures of it wait to be made that no reader has had,
     * nothing is shown, and ERR_AGAIN tells them here, in arena: have them made
     * when the edit has ended, and do all of it again without asking. */
    struct picture_ids *waiting;
    struct arena *arena;
};

/* Shows the newest revision to readers: for the first time, again after a
 * withdrawal, or as an update. Its media become public before it is committed.
 * Publishing what readers see already, at the same time, changes nothing.
 * Under embargo (schedule.h) it is scheduled for the end of it instead.
 * ERR_CONFLICT when its expiry time has passed; ERR_AGAIN as options say, which
 * may be NULL. */
MUST_USE enum err article_publish(struct edit *edit, const struct id *id,
                                  const struct publish_options *options);

/* Takes it back: its address answers 410 with the reason (required), or goes
 * to target (a path; mostly ""). time_us 0 is now. */
MUST_USE enum err article_withdraw(struct edit *edit, const struct id *id,
                                   struct str reason, struct str target,
                                   int64_t time_us);

/* Adds a note of what was wrong; shown on the page and in feeds. time_us 0 is
 * now; a text that stands there already at that time is not added twice. */
MUST_USE enum err correction_add(struct edit *edit, const struct id *id,
                                 struct str text, int64_t time_us);

#endif
