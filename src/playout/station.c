// SPDX-License-Identifier: Apache-2.0
#include "playout/station.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "playout/station_internal.h"

enum {
    ABSENT_TICKS = 10 * LIVE_HZ, /* a rung that is so far behind is not made */
};

enum err station_refuse(const struct station *station, const struct part *part,
                        const char *cause)
{
    log_warn("what a maker of television says is refused",
             LOG_C("channel", station->name), LOG_C("cause", cause),
             LOG_INT("kind", part->kind), LOG_INT("rendition", part->rendition),
             LOG_INT("tick", part->tick), LOG_INT("duration", part->duration),
             LOG_INT("bytes", (int64_t)part->payload.len));
    return ERR_INVALID;
}

/* ---- The channel's clock ----------------------------------------------------
 */

/* As the ingest's: the wall clock, which goes on when that is set back, and
 * never was before what is recorded. */
static int64_t clock_of(struct station *station)
{
    int64_t now = clock_now_us(), wall = time_now_us() * 9 / 100;
    int64_t tick = station->clock_tick + (now - station->clock_us) * 9 / 100;
    station->clock_tick = tick > wall ? tick : wall;
    station->clock_us = now;
    return station->clock_tick;
}

static bool is_of_now(struct station *station, int64_t tick)
{
    return tick >= 0 && tick <= clock_of(station) + STATION_AHEAD_TICKS;
}

/* ---- Parts ------------------------------------------------------------------
 */

/* What a captioner said until the end of the segment has to be there before the
 * end is. */
static void give_captions(struct station *station, int64_t tick,
                          struct buf *out)
{
    struct live_caption piece;
    while (captioner_next(&station->captioner, tick, &piece)) {
        piece.channel = station_number(station);
        (void)captions_take(&station->captions, &piece, out);
    }
}

static void end_segment(struct station *station, uint32_t at, struct buf *out)
{
    struct rung *rung = &station->rungs[at];
    struct live_segment_info *last = dvr_last(&rung->dvr);
    if (!rung->dvr.is_open || !last)
        return;
    dvr_end(&rung->dvr);
    give_captions(station, last->tick + last->duration, out);
    if (out && last->duration > 0)
        live_put_segment(
            out, &(struct live_segment){station_number(station), at, *last});
}

static void begin_segment(struct station *station, uint32_t at,
                          const struct part *part, struct buf *out)
{
    struct rung *rung = &station->rungs[at];
    const struct live_segment_info *last = dvr_last(&rung->dvr);
    end_segment(station, at, out);
    struct station_cut cut =
        station_cut_at(station, part->tick, last ? last->sequence + 1 : 0);
    dvr_begin(&rung->dvr, &(struct live_segment_info){
                              .sequence = cut.sequence,
                              .tick = part->tick,
                              .start_us = part->tick * 100 / 9,
                              .init = rung->dvr.init,
                              .timeline = cut.timeline,
                          });
    rung->part_count = 0;
    rung->starts_anew = false;
}

static void tell_part(const struct station *station, uint32_t at,
                      const struct dvr_part *part, struct str bytes,
                      struct buf *out)
{
    struct live_segment_info segment =
        station->rungs[at].dvr.segments[station->rungs[at].dvr.count - 1];
    segment.duration = 0;
    segment.place = (struct live_place){.hour = 0};
    if (out)
        live_put_part(out, &(struct live_part){
                               .channel = station_number(station),
                               .rendition = at,
                               .part = part->part,
                               .independent = part->independent,
                               .is_gap = part->is_gap,
                               .duration = part->duration,
                               .segment = segment,
                               .bytes = bytes,
                           });
}

/* Whether a segment is open that has room for it. */
static bool fits(struct rung *rung, const struct part *part)
{
    const struct live_segment_info *last = dvr_last(&rung->dvr);
    return rung->dvr.is_open && last && !rung->starts_anew &&
           rung->part_count < LIVE_PARTS_MAX &&
           last->duration + part->duration <= LIVE_DURATION_MAX;
}

static void add_part(struct station *station, uint32_t at,
                     const struct part *part, struct buf *out)
{
    struct rung *rung = &station->rungs[at];
    if ((part->flags & PART_SEGMENT_START) || !fits(rung, part))
        begin_segment(station, at, part, out);
    struct dvr_part kept = {
        .sequence = dvr_last(&rung->dvr)->sequence,
        .part = rung->part_count++,
        .independent = part->flags & PART_INDEPENDENT,
        .is_gap = part->flags & PART_GAP,
        .tick = part->tick,
        .duration = part->duration,
    };
    dvr_add(&rung->dvr, &kept, part->payload);
    station_note_used(station, &rung->dvr, kept.sequence);
    tell_part(station, at, &kept, part->payload, out);
    rung->end = part->tick + part->duration;
    *(kept.is_gap ? &rung->gap_total : &rung->part_total) += 1;
    if (part->flags & PART_SEGMENT_END)
        end_segment(station, at, out);
}

