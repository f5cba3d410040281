// SPDX-License-Identifier: Apache-2.0
#include "site/every_page.h"

#include "base/arena.h"
#include "content/article_list.h"
#include "content/category.h"
#include "content/channel.h"
#include "content/language.h"
#include "content/live.h"
#include "content/person.h"
#include "content/sitemap.h"
#include "content/tag.h"
#include "site/printer.h"
#include "site/site_internal.h"
#include "site/site_path.h"
#include "store/db.h"

enum { AT_ONCE = 200 }; /* articles of one query */

struct walk {
    struct site *site;
    struct db *db;
    const struct every_page *every;
    struct arena names; /* of a language: what its pages are called */
    struct arena page;  /* of the page at hand */
    struct fault *fault;
};

static enum err failed(struct walk *walk, enum err err)
{
    return err ? db_fault(walk->db, err, walk->fault) : ERR_OK;
}

/* Prints into walk->page. */
static enum err print(struct walk *walk, struct str page_key,
                      struct site_print *ret_print)
{
    arena_reset(&walk->page);
    return site_print(walk->site, walk->db, page_key, &walk->page, ret_print,
                      walk->fault);
}

static enum err visit(struct walk *walk, struct str page_key)
{
    struct site_print page;
    enum err err = print(walk, page_key, &page);
    return err ? err
               : walk->every->on_page(walk->every->context, page_key, &page,
                                      walk->fault);
}

static enum err visit_in(struct walk *walk, struct str lang, const char *name)
{
    return visit(walk, arena_printf(&walk->names, "/%" PRI_STR "/%s",
                                    ARG_STR(lang), name));
}

/* A list and all its older pages. A person or tag that readers do not see is no
 * page. */
static enum err visit_list(struct walk *walk, struct str page_key)
{
    DEFER(arena_finish) struct arena keys;
    arena_init(&keys, 0);
    while (page_key.len) {
        struct site_print page;
        enum err err = print(walk, page_key, &page);
        if (!err && page.status == 200)
            err = walk->every->on_page(walk->every->context, page_key, &page,
                                       walk->fault);
        if (err)
            return err;
        page_key = arena_copy(&keys, page.older);
    }
    return ERR_OK;
}

static enum err visit_feeds(struct walk *walk, struct str home)
{
    for (int i = 0; i < SITE_FEED_COUNT; i++) {
        struct site_print page;
        struct str page_key =
            site_path_feed(&walk->names, home, (enum site_feed)i);
        enum err err = print(walk, page_key, &page);
        if (!err && page.status == 200)
            err = walk->every->on_page(walk->every->context, page_key, &page,
                                       walk->fault);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err visit_list_and_feeds(struct walk *walk, struct str lang,
                                     const char *kind, struct str name)
{
    struct str home = arena_printf(&walk->names, "/%" PRI_STR "/%s%" PRI_STR,
                                   ARG_STR(lang), kind, ARG_STR(name));
    enum err err = visit_list(walk, home);
    return err ? err : visit_feeds(walk, home);
}

/* ---- Of a language ---------------------------------------------------------
 */

static enum err visit_categories(struct walk *walk, struct str lang)
{
    struct category_list list;
    enum err err =
        failed(walk, category_tree(walk->db, lang, &walk->names, &list));
    for (size_t i = 0; !err && i < list.count; i++)
        err = visit_list_and_feeds(walk, lang, "", list.categories[i].path);
    return err;
}

static enum err visit_tags(struct walk *walk, struct str lang)
{
    struct tag_list list;
    enum err err = failed(walk, tag_list(walk->db, lang, &walk->names, &list));
    for (size_t i = 0; !err && i < list.count; i++)
        err = visit_list_and_feeds(walk, lang, "tag/", list.tags[i].slug);
    return err;
}

static enum err visit_people(struct walk *walk, struct str lang)
{
    struct person_list list;
    enum err err =
        failed(walk, person_list(walk->db, lang, &walk->names, &list));
    for (size_t i = 0; !err && i < list.count; i++)
        err = visit_list_and_feeds(walk, lang, "author/", list.people[i].slug);
    return err;
}

/* Its older posts are reached from its page, as those of a list are. */
static enum err visit_live(struct walk *walk, const struct article_card *card,
                           struct str page_key, struct arena *arena)
{
    struct live_blog blog;
    struct live_posts posts;
    const struct live_query query = {.which = LIVE_BEFORE,
                                     .limit = LIVE_POSTS_MAX};
    enum err err = live_load(walk->db, &card->id, &blog);
    if (err)
        return err == ERR_NOT_FOUND ? visit(walk, page_key) : failed(walk, err);
    err = failed(walk, live_posts(walk->db, &card->id, card->language, &query,
                                  arena, &posts));
    if (!err)
        err = visit_list(walk, page_key);
    if (!err)
        err = visit_feeds(walk, page_key);
    for (size_t i = 0; !err && i < posts.count; i++)
        err = visit(walk, live_post_path(arena, page_key, &posts.posts[i].id));
    return err;
}

static enum err visit_cards(struct walk *walk, struct str lang,
                            const struct article_list *list,
                            struct arena *arena)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < list->count; i++) {
        struct str page_key = site_path_article(
            arena, lang, list->cards[i].slug, id_str(&list->cards[i].id));
        err = visit_live(walk, &list->cards[i], page_key, arena);
        if (!err)
            err = visit(walk, site_path_item(arena, page_key));
    }
    return err;
}

