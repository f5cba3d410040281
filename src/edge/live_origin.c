// SPDX-License-Identifier: Apache-2.0
#include "edge/live_origin.h"

#include <stdlib.h>

#include "base/log.h"
#include "edge/live_rendition.h"
#include "edge/live_viewers.h"

enum { CHANNELS_MAX = 256 };

struct channel {
    struct channel *next;
    uint64_t number;
    bool is_told; /* since the last LIVE_BEGIN */
    bool is_gone;
    bool is_dirty; /* the station is */
    struct live_station *station;
    struct live_viewers_table *viewers;
    struct live_picture *pictures;
    size_t picture_count;
    struct live_picture poster;
    struct live_caption_list captions;
    struct live_rendition renditions[LIVE_RENDITIONS_MAX];
};

struct live_origin {
    struct channel *channels;
    size_t channel_count;
    bool is_telling; /* between LIVE_BEGIN and LIVE_READY */
};

/* ---- Forgetting -------------------------------------------------------------
 */

static void clear_pictures(struct channel *channel)
{
    for (size_t i = 0; i < channel->picture_count; i++)
        live_blob_release(channel->pictures[i].jpeg);
    channel->picture_count = 0;
    live_blob_release(channel->poster.jpeg);
    channel->poster = (struct live_picture){0};
}

static void free_channel(struct channel *channel)
{
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++)
        live_rendition_finish(&channel->renditions[i]);
    clear_pictures(channel);
    free(channel->pictures);
    live_caption_list_clear(&channel->captions);
    free(channel->captions.lines);
    live_station_release(channel->station);
    live_viewers_release(channel->viewers);
    free(channel);
}

struct live_origin *live_origin_create(void)
{
    struct live_origin *origin = calloc(1, sizeof *origin);
    if (!origin)
        log_panic("no memory for television");
    return origin;
}

void live_origin_destroy(struct live_origin *origin)
{
    if (!origin)
        return;
    while (origin->channels) {
        struct channel *channel = origin->channels;
        origin->channels = channel->next;
        free_channel(channel);
    }
    free(origin);
}

/* ---- Channels ---------------------------------------------------------------
 */

static struct channel *find(const struct live_origin *origin, uint64_t number)
{
    struct channel *channel = origin->channels;
    while (channel && channel->number != number)
        channel = channel->next;
    return channel;
}

static struct live_rendition *find_rendition(const struct live_origin *origin,
                                             uint64_t number, uint32_t at)
{
    struct channel *channel = find(origin, number);
    if (!channel || at >= channel->station->info.rendition_count)
        return NULL;
    return &channel->renditions[at];
}

static void replace_station(struct channel *channel,
                            const struct live_channel_info *info)
{
    struct live_station *station =
        live_station_create(info, channel->viewers, channel->pictures,
                            channel->picture_count, &channel->poster);
    live_station_release(channel->station);
    channel->station = station;
    channel->is_dirty = true;
    /* info may have been the old one's. */
    for (size_t i = 0; i < station->info.rendition_count; i++)
        channel->renditions[i].is_dirty = true;
}

static struct channel *add_channel(struct live_origin *origin, uint64_t number)
{
    if (origin->channel_count == CHANNELS_MAX)
        return NULL;
    struct channel *channel = calloc(1, sizeof *channel);
    if (!channel)
        log_panic("no memory for television");
    channel->pictures = calloc(LIVE_PICTURES_MAX, sizeof *channel->pictures);
    if (!channel->pictures)
        log_panic("no memory for television");
    channel->number = number;
    channel->viewers = live_viewers_create();
    channel->next = origin->channels;
    origin->channels = channel;
    origin->channel_count++;
    return channel;
}

static bool is_same_rendition(const struct channel *channel,
                              const struct live_channel_info *info, size_t at)
{
    return channel->station && at < channel->station->info.rendition_count &&
           at < info->rendition_count &&
           str_eq(channel->station->info.renditions[at].name,
                  info->renditions[at].name);
}

static enum err on_channel(struct live_origin *origin, struct str payload)
{
    struct live_channel_info info;
    if (live_read_channel(payload, &info))
        return ERR_INVALID;
    struct channel *channel = find(origin, info.channel);
    if (!channel && !(channel = add_channel(origin, info.channel)))
        return ERR_INVALID;
    bool anew = origin->is_telling && !channel->is_told;
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        if (anew || !is_same_rendition(channel, &info, i))
            live_rendition_clear(&channel->renditions[i]);
    }
    if (anew) {
        clear_pictures(channel);
        live_caption_list_clear(&channel->captions);
    }
    channel->is_told = true;
    channel->is_gone = false;
    replace_station(channel, &info);
    return ERR_OK;
}

