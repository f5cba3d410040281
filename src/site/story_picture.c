// SPDX-License-Identifier: Apache-2.0
/* Pictures as pages show them. Of one whose renditions are made the browser has
 * the choice: AVIF, else WebP, else one JPEG; of one that waits it gets what
 * came. */
#include "content/picture.h"
#include "render/document.h"
#include "render/value.h"
#include "site/printing.h"
#include "site/story_model.h"
#include "site/tv_model.h"

enum {
    SOURCE_WIDTH = 960, /* of what came, for those who take only one */
    PREVIEW_WIDTH = 1600,
};

/* How a picture stands, by web/theme/style.css, and what of it is offered: an
 * address is sixteen bytes that nothing compresses, so that in lists there are
 * few. Nearly everybody takes AVIF; of the few others each place says whether
 * WebP is worth it, and how wide the JPEG is that everybody can show. */
static const struct {
    struct str sizes;
    int64_t width_max;
    enum picture_cut cut;
    int avif_step;  /* every so many widths */
    int webp_step;  /* 0: none */
    int jpeg_width; /* the widest up to it */
} places[] = {
    [STORY_FULL] = {STR_INIT("(min-width: 1200px) 912px, (min-width: 704px) "
                             "672px, calc(100vw - 32px)"),
                    1280, PICTURE_WHOLE, 1, 2, 960},
    [STORY_LEAD] = {STR_INIT("(min-width: 1280px) 592px, (min-width: 900px) "
                             "46vw, calc(100vw - 32px)"),
                    1280, PICTURE_CARD, 1, 0, 960},
    [STORY_MAJOR] = {STR_INIT("(min-width: 1280px) 592px, (min-width: 600px) "
                              "46vw, calc(100vw - 32px)"),
                     1280, PICTURE_WIDE, 1, 0, 800},
    [STORY_STANDARD] = {STR_INIT("(min-width: 900px) 296px, (min-width: 600px) "
                                 "176px, 104px"),
                        640, PICTURE_CARD, 2, 0, 480},
    [STORY_BRIEF] = {STR_INIT(""), 0, PICTURE_WHOLE, 1, 0, 0},
    [STORY_POSTER] = {STR_INIT("(min-width: 704px) 672px, calc(100vw - 32px)"),
                      1280, PICTURE_WIDE, 1, 0, 800},
    [STORY_PORTRAIT] = {STR_INIT("(min-width: 600px) 160px, 96px"), 640,
                        PICTURE_SQUARE, 1, 0, 320},
};

struct str story_file_path(struct arena *arena,
                           const struct rendition *rendition)
{
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(&rendition->blob, name);
    return arena_printf(arena, "/media/%s", name);
}

struct str story_enclosure_url(struct printing *p,
                               const struct article *article)
{
    if (!article->enclosure)
        return article->content.enclosure.url;
    return printing_absolute(
        p, story_file_path(p->arena, &article->enclosure->original));
}

static struct str address(struct printing *p, const struct rendition *rendition)
{
    return story_file_path(p->arena, rendition);
}

/* How gladly programs take a type; 0: it is no picture for them. */
static int preview_rank(struct str mime)
{
    static const struct str types[] = {
        STR_INIT("image/gif"), STR_INIT("image/webp"), STR_INIT("image/png"),
        STR_INIT("image/jpeg")};
    for (int i = 0; i < (int)(sizeof types / sizeof *types); i++) {
        if (str_eq(mime, types[i]))
            return i + 1;
    }
    return 0;
}

static bool is_better_preview(const struct rendition *a,
                              const struct rendition *b)
{
    bool a_fits = a->width <= PREVIEW_WIDTH, b_fits = b->width <= PREVIEW_WIDTH;
    int a_rank = preview_rank(a->mime), b_rank = preview_rank(b->mime);
    if (!a_rank || !b_rank)
        return a_rank > 0;
    if (a_fits != b_fits)
        return a_fits;
    if (a->width != b->width)
        return a_fits == (a->width > b->width);
    return a_rank > b_rank;
}

