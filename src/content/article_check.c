// SPDX-License-Identifier: Apache-2.0
#include <assert.h>

#include "content/article_internal.h"
#include "content/channel.h"
#include "content/check_internal.h"
#include "content/language.h"
#include "content/row_internal.h"
#include "render/document.h"
#include "render/slug.h"

/* ---- Texts
 * ----------------------------------------------------------------------- */

static enum err check_texts(struct edit *edit, struct article_content *content)
{
    enum err err =
        check_required("headline", content->headline, SIZE_MAX, edit->fault);
    for (size_t i = 0; !err && i < ARTICLE_TEXT_COUNT; i++) {
        const struct article_text *text = &article_texts[i];
        err = check_text(text->name, *article_text_in(content, text),
                         text->bytes_max, edit->fault);
    }
    if (!err)
        err = check_address("canonical", content->canonical, edit->fault);
    if (err)
        return err;
    if (content->slug.len == 0) {
        struct str slug =
            slug_make(content->headline, content->language, &edit->arena);
        content->slug = slug.len ? slug : STR("article");
    }
    return check_slug("slug", content->slug, content->headline,
                      content->language, &edit->arena, &content->slug,
                      edit->fault);
}

static enum err check_language(struct edit *edit, struct str code)
{
    struct language language;
    enum err err = language_find(edit->db, code, &edit->arena, &language);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, ERR_INVALID, "language",
                         "the newspaper has no language \"%" PRI_STR
                         "\"; 'broadsheet language add %" PRI_STR
                         "' makes it one of its own",
                         ARG_STR(code), ARG_STR(code));
    return edit_failed(edit, err);
}

static enum err body_fault(enum err err, const struct fault *cause,
                           struct fault *fault)
{
    char field[FAULT_FIELD_BYTES_MAX];
    snprintf(field, sizeof field, "body%s%.100s", cause->field[0] ? ": " : "",
             cause->field);
    return fault_set(fault, err, field, "body: %s", fault_text(cause));
}

/* The body in its canonical form, so that equal ones are equal bytes. */
static enum err write_body(struct article_content *content, struct arena *arena,
                           struct fault *fault)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, DOCUMENT_JSON_BYTES_MAX);
    document_write_json(content->document, &json);
    if (buf_err(&json))
        return fault_set(fault, buf_err(&json), "body", "the body is too long");
    content->body = arena_copy(arena, buf_str(&json));
    return ERR_OK;
}

enum err article_ready_body(struct article_content *content,
                            struct arena *arena, struct fault *fault)
{
    struct fault cause = {0};
    enum err err = ERR_OK;
    if (content->document)
        err = document_check(content->document, &cause);
    else if (content->body.len)
        err = document_parse_json(content->body, arena, &content->document,
                                  &cause);
    if (err)
        return body_fault(err, &cause, fault);
    if (content->document)
        err = write_body(content, arena, fault);
    content->body_is_ready = !err;
    return err;
}

static enum err check_body(struct edit *edit, struct article_checked *checked)
{
    struct article_content *content = &checked->content;
    enum err err = content->body_is_ready
                       ? ERR_OK
                       : article_ready_body(content, &edit->arena, edit->fault);
    checked->document = content->document;
    return err;
}

/* ---- References
 * ------------------------------------------------------------------ */