static enum err on_gone(struct live_origin *origin, struct str payload)
{
    uint64_t number;
    if (live_read_gone(payload, &number))
        return ERR_INVALID;
    struct channel *channel = find(origin, number);
    if (channel)
        channel->is_gone = true;
    return ERR_OK;
}

static void begin_telling(struct live_origin *origin)
{
    origin->is_telling = true;
    for (struct channel *c = origin->channels; c; c = c->next)
        c->is_told = false;
}

static void end_telling(struct live_origin *origin)
{
    origin->is_telling = false;
    for (struct channel *c = origin->channels; c; c = c->next) {
        if (!c->is_told)
            c->is_gone = true;
    }
}

/* ---- Renditions -------------------------------------------------------------
 */

static enum err on_init(struct live_origin *origin, struct str payload)
{
    struct live_init init;
    if (live_read_init(payload, &init))
        return ERR_INVALID;
    struct live_rendition *rendition =
        find_rendition(origin, init.channel, init.rendition);
    if (!rendition)
        return ERR_INVALID;
    live_rendition_add_init(rendition, &init);
    return ERR_OK;
}

static uint32_t dvr_seconds_of(const struct live_origin *origin,
                               uint64_t channel)
{
    return find(origin, channel)->station->info.dvr_seconds;
}

static enum err on_part(struct live_origin *origin, struct str payload)
{
    struct live_part part;
    if (live_read_part(payload, &part))
        return ERR_INVALID;
    struct live_rendition *rendition =
        find_rendition(origin, part.channel, part.rendition);
    if (!rendition)
        return ERR_INVALID;
    live_rendition_add_part(rendition, &part,
                            dvr_seconds_of(origin, part.channel));
    return ERR_OK;
}

static enum err on_segment(struct live_origin *origin, struct str payload)
{
    struct live_segment told;
    if (live_read_segment(payload, &told))
        return ERR_INVALID;
    struct live_rendition *rendition =
        find_rendition(origin, told.channel, told.rendition);
    if (!rendition)
        return ERR_INVALID;
    live_rendition_end_segment(rendition, &told.segment);
    return ERR_OK;
}

static enum err on_stored(struct live_origin *origin, struct str payload)
{
    struct live_stored stored;
    struct live_segment_info info;
    if (live_read_stored(payload, &stored))
        return ERR_INVALID;
    struct live_rendition *rendition =
        find_rendition(origin, stored.channel, stored.rendition);
    if (!rendition)
        return ERR_INVALID;
    while (live_next_stored(&stored, &info))
        live_rendition_add_stored(rendition, &info,
                                  dvr_seconds_of(origin, stored.channel));
    return ERR_OK;
}

static enum err on_pruned(struct live_origin *origin, struct str payload)
{
    struct live_pruned pruned;
    if (live_read_pruned(payload, &pruned))
        return ERR_INVALID;
    struct live_rendition *rendition =
        find_rendition(origin, pruned.channel, pruned.rendition);
    if (!rendition)
        return ERR_INVALID;
    live_rendition_prune(rendition, pruned.sequence);
    return ERR_OK;
}

/* ---- Pictures and captions --------------------------------------------------
 */

static void drop_first_picture(struct channel *channel)
{
    live_blob_release(channel->pictures[0].jpeg);
    channel->picture_count--;
    memmove(channel->pictures, channel->pictures + 1,
            channel->picture_count * sizeof *channel->pictures);
}

static enum err on_picture(struct live_origin *origin,
                           const struct message *message)
{
    bool is_poster = message->kind == MESSAGE_LIVE_POSTER;
    struct live_thumbnail told;
    if (live_read_thumbnail(message->payload, &told) ||
        told.jpeg.len >
            (is_poster ? LIVE_POSTER_BYTES_MAX : LIVE_PICTURE_BYTES_MAX))
        return ERR_INVALID;
    struct channel *channel = find(origin, told.channel);
    if (!channel)
        return ERR_INVALID;
    channel->is_dirty = true;
    if (is_poster) {
        live_blob_release(channel->poster.jpeg);
        channel->poster = live_picture_make(&told);
        return ERR_OK;
    }
    int64_t window_us = (int64_t)channel->station->info.dvr_seconds * 1000000;
    while (channel->picture_count == LIVE_PICTURES_MAX ||
           (channel->picture_count &&
            channel->pictures[0].start_us < told.start_us - window_us))
        drop_first_picture(channel);
    channel->pictures[channel->picture_count++] = live_picture_make(&told);
    return ERR_OK;
}

