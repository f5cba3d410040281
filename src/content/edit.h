// SPDX-License-Identifier: Apache-2.0
/* content/edit.h: one write: who makes it, when, in which transaction. Every
 * function that writes takes one. What it did and the change keys of it become
 * durable together, or not at all.
 *
 *     DEFER(edit_end) struct edit edit = {0};
 *     enum err err = edit_begin(&edit, content, STR("nino"), fault);
 *     if (!err)
 *         err = article_publish(&edit, &id, NULL);
 *     if (!err)
 *         err = edit_commit(&edit);
 *     // edit.seq: press_catch_up(press, edit.seq, fault)
 *
 * Several writes may go into one edit (an import commits hundreds of articles
 * at once). A write that failed left nothing behind, and the others can still
 * be committed. */
#ifndef CONTENT_EDIT_H
#define CONTENT_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/map.h"
#include "base/str.h"
#include "store/blob.h"
#include "store/db_pool.h"

struct content;

struct article_saved;
struct edit_change;
struct edit_shown;
struct search_ahead;
struct search_write;

struct edit {
    struct content *content; /* NULL when it is over */
    struct db *db;           /* sees what was written so far */
    struct str actor;        /* "cli", "import", a person: for the log */
    int64_t time_us;         /* the time of all that it does */
    struct fault *fault;     /* where writes explain themselves; may be NULL */

    /* After edit_commit: the log's newest entry of this edit, 0 when nothing
     * changed. */
    int64_t seq;

    /* The rest is edit.c's. */
    struct db_lease lease;
    struct db_transaction transaction;
    struct arena arena;
    struct map changed; /* key → its struct edit_change */
    struct edit_change *changes;
    struct search_write *search_writes; /* newest first */
    struct search_ahead *search_ahead;
    bool hides; /* files leave the public folder later: hiding.h */
    bool shows; /* and others came into it: */
    struct edit_shown *shown;

    /* What article_save saved, until the next write: publishing it right away
     * need not read and check it again. NULL otherwise. */
    const struct article_saved *saved;
};

/* Waits for the writer and for other processes. ERR_BUSY, ERR_FULL… edit must
 * be zeroed. actor and fault must live until edit_end. */
MUST_USE enum err edit_begin(struct edit *edit, struct content *content,
                             struct str actor, struct fault *fault);

/* Writes the log and commits. What readers may not have any more is noted
 * (hiding.h): pages that show it are still out there. */
MUST_USE enum err edit_commit(struct edit *edit);

/* Rolls back what was not committed; for DEFER. */
void edit_end(struct edit *edit);

#endif
