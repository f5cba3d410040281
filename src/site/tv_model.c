// SPDX-License-Identifier: Apache-2.0
#include "site/tv_model.h"

#include "base/time.h"
#include "content/channel.h"
#include "content/programme.h"
#include "content/recording.h"
#include "render/document.h"
#include "render/locale.h"
#include "render/template.h"
#include "render/value.h"
#include "site/look.h"
#include "site/printing.h"

enum {
    DAYS = 2,
    PROGRAMMES_MAX = 200, /* of these days */
    NEXT_WITHIN_DAYS = 14,
};

#define HOUR_US (3600 * TIME_US_PER_SECOND)

enum err tv_channels(struct printing *p, struct channel_list *ret_list)
{
    change_keys_add(&p->keys, STR("channels"), STR(""));
    return printing_failed(p, channel_all(p->db, p->arena, ret_list));
}

struct str tv_path(const struct printing *p, const struct channel_list *list,
                   const struct channel *channel)
{
    struct str first = printing_path(p, "tv", STR(""));
    if (channel == &list->channels[0])
        return first;
    return arena_printf(p->arena, "%" PRI_STR "/%" PRI_STR, ARG_STR(first),
                        ARG_STR(channel->name));
}

struct str tv_programme_path(const struct printing *p, const struct id *id)
{
    return printing_path(p, "programme/", id_str(id));
}

void tv_fill_programme(struct printing *p, struct value *value,
                       const struct programme *programme)
{
    /* A folder of files has no programmes: they come and go by the hour. */
    value_set_str(value, "about",
                  printing_is_static(p) ? STR("")
                                        : tv_programme_path(p, &programme->id));
    value_set_str(value, "title", programme->title);
    value_set_str(value, "description", programme->description);
    value_set_str(value, "category", programme->category);
    value_set_bool(value, "repeat", programme->repeat);
    value_set_str(value, "lang",
                  str_eq(programme->language, p->lang) ? STR("")
                                                       : programme->language);
    printing_set_time(p, value, "start", programme->start_us);
    printing_set_time(p, value, "end", programme->end_us);
}

/* One that is not today is told with its day. */
static void set_when(struct printing *p, struct value *next,
                     const struct programme *programme, int64_t now_us)
{
    bool today = str_eq(printing_iso_day(p, programme->start_us),
                        printing_iso_day(p, now_us));
    value_set_str(next, "day",
                  today ? STR("")
                        : locale_format_date(p->locale, programme->start_us,
                                             LOCALE_DATE_FULL, p->arena));
}

enum err tv_set_now(struct printing *p, const struct channel_list *list,
                    const struct channel *channel, struct value *tv)
{
    int64_t now_us = time_now_us();
    struct programme_list on;
    change_keys_add(&p->keys, STR("channel:"), channel->name);
    value_set_str(tv, "name", channel->name);
    value_set_str(tv, "title", channel->title);
    value_set_str(tv, "url", tv_path(p, list, channel));
    value_set_str(
        tv, "stream",
        arena_printf(p->arena, "/live/%" PRI_STR "/", ARG_STR(channel->name)));
    value_set_bool(tv, "air", channel->air_us != 0 && !printing_is_static(p));
    value_set_bool(tv, "now", false);
    value_set_bool(tv, "next", false);
    enum err err = programme_during(p->db, &channel->id, now_us,
                                    now_us + NEXT_WITHIN_DAYS * 24 * HOUR_US, 2,
                                    p->arena, &on);
    if (err)
        return printing_failed(p, err);
    size_t at = 0;
    if (on.count && on.programmes[0].start_us <= now_us)
        tv_fill_programme(p, value_set_object(tv, "now"), &on.programmes[at++]);
    if (at < on.count) {
        struct value *next = value_set_object(tv, "next");
        tv_fill_programme(p, next, &on.programmes[at]);
        set_when(p, next, &on.programmes[at], now_us);
    }
    return ERR_OK;
}

/* The midnight before now, also where a day has 23 or 25 hours. */
static int64_t last_midnight(const struct printing *p, int64_t now_us)
{
    int64_t midnight_us =
        locale_next_midnight(p->locale, now_us - 26 * HOUR_US);
    int64_t next_us;
    while ((next_us = locale_next_midnight(p->locale, midnight_us)) <= now_us)
        midnight_us = next_us;
    return midnight_us;
}

struct day {
    struct value *value, *earlier, *programmes;
};

