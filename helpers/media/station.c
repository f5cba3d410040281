// SPDX-License-Identifier: Apache-2.0
#include "station_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "media/avc.h"

enum {
    CONFIG_BYTES_MAX = 4096,
    HELD_BYTES_MAX = 32 << 20,
    DECIDE_TICKS = HZ, /* for so long the other track may keep waiting */
    HOLE_TICKS_MAX = HZ * 6 / 5,
    STAND_TICKS_MAX = 15 * HZ, /* for key frames that are far apart */
    CUT_ROUNDING = 180,        /* encoders write whole milliseconds */
    NOMINAL_TICKS = 3600,      /* of a picture, while nothing better is known */
};

void station_trouble(struct station *station, const char *text)
{
    struct str trouble = str_from_c(text);
    if (str_eq(trouble, str_from_c(station->trouble)) ||
        str_to_c(trouble, station->trouble, sizeof station->trouble))
        return;
    part_write(station->out,
               &(struct part){.kind = PART_TROUBLE, .payload = trouble});
}

enum err station_create(struct buf *out, struct station **ret_station)
{
    struct station *station = calloc(1, sizeof *station);
    if (!station)
        return ERR_NO_MEMORY;
    station->out = out;
    for (int i = 0; i < TRACKS; i++) {
        buf_init(&station->configs[i], CONFIG_BYTES_MAX);
        buf_init(&station->active[i], CONFIG_BYTES_MAX);
    }
    buf_init(&station->held, HELD_BYTES_MAX);
    buf_init(&station->spare, SPARE_BYTES_MAX);
    subtitles_init(&station->subtitles, out);
    buf_init(&station->last.bytes, PACKET_PAYLOAD_BYTES_MAX);
    buf_init(&station->key.bytes, PACKET_PAYLOAD_BYTES_MAX);
    station->duration = NOMINAL_TICKS;
    *ret_station = station;
    return ERR_OK;
}

void station_destroy(struct station *station)
{
    if (!station)
        return;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        mux_destroy(station->muxes[i]);
    for (int i = 0; i < TRACKS; i++) {
        buf_finish(&station->configs[i]);
        buf_finish(&station->active[i]);
    }
    buf_finish(&station->held);
    buf_finish(&station->spare);
    buf_finish(&station->last.bytes);
    buf_finish(&station->key.bytes);
    subtitles_finish(&station->subtitles);
    slate_destroy(station->slate);
    slate_destroy(station->still);
    studio_destroy(station->studio);
    ladder_destroy(station->ladder);
    free(station);
}

static bool has_encoded(const struct start *start)
{
    for (unsigned i = PART_SOURCE + 1; i < PART_SOUND; i++)
        if (start->renditions[i].is_wanted)
            return true;
    return false;
}

enum err station_start(struct station *station, struct str json,
                       struct fault *fault)
{
    if (station->is_started)
        return fault_set(fault, ERR_INVALID, "start", "it was started before");
    enum err err = start_read(json, &station->start, fault);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX && !err; i++)
        if (station->start.renditions[i].is_wanted &&
            (i == SOURCE || i == SOUND_ONLY))
            err = mux_create(i, station->out, &station->muxes[i]);
    if (!err && !station->muxes[SOURCE] && !station->muxes[SOUND_ONLY])
        err = fault_set(fault, ERR_INVALID, "ladder",
                        "the ladder has neither the source nor the sound");
    if (!err && !station->muxes[SOURCE] && has_encoded(&station->start))
        err = fault_set(fault, ERR_INVALID, "ladder",
                        "the ladder has what is encoded without its source");
    if (!err)
        err = ladder_create(&station->start, &station->ladder);
    if (!err)
        err = studio_create(&station->studio);
    station->is_started = !err;
    return err;
}

bool station_is_started(const struct station *station)
{
    return station->is_started;
}

/* ---- Formats ---------------------------------------------------------------
 */

static void set_active(struct station *station, int track, struct str config)
{
    buf_reset(&station->active[track]);
    buf_add(&station->active[track], config);
}

