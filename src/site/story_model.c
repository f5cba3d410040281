// SPDX-License-Identifier: Apache-2.0
#include "site/story_model.h"

#include "render/catalogue.h"
#include "render/value.h"
#include "site/printing.h"

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
