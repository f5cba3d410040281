// SPDX-License-Identifier: Apache-2.0
/* Writing live blogs: every function is one step of the edit, which takes the
 * blog's next number and notes what readers see of it. */
#include <assert.h>

#include "base/time.h"
#include "content/article_internal.h"
#include "content/change.h"
#include "content/channel.h"
#include "content/check_internal.h"
#include "content/hiding.h"
#include "content/listing_internal.h"
#include "content/live.h"
#include "content/live_internal.h"
#include "content/media_internal.h"
#include "content/row_internal.h"
#include "content/sitemap_internal.h"
#include "content/workflow_internal.h"
#include "render/document.h"

/* A blog while it is written to. */
struct writing {
    struct edit *edit;
    struct article_head head;
    struct live_blog blog; /* seq: the number of this write */
    bool is_public;        /* readers see it */
    int64_t time_us;       /* when it changed */
};

/* blog.seq is 0 when the article is no live blog. */
static enum err find_blog(struct edit *edit, const struct id *article,
                          struct writing *writing)
{
    *writing = (struct writing){.edit = edit, .time_us = edit->time_us};
    enum err err = article_head_load(edit, article, &writing->head);
    if (err)
        return err;
    writing->is_public = writing->head.state == ARTICLE_PUBLISHED;
    err = live_load(edit->db, article, &writing->blog);
    return err == ERR_NOT_FOUND ? ERR_OK : edit_failed(edit, err);
}

static enum err load_blog(struct edit *edit, const struct id *article,
                          struct writing *writing)
{
    enum err err = find_blog(edit, article, writing);
    if (!err && !writing->blog.seq)
        err = fault_set(edit->fault, ERR_NOT_FOUND, "id",
                        "article %s is no live blog; start it first",
                        article->text);
    return err;
}

static enum err check_time(struct edit *edit, int64_t time_us,
                           int64_t *ret_time_us)
{
    *ret_time_us = time_us ? time_us : edit->time_us;
    if (*ret_time_us <= edit->time_us)
        return ERR_OK;
    return fault_set(edit->fault, ERR_INVALID, "time",
                     "the time %" PRI_STR
                     " lies ahead: a live blog tells what has happened",
                     ARG_STR(workflow_time_text(edit, time_us)));
}

/* The number of this write; what readers see of it is noted. */
static enum err take_number(struct writing *writing, const char *kind)
{
    struct edit *edit = writing->edit;
    struct live_blog *blog = &writing->blog;
    blog->seq++;
    if (writing->time_us > blog->changed_us || blog->ended_us)
        blog->changed_us = writing->time_us;
    change_notef(edit, kind, "%s:%s", writing->is_public ? "live" : "draft",
                 writing->head.id.text);
    enum err err = edit_run(
        edit,
        "UPDATE live_blog SET seq = $2, changed_us = $3,"
        " started_us = $4, ended_us = $5 WHERE article_id = $1",
        DB_ID(&writing->head.id), DB_I64(blog->seq), DB_I64(blog->changed_us),
        DB_I64(blog->started_us), DB_I64(blog->ended_us));
    if (!err && writing->is_public)
        err = sitemap_note_article(edit, id_str(&writing->head.id), kind);
    return err;
}

/* ---- Starting and ending ---------------------------------------------------
 */

/* The word "Live" comes or goes, on the page and in the lists it stands in. */
static enum err show_state(struct writing *writing, const char *kind)
{
    struct edit *edit = writing->edit;
    const struct id *id = &writing->head.id;
    enum err err = take_number(writing, kind);
    if (!err)
        err = edit_run(edit, "UPDATE article SET live = $2 WHERE id = $1",
                       DB_ID(id), DB_I64(writing->blog.ended_us == 0));
    return !err && writing->is_public ? listing_note(edit, id, kind) : err;
}

static enum err start(struct writing *writing, int64_t time_us)
{
    struct edit *edit = writing->edit;
    struct live_blog *blog = &writing->blog;
    enum err err = check_time(edit, time_us, &time_us);
    if (err)
        return err;
    blog->ended_us = 0;
    if (blog->seq)
        return show_state(writing, "live");
    blog->started_us = time_us;
    blog->changed_us = time_us;
    err = edit_run(edit,
                   "INSERT INTO live_blog (article_id, seq, started_us,"
                   " ended_us, changed_us) VALUES ($1, 0, $2, 0, $2)",
                   DB_ID(&writing->head.id), DB_I64(time_us));
    return err ? err : show_state(writing, "live");
}

