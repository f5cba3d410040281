// SPDX-License-Identifier: Apache-2.0
#include "site/live_model.h"

#include "render/catalogue.h"
#include "render/document.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

enum { TITLE_CHARACTERS = 80 };

/* ---- Loading ---------------------------------------------------------------
 */

static enum err load_blog(struct printing *p, const struct article *article,
                          struct live_page *page)
{
    *page = (struct live_page){.since = INT64_MAX};
    enum err err = live_load(p->db, &article->id, &page->blog);
    if (!err)
        change_keys_add(&p->keys, STR("live:"), id_str(&article->id));
    return err;
}

static enum err load_posts(struct printing *p, const struct article *article,
                           const struct live_query *query,
                           struct live_posts *ret_posts)
{
    enum err err = live_posts(p->db, &article->id, article->content.language,
                              query, p->arena, ret_posts);
    for (size_t i = 0; !err && i < ret_posts->count; i++) {
        const struct live_post *post = &ret_posts->posts[i];
        for (size_t k = 0; k < post->byline_count; k++)
            if (post->bylines[k].slug.len)
                change_keys_add(&p->keys, STR("author:"),
                                post->bylines[k].slug);
    }
    return err;
}

/* Where the page of the address begins. */
static enum err choose_query(struct printing *p, const struct article *article,
                             struct live_query *query)
{
    *query =
        (struct live_query){.which = LIVE_BEFORE, .limit = LIVE_PAGE_POSTS};
    if (p->path.has_before)
        query->cursor = p->path.before;
    if (!id_is_set(&p->path.post))
        return ERR_OK;
    struct live_post post;
    enum err err = live_post_load(p->db, &p->path.post, p->arena, &post);
    if (!err && !str_eq(id_str(&post.article), id_str(&article->id)))
        err = ERR_NOT_FOUND;
    query->which = LIVE_FROM;
    query->cursor = (struct article_cursor){post.time_us, post.id};
    return err;
}

/* It stands on top of the newest, and nowhere else then. */
static enum err load_pinned(struct printing *p, const struct article *article,
                            struct live_page *page)
{
    const struct live_query query = {.which = LIVE_PINNED, .limit = 1};
    struct live_posts pinned;
    enum err err = load_posts(p, article, &query, &pinned);
    if (err || !pinned.count)
        return err;
    page->pinned = pinned.posts;
    struct live_posts *posts = &page->posts;
    size_t kept = 0;
    for (size_t i = 0; i < posts->count; i++) {
        if (!posts->posts[i].pinned)
            posts->posts[kept++] = posts->posts[i];
    }
    posts->count = kept;
    return ERR_OK;
}

static enum err load_keys(struct printing *p, const struct article *article,
                          struct live_page *page)
{
    const struct live_query query = {.which = LIVE_KEYS,
                                     .limit = LIVE_PAGE_KEYS};
    return load_posts(p, article, &query, &page->keys);
}

static bool is_first(const struct printing *p)
{
    return !p->path.has_before && !id_is_set(&p->path.post);
}

enum err live_page_load(struct printing *p, const struct article *article,
                        struct live_page *ret_page)
{
    struct live_query query;
    enum err err = load_blog(p, article, ret_page);
    if (!err)
        err = choose_query(p, article, &query);
    if (!err)
        err = load_posts(p, article, &query, &ret_page->posts);
    if (!err && id_is_set(&p->path.post) && ret_page->posts.count)
        ret_page->focus = ret_page->posts.posts;
    if (!err && is_first(p))
        err = load_pinned(p, article, ret_page);
    return err ? err : load_keys(p, article, ret_page);
}

enum err live_page_load_since(struct printing *p, const struct article *article,
                              int64_t since, struct live_page *ret_page,
                              bool *ret_all)
{
    const struct live_query query = {
        .which = LIVE_SINCE, .since = since, .limit = LIVE_DELTA_POSTS};
    enum err err = load_blog(p, article, ret_page);
    if (!err)
        err = load_posts(p, article, &query, &ret_page->posts);
    if (err)
        return err;
    ret_page->since = since;
    *ret_all = !ret_page->posts.more && since <= ret_page->blog.seq;
    if (!*ret_all)
        ret_page->posts.count = 0;
    return load_keys(p, article, ret_page);
}

/* ---- Posts -----------------------------------------------------------------
 */

struct str live_post_url(const struct printing *p, struct str path,
                         const struct id *post)
{
    struct str page_key = live_post_path(p->arena, path, post);
    return printing_is_static(p) ? site_path_static(p->arena, page_key)
                                 : page_key;
}

struct str live_post_title(struct printing *p, const struct live_post *post)
{
    if (post->headline.len)
        return post->headline;
    return document_excerpt(post->document, TITLE_CHARACTERS, p->arena);
}

static void set_authors(struct printing *p, struct value *object,
                        const struct live_post *post)
{
    struct value *authors = value_set_list(object, "authors");
    value_set_bool(object, "has_authors", post->byline_count > 0);
    for (size_t i = 0; i < post->byline_count; i++) {
        const struct article_byline *byline = &post->bylines[i];
        struct value *author = value_add_object(authors);
        value_set_str(author, "before", i ? language_comma(p->lang) : STR(""));
        value_set_str(author, "name", byline->name);
        value_set_str(author, "url",
                      byline->slug.len
                          ? printing_path(p, "author/", byline->slug)
                          : STR(""));
    }
}

