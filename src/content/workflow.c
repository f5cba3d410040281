// SPDX-License-Identifier: Apache-2.0
#include "content/workflow.h"

#include <assert.h>

#include "base/time.h"
#include "content/change.h"
#include "content/check_internal.h"
#include "content/hiding.h"
#include "content/listing_internal.h"
#include "content/media_internal.h"
#include "content/picture.h"
#include "content/row_internal.h"
#include "content/schedule.h"
#include "content/search_internal.h"
#include "content/workflow_internal.h"

#define TO(state) (1u << ARTICLE_##state)

/* Which state may follow which; to its own is an update. */
static const unsigned transitions[ARTICLE_STATE_COUNT] = {
    [ARTICLE_DRAFT] = TO(REVIEW) | TO(READY) | TO(SCHEDULED) | TO(PUBLISHED),
    [ARTICLE_REVIEW] = TO(DRAFT) | TO(READY) | TO(SCHEDULED) | TO(PUBLISHED),
    [ARTICLE_READY] = TO(DRAFT) | TO(REVIEW) | TO(SCHEDULED) | TO(PUBLISHED),
    [ARTICLE_SCHEDULED] = TO(DRAFT) | TO(READY) | TO(SCHEDULED) | TO(PUBLISHED),
    [ARTICLE_PUBLISHED] = TO(PUBLISHED) | TO(WITHDRAWN),
    [ARTICLE_WITHDRAWN] = TO(PUBLISHED),
};

bool workflow_may_follow(enum article_state from, enum article_state to)
{
    return from < ARTICLE_STATE_COUNT && to < ARTICLE_STATE_COUNT &&
           (transitions[from] & (1u << to)) != 0;
}

static struct str names_after(enum article_state from, struct arena *arena)
{
    struct str names = STR("");
    for (unsigned to = 0; to < ARTICLE_STATE_COUNT; to++) {
        if (to == from || !workflow_may_follow(from, (enum article_state)to))
            continue;
        if (names.len)
            names = arena_concat(arena, names, STR(", "));
        names = arena_concat(
            arena, names,
            str_from_c(article_state_name((enum article_state)to)));
    }
    return names;
}

enum err workflow_check_transition(struct edit *edit,
                                   const struct article_head *head,
                                   enum article_state to)
{
    if (workflow_may_follow(head->state, to))
        return ERR_OK;
    return fault_set(edit->fault, ERR_CONFLICT, "state",
                     "article %s is %s and cannot become %s; it may become "
                     "%" PRI_STR,
                     head->id.text, article_state_name(head->state),
                     article_state_name(to),
                     ARG_STR(names_after(head->state, &edit->arena)));
}

/* ---- Before publication
 * ----------------------------------------------------------- */

enum err workflow_set_state(struct edit *edit, const struct id *id,
                            enum article_state state, int64_t scheduled_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err && head.state == state && state != ARTICLE_SCHEDULED)
        return ERR_OK;
    if (!err)
        err = workflow_check_transition(edit, &head, state);
    if (!err)
        err = edit_run(edit,
                       "UPDATE article SET state = $2, scheduled_us = $3,"
                       " due_problem = '', due_tries = 0, due_retry_us = 0"
                       " WHERE id = $1",
                       DB_ID(id), DB_C(article_state_name(state)),
                       DB_I64(scheduled_us));
    if (err)
        return err;
    change_notef(edit, article_state_name(state), "draft:%s", id->text);
    return edit_step_commit(&step);
}

enum err article_set_state(struct edit *edit, const struct id *id,
                           enum article_state state)
{
    if (state != ARTICLE_DRAFT && state != ARTICLE_REVIEW &&
        state != ARTICLE_READY)
        return fault_set(edit->fault, ERR_INVALID, "state",
                         "schedule, publish and withdraw have commands of "
                         "their own");
    return workflow_set_state(edit, id, state, 0);
}

struct str workflow_time_text(struct edit *edit, int64_t time_us)
{
    char text[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, text);
    return arena_copy(&edit->arena, str_from_c(text));
}

/* ---- Media
 * -------------------------------------------------------------------------- */

struct media_ids {
    struct id *ids;
    size_t count;
};

static enum err shown_media(struct edit *edit, const struct id *id,
                            struct media_ids *ret_media)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT medium_id FROM article_medium WHERE article_id = $1",
        DB_ID(id));
    struct media_ids media = {0};
    while (db_query_next(&query))
        ROW_ADD(&edit->arena, media.ids, media.count) = row_id(&query, 0);
    *ret_media = media;
    return edit_failed(edit, db_query_err(&query));
}

