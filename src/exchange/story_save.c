// SPDX-License-Identifier: Apache-2.0
/* One story into the newspaper: new, a new revision, taken back, or nothing to
 * do. */
#include "base/hash.h"
#include "base/time.h"
#include "content/schedule.h"
#include "content/workflow.h"
#include "exchange/story_import_internal.h"

enum { TRIES_MAX = 1000, UPDATE_LEAST_US = 60 * 1000 * 1000 };

/* What there was before: zeroed when there is no such article. */
struct before {
    bool exists;
    struct import_item item;
    struct article article;
};

/* ---- What was there --------------------------------------------------------
 */

static enum err find_before(struct arriving *arriving, struct before *before)
{
    struct story_import *import = arriving->import;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_ARTICLE, arriving->story->id);
    enum err err = import_item_find(import->session.edit.db, &key,
                                    &import->session.arena, &before->item);
    before->exists = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* Only what is not the same is looked at closely. An article that is gone is
 * made again. */
static enum err load_before(struct arriving *arriving, struct before *before)
{
    struct story_import *import = arriving->import;
    enum err err = article_load(import->session.edit.db, &before->item.id,
                                &import->session.arena, &before->article);
    before->exists = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

bool story_is_changed_here(const struct import_item *item, int64_t revision,
                           enum article_state state)
{
    return revision != item->revision ||
           (state == ARTICLE_WITHDRAWN &&
            !str_eq(item->state, STR("withdrawn")));
}

/* ---- Ids -------------------------------------------------------------------
 */

static enum err is_taken(struct story_import *import, const struct id *id,
                         bool *ret_taken)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(import->session.edit.db, "SELECT 1 FROM article WHERE id = $1",
               DB_STR(id_str(id)));
    enum err err = db_query_row(&query);
    *ret_taken = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* A new article's id is of its time, so that ids sort as the archive does. */
static enum err choose_id(struct arriving *arriving, struct id *ret_id)
{
    const struct story *story = arriving->story;
    struct story_import *import = arriving->import;
    int64_t time_us =
        story->published_us ? story->published_us : story->created_us;
    if (time_us <= 0 || time_us > import->session.edit.time_us)
        time_us = import->session.edit.time_us;
    /* Many stories carry the same second. */
    struct str key =
        arena_printf(&import->session.arena, "%" PRI_STR " %" PRI_STR,
                     ARG_STR(import->source->name), ARG_STR(story->id));
    char digest[DIGEST_HEX_BYTES];
    digest_hex(key, digest);
    uint64_t number = 0;
    for (int i = 0; i < 12; i++)
        number = number * 31 + (unsigned char)digest[i];
    time_us +=
        (int64_t)(number % TIME_US_PER_SECOND) - time_us % TIME_US_PER_SECOND;
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        bool taken;
        *ret_id = id_from_time(time_us + tries);
        enum err err = is_taken(import, ret_id, &taken);
        if (err || !taken)
            return err;
    }
    *ret_id = id_make();
    return ERR_OK;
}

/* ---- States ----------------------------------------------------------------
 */

static int64_t publication_time(const struct arriving *arriving)
{
    const struct story *story = arriving->story;
    if (story->published_us)
        return story->published_us;
    return story->created_us ? story->created_us
                             : arriving->import->session.edit.time_us;
}

static enum err publish(struct arriving *arriving, const struct before *before)
{
    struct edit *edit = &arriving->import->session.edit;
    int64_t published_us = publication_time(arriving);
    bool was_public = before->exists && before->article.published_us != 0;
    if (!was_public && published_us > edit->time_us)
        return article_schedule(edit, &arriving->input.id, published_us);
    if (published_us > edit->time_us)
        published_us = before->article.published_us;
    int64_t updated_us = arriving->story->updated_us;
    bool is_update = updated_us > published_us + UPDATE_LEAST_US &&
                     updated_us <= edit->time_us;
    struct publish_options options = {
        .published_us = published_us,
        .updated_us = is_update ? updated_us : 0,
    };
    if (was_public && !is_update)
        options.updated_us = published_us;
    return article_publish(edit, &arriving->input.id, &options);
}

/* Its system does not show it (any more). */
static enum err hold_back(struct arriving *arriving,
                          const struct before *before)
{
    struct edit *edit = &arriving->import->session.edit;
    const struct id *id = &arriving->input.id;
    if (!before->exists)
        return ERR_OK;
    if (before->article.state == ARTICLE_PUBLISHED) {
        arriving_tell(arriving, "withdrawn: readers of its source do not see "
                                "it any more");
        return article_withdraw(edit, id, STR("Taken back by its source"),
                                STR(""), 0);
    }
    if (before->article.state == ARTICLE_SCHEDULED)
        return article_set_state(edit, id, ARTICLE_DRAFT);
    return ERR_OK;
}

static enum err apply_state(struct arriving *arriving,
                            const struct before *before)
{
    const struct story *story = arriving->story;
    if (story->why_draft)
        arriving_tell(arriving, "kept as a draft: %s", story->why_draft);
    if (story->state != STORY_PUBLISHED)
        return hold_back(arriving, before);
    return arriving->import->options.drafts ? ERR_OK
                                            : publish(arriving, before);
}

/* What the article is now. */
struct after {
    struct str state;
    struct str language;
    struct str slug;
};

