// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "content/article_internal.h"
#include "content/change.h"
#include "content/check_internal.h"
#include "content/listing_internal.h"
#include "content/live_internal.h"
#include "content/row_internal.h"

/* ---- Heads
 * ----------------------------------------------------------------------- */

enum err article_head_find(struct edit *edit, const struct id *id,
                           struct article_head *ret_head)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT id, story_id, state, revision, live_revision,"
               " published_us, updated_us, scheduled_us, embargo_us,"
               " expires_us FROM article WHERE id = $1",
               DB_ID(id));
    enum err err = db_query_row(&query);
    if (err)
        return err == ERR_NOT_FOUND ? err : edit_failed(edit, err);
    struct article_head head = {
        .id = row_id(&query, 0),
        .story = row_id(&query, 1),
        .revision = db_column_i64(&query, 3),
        .live_revision = db_column_i64(&query, 4),
        .published_us = db_column_i64(&query, 5),
        .updated_us = db_column_i64(&query, 6),
        .scheduled_us = db_column_i64(&query, 7),
        .embargo_us = db_column_i64(&query, 8),
        .expires_us = db_column_i64(&query, 9),
    };
    if (article_state_parse(db_column_peek(&query, 2), &head.state))
        return fault_set(edit->fault, ERR_CORRUPT, "state",
                         "article %s is in a state that does not exist",
                         id->text);
    *ret_head = head;
    return ERR_OK;
}

enum err article_head_load(struct edit *edit, const struct id *id,
                           struct article_head *ret_head)
{
    enum err err = article_head_find(edit, id, ret_head);
    if (err == ERR_NOT_FOUND)
        fault_set(edit->fault, err, "id",
                  "there is no article %s; 'broadsheet article list' tells "
                  "which there are",
                  id->text);
    return err;
}

/* ---- The row and what belongs to it
 * ---------------------------------------------- */

static const char row_sql[] =
    "UPDATE article SET language = $2, slug = $3, headline = $4, kicker = $5,"
    " standfirst = $6, byline = $7, source = $8, weight = $9, opinion = $10,"
    " live = COALESCE((SELECT ended_us = 0 FROM live_blog"
    "  WHERE article_id = $1), $11), sponsored = $12, picture_id = $13, "
    "picture_alt = $14"
    " WHERE id = $1";

static enum err apply_row(struct edit *edit, const struct id *id,
                          const struct article_content *content)
{
    return edit_run(
        edit, row_sql, DB_ID(id), DB_STR(content->language),
        DB_STR(content->slug), DB_STR(content->headline),
        DB_STR(content->kicker), DB_STR(content->standfirst),
        DB_STR(content->byline), DB_STR(content->source),
        DB_C(article_weight_name(content->weight)), DB_I64(content->opinion),
        DB_I64(content->live), DB_I64(content->sponsored),
        DB_ID_OR_NULL(&content->picture), DB_STR(content->picture_alt));
}

static const char *const forget_sql[] = {
    "DELETE FROM article_category WHERE article_id = $1",
    "DELETE FROM article_tag WHERE article_id = $1",
    "DELETE FROM article_byline WHERE article_id = $1",
    "DELETE FROM article_medium WHERE article_id = $1",
};

static enum err apply_ids(struct edit *edit, const char *sql,
                          const struct id *article, const struct id *ids,
                          size_t count)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++)
        err = edit_run(edit, sql, DB_ID(article), DB_I64((int64_t)i),
                       DB_ID(&ids[i]));
    return err;
}

static enum err apply_bylines(struct edit *edit, const struct id *id,
                              const struct article_content *content)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        bool staff = id_is_set(&byline->person);
        err = edit_run(
            edit,
            "INSERT INTO article_byline"
            " (article_id, position, person_id, name, role)"
            " VALUES ($1, $2, $3, $4, $5)",
            DB_ID(id), DB_I64((int64_t)i), DB_ID_OR_NULL(&byline->person),
            DB_STR(staff ? STR("") : byline->name), DB_STR(byline->role));
    }
    return err;
}

