// SPDX-License-Identifier: Apache-2.0
/* What stands on both sides of broadsheet-media, for its tests: feeds that
 * ffmpeg made, played as the ingest does, and somebody who takes what comes as
 * the playout does, over the real sockets. */
#ifndef TESTS_MEDIA_TV_FEED_H
#define TESTS_MEDIA_TV_FEED_H

#include <sys/types.h>

#include "base/time.h"
#include "media/packet_ring.h"
#include "media/part.h"

/* Until a test gives up: a defect, not a pause. */
#define TV_PATIENCE_US (120 * TIME_US_PER_SECOND)

struct feed {
    struct packet *packets;
    size_t count;
    struct buf bytes; /* theirs */
};

/* Makes "name" with ffmpeg, by these words of its command line, unless it is
 * there, and reads it. Its ticks begin at first. */
void feed_make(struct feed *feed, const char *name, const char *words,
               int64_t first);
void feed_finish(struct feed *feed);

struct tv_part {
    struct part part;
    size_t init; /* which initialisation is in force: its place in inits */
};

struct tv {
    pid_t pid;
    int playout, ingest; /* our ends */
    struct packet_ring *ring;
    struct buf received;
    size_t read;
    struct tv_part *parts; /* of all renditions, as they came */
    size_t count;
    struct part inits[64];
    size_t init_count;
    size_t init_of[PART_RENDITIONS_MAX];
    int64_t segment[PART_RENDITIONS_MAX]; /* where the last one began */
    int64_t end[PART_RENDITIONS_MAX];     /* of the last part; -1: none */
    char trouble[512];
    char status[512];
    char renditions[PART_RENDITIONS_MAX][512];
    size_t thumbnails, posters, captions;
    char caption[512];            /* the last */
    struct buf thumbnail, poster; /* the last */
    const char *ladder;           /* JSON */
    const char *others; /* more of PART_START, beginning with a comma */
};

/* The program begins, and is told to go on where the one before ended. */
void tv_begin(struct tv *tv, const char *ladder);
void tv_start(struct tv *tv);
void tv_kill(struct tv *tv);
void tv_end(struct tv *tv);

/* What the program says of its sandbox. */
void tv_probe(char *line, size_t capacity);

void tv_send(struct tv *tv, const struct packet *packet);
void tv_send_some(struct tv *tv, const struct feed *feed, size_t from,
                  size_t to);

/* Takes what is there; waits so long for something. False when nothing came. */
bool tv_take(struct tv *tv, int wait_ms);

/* Takes until parts of this rendition reach the tick. */
void tv_take_until(struct tv *tv, unsigned rendition, int64_t tick);

/* ---- What is in the parts --------------------------------------------------
 */

struct tv_sample {
    bool is_sound;
    bool is_key;
    int64_t time; /* by the clock of its track */
    uint32_t duration;
    int32_t shown_after;
    struct str bytes;
};

struct tv_samples {
    struct tv_sample *samples;
    size_t count;
};

/* Of this rendition, pictures or sound, all that was received. Fails the test
 * when a fragment is none, or does not go on where the one before ended, and
 * does not say so. */
void tv_samples(const struct tv *tv, unsigned rendition, bool sound,
                struct tv_samples *ret_samples);

/* The first parts that are independent, each with those up to the next, and
 * all parts together, through ffmpeg that ends at the first error. */
void tv_play(const struct tv *tv, unsigned rendition);

#endif
