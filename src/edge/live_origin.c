// SPDX-License-Identifier: Apache-2.0
#include "edge/live_origin.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "edge/live_viewers.h"

enum {
    CHANNELS_MAX = 256,
    RECENT_MAX = 256, /* segments in memory, should they be very short */
    INITS_MAX = 64,
    PAST_MAX = 1 << 18, /* segments in files; six days of the shortest */
};

struct part {
    int64_t duration;
    bool independent;
    bool is_gap;
    struct live_blob *blob; /* one reference; NULL of a gap */
    struct str bytes;
};

struct segment {
    struct live_segment_info info;
    bool is_complete;
    struct live_blob *blob; /* all of it, once it is complete */
    size_t part_count;
    struct part parts[LIVE_PARTS_MAX];
};

struct rendition {
    struct live_segment_info *past;
    size_t past_count, past_capacity;
    struct live_past *past_shared; /* NULL when it is out of date */
    struct segment *recent[RECENT_MAX];
    size_t recent_count;
    struct live_edition_init inits[INITS_MAX];
    size_t init_count;
    int64_t longest; /* segment since the last break */
    bool is_dirty;
};

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
    struct rendition renditions[LIVE_RENDITIONS_MAX];
};

struct live_origin {
    struct channel *channels;
    size_t channel_count;
    bool is_telling; /* between LIVE_BEGIN and LIVE_READY */
};

/* ---- Forgetting -------------------------------------------------------------
 */

static void free_segment(struct segment *segment)
{
    for (size_t i = 0; i < segment->part_count; i++)
        live_blob_release(segment->parts[i].blob);
    live_blob_release(segment->blob);
    free(segment);
}

static void forget_past(struct rendition *rendition)
{
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
    rendition->past_count = 0;
}

static void forget_media(struct rendition *rendition)
{
    for (size_t i = 0; i < rendition->recent_count; i++)
        free_segment(rendition->recent[i]);
    rendition->recent_count = 0;
    forget_past(rendition);
    rendition->is_dirty = true;
}

static void clear_rendition(struct rendition *rendition)
{
    forget_media(rendition);
    for (size_t i = 0; i < rendition->init_count; i++)
        live_blob_release(rendition->inits[i].blob);
    rendition->init_count = 0;
}

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
    for (size_t i = 0; i < LIVE_RENDITIONS_MAX; i++) {
        clear_rendition(&channel->renditions[i]);
        free(channel->renditions[i].past);
    }
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