static enum err on_caption(struct live_origin *origin, struct str payload)
{
    struct live_caption told;
    if (live_read_caption(payload, &told))
        return ERR_INVALID;
    struct channel *channel = find(origin, told.channel);
    if (!channel)
        return ERR_INVALID;
    live_caption_list_add(&channel->captions, &told,
                          channel->station->info.dvr_seconds);
    return ERR_OK;
}

enum err live_origin_take(struct live_origin *origin,
                          const struct message *message)
{
    switch ((int)message->kind) {
    case MESSAGE_LIVE_BEGIN:
        begin_telling(origin);
        return ERR_OK;
    case MESSAGE_LIVE_READY:
        end_telling(origin);
        return ERR_OK;
    case MESSAGE_LIVE_CHANNEL:
        return on_channel(origin, message->payload);
    case MESSAGE_LIVE_INIT:
        return on_init(origin, message->payload);
    case MESSAGE_LIVE_STORED:
        return on_stored(origin, message->payload);
    case MESSAGE_LIVE_PART:
        return on_part(origin, message->payload);
    case MESSAGE_LIVE_SEGMENT:
        return on_segment(origin, message->payload);
    case MESSAGE_LIVE_PRUNED:
        return on_pruned(origin, message->payload);
    case MESSAGE_LIVE_THUMBNAIL:
    case MESSAGE_LIVE_POSTER:
        return on_picture(origin, message);
    case MESSAGE_LIVE_CAPTION:
        return on_caption(origin, message->payload);
    case MESSAGE_LIVE_GONE:
        return on_gone(origin, message->payload);
    default:
        return ERR_INVALID;
    }
}

/* ---- Handing on -------------------------------------------------------------
 */

static struct live_edition *make_edition(struct channel *channel, uint32_t at)
{
    struct live_edition *edition =
        live_rendition_edition(&channel->renditions[at]);
    edition->station = live_station_hold(channel->station);
    edition->rendition = at;
    for (size_t i = 0; i < channel->station->info.rendition_count; i++)
        edition->reports[i] = live_rendition_report(&channel->renditions[i]);
    return edition;
}

static bool take_gone(struct live_origin *origin, struct live_change *ret)
{
    for (struct channel **at = &origin->channels; *at; at = &(*at)->next) {
        struct channel *channel = *at;
        if (!channel->is_gone)
            continue;
        *ret =
            (struct live_change){.channel = channel->number, .is_gone = true};
        *at = channel->next;
        origin->channel_count--;
        free_channel(channel);
        return true;
    }
    return false;
}

static bool take_change(struct channel *channel, struct live_change *ret)
{
    *ret = (struct live_change){.channel = channel->number};
    if (channel->is_dirty) {
        channel->is_dirty = false;
        replace_station(channel, &channel->station->info);
        channel->is_dirty = false;
        ret->station = live_station_hold(channel->station);
        return true;
    }
    if (channel->captions.is_new) {
        ret->captions = live_captions_create(&channel->captions);
        return true;
    }
    for (uint32_t i = 0; i < channel->station->info.rendition_count; i++) {
        struct live_rendition *rendition = &channel->renditions[i];
        if (!rendition->is_dirty)
            continue;
        rendition->is_dirty = false;
        ret->edition = make_edition(channel, i);
        return true;
    }
    return false;
}

bool live_origin_next(struct live_origin *origin, struct live_change *ret)
{
    if (origin->is_telling)
        return false;
    if (take_gone(origin, ret))
        return true;
    for (struct channel *c = origin->channels; c; c = c->next) {
        if (take_change(c, ret))
            return true;
    }
    return false;
}

void live_origin_put_viewers(struct live_origin *origin, int64_t now_us,
                             struct buf *out)
{
    struct live_viewers viewers[CHANNELS_MAX];
    size_t count = 0;
    for (struct channel *c = origin->channels; c; c = c->next)
        viewers[count++] = (struct live_viewers){
            c->number, live_viewers_count(c->viewers, now_us)};
    if (count)
        live_put_viewers(out, viewers, count);
}
