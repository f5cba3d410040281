// SPDX-License-Identifier: Apache-2.0
#include "cli/article_json.h"

#include <assert.h>

#include "base/arena.h"
#include "base/time.h"
#include "render/document.h"
#include "render/locale.h"

/* ---- Writing ---------------------------------------------------------------
 */

static json_t *text_json(struct str text)
{
    return json_stringn(text.ptr ? text.ptr : "", text.len);
}

static void set_text(json_t *object, const char *key, struct str text)
{
    json_object_set_new(object, key, text_json(text));
}

/* "published" and, for people, "published_text"; nothing when it never was. */
static void set_time(json_t *object, const char *key, int64_t time_us,
                     const struct article_json_dates *dates,
                     struct arena *arena)
{
    if (!time_us)
        return;
    char machine[TIME_RFC3339_BYTES];
    time_format_rfc3339(time_us, machine);
    json_object_set_new(object, key, json_string(machine));
    struct str text;
    struct str name = arena_printf(arena, "%s_text", key);
    if (!locale_format_pattern(dates->locale, time_us, dates->pattern, arena,
                               &text))
        set_text(object, name.ptr, text);
}

static json_t *categories_json(const struct article *article)
{
    json_t *array = json_array();
    for (size_t i = 0; i < article->category_count; i++) {
        json_t *object = json_object();
        set_text(object, "path", article->categories[i].path);
        set_text(object, "name", article->categories[i].name);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *tags_json(const struct article *article)
{
    json_t *array = json_array();
    for (size_t i = 0; i < article->content.tag_count; i++)
        json_array_append_new(array, text_json(article->content.tags[i]));
    return array;
}

static json_t *bylines_json(const struct article *article)
{
    json_t *array = json_array();
    for (size_t i = 0; i < article->content.byline_count; i++) {
        const struct article_byline *byline = &article->content.bylines[i];
        json_t *object = json_object();
        set_text(object, "name", byline->name);
        set_text(object, "role", byline->role);
        set_text(object, "slug", byline->slug);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *corrections_json(const struct article *article,
                                const struct article_json_dates *dates,
                                struct arena *arena)
{
    json_t *array = json_array();
    for (size_t i = 0; i < article->correction_count; i++) {
        json_t *object = json_object();
        set_time(object, "time", article->corrections[i].time_us, dates, arena);
        set_text(object, "text", article->corrections[i].text);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *translations_json(const struct article *article)
{
    json_t *array = json_array();
    for (size_t i = 0; i < article->translation_count; i++) {
        json_t *object = json_object();
        set_text(object, "id", id_str(&article->translations[i].id));
        set_text(object, "language", article->translations[i].language);
        set_text(object, "headline", article->translations[i].headline);
        json_array_append_new(array, object);
    }
    return array;
}

static void set_body(json_t *object, const struct article *article)
{
    struct str body = article->content.body;
    json_t *doc = body.len ? json_loadb(body.ptr, body.len, 0, NULL) : NULL;
    json_object_set_new(object, "body", doc ? doc : json_null());
    if (!article->document)
        return;
    struct document_counts counts = document_count(article->document);
    json_object_set_new(object, "paragraphs",
                        json_integer((json_int_t)counts.paragraphs));
    json_object_set_new(object, "words",
                        json_integer((json_int_t)counts.words));
}

static void set_content(json_t *object, const struct article_content *content)
{
    set_text(object, "language", content->language);
#define X(name, bytes) set_text(object, #name, content->name);
    ARTICLE_TEXTS(X)
#undef X
    set_text(object, "weight",
             str_from_c(article_weight_name(content->weight)));
    json_object_set_new(object, "opinion", json_boolean(content->opinion));
    json_object_set_new(object, "live", json_boolean(content->live));
    json_object_set_new(object, "sponsored", json_boolean(content->sponsored));
    set_text(object, "picture", id_str(&content->picture));
    json_object_set_new(object, "enclosure",
                        article_enclosure_is_set(&content->enclosure)
                            ? article_enclosure_json(&content->enclosure)
                            : json_null());
}

static void set_times(json_t *object, const struct article *article,
                      const struct article_json_dates *dates,
                      struct arena *arena)
{
    set_time(object, "created", article->created_us, dates, arena);
    set_time(object, "published", article->published_us, dates, arena);
    set_time(object, "updated", article->updated_us, dates, arena);
    set_time(object, "scheduled", article->scheduled_us, dates, arena);
    set_time(object, "embargoed", article->embargo_us, dates, arena);
    if (article->embargo_reason.len)
        set_text(object, "embargoed_reason", article->embargo_reason);
    set_time(object, "expires", article->expires_us, dates, arena);
    if (article->due_problem.len) {
        set_text(object, "problem", article->due_problem);
        set_time(object, "next_try", article->due_retry_us, dates, arena);
    }
    set_time(object, "withdrawn", article->withdrawn_us, dates, arena);
    if (article->expired)
        json_object_set_new(object, "expired", json_true());
    if (article->withdrawn_us && !article->expired)
        set_text(object, "withdrawn_reason", article->withdrawn_reason);
}

json_t *article_json(const struct article *article,
                     const struct article_json_dates *dates,
                     struct arena *arena)
{
    json_t *object = json_object();
    set_text(object, "id", id_str(&article->id));
    set_text(object, "story", id_str(&article->story));
    set_text(object, "state", str_from_c(article_state_name(article->state)));
    set_text(object, "address",
             arena_printf(arena, "/%.*s/article/%.*s-%s",
                          ARG_STR(article->content.language),
                          ARG_STR(article->content.slug), article->id.text));
    json_object_set_new(object, "revision", json_integer(article->revision));
    json_object_set_new(object, "live_revision",
                        json_integer(article->live_revision));
    json_object_set_new(object, "views", json_integer(article->views));
    set_times(object, article, dates, arena);
    set_content(object, &article->content);
    json_object_set_new(object, "categories", categories_json(article));
    json_object_set_new(object, "tags", tags_json(article));
    json_object_set_new(object, "bylines", bylines_json(article));
    json_object_set_new(object, "corrections",
                        corrections_json(article, dates, arena));
    json_object_set_new(object, "translations", translations_json(article));
    set_body(object, article);
    return object;
}

/* ---- Reading ---------------------------------------------------------------
 */

struct reader {
    const json_t *object;
    struct db *db;
    struct arena *arena;
    struct article_content *content;
    struct fault *fault;
};

static enum err refuse(const struct reader *reader, const char *name,
                       const char *what)
{
    return fault_set(reader->fault, ERR_INVALID, name, "%s has to be %s", name,
                     what);
}

static struct str text_of(const struct reader *reader, const json_t *value)
{
    return arena_copy(reader->arena, str_of(json_string_value(value),
                                            json_string_length(value)));
}

static enum err read_text(const struct reader *reader, const char *name,
                          struct str *text)
{
    const json_t *value = json_object_get(reader->object, name);
    if (!value)
        return ERR_OK;
    if (!json_is_string(value))
        return refuse(reader, name, "a text");
    *text = text_of(reader, value);
    return ERR_OK;
}

static enum err read_bool(const struct reader *reader, const char *name,
                          bool *truth)
{
    const json_t *value = json_object_get(reader->object, name);
    if (value && !json_is_boolean(value))
        return refuse(reader, name, "true or false");
    if (value)
        *truth = json_is_true(value);
    return ERR_OK;
}

static enum err read_texts(const struct reader *reader)
{
    struct article_content *content = reader->content;
    enum err err = read_text(reader, "language", &content->language);
#define X(name, bytes) \
    if (!err) \
        err = read_text(reader, #name, &content->name);
    ARTICLE_TEXTS(X)
#undef X
    return err;
}

/* "" and null take it away. */
static enum err read_picture(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "picture");
    struct str picture = {0};
    enum err err =
        json_is_null(value) ? ERR_OK : read_text(reader, "picture", &picture);
    if (err || !value)
        return err;
    if (!picture.len)
        reader->content->picture = (struct id){0};
    else if (id_parse(picture, &reader->content->picture))
        return refuse(reader, "picture",
                      "the id of a picture, as 'broadsheet picture add' tells");
    return ERR_OK;
}

static enum err read_flags(const struct reader *reader)
{
    struct article_content *content = reader->content;
    struct str weight = {0};
    enum err err = read_bool(reader, "opinion", &content->opinion);
    if (!err)
        err = read_bool(reader, "live", &content->live);
    if (!err)
        err = read_bool(reader, "sponsored", &content->sponsored);
    if (!err)
        err = read_text(reader, "weight", &weight);
    if (!err && weight.len && article_weight_parse(weight, &content->weight))
        err = refuse(reader, "weight", "lead, major, standard or brief");
    return err ? err : read_picture(reader);
}

/* null takes it away. */
static enum err read_enclosure(const struct reader *reader)
{
    const json_t *value = json_object_get(reader->object, "enclosure");
    if (json_is_null(value))
        reader->content->enclosure = (struct article_enclosure){0};
    if (!value || json_is_null(value))
        return ERR_OK;
    if (article_enclosure_read(value, reader->arena,
                               &reader->content->enclosure))
        return refuse(reader, "enclosure",
                      "{\"url\": …, \"type\": \"audio/mpeg\", \"bytes\": …, "
                      "\"seconds\": …}, or \"medium\" in place of the url");
    return ERR_OK;
}

static enum err read_body(const struct reader *reader)
{
    const json_t *body = json_object_get(reader->object, "body");
    const json_t *text = json_object_get(reader->object, "text");
    DEFER(buf_finish) struct buf json;
    buf_init(&json, DOCUMENT_JSON_BYTES_MAX);
    if (json_is_object(body)) {
        char *dumped = json_dumps(body, JSON_COMPACT);
        buf_add_c(&json, dumped ? dumped : "");
        free(dumped);
    } else if (body && !json_is_null(body)) {
        return refuse(reader, "body", "a document: {\"type\": \"doc\", …}");
    } else if (json_is_string(text)) {
        document_write_json(
            document_from_text(reader->arena, text_of(reader, text)), &json);
    } else if (text) {
        return refuse(reader, "text", "a text");
    } else {
        return ERR_OK;
    }
    reader->content->body = arena_copy(reader->arena, buf_str(&json));
    return buf_err(&json);
}

static enum err read_tags(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "tags");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "tags", "a list of names");
    size_t count = json_array_size(array);
    struct str *tags = arena_array(reader->arena, struct str, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *name = json_array_get(array, i);
        if (!json_is_string(name))
            return refuse(reader, "tags", "a list of names");
        tags[i] = text_of(reader, name);
    }
    reader->content->tags = tags;
    reader->content->tag_count = count;
    return ERR_OK;
}

/* An entry is a path, or an object with one, as article_json writes it. */
static enum err read_category(const struct reader *reader, const json_t *entry,
                              struct id *ret_id)
{
    if (json_is_object(entry))
        entry = json_object_get(entry, "path");
    if (!json_is_string(entry))
        return refuse(reader, "categories", "a list of paths");
    struct str path = text_of(reader, entry);
    struct category category;
    enum err err = category_find(reader->db, reader->content->language, path,
                                 reader->arena, &category);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, err, "categories",
                         "there is no category '%.*s' in '%.*s'; 'broadsheet "
                         "category list' tells the paths of all",
                         ARG_STR(path), ARG_STR(reader->content->language));
    if (!err)
        *ret_id = category.id;
    return err;
}

static enum err read_categories(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "categories");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "categories", "a list of paths");
    size_t count = json_array_size(array);
    struct id *ids = arena_array(reader->arena, struct id, count + 1);
    for (size_t i = 0; i < count; i++) {
        enum err err = read_category(reader, json_array_get(array, i), &ids[i]);
        if (err)
            return err;
    }
    reader->content->categories = ids;
    reader->content->category_count = count;
    return ERR_OK;
}

/* An entry is a name, or an object with name, role and the slug of one of the
 * staff. */
static enum err read_byline(const struct reader *reader, const json_t *entry,
                            struct article_byline *byline)
{
    struct reader inner = *reader;
    inner.object = entry;
    struct str slug = {0};
    enum err err = read_text(&inner, "name", &byline->name);
    if (!err)
        err = read_text(&inner, "role", &byline->role);
    if (!err)
        err = read_text(&inner, "slug", &slug);
    if (err || !slug.len)
        return err;
    struct person person;
    err = person_find(reader->db, reader->content->language, slug,
                      reader->arena, &person);
    if (err == ERR_NOT_FOUND)
        return fault_set(reader->fault, err, "bylines",
                         "nobody of the staff has the slug '%.*s'; who is not "
                         "of the staff is told by name: {\"name\": \"…\"}",
                         ARG_STR(slug));
    if (!err)
        byline->person = person.id;
    return err;
}

static enum err read_bylines(const struct reader *reader)
{
    const json_t *array = json_object_get(reader->object, "bylines");
    if (!array)
        return ERR_OK;
    if (!json_is_array(array))
        return refuse(reader, "bylines", "a list");
    size_t count = json_array_size(array);
    struct article_byline *bylines =
        arena_array(reader->arena, struct article_byline, count + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(array, i);
        enum err err = ERR_OK;
        if (json_is_string(entry))
            bylines[i].name = text_of(reader, entry);
        else if (json_is_object(entry))
            err = read_byline(reader, entry, &bylines[i]);
        else
            err = refuse(reader, "bylines", "a list of names or objects");
        if (err)
            return err;
    }
    reader->content->bylines = bylines;
    reader->content->byline_count = count;
    return ERR_OK;
}

enum err article_json_read(const json_t *object, struct db *db,
                           struct arena *arena, struct article_content *content,
                           struct fault *fault)
{
    assert(content);
    const struct reader reader = {object, db, arena, content, fault};
    if (!json_is_object(object))
        return fault_set(fault, ERR_INVALID, NULL,
                         "an article has to be a JSON object: {\"headline\": "
                         "…}");
    enum err err = read_texts(&reader);
    if (!err)
        err = read_flags(&reader);
    if (!err)
        err = read_enclosure(&reader);
    if (!err)
        err = read_body(&reader);
    if (!err)
        err = read_categories(&reader);
    if (!err)
        err = read_tags(&reader);
    return err ? err : read_bylines(&reader);
}
