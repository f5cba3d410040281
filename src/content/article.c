// SPDX-License-Identifier: Apache-2.0
#include "content/article.h"

#include <assert.h>

#include "content/article_internal.h"
#include "content/row_internal.h"
#include "render/document.h"

struct str article_path(struct arena *arena, struct str language,
                        struct str slug, struct str id)
{
    return arena_printf(arena, "/%" PRI_STR "/article/%" PRI_STR "%s%" PRI_STR,
                        ARG_STR(language), ARG_STR(slug), slug.len ? "-" : "",
                        ARG_STR(id));
}

int64_t article_changed_us(const struct article *article)
{
    assert(article);
    int64_t changed_us = article->published_us;
    if (article->updated_us > changed_us)
        changed_us = article->updated_us;
    for (size_t i = 0; i < article->correction_count; i++) {
        if (article->corrections[i].time_us > changed_us)
            changed_us = article->corrections[i].time_us;
    }
    return changed_us;
}

const struct medium *article_medium(const struct article *article,
                                    struct str id)
{
    for (size_t i = 0; i < article->media_count; i++)
        if (str_eq(id_str(&article->media[i].id), id))
            return &article->media[i];
    return NULL;
}

/* ---- Revisions
 * ------------------------------------------------------------------- */

enum err article_read_revision(struct db *db, const struct id *id,
                               int64_t revision, struct arena *arena,
                               struct article_checked *ret_checked,
                               struct fault *fault)
{
    struct article_checked checked;
    DEFER(db_query_end)
    struct db_query query = db_ask(db,
                                   "SELECT content, body FROM revision"
                                   " WHERE article_id = $1 AND number = $2",
                                   DB_ID(id), DB_I64(revision));
    enum err err = db_query_row(&query);
    if (err)
        return db_fault(db, err, fault);
    err = article_read_json(db_column_peek(&query, 0),
                            db_column_str(&query, 1, arena), arena, &checked,
                            fault);
    if (!err)
        *ret_checked = checked;
    return err;
}

static enum err fill_tag_names(struct db *db, struct arena *arena,
                               struct article_checked *checked)
{
    struct article_content *content = &checked->content;
    content->tags = arena_array(arena, struct str, checked->tag_count + 1);
    for (size_t i = 0; i < checked->tag_count; i++) {
        DEFER(db_query_end)
        struct db_query query = db_ask(db, "SELECT name FROM tag WHERE id = $1",
                                       DB_ID(&checked->tags[i]));
        enum err err = db_query_row(&query);
        if (err == ERR_NOT_FOUND)
            continue; /* removed since */
        if (err)
            return err;
        content->tags[content->tag_count++] = db_column_str(&query, 0, arena);
    }
    return ERR_OK;
}

static enum err fill_byline_names(struct db *db, struct arena *arena,
                                  struct article_content *content)
{
    for (size_t i = 0; i < content->byline_count; i++) {
        struct article_byline *byline = &content->bylines[i];
        struct person person;
        if (!id_is_set(&byline->person))
            continue;
        enum err err =
            person_load(db, content->language, &byline->person, arena, &person);
        if (err == ERR_NOT_FOUND)
            continue;
        if (err)
            return err;
        byline->name = person.name;
        byline->slug = person.slug;
    }
    return ERR_OK;
}

enum err article_newest_revision(struct db *db, const struct id *id,
                                 int64_t *ret_revision)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT revision FROM article WHERE id = $1", DB_ID(id));
    enum err err = db_query_row(&query);
    if (!err)
        *ret_revision = db_column_i64(&query, 0);
    return err;
}

enum err article_content_load(struct db *db, const struct id *id,
                              int64_t revision, struct arena *arena,
                              struct article_content *ret_content)
{
    struct article_checked checked;
    enum err err = ERR_OK;
    if (revision == 0)
        err = article_newest_revision(db, id, &revision);
    if (!err)
        err = article_read_revision(db, id, revision, arena, &checked, NULL);
    if (!err)
        err = fill_tag_names(db, arena, &checked);
    if (!err)
        err = fill_byline_names(db, arena, &checked.content);
    if (!err)
        *ret_content = checked.content;
    return err;
}

