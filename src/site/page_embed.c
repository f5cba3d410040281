// SPDX-License-Identifier: Apache-2.0
/* An article as a card that pages of others may show in a frame. Its policy
 * lets any page hold it, and lets it do nothing but link here. */
#include "content/article_list.h"
#include "render/catalogue.h"
#include "render/value.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

static enum err render(struct printing *p, int status)
{
    value_set_bool(p->page, "noindex", true);
    enum err err = printing_render(p, "embed", status);
    p->print->fields = look_sheet(p->look, STR("embed"))->embed_fields;
    return err;
}

/* Not even the headline stays, as on its page. */
static enum err answer_gone(struct printing *p, const struct article *article)
{
    struct str target = article->withdrawn_target;
    struct site_path path = site_path_parse(target);
    if (path.page == SITE_PAGE_ARTICLE) {
        printing_redirect(p, 301, site_path_embed(p->arena, target), SITE_KEPT);
        return ERR_OK;
    }
    enum err err = printing_open_any(p, article->content.language);
    if (err)
        return err;
    struct str title =
        catalogue_text(p->words, article->expired ? STR("gone.expired_title")
                                                  : STR("gone.title"));
    value_set_bool(p->data, "story", false);
    value_set_str(p->data, "gone", title);
    printing_title(p, title);
    return render(p, 410);
}

enum err page_embed(struct printing *p)
{
    struct article article;
    struct article_card card;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    if (err && err != ERR_GONE)
        return printing_failed(p, err);
    change_keys_add(&p->keys, STR("article:"), id_str(&p->path.id));
    if (err == ERR_GONE)
        return answer_gone(p, &article);
    struct str path =
        site_path_article(p->arena, article.content.language,
                          article.content.slug, id_str(&article.id));
    struct str own = site_path_embed(p->arena, path);
    if (!str_eq(p->page_key, own)) {
        printing_redirect(p, 301, own, SITE_NOT_KEPT);
        return ERR_OK;
    }
    err = printing_failed(
        p, article_card_load(p->db, &p->path.id, p->arena, &card));
    if (!err)
        err = printing_open(p, card.language);
    if (err)
        return err;
    story_fill(p, value_set_object(p->data, "story"), &card, STORY_MAJOR,
               STORY_KICKER | STORY_EAGER);
    value_set_bool(p->data, "gone", false);
    printing_title(p, card.headline);
    printing_canonical(p, path);
    return render(p, 200);
}
