// SPDX-License-Identifier: Apache-2.0
/* Sound alone, a radio or a studio without a camera: so that it plays where
 * pictures are expected, it has one that stands still. The sound is its clock,
 * hence what is made of it is the same in every process. */
#include "station_internal.h"

enum { WIDTH = 1280, HEIGHT = 720 };

bool still_make(struct station *station, unsigned width, unsigned height)
{
    if (station->still && station->still_width == width &&
        station->still_height == height)
        return true;
    slate_destroy(station->still);
    station->still = NULL;
    station->still_width = width;
    station->still_height = height;
    return !slate_create(width, height, 0, 0, &station->still);
}

void still_use(struct station *station)
{
    struct packet config;
    if (!slate_config(station->still, PACKET_VIDEO, &config))
        return;
    (void)!format_read(config.payload, buf_str(&station->active[PACKET_AUDIO]),
                       &station->format, &station->length_bytes);
    station->is_still = station->format.has_pictures;
}

void still_add(struct station *station)
{
    struct packet config;
    if (!still_make(station, WIDTH, HEIGHT)) {
        station_trouble(station,
                        "There is sound alone, and no picture to go with it "
                        "can be made: players that want one show nothing.");
        return;
    }
    still_use(station);
    if (station->is_still &&
        slate_config(station->still, PACKET_VIDEO, &config))
        studio_give(station->studio, &config);
}

/* Where a group begins, at tick or before it: segments do so, hence what the
 * process before began tells. */
static int64_t begin_of_group(const struct station *station, int64_t tick)
{
    bool goes_on = station->start.renditions[SOURCE].has_from &&
                   mux_written_until(station->muxes[SOURCE]) < 0 &&
                   tick <= station_done_until(station);
    if (!goes_on)
        return tick;
    int64_t into =
        (tick - station->start.renditions[SOURCE].segment) % SLATE_GROUP_TICKS;
    return tick - (into < 0 ? into + SLATE_GROUP_TICKS : into);
}

void still_show(struct station *station, int64_t tick)
{
    struct packet packet;
    if (station->state == WAITING)
        slate_begin(station->still, begin_of_group(station, tick));
    while (
        slate_next(station->still, blind_until(station, tick) + 1, &packet)) {
        if (!station->is_blind && packet.tick >= station_done_until(station))
            studio_give(station->studio, &packet);
        station_picture(station, &packet);
    }
}
