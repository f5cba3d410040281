// SPDX-License-Identifier: Apache-2.0
#include "site/story_model.h"

#include "render/catalogue.h"
#include "render/document.h"
#include "render/value.h"
#include "site/printing.h"

enum {
    SOURCE_WIDTH = 960, /* of the rendition for those who take only one */
    PREVIEW_WIDTH = 1600,
};

/* How wide a picture stands, by web/theme/style.css. */
static const struct str sizes[] = {
    [STORY_FULL] = STR_INIT("(min-width: 1200px) 912px, (min-width: 704px) "
                            "672px, calc(100vw - 32px)"),
    [STORY_LEAD] = STR_INIT("(min-width: 1280px) 592px, (min-width: 900px) "
                            "46vw, calc(100vw - 32px)"),
    [STORY_MAJOR] = STR_INIT("(min-width: 1280px) 592px, (min-width: 600px) "
                             "46vw, calc(100vw - 32px)"),
    [STORY_STANDARD] = STR_INIT("(min-width: 900px) 296px, (min-width: 600px) "
                                "176px, 104px"),
    [STORY_BRIEF] = STR_INIT(""),
};

struct str story_file_path(struct arena *arena,
                           const struct rendition *rendition)
{
    char name[BLOB_PUBLIC_BYTES];
    blob_public_name(&rendition->blob, name);
    return arena_printf(arena, "/media/%s", name);
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
    const struct rendition *best = &medium->original;
    for (size_t i = 0; i < medium->rendition_count; i++) {
        if (is_better_preview(&medium->renditions[i], best))
            best = &medium->renditions[i];
    }
    return preview_rank(best->mime) ? best : NULL;
}

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

static struct str add_candidate(struct printing *p, struct str srcset,
                                const struct rendition *rendition)
{
    return arena_printf(p->arena, "%" PRI_STR "%s%" PRI_STR " %lldw",
                        ARG_STR(srcset), srcset.len ? ", " : "",
                        ARG_STR(address(p, rendition)),
                        (long long)rendition->width);
}

bool story_media(struct printing *p, const struct medium *medium,
                 enum story_size size, struct document_media *ret_media)
{
    if (!medium || !medium->original.blob.name[0])
        return false;
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
    *ret_media = (struct document_media){
        .src = address(p, source),
        .srcset = count > 1 ? srcset : STR(""),
        .sizes = count > 1 ? sizes[size] : STR(""),
        .type = source->mime,
        .width = medium->original.width,
        .height = medium->original.height,
    };
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

struct document_writer story_writer(struct printing *p,
                                    const struct article *article)
{
    struct picture_source *source = arena_new(p->arena, struct picture_source);
    *source = (struct picture_source){.p = p, .article = article};
    return (struct document_writer){
        .media = find_media,
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
    value_set_str(picture, "sizes", media.sizes);
    value_set_int(picture, "width", measured ? media.width : 0);
    value_set_int(picture, "height", measured ? media.height : 0);
    value_set_str(picture, "alt", alt);
    value_set_bool(picture, "eager", eager);
}

void story_set_paid(struct printing *p, struct value *object, bool sponsored,
                    struct str source)
{
    struct catalogue_arg args[] = {CATALOGUE_STR("name", source)};
    struct str words = catalogue_text(p->words, STR("story.sponsored"));
    if (source.len)
        words = catalogue_format(p->words, p->locale, STR("story.paid_for"),
                                 args, 1, p->arena);
    value_set_bool(object, "sponsored", sponsored);
    value_set_str(object, "paid", sponsored ? words : STR(""));
}

void story_fill(struct printing *p, struct value *object,
                const struct article_card *card, enum story_size size,
                unsigned flags)
{
    struct str kicker = card->kicker;
    if (!kicker.len && flags & STORY_KICKER)
        kicker = card->category_name;
    value_set_str(object, "id", arena_copy(p->arena, id_str(&card->id)));
    value_set_str(object, "url",
                  site_path_article(p->arena, card->language, card->slug,
                                    id_str(&card->id)));
    value_set_str(object, "headline", card->headline);
    value_set_str(object, "kicker", kicker);
    value_set_str(object, "standfirst",
                  size == STORY_BRIEF ? STR("") : card->standfirst);
    value_set_str(object, "authors", card->byline);
    value_set_str(object, "source", card->source);
    value_set_bool(object, "live", card->live);
    story_set_paid(p, object, card->sponsored, card->source);
    printing_set_time(p, object, "published", card->published_us);
    story_set_picture(p, object, card->picture, card->picture_alt, size,
                      flags & STORY_EAGER);
}
