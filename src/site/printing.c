// SPDX-License-Identifier: Apache-2.0
#include "site/printing.h"

#include "base/time.h"
#include "content/change.h"
#include "render/catalogue.h"
#include "render/image_wire.h"
#include "render/locale.h"
#include "render/template.h"
#include "render/value.h"
#include "site/look.h"
#include "site/masthead.h"
#include "site/printer.h"
#include "site/site_internal.h"
#include "site/story_model.h"
#include "store/db.h"

/* ---- What pages share -------------------------------------------------------
 */

static const struct language *find_language(const struct printing *p,
                                            struct str lang)
{
    for (size_t i = 0; i < p->languages.count; i++) {
        if (str_eq(p->languages.languages[i].code, lang))
            return &p->languages.languages[i];
    }
    return NULL;
}

static enum err load_shared(struct printing *p)
{
    enum err err = settings_load(p->db, p->lang, p->arena, &p->settings);
    if (!err)
        err = category_tree(p->db, p->lang, p->arena, &p->categories);
    if (err)
        return printing_failed(p, err);
    struct locales *locales = p->site->locales;
    err = locales_get(locales, p->lang, p->settings.zone, &p->locale, p->fault);
    if (!err)
        err = locales_get(locales, STR("en"), p->settings.zone, &p->iso,
                          p->fault);
    return err;
}

static void depend_on_shared(struct printing *p)
{
    change_keys_add(&p->keys, STR("settings"), STR(""));
    change_keys_add(&p->keys, STR("languages"), STR(""));
    change_keys_add(&p->keys, STR("categories"), STR(""));
    change_keys_add(&p->keys, STR("theme"), STR(""));
    change_keys_add(&p->keys, STR("menu:"), p->lang);
}

static enum err load_languages(struct printing *p)
{
    if (p->languages.count)
        return ERR_OK;
    return printing_failed(p, language_list(p->db, p->arena, &p->languages));
}

static void set_colours(struct printing *p)
{
    const struct look_colours *colours = &p->look->colours;
    struct value *object = value_set_object(p->page, "colours");
    value_set_c(object, "paper", colours->paper);
    value_set_c(object, "dark_paper", colours->dark_paper);
}

enum err printing_open(struct printing *p, struct str lang)
{
    enum err err = load_languages(p);
    if (err)
        return err;
    p->language = find_language(p, lang);
    if (!p->language)
        return ERR_NOT_FOUND;
    p->lang = p->language->code;
    err = load_shared(p);
    if (err)
        return err;
    depend_on_shared(p);
    memset(p->translations, 0, sizeof p->translations);
    p->share = p->linked = NULL;
    p->words = catalogues_get(p->look->catalogues, p->lang);
    p->data = value_object(p->arena);
    value_set(p->data, "t", catalogue_value(p->words));
    value_set(p->data, "assets", p->look->assets.value);
    p->page = value_set_object(p->data, "page");
    p->masthead = value_set_object(p->data, "site");
    value_set_str(p->page, "lang", p->lang);
    value_set_bool(p->page, "static", p->site->is_static);
    printing_describe(p, p->settings.description);
    value_set_str(p->page, "events",
                  p->site->is_static
                      ? STR("")
                      : arena_concat(p->arena, STR("/events/"), p->lang));
    value_set_c(p->page, "dir", p->language->rtl ? "rtl" : "ltr");
    set_colours(p);
    return masthead_load(p);
}

enum err printing_open_plain(struct printing *p, struct str lang)
{
    enum err err = load_languages(p);
    if (err)
        return err;
    p->language = find_language(p, lang);
    if (lang.len && !p->language)
        return ERR_NOT_FOUND;
    p->lang = lang;
    change_keys_add(&p->keys, STR("settings"), STR(""));
    change_keys_add(&p->keys, STR("languages"), STR(""));
    return printing_failed(p,
                           settings_load(p->db, lang, p->arena, &p->settings));
}

enum err printing_open_any(struct printing *p, struct str lang)
{
    enum err err = printing_open(p, lang);
    if (err != ERR_NOT_FOUND)
        return err;
    err = settings_load(p->db, STR(""), p->arena, &p->settings);
    if (err)
        return printing_failed(p, err);
    err = printing_open(p, p->settings.language);
    if (err == ERR_NOT_FOUND)
        return fault_set(p->fault, ERR_CORRUPT, "language",
                         "the site's first language \"%" PRI_STR
                         "\" is not one of its languages; set another",
                         ARG_STR(p->settings.language));
    return err;
}