enum err live_start(struct edit *edit, const struct id *article,
                    int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = find_blog(edit, article, &writing);
    if (err)
        return err;
    if (writing.blog.seq && !writing.blog.ended_us)
        return ERR_OK; /* it runs */
    err = start(&writing, time_us);
    return err ? err : edit_step_commit(&step);
}

enum err live_end(struct edit *edit, const struct id *article, int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = load_blog(edit, article, &writing);
    if (!err && writing.blog.ended_us)
        return ERR_OK;
    if (!err)
        err = check_time(edit, time_us, &time_us);
    if (!err && time_us < writing.blog.started_us)
        err = fault_set(
            edit->fault, ERR_INVALID, "time",
            "the live blog began at %" PRI_STR " and cannot have ended before",
            ARG_STR(workflow_time_text(edit, writing.blog.started_us)));
    if (err)
        return err;
    writing.blog.ended_us = time_us;
    writing.time_us = time_us; /* so does an old blog that is imported */
    err = show_state(&writing, "end");
    return err ? err : edit_step_commit(&step);
}

/* ---- Media -----------------------------------------------------------------
 */

enum err live_apply_media(struct edit *edit, const struct id *article)
{
    return edit_run(edit,
                    "INSERT INTO article_medium (article_id, medium_id)"
                    " SELECT DISTINCT article_id, medium_id"
                    " FROM live_post_medium JOIN live_post ON post_id = id"
                    " WHERE article_id = $1 AND removed_us = 0"
                    " ON CONFLICT DO NOTHING",
                    DB_ID(article));
}

/* Those of an article that none of its posts shows any more, nor its own text.
 */
static enum err drop_media(struct writing *writing,
                           const struct article_checked *before,
                           enum hiding_time time)
{
    struct edit *edit = writing->edit;
    const struct id *article = &writing->head.id;
    int64_t revision = writing->head.live_revision ? writing->head.live_revision
                                                   : writing->head.revision;
    struct article_checked own;
    enum err err = article_read_revision(edit->db, article, revision,
                                         &edit->arena, &own, edit->fault);
    if (!err)
        err = article_collect_media(&own, &edit->arena, edit->fault);
    for (size_t i = 0; !err && i < before->media_count; i++) {
        bool is_own = false;
        for (size_t k = 0; k < own.media_count; k++)
            is_own |= str_eq(id_str(&own.media[k]), id_str(&before->media[i]));
        if (is_own)
            continue;
        err = edit_run(edit,
                       "DELETE FROM article_medium WHERE article_id = $1"
                       " AND medium_id = $2 AND NOT EXISTS ("
                       "  SELECT 1 FROM live_post_medium JOIN live_post"
                       "   ON post_id = id WHERE article_id = $1"
                       "   AND removed_us = 0 AND"
                       "   live_post_medium.medium_id = $2)",
                       DB_ID(article), DB_ID(&before->media[i]));
        if (!err)
            err = hiding_note(edit, id_str(&before->media[i]), time);
    }
    return err;
}

static enum err media_of(struct edit *edit, struct str body,
                         struct article_checked *ret_checked)
{
    *ret_checked = (struct article_checked){.content = {.body = body}};
    return article_collect_media(ret_checked, &edit->arena, edit->fault);
}

static enum err apply_media(struct writing *writing, const struct id *post,
                            const struct live_post_input *input,
                            const struct article_checked *checked)
{
    struct edit *edit = writing->edit;
    enum err err = edit_run(
        edit, "DELETE FROM live_post_medium WHERE post_id = $1", DB_ID(post));
    if (!err && input->waiting && writing->is_public)
        err = workflow_check_waiting(edit, checked->media, checked->media_count,
                                     input->waiting, input->arena);
    for (size_t i = 0; !err && i < checked->media_count; i++) {
        err = edit_run(edit,
                       "INSERT INTO live_post_medium (post_id, medium_id)"
                       " VALUES ($1, $2)",
                       DB_ID(post), DB_ID(&checked->media[i]));
        if (!err && writing->is_public)
            err = media_publish(edit, id_str(&checked->media[i]));
    }
    return err ? err : live_apply_media(edit, &writing->head.id);
}

/* ---- What a post says ------------------------------------------------------
 */

