// SPDX-License-Identifier: Apache-2.0
/* An article as an IPTC ninjs item, beside its page: "….json". A withdrawn one
 * is still an item, with nothing in it but that it is cancelled and why. */
#include "content/article_ninjs.h"
#include "content/live.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

static enum err load_posts(struct printing *p, const struct article *article,
                           struct live_blog *blog, struct live_posts *posts,
                           struct article_ninjs_options *options)
{
    const struct live_query query = {.which = LIVE_BEFORE,
                                     .limit = LIVE_POSTS_MAX};
    enum err err = live_load(p->db, &article->id, blog);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    change_keys_add(&p->keys, STR("live:"), id_str(&article->id));
    options->blog = blog;
    options->posts = posts;
    return live_posts(p->db, &article->id, article->content.language, &query,
                      p->arena, posts);
}

static enum err write_item(struct printing *p, const struct article *article,
                           int status)
{
    struct article_ninjs_options options = {.address = p->settings.address};
    struct live_blog blog;
    struct live_posts posts;
    enum err err = ERR_OK;
    if (status == 200)
        err =
            printing_failed(p, load_posts(p, article, &blog, &posts, &options));
    if (err)
        return err;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ARTICLE_NINJS_BYTES_MAX);
    err = article_write_ninjs(article, &options, p->arena, &out);
    if (err)
        return err;
    p->print->status = status;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    p->print->content_type = STR("application/json");
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    return ERR_OK;
}

/* Not even the headline stays: it may be what was wrong. */
static struct article cancelled(const struct article *article)
{
    return (struct article){
        .id = article->id,
        .state = ARTICLE_WITHDRAWN,
        .content = {.language = article->content.language,
                    .slug = article->content.slug},
        .withdrawn_us = article->withdrawn_us,
        .withdrawn_reason = article->withdrawn_reason,
    };
}

enum err page_item(struct printing *p)
{
    struct article article;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    bool is_gone = err == ERR_GONE;
    if (err && !is_gone)
        return printing_failed(p, err);
    const struct article_content *content = &article.content;
    change_keys_add(&p->keys, STR("article:"), id_str(&p->path.id));
    err = printing_open_plain(p, content->language);
    if (err)
        return err;
    if (is_gone) {
        struct article item = cancelled(&article);
        return write_item(p, &item, 410);
    }
    struct str path = site_path_item(
        p->arena, site_path_article(p->arena, content->language, content->slug,
                                    id_str(&article.id)));
    if (!str_eq(p->page_key, path)) {
        printing_redirect(p, 301, path, SITE_NOT_KEPT);
        return ERR_OK;
    }
    return write_item(p, &article, 200);
}
