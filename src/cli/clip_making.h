// SPDX-License-Identifier: Apache-2.0
/* cli/clip_making.h: a clip of what was on the air: the media of it out of the
 * DVR or a recording (playout/span.h), made into a file by broadsheet-media
 * (media/clip_wire.h), put into the media library. */
#ifndef CLI_CLIP_MAKING_H
#define CLI_CLIP_MAKING_H

#include "base/arena.h"
#include "base/fault.h"
#include "base/id.h"
#include "base/str.h"

struct content;
struct edit;

enum { CLIP_SECONDS_MAX = 3600 };

struct clip_wish {
    struct str source; /* a channel's name, or a recording's id */
    /* Each: RFC 3339; "live" or "live-1:30", back from the newest of a channel;
     * "+1:30", after the beginning of a recording. */
    struct str from, to;
    struct str caption, credit;
};

struct clip_made {
    struct id medium; /* the clip: video/mp4 */
    struct id poster; /* its first picture */
    int64_t start_us; /* 1970 */
    int64_t duration_us, bytes, width, height;
    int64_t pictures, encoded; /* how many are not those of the air */
};

/* Makes it, and stores its files; nothing is in the library yet. program: the
 * path of broadsheet-media. It takes seconds, and no write of content must be
 * open. ERR_INVALID, ERR_NOT_FOUND, ERR_CONFLICT, ERR_TOO_LONG: the wish, as
 * fault says; ERR_AGAIN: *ending, and nothing is stored; ERR_TIMEOUT,
 * ERR_CLOSED, ERR_IO, … */
struct clip_work {
    struct content *content;
    const char *directory; /* of the newspaper */
    const char *program;
    const _Atomic bool *ending; /* set by another thread; or NULL */
    struct arena *arena;
    struct clip_files *files; /* set by clip_make */
};
MUST_USE enum err clip_make(struct clip_work *work,
                            const struct clip_wish *wish,
                            struct clip_made *ret_made, struct fault *fault);

/* Puts what was made into the library; sets the two ids. */
MUST_USE enum err clip_save(struct clip_work *work, struct edit *edit,
                            struct clip_made *made);

struct json_t;

/* What was made as JSON; "node" is a video of an article's body. NULL when
 * there is no memory. */
struct json_t *clip_json(const struct clip_made *made);

#endif
