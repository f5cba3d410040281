// SPDX-License-Identifier: Apache-2.0
#include "site/masthead.h"

#include "base/time.h"
#include "content/menu.h"
#include "render/catalogue.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/alert_model.h"
#include "site/faces.h"
#include "site/look.h"
#include "site/printing.h"

static void set_fonts(struct printing *p)
{
    struct value *fonts = value_set_list(p->page, "fonts");
    const char *const *faces = faces_of(p->lang);
    for (size_t i = 0; i < FACES_MAX && faces[i]; i++) {
        const struct asset *asset =
            assets_find_name(&p->look->assets, str_from_c(faces[i]));
        if (!asset)
            continue;
        struct value *font = value_add_object(fonts);
        value_set_str(font, "url", asset->path);
        value_set_bool(font, "display",
                       str_ends_with(asset->name, STR("-display.woff2")));
    }
}

/* A link of the masthead, with whether the page is there or below. */
static struct value *set_link(struct printing *p, const char *key,
                              struct str url, enum site_page page)
{
    struct value *link = value_set_object(p->masthead, key);
    value_set_str(link, "url", url);
    value_set_bool(link, "current", p->path.page == page);
    return link;
}

/* "page" on the category's own page, "true" on what is below it. */
static struct str current_in(const struct printing *p, struct str path)
{
    struct str here = p->path.category;
    if (p->path.page != SITE_PAGE_CATEGORY || !str_starts_with(here, path))
        return STR("");
    if (here.len == path.len)
        return STR("page");
    return here.ptr[path.len] == '/' ? STR("true") : STR("");
}

static void add_section(struct printing *p, struct value *list, struct str name,
                        struct str path, struct str url)
{
    struct value *link = value_add_object(list);
    value_set_str(link, "name", name);
    value_set_str(link, "url", url);
    value_set_str(link, "current", path.len ? current_in(p, path) : STR(""));
}

/* From the menu of that name; ERR_NOT_FOUND when nobody made one. */
static enum err sections_of_menu(struct printing *p, struct str name,
                                 struct value *list)
{
    struct menu menu;
    enum err err = menu_load(p->db, p->lang, name, p->arena, &menu);
    if (err)
        return err;
    for (size_t i = 0; i < menu.count; i++) {
        const struct menu_item *item = &menu.items[i];
        bool is_category = id_is_set(&item->category);
        struct str url = is_category ? printing_path(p, "", item->category_path)
                                     : item->target;
        add_section(p, list, item->label, item->category_path, url);
    }
    return menu.count ? ERR_OK : ERR_NOT_FOUND;
}

/* The menu of that name, or else all sections: data.site.<name>. */
static enum err set_links(struct printing *p, const char *name)
{
    struct value *list = value_set_list(p->masthead, name);
    enum err err = sections_of_menu(p, str_from_c(name), list);
    if (err != ERR_NOT_FOUND)
        return err;
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *category = &p->categories.categories[i];
        if (category->depth == 0)
            add_section(p, list, category->name, category->path,
                        printing_path(p, "", category->path));
    }
    return ERR_OK;
}