static enum err add_links(struct edit *edit, const struct id *id,
                          const struct article_checked *checked)
{
    const struct article_content *content = &checked->content;
    enum err err = apply_ids(edit,
                             "INSERT INTO article_category"
                             " (article_id, position, category_id)"
                             " VALUES ($1, $2, $3)",
                             id, content->categories, content->category_count);
    if (!err)
        err = apply_ids(edit,
                        "INSERT INTO article_tag (article_id, position, tag_id)"
                        " SELECT $1, $2, id FROM tag WHERE id = $3",
                        id, checked->tags, checked->tag_count);
    if (!err)
        err = apply_bylines(edit, id, content);
    for (size_t i = 0; !err && i < checked->media_count; i++)
        err = edit_run(edit,
                       "INSERT INTO article_medium (article_id, medium_id)"
                       " VALUES ($1, $2)",
                       DB_ID(id), DB_ID(&checked->media[i]));
    return err;
}

enum err article_apply(struct edit *edit, const struct id *id,
                       const struct article_checked *checked)
{
    enum err err = apply_row(edit, id, &checked->content);
    for (size_t i = 0; !err && i < sizeof forget_sql / sizeof *forget_sql; i++)
        err = edit_run(edit, forget_sql[i], DB_ID(id));
    if (!err)
        err = add_links(edit, id, checked);
    return err ? err : live_apply_media(edit, id);
}

/* ---- Saving
 * ---------------------------------------------------------------------- */

static enum err check_id(const struct id *id, struct fault *fault)
{
    struct id parsed;
    return id_parse(id_str(id), &parsed)
               ? fault_set(fault, ERR_INVALID, "id",
                           "an article's id is 13 lower-case hexadecimal "
                           "digits, such as 62f9f7d471fdc")
               : ERR_OK;
}

static const char insert_sql[] =
    "INSERT INTO article (id, story_id, language, state, revision,"
    " live_revision, created_us, saved_us, published_us, updated_us,"
    " scheduled_us, withdrawn_us, withdrawn_reason, withdrawn_target, slug,"
    " headline, kicker, standfirst, byline, source, weight, opinion, live,"
    " sponsored, corrected, picture_id, picture_alt)"
    " VALUES ($1, $2, $3, 'draft', 1, 0, $4, $5, 0, 0, 0, 0, '', '', $6,"
    " $7, $8, $9, $10, $11, $12, $13, $14, $15, 0, $16, $17)";

static enum err insert(struct edit *edit, const struct article_input *input,
                       const struct article_checked *checked,
                       const struct article_head *head)
{
    const struct article_content *content = &checked->content;
    int64_t now = edit->time_us;
    return edit_run(
        edit, insert_sql, DB_ID(&head->id), DB_ID(&head->story),
        DB_STR(content->language),
        DB_I64(input->created_us ? input->created_us : now), DB_I64(now),
        DB_STR(content->slug), DB_STR(content->headline),
        DB_STR(content->kicker), DB_STR(content->standfirst),
        DB_STR(content->byline), DB_STR(content->source),
        DB_C(article_weight_name(content->weight)), DB_I64(content->opinion),
        DB_I64(content->live), DB_I64(content->sponsored),
        DB_ID_OR_NULL(&content->picture), DB_STR(content->picture_alt));
}

static enum err check_base(struct edit *edit, const struct article_input *input,
                           const struct article_head *head)
{
    if (input->base_revision == 0 || input->base_revision == head->revision)
        return ERR_OK;
    return fault_set(edit->fault, ERR_CONFLICT, "base_revision",
                     "somebody saved revision %lld meanwhile; this one was "
                     "made from revision %lld: put them together first",
                     (long long)head->revision,
                     (long long)input->base_revision);
}

/* Translations change with the story, for readers of each. */
static enum err change_story(struct edit *edit, const struct article_head *head,
                             const struct id *story)
{
    if (!id_is_set(story) || str_eq(id_str(story), id_str(&head->story)))
        return ERR_OK;
    bool seen = head->state == ARTICLE_PUBLISHED;
    enum err err = seen ? listing_note(edit, &head->id, "story") : ERR_OK;
    if (!err)
        err = edit_run(edit, "UPDATE article SET story_id = $2 WHERE id = $1",
                       DB_ID(&head->id), DB_ID(story));
    if (!err && seen)
        err = listing_note(edit, &head->id, "story");
    return err;
}

