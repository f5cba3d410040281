// SPDX-License-Identifier: Apache-2.0
/* Live blogs as content/article_ninjs.c writes them: posts are associations
 * with the rel "post"; what ninjs has no member for is among the altIds. */
#include "base/time.h"
#include "base/utf8.h"
#include "content/live.h"
#include "exchange/ninjs_media_internal.h"
#include "render/document.h"

bool ninjs_is_post(const struct ninjs_item *item)
{
    return str_eq(item->rel, STR("post"));
}

static struct str alt_id(const struct ninjs_item *item, const char *role)
{
    for (size_t i = 0; i < item->alt_ids.count; i++)
        if (str_eq(item->alt_ids.items[i].role, str_from_c(role)))
            return item->alt_ids.items[i].value;
    return STR("");
}

/* Whether altIds says that of a post: "key", "pinned". */
static bool is_called(const struct ninjs_item *item, const char *what)
{
    for (size_t i = 0; i < item->alt_ids.count; i++)
        if (str_eq(item->alt_ids.items[i].role, STR("live")) &&
            str_eq(item->alt_ids.items[i].value, str_from_c(what)))
            return true;
    return false;
}

/* 0 when it is not said, or lies ahead. */
static int64_t time_of(const struct incoming *incoming,
                       const struct ninjs_item *item, const char *role)
{
    int64_t time_us;
    if (time_parse_rfc3339(alt_id(item, role), &time_us) ||
        time_us > incoming->import->session.edit.time_us)
        return 0;
    return time_us;
}

/* ---- Posts -----------------------------------------------------------------
 */

/* A picture is known by its address alone: posts have no associations. */
static enum err find_image(void *context, struct document_node *image,
                           struct str src, bool *ret_found)
{
    struct incoming *incoming = context;
    struct arena *arena = &incoming->import->session.arena;
    struct ninjs_rendition rendition = {.href = src};
    struct ninjs_text alt = {.role = STR("alt"),
                             .value = document_str(image, DOCUMENT_ALT)};
    const struct ninjs_item item = {
        .renditions = {&rendition, 1},
        .descriptions = {&alt, 1},
    };
    struct id id = {0};
    enum err err = ninjs_make_medium(incoming, &item, &id);
    *ret_found = !err && id_is_set(&id);
    if (*ret_found)
        document_set_str(arena, image, DOCUMENT_MEDIA,
                         arena_copy(arena, id_str(&id)));
    return err;
}

static enum err read_post(struct incoming *incoming,
                          const struct ninjs_item *item,
                          struct live_post_input *input)
{
    const struct edit *edit = &incoming->import->session.edit;
    struct html_conversion body;
    enum err err = ninjs_plain(
        incoming, ninjs_text_of_role(&item->headlines, STR("main"), true),
        &input->headline);
    if (!err)
        err = ninjs_read_authors(incoming, &item->people, &input->bylines,
                                 &input->byline_count);
    if (!err)
        err = ninjs_read_body(incoming, &item->bodies, &body);
    if (!err)
        err = html_images_find(&body, find_image, incoming);
    input->document = body.doc;
    if (item->content_created.is_set &&
        item->content_created.us <= edit->time_us)
        input->time_us = item->content_created.us;
    return err;
}

/* One that was removed before it came here is not made to be removed. */
static enum err remove_post(struct incoming *incoming,
                            const struct ninjs_item *item, const struct id *id)
{
    struct edit *edit = &incoming->import->session.edit;
    struct live_post post;
    struct str reason = str_trim(item->ed_note);
    enum err err =
        live_post_load(edit->db, id, &incoming->import->session.arena, &post);
    if (err || post.removed_us)
        return err == ERR_NOT_FOUND ? ERR_OK : err;
    return live_post_remove(edit, id,
                            reason.len ? utf8_cut(reason, LIVE_REASON_BYTES_MAX)
                                       : STR("Withdrawn by its source"),
                            0);
}

static enum err save_post(struct incoming *incoming,
                          const struct ninjs_item *item)
{
    struct edit *edit = &incoming->import->session.edit;
    struct live_post_input input = {.article = incoming->input.id};
    if (id_parse(alt_id(item, "internal"), &input.id)) {
        incoming_leave_out(incoming, "post '%.*s' (it has no id)",
                           ARG_STR(item->name));
        return ERR_OK;
    }
    if (str_eq(item->pub_status, STR("canceled")))
        return remove_post(incoming, item, &input.id);
    struct id id;
    int64_t corrected_us = time_of(incoming, item, "corrected");
    enum err err = read_post(incoming, item, &input);
    if (!err)
        err = live_post_save(edit, &input, &id);
    if (!err)
        err = live_post_key(edit, &id, is_called(item, "key"));
    if (!err)
        err = live_post_pin(edit, &id, is_called(item, "pinned"));
    if (!err && corrected_us)
        err = live_post_correct(
            edit, &id,
            utf8_cut(str_trim(item->ed_note), LIVE_CORRECTION_BYTES_MAX),
            corrected_us);
    return err;
}

/* ---- The blog --------------------------------------------------------------
 */

static enum err read_seq(struct incoming *incoming, int64_t *ret_seq)
{
    struct live_blog blog;
    enum err err = live_load(incoming->import->session.edit.db,
                             &incoming->input.id, &blog);
    *ret_seq = err ? 0 : blog.seq;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* An old one that is unchanged is not started to be ended again. */
static enum err start(struct incoming *incoming, bool is_over)
{
    const struct ninjs_item *item = incoming->item;
    const struct id *id = &incoming->input.id;
    struct live_blog blog;
    enum err err = live_load(incoming->import->session.edit.db, id, &blog);
    if (!err && is_over)
        return ERR_OK;
    if (err && err != ERR_NOT_FOUND)
        return err;
    return live_start(&incoming->import->session.edit, id,
                      time_of(incoming, item, "liveStarted"));
}

enum err ninjs_save_live(struct incoming *incoming, bool *ret_changed)
{
    const struct ninjs_item *item = incoming->item;
    const struct ninjs_items *posts = &item->associations;
    bool is_over = is_called(item, "ended");
    int64_t before = 0, after = 0;
    *ret_changed = false;
    if (!is_over && !is_called(item, "live"))
        return ERR_OK;
    enum err err = read_seq(incoming, &before);
    if (!err)
        err = start(incoming, is_over);
    for (size_t i = posts->count; !err && i-- > 0;) /* the oldest first */
        if (ninjs_is_post(&posts->items[i]))
            err = save_post(incoming, &posts->items[i]);
    if (!err && is_over)
        err = live_end(&incoming->import->session.edit, &incoming->input.id,
                       time_of(incoming, item, "liveEnded"));
    if (!err)
        err = read_seq(incoming, &after);
    *ret_changed = before != after;
    return err;
}
