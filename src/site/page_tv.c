// SPDX-License-Identifier: Apache-2.0
/* Television: a page a channel, with its player, what is on now and next, and
 * the schedule. */
#include "content/channel.h"
#include "render/catalogue.h"
#include "render/value.h"
#include "site/list_model.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"
#include "site/tv_model.h"

enum { TV_LATEST = 5 };

static void set_channels(struct printing *p, const struct channel_list *list,
                         const struct channel *shown, struct value *tv)
{
    struct value *channels = value_set_list(tv, "channels");
    for (size_t i = 0; list->count > 1 && i < list->count; i++) {
        const struct channel *channel = &list->channels[i];
        struct value *link = value_add_object(channels);
        value_set_str(link, "name", channel->title);
        value_set_str(link, "url", tv_path(p, list, channel));
        value_set_bool(link, "current", channel == shown);
    }
    value_set_bool(tv, "has_channels", value_count(channels) > 0);
}

/* In every language there is the same channel. */
static void set_translations(struct printing *p, const struct channel *channel,
                             const struct channel_list *list)
{
    const char *name =
        channel && channel != &list->channels[0]
            ? arena_printf(p->arena, "tv/%" PRI_STR, ARG_STR(channel->name)).ptr
            : "tv";
    printing_in_all_languages(p, name);
}

static enum err set_channel(struct printing *p, const struct channel_list *list,
                            const struct channel *channel, struct value *tv)
{
    enum err err = tv_set_now(p, list, channel, tv);
    if (!err)
        err = tv_set_days(p, channel, tv);
    value_set_int(tv, "dvr", channel->dvr_seconds);
    bool has_past = channel->past_us > 0 && channel->past_us < channel->air_us;
    value_set_int(tv, "since",
                  (has_past ? channel->past_us : channel->air_us) / 1000);
    set_channels(p, list, channel, tv);
    return err;
}

static void describe(struct printing *p, struct str name)
{
    struct catalogue_arg args[] = {CATALOGUE_STR("site", name)};
    printing_describe(p, catalogue_format(p->words, p->locale, STR("tv.about"),
                                          args, 1, p->arena));
}

static enum err print_channel(struct printing *p,
                              const struct channel_list *list,
                              const struct channel *channel)
{
    struct value *tv = value_set_object(p->data, "tv");
    struct str title = catalogue_text(p->words, STR("tv.live"));
    value_set_bool(tv, "air", false);
    value_set_bool(tv, "title", false);
    value_set_bool(tv, "has_channels", false);
    value_set_bool(tv, "has_days", false);
    value_set_bool(tv, "now", false);
    value_set_bool(tv, "next", false);
    enum err err = list_set_latest(p, TV_LATEST);
    if (!err && channel)
        err = set_channel(p, list, channel, tv);
    if (err)
        return err;
    if (channel && list->count > 1)
        title = channel->title;
    set_translations(p, channel, list);
    describe(p, channel && list->count > 1 ? title : p->settings.name);
    printing_title(p, title);
    printing_share(p, "website", title);
    return printing_render(p, "tv", 200);
}

enum err page_tv(struct printing *p)
{
    struct channel_list list;
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = tv_channels(p, &list);
    if (err)
        return err;
    if (!p->path.slug.len)
        return print_channel(p, &list, list.count ? &list.channels[0] : NULL);
    const struct channel *channel = tv_named(&list, p->path.slug);
    if (!channel)
        return ERR_NOT_FOUND;
    if (channel != &list.channels[0])
        return print_channel(p, &list, channel);
    printing_redirect(p, 302, tv_path(p, &list, channel), SITE_KEPT);
    return ERR_OK;
}