static bool has_medium(const struct media_ids *media, const struct id *id)
{
    for (size_t i = 0; i < media->count; i++)
        if (str_eq(id_str(&media->ids[i]), id_str(id)))
            return true;
    return false;
}

/* Hides those of before that are not in after any more. */
static enum err hide_media(struct edit *edit, const struct media_ids *before,
                           const struct media_ids *after, enum hiding_time time)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < before->count; i++)
        if (!has_medium(after, &before->ids[i]))
            err = hiding_note(edit, id_str(&before->ids[i]), time);
    return err;
}

/* ---- Publishing
 * ---------------------------------------------------------------------- */

struct publication {
    struct article_head head;
    const struct article_saved *saved; /* in this edit a moment ago, or NULL */
    int64_t published_us;
    int64_t updated_us;
    bool was_public;
};

/* A time that stands already is kept even when it lies ahead by now: then the
 * clock was set back, and what readers have seen is no mistake. */
static enum err choose_times(struct edit *edit,
                             const struct publish_options *options,
                             struct publication *publication)
{
    const struct article_head *head = &publication->head;
    if (options->quiet) {
        assert(publication->was_public);
        publication->published_us = head->published_us;
        publication->updated_us = head->updated_us;
        return ERR_OK;
    }
    int64_t published_us = options->published_us;
    if (!published_us)
        published_us = head->published_us ? head->published_us : edit->time_us;
    if (published_us > edit->time_us && published_us != head->published_us)
        return fault_set(edit->fault, ERR_INVALID, "published",
                         "the publication time lies in the future: schedule "
                         "the article instead");
    int64_t now_us =
        published_us > edit->time_us ? published_us : edit->time_us;
    int64_t updated_us = options->updated_us;
    if (!updated_us && head->published_us)
        updated_us =
            head->revision == head->live_revision ? head->updated_us : now_us;
    bool stands = updated_us == head->updated_us;
    if (updated_us && !stands &&
        (updated_us < published_us || updated_us > now_us))
        return fault_set(edit->fault, ERR_INVALID, "updated",
                         "the time of the update must lie between publication "
                         "and now");
    publication->published_us = published_us;
    publication->updated_us = updated_us;
    return ERR_OK;
}

static bool is_shown_already(const struct publication *publication)
{
    const struct article_head *head = &publication->head;
    return publication->was_public && head->revision == head->live_revision &&
           head->published_us == publication->published_us &&
           head->updated_us == publication->updated_us;
}

static enum err newest_revision(struct edit *edit,
                                const struct publication *publication,
                                struct article_checked *ret_checked)
{
    const struct article_head *head = &publication->head;
    const struct article_saved *saved = publication->saved;
    if (saved && str_eq(id_str(&saved->id), id_str(&head->id)) &&
        saved->revision == head->revision) {
        *ret_checked = saved->checked;
        return ERR_OK;
    }
    enum err err =
        article_read_revision(edit->db, &head->id, head->revision, &edit->arena,
                              ret_checked, edit->fault);
    if (!err)
        err = article_collect_media(ret_checked, &edit->arena, edit->fault);
    if (!err)
        err = article_check_references(edit, ret_checked);
    return err;
}

enum err workflow_check_waiting(struct edit *edit, const struct id *media,
                                size_t count, struct picture_ids *waiting,
                                struct arena *arena)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++) {
        bool waits;
        err = edit_failed(edit,
                          picture_waits_unseen(edit->db, &media[i], &waits));
        if (!err && waits)
            ROW_ADD(arena, waiting->ids, waiting->count) = media[i];
    }
    return err || !waiting->count
               ? err
               : fault_set(edit->fault, ERR_AGAIN, "pictures",
                           "pictures of it are not made yet");
}

/* Readers' row becomes the newest revision (which it is already when they
 * never saw one, see article_save); its media become public, and those of its
 * posts. */
static enum err show_revision(struct edit *edit,
                              const struct publish_options *options,
                              const struct publication *publication,
                              struct article_checked *ret_checked)
{
    const struct article_head *head = &publication->head;
    enum err err = newest_revision(edit, publication, ret_checked);
    if (!err && head->live_revision)
        err = article_apply(edit, &head->id, ret_checked);
    struct media_ids media = {0};
    if (!err)
        err = shown_media(edit, &head->id, &media);
    if (!err && options->waiting)
        err = workflow_check_waiting(edit, media.ids, media.count,
                                     options->waiting, options->arena);
    for (size_t i = 0; !err && i < media.count; i++)
        err = media_publish(edit, id_str(&media.ids[i]));
    return err;
}