/* In its canonical form, so that equal ones are equal bytes. */
static enum err check_body(struct edit *edit,
                           const struct live_post_input *input,
                           struct article_checked *checked)
{
    struct fault cause = {0};
    checked->document = input->document;
    enum err err = input->document
                       ? document_check(input->document, &cause)
                       : document_parse_json(input->body, &edit->arena,
                                             &checked->document, &cause);
    if (err)
        return fault_set(edit->fault, err, "body", "body: %s",
                         fault_text(&cause));
    DEFER(buf_finish) struct buf json;
    buf_init(&json, LIVE_POST_JSON_BYTES_MAX);
    document_write_json(checked->document, &json);
    if (buf_err(&json))
        return fault_set(edit->fault, buf_err(&json), "body",
                         "a post may have %d KB; write an article and link to "
                         "it",
                         LIVE_POST_JSON_BYTES_MAX / 1024);
    checked->content.body = arena_copy(&edit->arena, buf_str(&json));
    return article_collect_media(checked, &edit->arena, edit->fault);
}

static bool says_something(const struct live_post_input *input,
                           const struct article_checked *checked,
                           struct arena *arena)
{
    return str_trim(input->headline).len || checked->media_count ||
           document_excerpt(checked->document, 1, arena).len;
}

/* Only what posts have of an article's content is looked at. */
static enum err check_input(struct edit *edit,
                            const struct live_post_input *input,
                            struct article_checked *ret_checked)
{
    struct article_checked checked = {
        .content = {.language = STR(""),
                    .headline = input->headline,
                    .bylines = input->bylines,
                    .byline_count = input->byline_count}};
    enum err err = check_line("headline", input->headline,
                              LIVE_HEADLINE_BYTES_MAX, edit->fault);
    if (!err)
        err = check_body(edit, input, &checked);
    if (!err && !says_something(input, &checked, &edit->arena))
        err = fault_set(edit->fault, ERR_INVALID, "body",
                        "a post has to say something: a headline or a text");
    if (!err && input->byline_count > ARTICLE_BYLINES_MAX)
        err = fault_set(edit->fault, ERR_TOO_LONG, "bylines",
                        "a post has at most %d bylines", ARTICLE_BYLINES_MAX);
    if (!err)
        err = article_check_references(edit, &checked);
    if (!err)
        err = channel_check_shown(edit, checked.document);
    if (!err)
        *ret_checked = checked;
    return err;
}

static enum err write_bylines(struct edit *edit, const struct id *post,
                              const struct live_post_input *input)
{
    enum err err = edit_run(
        edit, "DELETE FROM live_post_byline WHERE post_id = $1", DB_ID(post));
    for (size_t i = 0; !err && i < input->byline_count; i++) {
        const struct article_byline *byline = &input->bylines[i];
        bool staff = id_is_set(&byline->person);
        err = edit_run(
            edit,
            "INSERT INTO live_post_byline (post_id, position, person_id,"
            " name, role) VALUES ($1, $2, $3, $4, $5)",
            DB_ID(post), DB_I64((int64_t)i), DB_ID_OR_NULL(&byline->person),
            DB_STR(staff ? STR("") : byline->name), DB_STR(byline->role));
    }
    return err;
}

/* The revision, the people, the pictures; the search index follows in a while.
 */
static enum err write_text(struct writing *writing, const struct id *post,
                           int64_t revision,
                           const struct live_post_input *input,
                           const struct article_checked *checked)
{
    struct edit *edit = writing->edit;
    enum err err = edit_run(
        edit,
        "INSERT INTO live_post_revision (post_id, number, time_us, actor,"
        " headline, body) VALUES ($1, $2, $3, $4, $5, $6)",
        DB_ID(post), DB_I64(revision), DB_I64(edit->time_us),
        DB_STR(edit->actor), DB_STR(input->headline),
        DB_STR(checked->content.body));
    if (!err)
        err = write_bylines(edit, post, input);
    return err ? err : apply_media(writing, post, input, checked);
}

static enum err index_later(struct writing *writing)
{
    if (!writing->is_public)
        return ERR_OK;
    return edit_run(writing->edit,
                    "INSERT INTO search_pending (article_id) VALUES ($1)"
                    " ON CONFLICT DO NOTHING",
                    DB_ID(&writing->head.id));
}

/* ---- Flags -----------------------------------------------------------------
 */

static enum err set_pin(struct writing *writing, const struct id *post)
{
    return edit_run(writing->edit,
                    "UPDATE live_post SET pinned = (id = $2), seq = $3"
                    " WHERE article_id = $1 AND pinned <> (id = $2)",
                    DB_ID(&writing->head.id), DB_ID(post),
                    DB_I64(writing->blog.seq));
}

/* ---- New posts -------------------------------------------------------------
 */