const struct rendition *story_preview(const struct medium *medium)
{
    if (!medium || !medium->original.blob.name[0])
        return NULL;
    const struct rendition *best =
        media_original_is_public(medium) ? &medium->original : NULL;
    for (size_t i = 0; i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        if (!rendition->ratio.len &&
            (!best || is_better_preview(rendition, best)))
            best = rendition;
    }
    return best && preview_rank(best->mime) ? best : NULL;
}

const struct rendition *story_cut(const struct medium *medium,
                                  enum picture_cut cut)
{
    const struct rendition *widest = NULL;
    for (size_t i = 0;
         medium && medium->made == MEDIA_MADE && i < medium->rendition_count;
         i++) {
        const struct rendition *rendition = &medium->renditions[i];
        if (str_eq(rendition->ratio, picture_cuts[cut].name) &&
            str_eq(rendition->mime, STR("image/jpeg")))
            widest = rendition;
    }
    return widest;
}

static struct str add_candidate(struct printing *p, struct str srcset,
                                const struct rendition *rendition)
{
    return arena_printf(p->arena, "%" PRI_STR "%s%" PRI_STR " %lldw",
                        ARG_STR(srcset), srcset.len ? ", " : "",
                        ARG_STR(address(p, rendition)),
                        (long long)rendition->width);
}

/* ---- Of ours ---------------------------------------------------------------
 */

/* Renditions of one picture: of one ratio, not too wide for the place. */
struct choice {
    struct printing *p;
    const struct medium *medium;
    struct str ratio;
    int64_t width_max;
};

static const struct rendition *next_of(const struct choice *choice,
                                       struct str type,
                                       const struct rendition *after)
{
    const struct medium *medium = choice->medium;
    size_t from = after ? (size_t)(after - medium->renditions) + 1 : 0;
    const struct rendition *smallest = NULL;
    for (size_t i = from; i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        if (!str_eq(rendition->ratio, choice->ratio) ||
            !str_eq(rendition->mime, type))
            continue;
        if (rendition->width <= choice->width_max)
            return rendition;
        smallest = smallest ? smallest : rendition;
    }
    return after ? NULL : smallest; /* wider than wanted is better than none */
}

/* From narrow to wide, every one or every second; the widest always. */
static struct str srcset_of(const struct choice *choice, struct str type,
                            int step)
{
    struct str srcset = STR("");
    const struct rendition *rendition = next_of(choice, type, NULL), *next;
    for (int i = 0; rendition; rendition = next, i++) {
        next = next_of(choice, type, rendition);
        if (i % step && next)
            continue;
        srcset = add_candidate(choice->p, srcset, rendition);
    }
    return srcset;
}

static void add_source(const struct choice *choice, const char *type, int step,
                       struct document_media *media)
{
    if (!step)
        return;
    struct str mime = str_from_c(type);
    struct str srcset = srcset_of(choice, mime, step);
    if (srcset.len)
        media->sources[media->source_count++] =
            (struct document_source){mime, srcset};
}

static bool has_cut(const struct medium *medium, enum picture_cut cut)
{
    for (size_t i = 0; i < medium->rendition_count; i++)
        if (str_eq(medium->renditions[i].ratio, picture_cuts[cut].name))
            return true;
    return false;
}

/* A picture that was made before there was this cut has at least that of
 * lists, until it is made anew. */
static struct str ratio_for(const struct medium *medium, enum picture_cut cut)
{
    if (cut != PICTURE_WHOLE && !has_cut(medium, cut) &&
        !picture_is_like(medium->original.width, medium->original.height, cut))
        cut = PICTURE_CARD;
    return has_cut(medium, cut) ? picture_cuts[cut].name : STR("");
}

static bool offer_made(struct printing *p, const struct medium *medium,
                       enum story_size size, struct document_media *media)
{
    struct choice choice = {p, medium, ratio_for(medium, places[size].cut),
                            places[size].width_max};
    const struct rendition *last = NULL, *source = NULL, *next;
    for (next = next_of(&choice, STR("image/jpeg"), NULL); next;
         next = next_of(&choice, STR("image/jpeg"), next)) {
        last = next;
        if (!source || next->width <= places[size].jpeg_width)
            source = next;
    }
    if (!last)
        return false;
    media->src = address(p, source);
    media->type = source->mime;
    media->sizes = places[size].sizes;
    media->width = last->width;
    media->height = last->height;
    add_source(&choice, "image/avif", places[size].avif_step, media);
    add_source(&choice, "image/webp", places[size].webp_step, media);
    return true;
}

