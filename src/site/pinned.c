// SPDX-License-Identifier: Apache-2.0
/* Which pages are always held ready. */
#include "content/article_list.h"
#include "content/category.h"
#include "content/language.h"
#include "site/printer.h"
#include "site/site_internal.h"
#include "site/site_path.h"
#include "store/db.h"

struct pinning {
    struct site *site;
    struct db *db;
    struct arena *arena;
    void (*visit)(void *context, struct str page_key);
    void *context;
};

static void visit_in(struct pinning *pinning, struct str lang, struct str path,
                     const char *file)
{
    pinning->visit(pinning->context,
                   arena_printf(pinning->arena, "/%" PRI_STR "/%" PRI_STR "%s",
                                ARG_STR(lang), ARG_STR(path), file));
}

static void visit_feeds(struct pinning *pinning, struct str lang,
                        struct str path)
{
    struct str home = arena_printf(pinning->arena, "/%" PRI_STR "/%" PRI_STR,
                                   ARG_STR(lang), ARG_STR(path));
    for (int i = 0; i < SITE_FEED_COUNT; i++)
        pinning->visit(pinning->context,
                       site_path_feed(pinning->arena, home, (enum site_feed)i));
}

static enum err pin_categories(struct pinning *pinning, struct str lang)
{
    struct category_list list;
    enum err err = category_tree(pinning->db, lang, pinning->arena, &list);
    for (size_t i = 0; !err && i < list.count; i++) {
        visit_in(pinning, lang, list.categories[i].path, "");
        visit_feeds(pinning, lang, list.categories[i].path);
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
            pinning->visit(pinning->context,
                           site_path_article(pinning->arena, lang, card->slug,
                                             id_str(&card->id)));
        }
        count -= list.count < count ? list.count : count;
        cursor = list.next;
    }
    return ERR_OK;
}

static enum err pin_language(struct pinning *pinning, struct str lang,
                             size_t newest_max)
{
    static const char *const files[] = {"", "menu", "tv"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        visit_in(pinning, lang, STR(""), files[i]);
    visit_feeds(pinning, lang, STR(""));
    enum err err = pin_categories(pinning, lang);
    return err ? err : pin_newest(pinning, lang, newest_max);
}

static void pin_files(struct pinning *pinning)
{
    const struct assets *assets = &pinning->site->assets;
    pinning->visit(pinning->context, STR("/"));
    pinning->visit(pinning->context, STR("/favicon.ico"));
    pinning->visit(pinning->context, STR("/robots.txt"));
    for (size_t i = 0; i < assets->count; i++)
        pinning->visit(pinning->context, assets->at[i].path);
}

/* Each language has its share of the newest articles. */
enum err site_pinned(struct site *site, struct db *reader, size_t newest_max,
                     struct arena *arena,
                     void (*visit)(void *context, struct str page_key),
                     void *context, struct fault *fault)
{
    struct pinning pinning = {site, reader, arena, visit, context};
    struct language_list languages;
    enum err err = language_list(reader, arena, &languages);
    pin_files(&pinning);
    for (size_t i = 0; !err && i < languages.count; i++)
        err = pin_language(&pinning, languages.languages[i].code,
                           newest_max / languages.count);
    return err ? db_fault(reader, err, fault) : ERR_OK;
}