static enum err check_new(struct writing *writing,
                          const struct live_post_input *input)
{
    struct edit *edit = writing->edit;
    struct id parsed;
    if (id_is_set(&input->id) && id_parse(id_str(&input->id), &parsed))
        return fault_set(edit->fault, ERR_INVALID, "id",
                         "a post's id is 13 lower-case hexadecimal digits, "
                         "such as 62f9f7d471fdc");
    if (writing->blog.ended_us)
        return fault_set(edit->fault, ERR_CONFLICT, "state",
                         "the live blog %s has ended; start it again to post",
                         writing->head.id.text);
    if (writing->blog.post_count >= LIVE_POSTS_MAX)
        return fault_set(edit->fault, ERR_FULL, "posts",
                         "the live blog %s has %d posts, which is all it can "
                         "have; begin another one and link to it",
                         writing->head.id.text, LIVE_POSTS_MAX);
    return ERR_OK;
}

static enum err insert(struct writing *writing,
                       const struct live_post_input *input,
                       const struct article_checked *checked, struct id *ret_id)
{
    struct edit *edit = writing->edit;
    struct id id = id_is_set(&input->id) ? input->id : id_make();
    int64_t time_us = 0;
    enum err err = check_new(writing, input);
    if (!err)
        err = check_time(edit, input->time_us, &time_us);
    if (!err)
        err = take_number(writing, "post");
    if (!err)
        err = edit_run(
            edit,
            "INSERT INTO live_post (id, article_id, time_us, headline, body,"
            " key_event, pinned, correction, corrected_us, removed_reason,"
            " removed_us, edited_us, revision, indexed, seq, first_seq)"
            " VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0, '', 0, 0, 1, 0, $7,"
            " $7)",
            DB_ID(&id), DB_ID(&writing->head.id), DB_I64(time_us),
            DB_STR(input->headline), DB_STR(checked->content.body),
            DB_I64(input->key), DB_I64(writing->blog.seq));
    if (!err && input->pinned)
        err = set_pin(writing, &id);
    if (!err)
        err = write_text(writing, &id, 1, input, checked);
    *ret_id = id;
    return err;
}

/* ---- Posts that are there --------------------------------------------------
 */

static enum err find_post(struct edit *edit, const struct id *id,
                          struct writing *writing, struct live_post *post)
{
    enum err err = live_post_load(edit->db, id, &edit->arena, post);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "id", "there is no post %s",
                         id->text);
    if (err)
        return edit_failed(edit, err);
    if (post->removed_us)
        return fault_set(edit->fault, ERR_CONFLICT, "id",
                         "post %s was removed, which is for good", id->text);
    return load_blog(edit, &post->article, writing);
}

static bool is_same(const struct live_post *post,
                    const struct live_post_input *input,
                    const struct article_checked *checked)
{
    bool same = str_eq(post->headline, input->headline) &&
                str_eq(post->body, checked->content.body) &&
                (!input->time_us || input->time_us == post->time_us) &&
                post->byline_count == input->byline_count;
    for (size_t i = 0; same && i < post->byline_count; i++) {
        const struct article_byline *a = &post->bylines[i];
        const struct article_byline *b = &input->bylines[i];
        same = str_eq(id_str(&a->person), id_str(&b->person)) &&
               str_eq(a->role, b->role) &&
               (id_is_set(&a->person) || str_eq(a->name, b->name));
    }
    return same;
}

static enum err update(struct writing *writing, const struct live_post *post,
                       const struct live_post_input *input,
                       const struct article_checked *checked)
{
    struct edit *edit = writing->edit;
    int64_t revision = post->revision + 1;
    int64_t time_us = input->time_us ? input->time_us : post->time_us;
    struct article_checked before;
    enum err err = media_of(edit, post->body, &before);
    if (!err)
        err = check_time(edit, time_us, &time_us);
    if (!err)
        err = take_number(writing, "edit");
    if (!err)
        err = edit_run(edit,
                       "UPDATE live_post SET headline = $2, body = $3,"
                       " revision = $4, edited_us = $5, seq = $6, time_us = $7"
                       " WHERE id = $1",
                       DB_ID(&post->id), DB_STR(input->headline),
                       DB_STR(checked->content.body), DB_I64(revision),
                       DB_I64(edit->time_us), DB_I64(writing->blog.seq),
                       DB_I64(time_us));
    if (!err)
        err = write_text(writing, &post->id, revision, input, checked);
    return err ? err : drop_media(writing, &before, HIDING_SOON);
}