bool station_decide(struct station *station, struct str avcc, struct str asc)
{
    set_active(station, PACKET_VIDEO, avcc);
    set_active(station, PACKET_AUDIO, asc);
    const char *trouble = format_read(buf_str(&station->active[PACKET_VIDEO]),
                                      buf_str(&station->active[PACKET_AUDIO]),
                                      &station->format, &station->length_bytes);
    if (trouble)
        station_trouble(station, trouble);
    if (!station->format.has_pictures && !station->format.has_sound)
        return false;
    station->state = WAITING;
    station->is_still = station->is_blind = false;
    buf_reset(&station->key.bytes);
    if (!station->format.has_pictures && station->muxes[SOURCE])
        still_add(station);
    ladder_configure(station->ladder, &station->format,
                     station->is_slate || station->is_still);
    return true;
}

/* What a rendition has of it. */
static struct mux_format format_of(const struct station *station,
                                   unsigned index)
{
    return index == SOUND_ONLY ? format_of_sound(&station->format)
                               : station->format;
}

/* Another feed has not told (yet) what the one before had. */
static bool lacks_format(const struct station *station)
{
    return (station->format.has_pictures && !station->is_still &&
            station->configs[PACKET_VIDEO].len == 0) ||
           (station->format.has_sound &&
            station->configs[PACKET_AUDIO].len == 0);
}

static bool has_other_format(const struct station *station)
{
    for (int i = 0; i < TRACKS; i++)
        if (station->configs[i].len > 0 &&
            !str_eq(buf_str(&station->configs[i]),
                    buf_str(&station->active[i])))
            return true;
    return false;
}

/* ---- Beginning and ending --------------------------------------------------
 */

static void flush(struct station *station)
{
    for (unsigned i = PART_RENDITIONS_MAX; i-- > 0;)
        if (station->muxes[i] && mux_is_begun(station->muxes[i]))
            mux_flush(station->muxes[i], station->now);
}

static void cut_all(struct station *station, int64_t tick, enum cut cut,
                    bool is_key)
{
    if (cut == CUT_SEGMENT)
        subtitles_cut(&station->subtitles, tick);
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (station->muxes[i] && mux_is_begun(station->muxes[i]))
            mux_cut(station->muxes[i], tick, cut, is_key);
    ladder_cut(station->ladder, tick, cut);
}

/* The pictures lead: what ends a little later ends with them. */
static const struct mux *leader(const struct station *station)
{
    return station->muxes[SOURCE] ? station->muxes[SOURCE]
                                  : station->muxes[SOUND_ONLY];
}

int64_t station_done_until(const struct station *station)
{
    int64_t until = mux_written_until(leader(station));
    const unsigned first = station->muxes[SOURCE] ? SOURCE : SOUND_ONLY;
    if (until < 0 && station->start.renditions[first].has_from)
        until = station->start.renditions[first].from;
    return until;
}

/* goes_on: from what the process before made. */
static void begin_all(struct station *station, int64_t tick, bool goes_on)
{
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        struct mux *mux = station->muxes[i];
        struct mux_format format = format_of(station, i);
        if (!mux || (!format.has_pictures && !format.has_sound))
            continue;
        bool has_from = station->start.renditions[i].has_from;
        int64_t from = has_from ? station->start.renditions[i].from : tick;
        int64_t until = mux_written_until(mux);
        bool was_before = has_from || until >= 0;
        bool is_next = goes_on && from >= tick;
        int64_t least = is_next ? from : until > tick ? until : tick;
        mux_begin(mux, &format, least, was_before && !is_next);
    }
    ladder_begin(station->ladder, tick, goes_on);
    station->state = LIVE;
}

static void begin_new(struct station *station, int64_t tick)
{
    begin_all(station, tick, false);
    cutter_begin(&station->cutter, &station->start.limits, tick, tick);
    cut_all(station, tick, CUT_SEGMENT, true);
    cutter_note_key(&station->cutter, tick);
}

static void begin_again(struct station *station, int64_t tick, bool is_key)
{
    begin_all(station, tick, true);
    enum cut cut =
        cutter_force(&station->cutter, tick, station->duration, is_key);
    cut_all(station, tick, cut, is_key);
}

