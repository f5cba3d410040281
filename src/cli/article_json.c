// SPDX-License-Identifier: Apache-2.0
#include "cli/article_json.h"

#include <assert.h>

#include "base/arena.h"
#include "base/json_text.h"
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
    json_t *doc = body.len ? json_text_read(body, NULL) : NULL;
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
