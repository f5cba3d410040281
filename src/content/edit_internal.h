// SPDX-License-Identifier: Apache-2.0
/* content/edit_internal.h: what the modules that write share.
 *
 * A function that takes an edit has filled edit->fault in whenever it fails. */
#ifndef CONTENT_EDIT_INTERNAL_H
#define CONTENT_EDIT_INTERNAL_H

#include "content/edit.h"

struct edit_change {
    struct edit_change *older;
    struct str key;
    const char *kind;
};

/* One write within an edit, all or nothing:
 *
 *     DEFER(edit_step_end) struct edit_step step = {0};
 *     enum err err = edit_step_begin(&step, edit);
 *     …
 *     return edit_step_commit(&step);
 */
struct edit_step {
    struct edit *edit; /* NULL when it is over */
    struct db_transaction transaction;
    struct edit_change *newest_before;
    struct search_write *search_writes_before;
};

MUST_USE enum err edit_step_begin(struct edit_step *step, struct edit *edit);
MUST_USE enum err edit_step_commit(struct edit_step *step);
void edit_step_end(struct edit_step *step);

/* Gives err back; a failure is what the database said. */
static inline enum err edit_failed(struct edit *edit, enum err err)
{
    return db_fault(edit->db, err, edit->fault);
}

/* Runs one statement: edit_run(edit, sql, DB_STR(…), …). */
#define edit_run(edit, sql, ...) \
    edit_failed(edit, db_run((edit)->db, sql __VA_OPT__(, ) __VA_ARGS__))

/* Links a blob into the public folder: durable before the edit is, taken out
 * again when the edit is not committed. */
MUST_USE enum err edit_show_blob(struct edit *edit, const struct blob *blob);

/* hiding.h: seq is the edit's newest entry of the log. */
MUST_USE enum err hiding_commit(struct edit *edit, int64_t seq);

#endif
