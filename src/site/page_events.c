// SPDX-License-Identifier: Apache-2.0
/* What happened, for pages that cannot hold a stream: they ask now and then.
 *
 *   /events/en.json           the newest story, and the breaking news: the same
 *                             for all who ask, kept by caches for some seconds
 *   /events/en/<cursor>.json  the stories behind a cursor, by which the front
 *                             or the answer before named the newest one. Once
 *                             there are any it is complete, and can be kept for
 *                             long: the next question has another address. */
#include "base/buf.h"
#include "content/alert.h"
#include "content/article_list.h"
#include "render/value.h"
#include "render/value_json.h"
#include "site/alert_model.h"
#include "site/event_cursor.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

enum { STORIES = 20, JSON_BYTES_MAX = 64 * 1024 };

static enum err open_page(struct printing *p)
{
    enum err err = printing_open_plain(p, p->path.lang);
    change_keys_add(&p->keys, STR("front:"), p->path.lang);
    return err;
}

static enum err write_page(struct printing *p, const struct value *data,
                           const char *cache_control)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, JSON_BYTES_MAX);
    value_write_json(&out, data);
    enum err err = buf_err(&out);
    if (err)
        return err;
    p->print->status = 200;
    p->print->keeping = SITE_KEPT_FOR_MACHINES;
    p->print->content_type = STR("application/json");
    p->print->cache_control = str_from_c(cache_control);
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    return ERR_OK;
}

struct str events_cursor(struct printing *p, const struct article_list *list)
{
    char text[ARTICLE_CURSOR_BYTES] = "";
    if (list->count)
        article_cursor_format(
            &(struct article_cursor){list->cards[0].published_us,
                                     list->cards[0].id},
            text);
    return arena_copy(p->arena, str_from_c(text));
}

enum err page_now(struct printing *p)
{
    struct article_list list;
    struct alert alert;
    enum err err = open_page(p);
    if (!err)
        err = printing_failed(
            p, article_list_latest(p->db, p->lang, NULL, 1, p->arena, &list));
    if (err)
        return err;
    struct value *data = value_object(p->arena);
    value_set_str(data, "newest", events_cursor(p, &list));
    change_keys_add(&p->keys, STR("alert:"), p->lang);
    err = alert_load(p->db, p->lang, p->arena, &alert);
    if (err && err != ERR_NOT_FOUND)
        return printing_failed(p, err);
    value_set(data, "alert", err ? NULL : alert_value(p->arena, &alert));
    return write_page(p, data, "public, max-age=10");
}

static bool is_behind(const struct article_card *card,
                      const struct article_cursor *cursor)
{
    if (card->published_us != cursor->published_us)
        return card->published_us > cursor->published_us;
    return strcmp(card->id.text, cursor->id.text) > 0;
}

enum err page_since(struct printing *p)
{
    struct article_list list;
    enum err err = open_page(p);
    if (!err)
        err = printing_failed(p, article_list_latest(p->db, p->lang, NULL,
                                                     STORIES, p->arena, &list));
    if (err)
        return err;
    struct value *data = value_object(p->arena);
    struct value *stories = value_set_list(data, "stories");
    for (size_t i = 0; i < list.count; i++) {
        const struct article_card *card = &list.cards[i];
        if (!is_behind(card, &p->path.before))
            break;
        struct value *story = value_add_object(stories);
        value_set_str(story, "id", arena_copy(p->arena, id_str(&card->id)));
        value_set_str(story, "url",
                      site_path_article(p->arena, p->lang, card->slug,
                                        id_str(&card->id)));
    }
    value_set_str(data, "newest", events_cursor(p, &list));
    return write_page(p, data,
                      value_count(stories) ? "public, max-age=3600"
                                           : "public, max-age=10");
}
