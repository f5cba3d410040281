// SPDX-License-Identifier: Apache-2.0
#include "content/article_story.h"

#include "content/article.h"
#include "content/content.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

static enum err find_article(struct edit *edit, const struct id *id,
                             struct id *ret_story, struct str *ret_language)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db, "SELECT story_id, language FROM article WHERE id = $1",
               DB_ID(id));
    enum err err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "translates",
                         "there is no article %s to be translated", id->text);
    if (err)
        return edit_failed(edit, err);
    *ret_story = row_id(&query, 0);
    *ret_language = db_column_str(&query, 1, &edit->arena);
    return ERR_OK;
}

/* Two of one language would both be "the other one" for readers. */
static enum err check_alone(struct edit *edit, const struct id *id,
                            struct str language, const struct id *story)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT id FROM article WHERE story_id = $1 AND language = $2"
               " AND id <> $3 LIMIT 1",
               DB_ID(story), DB_STR(language), DB_ID(id));
    enum err err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    if (err)
        return edit_failed(edit, err);
    return fault_set(edit->fault, ERR_EXISTS, "translates",
                     "article %s tells this story in \"%" PRI_STR
                     "\" already: a story has one article in a language",
                     row_id(&query, 0).text, ARG_STR(language));
}

enum err article_story_find(struct edit *edit, const struct id *id,
                            struct str language, const struct id *translates,
                            struct id *ret_story)
{
    struct id story;
    struct str other;
    if (str_eq(id_str(id), id_str(translates)))
        return fault_set(edit->fault, ERR_INVALID, "translates",
                         "an article is no translation of itself");
    enum err err = find_article(edit, translates, &story, &other);
    if (!err && str_eq(other, language))
        return fault_set(edit->fault, ERR_INVALID, "translates",
                         "article %s is in \"%" PRI_STR
                         "\" as well: a translation is in another language",
                         translates->text, ARG_STR(language));
    if (!err)
        err = check_alone(edit, id, language, &story);
    if (!err)
        *ret_story = story;
    return err;
}

enum err article_story_set(struct edit *edit, const struct id *id,
                           const struct id *story)
{
    /* Its own id may be the name of the story that others go on with. */
    struct article_input input = {
        .id = *id,
        .story = id_is_set(story) ? *story : id_make(),
    };
    int64_t revision;
    struct id saved;
    enum err err =
        article_content_load(edit->db, id, 0, &edit->arena, &input.content);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "id", "there is no article %s",
                         id->text);
    if (err)
        return edit_failed(edit, err);
    return article_save(edit, &input, &saved, &revision);
}
