// SPDX-License-Identifier: Apache-2.0
/* What a reader keeps on the own device: the page that lists it, which a script
 * fills, and the service worker that shows it when the network fails. */
#include "render/catalogue.h"
#include "render/value.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

enum err page_saved(struct printing *p)
{
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    printing_in_all_languages(p, "saved");
    printing_title(p, catalogue_text(p->words, STR("saved.name")));
    value_set_bool(p->page, "noindex", true);
    return printing_render(p, "saved", 200);
}

/* As "/" does: the first language; the list is of all. */
enum err page_my_saved(struct printing *p)
{
    enum err err = printing_open_any(p, STR(""));
    if (err)
        return err;
    printing_redirect(p, 302, printing_path(p, "saved", STR("")), SITE_KEPT);
    return ERR_OK;
}

/* Under one address for ever, and never from a cache: a browser must learn of
 * the next one. */
enum err page_worker(struct printing *p)
{
    const struct asset *worker =
        assets_find_name(&p->look->assets, STR("sw.js"));
    if (!worker)
        return ERR_NOT_FOUND;
    p->print->status = 200;
    p->print->content_type = worker->content_type;
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, worker->bytes);
    p->print->fields = p->look->worker_fields;
    change_keys_add(&p->keys, STR("theme"), STR(""));
    return ERR_OK;
}
