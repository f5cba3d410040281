// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "content/article_list.h"
#include "content/content.h"
#include "content/media.h"
#include "content/picture.h"
#include "site/faces.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/share_card.h"
#include "site/site_internal.h"

/* Other cards by another version of the drawing get other names. */
#define DRAWN_AS "1"

enum { WEIGHT = 700, WEIGHT_LATIN = 600 };

/* ---- Its name --------------------------------------------------------------
 */

static struct str kicker_of(const struct article *article)
{
    if (article->content.kicker.len)
        return article->content.kicker;
    return article->category_count ? article->categories[0].name : STR("");
}

/* The host, as people know the newspaper. */
static struct str foot_of(const struct printing *p)
{
    struct str address = p->settings.address;
    ptrdiff_t scheme = str_find(address, STR("://"));
    return str_from(address, scheme < 0 ? 0 : (size_t)scheme + 3);
}

static void add_part(struct digest *digest, struct str part)
{
    digest_add(digest, part);
    digest_add(digest, STR("\n"));
}

/* Of everything that is to be seen on it. */
static struct str name_of(struct printing *p, const struct article *article)
{
    const struct medium *picture = article->picture;
    const struct look_colours *colours = &p->look->colours;
    char hex[DIGEST_HEX_BYTES];
    DEFER(digest_end) struct digest digest = {0};
    digest_begin(&digest);
    add_part(&digest, STR(DRAWN_AS));
    add_part(&digest, article->content.language);
    add_part(&digest, article->content.headline);
    add_part(&digest, kicker_of(article));
    add_part(&digest, p->settings.name);
    add_part(&digest, foot_of(p));
    add_part(&digest, str_from_c(colours->paper));
    add_part(&digest, str_from_c(colours->ink));
    add_part(&digest, str_from_c(colours->signal));
    if (picture)
        add_part(&digest, arena_printf(p->arena, "%s %lld %lld",
                                       picture->original.blob.name,
                                       (long long)picture->focus_x,
                                       (long long)picture->focus_y));
    digest_write_hex(&digest, hex);
    return arena_copy(p->arena, str_of(hex, SHARE_CARD_DIGITS));
}

struct str share_card_path(struct printing *p, const struct article *article)
{
    if (!p->site->cards || printing_is_static(p))
        return STR("");
    return arena_printf(p->arena, "/%.*s/card/%s-%.*s.jpg",
                        ARG_STR(article->content.language), article->id.text,
                        ARG_STR(name_of(p, article)));
}

/* ---- Its faces -------------------------------------------------------------
 */

struct face_list {
    const struct assets *assets;
    struct image_face *faces;
    size_t count;
};

static void add_face(struct face_list *list, const char *name)
{
    const struct asset *asset =
        assets_find_name(list->assets, str_from_c(name));
    bool latin = str_starts_with(str_from_c(name), STR("latin"));
    if (!asset || list->count == IMAGE_FACES_MAX)
        return;
    for (size_t i = 0; i < list->count; i++)
        if (list->faces[i].bytes.ptr == asset->bytes.ptr)
            return;
    list->faces[list->count++] = (struct image_face){
        .bytes = asset->bytes, .weight = latin ? WEIGHT_LATIN : WEIGHT};
}

/* The language's own, those for headlines first; then all others, for names
 * and quotations. */
static void find_faces(const struct printing *p, struct face_list *list)
{
    static const char *const others[] = {
        "latin-display.woff2", "latin-text.woff2", "cyrillic-display.woff2",
        "georgian.woff2",      "arabic.woff2",     "lari.woff2"};
    const char *const *own = faces_of(p->lang);
    for (size_t i = 0; i < FACES_MAX && own[i]; i++)
        if (strstr(own[i], "-display"))
            add_face(list, own[i]);
    if (list->count && !strstr(own[0], "latin"))
        add_face(list, "points-display.woff2");
    for (size_t i = 0; i < FACES_MAX && own[i]; i++)
        add_face(list, own[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        add_face(list, others[i]);
}

/* ---- Drawing ---------------------------------------------------------------
 */

/* The picture in a size that is enough: what is too large, or missing, is left
 * out. */
static struct str read_picture(struct printing *p,
                               const struct article *article)
{
    struct str bytes;
    if (!article->picture)
        return STR("");
    const struct rendition *file = media_for_all(article->picture);
    enum err err = blob_read(content_blobs(p->site->content), &file->blob,
                             IMAGE_BYTES_MAX, p->arena, &bytes, NULL);
    return err ? STR("") : bytes;
}

/* "#1a1814", as look.h has made sure. */
static uint32_t colour_of(const char *text)
{
    return (uint32_t)strtoul(text + 1, NULL, 16);
}

/* One helper, one card at a time: see PRINT_FOR_SEARCH. */
static enum err draw(struct printing *p, const struct article *article,
                     struct str *ret_jpeg)
{
    const struct medium *picture = article->picture;
    const struct look_colours *colours = &p->look->colours;
    struct image_face faces[IMAGE_FACES_MAX];
    struct face_list list = {&p->look->assets, faces, 0};
    find_faces(p, &list);
    const struct image_card card = {
        .faces = faces,
        .face_count = list.count,
        .language = p->lang,
        .rtl = p->language->rtl,
        .line_percent = faces_line_percent(p->lang),
        .paper = colour_of(colours->paper),
        .ink = colour_of(colours->ink),
        .signal = colour_of(colours->signal),
        .masthead = p->settings.name,
        .kicker = kicker_of(article),
        .headline = article->content.headline,
        .foot = foot_of(p),
        .focus_x = picture ? picture->focus_x : IMAGE_FOCUS_AUTO,
        .focus_y = picture ? picture->focus_y : IMAGE_FOCUS_AUTO,
        .picture = read_picture(p, article),
    };
    pthread_mutex_lock(&p->site->cards_lock);
    enum err err = image_helper_draw_card(p->site->cards, &card, p->arena,
                                          ret_jpeg, p->fault);
    pthread_mutex_unlock(&p->site->cards_lock);
    return err;
}

static enum err print_card(struct printing *p, const struct article *article)
{
    struct str jpeg;
    enum err err = draw(p, article, &jpeg);
    if (err)
        return err;
    p->print->status = 200;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    p->print->packed = true;
    p->print->content_type = STR("image/jpeg");
    p->print->cache_control = STR("public, max-age=31536000, immutable");
    p->print->body = jpeg;
    p->print->fields = p->look->asset_fields;
    return ERR_OK;
}

enum err page_card(struct printing *p)
{
    struct article article;
    if (!p->site->cards)
        return ERR_NOT_FOUND;
    enum err err = article_load_public(p->db, &p->path.id, p->arena, &article);
    if (err)
        return printing_failed(p, err == ERR_GONE ? ERR_NOT_FOUND : err);
    change_keys_add(&p->keys, STR("article:"), id_str(&p->path.id));
    change_keys_add(&p->keys, STR("theme"), STR(""));
    err = printing_open_plain(p, article.content.language);
    if (err)
        return err;
    struct str path = share_card_path(p, &article);
    if (str_eq(path, p->page_key))
        return print_card(p, &article);
    printing_redirect(p, 301, path, SITE_NOT_KEPT);
    return ERR_OK;
}