static struct rung *rung_of(struct station *station, const struct part *part,
                            uint32_t *ret_at)
{
    int at = station->rung_of[part->rendition];
    if (at < 0)
        return NULL;
    *ret_at = (uint32_t)at;
    return &station->rungs[at];
}

/* A rung that is not made leaves the playlist of playlists; whoever follows
 * it already is told of gaps, and moves to another one. */
static void set_absent(struct station *station, uint32_t at, bool is,
                       struct buf *out)
{
    struct rung *rung = &station->rungs[at];
    if (at == PART_SOURCE || at == PART_SOUND || rung->is_absent == is)
        return;
    rung->is_absent = is;
    station_tell_channel(station, out);
}

static enum err on_part(struct station *station, const struct part *part,
                        struct buf *out)
{
    uint32_t at;
    struct rung *rung = rung_of(station, part, &at);
    if (!rung || !rung->dvr.init)
        return station_refuse(station, part,
                              "a part comes after its initialisation");
    if (!is_of_now(station, part->tick))
        return station_refuse(station, part,
                              "a part is of the present, not the future");
    if (part->duration > STATION_PART_DURATION_MAX)
        return station_refuse(station, part, "a part has at most 20 seconds");
    if (part->payload.len > STATION_PART_BYTES_MAX)
        return station_refuse(station, part, "a part has at most 4 MiB");
    if (part->flags & PART_DISCONTINUITY) {
        /* The one that comes first breaks for all. */
        const struct live_segment_info *last = dvr_last(&rung->dvr);
        station->breaks = !station_near_cut(station, part->tick,
                                            last ? last->sequence + 1 : 0);
        rung->starts_anew = true;
    }
    if (!(part->flags & PART_GAP) != (part->payload.len > 0))
        return station_refuse(station, part,
                              "a gap, and nothing else, has no bytes");
    if (!part->duration)
        return station_refuse(station, part, "a part takes time");
    if (part->tick <
        rung->end - STATION_NEAR_TICKS) /* a maker that repeats itself */
        return ERR_OK;
    set_absent(station, at, part->flags & PART_GAP, out);
    for (uint32_t i = PART_SOURCE + 1; at == PART_SOURCE && i < PART_SOUND; i++)
        if (station->rungs[i].end < part->tick - ABSENT_TICKS)
            set_absent(station, i, true, out);
    add_part(station, at, part, out);
    return ERR_OK;
}

static enum err on_init(struct station *station, const struct part *part,
                        struct buf *out)
{
    uint32_t at;
    struct rung *rung = rung_of(station, part, &at);
    if (!rung)
        return station_refuse(station, part,
                              "an initialisation comes after RENDITION");
    if (!part->payload.len || part->payload.len > STATION_INIT_BYTES_MAX)
        return station_refuse(station, part,
                              "an initialisation has at most 64 KiB");
    uint32_t before = rung->dvr.init;
    uint32_t number = dvr_put_init(&rung->dvr, part->payload);
    if (number == before)
        return ERR_OK;
    if (before) {
        rung->starts_anew = true;
        station->breaks = true;
    }
    station_tell_init(station, at, number, part->payload, out);
    return ERR_OK;
}

/* ---- What goes along --------------------------------------------------------
 */

/* Its number is that of the segment in which it is. */
static enum err on_picture(struct station *station, const struct part *part,
                           struct buf *out)
{
    if (!is_of_now(station, part->tick))
        return station_refuse(station, part, "a picture is of the present");
    const struct station_cut *cut = station_last_cut(station);
    for (size_t i = station->cut_count; i-- > 0;) {
        cut = &station->cuts[i];
        if (cut->tick <= part->tick)
            break;
    }
    if (!cut)
        return ERR_OK;
    const char *cause = pictures_take(
        &station->pictures, station_number(station), cut->sequence, part, out);
    return cause ? station_refuse(station, part, cause) : ERR_OK;
}

static enum err on_caption(struct station *station, const struct part *part,
                           struct buf *out)
{
    _Static_assert((int)PART_CAPTIONS == (int)LIVE_CAPTION_TRACKS, "all");
    const struct live_caption caption = {station_number(station), part->tick,
                                         part->duration, part->payload,
                                         part->rendition};
    const char *cause = is_of_now(station, part->tick)
                            ? captions_take(&station->captions, &caption, out)
                            : "a caption is of the present";
    return cause ? station_refuse(station, part, cause) : ERR_OK;
}

enum err station_take(struct station *station, const struct part *part,
                      struct buf *out)
{
    switch (part->kind) {
    case PART_RENDITION:
        return station_on_rendition(station, part, out);
    case PART_INIT:
        return on_init(station, part, out);
    case PART_PART:
        return on_part(station, part, out);
    case PART_THUMBNAIL:
    case PART_POSTER:
        return on_picture(station, part, out);
    case PART_CAPTION:
        return on_caption(station, part, out);
    default:
        return station_refuse(station, part,
                              "a maker says nothing of that kind");
    }
}

