// SPDX-License-Identifier: Apache-2.0
#include "playout/station.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "link/message.h"

enum {
    NEAR_TICKS = STATION_PART_TICKS / 2, /* one cut, seen by two renditions */
    ABSENT_TICKS = 10 * LIVE_HZ, /* a rung that is so far behind is not made */
    REFILL_SEGMENTS = 6,         /* whose parts an edge is told as parts */
    STORED_A_MESSAGE = 4096,     /* segments */
    PART_BYTES_ROOM = 32 << 20,  /* of one rendition's, for a new edge */
    PATH_ROOM = DVR_PATH_BYTES + 32,
};

/* What no maker of ours says: it is not to be trusted with what comes next. */
static enum err refuse(const struct station *station, const struct part *part,
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

/* ---- What the maker says of a rendition -------------------------------------
 */

static int rung_named(const char *name)
{
    for (unsigned i = 0; name && i < PART_RENDITIONS_MAX; i++) {
        const char *known = part_rendition_name(i);
        if (known && strcmp(known, name) == 0)
            return (int)i;
    }
    return -1;
}

static uint32_t number_of(const json_t *json, const char *key, double times)
{
    double value = json_number_value(json_object_get(json, key)) * times;
    return value <= 0                  ? 0
           : value > (double)INT32_MAX ? (uint32_t)INT32_MAX
                                       : (uint32_t)(value + 0.5);
}

static enum err read_info(struct rung *rung, const json_t *json)
{
    const char *codecs = json_string_value(json_object_get(json, "codecs"));
    if (!codecs || !live_codecs_is_valid(str_from_c(codecs)) ||
        str_to_c(str_from_c(codecs), rung->codecs, sizeof rung->codecs))
        return ERR_INVALID;
    rung->info.codecs = str_from_c(rung->codecs);
    rung->info.width = number_of(json, "width", 1);
    rung->info.height = number_of(json, "height", 1);
    rung->info.frames_milli = number_of(json, "frames", 1000);
    rung->info.peak_bits = number_of(json, "peak_bits", 1);
    rung->info.mean_bits = number_of(json, "mean_bits", 1);
    rung->has_info = true;
    return ERR_OK;
}

static void name_info(const struct station *station, int at,
                      char target[PATH_ROOM])
{
    snprintf(target, PATH_ROOM, "%s/%s/rendition.json", station->folder,
             part_rendition_name((unsigned)at));
}

/* So that the recordings can be watched after a restart, before anybody sends.
 */
static void load_info(struct station *station, int at)
{
    char path[PATH_ROOM];
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text;
    struct fault fault = {0};
    name_info(station, at, path);
    if (file_read(path, STATION_INFO_BYTES_MAX, &arena, &text, &fault))
        return;
    json_t *json = json_loadb(text.ptr, text.len, 0, NULL);
    if (read_info(&station->rungs[at], json))
        log_warn("what is recorded of a rendition cannot be read",
                 LOG_C("file", path));
    json_decref(json);
}

static void tell_channel(const struct station *station, struct buf *out)
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
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        info.renditions[i] = station->rungs[i].info;
        if (!station->rungs[i].is_wanted || station->rungs[i].is_absent)
            info.renditions[i].codecs = STR("");
    }
    if (out)
        live_put_channel(out, &info);
}

void station_expect_captions(struct station *station, bool is_expected,
                             struct buf *out)
{
    if (station->has_captioner == is_expected)
        return;
    station->has_captioner = is_expected;
    tell_channel(station, out);
}

static enum err on_rendition(struct station *station, const struct part *part,
                             struct buf *out)
{
    if (part->payload.len > STATION_INFO_BYTES_MAX)
        return refuse(station, part, "a rendition is told in at most 4 KiB");
    json_t *json = json_loadb(part->payload.ptr, part->payload.len, 0, NULL);
    int at = rung_named(json_string_value(json_object_get(json, "name")));
    enum err err = at < 0 ? ERR_INVALID : read_info(&station->rungs[at], json);
    json_decref(json);
    if (err)
        return refuse(station, part,
                      "a rendition has a \"name\" of the ladder and "
                      "\"codecs\" as RFC 6381 writes them");
    station->rung_of[part->rendition] = (int8_t)at;
    char path[PATH_ROOM];
    struct fault fault = {0};
    name_info(station, at, path);
    if (file_write_atomic(path, part->payload, &fault))
        log_error("television cannot be kept", LOG_C("cause", fault.message));
    tell_channel(station, out);
    return ERR_OK;
}

/* ---- Numbers ----------------------------------------------------------------
 */

static const struct station_cut *last_cut(const struct station *station)
{
    return station->cut_count ? &station->cuts[station->cut_count - 1] : NULL;
}

