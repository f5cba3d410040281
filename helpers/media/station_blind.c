// SPDX-License-Identifier: Apache-2.0
/* A camera that fails while the sound of the same feed goes on: viewers see the
 * slate and hear the studio, until the camera's next key frame. The sound is
 * the clock. What was heard since the last picture is kept aside, because what
 * ends where the pictures ended ends with its sound, and the rest belongs to
 * what begins there. */
#include "media/avc.h"
#include "station_internal.h"

enum {
    /* The slate stays so far behind the sound, which may come in front of the
     * pictures: a camera that comes back finds its place still empty. */
    BEHIND_TICKS = HZ * 3 / 10,
    SPARE_TICKS_MAX = 10 * HZ,
};

/* ---- The sound that is kept aside ------------------------------------------
 */

static int64_t shown_until(const struct station *station)
{
    return station->last.is_set ? station->last.tick
                                : station_done_until(station);
}

void blind_hear(struct station *station, const struct packet *packet)
{
    if (station->is_slate || !station->format.has_pictures ||
        (station->is_still && !station->is_blind))
        return;
    int64_t least = packet->tick - SPARE_TICKS_MAX;
    if (least < shown_until(station))
        least = shown_until(station);
    struct str rest = buf_str(&station->spare), before = rest;
    struct packet first;
    while (packet_read(&rest, &first) == ERR_OK && first.tick < least)
        before = rest;
    buf_drop_front(&station->spare, station->spare.len - before.len);
    packet_write(&station->spare, packet);
    if (buf_err(&station->spare))
        buf_reset(&station->spare);
    station->sound_us = station->now_us;
}

/* It was dropped with what ended at tick; it comes again. */
static void hear_again(struct station *station, int64_t tick)
{
    struct buf spare = station->spare;
    buf_init(&station->spare, SPARE_BYTES_MAX);
    struct str rest = buf_str(&spare);
    struct packet packet;
    while (packet_read(&rest, &packet) == ERR_OK)
        if (packet.tick >= tick)
            station_frame(station, &packet);
    buf_finish(&spare);
}

/* ---- Going blind -----------------------------------------------------------
 */

static bool is_heard(const struct station *station)
{
    return station->state != UNDECIDED && station->format.has_pictures &&
           station->format.has_sound && !station->is_still &&
           !station->is_slate && station->spare.len > 0 &&
           station->now_us - station->sound_us < station->start.idle_us / 2;
}

/* Where the slate begins: with the end of what there is, or else of silence. */
static int64_t begin_at(const struct station *station)
{
    struct str spare = buf_str(&station->spare);
    struct packet first;
    int64_t tick = station_done_until(station);
    return tick < 0 && packet_read(&spare, &first) == ERR_OK ? first.tick
                                                             : tick;
}

static void show(struct station *station, int64_t before)
{
    struct packet packet;
    while (slate_next(station->still, before, &packet))
        station_picture(station, &packet);
}

bool blind_begin(struct station *station)
{
    if (!is_heard(station) || !station->muxes[SOURCE] ||
        !still_make(station, station->format.width, station->format.height))
        return false;
    station_finish(station, -1);
    int64_t tick = begin_at(station);
    still_use(station);
    station->is_blind = station->is_still;
    if (!station->is_blind)
        return false;
    station->state = WAITING;
    station->wants_key = false;
    buf_reset(&station->key.bytes);
    ladder_configure(station->ladder, &station->format, true);
    slate_begin(station->still, tick);
    show(station, tick + 1);
    hear_again(station, tick);
    station_trouble(station,
                    "The camera sends nothing while the sound goes on: viewers "
                    "see the slate and hear the studio until its next key "
                    "frame. Look at the camera and its cable.");
    return true;
}

int64_t blind_until(const struct station *station, int64_t tick)
{
    return station->is_blind && station->state == LIVE ? tick - BEHIND_TICKS
                                                       : tick;
}

/* ---- Seeing again ----------------------------------------------------------
 */

static bool is_whole(const struct station *station, const struct packet *packet)
{
    struct avc_config config;
    return packet->is_key &&
           avc_read_config(buf_str(&station->configs[PACKET_VIDEO]), &config) ==
               ERR_OK &&
           avc_is_idr(packet->payload, config.length_bytes);
}

void blind_picture(struct station *station, const struct packet *packet)
{
    if (!is_whole(station, packet) || packet->tick <= shown_until(station)) {
        station->dropped++;
        return;
    }
    show(station, packet->tick);
    station_finish(station, packet->tick);
    if (!station_decide(station, buf_str(&station->configs[PACKET_VIDEO]),
                        buf_str(&station->configs[PACKET_AUDIO])))
        return;
    station_trouble(station, NULL);
    station_picture(station, packet);
    hear_again(station, packet->tick);
}