/* ---- Makers -----------------------------------------------------------------
 */

void station_begin_maker(struct station *station)
{
    memset(station->rung_of, -1, sizeof station->rung_of);
}

static json_t *positions(const struct station *station)
{
    json_t *from = json_object();
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        const struct rung *rung = &station->rungs[i];
        if (!rung->is_wanted || !rung->end || !rung->dvr.count)
            continue;
        /* When the segment is complete the next one begins there. */
        int64_t segment = rung->dvr.is_open
                              ? rung->dvr.segments[rung->dvr.count - 1].tick
                              : rung->end;
        json_object_set_new(
            from, part_rendition_name(i),
            json_pack("[II]", (json_int_t)rung->end, (json_int_t)segment));
    }
    return from;
}

void station_write_start(const struct station *station, struct buf *out)
{
    json_t *ladder = json_array();
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        if (station->rungs[i].is_wanted)
            json_array_append_new(ladder, json_string(part_rendition_name(i)));
    }
    json_t *start = json_pack(
        "{s:i,s:i,s:i,s:i,s:o,s:o}", "part_ticks", STATION_PART_TICKS,
        "part_ticks_max", STATION_PART_TICKS_MAX, "segment_ticks",
        STATION_SEGMENT_TICKS, "segment_ticks_max", STATION_SEGMENT_TICKS_MAX,
        "ladder", ladder, "from", positions(station));
    char *text = json_dumps(start, JSON_COMPACT);
    json_decref(start);
    if (!text)
        log_panic("no memory for television");
    const struct part message = {.kind = PART_START,
                                 .payload = str_from_c(text)};
    part_write(out, &message);
    free(text);
}

/* ---- Life -------------------------------------------------------------------
 */

static void apply(struct station *station, const struct station_config *config)
{
    if (str_to_c(config->name, station->name, sizeof station->name))
        station->name[0] = '\0';
    station->dvr_seconds = config->dvr_seconds;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        station->rungs[i].is_wanted = config->ladder & 1u << i;
}

static enum err open_rung(struct station *station, unsigned at,
                          struct fault *fault)
{
    struct rung *rung = &station->rungs[at];
    char folder[STATION_PATH_BYTES];
    rung->info.name = str_from_c(part_rendition_name(at));
    snprintf(folder, sizeof folder, "%s/%s", station->folder,
             part_rendition_name(at));
    enum err err = dvr_open(&rung->dvr, folder, fault);
    if (err)
        return err;
    station_load_info(station, (int)at);
    const struct live_segment_info *last = dvr_last(&rung->dvr);
    if (rung->dvr.tail_count) {
        const struct dvr_part *part = &rung->dvr.tail[rung->dvr.tail_count - 1];
        rung->end = part->tick + part->duration;
    }
    const struct station_cut *cut = station_last_cut(station);
    if (last && (!cut || last->sequence > cut->sequence))
        station_add_cut(
            station,
            &(struct station_cut){last->sequence, last->tick, last->timeline});
    return ERR_OK;
}

static void note_damage(struct station *station)
{
    bool is_damaged = false;
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++)
        is_damaged |= station->rungs[i].dvr.is_damaged;
    uint64_t now = (uint64_t)(time_now_us() / 2000000);
    if (is_damaged && station->least < now)
        station->least = now;
}

enum err station_open(struct station *station, const char *live_folder,
                      const struct station_config *config, struct fault *fault)
{
    *station = (struct station){.id = config->id, .used_fd = -1};
    snprintf(station->folder, sizeof station->folder, "%s/%s", live_folder,
             config->id.text);
    if (pictures_open(&station->pictures))
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    apply(station, config);
    station_begin_maker(station);
    enum err err = ERR_OK;
    for (unsigned i = 0; !err && i < PART_RENDITIONS_MAX; i++)
        err = open_rung(station, i, fault);
    char folder[STATION_PATH_BYTES];
    snprintf(folder, sizeof folder, "%s/captions", station->folder);
    station->captions.fd = -1;
    if (!err)
        err = captions_open(&station->captions, folder, fault);
    station_open_used(station);
    note_damage(station);
    station->clock_tick = station_end(station);
    station->clock_us = clock_now_us();
    return err;
}

void station_close(struct station *station)
{
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++)
        dvr_close(&station->rungs[i].dvr);
    captions_close(&station->captions);
    captioner_finish(&station->captioner);
    pictures_close(&station->pictures);
    free(station->language_texts);
    if (station->used_fd >= 0)
        close(station->used_fd);
    station->used_fd = -1;
}

void station_change(struct station *station,
                    const struct station_config *config, struct buf *out)
{
    apply(station, config);
    station_tell_channel(station, out);
}