static void name_day(struct printing *p, struct value *day, const char *name,
                     int64_t at_us)
{
    value_set_str(
        day, name,
        locale_format_date(p->locale, at_us, LOCALE_DATE_FULL, p->arena));
}

/* The days around it are for readers in another zone: not every browser knows
 * how the language writes a date. */
static struct day add_day(struct printing *p, struct value *days,
                          int64_t start_us)
{
    struct value *day = value_add_object(days);
    value_set_str(day, "iso", printing_iso_day(p, start_us));
    name_day(p, day, "before", start_us - 12 * HOUR_US);
    name_day(p, day, "name", start_us);
    name_day(p, day, "after", start_us + 36 * HOUR_US);
    value_set_bool(day, "has_earlier", false);
    return (struct day){day, value_set_list(day, "earlier"),
                        value_set_list(day, "programmes")};
}

static enum err add_row(struct printing *p, const struct day *day,
                        const struct programme *programme, int64_t now_us)
{
    bool past = programme->end_us <= now_us;
    struct value *row = value_add_object(past ? day->earlier : day->programmes);
    struct recording recording;
    tv_fill_programme(p, row, programme);
    value_set_bool(row, "past", past);
    value_set_bool(row, "current", programme->start_us <= now_us && !past);
    value_set_bool(row, "recorded", false);
    if (!past)
        return ERR_OK;
    value_set_bool(day->value, "has_earlier", true);
    enum err err = recording_of(p->db, programme, p->arena, &recording);
    if (!err)
        value_set_bool(row, "recorded",
                       recording.state == RECORDING_READY &&
                           !printing_is_static(p));
    return err == ERR_NOT_FOUND ? ERR_OK : printing_failed(p, err);
}

/* A programme stands on the day on which it begins; one that began before
 * midnight and is still on then, on the first day. */
enum err tv_set_days(struct printing *p, const struct channel *channel,
                     struct value *tv)
{
    int64_t now_us = time_now_us(), from_us = last_midnight(p, now_us);
    int64_t bounds[DAYS + 1] = {from_us};
    struct programme_list list;
    for (int i = 0; i < DAYS; i++)
        bounds[i + 1] = locale_next_midnight(p->locale, bounds[i]);
    change_keys_add(&p->keys, STR("day"), STR(""));
    enum err err = programme_during(p->db, &channel->id, from_us, bounds[DAYS],
                                    PROGRAMMES_MAX, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct value *days = value_set_list(tv, "days");
    struct day shown = {0};
    int day = -1;
    for (size_t i = 0; !err && i < list.count; i++) {
        const struct programme *programme = &list.programmes[i];
        int of = programme->start_us >= bounds[1] ? 1 : 0;
        if (of != day)
            shown = add_day(p, days, bounds[of]);
        day = of;
        err = add_row(p, &shown, programme, now_us);
    }
    value_set_bool(tv, "has_days", value_count(days) > 0);
    value_set_str(tv, "zone", locale_zone(p->locale));
    return err;
}

enum err tv_set_strip(struct printing *p)
{
    struct channel_list list;
    value_set_bool(p->data, "strip", false);
    enum err err = tv_channels(p, &list);
    if (err || !list.count)
        return err;
    return tv_set_now(p, &list, &list.channels[0],
                      value_set_object(p->data, "strip"));
}

const struct channel *tv_named(const struct channel_list *list, struct str name)
{
    for (size_t i = 0; i < list->count; i++)
        if (str_eq(list->channels[i].name, name))
            return &list->channels[i];
    return NULL;
}

static enum err write_player(struct printing *p,
                             const struct channel_list *list,
                             const struct channel *channel, struct buf *html)
{
    struct value *shown = value_set_object(p->data, "channel");
    enum err err = tv_set_now(p, list, channel, shown);
    if (!err)
        err = template_render(p->look->theme, STR("channel"), p->data, html,
                              p->fault);
    return err;
}

bool tv_find(struct printing *p, struct str name,
             struct document_link *ret_page, struct buf *html)
{
    struct channel_list list;
    enum err err = tv_channels(p, &list);
    const struct channel *channel = err ? NULL : tv_named(&list, name);
    if (channel) {
        ret_page->href = tv_path(p, &list, channel);
        ret_page->title = channel->title;
        if (html)
            err = write_player(p, &list, channel, html);
    }
    p->failed = p->failed ? p->failed : err;
    return channel && !err;
}