enum err article_revisions(struct db *db, const struct id *id,
                           struct arena *arena,
                           struct article_revision_list *ret_list)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT number, time_us, actor, note, headline FROM revision"
               " WHERE article_id = $1 ORDER BY number DESC",
               DB_ID(id));
    struct article_revision_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.revisions, list.count) = (struct article_revision){
            .number = db_column_i64(&query, 0),
            .time_us = db_column_i64(&query, 1),
            .actor = db_column_str(&query, 2, arena),
            .note = db_column_str(&query, 3, arena),
            .headline = db_column_str(&query, 4, arena),
        };
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

/* ---- The parts of an article
 * ------------------------------------------------------ */

static enum err read_categories(struct db *db, struct arena *arena,
                                struct article *article)
{
    struct article_content *content = &article->content;
    article->categories =
        arena_array(arena, struct category, content->category_count + 1);
    for (size_t i = 0; i < content->category_count; i++) {
        struct category *category =
            &article->categories[article->category_count];
        enum err err = category_load(db, content->language,
                                     &content->categories[i], arena, category);
        if (!err)
            article->category_count++;
        else if (err != ERR_NOT_FOUND)
            return err;
    }
    return ERR_OK;
}

static enum err read_tags(struct db *db, struct arena *arena,
                          struct article *article)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT tag.id, tag.language, slug, name FROM article_tag"
               " JOIN tag ON tag.id = tag_id"
               " WHERE article_id = $1 ORDER BY position",
               DB_ID(&article->id));
    while (db_query_next(&query))
        ROW_ADD(arena, article->tags, article->tag_count) = (struct tag){
            .id = row_id(&query, 0),
            .language = db_column_str(&query, 1, arena),
            .slug = db_column_str(&query, 2, arena),
            .name = db_column_str(&query, 3, arena),
        };
    struct article_content *content = &article->content;
    content->tags = arena_array(arena, struct str, article->tag_count + 1);
    content->tag_count = article->tag_count;
    for (size_t i = 0; i < article->tag_count; i++)
        content->tags[i] = article->tags[i].name;
    return db_query_err(&query);
}

static enum err read_corrections(struct db *db, struct arena *arena,
                                 struct article *article)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT time_us, text FROM correction"
               " WHERE article_id = $1 ORDER BY time_us DESC, text",
               DB_ID(&article->id));
    while (db_query_next(&query))
        ROW_ADD(arena, article->corrections, article->correction_count) =
            (struct article_correction){
                .time_us = db_column_i64(&query, 0),
                .text = db_column_str(&query, 1, arena),
            };
    return db_query_err(&query);
}

static enum err read_translations(struct db *db, struct arena *arena,
                                  struct article *article)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT id, language, slug, headline FROM article"
               " WHERE story_id = $1 AND id <> $2 AND state = 'published'"
               " ORDER BY language, id",
               DB_ID(&article->story), DB_ID(&article->id));
    while (db_query_next(&query))
        ROW_ADD(arena, article->translations, article->translation_count) =
            (struct article_translation){
                .id = row_id(&query, 0),
                .language = db_column_str(&query, 1, arena),
                .slug = db_column_str(&query, 2, arena),
                .headline = db_column_str(&query, 3, arena),
            };
    return db_query_err(&query);
}

static enum err read_media(struct db *db, struct arena *arena,
                           struct article *article)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, "SELECT medium_id FROM article_medium WHERE article_id = $1",
               DB_ID(&article->id));
    while (db_query_next(&query)) {
        struct id id = row_id(&query, 0);
        struct medium medium;
        enum err err = media_load(db, &id, arena, &medium);
        if (err)
            return err;
        ROW_ADD(arena, article->media, article->media_count) = medium;
    }
    article->enclosure =
        article_medium(article, id_str(&article->content.enclosure.medium));
    article->picture =
        article_medium(article, id_str(&article->content.picture));
    return db_query_err(&query);
}

enum err article_read_bylines(struct db *db, const struct id *id,
                              struct str language, struct arena *arena,
                              struct article_byline **ret_bylines,
                              size_t *ret_count)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT person_id, name, role FROM article_byline"
               " WHERE article_id = $1 ORDER BY position",
               DB_ID(id));
    struct article_content content = {.language = language};
    while (db_query_next(&query))
        ROW_ADD(arena, content.bylines, content.byline_count) =
            (struct article_byline){
                .person = row_id(&query, 0),
                .name = db_column_str(&query, 1, arena),
                .role = db_column_str(&query, 2, arena),
                .slug = STR(""),
            };
    enum err err = db_query_err(&query);
    if (!err)
        err = fill_byline_names(db, arena, &content);
    if (err)
        return err;
    *ret_bylines = content.bylines;
    *ret_count = content.byline_count;
    return ERR_OK;
}

