// SPDX-License-Identifier: Apache-2.0
#include "content/edit.h"

#include <assert.h>

#include "base/time.h"
#include "content/change_internal.h"
#include "content/content.h"
#include "content/edit_internal.h"
#include "content/search_internal.h"

enum err edit_begin(struct edit *edit, struct content *content,
                    struct str actor, struct fault *fault)
{
    assert(edit && !edit->content);
    assert(content);
    struct db_lease lease = db_lease_writer(content_pool(content));
    struct db_transaction transaction = {0};
    enum err err = db_begin(&transaction, lease.db);
    if (err) {
        db_fault(lease.db, err, fault);
        db_lease_end(&lease);
        return err;
    }
    *edit = (struct edit){
        .content = content,
        .db = lease.db,
        .actor = actor,
        .time_us = time_now_us(),
        .fault = fault,
        .lease = lease,
        .transaction = transaction,
    };
    arena_init(&edit->arena, 0);
    map_init(&edit->changed);
    return ERR_OK;
}

/* ---- Showing ----------------------------------------------------------------
 */

struct edit_shown {
    struct edit_shown *older;
    struct blob blob;
};

enum err edit_show_blob(struct edit *edit, const struct blob *blob)
{
    bool is_new = false;
    enum err err = blob_link_public(content_blobs(edit->content), blob, &is_new,
                                    edit->fault);
    if (err)
        return err;
    edit->shows = true; /* also an old one: who linked it may have died then */
    if (!is_new)
        return ERR_OK;
    struct edit_shown *shown = arena_new(&edit->arena, struct edit_shown);
    shown->older = edit->shown;
    shown->blob = *blob;
    edit->shown = shown;
    return ERR_OK;
}

static enum err show_durably(struct edit *edit)
{
    return edit->shows
               ? blob_sync_public(content_blobs(edit->content), edit->fault)
               : ERR_OK;
}

/* Nobody may see them after all; the next try links them anew, so that a sync
 * that failed is not taken for one that went well. */
static void take_back_shown(struct edit *edit)
{
    for (; edit->shown; edit->shown = edit->shown->older)
        (void)!blob_unpublish(content_blobs(edit->content), &edit->shown->blob,
                              NULL);
}

/* ---- The end ----------------------------------------------------------------
 */

enum err edit_commit(struct edit *edit)
{
    assert(edit->content);
    int64_t seq = 0;
    enum err err = search_write(edit);
    if (!err)
        err = change_write(edit, &seq);
    if (!err)
        err = hiding_commit(edit, seq);
    if (!err)
        err = show_durably(edit);
    if (!err)
        err = edit_failed(edit, db_commit(&edit->transaction));
    if (err) {
        edit_end(edit);
        return err;
    }
    edit->seq = seq;
    edit->shown = NULL;
    edit_end(edit);
    return ERR_OK;
}

void edit_end(struct edit *edit)
{
    if (!edit->content)
        return;
    take_back_shown(edit);
    db_transaction_end(&edit->transaction);
    db_lease_end(&edit->lease);
    search_ahead_end(edit);
    map_finish(&edit->changed);
    arena_finish(&edit->arena);
    edit->content = NULL;
    edit->db = NULL;
    edit->changes = NULL;
    edit->search_writes = NULL;
    edit->saved = NULL;
}

/* ---- Steps ------------------------------------------------------------------
 */

enum err edit_step_begin(struct edit_step *step, struct edit *edit)
{
    assert(edit->content);
    enum err err = db_begin(&step->transaction, edit->db);
    if (err)
        return edit_failed(edit, err);
    edit->saved = NULL;
    step->edit = edit;
    step->newest_before = edit->changes;
    step->search_writes_before = edit->search_writes;
    return ERR_OK;
}

enum err edit_step_commit(struct edit_step *step)
{
    struct edit *edit = step->edit;
    enum err err = db_commit(&step->transaction);
    if (err)
        return edit_failed(edit, err); /* edit_step_end forgets the keys */
    step->edit = NULL;
    return ERR_OK;
}

void edit_step_end(struct edit_step *step)
{
    struct edit *edit = step->edit;
    if (!edit)
        return;
    db_transaction_end(&step->transaction);
    while (edit->changes != step->newest_before) {
        map_remove(&edit->changed, edit->changes->key);
        edit->changes = edit->changes->older;
    }
    edit->search_writes = step->search_writes_before;
    step->edit = NULL;
}
