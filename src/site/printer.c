// SPDX-License-Identifier: Apache-2.0
#include "site/printer.h"

#include <assert.h>

#include "content/article_list.h"
#include "site/pages.h"
#include "site/printing.h"
#include "site/site_internal.h"

static enum err (*const printers[SITE_PAGE_COUNT])(struct printing *) = {
#define X(kind, printer, alone, word, has) [SITE_PAGE_##kind] = page_##printer,
    SITE_PAGES(X)
#undef X
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
    err = err ? err : p->failed;
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
