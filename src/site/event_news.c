// SPDX-License-Identifier: Apache-2.0
/* What happened to an article: whoever has it open is told, and who has the
 * front open, when it is new. */
#include "base/time.h"
#include "content/article_list.h"
#include "render/value.h"
#include "site/event.h"
#include "site/site_path.h"

/* What is published as of an earlier time (an import, an old text) is no
 * news. */
#define NEWS_WITHIN_US (3600 * TIME_US_PER_SECOND)

static struct value *object(struct event_making *making, const char *type)
{
    struct value *data = value_object(making->arena);
    value_set_c(data, "type", type);
    return data;
}

static void tell_front(struct event_making *making,
                       const struct article_card *card)
{
    struct value *data = object(making, "story");
    value_set_str(data, "id", making->name);
    value_set_str(data, "url",
                  site_path_article(making->arena, card->language, card->slug,
                                    making->name));
    value_set_str(data, "headline", card->headline);
    event_tell(making,
               arena_concat(making->arena, STR("front:"), card->language), data,
               true);
}

static void tell_article(struct event_making *making, const char *type)
{
    struct value *data = object(making, type);
    value_set_int(data, "at", making->change->time_us / 1000);
    event_tell(making,
               arena_concat(making->arena, STR("article:"), making->name), data,
               false);
}

enum err event_of_news(struct event_making *making)
{
    struct str kind = making->change->kind;
    struct article_card card;
    struct id id;
    if (id_parse(making->name, &id))
        return ERR_OK;
    if (str_eq(kind, STR("withdraw")) || str_eq(kind, STR("expire"))) {
        tell_article(making, "withdrawn");
        return ERR_OK;
    }
    if (!str_eq(kind, STR("publish"))) {
        tell_article(making,
                     str_eq(kind, STR("correct")) ? "corrected" : "updated");
        return ERR_OK;
    }
    enum err err = article_card_load(making->db, &id, making->arena, &card);
    if (err)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    if (card.published_us > making->change->time_us - NEWS_WITHIN_US)
        tell_front(making, &card);
    return ERR_OK;
}