enum err masthead_load(struct printing *p)
{
    struct value *site = p->masthead;
    value_set_str(site, "name", p->settings.name);
    value_set_str(site, "tagline", p->settings.tagline);
    value_set_str(site, "place", p->settings.place);
    value_set_str(site, "publisher",
                  p->settings.publisher.len ? p->settings.publisher
                                            : p->settings.name);
    value_set_str(site, "contact", p->settings.contact);
    value_set_str(site, "atom", printing_path(p, "atom.xml", STR("")));
    value_set_str(site, "rss", printing_path(p, "rss.xml", STR("")));
    value_set_str(site, "manifest",
                  printing_path(p, "manifest.webmanifest", STR("")));
    value_set_str(
        site, "icon",
        printing_path(p, site_icons[SITE_ICON_SMALL].file.ptr, STR("")));
    value_set_bool(site, "today", false);
    set_link(p, "saved", printing_path(p, "saved", STR("")), SITE_PAGE_SAVED);
    set_link(p, "home", printing_path(p, "", STR("")), SITE_PAGE_FRONT);
    set_link(p, "tv", printing_path(p, "tv", STR("")), SITE_PAGE_TV);
    value_set_str(set_link(p, "search", printing_path(p, "search", STR("")),
                           SITE_PAGE_SEARCH),
                  "suggest", printing_path(p, "suggest", STR("")));
    set_link(p, "menu", printing_path(p, "menu", STR("")), SITE_PAGE_MENU);
    set_fonts(p);
    printing_feeds(p, p->settings.name, printing_path(p, "", STR("")));
    enum err err = alert_show(p);
    if (!err)
        err = set_links(p, "sections");
    if (!err)
        err = set_links(p, "footer");
    return printing_failed(p, err);
}

void masthead_show_date(struct printing *p)
{
    int64_t now = time_now_us();
    struct value *today = value_set_object(p->masthead, "today");
    value_set_str(today, "iso", printing_iso_day(p, now));
    value_set_str(
        today, "text",
        locale_format_date(p->locale, now, LOCALE_DATE_FULL, p->arena));
    change_keys_add(&p->keys, STR("day"), STR(""));
}

/* A page of one language only is no alternate of anything. */
static void add_alternate(struct printing *p, struct value *alternates,
                          struct str lang, struct str url)
{
    struct value *alternate = value_add_object(alternates);
    value_set_str(alternate, "lang", lang);
    value_set_str(alternate, "url", printing_absolute(p, url));
}

/* For readers of no language of ours: the site's first one, if the page is in
 * it. */
static void add_default(struct printing *p, struct value *alternates)
{
    for (size_t i = 0; i < p->languages.count && i < PRINTING_LANGUAGES_MAX;
         i++) {
        if (p->translations[i].len &&
            str_eq(p->languages.languages[i].code, p->settings.language))
            add_alternate(p, alternates, STR("x-default"), p->translations[i]);
    }
}

static void add_language(struct printing *p, struct value *list, size_t index)
{
    const struct language *language = &p->languages.languages[index];
    struct str url =
        index < PRINTING_LANGUAGES_MAX ? p->translations[index] : STR("");
    struct value *link = value_add_object(list);
    value_set_str(link, "lang", language->code);
    value_set_str(link, "name", language->name);
    value_set_bool(link, "current", language == p->language);
    value_set_bool(link, "missing", false);
    if (!url.len) {
        struct catalogue_arg args[] = {
            CATALOGUE_STR("language", language->name)};
        value_set_str(link, "missing",
                      catalogue_format(p->words, p->locale,
                                       STR("language.none"), args, 1,
                                       p->arena));
        /* The front page shows that paragraph to who comes by this link. */
        url = arena_printf(p->arena, "/%" PRI_STR "/#untranslated",
                           ARG_STR(language->code));
    }
    value_set_str(link, "url", url);
}

void masthead_finish(struct printing *p)
{
    struct value *list = value_set_list(p->masthead, "languages");
    struct value *alternates = value_set_list(p->page, "alternates");
    size_t translated = 0;
    for (size_t i = 0; i < p->languages.count; i++) {
        add_language(p, list, i);
        translated += i < PRINTING_LANGUAGES_MAX && p->translations[i].len > 0;
    }
    value_set_bool(p->masthead, "multilingual", p->languages.count > 1);
    for (size_t i = 0;
         translated > 1 && i < p->languages.count && i < PRINTING_LANGUAGES_MAX;
         i++) {
        if (p->translations[i].len)
            add_alternate(p, alternates, p->languages.languages[i].code,
                          p->translations[i]);
    }
    if (translated > 1)
        add_default(p, alternates);
}