static enum err write_published(struct edit *edit,
                                const struct publication *publication,
                                const struct article_checked *checked)
{
    const struct article_head *head = &publication->head;
    struct article_cursor key = {publication->published_us, head->id};
    enum err err = ERR_OK;
    if (publication->was_public)
        err = listing_clear(edit, &head->id);
    if (!err)
        err = edit_run(edit,
                       "UPDATE article SET state = 'published',"
                       " live_revision = revision, published_us = $2,"
                       " updated_us = $3, scheduled_us = 0, withdrawn_us = 0,"
                       " withdrawn_reason = '', withdrawn_target = '',"
                       " expired = 0, due_problem = '', due_tries = 0,"
                       " due_retry_us = 0 WHERE id = $1",
                       DB_ID(&head->id), DB_I64(publication->published_us),
                       DB_I64(publication->updated_us));
    if (!err)
        err = listing_fill(edit, &key, checked->content.language);
    if (!err)
        err = search_put(edit, &head->id, checked);
    return err;
}

static enum err publish(struct edit *edit,
                        const struct publish_options *options,
                        const struct publication *publication)
{
    const struct id *id = &publication->head.id;
    const char *kind = publication->was_public ? "update" : "publish";
    struct media_ids before = {0}, after = {0};
    struct article_checked checked;
    enum err err = ERR_OK;
    if (publication->was_public) /* where it stood until now */
        err = listing_note(edit, id, kind);
    if (!err && publication->was_public)
        err = shown_media(edit, id, &before);
    if (!err)
        err = show_revision(edit, options, publication, &checked);
    if (!err)
        err = write_published(edit, publication, &checked);
    if (!err && publication->was_public)
        err = shown_media(edit, id, &after);
    if (!err)
        err = hide_media(edit, &before, &after, HIDING_SOON);
    if (!err)
        err = listing_note(edit, id, kind);
    if (!err && !options->quiet)
        change_notef(edit, kind, "news:%s", id->text);
    return err;
}

/* The publication of an article that may be published now. */
static enum err publish_head(struct edit *edit,
                             const struct publish_options *options,
                             struct publication *publication)
{
    enum err err =
        workflow_check_transition(edit, &publication->head, ARTICLE_PUBLISHED);
    if (!err)
        err = choose_times(edit, options, publication);
    if (err || is_shown_already(publication))
        return err;
    return publish(edit, options, publication);
}

/* An embargo holds until readers saw the article, whatever the clock says
 * afterwards. */
static enum err publish_at_embargo(struct edit *edit,
                                   const struct publish_options *options,
                                   const struct article_head *head)
{
    if (options->published_us)
        return fault_set(
            edit->fault, ERR_CONFLICT, "published",
            "article %s is under embargo until %" PRI_STR
            " and cannot be published as of an earlier time; publish it "
            "without one, and it appears when the embargo ends",
            head->id.text, ARG_STR(workflow_time_text(edit, head->embargo_us)));
    return article_schedule(edit, &head->id, head->embargo_us);
}

enum err article_publish(struct edit *edit, const struct id *id,
                         const struct publish_options *options)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct publication publication = {.saved = edit->saved};
    const struct article_head *head = &publication.head;
    const struct publish_options as_it_is = {0};
    if (!options)
        options = &as_it_is;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &publication.head);
    if (err)
        return err;
    publication.was_public = head->state == ARTICLE_PUBLISHED;
    if (head->expires_us && head->expires_us <= edit->time_us)
        return fault_set(
            edit->fault, ERR_CONFLICT, "expires",
            "article %s expired at %" PRI_STR
            "; give it a later time to expire, or none, before it is published",
            id->text, ARG_STR(workflow_time_text(edit, head->expires_us)));
    if (head->embargo_us > edit->time_us && !publication.was_public)
        err = publish_at_embargo(edit, options, head);
    else
        err = publish_head(edit, options, &publication);
    return err ? err : edit_step_commit(&step);
}

/* ---- Withdrawal
 * --------------------------------------------------------------------- */

static enum err check_withdrawal(struct edit *edit, struct str reason,
                                 struct str target)
{
    if (str_trim(reason).len == 0)
        return fault_set(edit->fault, ERR_INVALID, "reason",
                         "say why it is withdrawn: readers see the reason");
    enum err err =
        check_text("reason", reason, WITHDRAWAL_REASON_BYTES_MAX, edit->fault);
    if (!err && target.len)
        err = check_path("target", target, edit->fault);
    return err;
}

