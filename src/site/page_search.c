// SPDX-License-Identifier: Apache-2.0
/* Search, and the suggestions for who types. */
#include <jansson.h>

#include "base/arena.h"
#include "base/json_text.h"
#include "render/catalogue.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/search_request.h"
#include "site/story_model.h"

/* ---- The form --------------------------------------------------------------
 */

static void set_categories(struct printing *p, struct value *model,
                           const struct search_request *request)
{
    struct value *list = value_set_list(model, "categories");
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *category = &p->categories.categories[i];
        struct value *option = value_add_object(list);
        value_set_str(option, "path", category->path);
        value_set_str(option, "name",
                      category->depth
                          ? arena_concat(p->arena, STR("– "), category->name)
                          : category->name);
        value_set_bool(option, "chosen",
                       str_eq(category->path, request->category));
    }
}

static void set_form(struct printing *p, struct value *model,
                     const struct search_request *request)
{
    bool by_date = request->query.sort == SEARCH_BY_DATE;
    value_set_str(model, "action", printing_path(p, "search", STR("")));
    value_set_str(model, "text", request->text);
    value_set_str(model, "from", request->from);
    value_set_str(model, "to", request->to);
    value_set_str(model, "author", request->author);
    value_set_str(model, "author_name", request->author_name);
    value_set_bool(model, "by_date", by_date);
    value_set_bool(model, "narrowed",
                   by_date || request->category.len || request->from.len ||
                       request->to.len || request->author.len);
    set_categories(p, model, request);
}

/* ---- Results ---------------------------------------------------------------
 */

static void set_runs(struct value *object, const char *key,
                     const struct search_runs *runs)
{
    struct value *list = value_set_list(object, key);
    for (size_t i = 0; i < runs->count; i++) {
        struct value *run = value_add_object(list);
        value_set_str(run, "text", runs->runs[i].text);
        value_set_bool(run, "match", runs->runs[i].match);
    }
}

static void set_hits(struct printing *p, struct value *model,
                     const struct search_result *result)
{
    struct value *list = value_set_list(model, "hits");
    for (size_t i = 0; i < result->count; i++) {
        const struct search_hit *hit = &result->hits[i];
        struct value *object = value_add_object(list);
        story_fill(p, object, &hit->card, STORY_BRIEF, STORY_KICKER);
        set_runs(object, "title", &hit->headline);
        set_runs(object, "snippet", &hit->snippet);
        value_set_bool(object, "cut_before", hit->snippet.cut_before);
        value_set_bool(object, "cut_after", hit->snippet.cut_after);
    }
}

static struct str say(struct printing *p, const char *key, int64_t count,
                      struct str text)
{
    struct catalogue_arg args[] = {CATALOGUE_INT("count", count),
                                   CATALOGUE_STR("query", text)};
    return catalogue_format(p->words, p->locale, str_from_c(key), args,
                            sizeof args / sizeof *args, p->arena);
}

static void set_offer(struct printing *p, struct value *model,
                      const struct search_request *request, struct str offer)
{
    value_set_bool(model, "offer", false);
    if (!offer.len)
        return;
    struct search_request better = *request;
    struct value *link = value_set_object(model, "offer");
    better.text = offer;
    value_set_str(link, "text", offer);
    value_set_str(link, "url",
                  search_request_url(p, &better, p->lang, STR("")));
}

/* The same words in the other languages, without what only this one has. */
static void set_others(struct printing *p, struct value *model,
                       const struct search_request *request)
{
    struct search_request plain = *request;
    struct value *list = value_set_list(model, "others");
    plain.category = plain.author = STR("");
    for (size_t i = 0; i < p->languages.count; i++) {
        const struct language *language = &p->languages.languages[i];
        struct str url = search_request_url(p, &plain, language->code, STR(""));
        printing_translated(p, language->code, url);
        if (str_eq(language->code, p->lang))
            continue;
        struct value *link = value_add_object(list);
        value_set_str(link, "lang", language->code);
        value_set_str(link, "name", language->name);
        value_set_str(link, "url", url);
    }
    value_set_bool(model, "has_others", value_count(list) > 0);
}

static void set_sorts(struct printing *p, struct value *model,
                      const struct search_request *request)
{
    struct search_request other = *request;
    other.query.sort = request->query.sort == SEARCH_BY_DATE
                           ? SEARCH_BY_RELEVANCE
                           : SEARCH_BY_DATE;
    value_set_str(model, "other_sort",
                  search_request_url(p, &other, p->lang, STR("")));
}