static enum err says_the_same(struct edit *edit,
                              const struct article_head *head, struct str json,
                              struct str body, bool *ret_same)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db,
                                   "SELECT content, body FROM revision"
                                   " WHERE article_id = $1 AND number = $2",
                                   DB_ID(&head->id), DB_I64(head->revision));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    *ret_same = !err && str_eq(db_column_peek(&query, 0), json) &&
                str_eq(db_column_peek(&query, 1), body);
    return ERR_OK;
}

static enum err insert_revision(struct edit *edit,
                                const struct article_input *input,
                                const struct article_checked *checked,
                                struct str json,
                                const struct article_head *head)
{
    change_notef(edit, "save", "draft:%s", head->id.text);
    return edit_run(edit,
                    "INSERT INTO revision (article_id, number, time_us, actor,"
                    " note, headline, content, body)"
                    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    DB_ID(&head->id), DB_I64(head->revision),
                    DB_I64(edit->time_us), DB_STR(edit->actor),
                    DB_STR(input->note), DB_STR(checked->content.headline),
                    DB_STR(json), DB_STR(checked->content.body));
}

static enum err begin_article(struct edit *edit,
                              const struct article_input *input,
                              const struct article_checked *checked,
                              struct str json, struct article_head *head)
{
    head->story = id_is_set(&input->story) ? input->story : head->id;
    head->state = ARTICLE_DRAFT;
    enum err err = check_base(edit, input, head);
    if (!err)
        err = insert(edit, input, checked, head);
    head->revision = 1;
    if (!err)
        err = insert_revision(edit, input, checked, json, head);
    return err ? err : add_links(edit, &head->id, checked);
}

static enum err add_revision(struct edit *edit,
                             const struct article_input *input,
                             const struct article_checked *checked,
                             struct str json, struct article_head *head)
{
    head->revision++;
    enum err err = insert_revision(edit, input, checked, json, head);
    if (!err)
        err = edit_run(edit,
                       "UPDATE article SET revision = $2, saved_us = $3,"
                       " due_problem = '', due_tries = 0, due_retry_us = 0"
                       " WHERE id = $1",
                       DB_ID(&head->id), DB_I64(head->revision),
                       DB_I64(edit->time_us));
    if (!err && head->live_revision == 0)
        err = article_apply(edit, &head->id, checked);
    return err;
}

/* Nothing when it says what the newest revision says. */
static enum err change_article(struct edit *edit,
                               const struct article_input *input,
                               const struct article_checked *checked,
                               struct str json, struct article_head *head)
{
    bool same = false;
    enum err err = check_base(edit, input, head);
    if (!err)
        err = change_story(edit, head, &input->story);
    if (!err)
        err = says_the_same(edit, head, json, checked->content.body, &same);
    if (!err && !same)
        err = add_revision(edit, input, checked, json, head);
    return err;
}

static enum err save(struct edit *edit, const struct article_input *input,
                     struct article_head *head, struct article_checked *checked)
{
    struct str json = STR("");
    enum err err =
        check_line("note", input->note, ARTICLE_NOTE_BYTES_MAX, edit->fault);
    if (!err)
        err = article_check(edit, &input->content, checked);
    if (!err)
        err =
            edit_failed(edit, article_write_json(checked, &edit->arena, &json));
    head->id = id_is_set(&input->id) ? input->id : id_make();
    if (!err)
        err = check_id(&head->id, edit->fault);
    if (err)
        return err;
    err = article_head_find(edit, &head->id, head);
    if (err && err != ERR_NOT_FOUND)
        return err;
    return err ? begin_article(edit, input, checked, json, head)
               : change_article(edit, input, checked, json, head);
}

enum err article_save(struct edit *edit, const struct article_input *input,
                      struct id *ret_id, int64_t *ret_revision)
{
    assert(edit && edit->content);
    assert(input);
    DEFER(edit_step_end) struct edit_step step = {0};
    struct article_head head = {0};
    struct article_saved *saved = arena_new(&edit->arena, struct article_saved);
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = save(edit, input, &head, &saved->checked);
    if (!err)
        err = edit_step_commit(&step);
    if (err)
        return err;
    saved->id = head.id;
    saved->revision = head.revision;
    edit->saved = saved;
    if (ret_id)
        *ret_id = head.id;
    if (ret_revision)
        *ret_revision = head.revision;
    return ERR_OK;
}