static enum err visit_articles(struct walk *walk, struct str lang)
{
    struct article_cursor cursor = {.published_us = 0};
    struct article_list list = {.more = true};
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    while (list.more) {
        enum err err = failed(
            walk, article_list_latest(walk->db, lang,
                                      cursor.published_us ? &cursor : NULL,
                                      AT_ONCE, &arena, &list));
        if (!err)
            err = visit_cards(walk, lang, &list, &arena);
        if (err)
            return err;
        cursor = list.next;
        arena_reset(&arena);
    }
    return ERR_OK;
}

/* Parts of tags or people, as long as there are any. */
static enum err visit_sitemaps(struct walk *walk, struct str lang,
                               enum site_sitemap sitemap)
{
    for (int64_t part = 1;; part++) {
        struct site_print page;
        struct str page_key =
            site_path_sitemap(&walk->names, lang, sitemap, STR(""), part);
        enum err err = print(walk, page_key, &page);
        if (err || page.status != 200)
            return err;
        err = walk->every->on_page(walk->every->context, page_key, &page,
                                   walk->fault);
        bool has_parts =
            sitemap == SITE_SITEMAP_TAGS || sitemap == SITE_SITEMAP_AUTHORS;
        if (err || !has_parts)
            return err;
    }
}

/* The first channel's page is "tv". */
static enum err visit_channels(struct walk *walk, struct str lang)
{
    struct channel_list list;
    enum err err = failed(walk, channel_all(walk->db, &walk->names, &list));
    for (size_t i = 1; !err && i < list.count; i++)
        err = visit_in(walk, lang,
                       arena_printf(&walk->names, "tv/%" PRI_STR,
                                    ARG_STR(list.channels[i].name))
                           .ptr);
    return err;
}