struct withdrawal {
    const char *kind;  /* of the change */
    struct str reason; /* "" when expired */
    struct str target;
    int64_t time_us;
    bool expired;
};

static enum err withdraw(struct edit *edit, const struct id *id,
                         const struct withdrawal *withdrawal)
{
    struct media_ids media;
    enum err err = listing_note(edit, id, withdrawal->kind);
    if (!err)
        err = listing_clear(edit, id);
    if (!err)
        err = search_remove(edit, id);
    if (!err)
        err = edit_run(edit,
                       "UPDATE article SET state = 'withdrawn',"
                       " withdrawn_us = $2, withdrawn_reason = $3,"
                       " withdrawn_target = $4, expired = $5,"
                       " due_problem = '', due_tries = 0, due_retry_us = 0"
                       " WHERE id = $1",
                       DB_ID(id), DB_I64(withdrawal->time_us),
                       DB_STR(withdrawal->reason), DB_STR(withdrawal->target),
                       DB_I64(withdrawal->expired));
    if (!err)
        err = shown_media(edit, id, &media);
    if (!err)
        err = hide_media(edit, &media, &(struct media_ids){0}, HIDING_AT_ONCE);
    if (!err)
        change_notef(edit, withdrawal->kind, "news:%s", id->text);
    return err;
}

enum err article_withdraw(struct edit *edit, const struct id *id,
                          struct str reason, struct str target, int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    enum err err = check_withdrawal(edit, reason, target);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err)
        err = workflow_check_transition(edit, &head, ARTICLE_WITHDRAWN);
    const struct withdrawal withdrawal = {
        .kind = "withdraw",
        .reason = reason,
        .target = target,
        .time_us = time_us ? time_us : edit->time_us,
    };
    if (!err)
        err = withdraw(edit, id, &withdrawal);
    return err ? err : edit_step_commit(&step);
}

/* ---- By themselves
 * ------------------------------------------------------------------- */

static enum err expire(struct edit *edit, const struct article_head *head,
                       int64_t published_us)
{
    const struct withdrawal withdrawal = {
        .kind = "expire",
        .reason = STR(""),
        .target = STR(""),
        .time_us =
            head->expires_us > published_us ? head->expires_us : published_us,
        .expired = true,
    };
    return withdraw(edit, &head->id, &withdrawal);
}

enum err workflow_expire(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err)
        err = workflow_check_transition(edit, &head, ARTICLE_WITHDRAWN);
    if (!err)
        err = expire(edit, &head, head.published_us);
    return err ? err : edit_step_commit(&step);
}

enum err workflow_publish_due(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct publication publication = {0};
    const struct article_head *head = &publication.head;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &publication.head);
    if (err)
        return err;
    if (head->embargo_us > edit->time_us)
        return fault_set(
            edit->fault, ERR_CONFLICT, "embargo",
            "its embargo ends after the time it was scheduled for");
    const struct publish_options options = {
        .published_us =
            head->published_us ? head->published_us : head->scheduled_us};
    err = publish_head(edit, &options, &publication);
    if (!err && head->expires_us && head->expires_us <= edit->time_us)
        err = expire(edit, head, publication.published_us);
    return err ? err : edit_step_commit(&step);
}

/* ---- Corrections
 * -------------------------------------------------------------------- */

static enum err add_correction(struct edit *edit, const struct id *id,
                               struct str text, int64_t time_us,
                               int64_t *ret_added)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "INSERT INTO correction (article_id, time_us, text)"
               " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
               DB_ID(id), DB_I64(time_us), DB_STR(text));
    return edit_failed(edit, db_query_run(&query, ret_added));
}

enum err correction_add(struct edit *edit, const struct id *id, struct str text,
                        int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head;
    int64_t added = 0;
    if (str_trim(text).len == 0)
        return fault_set(edit->fault, ERR_INVALID, "text",
                         "a correction must say what was wrong");
    enum err err = check_text("text", text, CORRECTION_BYTES_MAX, edit->fault);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = article_head_load(edit, id, &head);
    if (!err)
        err = add_correction(edit, id, text, time_us ? time_us : edit->time_us,
                             &added);
    if (!err)
        err = edit_run(edit, "UPDATE article SET corrected = 1 WHERE id = $1",
                       DB_ID(id));
    if (!err && added)
        err = listing_note(edit, id, "correct");
    if (!err && added)
        change_notef(edit, "correct", "news:%s", id->text);
    return err ? err : edit_step_commit(&step);
}
