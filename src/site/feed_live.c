// SPDX-License-Identifier: Apache-2.0
/* The feed of a live blog: a post is an entry. */
#include "render/catalogue.h"
#include "render/document.h"
#include "render/xml_writer.h"
#include "site/feed.h"
#include "site/live_model.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

/* Stays when the slug or the address of the page changes. */
static struct str entry_id(struct printing *p, const struct live_post *post)
{
    return p->settings.address.len
               ? arena_printf(p->arena, "%" PRI_STR "/article/%s?post=%s",
                              ARG_STR(p->settings.address), post->article.text,
                              post->id.text)
               : arena_printf(p->arena, "urn:x-broadsheet:article:%s:%s",
                              post->article.text, post->id.text);
}

static void set_authors(struct printing *p, const struct live_post *post,
                        struct feed_entry *entry)
{
    entry->authors =
        arena_array(p->arena, struct feed_person, post->byline_count + 1);
    for (size_t i = 0; i < post->byline_count; i++) {
        const struct article_byline *byline = &post->bylines[i];
        entry->authors[entry->author_count++] = (struct feed_person){
            .name = byline->name,
            .url = byline->slug.len
                       ? printing_absolute(
                             p, printing_path(p, "author/", byline->slug))
                       : STR("")};
    }
}

static enum err write_html(struct printing *p, const struct article *article,
                           const struct live_post *post, struct str *ret_html)
{
    struct document_writer writer = story_writer(p, article);
    DEFER(buf_finish) struct buf html;
    buf_init(&html, SITE_BODY_BYTES_MAX);
    if (post->corrected_us) {
        buf_add_c(&html, "<p><strong>");
        xml_escape(&html, catalogue_text(p->words, STR("article.correction")));
        buf_add_c(&html, "</strong> ");
        xml_escape(&html, post->correction);
        buf_add_c(&html, "</p>");
    }
    document_write_feed(post->document, &writer, &html);
    *ret_html = arena_copy(p->arena, buf_str(&html));
    return buf_err(&html);
}

static int64_t changed_us(const struct live_post *post)
{
    int64_t us = post->edited_us > post->corrected_us ? post->edited_us
                                                      : post->corrected_us;
    return us > post->time_us ? us : post->time_us;
}

static enum err set_entry(struct feed *feed, const struct article *article,
                          struct str path, const struct live_post *post,
                          struct feed_entry *entry)
{
    struct printing *p = feed->p;
    struct article_card *card = arena_new(p->arena, struct article_card);
    *card = (struct article_card){
        .id = post->id,
        .language = article->content.language,
        .headline = live_post_title(p, post),
        .standfirst = STR(""),
        .published_us = post->time_us,
    };
    *entry = (struct feed_entry){
        .id = entry_id(p, post),
        .url = printing_absolute(p, live_post_url(p, path, &post->id)),
        .card = card,
        .updated_us = changed_us(post),
    };
    set_authors(p, post, entry);
    return write_html(p, article, post, &entry->html);
}

static enum err set_entries(struct feed *feed, const struct article *article,
                            struct str path, const struct live_posts *posts)
{
    feed->entries =
        arena_array(feed->p->arena, struct feed_entry, posts->count + 1);
    for (size_t i = 0; i < posts->count; i++) {
        if (posts->posts[i].removed_us)
            continue;
        struct feed_entry *entry = &feed->entries[feed->count++];
        enum err err = set_entry(feed, article, path, &posts->posts[i], entry);
        if (err)
            return err;
        if (entry->updated_us > feed->updated_us)
            feed->updated_us = entry->updated_us;
    }
    return ERR_OK;
}

enum err feed_load_live(struct feed *feed)
{
    struct printing *p = feed->p;
    struct article article;
    struct live_blog blog;
    struct live_posts posts;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    if (err)
        return err == ERR_GONE ? ERR_NOT_FOUND : err;
    err = live_load(p->db, &article.id, &blog);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("article:"), id_str(&article.id));
    change_keys_add(&p->keys, STR("live:"), id_str(&article.id));
    const struct article_content *content = &article.content;
    const struct live_query query = {.which = LIVE_BEFORE,
                                     .limit = LIVE_FEED_POSTS};
    err = live_posts(p->db, &article.id, content->language, &query, p->arena,
                     &posts);
    if (err)
        return err;
    feed->title =
        arena_printf(p->arena, "%" PRI_STR ": %" PRI_STR,
                     ARG_STR(p->settings.name), ARG_STR(content->headline));
    feed->description = content->standfirst;
    feed->home = site_path_article(p->arena, content->language, content->slug,
                                   id_str(&article.id));
    feed->updated_us = blog.started_us;
    return set_entries(feed, &article, feed->home, &posts);
}
