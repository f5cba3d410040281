// SPDX-License-Identifier: Apache-2.0
/* When all stories of an import have come: those with links to others that came
 * behind them are saved anew, with links that lead there. */
#include "content/import_link.h"
#include "content/workflow.h"
#include "exchange/story_import_internal.h"
#include "render/document.h"

/* An article that is due. Everything lives in the session's arena. */
struct turning {
    struct story_import *import;
    struct import_due due;
    struct import_item item;
    enum article_state state;
    bool is_seen; /* readers see the newest revision */
    bool turned;
};

/* ERR_NOT_FOUND when it is nobody's any more, or another's. */
static enum err find_item(struct turning *turning)
{
    struct story_import *import = turning->import;
    enum err err =
        import_item_find(import->session.edit.db, &turning->due.linking.key,
                         &import->session.arena, &turning->item);
    if (err)
        return err;
    bool same = str_eq(id_str(&turning->item.id),
                       id_str(&turning->due.linking.article));
    return same ? ERR_OK : ERR_NOT_FOUND;
}

/* ERR_NOT_FOUND as well when somebody here has had a hand in it. */
static enum err find_article(struct turning *turning)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(turning->import->session.edit.db,
               "SELECT revision, live_revision, state FROM article"
               " WHERE id = $1",
               DB_STR(id_str(&turning->item.id)));
    enum err err = db_query_row(&query);
    if (err)
        return err;
    int64_t revision = db_column_i64(&query, 0);
    err = article_state_parse(db_column_peek(&query, 2), &turning->state);
    if (err)
        return err;
    turning->is_seen = turning->state == ARTICLE_PUBLISHED &&
                       db_column_i64(&query, 1) == revision;
    return story_is_changed_here(&turning->item, revision, turning->state)
               ? ERR_NOT_FOUND
               : ERR_OK;
}

static enum err save(struct turning *turning, struct article_content *content)
{
    struct edit *edit = &turning->import->session.edit;
    const struct article_input input = {
        .id = turning->item.id,
        .base_revision = turning->item.revision,
        .note = STR("links lead to stories that came behind it"),
        .content = *content,
    };
    const struct publish_options quietly = {.quiet = true};
    enum err err = article_save(edit, &input, NULL, &turning->item.revision);
    if (!err && turning->is_seen)
        err = article_publish(edit, &input.id, &quietly);
    return err ? err
               : import_item_save(edit, &turning->due.linking.key,
                                  &turning->item);
}

static enum err turn_body(struct turning *turning)
{
    struct story_import *import = turning->import;
    struct arena *arena = &import->session.arena;
    struct article_content content;
    enum err err = article_content_load(import->session.edit.db,
                                        &turning->item.id, 0, arena, &content);
    if (err)
        return err;
    import->session.bytes += content.body.len;
    if (content.body.len)
        err = document_parse_json(content.body, arena, &content.document,
                                  &import->session.fault);
    if (!err && content.document)
        err = story_turn_links(import, &turning->due, content.document,
                               &turning->turned);
    return err || !turning->turned ? err : save(turning, &content);
}

static enum err turn(void *item, enum import_outcome *ret_outcome)
{
    struct turning *turning = item;
    enum err err = find_item(turning);
    if (!err)
        err = find_article(turning);
    *ret_outcome = IMPORT_UPDATED;
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    return turn_body(turning);
}

/* One that cannot be saved any more (its section is gone) is left as it is: the
 * old address leads there, too. ERR_NOT_FOUND when none is due. */
static enum err turn_next(struct story_import *import, struct fault *fault)
{
    struct import_session *session = &import->session;
    struct turning turning = {.import = import};
    struct import_result result = {0};
    enum err refused;
    enum err err = import_session_begin(session, fault);
    if (err)
        return err;
    err = import_link_next_due(session->edit.db, &session->arena, &turning.due);
    if (err)
        return err == ERR_NOT_FOUND ? err
                                    : db_fault(session->edit.db, err, fault);
    err = import_session_try(session, turn, &turning, &result, &refused, fault);
    if (!err)
        err = db_fault(
            session->edit.db,
            import_link_settle(&session->edit, &turning.due.linking.article),
            fault);
    session->items++;
    import->turned += !err && !refused && turning.turned;
    return err;
}

enum err story_turn_due(struct story_import *import, struct fault *fault)
{
    struct import_session *session = &import->session;
    int64_t total = 0;
    enum err err = import_session_begin(session, fault);
    if (!err)
        err = db_fault(session->edit.db,
                       import_link_count_due(session->edit.db, &total), fault);
    if (!err && total) /* what came is told before */
        err = import_session_commit(session, fault);
    for (int64_t done = 1; !err && done <= total; done++) {
        err = turn_next(import, fault);
        if (!err && import->options.turned)
            import->options.turned(import->options.context, done, total);
        if (!err && import_session_is_full(session))
            err = import_session_commit(session, fault);
    }
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