static void add_cut(struct station *station, const struct station_cut *cut)
{
    if (station->cut_count == STATION_CUTS) {
        station->cut_count--;
        memmove(station->cuts, station->cuts + 1,
                station->cut_count * sizeof *station->cuts);
    }
    station->cuts[station->cut_count++] = *cut;
}

/* The one nearest to tick, of about there, that has at least this number. */
static const struct station_cut *near_cut(const struct station *station,
                                          int64_t tick, uint64_t least)
{
    const struct station_cut *best = NULL;
    int64_t nearest = NEAR_TICKS;
    for (size_t i = station->cut_count; i-- > 0;) {
        const struct station_cut *cut = &station->cuts[i];
        int64_t away = tick > cut->tick ? tick - cut->tick : cut->tick - tick;
        if (away < nearest && cut->sequence >= least) {
            best = cut;
            nearest = away;
        }
    }
    return best;
}

/* The cut at about tick: one that is there, or a new one. least: what the
 * rendition has used up already. */
static struct station_cut cut_at(struct station *station, int64_t tick,
                                 uint64_t least)
{
    if (least < station->least)
        least = station->least;
    const struct station_cut *known = near_cut(station, tick, least);
    if (known)
        return *known;
    const struct station_cut *last = last_cut(station);
    struct station_cut cut = {
        .sequence =
            last ? last->sequence + 1 : (uint64_t)(time_now_us() / 2000000),
        .tick = tick,
        .timeline = last ? last->timeline : 0,
    };
    if (cut.sequence < least)
        cut.sequence = least;
    if (station->breaks)
        cut.timeline++;
    station->breaks = false;
    add_cut(station, &cut);
    return cut;
}

/* ---- Numbers of what could not be kept --------------------------------------
 */

static void open_used(struct station *station)
{
    char path[PATH_ROOM];
    uint64_t used = 0;
    snprintf(path, sizeof path, "%s/used", station->folder);
    station->used_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (station->used_fd < 0)
        return; /* the recordings' own files fail as well, which is told */
    if (pread(station->used_fd, &used, sizeof used, 0) != sizeof used) {
        used = 0;
        if (pwrite(station->used_fd, &used, sizeof used, 0) != sizeof used)
            log_warn("numbers of what cannot be kept cannot be noted",
                     LOG_C("file", path), LOG_C("cause", strerror(errno)));
    }
    if (used && used < LIVE_SEQUENCE_MAX - 1)
        station->least = used + 1;
}

static void note_used(const struct station *station, const struct dvr *dvr,
                      uint64_t sequence)
{
    if (dvr->hour || station->used_fd < 0)
        return;
    if (pwrite(station->used_fd, &sequence, sizeof sequence, 0) < 0)
        log_warn("the number of a segment that is not kept cannot be noted",
                 LOG_C("channel", station->name),
                 LOG_C("cause", strerror(errno)));
}

/* ---- Parts ------------------------------------------------------------------
 */

static uint64_t channel_number(const struct station *station)
{
    return id_number(&station->id);
}

/* What a captioner said until the end of the segment has to be there before the
 * end is. */
static void give_captions(struct station *station, int64_t tick,
                          struct buf *out)
{
    struct live_caption piece;
    while (captioner_next(&station->captioner, tick, &piece)) {
        piece.channel = channel_number(station);
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
            out, &(struct live_segment){channel_number(station), at, *last});
}

static void begin_segment(struct station *station, uint32_t at,
                          const struct part *part, struct buf *out)
{
    struct rung *rung = &station->rungs[at];
    const struct live_segment_info *last = dvr_last(&rung->dvr);
    end_segment(station, at, out);
    struct station_cut cut =
        cut_at(station, part->tick, last ? last->sequence + 1 : 0);
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
                               .channel = channel_number(station),
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
    note_used(station, &rung->dvr, kept.sequence);
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
    tell_channel(station, out);
}

static enum err on_part(struct station *station, const struct part *part,
                        struct buf *out)
{
    uint32_t at;
    struct rung *rung = rung_of(station, part, &at);
    if (!rung || !rung->dvr.init)
        return refuse(station, part, "a part comes after its initialisation");
    if (!is_of_now(station, part->tick))
        return refuse(station, part,
                      "a part is of the present, not the future");
    if (part->duration > STATION_PART_DURATION_MAX)
        return refuse(station, part, "a part has at most 20 seconds");
    if (part->payload.len > STATION_PART_BYTES_MAX)
        return refuse(station, part, "a part has at most 4 MiB");
    if (part->flags & PART_DISCONTINUITY) {
        /* The one that comes first breaks for all. */
        const struct live_segment_info *last = dvr_last(&rung->dvr);
        station->breaks =
            !near_cut(station, part->tick, last ? last->sequence + 1 : 0);
        rung->starts_anew = true;
    }
    if (!(part->flags & PART_GAP) != (part->payload.len > 0))
        return refuse(station, part, "a gap, and nothing else, has no bytes");
    if (!part->duration)
        return refuse(station, part, "a part takes time");
    if (part->tick < rung->end - NEAR_TICKS) /* a maker that repeats itself */
        return ERR_OK;
    set_absent(station, at, part->flags & PART_GAP, out);
    for (uint32_t i = PART_SOURCE + 1; at == PART_SOURCE && i < PART_SOUND; i++)
        if (station->rungs[i].end < part->tick - ABSENT_TICKS)
            set_absent(station, i, true, out);
    add_part(station, at, part, out);
    return ERR_OK;
}

