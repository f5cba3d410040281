// SPDX-License-Identifier: Apache-2.0
/* Which pages are always held ready. */
#include "base/time.h"
#include "content/article_list.h"
#include "content/category.h"
#include "content/channel.h"
#include "content/language.h"
#include "content/settings.h"
#include "content/sitemap.h"
#include "site/printer.h"
#include "site/site_internal.h"
#include "site/site_path.h"
#include "store/db.h"

enum {
    SITEMAP_QUIET_MINUTES = 10,
    SITEMAP_ARTICLE_BYTES = 128, /* about, compressed */
};

struct pinning {
    struct site *site;
    struct db *db;
    struct arena *arena;
    void (*on_page)(void *context, struct str page_key, bool bulk);
    void *context;
};

static void pin(struct pinning *pinning, struct str page_key)
{
    pinning->on_page(pinning->context, page_key, false);
}

static void pin_in(struct pinning *pinning, struct str lang, struct str path,
                   const char *file)
{
    pin(pinning, arena_printf(pinning->arena, "/%" PRI_STR "/%" PRI_STR "%s",
                              ARG_STR(lang), ARG_STR(path), file));
}

static void pin_feeds(struct pinning *pinning, struct str lang, struct str path)
{
    struct str home = arena_printf(pinning->arena, "/%" PRI_STR "/%" PRI_STR,
                                   ARG_STR(lang), ARG_STR(path));
    for (int i = 0; i < SITE_FEED_COUNT; i++)
        pin(pinning, site_path_feed(pinning->arena, home, (enum site_feed)i));
}

static enum err pin_categories(struct pinning *pinning, struct str lang)
{
    struct category_list list;
    enum err err = category_tree(pinning->db, lang, pinning->arena, &list);
    for (size_t i = 0; !err && i < list.count; i++) {
        pin_in(pinning, lang, list.categories[i].path, "");
        pin_feeds(pinning, lang, list.categories[i].path);
    }
    return err;
}

static enum err pin_newest(struct pinning *pinning, struct str lang,
                           size_t count)
{
    struct article_cursor cursor = {.published_us = 0};
    struct article_list list = {.more = true};
    while (count > 0 && list.more) {
        enum err err = article_list_latest(pinning->db, lang,
                                           cursor.published_us ? &cursor : NULL,
                                           count, pinning->arena, &list);
        if (err)
            return err;
        for (size_t i = 0; i < list.count; i++) {
            const struct article_card *card = &list.cards[i];
            pin(pinning, site_path_article(pinning->arena, lang, card->slug,
                                           id_str(&card->id)));
        }
        count -= list.count < count ? list.count : count;
        cursor = list.next;
    }
    return ERR_OK;
}

/* Behind the first, which is the page "tv". */
static enum err pin_channels(struct pinning *pinning, struct str lang)
{
    struct channel_list list;
    enum err err = channel_all(pinning->db, pinning->arena, &list);
    for (size_t i = 1; !err && i < list.count; i++)
        pin_in(pinning, lang, STR("tv/"),
               arena_c_string(pinning->arena, list.channels[i].name));
    return err;
}

