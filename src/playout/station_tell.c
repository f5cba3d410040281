// SPDX-License-Identifier: Apache-2.0
/* What an edge is told of a channel, and everything of it for one that knows
 * nothing. */
#include <assert.h>
#include <string.h>

#include "link/message.h"
#include "playout/station_internal.h"

enum {
    REFILL_SEGMENTS = 6,        /* whose parts an edge is told as parts */
    STORED_A_MESSAGE = 4096,    /* segments */
    PART_BYTES_ROOM = 32 << 20, /* of one rendition's, for a new edge */
};

void station_tell_channel(const struct station *station, struct buf *out)
{
    struct live_channel_info info = {
        .channel = id_number(&station->id),
        .name = str_from_c(station->name),
        .target = STATION_SEGMENT_TICKS,
        .part_target = STATION_PART_TICKS_MAX,
        .dvr_seconds = station->dvr_seconds,
        .has_captions = station->has_captioner,
        .rendition_count = PART_RENDITIONS_MAX,
    };
    memcpy(info.languages, station->languages, sizeof info.languages);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        info.renditions[i] = station->rungs[i].info;
        if (!station->rungs[i].is_wanted || station->rungs[i].is_absent)
            info.renditions[i].codecs = STR("");
    }
    if (out)
        live_put_channel(out, &info);
}

void station_tell_init(const struct station *station, uint32_t at,
                       uint32_t number, struct str bytes, struct buf *out)
{
    if (out)
        live_put_init(out, &(struct live_init){station_number(station), at,
                                               number, bytes});
}

static void tell_inits(const struct station *station, uint32_t at,
                       struct buf *out)
{
    const struct dvr *dvr = &station->rungs[at].dvr;
    uint32_t told = 0;
    for (size_t i = 0; i <= dvr->count; i++) {
        uint32_t number = i < dvr->count ? dvr->segments[i].init : dvr->init;
        if (!number || number == told)
            continue;
        DEFER(buf_finish) struct buf bytes;
        buf_init(&bytes, LIVE_PART_BYTES_MAX);
        if (!dvr_read_init(dvr, number, &bytes))
            station_tell_init(station, at, number, buf_str(&bytes), out);
        told = number;
    }
}

static void tell_stored(const struct station *station, uint32_t at,
                        size_t count, struct buf *out)
{
    const struct dvr *dvr = &station->rungs[at].dvr;
    for (size_t i = 0; i < count;) {
        size_t start = live_begin_stored(out, station_number(station), at);
        for (size_t n = 0; n < STORED_A_MESSAGE && i < count; n++, i++)
            if (dvr->segments[i].place.hour && dvr->segments[i].duration > 0)
                live_put_stored(out, &dvr->segments[i]);
        message_end(out, start);
    }
}

static void tell_newest(const struct station *station, uint32_t at,
                        size_t first, struct buf *out)
{
    const struct dvr *dvr = &station->rungs[at].dvr;
    size_t i = 0;
    for (size_t s = first; s < dvr->count; s++) {
        struct live_part told = {.channel = station_number(station),
                                 .rendition = at,
                                 .segment = dvr->segments[s]};
        told.segment.duration = 0;
        told.segment.place = (struct live_place){.hour = 0};
        while (i < dvr->tail_count &&
               dvr->tail[i].sequence < told.segment.sequence)
            i++;
        for (; i < dvr->tail_count &&
               dvr->tail[i].sequence == told.segment.sequence;
             i++) {
            DEFER(buf_finish) struct buf bytes;
            buf_init(&bytes, LIVE_PART_BYTES_MAX);
            if (dvr_read(dvr, &dvr->tail[i].place, &bytes))
                break;
            told.part = dvr->tail[i].part;
            told.independent = dvr->tail[i].independent;
            told.is_gap = dvr->tail[i].is_gap;
            told.duration = dvr->tail[i].duration;
            told.bytes = buf_str(&bytes);
            live_put_part(out, &told);
        }
        if ((s + 1 < dvr->count || !dvr->is_open) &&
            dvr->segments[s].duration > 0)
            live_put_segment(out,
                             &(struct live_segment){station_number(station), at,
                                                    dvr->segments[s]});
    }
}

/* From which segment on the parts fit into what an edge may be told of a
 * rendition; those before it reads from the files. */
static size_t within_room(const struct dvr *dvr, size_t first)
{
    uint64_t bytes = 0, sequence = 0;
    for (size_t i = dvr->tail_count; i-- > 0;) {
        bytes += dvr->tail[i].place.len;
        sequence = dvr->tail[i].sequence;
        if (bytes > PART_BYTES_ROOM)
            break;
        sequence = 0;
    }
    while (first + 1 < dvr->count && dvr->segments[first].sequence <= sequence)
        first++;
    return first;
}

void station_tell_all(struct station *station, struct buf *out)
{
    assert(out);
    station_tell_channel(station, out);
    captions_tell(&station->captions, station_number(station), out);
    for (uint32_t i = 0; i < PART_RENDITIONS_MAX; i++) {
        const struct dvr *dvr = &station->rungs[i].dvr;
        if (!station->rungs[i].is_wanted || !dvr->count)
            continue;
        size_t first =
            dvr->count > REFILL_SEGMENTS ? dvr->count - REFILL_SEGMENTS : 0;
        first = within_room(dvr, first);
        /* The tail may begin within a segment. */
        while (first < dvr->count && dvr->tail_count &&
               dvr->segments[first].sequence <= dvr->tail[0].sequence &&
               dvr->tail[0].part > 0)
            first++;
        tell_inits(station, i, out);
        tell_stored(station, i, first, out);
        tell_newest(station, i, first, out);
    }
    pictures_tell(&station->pictures, station_number(station), out);
}
