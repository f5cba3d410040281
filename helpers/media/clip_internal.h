// SPDX-License-Identifier: Apache-2.0
/* helpers/media/clip_internal.h: a clip while it is made: which pictures
 * (clip.c), encoding those that cannot stay as they are (clip_encode.c), when
 * each is shown in the file (clip_arrange.c). */
#ifndef HELPERS_MEDIA_CLIP_INTERNAL_H
#define HELPERS_MEDIA_CLIP_INTERNAL_H

#include "base/arena.h"
#include "clip.h"
#include "encoder.h"
#include "media/avc.h"
#include "media/fmp4_read.h"

enum {
    CLIP_CONFIG_BYTES_MAX = 64 << 10,
    CLIP_POSTER_BYTES_MAX = 4 << 20,
    CLIP_HEAD_BYTES_MAX = 64 << 20,
    CLIP_POSTER_WIDTH_MAX = 1280,
};

/* Or a frame of sound, by the clock of its track. */
struct clip_picture {
    int64_t time;  /* of decoding */
    int64_t shown; /* nothing of sound */
    uint32_t duration;
    bool is_key;
    bool is_new; /* encoded here */
    struct str bytes;
};

struct clip_pictures {
    struct clip_picture *all;
    size_t count, capacity;
};

struct clip {
    struct arena arena;
    struct fmp4_track tracks[FMP4_TRACKS_MAX];
    unsigned picture_track, sound_track; /* numbers; 0: none */
    struct clip_pictures came, sound;
    int64_t *later;
    int64_t delay, start, end; /* ticks; as pictures are shown */

    size_t encoding;         /* pictures */
    struct encoder *encoder; /* NULL: nothing was encoded */
    struct clip_pictures cut;
    struct buf config, poster, head;
    struct mp4_track files[FMP4_TRACKS_MAX];
    size_t file_count;
    struct clip_facts facts;
};

/* False: out of memory. */
bool clip_add(struct clip_pictures *pictures,
              const struct clip_picture *picture);

/* Decodes from a key frame (its place in came) on, and adds what is shown from
 * a tick up to another to what is cut, encoded. */
MUST_USE enum err clip_encode(struct clip *clip, size_t key, int64_t from,
                              int64_t to, struct fault *fault);

/* The tracks of the file, its head, its poster, the facts. */
MUST_USE enum err clip_arrange(struct clip *clip, struct fault *fault);

#endif