static enum err save_changed(struct edit *edit,
                             const struct live_post_input *input,
                             const struct article_checked *checked,
                             struct writing *writing)
{
    struct live_post post;
    enum err err = find_post(edit, &input->id, writing, &post);
    if (err)
        return err;
    if (id_is_set(&input->article) &&
        !str_eq(id_str(&input->article), id_str(&post.article)))
        return fault_set(edit->fault, ERR_CONFLICT, "id",
                         "post %s belongs to another live blog, %s",
                         input->id.text, post.article.text);
    if (input->base_revision && input->base_revision != post.revision)
        return fault_set(edit->fault, ERR_CONFLICT, "base_revision",
                         "somebody changed post %s meanwhile (revision %lld, "
                         "not %lld): look at it first",
                         input->id.text, (long long)post.revision,
                         (long long)input->base_revision);
    return is_same(&post, input, checked)
               ? ERR_OK
               : update(writing, &post, input, checked);
}

static enum err is_there(struct edit *edit, const struct id *id, bool *ret_is)
{
    *ret_is = false;
    if (!id_is_set(id))
        return ERR_OK;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "SELECT 1 FROM live_post WHERE id = $1", DB_ID(id));
    enum err err = db_query_row(&query);
    *ret_is = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : edit_failed(edit, err);
}

enum err live_post_save(struct edit *edit, const struct live_post_input *input,
                        struct id *ret_id)
{
    assert(edit && input);
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    struct article_checked checked;
    struct id id = input->id;
    bool is_old = false;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = check_input(edit, input, &checked);
    if (!err)
        err = is_there(edit, &input->id, &is_old);
    if (!err && is_old)
        err = save_changed(edit, input, &checked, &writing);
    if (!err && !is_old)
        err = load_blog(edit, &input->article, &writing);
    if (!err && !is_old)
        err = insert(&writing, input, &checked, &id);
    if (!err)
        err = index_later(&writing);
    if (!err)
        err = edit_step_commit(&step);
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

/* ---- Key events, pins, corrections, removal --------------------------------
 */

enum err live_post_key(struct edit *edit, const struct id *id, bool key)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    struct live_post post;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = find_post(edit, id, &writing, &post);
    if (err || post.key == key)
        return err;
    err = take_number(&writing, "key");
    if (!err)
        err = edit_run(
            edit, "UPDATE live_post SET key_event = $2, seq = $3 WHERE id = $1",
            DB_ID(id), DB_I64(key), DB_I64(writing.blog.seq));
    return err ? err : edit_step_commit(&step);
}

enum err live_post_pin(struct edit *edit, const struct id *id, bool pinned)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    struct live_post post;
    const struct id none = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = find_post(edit, id, &writing, &post);
    if (err || post.pinned == pinned)
        return err;
    err = take_number(&writing, "pin");
    if (!err)
        err = set_pin(&writing, pinned ? id : &none);
    return err ? err : edit_step_commit(&step);
}

enum err live_post_correct(struct edit *edit, const struct id *id,
                           struct str note, int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    struct live_post post;
    note = str_trim(note);
    enum err err =
        check_text("correction", note, LIVE_CORRECTION_BYTES_MAX, edit->fault);
    if (!err)
        err = check_time(edit, time_us, &time_us);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = find_post(edit, id, &writing, &post);
    if (err || str_eq(post.correction, note))
        return err;
    err = take_number(&writing, "correct");
    if (!err)
        err = edit_run(edit,
                       "UPDATE live_post SET correction = $2,"
                       " corrected_us = $3, seq = $4 WHERE id = $1",
                       DB_ID(id), DB_STR(note), DB_I64(note.len ? time_us : 0),
                       DB_I64(writing.blog.seq));
    return err ? err : edit_step_commit(&step);
}

enum err live_post_remove(struct edit *edit, const struct id *id,
                          struct str reason, int64_t time_us)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct writing writing;
    struct live_post post;
    struct article_checked before;
    reason = str_trim(reason);
    if (!reason.len)
        return fault_set(edit->fault, ERR_INVALID, "reason",
                         "say why it is removed: readers see the reason");
    enum err err =
        check_text("reason", reason, LIVE_REASON_BYTES_MAX, edit->fault);
    if (!err)
        err = check_time(edit, time_us, &time_us);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (!err)
        err = find_post(edit, id, &writing, &post);
    if (!err)
        err = media_of(edit, post.body, &before);
    if (!err)
        err = take_number(&writing, "remove");
    if (!err)
        err = edit_run(edit,
                       "UPDATE live_post SET removed_reason = $2,"
                       " removed_us = $3, pinned = 0, key_event = 0, seq = $4"
                       " WHERE id = $1",
                       DB_ID(id), DB_STR(reason), DB_I64(time_us),
                       DB_I64(writing.blog.seq));
    if (!err)
        err = drop_media(&writing, &before, HIDING_AT_ONCE);
    if (!err)
        err = index_later(&writing);
    return err ? err : edit_step_commit(&step);
}