/* ---- As it came ------------------------------------------------------------
 */

/* The type to offer: the first of these that there are renditions of. */
static struct str offered_type(const struct medium *medium)
{
    static const struct str wanted[] = {
        STR_INIT("image/webp"), STR_INIT("image/jpeg"), STR_INIT("image/png")};
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++) {
        for (size_t i = 0; i < medium->rendition_count; i++) {
            if (str_eq(medium->renditions[i].mime, wanted[w]))
                return wanted[w];
        }
    }
    return STR("");
}

static void offer_what_came(struct printing *p, const struct medium *medium,
                            enum story_size size, struct document_media *media)
{
    struct str type = offered_type(medium), srcset = STR("");
    const struct rendition *source = &medium->original;
    size_t count = 0;
    for (size_t i = 0; type.len && i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        if (!str_eq(rendition->mime, type))
            continue;
        if (count++ == 0 || rendition->width <= SOURCE_WIDTH)
            source = rendition;
        srcset = add_candidate(p, srcset, rendition);
    }
    *media = (struct document_media){
        .src = address(p, source),
        .srcset = count > 1 ? srcset : STR(""),
        .sizes = count > 1 ? places[size].sizes : STR(""),
        .type = source->mime,
        .width = medium->original.width,
        .height = medium->original.height,
    };
}

bool story_media(struct printing *p, const struct medium *medium,
                 enum story_size size, struct document_media *ret_media)
{
    if (!medium || !medium->original.blob.name[0])
        return false;
    *ret_media = (struct document_media){0};
    if (medium->made == MEDIA_MADE)
        return offer_made(p, medium, size, ret_media);
    offer_what_came(p, medium, size, ret_media);
    return true;
}

struct picture_source {
    struct printing *p;
    const struct article *article;
};

static bool find_media(void *context, struct str id,
                       struct document_media *ret_media)
{
    const struct picture_source *source = context;
    return story_media(source->p, article_medium(source->article, id),
                       STORY_FULL, ret_media);
}

static bool find_poster(void *context, struct str id,
                        struct document_media *ret_media)
{
    const struct picture_source *source = context;
    return story_media(source->p, article_medium(source->article, id),
                       STORY_POSTER, ret_media);
}

static bool find_channel(void *context, struct str name,
                         struct document_link *ret_page, struct buf *html)
{
    const struct picture_source *source = context;
    return tv_find(source->p, name, ret_page, html);
}

struct document_writer story_writer(struct printing *p,
                                    const struct article *article)
{
    struct picture_source *source = arena_new(p->arena, struct picture_source);
    *source = (struct picture_source){.p = p, .article = article};
    return (struct document_writer){
        .media = find_media,
        .poster = find_poster,
        .channel = find_channel,
        .context = source,
        .base_url = p->settings.address,
    };
}

void story_set_picture(struct printing *p, struct value *object,
                       const struct medium *medium, struct str alt,
                       enum story_size size, bool eager)
{
    struct document_media media;
    if (size == STORY_BRIEF || !story_media(p, medium, size, &media)) {
        value_set_bool(object, "picture", false);
        return;
    }
    bool measured = media.width > 0 && media.height > 0;
    struct value *picture = value_set_object(object, "picture");
    value_set_str(picture, "src", media.src);
    value_set_str(picture, "srcset", media.srcset);
    struct value *sources = value_set_list(picture, "sources");
    for (size_t i = 0; i < media.source_count; i++) {
        struct value *source = value_add_object(sources);
        value_set_str(source, "type", media.sources[i].type);
        value_set_str(source, "srcset", media.sources[i].srcset);
    }
    value_set_str(picture, "sizes", media.sizes);
    value_set_int(picture, "width", measured ? media.width : 0);
    value_set_int(picture, "height", measured ? media.height : 0);
    value_set_str(picture, "alt", alt);
    value_set_bool(picture, "eager", eager);
}
