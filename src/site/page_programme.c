// SPDX-License-Identifier: Apache-2.0
/* A programme: what it is about, when it is on, and its recording when there is
 * one. One that was recorded keeps its page when it is no longer on the
 * schedule, or its channel is gone. */
#include "base/time.h"
#include "content/channel.h"
#include "content/recording.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/linked_data.h"
#include "site/list_model.h"
#include "site/pages.h"
#include "site/printing.h"
#include "site/tv_model.h"

enum { PROGRAMME_LATEST = 5 };

struct shown {
    struct programme programme;
    struct recording recording;
    bool has_recording;            /* in whatever state */
    const struct channel *channel; /* or NULL */
    struct str channel_title;      /* also of one that is gone: its name */
    struct channel_list channels;
};

static enum err load_recording(struct printing *p, struct shown *shown,
                               bool is_scheduled)
{
    enum err err = is_scheduled ? recording_of(p->db, &shown->programme,
                                               p->arena, &shown->recording)
                                : recording_load(p->db, &p->path.id, p->arena,
                                                 &shown->recording);
    if (err == ERR_NOT_FOUND && is_scheduled)
        return ERR_OK;
    if (err)
        return err == ERR_NOT_FOUND ? err : printing_failed(p, err);
    shown->has_recording = true;
    if (!is_scheduled)
        shown->programme = shown->recording.of;
    change_keys_add(&p->keys, STR("recording:"),
                    id_str(&shown->recording.of.id));
    return ERR_OK;
}

static enum err load(struct printing *p, struct shown *shown)
{
    enum err err =
        programme_load(p->db, &p->path.id, p->arena, &shown->programme);
    bool is_scheduled = !err;
    if (err && err != ERR_NOT_FOUND)
        return printing_failed(p, err);
    err = load_recording(p, shown, is_scheduled);
    if (!err)
        err = tv_channels(p, &shown->channels);
    if (err)
        return err;
    for (size_t i = 0; i < shown->channels.count; i++) {
        const struct channel *channel = &shown->channels.channels[i];
        if (str_eq(id_str(&channel->id), id_str(&shown->programme.channel)))
            shown->channel = channel;
    }
    shown->channel_title =
        shown->channel ? shown->channel->title : shown->recording.channel_name;
    change_keys_add(&p->keys, STR("channel:"),
                    shown->channel ? shown->channel->name
                                   : shown->recording.channel_name);
    return ERR_OK;
}

static void set_recording(struct printing *p, const struct shown *shown,
                          struct value *model)
{
    const struct recording *recording = &shown->recording;
    bool is_ready = shown->has_recording &&
                    recording->state == RECORDING_READY &&
                    !printing_is_static(p);
    value_set_bool(model, "recording", false);
    if (!is_ready)
        return;
    struct value *value = value_set_object(model, "recording");
    value_set_str(
        value, "stream",
        arena_printf(p->arena, "/recording/%s/", recording->of.id.text));
    value_set_bool(value, "sound", recording->height == 0);
    value_set_int(value, "width", recording->width);
    value_set_int(value, "height", recording->height);
    printing_set_time(p, value, "until", recording->until_us);
    value_set_str(value, "until_day",
                  locale_format_date(p->locale, recording->until_us,
                                     LOCALE_DATE_FULL, p->arena));
}

/* Which of the things to say about its time is true. */
static void set_state(const struct shown *shown, struct value *model)
{
    int64_t now_us = time_now_us();
    const struct programme *programme = &shown->programme;
    bool is_over = programme->end_us <= now_us;
    bool is_soon = is_over && shown->has_recording &&
                   shown->recording.state == RECORDING_WANTED;
    value_set_bool(model, "on",
                   programme->start_us <= now_us && !is_over &&
                       shown->channel != NULL);
    value_set_bool(model, "coming", programme->start_us > now_us);
    value_set_bool(model, "over", is_over);
    value_set_bool(model, "soon", is_soon);
}

static void set_programme(struct printing *p, const struct shown *shown)
{
    const struct programme *programme = &shown->programme;
    struct value *model = value_set_object(p->data, "programme");
    tv_fill_programme(p, model, programme);
    value_set_str(model, "day",
                  locale_format_date(p->locale, programme->start_us,
                                     LOCALE_DATE_FULL, p->arena));
    value_set_str(model, "channel", shown->channel_title);
    value_set_str(model, "live",
                  shown->channel ? tv_path(p, &shown->channels, shown->channel)
                                 : printing_path(p, "tv", STR("")));
    set_recording(p, shown, model);
    set_state(shown, model);
}

static void link_data(struct printing *p, const struct shown *shown,
                      struct str path)
{
    const struct recording *recording = &shown->recording;
    struct linked_programme linked = {
        .name = shown->programme.title,
        .description = shown->programme.description,
        .language = shown->programme.language,
        .channel = shown->channel_title,
        .start_us = shown->programme.start_us,
        .end_us = shown->programme.end_us,
        .path = path,
    };
    if (shown->has_recording && recording->state == RECORDING_READY &&
        !printing_is_static(p)) {
        linked.duration_us = recording->duration_us;
        linked.recording = arena_printf(p->arena, "/recording/%s/master.m3u8",
                                        recording->of.id.text);
    }
    linked_add_programme(p, &linked);
}

enum err page_programme(struct printing *p)
{
    struct shown shown = {.has_recording = false};
    enum err err = printing_open(p, p->path.lang);
    if (!err)
        err = load(p, &shown);
    if (!err)
        err = list_set_latest(p, PROGRAMME_LATEST);
    if (err)
        return err;
    struct str path = tv_programme_path(p, &p->path.id);
    set_programme(p, &shown);
    printing_in_all_languages(
        p, arena_printf(p->arena, "programme/%s", p->path.id.text).ptr);
    printing_title(p, shown.programme.title);
    if (shown.programme.description.len)
        printing_describe(p, shown.programme.description);
    printing_share(p, "video.other", shown.programme.title);
    link_data(p, &shown, path);
    return printing_render(p, "programme", 200);
}
