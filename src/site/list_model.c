// SPDX-License-Identifier: Apache-2.0
#include "site/list_model.h"

#include "render/locale.h"
#include "render/value.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/story_model.h"

const struct article_cursor *list_cursor(const struct printing *p)
{
    return p->path.has_before ? &p->path.before : NULL;
}

size_t list_length(const struct printing *p)
{
    int64_t length = p->settings.list_length;
    if (length < 1)
        return 1;
    return length > ARTICLE_LIST_MAX ? ARTICLE_LIST_MAX : (size_t)length;
}

static struct value *add_day(struct printing *p, struct value *days,
                             struct str iso, int64_t time_us)
{
    struct value *day = value_add_object(days);
    value_set_str(day, "iso", iso);
    value_set_str(
        day, "text",
        locale_format_date(p->locale, time_us, LOCALE_DATE_FULL, p->arena));
    return value_set_list(day, "stories");
}

void list_set(struct printing *p, const struct article_list *list, size_t skip,
              struct str path)
{
    struct value *model = value_set_object(p->data, "list");
    struct value *days = value_set_list(model, "days"), *stories = NULL;
    struct str today = STR("");
    for (size_t i = skip; i < list->count; i++) {
        const struct article_card *card = &list->cards[i];
        struct str day = printing_iso_day(p, card->published_us);
        if (!stories || !str_eq(day, today))
            stories = add_day(p, days, day, card->published_us);
        today = day;
        story_fill(p, value_add_object(stories), card, STORY_STANDARD, 0);
    }
    if (list->is_stray)
        p->print->keeping = SITE_NOT_KEPT;
    value_set_bool(model, "empty", list->count == 0);
    value_set_str(model, "newest", p->path.has_before ? path : STR(""));
    value_set_str(model, "older",
                  list->more ? printing_before(p, path, &list->next) : STR(""));
    if (list->more)
        p->print->older = site_path_before(p->arena, path, &list->next);
}

enum err list_set_latest(struct printing *p, size_t count)
{
    struct article_list list;
    enum err err =
        article_list_latest(p->db, p->lang, NULL, count, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct value *latest = value_set_list(p->data, "latest");
    for (size_t i = 0; i < list.count; i++)
        story_fill(p, value_add_object(latest), &list.cards[i], STORY_STANDARD,
                   STORY_KICKER);
    value_set_bool(p->data, "has_latest", list.count > 0);
    change_keys_add(&p->keys, STR("latest:"), p->lang);
    return ERR_OK;
}