static void tell_init(const struct station *station, uint32_t at,
                      uint32_t number, struct str bytes, struct buf *out)
{
    if (out)
        live_put_init(out, &(struct live_init){channel_number(station), at,
                                               number, bytes});
}

static enum err on_init(struct station *station, const struct part *part,
                        struct buf *out)
{
    uint32_t at;
    struct rung *rung = rung_of(station, part, &at);
    if (!rung)
        return refuse(station, part, "an initialisation comes after RENDITION");
    if (!part->payload.len || part->payload.len > STATION_INIT_BYTES_MAX)
        return refuse(station, part, "an initialisation has at most 64 KiB");
    uint32_t before = rung->dvr.init;
    uint32_t number = dvr_put_init(&rung->dvr, part->payload);
    if (number == before)
        return ERR_OK;
    if (before) {
        rung->starts_anew = true;
        station->breaks = true;
    }
    tell_init(station, at, number, part->payload, out);
    return ERR_OK;
}

/* ---- What goes along --------------------------------------------------------
 */

/* Its number is that of the segment in which it is. */
static enum err on_picture(struct station *station, const struct part *part,
                           struct buf *out)
{
    if (!is_of_now(station, part->tick))
        return refuse(station, part, "a picture is of the present");
    const struct station_cut *cut = last_cut(station);
    for (size_t i = station->cut_count; i-- > 0;) {
        cut = &station->cuts[i];
        if (cut->tick <= part->tick)
            break;
    }
    if (!cut)
        return ERR_OK;
    const char *cause = pictures_take(
        &station->pictures, channel_number(station), cut->sequence, part, out);
    return cause ? refuse(station, part, cause) : ERR_OK;
}

static enum err on_caption(struct station *station, const struct part *part,
                           struct buf *out)
{
    const struct live_caption caption = {channel_number(station), part->tick,
                                         part->duration, part->payload};
    const char *cause = is_of_now(station, part->tick)
                            ? captions_take(&station->captions, &caption, out)
                            : "a caption is of the present";
    return cause ? refuse(station, part, cause) : ERR_OK;
}

enum err station_take(struct station *station, const struct part *part,
                      struct buf *out)
{
    switch (part->kind) {
    case PART_RENDITION:
        return on_rendition(station, part, out);
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
        return refuse(station, part, "a maker says nothing of that kind");
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

/* ---- Telling everything -----------------------------------------------------
 */

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
            tell_init(station, at, number, buf_str(&bytes), out);
        told = number;
    }
}

static void tell_stored(const struct station *station, uint32_t at,
                        size_t count, struct buf *out)
{
    const struct dvr *dvr = &station->rungs[at].dvr;
    for (size_t i = 0; i < count;) {
        size_t start = live_begin_stored(out, channel_number(station), at);
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
        struct live_part told = {.channel = channel_number(station),
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
                             &(struct live_segment){channel_number(station), at,
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
    tell_channel(station, out);
    captions_tell(&station->captions, channel_number(station), out);
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
    pictures_tell(&station->pictures, channel_number(station), out);
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
    char folder[PATH_ROOM];
    rung->info.name = str_from_c(part_rendition_name(at));
    snprintf(folder, sizeof folder, "%s/%s", station->folder,
             part_rendition_name(at));
    enum err err = dvr_open(&rung->dvr, folder, fault);
    if (err)
        return err;
    load_info(station, (int)at);
    const struct live_segment_info *last = dvr_last(&rung->dvr);
    if (rung->dvr.tail_count) {
        const struct dvr_part *part = &rung->dvr.tail[rung->dvr.tail_count - 1];
        rung->end = part->tick + part->duration;
    }
    const struct station_cut *cut = last_cut(station);
    if (last && (!cut || last->sequence > cut->sequence))
        add_cut(station, &(struct station_cut){last->sequence, last->tick,
                                               last->timeline});
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
    char folder[PATH_ROOM];
    snprintf(folder, sizeof folder, "%s/captions", station->folder);
    station->captions.fd = -1;
    if (!err)
        err = captions_open(&station->captions, folder, fault);
    open_used(station);
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
    if (station->used_fd >= 0)
        close(station->used_fd);
    station->used_fd = -1;
}

void station_change(struct station *station,
                    const struct station_config *config, struct buf *out)
{
    apply(station, config);
    tell_channel(station, out);
}
