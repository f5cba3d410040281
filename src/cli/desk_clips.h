// SPDX-License-Identifier: Apache-2.0
/* cli/desk_clips.h: clips that are asked of a running desk, one at a time. */
#ifndef CLI_DESK_CLIPS_H
#define CLI_DESK_CLIPS_H

#include <pthread.h>

#include "base/arena.h"
#include "base/fault.h"

struct content;
struct json_t;
struct newsroom_clip;

struct desk_clips {
    pthread_mutex_t one; /* each takes memory and both processors */
    _Atomic bool ending;
};

#define DESK_CLIPS_NONE \
    { \
        .one = PTHREAD_MUTEX_INITIALIZER \
    }

/* Makes it and puts it into the library; from any thread, for seconds. The
 * errors of clip_make (cli/clip_making.h). The caller frees *ret_json. */
MUST_USE enum err desk_clip_make(struct desk_clips *clips,
                                 struct content *content, const char *directory,
                                 const struct newsroom_clip *asked,
                                 struct arena *arena, struct json_t **ret_json,
                                 struct fault *fault);

/* From any thread: the one that is being made is given up soon, its program
 * ended, and no other is begun; who waits gets ERR_AGAIN. */
void desk_clips_ask_end(struct desk_clips *clips);

#endif