enum err printing_failed(struct printing *p, enum err err)
{
    return err ? db_fault(p->db, err, p->fault) : ERR_OK;
}

/* ---- Addresses --------------------------------------------------------------
 */

struct str printing_absolute(const struct printing *p, struct str path)
{
    return arena_concat(p->arena, p->settings.address, path);
}

struct str printing_path(const struct printing *p, const char *kind,
                         struct str name)
{
    return arena_printf(p->arena, "/%" PRI_STR "/%s%" PRI_STR, ARG_STR(p->lang),
                        kind, ARG_STR(name));
}

bool printing_is_static(const struct printing *p)
{
    return p->site->is_static;
}

struct str printing_before(const struct printing *p, struct str path,
                           const struct article_cursor *before)
{
    struct str page_key = site_path_before(p->arena, path, before);
    return p->site->is_static ? site_path_static(p->arena, page_key) : page_key;
}

void printing_translated(struct printing *p, struct str lang, struct str url)
{
    const struct language *language = find_language(p, lang);
    if (!language)
        return;
    size_t index = (size_t)(language - p->languages.languages);
    if (index < PRINTING_LANGUAGES_MAX)
        p->translations[index] = url;
}

void printing_in_all_languages(struct printing *p, const char *name)
{
    for (size_t i = 0; i < p->languages.count; i++) {
        struct str code = p->languages.languages[i].code;
        printing_translated(
            p, code,
            arena_printf(p->arena, "/%" PRI_STR "/%s", ARG_STR(code), name));
    }
    printing_canonical(p, printing_path(p, name, STR("")));
}

enum err printing_events(struct printing *p, const struct id *article)
{
    int64_t seq = 0;
    if (p->site->is_static)
        return ERR_OK;
    enum err err = change_last_seq(p->db, &seq);
    if (err)
        return printing_failed(p, err);
    struct str of_article =
        article ? arena_printf(p->arena, "article=%s&", article->text)
                : STR("");
    value_set_str(
        p->page, "events",
        arena_printf(p->arena, "/events/%" PRI_STR "?%" PRI_STR "since=%lld",
                     ARG_STR(p->lang), ARG_STR(of_article), (long long)seq));
    return ERR_OK;
}

/* ---- The head ---------------------------------------------------------------
 */

void printing_title(struct printing *p, struct str title)
{
    struct str name = p->settings.name;
    value_set_str(p->page, "title",
                  str_eq(title, name)
                      ? name
                      : arena_printf(p->arena, "%" PRI_STR " · %" PRI_STR,
                                     ARG_STR(title), ARG_STR(name)));
}

void printing_canonical(struct printing *p, struct str path)
{
    value_set_str(p->page, "canonical", printing_absolute(p, path));
}

void printing_describe(struct printing *p, struct str description)
{
    value_set_str(p->page, "description", description);
}

void printing_feeds(struct printing *p, struct str title, struct str path)
{
    struct value *feeds = value_set_list(p->page, "feeds");
    for (int i = 0; i < SITE_FEED_COUNT; i++) {
        struct value *feed = value_add_object(feeds);
        value_set_str(feed, "type", site_feeds[i].type);
        value_set_str(feed, "title", title);
        value_set_str(feed, "url",
                      site_path_feed(p->arena, path, (enum site_feed)i));
    }
}

static void set_locales(struct printing *p)
{
    struct value *og = p->share;
    struct value *others = value_set_list(og, "locales");
    for (size_t i = 0; i < p->languages.count; i++) {
        const struct language *language = &p->languages.languages[i];
        struct str locale = language_with_territory(language->code, p->arena);
        if (language == p->language)
            value_set_str(og, "locale", locale);
        else if (i < PRINTING_LANGUAGES_MAX && p->translations[i].len)
            value_add_str(others, locale);
    }
}

void printing_share(struct printing *p, const char *type, struct str title)
{
    struct value *og = p->share = value_set_object(p->page, "og");
    value_set_c(og, "type", type);
    value_set_str(og, "title", title);
    value_set_str(og, "url", value_text(value_get(p->page, STR("canonical"))));
    value_set_bool(og, "image", false);
    value_set_bool(og, "article", false);
}

