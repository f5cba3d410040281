// SPDX-License-Identifier: Apache-2.0
/* What changed in a live blog after a number of it:
 * /en/article/…/posts?after=7. Open pages ask for it again and again; those who
 * have read as far as others get the same page, which stays with the edge until
 * something changes. */
#include "render/value.h"
#include "site/live_model.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

static enum err print_changes(struct printing *p, const struct article *article,
                              struct str path)
{
    struct live_page page;
    bool all = true;
    enum err err = live_page_load_since(p, article, p->path.after, &page, &all);
    if (err)
        return printing_failed(p, err);
    live_page_set(p, article, &page, path);
    value_set_bool(p->data, "reload", !all);
    printing_title(p, article->content.headline);
    /* Nobody ever read that far here: one page for it is enough. */
    if (p->path.after > page.blog.seq)
        p->print->keeping = SITE_NOT_KEPT;
    return printing_render(p, "live-changes", 200);
}

enum err page_posts(struct printing *p)
{
    struct article article;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    if (err && err != ERR_GONE)
        return printing_failed(p, err);
    change_keys_add(&p->keys, STR("article:"), id_str(&p->path.id));
    if (err == ERR_GONE)
        return page_gone(p, &article);
    const struct article_content *content = &article.content;
    struct str path = site_path_article(p->arena, content->language,
                                        content->slug, id_str(&article.id));
    struct str own = site_path_after(p->arena, site_path_posts(p->arena, path),
                                     p->path.after);
    if (!str_eq(p->page_key, own)) {
        printing_redirect(p, 301, own, SITE_NOT_KEPT);
        return ERR_OK;
    }
    err = printing_open(p, content->language);
    return err ? err : print_changes(p, &article, path);
}
