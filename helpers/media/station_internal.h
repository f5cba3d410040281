// SPDX-License-Identifier: Apache-2.0
/* helpers/media/station_internal.h: what the files of the station share. */
#ifndef HELPERS_MEDIA_STATION_INTERNAL_H
#define HELPERS_MEDIA_STATION_INTERNAL_H

#include "base/time.h"
#include "format.h"
#include "ladder.h"
#include "slate.h"
#include "start.h"
#include "station.h"
#include "studio.h"
#include "subtitles.h"

enum {
    HZ = PART_CLOCK_HZ,
    TRACKS = PACKET_AUDIO + 1,
    TROUBLE_BYTES_MAX = 512,
    SPARE_BYTES_MAX = 1 << 20,
    SOURCE = 0,
    SOUND_ONLY = PART_RENDITIONS_MAX - 1,
};

/* The last picture: how long it is shown is known when the next one comes. */
struct last_picture {
    bool is_set;
    bool is_key;
    int64_t tick;
    int32_t shown_after;
    struct buf bytes;
};

/* The last key frame of the feed, which stands for pictures that are lost. */
struct key_picture {
    int32_t shown_after;
    struct buf bytes;
    int64_t whole; /* tick of the last picture that is as it was sent */
};

enum state {
    UNDECIDED, /* which tracks there are; what comes is held */
    WAITING,   /* for a frame to begin with */
    RESUMING,  /* up to where the process before came */
    LIVE,
};

struct station {
    struct buf *out;
    struct start start;
    bool is_started;
    struct mux *muxes[PART_RENDITIONS_MAX];
    enum state state;
    struct buf configs[TRACKS]; /* as they came */
    struct buf active[TRACKS];  /* of what is made now */
    struct mux_format format;   /* its texts are those of active */
    unsigned length_bytes;      /* avc_config */
    struct buf held;            /* packets */
    int64_t held_from;
    bool has_held;
    struct cutter cutter;
    struct last_picture last;
    struct key_picture key;
    int64_t duration; /* of a picture, as the last ones were */
    int64_t now;      /* the latest tick there was */
    int64_t now_us;
    int64_t heard_us; /* when a frame was last of use; 0: never */
    int64_t last_sound;
    int64_t latest[TRACKS]; /* ticks of the feed, which never go back */
    bool wants_key;
    int64_t frames, dropped, status_frames, status_us;
    /* The slate, which is a feed like any other while it is shown. */
    struct slate *slate; /* of this size and sound */
    unsigned slate_width, slate_height, slate_rate, slate_channels;
    bool is_slate, is_slate_over;
    int64_t slate_tick, slate_us; /* its begin, and when that should be seen */
    int64_t slate_now_us;         /* when it was last looked at */
    int64_t slate_feed, slate_feed_us; /* the feed's latest tick meanwhile, and
                                          when that came; 0: none did */
    int64_t slate_sound; /* tick of the first sound of a feed without pictures
                            that came meanwhile; -1: none */
    struct slate *still; /* pictures for sound alone, of this size; or NULL */
    unsigned still_width, still_height;
    bool is_still;    /* they are shown */
    bool is_blind;    /* … because there should be others, and none come */
    struct buf spare; /* packets of the sound from the last picture on */
    int64_t sound_us; /* when sound of the feed last came */
    struct studio *studio;
    struct ladder *ladder;
    struct { /* where it goes on with what the process before made */
        int64_t tick, segment;
    } resume;
    int64_t load_us; /* processor time up to the last status */
    struct subtitles subtitles;
    char trouble[TROUBLE_BYTES_MAX];
};

/* A frame of the feed, or of the slate. */
void station_frame(struct station *station, const struct packet *packet);

/* Its picture; of the feed, or one that stands for it. */
void station_picture(struct station *station, const struct packet *packet);

/* Reads the formats of what comes now; false: nothing of it can be passed on.
 * What comes before a key frame is left out afterwards. */
bool station_decide(struct station *station, struct str avcc, struct str asc);

/* What there is becomes parts, the last one until tick (-1: as long as it
 * probably is); then all begins anew. */
void station_finish(struct station *station, int64_t tick);

/* Up to where there are parts; -1: there never were any. */
int64_t station_done_until(const struct station *station);

/* Tells it when it is another than before; NULL: there is none. */
void station_trouble(struct station *station, const char *text);

/* ---- station_still.c -------------------------------------------------------
 */

/* The format has sound alone: it gets pictures, if they can be made. */
void still_add(struct station *station);

/* Pictures of this size are there, or made; false: they cannot be. */
bool still_make(struct station *station, unsigned width, unsigned height);

/* They are what is shown beside the sound that there is. */
void still_use(struct station *station);

/* The pictures up to the sound at tick. */
void still_show(struct station *station, int64_t tick);

/* ---- station_blind.c -------------------------------------------------------
 */

/* Sound of the feed, before it is passed on. */
void blind_hear(struct station *station, const struct packet *packet);

/* No pictures come: if there is sound it goes on beside the slate's, from where
 * they ended. */
bool blind_begin(struct station *station);

/* Up to when pictures are shown beside the sound at tick. */
int64_t blind_until(const struct station *station, int64_t tick);

/* A picture of the feed meanwhile. */
void blind_picture(struct station *station, const struct packet *packet);

/* ---- station_slate.c -------------------------------------------------------
 */

/* What is shown is shown on; and when nothing comes, the slate begins. */
void slate_clock(struct station *station);

/* A frame of the feed while the slate is shown. True: that is over, and it is
 * to be passed on. */
bool slate_gives_way(struct station *station, const struct packet *packet);

#endif