static void add_last_picture(struct station *station, int64_t duration)
{
    struct last_picture *last = &station->last;
    struct mux_frame frame = {
        .is_key = last->is_key,
        .tick = last->tick,
        .duration = (uint32_t)duration,
        .shown_after = last->shown_after,
        .bytes = buf_str(&last->bytes),
    };
    if (station->muxes[SOURCE] && !mux_add(station->muxes[SOURCE], &frame))
        station->dropped++;
    last->is_set = false;
}

void station_finish(struct station *station, int64_t tick)
{
    int64_t end = tick < 0 ? station->last_sound : tick;
    if (station->last.is_set) {
        if (tick < 0)
            end = station->last.tick + station->duration;
        add_last_picture(station, end - station->last.tick);
    }
    for (unsigned i = PART_RENDITIONS_MAX; i-- > 0;)
        if (station->muxes[i])
            mux_end(station->muxes[i], end);
    ladder_end(station->ladder, end);
    subtitles_break(&station->subtitles, end);
    station->state = UNDECIDED;
    station->has_held = false;
    buf_reset(&station->held);
}

/* ---- Frames ----------------------------------------------------------------
 */

/* Renditions that are encoded are a little behind: it goes on where the first
 * of them has to, as far as the feed from tick on has that. */
static void find_resume(struct station *station, int64_t tick, int64_t done,
                        int64_t segment)
{
    station->resume.tick = done;
    station->resume.segment = segment;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        int64_t from = station->start.renditions[i].from;
        if (!station->start.renditions[i].has_from || i == SOUND_ONLY ||
            from < tick || from >= station->resume.tick)
            continue;
        station->resume.tick = from;
        station->resume.segment = station->start.renditions[i].segment;
    }
}

/* Whether to go on with this frame, and how, when nothing is live yet. */
static void look_for_begin(struct station *station, int64_t tick, bool is_key)
{
    int64_t done = station_done_until(station);
    const unsigned first = station->muxes[SOURCE] ? SOURCE : SOUND_ONLY;
    bool has_from = station->start.renditions[first].has_from &&
                    mux_written_until(leader(station)) < 0 &&
                    !station->is_slate;
    int64_t segment = station->start.renditions[first].segment;
    if (station->state == WAITING && is_key && has_from && tick <= done) {
        find_resume(station, tick, done, segment);
        cutter_begin(&station->cutter, &station->start.limits,
                     station->resume.tick, station->resume.segment);
        station->state = RESUMING;
    }
    if (station->state == RESUMING && tick < station->resume.tick) {
        if (is_key)
            cutter_note_key(&station->cutter, tick);
    } else if (station->state == RESUMING && tick == station->resume.tick) {
        begin_again(station, tick, is_key);
    } else if (is_key && tick >= done) {
        begin_new(station, tick);
    } else if (station->state == RESUMING) {
        station->state = WAITING; /* it is not there any more */
    }
}

/* begun: where the segment before began. */
static void watch_groups(struct station *station, int64_t begun, enum cut cut,
                         bool is_key)
{
    int64_t far = station->start.limits.segment * 5 / 2;
    if (cut == CUT_SEGMENT && !is_key)
        station_trouble(
            station, "Key frames are too far apart: segments begin without "
                     "one, and viewers wait longer. Set the key frame interval "
                     "of the encoder to 1 or 2 seconds.");
    else if (cut == CUT_SEGMENT && station->cutter.segment_start - begun > far)
        station_trouble(station,
                        "Key frames are far apart: viewers wait longer for the "
                        "first picture, some players stay further behind, and "
                        "others give up. Set the key frame interval of the "
                        "encoder to 1 or 2 seconds.");
    else if (cut == CUT_SEGMENT && !station->is_blind)
        station_trouble(station, NULL);
}

static void keep_picture(struct station *station, const struct packet *packet,
                         bool is_key)
{
    struct last_picture *last = &station->last;
    buf_reset(&last->bytes);
    buf_add(&last->bytes, packet->payload);
    last->tick = packet->tick;
    last->shown_after = packet->shown_after;
    last->is_key = is_key;
    last->is_set = !buf_err(&last->bytes);
}