static struct rendition *find_rendition(const struct live_origin *origin,
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
            clear_rendition(&channel->renditions[i]);
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

/* ---- Segments ---------------------------------------------------------------
 */

static struct segment *last_of(const struct rendition *rendition)
{
    return rendition->recent_count
               ? rendition->recent[rendition->recent_count - 1]
               : NULL;
}

static void add_past(struct rendition *rendition,
                     const struct live_segment_info *info)
{
    if (rendition->past_count == rendition->past_capacity) {
        size_t capacity =
            rendition->past_capacity ? rendition->past_capacity * 2 : 64;
        struct live_segment_info *grown =
            realloc(rendition->past, capacity * sizeof *grown);
        if (!grown)
            log_panic("no memory for television");
        rendition->past = grown;
        rendition->past_capacity = capacity;
    }
    rendition->past[rendition->past_count++] = *info;
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
}

static void drop_past(struct rendition *rendition, size_t count)
{
    if (!count)
        return;
    rendition->past_count -= count;
    memmove(rendition->past, rendition->past + count,
            rendition->past_count * sizeof *rendition->past);
    live_past_release(rendition->past_shared);
    rendition->past_shared = NULL;
    rendition->is_dirty = true;
}

/* What is older than the window, counted back from the end. */
static void cut_past(struct rendition *rendition, int64_t ticks)
{
    size_t at = rendition->past_count;
    size_t least = at > PAST_MAX ? at - PAST_MAX : 0;
    while (at > least && ticks > 0)
        ticks -= rendition->past[--at].duration;
    drop_past(rendition, at);
}

/* The oldest in memory goes to those that only a file has; when no file has it,
 * the ones before it cannot be told of any more either: a playlist has no gaps.
 */
static void retire_first(struct rendition *rendition)
{
    struct segment *first = rendition->recent[0];
    if (first->info.place.hour)
        add_past(rendition, &first->info);
    else
        forget_past(rendition);
    free_segment(first);
    rendition->recent_count--;
    memmove(rendition->recent, rendition->recent + 1,
            rendition->recent_count * sizeof *rendition->recent);
}

static size_t bytes_of(const struct segment *segment)
{
    size_t len = 0;
    for (size_t i = 0; i < segment->part_count; i++)
        len += segment->parts[i].bytes.len;
    return len;
}

static void retire(struct rendition *rendition, uint32_t dvr_seconds)
{
    int64_t newer = 0;
    size_t keep = 0, bytes = 0;
    while (keep < rendition->recent_count && newer < LIVE_MEMORY_TICKS &&
           bytes < LIVE_MEMORY_BYTES) {
        keep++;
        const struct segment *segment =
            rendition->recent[rendition->recent_count - keep];
        newer += segment->info.duration;
        bytes += bytes_of(segment);
    }
    while (rendition->recent_count > keep)
        retire_first(rendition);
    if (rendition->recent_count == RECENT_MAX)
        retire_first(rendition);
    cut_past(rendition, (int64_t)dvr_seconds * LIVE_HZ - newer);
}

static int64_t duration_of(const struct segment *segment)
{
    int64_t duration = 0;
    if (segment->is_complete && segment->info.duration)
        return segment->info.duration;
    for (size_t i = 0; i < segment->part_count; i++)
        duration += segment->parts[i].duration;
    return duration;
}

/* All parts in one piece, in which the parts lie from now on. */
static void join_parts(struct segment *segment)
{
    size_t len = bytes_of(segment);
    if (!len)
        return;
    struct live_blob *blob = live_blob_create(len);
    char *at = blob->bytes;
    for (size_t i = 0; i < segment->part_count; i++) {
        struct part *part = &segment->parts[i];
        if (part->is_gap)
            continue;
        memcpy(at, part->bytes.ptr, part->bytes.len);
        live_blob_release(part->blob);
        part->blob = live_blob_hold(blob);
        part->bytes = str_of(at, part->bytes.len);
        at += part->bytes.len;
    }
    segment->blob = blob;
}

static void complete(struct rendition *rendition, struct segment *segment)
{
    if (!segment->info.duration)
        segment->info.duration = duration_of(segment);
    segment->is_complete = true;
    rendition->is_dirty = true;
    join_parts(segment);
}

static struct segment *add_segment(struct rendition *rendition,
                                   const struct live_segment_info *info)
{
    struct segment *segment = calloc(1, sizeof *segment);
    if (!segment)
        log_panic("no memory for television");
    segment->info = *info;
    const struct segment *last = last_of(rendition);
    if (last && last->info.timeline != info->timeline)
        rendition->longest = 0;
    if (rendition->longest < info->duration)
        rendition->longest = info->duration;
    assert(rendition->recent_count < RECENT_MAX);
    rendition->recent[rendition->recent_count++] = segment;
    return segment;
}

/* The number that comes next; false when any may. */
static bool expected(const struct rendition *rendition, uint64_t *ret_sequence)
{
    const struct segment *last = last_of(rendition);
    if (last)
        *ret_sequence = last->info.sequence + 1;
    else if (rendition->past_count)
        *ret_sequence = rendition->past[rendition->past_count - 1].sequence + 1;
    return last || rendition->past_count;
}

/* The segment that a part belongs to, which may be a new one; NULL when it is
 * not to be told (again). */
static struct segment *segment_for(struct rendition *rendition,
                                   const struct live_part *part,
                                   uint32_t dvr_seconds)
{
    struct segment *last = last_of(rendition);
    uint64_t sequence = part->segment.sequence, next = 0;
    if (last && sequence == last->info.sequence)
        return last->is_complete || part->part != last->part_count ? NULL
                                                                   : last;
    bool has_next = expected(rendition, &next);
    if (part->part != 0 || (has_next && sequence < next))
        return NULL;
    if (last && !last->is_complete)
        complete(rendition, last);
    if (has_next && sequence > next) {
        log_warn("segments are missing; the playlist begins anew",
                 LOG_INT("expected", next), LOG_INT("came", sequence));
        forget_media(rendition);
    }
    retire(rendition, dvr_seconds);
    return add_segment(rendition, &part->segment);
}

static enum err on_part(struct live_origin *origin, struct str payload)
{
    struct live_part part;
    if (live_read_part(payload, &part))
        return ERR_INVALID;
    struct rendition *rendition =
        find_rendition(origin, part.channel, part.rendition);
    if (!rendition)
        return ERR_INVALID;
    struct segment *segment =
        segment_for(rendition, &part,
                    find(origin, part.channel)->station->info.dvr_seconds);
    if (!segment)
        return ERR_OK;
    struct part *added = &segment->parts[segment->part_count++];
    *added = (struct part){
        .duration = part.duration,
        .independent = part.independent,
        .is_gap = part.is_gap,
    };
    segment->info.is_gap = segment->info.is_gap || part.is_gap;
    if (!part.is_gap) {
        added->blob = live_blob_create(part.bytes.len);
        memcpy(added->blob->bytes, part.bytes.ptr, part.bytes.len);
        added->bytes = live_blob_str(added->blob);
    }
    rendition->is_dirty = true;
    return ERR_OK;
}

static enum err on_segment(struct live_origin *origin, struct str payload)
{
    struct live_segment told;
    if (live_read_segment(payload, &told))
        return ERR_INVALID;
    struct rendition *rendition =
        find_rendition(origin, told.channel, told.rendition);
    if (!rendition)
        return ERR_INVALID;
    for (size_t i = rendition->recent_count; i-- > 0;) {
        struct segment *segment = rendition->recent[i];
        if (segment->info.sequence != told.segment.sequence)
            continue;
        segment->info = told.segment;
        if (!segment->is_complete)
            complete(rendition, segment);
        rendition->is_dirty = true;
        break;
    }
    return ERR_OK;
}

/* Those of the last minute are shown as if they were in memory. */
static enum err on_stored(struct live_origin *origin, struct str payload)
{
    struct live_stored stored;
    struct live_segment_info info;
    if (live_read_stored(payload, &stored))
        return ERR_INVALID;
    struct rendition *rendition =
        find_rendition(origin, stored.channel, stored.rendition);
    if (!rendition)
        return ERR_INVALID;
    uint32_t dvr_seconds =
        find(origin, stored.channel)->station->info.dvr_seconds;
    while (live_next_stored(&stored, &info)) {
        uint64_t next;
        bool has_next = expected(rendition, &next);
        if (has_next && info.sequence < next)
            continue;
        if (has_next && info.sequence > next)
            forget_media(rendition);
        retire(rendition, dvr_seconds);
        add_segment(rendition, &info)->is_complete = true;
    }
    rendition->is_dirty = true;
    return ERR_OK;
}

static enum err on_pruned(struct live_origin *origin, struct str payload)
{
    struct live_pruned pruned;
    if (live_read_pruned(payload, &pruned))
        return ERR_INVALID;
    struct rendition *rendition =
        find_rendition(origin, pruned.channel, pruned.rendition);
    if (!rendition)
        return ERR_INVALID;
    size_t count = 0;
    while (count < rendition->past_count &&
           rendition->past[count].sequence < pruned.sequence)
        count++;
    drop_past(rendition, count);
    return ERR_OK;
}

/* ---- The rest ---------------------------------------------------------------
 */

static enum err on_init(struct live_origin *origin, struct str payload)
{
    struct live_init init;
    if (live_read_init(payload, &init))
        return ERR_INVALID;
    struct rendition *rendition =
        find_rendition(origin, init.channel, init.rendition);
    if (!rendition)
        return ERR_INVALID;
    if (rendition->init_count == INITS_MAX) {
        live_blob_release(rendition->inits[0].blob);
        rendition->init_count--;
        memmove(rendition->inits, rendition->inits + 1,
                rendition->init_count * sizeof *rendition->inits);
    }
    struct live_blob *blob = live_blob_create(init.bytes.len);
    memcpy(blob->bytes, init.bytes.ptr, init.bytes.len);
    rendition->inits[rendition->init_count++] =
        (struct live_edition_init){init.number, blob};
    rendition->is_dirty = true;
    return ERR_OK;
}

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

static struct live_past *share_past(struct rendition *rendition)
{
    if (!rendition->past_count)
        return NULL;
    if (!rendition->past_shared) {
        struct live_past *past = malloc(
            sizeof *past + rendition->past_count * sizeof *past->segments);
        if (!past)
            log_panic("no memory for television");
        atomic_init(&past->references, 1);
        past->count = rendition->past_count;
        past->has_dependent = false;
        for (size_t i = 0; i < past->count; i++)
            past->has_dependent |= rendition->past[i].is_dependent;
        memcpy(past->segments, rendition->past,
               past->count * sizeof *past->segments);
        rendition->past_shared = past;
    }
    atomic_fetch_add(&rendition->past_shared->references, 1);
    return rendition->past_shared;
}

static void copy_segment(struct live_edition *edition, size_t at,
                         const struct segment *segment, size_t *part_at)
{
    edition->has_dependent |= segment->info.is_dependent;
    edition->segments[at] = (struct live_edition_segment){
        .info = segment->info,
        .is_complete = segment->is_complete,
        .blob = live_blob_hold(segment->blob),
        .part_first = *part_at,
        .part_count = segment->part_count,
    };
    for (size_t i = 0; i < segment->part_count; i++) {
        const struct part *part = &segment->parts[i];
        edition->parts[(*part_at)++] = (struct live_edition_part){
            .duration = part->duration,
            .independent = part->independent,
            .is_gap = part->is_gap,
            .blob = live_blob_hold(part->blob),
            .bytes = part->bytes,
        };
    }
}

static void add_reports(const struct channel *channel,
                        struct live_edition *edition)
{
    for (size_t i = 0; i < channel->station->info.rendition_count; i++) {
        const struct segment *last = last_of(&channel->renditions[i]);
        if (last && last->part_count)
            edition->reports[i] = (struct live_report){
                last->info.sequence, last->part_count - 1, true};
    }
}

static struct live_edition *make_edition(const struct channel *channel,
                                         struct rendition *rendition,
                                         uint32_t number)
{
    size_t parts = 0, part_at = 0;
    for (size_t i = 0; i < rendition->recent_count; i++)
        parts += rendition->recent[i]->part_count;
    struct live_edition *edition = live_edition_create(
        rendition->recent_count, parts, rendition->init_count);
    edition->station = live_station_hold(channel->station);
    edition->rendition = number;
    edition->past = share_past(rendition);
    edition->has_dependent = edition->past && edition->past->has_dependent;
    for (size_t i = 0; i < rendition->recent_count; i++)
        copy_segment(edition, i, rendition->recent[i], &part_at);
    for (size_t i = 0; i < rendition->init_count; i++) {
        edition->inits[i] = rendition->inits[i];
        live_blob_hold(edition->inits[i].blob);
    }
    const struct segment *last = last_of(rendition);
    if (last && rendition->longest < duration_of(last))
        rendition->longest = duration_of(last);
    edition->longest = rendition->longest;
    add_reports(channel, edition);
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
        struct rendition *rendition = &channel->renditions[i];
        if (!rendition->is_dirty)
            continue;
        rendition->is_dirty = false;
        ret->edition = make_edition(channel, rendition, i);
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