static enum err pin_language(struct pinning *pinning, struct str lang,
                             size_t newest_max)
{
    static const char *const files[] = {"", "menu", "tv", "saved",
                                        "manifest.webmanifest"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        pin_in(pinning, lang, STR(""), files[i]);
    pin_feeds(pinning, lang, STR(""));
    enum err err = pin_channels(pinning, lang);
    if (!err)
        err = pin_categories(pinning, lang);
    return err ? err : pin_newest(pinning, lang, newest_max);
}

static void pin_files(struct pinning *pinning)
{
    struct look *look = site_hold_look(pinning->site);
    pin(pinning, STR("/"));
    pin(pinning, STR("/favicon.ico"));
    pin(pinning, STR("/robots.txt"));
    pin(pinning, STR("/sw.js"));
    for (size_t i = 0; i < look->assets.count; i++)
        pin(pinning, look->assets.at[i].path);
    look_release(look);
}

/* ---- Sitemaps ---------------------------------------------------------------
 */

static void pin_bulk(struct pinning *pinning, struct str page_key)
{
    pinning->on_page(pinning->context, page_key, true);
}

/* The newest first, as far as there is room. One that changes every few minutes
 * would be printed for nobody: it is printed when somebody comes. */
static enum err pin_chunks(struct pinning *pinning, size_t bytes_max)
{
    struct sitemap_chunks list;
    int64_t quiet_us =
        time_now_us() - SITEMAP_QUIET_MINUTES * 60 * TIME_US_PER_SECOND;
    size_t bytes = 0;
    enum err err = sitemap_chunks(pinning->db, pinning->arena, &list);
    for (size_t i = err ? 0 : list.count; i-- > 0;) {
        const struct sitemap_chunk *chunk = &list.chunks[i];
        bytes += (size_t)chunk->articles * SITEMAP_ARTICLE_BYTES;
        if (chunk->changed_us < quiet_us && bytes <= bytes_max)
            pin_bulk(pinning, site_path_sitemap(pinning->arena, chunk->language,
                                                SITE_SITEMAP_ARTICLES,
                                                chunk->month, chunk->part));
    }
    return err;
}

/* The first part of tags or people; further ones are printed when somebody
 * comes. */
static enum err pin_names(struct pinning *pinning, struct str lang,
                          enum site_sitemap sitemap)
{
    struct sitemap_part part = {1, SITEMAP_NAMES, 1};
    struct sitemap_slugs list;
    enum err err =
        sitemap == SITE_SITEMAP_TAGS
            ? sitemap_tags(pinning->db, lang, &part, pinning->arena, &list)
            : sitemap_authors(pinning->db, lang, &part, pinning->arena, &list);
    if (!err && list.count)
        pin_bulk(pinning,
                 site_path_sitemap(pinning->arena, lang, sitemap, STR(""), 1));
    return err;
}

static enum err pin_sitemaps(struct pinning *pinning,
                             const struct language_list *languages,
                             size_t bytes_max)
{
    struct settings settings;
    enum err err =
        settings_load(pinning->db, STR(""), pinning->arena, &settings);
    if (err || !settings.address.len)
        return err;
    pin_bulk(pinning, STR("/sitemap.xml"));
    for (size_t i = 0; !err && i < languages->count; i++) {
        struct str lang = languages->languages[i].code;
        pin_bulk(pinning, site_path_sitemap(pinning->arena, lang,
                                            SITE_SITEMAP_NEWS, STR(""), 1));
        pin_bulk(pinning, site_path_sitemap(pinning->arena, lang,
                                            SITE_SITEMAP_SECTIONS, STR(""), 1));
        err = pin_names(pinning, lang, SITE_SITEMAP_TAGS);
        if (!err)
            err = pin_names(pinning, lang, SITE_SITEMAP_AUTHORS);
    }
    return err ? err : pin_chunks(pinning, bytes_max);
}

/* Each language has its share of the newest articles. */
enum err site_pinned(struct site *site, struct db *reader,
                     const struct site_pin_limits *limits, struct arena *arena,
                     void (*on_page)(void *context, struct str page_key,
                                     bool bulk),
                     void *context, struct fault *fault)
{
    struct pinning pinning = {site, reader, arena, on_page, context};
    struct language_list languages;
    enum err err = language_list(reader, arena, &languages);
    pin_files(&pinning);
    for (size_t i = 0; !err && i < languages.count; i++)
        err = pin_language(&pinning, languages.languages[i].code,
                           limits->newest / languages.count);
    if (!err)
        err = pin_sitemaps(&pinning, &languages, limits->sitemap_bytes);
    return err ? db_fault(reader, err, fault) : ERR_OK;
}