static void heard(struct station *station)
{
    if (station->is_slate)
        return;
    station->frames++;
    station->heard_us = station->now_us;
    station->is_slate_over = false;
}

/* Whether the last picture may be shown until tick: no part gets longer than
 * players were told (RFC 8216bis §4.4.3.7). A feed that is only slow cannot be
 * helped, because nothing but its own next picture can follow. */
static bool can_stand_still(const struct station *station, int64_t tick)
{
    return station->state != LIVE ||
           tick - station->cutter.part_start <=
               station->start.limits.part_max + CUT_ROUNDING;
}

/* So much longer than from cut to cut a part of sound alone may get, which has
 * whole frames: room for that is left. */
static int64_t sound_beyond(const struct station *station)
{
    const struct mux_format *format = &station->format;
    return station->muxes[SOUND_ONLY] && format->has_sound
               ? (int64_t)format->frame_samples * HZ / format->rate
               : 0;
}

static void pass_picture(struct station *station, const struct packet *packet,
                         bool is_key)
{
    bool is_after_gap = station->wants_key;
    int64_t duration = packet->tick - station->last.tick;
    if (station->last.is_set && duration <= 0) {
        station->dropped++;
        return;
    }
    if (station->last.is_set &&
        (duration > HOLE_TICKS_MAX ||
         (is_after_gap && !can_stand_still(station, packet->tick)))) {
        station_finish(station, -1);
        station->state = WAITING;
    }
    if (station->state != LIVE)
        look_for_begin(station, packet->tick, is_key);
    else if (station->last.is_set) {
        add_last_picture(station, duration);
        if (!is_after_gap) /* the last one only stood so long */
            station->duration = duration;
        int64_t begun = station->cutter.segment_start;
        enum cut cut =
            cutter_look(&station->cutter, packet->tick,
                        station->duration + sound_beyond(station), is_key);
        if (cut != CUT_NONE)
            cut_all(station, packet->tick, cut, is_key);
        watch_groups(station, begun, cut, is_key);
    }
    heard(station);
    if (station->state == LIVE || station->state == RESUMING)
        ladder_picture(station->ladder, packet, is_key);
    if (station->state == LIVE)
        keep_picture(station, packet, is_key);
}

static void stand_at(struct station *station, int64_t tick)
{
    const struct key_picture *key = &station->key;
    const struct last_picture *last = &station->last;
    int64_t shown_after = key->shown_after;
    if (last->is_set && last->tick + last->shown_after >= tick + shown_after)
        shown_after = last->tick + last->shown_after + station->duration - tick;
    const struct packet packet = {
        .kind = PACKET_FRAME,
        .track = PACKET_VIDEO,
        .is_key = true,
        .tick = tick,
        .shown_after = (int32_t)shown_after,
        .payload = buf_str(&key->bytes),
    };
    if (key->bytes.len > 0 && !buf_err(&key->bytes) &&
        tick - key->whole <= STAND_TICKS_MAX)
        pass_picture(station, &packet, true);
}

/* Pictures before tick cannot be shown, because some that they depend on are
 * lost. Until the next key frame the last one stands, again in each part, for
 * nothing else can: the sound goes on, and nothing breaks off. */
static void stand(struct station *station, int64_t tick)
{
    if (station->state == RESUMING && tick >= station->resume.tick)
        stand_at(station, station->resume.tick);
    if (station->state != LIVE || !station->last.is_set ||
        tick - station->last.tick > HOLE_TICKS_MAX)
        return;
    while (!can_stand_still(station, tick + sound_beyond(station))) {
        int64_t before = station->cutter.part_start;
        int64_t next = before + station->start.limits.part;
        if (next < tick)
            stand_at(station, next);
        if (station->cutter.part_start == before)
            return;
    }
}

