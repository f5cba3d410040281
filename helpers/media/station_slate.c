// SPDX-License-Identifier: Apache-2.0
#include "media/avc.h"
#include "station_internal.h"

enum {
    WIDTH_DEFAULT = 1280,
    HEIGHT_DEFAULT = 720,
    RATE_DEFAULT = 48000,
    CHANNELS_DEFAULT = 2,
    DECIDE_TICKS = HZ, /* for so long sound without pictures waits for some */
    FILL_TICKS_MAX = 30 * HZ,
};

/* It stays so far behind the clock, so that a feed that comes back finds its
 * place still empty; its first part is there as soon as it begins. */
#define BEHIND_US (TIME_US_PER_SECOND * 2 / 5)

/* As what was shown before; a new program shows what is usual. */
static enum err make(struct station *station)
{
    const struct mux_format *format = &station->format;
    bool is_known = format->has_pictures || format->has_sound;
    unsigned width = is_known ? format->width : WIDTH_DEFAULT;
    unsigned height = is_known ? format->height : HEIGHT_DEFAULT;
    unsigned rate = is_known ? format->rate : RATE_DEFAULT;
    unsigned channels = is_known ? format->channels : CHANNELS_DEFAULT;
    if (station->slate && station->slate_width == width &&
        station->slate_height == height && station->slate_rate == rate &&
        station->slate_channels == channels)
        return ERR_OK;
    slate_destroy(station->slate);
    station->slate = NULL;
    station->slate_width = width;
    station->slate_height = height;
    station->slate_rate = rate;
    station->slate_channels = channels;
    return slate_create(width, height, rate, channels, &station->slate);
}

static void show(struct station *station, int64_t before)
{
    struct packet packet;
    while (slate_next(station->slate, before, &packet))
        station_frame(station, &packet);
}

static void begin(struct station *station)
{
    struct packet pictures = {0}, sound = {0};
    station_finish(station, -1);
    int64_t tick = station_done_until(station);
    if (tick < 0 || station->start.slate_ticks == 0 || make(station)) {
        station->is_slate_over = true;
        return;
    }
    slate_config(station->slate, PACKET_VIDEO, &pictures);
    slate_config(station->slate, PACKET_AUDIO, &sound);
    station->is_slate = true;
    if (!station_decide(station, pictures.payload, sound.payload)) {
        station->is_slate = false;
        station->is_slate_over = true;
        return;
    }
    station->wants_key = false;
    station->slate_tick = tick;
    station->slate_us = station->heard_us + BEHIND_US;
    station->slate_now_us = station->now_us;
    station->slate_feed_us = 0;
    station->slate_sound = -1;
    slate_begin(station->slate, tick);
}

static void end(struct station *station, int64_t tick)
{
    station_finish(station, tick);
    station->is_slate = false;
}

static int64_t ticks_of(int64_t us)
{
    return us * HZ / TIME_US_PER_SECOND;
}

/* A feed is there, but behind what is shown: it was in front of its time when
 * the slate began, or has fallen back since. It could never take its place, so
 * the slate goes at half its pace until there is room. Not slower: a maker that
 * makes nothing counts as stuck. */
static void wait_for_feed(struct station *station)
{
    int64_t passed_us = station->now_us - station->slate_now_us;
    int64_t shown =
        station->slate_tick + ticks_of(station->now_us - station->slate_us);
    int64_t room =
        station->slate_feed +
        ticks_of(station->now_us - station->slate_feed_us - BEHIND_US);
    station->slate_now_us = station->now_us;
    if (station->slate_feed_us && shown > room)
        station->slate_us += passed_us / 2;
}

void slate_clock(struct station *station)
{
    if (station->heard_us == 0) /* somebody was here before, perhaps */
        station->heard_us = station->now_us - station->start.idle_us / 2;
    if (!station->is_slate && !station->is_slate_over &&
        station->now_us - station->heard_us >= station->start.idle_us &&
        !blind_begin(station))
        begin(station);
    if (!station->is_slate)
        return;
    wait_for_feed(station);
    int64_t shown = ticks_of(station->now_us - station->slate_us);
    if (shown > station->start.slate_ticks) {
        end(station, -1);
        station->is_slate_over = true;
    } else {
        show(station, station->slate_tick + shown);
    }
}

/* What a feed can begin with: a key frame; sound, when no pictures come beside
 * it, or there are to be none. */
static bool can_begin(struct station *station, const struct packet *packet)
{
    struct str avcc = buf_str(&station->configs[PACKET_VIDEO]);
    struct avc_config config;
    if (packet->track == PACKET_VIDEO) {
        station->slate_sound = -1;
        return packet->is_key && avc_read_config(avcc, &config) == ERR_OK &&
               avc_is_idr(packet->payload, config.length_bytes);
    }
    if (station->slate_sound < 0)
        station->slate_sound = packet->tick;
    return packet->tick - station->slate_sound >= DECIDE_TICKS;
}

bool slate_gives_way(struct station *station, const struct packet *packet)
{
    int64_t shown =
        station->last.is_set ? station->last.tick : station->last_sound;
    if (!station->slate_feed_us || packet->tick >= station->slate_feed) {
        station->slate_feed = packet->tick;
        station->slate_feed_us = station->now_us;
    }
    if (!can_begin(station, packet) || packet->tick <= shown) {
        station->dropped++;
        return false;
    }
    if (packet->tick - shown > FILL_TICKS_MAX) {
        end(station, -1);
        return true;
    }
    show(station, packet->tick);
    end(station, packet->tick);
    return true;
}
