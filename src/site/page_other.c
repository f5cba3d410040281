// SPDX-License-Identifier: Apache-2.0
/* Small pages: menu, what is not there, redirects, files. */
#include "base/buf.h"
#include "content/menu.h"
#include "content/redirect.h"
#include "net/uri.h"
#include "render/catalogue.h"
#include "render/value.h"
#include "site/list_model.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

enum { OTHER_LATEST = 5 };

/* ---- Menu -------------------------------------------------------------------
 */

static struct value *add_entry(struct value *menu, struct str name,
                               struct str url)
{
    struct value *entry = value_add_object(menu);
    value_set_str(entry, "name", name);
    value_set_str(entry, "url", url);
    value_set_bool(entry, "has_children", false);
    value_set_list(entry, "children");
    return entry;
}

/* Sections, and all that is below each as one list. */
static void add_categories(struct printing *p, struct value *menu)
{
    struct value *entry = NULL, *children = NULL;
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *category = &p->categories.categories[i];
        struct str url = printing_path(p, "", category->path);
        if (category->depth == 0) {
            entry = add_entry(menu, category->name, url);
            children = value_set_list(entry, "children");
        } else if (entry) {
            struct value *child = value_add_object(children);
            value_set_str(child, "name", category->name);
            value_set_str(child, "url", url);
            value_set_bool(entry, "has_children", true);
        }
    }
}

static enum err set_menu(struct printing *p)
{
    struct menu made;
    struct value *menu = value_set_list(p->data, "menu");
    enum err err = menu_load(p->db, p->lang, STR("menu"), p->arena, &made);
    if (err)
        return printing_failed(p, err);
    for (size_t i = 0; i < made.count; i++) {
        const struct menu_item *item = &made.items[i];
        add_entry(menu, item->label,
                  id_is_set(&item->category)
                      ? printing_path(p, "", item->category_path)
                      : item->target);
    }
    if (made.count)
        return ERR_OK;
    add_entry(menu, catalogue_text(p->words, STR("home")),
              printing_path(p, "", STR("")));
    add_categories(p, menu);
    add_entry(menu, catalogue_text(p->words, STR("tv.live")),
              printing_path(p, "tv", STR("")));
    return ERR_OK;
}

enum err page_menu(struct printing *p)
{
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = set_menu(p);
    if (err)
        return err;
    printing_in_all_languages(p, "menu");
    printing_title(p, catalogue_text(p->words, STR("menu.name")));
    return printing_render(p, "menu", 200);
}

/* ---- What is not there ------------------------------------------------------
 */

static struct str path_without_query(const struct printing *p)
{
    ptrdiff_t mark = str_find_char(p->page_key, '?');
    return mark < 0 ? p->page_key : str_slice(p->page_key, 0, (size_t)mark);
}

enum err page_not_found(struct printing *p)
{
    struct str target;
    enum err err =
        redirect_find(p->db, path_without_query(p), p->arena, &target);
    if (!err) {
        printing_redirect(p, 301, target, SITE_NOT_KEPT);
        return ERR_OK;
    }
    if (err != ERR_NOT_FOUND)
        return printing_failed(p, err);
    err = printing_open_any(p, p->path.lang);
    if (!err)
        err = list_set_latest(p, OTHER_LATEST);
    if (err)
        return err;
    value_set_bool(p->page, "noindex", true);
    printing_title(p, catalogue_text(p->words, STR("not_found.title")));
    p->print->keeping = SITE_NOT_KEPT;
    return printing_render(p, "not-found", 404);
}

/* ---- Redirects --------------------------------------------------------------
 */

enum err page_root(struct printing *p)
{
    enum err err = printing_open_any(p, STR(""));
    if (err)
        return err;
    printing_redirect(p, 302, printing_path(p, "", STR("")), SITE_KEPT);
    return ERR_OK;
}

static struct str as_location(const struct printing *p, struct str path)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, 3 * URI_PATH_BYTES_MAX);
    uri_write_path(&text, path);
    return arena_copy(p->arena, buf_str(&text));
}

/* Without the query that means nothing, or else with the slash set right: only
 * within a language that is one, so that nobody is led off the site. */
enum err page_slash(struct printing *p)
{
    struct str path = path_without_query(p);
    if (path.len < p->page_key.len) {
        printing_redirect(p, 301, as_location(p, path), SITE_NOT_KEPT);
        return ERR_OK;
    }
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    path = str_ends_with(path, STR("/"))
               ? str_slice(path, 0, path.len - 1)
               : arena_concat(p->arena, path, STR("/"));
    printing_redirect(p, 301, as_location(p, path), SITE_NOT_KEPT);
    return ERR_OK;
}

/* ---- Files ------------------------------------------------------------------
 */

static enum err give_file(struct printing *p, const struct asset *asset)
{
    if (!asset)
        return ERR_NOT_FOUND;
    p->print->status = 200;
    p->print->content_type = asset->content_type;
    p->print->body = arena_copy(p->arena, asset->bytes);
    if (asset->gzip.len)
        p->print->gzip = arena_copy(p->arena, asset->gzip);
    if (asset->br.len)
        p->print->br = arena_copy(p->arena, asset->br);
    p->print->packed = asset->is_packed;
    p->print->fields = p->look->asset_fields;
    p->print->asset = true;
    return ERR_OK;
}

enum err page_asset(struct printing *p)
{
    p->print->cache_control = STR("public, max-age=31536000, immutable");
    return give_file(p,
                     assets_find_path(&p->look->assets, path_without_query(p)));
}

enum err page_favicon(struct printing *p)
{
    p->print->cache_control = STR("public, max-age=86400");
    return give_file(p, assets_find_name(&p->look->assets, STR("favicon.ico")));
}