void station_picture(struct station *station, const struct packet *packet)
{
    struct key_picture *key = &station->key;
    bool is_key =
        packet->is_key && avc_is_idr(packet->payload, station->length_bytes);
    if (packet->is_key && !is_key && station->state != LIVE)
        station_trouble(station,
                        "Key frames are not whole pictures of their own (IDR). "
                        "Switch \"open GOP\" off in the encoder.");
    if (station->wants_key && !is_key) {
        station->dropped++;
        stand(station, packet->tick + station->duration);
        return;
    }
    if (station->wants_key)
        stand(station, packet->tick);
    pass_picture(station, packet, is_key);
    station->wants_key = false;
    if (station->last.is_set && station->last.tick == packet->tick &&
        !station->is_slate)
        subtitles_picture(&station->subtitles, packet->payload,
                          station->length_bytes,
                          packet->tick + packet->shown_after);
    key->whole = packet->tick;
    if (!is_key)
        return;
    key->shown_after = packet->shown_after;
    buf_reset(&key->bytes);
    buf_add(&key->bytes, packet->payload);
}

static void sound(struct station *station, const struct packet *packet)
{
    static const unsigned with_sound[] = {SOURCE, SOUND_ONLY};
    const struct mux_format *format = &station->format;
    if (!format->has_sound)
        return;
    blind_hear(station, packet);
    int64_t duration = (int64_t)format->frame_samples * HZ / format->rate;
    if ((!format->has_pictures || station->is_still) &&
        station->state == LIVE &&
        packet->tick - station->last_sound > HOLE_TICKS_MAX) {
        station_finish(station, -1);
        station->state = WAITING;
    }
    if (station->is_still)
        still_show(station, packet->tick);
    if (!format->has_pictures && station->state != LIVE) {
        station->duration = duration;
        look_for_begin(station, packet->tick, true);
    } else if (!format->has_pictures) {
        enum cut cut =
            cutter_look(&station->cutter, packet->tick, duration, true);
        if (cut != CUT_NONE)
            cut_all(station, packet->tick, cut, true);
    }
    struct mux_frame frame = {
        .is_sound = true,
        .tick = packet->tick,
        .bytes = packet->payload,
    };
    bool was_taken = true;
    ladder_sound(station->ladder, packet);
    for (size_t i = 0; i < sizeof with_sound / sizeof *with_sound; i++) {
        struct mux *mux = station->muxes[with_sound[i]];
        if (mux && mux_is_begun(mux))
            was_taken &= mux_add(mux, &frame);
    }
    station->dropped += station->state == LIVE && !was_taken;
    station->last_sound = packet->tick + duration;
    if (!format->has_pictures)
        heard(station);
}

void station_frame(struct station *station, const struct packet *packet)
{
    if (packet->track == PACKET_AUDIO)
        sound(station, packet);
    else if (station->is_blind)
        blind_picture(station, packet);
    else if (!station->is_still)
        station_picture(station, packet);
    if (packet->tick > station->now)
        station->now = packet->tick;
    flush(station);
}

/* Held until it is known what there is; then all of it at once. */
static void hold(struct station *station, const struct packet *packet)
{
    bool is_whole = station->configs[PACKET_VIDEO].len > 0 &&
                    station->configs[PACKET_AUDIO].len > 0;
    if (!station->has_held)
        station->held_from = packet->tick;
    station->has_held = true;
    station->heard_us = station->now_us;
    packet_write(&station->held, packet);
    if (buf_err(&station->held)) {
        buf_reset(&station->held);
        station->dropped++;
        return;
    }
    if (!is_whole && packet->tick - station->held_from < DECIDE_TICKS)
        return;
    struct buf held = station->held;
    buf_init(&station->held, HELD_BYTES_MAX);
    station->has_held = false;
    bool goes_on = station->state != UNDECIDED && !has_other_format(station) &&
                   !lacks_format(station);
    if (!goes_on && station->state != UNDECIDED)
        station_finish(station, -1);
    if (goes_on ||
        station_decide(station, buf_str(&station->configs[PACKET_VIDEO]),
                       buf_str(&station->configs[PACKET_AUDIO]))) {
        struct str rest = buf_str(&held);
        struct packet each;
        while (packet_read(&rest, &each) == ERR_OK)
            station_frame(station, &each);
    }
    buf_finish(&held);
}