/* The day, where it is not the one on which the blog changed last. */
static void set_day(struct printing *p, struct value *object,
                    const struct live_page *page, int64_t time_us)
{
    bool same = str_eq(printing_iso_day(p, time_us),
                       printing_iso_day(p, page->blog.changed_us));
    value_set_str(object, "day",
                  same ? STR("")
                       : locale_format_date(p->locale, time_us,
                                            LOCALE_DATE_MEDIUM, p->arena));
}

/* Sorts as the posts do. */
static struct str place_of(struct printing *p, const struct live_post *post)
{
    const struct article_cursor cursor = {post->time_us, post->id};
    char text[ARTICLE_CURSOR_BYTES];
    article_cursor_format(&cursor, text);
    return arena_copy(p->arena, str_from_c(text));
}

static void set_post(struct printing *p, struct value *object,
                     const struct article *article,
                     const struct live_page *page, struct str path,
                     const struct live_post *post)
{
    struct document_writer writer = story_writer(p, article);
    value_set_str(object, "id", arena_copy(p->arena, id_str(&post->id)));
    value_set_str(object, "at", place_of(p, post));
    value_set_str(object, "url", live_post_url(p, path, &post->id));
    printing_set_time(p, object, "time", post->time_us);
    set_day(p, object, page, post->time_us);
    value_set_str(object, "headline", post->headline);
    value_set(object, "body",
              document_html_value(post->document, &writer, p->arena));
    set_authors(p, object, post);
    value_set_bool(object, "key", post->key);
    value_set_bool(object, "pinned", post->pinned);
    value_set_bool(object, "is_new", post->first_seq > page->since);
    printing_set_time(p, object, "edited", post->edited_us);
    value_set_str(object, "correction", post->correction);
    printing_set_time(p, object, "corrected", post->corrected_us);
    printing_set_time(p, object, "removed", post->removed_us);
    value_set_str(object, "reason", post->removed_reason);
}

static void set_posts(struct printing *p, struct value *model,
                      const struct article *article,
                      const struct live_page *page, struct str path)
{
    struct value *posts = value_set_list(model, "posts");
    for (size_t i = 0; i < page->posts.count; i++)
        set_post(p, value_add_object(posts), article, page, path,
                 &page->posts.posts[i]);
    value_set_bool(model, "pinned", false);
    if (page->pinned)
        set_post(p, value_set_object(model, "pinned"), article, page, path,
                 page->pinned);
}

/* ---- The blog --------------------------------------------------------------
 */

/* Whether the page holds the post; what changed is for other pages. */
static bool is_shown(const struct live_page *page, const struct live_post *post)
{
    if (page->since != INT64_MAX)
        return false;
    for (size_t i = 0; i < page->posts.count; i++)
        if (str_eq(id_str(&page->posts.posts[i].id), id_str(&post->id)))
            return true;
    return page->pinned && str_eq(id_str(&page->pinned->id), id_str(&post->id));
}

static void set_keys(struct printing *p, struct value *model,
                     const struct live_page *page, struct str path)
{
    struct value *keys = value_set_list(model, "keys");
    for (size_t i = 0; i < page->keys.count; i++) {
        const struct live_post *post = &page->keys.posts[i];
        struct value *key = value_add_object(keys);
        value_set_str(key, "id", arena_copy(p->arena, id_str(&post->id)));
        value_set_str(key, "url",
                      is_shown(page, post)
                          ? arena_printf(p->arena, "#post-%s", post->id.text)
                          : live_post_url(p, path, &post->id));
        printing_set_time(p, key, "time", post->time_us);
        set_day(p, key, page, post->time_us);
        value_set_str(key, "text", live_post_title(p, post));
    }
    value_set_bool(model, "has_keys", page->keys.count > 0);
}

static void set_way(struct printing *p, struct value *model,
                    const struct live_page *page, struct str path)
{
    const struct live_posts *posts = &page->posts;
    value_set_str(model, "newest", is_first(p) ? STR("") : path);
    value_set_str(model, "older",
                  posts->more ? printing_before(p, path, &posts->next)
                              : STR(""));
    if (posts->more)
        p->print->older = site_path_before(p->arena, path, &posts->next);
}

void live_page_set(struct printing *p, const struct article *article,
                   const struct live_page *page, struct str path)
{
    const struct live_blog *blog = &page->blog;
    struct value *model = value_set_object(p->data, "blog");
    value_set_bool(model, "running", blog->state == LIVE_RUNNING);
    printing_set_time(p, model, "changed", blog->changed_us);
    printing_set_time(p, model, "ended", blog->ended_us);
    value_set_int(model, "seq", blog->seq);
    value_set_str(model, "delta", site_path_posts(p->arena, path));
    value_set_str(model, "path", path);
    set_posts(p, model, article, page, path);
    set_keys(p, model, page, path);
    set_way(p, model, page, path);
    value_set_bool(model, "empty", !page->posts.count && !page->pinned);
    value_set_str(model, "new_words",
                  catalogue_text(p->words, STR("live.new")));
    value_set_str(model, "new_sample",
                  locale_format_number(p->locale, 1234567, p->arena));
}