static enum err missing(struct edit *edit, enum err err, const char *field,
                        size_t index, const char *what, const struct id *id)
{
    if (err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    char place[64];
    snprintf(place, sizeof place, "%s[%zu]", field, index);
    return fault_set(edit->fault, ERR_INVALID, place, "%s: there is no %s %s",
                     place, what, id->text);
}

static enum err check_categories(struct edit *edit,
                                 const struct article_content *content)
{
    for (size_t i = 0; i < content->category_count; i++) {
        struct category category;
        enum err err =
            category_load(edit->db, content->language, &content->categories[i],
                          &edit->arena, &category);
        if (err)
            return missing(edit, err, "categories", i,
                           "category with a name in the article's language:",
                           &content->categories[i]);
        for (size_t j = 0; j < i; j++)
            if (str_eq(id_str(&content->categories[i]),
                       id_str(&content->categories[j])))
                return fault_set(edit->fault, ERR_INVALID, "categories",
                                 "the category \"%" PRI_STR "\" is given twice",
                                 ARG_STR(category.name));
    }
    return ERR_OK;
}

static enum err check_bylines(struct edit *edit,
                              const struct article_content *content)
{
    for (size_t i = 0; i < content->byline_count; i++) {
        const struct article_byline *byline = &content->bylines[i];
        enum err err = check_line("bylines", byline->role,
                                  PERSON_NAME_BYTES_MAX, edit->fault);
        if (err)
            return err;
        if (!id_is_set(&byline->person)) {
            err = check_required("bylines", byline->name, PERSON_NAME_BYTES_MAX,
                                 edit->fault);
            if (err)
                return err;
            continue;
        }
        struct person person;
        err = person_load(edit->db, content->language, &byline->person,
                          &edit->arena, &person);
        if (err)
            return missing(edit, err, "bylines", i, "person", &byline->person);
    }
    return ERR_OK;
}

static enum err check_media(struct edit *edit,
                            const struct article_checked *checked)
{
    for (size_t i = 0; i < checked->media_count; i++) {
        DEFER(db_query_end)
        struct db_query query =
            db_ask(edit->db, "SELECT 1 FROM medium WHERE id = $1",
                   DB_ID(&checked->media[i]));
        enum err err = db_query_row(&query);
        if (err)
            return missing(edit, err, "media", i, "medium", &checked->media[i]);
    }
    return ERR_OK;
}

enum err article_check_references(struct edit *edit,
                                  const struct article_checked *checked)
{
    enum err err = check_categories(edit, &checked->content);
    if (!err) {
        struct article_enclosure enclosure = checked->content.enclosure;
        err = article_check_enclosure(edit, &enclosure);
    }
    if (!err)
        err = check_bylines(edit, &checked->content);
    if (!err)
        err = check_media(edit, checked);
    return err;
}

/* ---- Tags
 * ------------------------------------------------------------------------ */

static bool has_tag(const struct article_checked *checked, const struct id *id)
{
    for (size_t i = 0; i < checked->tag_count; i++)
        if (str_eq(id_str(&checked->tags[i]), id_str(id)))
            return true;
    return false;
}

/* Finds the tag by its name, or else by the slug of that, or makes it. One that
 * is there keeps the name and the slug it has. */
static enum err find_or_make_tag(struct edit *edit, struct str language,
                                 struct str name, struct id *ret_id)
{
    struct tag tag;
    struct str slug = slug_make(name, language, &edit->arena);
    enum err err = tag_find_named(edit->db, language, name, &edit->arena, &tag);
    if (err == ERR_NOT_FOUND)
        err = tag_find(edit->db, language, slug, &edit->arena, &tag);
    if (!err)
        *ret_id = tag.id;
    if (err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    tag = (struct tag){.language = language, .slug = slug, .name = name};
    return tag_save(edit, &tag, ret_id);
}

static enum err make_tags(struct edit *edit, struct article_checked *checked)
{
    const struct article_content *content = &checked->content;
    checked->tags =
        arena_array(&edit->arena, struct id, content->tag_count + 1);
    for (size_t i = 0; i < content->tag_count; i++) {
        struct id id;
        enum err err = find_or_make_tag(edit, content->language,
                                        str_trim(content->tags[i]), &id);
        if (err)
            return err;
        if (!has_tag(checked, &id))
            checked->tags[checked->tag_count++] = id;
    }
    return ERR_OK;
}

/* ---- All of it
 * ------------------------------------------------------------------- */

static enum err check_counts(struct edit *edit,
                             const struct article_content *content)
{
    const struct {
        const char *field;
        size_t count, max;
    } lists[] = {
        {"categories", content->category_count, ARTICLE_CATEGORIES_MAX},
        {"tags", content->tag_count, ARTICLE_TAGS_MAX},
        {"bylines", content->byline_count, ARTICLE_BYLINES_MAX},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].count > lists[i].max)
            return fault_set(edit->fault, ERR_TOO_LONG, lists[i].field,
                             "an article has at most %zu %s", lists[i].max,
                             lists[i].field);
    if (content->weight >= ARTICLE_WEIGHT_COUNT)
        return fault_set(edit->fault, ERR_INVALID, "weight",
                         "there is no such weight");
    return ERR_OK;
}

enum err article_check(struct edit *edit, const struct article_content *content,
                       struct article_checked *ret_checked)
{
    struct article_checked checked = {.content = *content};
    enum err err = check_language(edit, content->language);
    if (!err)
        err = check_counts(edit, content);
    if (!err)
        err = check_texts(edit, &checked.content);
    if (!err)
        err = check_body(edit, &checked);
    if (!err)
        err = article_check_enclosure(edit, &checked.content.enclosure);
    if (!err)
        err = article_collect_media(&checked, &edit->arena, edit->fault);
    if (!err)
        err = article_check_references(edit, &checked);
    if (!err)
        err = channel_check_shown(edit, checked.document);
    if (!err)
        err = make_tags(edit, &checked);
    if (!err)
        *ret_checked = checked;
    return err;
}