static void configure(struct station *station, const struct packet *packet)
{
    struct buf *config = &station->configs[packet->track];
    buf_reset(config);
    buf_add(config, packet->payload);
    if (buf_err(config))
        buf_reset(config);
}

static void feed_frame(struct station *station, const struct packet *packet)
{
    if (packet->tick < station->latest[packet->track]) {
        station->dropped++;
        return;
    }
    station->latest[packet->track] = packet->tick;
    if (station->is_slate && !slate_gives_way(station, packet))
        return;
    if (station->state != UNDECIDED && has_other_format(station))
        station_finish(station, -1);
    if (station->state == UNDECIDED || station->has_held ||
        lacks_format(station))
        hold(station, packet);
    else
        station_frame(station, packet);
}

/* What the studio sends next can be shown from a key frame on. The slate's
 * pictures are none of it: they go on. */
static void want_key(struct station *station)
{
    station->wants_key = station->format.has_pictures && !station->is_slate &&
                         !station->is_still;
}

/* Whoever sends next tells what it sends. */
static void feed_end(struct station *station)
{
    for (int i = 0; i < TRACKS; i++)
        buf_reset(&station->configs[i]);
    buf_reset(&station->key.bytes);
    want_key(station);
}

void station_packet(struct station *station, const struct packet *packet,
                    int64_t now_us)
{
    assert(packet->track < TRACKS);
    station->now_us = now_us;
    if (packet->kind == PACKET_CONFIG ||
        packet->tick >= station_done_until(station))
        studio_give(station->studio, packet); /* not what was seen before */
    if (packet->kind == PACKET_CONFIG)
        configure(station, packet);
    else if (packet->kind == PACKET_FRAME)
        feed_frame(station, packet);
    else if (packet->kind == PACKET_END)
        feed_end(station);
    else if (packet->track == PACKET_VIDEO)
        want_key(station);
}

/* ---- The clock -------------------------------------------------------------
 */

/* Processor time of all threads. */
static int64_t load_us(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) *
               TIME_US_PER_SECOND +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void tell_status(struct station *station, int64_t now_us)
{
    enum { JSON_BYTES_MAX = 512 };
    DEFER(buf_finish) struct buf json;
    double seconds =
        (double)(now_us - station->status_us) / (double)TIME_US_PER_SECOND;
    double lufs;
    int64_t load = load_us();
    struct ladder_state ladder = ladder_state(station->ladder);
    bool is_heard =
        studio_loudness(station->studio, &lufs) && !station->is_slate;
    buf_init(&json, JSON_BYTES_MAX);
    if (is_heard)
        buf_printf(&json, "{\"loudness_lufs\":%.1f", lufs);
    else
        buf_add_c(&json, "{\"loudness_lufs\":null");
    buf_printf(&json,
               ",\"frames\":%.1f,\"dropped\":%lld,"
               "\"encoder_load\":%.2f,\"encoder_dropped\":%lld,\"slate\":%s,"
               "\"shed\":[",
               (double)(station->frames - station->status_frames) / seconds,
               (long long)station->dropped,
               (double)(load - station->load_us) / (double)TIME_US_PER_SECOND /
                   seconds,
               (long long)ladder.dropped,
               station->is_slate || station->is_blind ? "true" : "false");
    const char *before = "";
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (ladder.shed & 1u << i) {
            buf_printf(&json, "%s\"%s\"", before, part_rendition_name(i));
            before = ",";
        }
    buf_add_c(&json, "]}");
    part_write(station->out,
               &(struct part){.kind = PART_STATUS, .payload = buf_str(&json)});
    station->status_frames = station->frames;
    station->status_us = now_us;
    station->load_us = load;
}

void station_clock(struct station *station, int64_t now_us)
{
    station->now_us = now_us;
    if (station->status_us == 0)
        station->status_us = now_us;
    slate_clock(station);
    studio_take(station->studio, station->out);
    ladder_take(station->ladder, station->out);
    if (station->heard_us && now_us - station->status_us >= TIME_US_PER_SECOND)
        tell_status(station, now_us);
}