static void set_result(struct printing *p, struct value *model,
                       const struct search_request *request,
                       const struct search_result *result)
{
    bool asked = request->text.len > 0;
    value_set_bool(model, "asked", asked);
    value_set_bool(model, "found", result->total > 0);
    value_set_str(model, "count",
                  say(p, result->total_is_more ? "search.more" : "search.count",
                      result->total, request->text));
    value_set_str(model, "nothing", say(p, "search.nothing", 0, request->text));
    value_set_str(model, "ranked",
                  result->ranked_newest ? say(p, "search.ranked",
                                              SEARCH_RANKED_MAX, request->text)
                                        : STR(""));
    value_set_str(model, "since",
                  result->since_us
                      ? say(p, "search.since", 0,
                            locale_format_date(p->locale, result->since_us,
                                               LOCALE_DATE_LONG, p->arena))
                      : STR(""));
    value_set_str(model, "older",
                  result->more ? search_request_next(p, request, &result->next)
                               : STR(""));
    value_set_str(model, "first",
                  request->query.after.document
                      ? search_request_url(p, request, p->lang, STR(""))
                      : STR(""));
    set_hits(p, model, result);
    set_offer(p, model, request, result->offer);
    set_others(p, model, request);
    set_sorts(p, model, request);
}

/* The feeds of the search that is shown; of an empty one the site's stay. */
static void set_feeds(struct printing *p, const struct search_request *request)
{
    if (!request->text.len)
        return;
    struct value *feeds = value_set_list(p->page, "feeds");
    for (int i = 0; i < SITE_FEED_COUNT; i++) {
        struct value *feed = value_add_object(feeds);
        struct str file = arena_concat(p->arena, STR("/"), site_feeds[i].file);
        value_set_str(feed, "type", site_feeds[i].type);
        value_set_str(feed, "title", request->text);
        value_set_str(feed, "url",
                      search_request_url(p, request, p->lang, file));
    }
}

enum err page_search(struct printing *p)
{
    struct search_request request;
    struct search_result result = {0};
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = search_request_read(p, &request);
    if (err)
        return err;
    if (request.text.len)
        err = search_run(p->db, &request.query, p->arena, &result);
    if (err)
        return printing_failed(p, err);
    struct value *model = value_set_object(p->data, "search");
    struct str name = catalogue_text(p->words, STR("search.name"));
    set_form(p, model, &request);
    set_result(p, model, &request, &result);
    set_feeds(p, &request);
    printing_title(p, request.text.len
                          ? arena_printf(p->arena, "%" PRI_STR " · %" PRI_STR,
                                         ARG_STR(request.text), ARG_STR(name))
                          : name);
    printing_canonical(p, printing_path(p, "search", STR("")));
    value_set_bool(p->page, "noindex", true);
    p->print->keeping = SITE_NOT_KEPT;
    return printing_render(p, "search", 200);
}

/* ---- Suggestions -----------------------------------------------------------
 */

static struct str suggestion_url(const struct printing *p,
                                 const struct search_suggestion *suggestion)
{
    switch (suggestion->kind) {
    case SUGGEST_CATEGORY:
        return printing_path(p, "", suggestion->path);
    case SUGGEST_TAG:
        return printing_path(p, "tag/", suggestion->slug);
    default:
        return site_path_article(p->arena, p->lang, suggestion->slug,
                                 id_str(&suggestion->id));
    }
}

static const char *kind_key(const struct search_suggestion *suggestion)
{
    switch (suggestion->kind) {
    case SUGGEST_CATEGORY:
        return "sections";
    case SUGGEST_TAG:
        return "topic";
    default:
        return NULL;
    }
}

static json_t *text_json(struct str text)
{
    return json_stringn(text.len ? text.ptr : "", text.len);
}

/* [{"text": …, "url": …, "kind": "Topic"}]; kind only of what is no article. */
static json_t *suggestions_json(const struct printing *p,
                                const struct search_suggestions *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->count; i++) {
        const struct search_suggestion *suggestion = &list->suggestions[i];
        const char *key = kind_key(suggestion);
        json_t *object = json_object();
        json_object_set_new(object, "text", text_json(suggestion->text));
        json_object_set_new(object, "url",
                            text_json(suggestion_url(p, suggestion)));
        if (key)
            json_object_set_new(
                object, "kind",
                text_json(catalogue_text(p->words, str_from_c(key))));
        json_array_append_new(array, object);
    }
    return array;
}

static enum err write_json(struct printing *p, json_t *json)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SIZE_MAX);
    json_text_write(json, &text);
    json_decref(json);
    p->print->body = arena_copy(p->arena, buf_str(&text));
    return buf_err(&text);
}

enum err page_suggest(struct printing *p)
{
    struct search_request request;
    struct search_suggestions list = {0};
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = search_request_read(p, &request);
    if (err)
        return err;
    if (request.text.len)
        err = search_suggest(p->db, p->lang, request.text, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    p->print->status = 200;
    p->print->content_type = STR("application/json");
    p->print->cache_control = STR("no-cache");
    p->print->fields = p->look->asset_fields;
    p->print->keeping = SITE_NOT_KEPT;
    return write_json(p, suggestions_json(p, &list));
}
