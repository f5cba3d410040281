// SPDX-License-Identifier: Apache-2.0
/* site/site.h: the public site: its theme, its words, and how its pages are
 * printed (site/printer.h). Printing may be done by several threads at once,
 * also while the theme is loaded again. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/str.h"

struct content;
struct site;

/* folder holds the theme's overrides (templates, style.css, and messages in
 * messages/); NULL, or a folder that is not there, means the built-in theme.
 * Both are kept, not copied: they must outlive the site. An error in an
 * override names file and line. */
MUST_USE enum err site_create(struct content *content, const char *folder,
                              struct site **ret_site, struct fault *fault);

/* As site_create, for who serves readers: an error in an override does not keep
 * the paper from them. Until its folder changes, the built-in theme is shown in
 * place of all overrides, and *ret_error says why; its code is ERR_OK when all
 * is well. */
MUST_USE enum err site_create_anyhow(struct content *content,
                                     const char *folder, struct site **ret_site,
                                     struct fault *ret_error);
void site_destroy(struct site *site); /* accepts NULL */

/* From now on pages are printed for a folder that any web server can serve: a
 * list goes on at a path without a query (site_path_static), and what only this
 * program's server answers (the count of views) is not asked for; the header
 * lines of one page are those of all. Before the first page. */
void site_be_static(struct site *site);

/* From now on there are share cards, drawn by broadsheet-image, whose path
 * program is. Before the first page. */
MUST_USE enum err site_draw_cards(struct site *site, const char *program);

/* Looks whether a file of the overrides changed and loads them again if so;
 * after an error the theme before it stays in use. One thread at a time. */
MUST_USE enum err site_reload_theme(struct site *site, bool *ret_changed,
                                    struct fault *fault);

/* Whether the overrides as they are now have an error, and which. */
bool site_theme_error(struct site *site, struct fault *ret_error);

/* Tells what pages look like: another program or other overrides make another
 * edition, and a page printed under it is to be printed again. The same in
 * every process. */
uint64_t site_edition(const struct site *site);

#endif