void printing_share_card(struct printing *p, struct str path, struct str alt)
{
    struct value *image = value_set_object(p->share, "image");
    value_set_str(image, "url", printing_absolute(p, path));
    value_set_c(image, "type", "image/jpeg");
    value_set_int(image, "width", IMAGE_CARD_WIDTH);
    value_set_int(image, "height", IMAGE_CARD_HEIGHT);
    value_set_str(image, "alt", alt);
}

void printing_share_picture(struct printing *p, const struct medium *medium,
                            struct str alt)
{
    const struct rendition *file = story_preview(medium);
    if (!file)
        return;
    struct value *image = value_set_object(p->share, "image");
    value_set_str(image, "url",
                  printing_absolute(p, story_file_path(p->arena, file)));
    value_set_str(image, "type", file->mime);
    value_set_int(image, "width", file->height ? file->width : 0);
    value_set_int(image, "height", file->width ? file->height : 0);
    value_set_str(image, "alt", alt.len ? alt : medium->alt);
}

void printing_share_list(struct printing *p, const struct article_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct article_card *card = &list->cards[i];
        if (!story_preview(card->picture))
            continue;
        printing_share_picture(p, card->picture, card->picture_alt);
        return;
    }
}

/* ---- Times ------------------------------------------------------------------
 */

struct str printing_iso_day(const struct printing *p, int64_t time_us)
{
    struct str text = STR("");
    if (locale_format_pattern(p->iso, time_us, STR("yyyy-MM-dd"), p->arena,
                              &text))
        return STR("");
    return text;
}

void printing_set_time(struct printing *p, struct value *object,
                       const char *key, int64_t time_us)
{
    if (time_us == 0) {
        value_set_bool(object, key, false);
        return;
    }
    char iso[TIME_RFC3339_BYTES];
    struct str text;
    /* Below a second no page shows anything, and nothing compresses it. */
    time_format_rfc3339(time_us - time_us % TIME_US_PER_SECOND, iso);
    struct value *time = value_set_object(object, key);
    value_set_str(time, "iso", arena_copy(p->arena, str_from_c(iso)));
    if (locale_format_pattern(p->locale, time_us, p->settings.date_pattern,
                              p->arena, &text))
        text = locale_format_date(p->locale, time_us, LOCALE_DATE_MEDIUM,
                                  p->arena);
    value_set_str(time, "text", text);
    value_set_str(
        time, "short",
        locale_format_date(p->locale, time_us, LOCALE_TIME_SHORT, p->arena));
}

/* ---- The page ---------------------------------------------------------------
 */

/* html with its style before the end of its head. */
static struct str with_style(struct printing *p, struct str style,
                             struct str html)
{
    ptrdiff_t at = str_find(html, STR("</head>"));
    if (at < 0)
        return arena_copy(p->arena, html);
    char *page = arena_alloc(p->arena, html.len + style.len + 1, 1);
    memcpy(page, html.ptr, (size_t)at);
    memcpy(page + at, style.ptr, style.len);
    memcpy(page + at + style.len, html.ptr + at, html.len - (size_t)at);
    return str_of(page, html.len + style.len);
}

enum err printing_render(struct printing *p, const char *template, int status)
{
    masthead_finish(p);
    if (p->share)
        set_locales(p);
    DEFER(buf_finish) struct buf html;
    buf_init(&html, SITE_BODY_BYTES_MAX);
    enum err err = template_render(p->look->theme, str_from_c(template),
                                   p->data, &html, p->fault);
    if (err)
        return err;
    p->print->status = status;
    p->print->content_type = STR("text/html; charset=utf-8");
    const struct look_sheet *sheet = look_sheet(p->look, str_from_c(template));
    p->print->body = with_style(p, sheet->style, buf_str(&html));
    p->print->cache_control = STR("no-cache");
    p->print->fields =
        p->site->is_static ? p->look->folder_fields : sheet->page_fields;
    return ERR_OK;
}

void printing_redirect(struct printing *p, int status, struct str location,
                       enum site_keeping keeping)
{
    p->print->status = status;
    p->print->location = location;
    p->print->cache_control = STR("no-cache");
    p->print->keeping = keeping;
}