/* ---- Loading
 * ----------------------------------------------------------------------- */

#define HEAD_SQL \
    "SELECT id, story_id, state, revision, live_revision, created_us," \
    " article.published_us, updated_us, scheduled_us, withdrawn_us," \
    " withdrawn_reason, withdrawn_target, language, slug, headline," \
    " COALESCE(views, 0), embargo_us, embargo_reason, expires_us, expired," \
    " due_problem, due_retry_us" \
    " FROM article LEFT JOIN view_count ON article_id = id WHERE id = $1"

static enum err read_head(struct db *db, const struct id *id,
                          struct arena *arena, struct article *article)
{
    DEFER(db_query_end) struct db_query query = db_ask(db, HEAD_SQL, DB_ID(id));
    enum err err = db_query_row(&query);
    if (err)
        return err;
    *article = (struct article){
        .id = row_id(&query, 0),
        .story = row_id(&query, 1),
        .revision = db_column_i64(&query, 3),
        .live_revision = db_column_i64(&query, 4),
        .created_us = db_column_i64(&query, 5),
        .published_us = db_column_i64(&query, 6),
        .updated_us = db_column_i64(&query, 7),
        .scheduled_us = db_column_i64(&query, 8),
        .withdrawn_us = db_column_i64(&query, 9),
        .withdrawn_reason = db_column_str(&query, 10, arena),
        .withdrawn_target = db_column_str(&query, 11, arena),
        .content.language = db_column_str(&query, 12, arena),
        .content.slug = db_column_str(&query, 13, arena),
        .content.headline = db_column_str(&query, 14, arena),
        .views = db_column_i64(&query, 15),
        .embargo_us = db_column_i64(&query, 16),
        .embargo_reason = db_column_str(&query, 17, arena),
        .expires_us = db_column_i64(&query, 18),
        .expired = db_column_i64(&query, 19) != 0,
        .due_problem = db_column_str(&query, 20, arena),
        .due_retry_us = db_column_i64(&query, 21),
    };
    return article_state_parse(db_column_peek(&query, 2), &article->state)
               ? ERR_CORRUPT
               : ERR_OK;
}

static enum err read_content(struct db *db, struct arena *arena,
                             struct article *article)
{
    struct article_checked checked;
    int64_t revision =
        article->live_revision ? article->live_revision : article->revision;
    enum err err = article_read_revision(db, &article->id, revision, arena,
                                         &checked, NULL);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_CORRUPT : err;
    article->content = checked.content;
    struct document_node *document = document_new(arena);
    if (checked.content.body.len)
        err = document_parse_json(checked.content.body, arena, &document, NULL);
    article->document = document;
    return err ? ERR_CORRUPT : ERR_OK;
}

static enum err read_parts(struct db *db, struct arena *arena,
                           struct article *article)
{
    struct article_content *content = &article->content;
    enum err err = read_content(db, arena, article);
    if (!err)
        err = article_read_bylines(db, &article->id, content->language, arena,
                                   &content->bylines, &content->byline_count);
    if (!err)
        err = read_categories(db, arena, article);
    if (!err)
        err = read_tags(db, arena, article);
    if (!err)
        err = read_corrections(db, arena, article);
    if (!err)
        err = read_translations(db, arena, article);
    if (!err)
        err = read_media(db, arena, article);
    if (!err)
        article->byline =
            content->byline.len
                ? content->byline
                : article_byline_text(content->language, content->bylines,
                                      content->byline_count, arena);
    return err;
}

enum err article_load(struct db *db, const struct id *id, struct arena *arena,
                      struct article *ret_article)
{
    assert(id);
    struct article article;
    enum err err = read_head(db, id, arena, &article);
    if (!err)
        err = read_parts(db, arena, &article);
    if (!err)
        *ret_article = article;
    return err;
}

enum err article_load_public(struct db *db, const struct id *id,
                             struct arena *arena, struct article *ret_article)
{
    assert(id);
    struct article article;
    enum err err = read_head(db, id, arena, &article);
    if (err)
        return err;
    if (article.state == ARTICLE_WITHDRAWN) {
        *ret_article = article;
        return ERR_GONE;
    }
    if (article.state != ARTICLE_PUBLISHED)
        return ERR_NOT_FOUND;
    err = read_parts(db, arena, &article);
    if (!err)
        *ret_article = article;
    return err;
}
