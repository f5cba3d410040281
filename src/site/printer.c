// SPDX-License-Identifier: Apache-2.0
#include "site/printer.h"

#include <assert.h>

#include "content/article_list.h"
#include "site/pages.h"
#include "site/printing.h"
#include "site/site_internal.h"

/* Every kind of page and who prints it. */
static enum err (*const printers[SITE_PAGE_COUNT])(struct printing *) = {
    [SITE_PAGE_UNKNOWN] = page_not_found,
    [SITE_PAGE_ROOT] = page_root,
    [SITE_PAGE_FRONT] = page_front,
    [SITE_PAGE_CATEGORY] = page_category,
    [SITE_PAGE_ARTICLE] = page_article,
    [SITE_PAGE_ITEM] = page_item,
    [SITE_PAGE_POSTS] = page_posts,
    [SITE_PAGE_TAG] = page_tag,
    [SITE_PAGE_AUTHOR] = page_author,
    [SITE_PAGE_SEARCH] = page_search,
    [SITE_PAGE_SUGGEST] = page_suggest,
    [SITE_PAGE_MENU] = page_menu,
    [SITE_PAGE_TV] = page_tv,
    [SITE_PAGE_PROGRAMME] = page_programme,
    [SITE_PAGE_FEED] = page_feed,
    [SITE_PAGE_ASSET] = page_asset,
    [SITE_PAGE_FAVICON] = page_favicon,
    [SITE_PAGE_ROBOTS] = page_robots,
    [SITE_PAGE_SITEMAPS] = page_sitemaps,
    [SITE_PAGE_SITEMAP] = page_sitemap,
    [SITE_PAGE_NOW] = page_now,
    [SITE_PAGE_SINCE] = page_since,
    [SITE_PAGE_SLASH] = page_slash,
    [SITE_PAGE_SAVED] = page_saved,
    [SITE_PAGE_MY_SAVED] = page_my_saved,
    [SITE_PAGE_MANIFEST] = page_manifest,
    [SITE_PAGE_EMBED] = page_embed,
    [SITE_PAGE_OEMBED] = page_oembed,
    [SITE_PAGE_LLMS] = page_llms,
    [SITE_PAGE_ICON] = page_icon,
    [SITE_PAGE_WORKER] = page_worker,
    [SITE_PAGE_CARD] = page_card,
};

enum err site_print(struct site *site, struct db *reader, struct str page_key,
                    struct arena *arena, struct site_print *ret_print,
                    struct fault *fault)
{
    assert(site);
    assert(reader);
    struct look *look = site_hold_look(site);
    struct site_print print = {.status = 0};
    struct printing *p = arena_new(arena, struct printing);
    *p = (struct printing){
        .site = site,
        .look = look,
        .db = reader,
        .arena = arena,
        .fault = fault,
        .page_key = page_key,
        .path = site_path_parse(page_key),
        .print = &print,
        .keys = {.arena = arena},
    };
    enum err err = printers[p->path.page](p);
    if (err == ERR_NOT_FOUND)
        err = page_not_found(p);
    print.fields = arena_copy(arena, print.fields);
    look_release(look);
    if (err)
        return err;
    print.keys = p->keys.at;
    print.key_count = p->keys.count;
    *ret_print = print;
    return ERR_OK;
}

struct str site_header_fields(const struct site *site,
                              const struct site_print *print)
{
    (void)site; /* the policy is that of the look the page was printed in */
    return print->fields;
}

enum err site_article_page(struct site *site, struct db *reader, struct str id,
                           struct arena *arena, struct str *ret_page_key)
{
    (void)site;
    struct id parsed;
    struct article_card card;
    if (id_parse(id, &parsed))
        return ERR_NOT_FOUND;
    enum err err = article_card_load(reader, &parsed, arena, &card);
    if (!err)
        *ret_page_key = site_path_article(arena, card.language, card.slug, id);
    return err;
}