static enum err read_after(struct arriving *arriving, struct after *after)
{
    struct story_import *import = arriving->import;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(import->session.edit.db,
               "SELECT state, language, slug FROM article WHERE id = $1",
               DB_STR(id_str(&arriving->input.id)));
    enum err err = db_query_row(&query);
    if (!err)
        *after = (struct after){
            .state = db_column_str(&query, 0, &import->session.arena),
            .language = db_column_str(&query, 1, &import->session.arena),
            .slug = db_column_str(&query, 2, &import->session.arena),
        };
    return err;
}

/* ---- Addresses -------------------------------------------------------------
 */

/* Old addresses lead here, but for those that are a page's own. */
static enum err redirect(struct arriving *arriving, const struct after *after)
{
    struct story_import *import = arriving->import;
    const struct story *story = arriving->story;
    enum err err = ERR_OK;
    struct str target = arena_printf(
        &import->session.arena, "/%" PRI_STR "/article/%" PRI_STR "-%s",
        ARG_STR(after->language), ARG_STR(after->slug),
        arriving->input.id.text);
    for (size_t i = 0; !err && i < story->old_address_count; i++)
        err = story_redirect(import, story->old_addresses[i], target);
    return err;
}

/* ---- All of it -------------------------------------------------------------
 */

/* Says in *ret_changed whether the article is another one than before. */
static enum err note_it(struct arriving *arriving, const struct before *before,
                        const struct after *after, int64_t revision,
                        bool *ret_changed)
{
    struct story_import *import = arriving->import;
    const struct import_key key =
        arriving_key(arriving, IMPORT_KIND_ARTICLE, arriving->story->id);
    const struct import_item item = {.id = arriving->input.id,
                                     .digest = arriving->digest,
                                     .revision = revision,
                                     .state = after->state};
    *ret_changed = !before->exists || revision != before->article.revision ||
                   !str_eq(item.state, before->item.state);
    return import_item_save(&import->session.edit, &key, &item);
}

static enum err save_revision(struct arriving *arriving, int64_t *ret_revision)
{
    struct id id;
    arriving->input.content.document = arriving->doc;
    return article_save(&arriving->import->session.edit, &arriving->input, &id,
                        ret_revision);
}

static enum err write(struct arriving *arriving, const struct before *before,
                      bool *ret_changed)
{
    int64_t revision;
    enum err err = ERR_OK;
    arriving->input.created_us = arriving->story->created_us
                                     ? arriving->story->created_us
                                     : arriving->story->published_us;
    if (before->exists)
        arriving->input.id = before->item.id;
    else
        err = choose_id(arriving, &arriving->input.id);
    if (!err)
        err = story_read_content(arriving);
    if (!err)
        err = save_revision(arriving, &revision);
    if (!err)
        err = apply_state(arriving, before);
    struct after after;
    if (!err)
        err = read_after(arriving, &after);
    if (!err)
        err = note_it(arriving, before, &after, revision, ret_changed);
    if (!err)
        err = redirect(arriving, &after);
    if (!err)
        err = story_redirect_tags(arriving);
    return err;
}

/* Left alone; what its source says now is not taken up the next time either,
 * but it is told each time. */
static enum err leave_alone(struct arriving *arriving,
                            const struct before *before, bool same)
{
    arriving->input.id = before->item.id;
    arriving->input.content.headline = before->article.content.headline;
    bool withdrawn = before->article.state == ARTICLE_WITHDRAWN;
    if (!same)
        arriving_tell(arriving,
                      "its source has changed it, but it was %s here "
                      "since: left as it is",
                      withdrawn ? "withdrawn" : "edited");
    return ERR_OK;
}

static enum err find_it(struct arriving *arriving, struct before *before,
                        bool *ret_same)
{
    if (!arriving->digest.len) {
        char digest[STORY_DIGEST_BYTES];
        story_digest(arriving->story, digest);
        arriving->digest =
            arena_copy(&arriving->import->session.arena, str_from_c(digest));
    }
    enum err err = find_before(arriving, before);
    if (!err)
        *ret_same =
            before->exists && str_eq(before->item.digest, arriving->digest);
    return err;
}

enum err story_is_known(struct arriving *arriving, bool *ret_known)
{
    struct before before = {0};
    return find_it(arriving, &before, ret_known);
}

enum err story_save(struct arriving *arriving, enum import_outcome *ret_outcome)
{
    struct story_import *import = arriving->import;
    struct before before = {0};
    bool same;
    enum err err = find_it(arriving, &before, &same);
    if (err)
        return err;
    if (same && !import->options.again) {
        arriving->input.id = before.item.id;
        arriving->input.content.headline = str_trim(arriving->story->title);
        *ret_outcome = IMPORT_UNCHANGED;
        return ERR_OK;
    }
    if (before.exists)
        err = load_before(arriving, &before);
    if (err)
        return err;
    if (before.exists &&
        story_is_changed_here(&before.item, before.article.revision,
                              before.article.state)) {
        *ret_outcome = same ? IMPORT_UNCHANGED : IMPORT_KEPT;
        return leave_alone(arriving, &before, same);
    }
    bool changed = true;
    err = write(arriving, &before, &changed);
    *ret_outcome = !before.exists ? IMPORT_CREATED
                   : changed      ? IMPORT_UPDATED
                                  : IMPORT_UNCHANGED;
    return err;
}