static enum err visit_language(struct walk *walk, struct str lang)
{
    static const char *const pages[] = {
        "", "menu", "tv", "saved", "manifest.webmanifest", "404.html"};
    static const enum site_sitemap sitemaps[] = {
        SITE_SITEMAP_SECTIONS, SITE_SITEMAP_TAGS, SITE_SITEMAP_AUTHORS,
        SITE_SITEMAP_NEWS};
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < sizeof pages / sizeof *pages; i++)
        err = visit_in(walk, lang, pages[i]);
    for (int i = 0; !err && i < SITE_ICON_COUNT; i++)
        err = visit_in(walk, lang, site_icons[i].file.ptr);
    if (!err)
        err = visit_feeds(
            walk, arena_printf(&walk->names, "/%" PRI_STR "/", ARG_STR(lang)));
    if (!err)
        err = visit_channels(walk, lang);
    if (!err)
        err = visit_categories(walk, lang);
    if (!err)
        err = visit_tags(walk, lang);
    if (!err)
        err = visit_people(walk, lang);
    if (!err)
        err = visit_articles(walk, lang);
    for (size_t i = 0; !err && i < sizeof sitemaps / sizeof *sitemaps; i++)
        err = visit_sitemaps(walk, lang, sitemaps[i]);
    arena_reset(&walk->names);
    return err;
}

/* ---- Of the site -----------------------------------------------------------
 */

static enum err visit_files(struct walk *walk)
{
    static const struct str files[] = {
        STR_INIT("/"),           STR_INIT("/favicon.ico"),
        STR_INIT("/robots.txt"), STR_INIT("/sw.js"),
        STR_INIT("/llms.txt"),   STR_INIT("/404.html"),
        STR_INIT("/sitemap.xml")};
    struct look *look = site_hold_look(walk->site);
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < sizeof files / sizeof *files; i++) {
        struct site_print page;
        err = print(walk, files[i], &page);
        bool is_page = page.status != 404 || str_eq(files[i], STR("/404.html"));
        if (!err && is_page) /* without an address there is no sitemap */
            err = walk->every->on_page(walk->every->context, files[i], &page,
                                       walk->fault);
    }
    for (size_t i = 0; !err && i < look->assets.count; i++)
        err = visit(walk, look->assets.at[i].path);
    look_release(look);
    return err;
}

static enum err visit_chunks(struct walk *walk)
{
    struct sitemap_chunks list;
    enum err err = failed(walk, sitemap_chunks(walk->db, &walk->names, &list));
    for (size_t i = 0; !err && i < list.count; i++) {
        const struct sitemap_chunk *chunk = &list.chunks[i];
        struct site_print page;
        struct str page_key =
            site_path_sitemap(&walk->names, chunk->language,
                              SITE_SITEMAP_ARTICLES, chunk->month, chunk->part);
        err = print(walk, page_key, &page);
        if (!err && page.status == 200)
            err = walk->every->on_page(walk->every->context, page_key, &page,
                                       walk->fault);
    }
    arena_reset(&walk->names);
    return err;
}

static enum err visit_withdrawn(struct walk *walk)
{
    struct id before = {0};
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    for (bool more = true; more;) {
        struct article_rows rows;
        enum err err =
            failed(walk, article_list_all(walk->db, STR(""), ARTICLE_WITHDRAWN,
                                          &before, AT_ONCE, &arena, &rows));
        for (size_t i = 0; !err && i < rows.count; i++)
            err = visit(walk,
                        site_path_article(&arena, rows.rows[i].language,
                                          STR(""), id_str(&rows.rows[i].id)));
        if (err)
            return err;
        more = rows.more && rows.count;
        if (more)
            before = rows.rows[rows.count - 1].id;
        arena_reset(&arena);
    }
    return ERR_OK;
}

static enum err visit_all(struct walk *walk)
{
    struct language_list languages;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = failed(walk, language_list(walk->db, &arena, &languages));
    if (!err)
        err = visit_files(walk);
    for (size_t i = 0; !err && i < languages.count; i++)
        err = visit_language(walk, languages.languages[i].code);
    if (!err)
        err = visit_chunks(walk);
    return err ? err : visit_withdrawn(walk);
}

enum err site_every_page(struct site *site, struct db *reader,
                         const struct every_page *every, struct fault *fault)
{
    struct walk walk = {
        .site = site, .db = reader, .every = every, .fault = fault};
    arena_init(&walk.names, 0);
    arena_init(&walk.page, 0);
    enum err err = visit_all(&walk);
    arena_finish(&walk.names);
    arena_finish(&walk.page);
    return err;
}
