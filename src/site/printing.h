// SPDX-License-Identifier: Apache-2.0
/* site/printing.h: one page while it is printed: what every page needs, and
 * the steps that every printer takes:
 *
 *     printing_open      the language's settings, categories, words
 *     … the page's own part of p->data, its keys …
 *     printing_render    masthead, head, template, stylesheet
 */
#ifndef SITE_PRINTING_H
#define SITE_PRINTING_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "content/category.h"
#include "content/language.h"
#include "content/settings.h"
#include "site/change_keys.h"
#include "site/printer.h"
#include "site/site_path.h"

struct catalogue;
struct locale;
struct look;
struct medium;
struct site;
struct site_print;
struct value;

enum { PRINTING_LANGUAGES_MAX = 64 };

struct printing {
    struct site *site;
    const struct look *look;
    struct db *db;
    struct arena *arena;
    struct fault *fault;
    struct str page_key;
    struct site_path path;
    struct site_print *print;
    struct change_keys keys;

    /* From printing_open on. */
    struct str lang;
    const struct language *language;
    struct language_list languages;
    struct settings settings;
    struct category_list categories; /* the tree */
    const struct locale *locale;
    const struct locale *iso; /* English digits, the same zone */
    const struct catalogue *words;
    struct value *data;     /* what the template sees */
    struct value *page;     /* data.page */
    struct value *masthead; /* data.site */
    struct value *share;    /* data.page.og, from printing_share on */
    struct value *linked;   /* data.page.linked.@graph, see linked_data.h */

    /* What went wrong where nobody could be told; then it is not printed. */
    enum err failed;

    /* Where this page is in other languages; "" where it is not. Set by
     * printing_translated, by the language's place in languages. */
    struct str translations[PRINTING_LANGUAGES_MAX];
};

/* Loads what pages of a language share. ERR_NOT_FOUND when the newspaper does
 * not appear in it. */
MUST_USE enum err printing_open(struct printing *p, struct str lang);

/* Loads only the settings and the languages, for what is written without a
 * template: no change of sections, menus or theme touches it. lang "" is none.
 */
MUST_USE enum err printing_open_plain(struct printing *p, struct str lang);

/* As printing_open for lang, or, when that is not a language, the site's first.
 */
MUST_USE enum err printing_open_any(struct printing *p, struct str lang);

/* Says that this page is at url in lang. */
void printing_translated(struct printing *p, struct str lang, struct str url);

/* Says that it is the page of that name in every language: "menu". */
void printing_in_all_languages(struct printing *p, const char *name);

/* The page's title (the newspaper's name is added), and its address. */
void printing_title(struct printing *p, struct str title);
void printing_canonical(struct printing *p, struct str path);
/* What search engines and share cards say of it; without it, what the newspaper
 * says of itself. */
void printing_describe(struct printing *p, struct str description);

/* Where the open page hears of what happens after it was printed
 * (data.page.events): of the article, or, when it is NULL, of the front. */
MUST_USE enum err printing_events(struct printing *p, const struct id *article);

/* Offers the feeds of the page at path (data.page.feeds), in place of others
 * offered before. */
void printing_feeds(struct printing *p, struct str title, struct str path);

/* The preview that is shown where somebody shares the page (Open Graph):
 * og:type and title. Call after canonical. */
void printing_share(struct printing *p, const char *type, struct str title);

/* Its picture; nothing when medium is NULL or has no file for previews. */
void printing_share_picture(struct printing *p, const struct medium *medium,
                            struct str alt);

/* Its picture is a share card (share_card.h) at path. */
void printing_share_card(struct printing *p, struct str path, struct str alt);

/* The same of the first story of a list that has one. */
struct article_list;
void printing_share_list(struct printing *p, const struct article_list *list);

/* Where the list at path goes on behind before, in the site's own style. */
struct str printing_before(const struct printing *p, struct str path,
                           const struct article_cursor *before);

/* Whether it is printed for a folder of files (site_be_static). */
bool printing_is_static(const struct printing *p);

/* The site's address before path; path alone when no address is set. */
struct str printing_absolute(const struct printing *p, struct str path);

/* "/en/politics" */
struct str printing_path(const struct printing *p, const char *kind,
                         struct str name);

/* A time as {iso, text, short, day}: object.key. 0 makes it false. */
void printing_set_time(struct printing *p, struct value *object,
                       const char *key, int64_t time_us);

/* "2026-10-29" in the site's zone. */
struct str printing_iso_day(const struct printing *p, int64_t time_us);

/* Renders the template into print as a whole HTML page. */
MUST_USE enum err printing_render(struct printing *p, const char *template,
                                  int status);

/* Fills print with a redirect (301 or 302) to a path of this site. */
void printing_redirect(struct printing *p, int status, struct str location,
                       enum site_keeping keeping);

/* err with what the database said, unless fault is filled already. */
MUST_USE enum err printing_failed(struct printing *p, enum err err);

#endif
