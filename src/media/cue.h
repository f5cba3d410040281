// SPDX-License-Identifier: Apache-2.0
/* media/cue.h: what a captioner's tool sends, read: either one caption of plain
 * text, or cues of WebVTT (W3C WebVTT §4) with or without their head.
 *
 * Plain text is text: nothing in it is markup. Of a cue's text the tags are
 * left out and the character references that WebVTT has are read; its
 * identifier and settings, comments, styles and regions are passed over. Lines
 * may end in LF, CR or both; empty ones and blanks at the ends go. */
#ifndef MEDIA_CUE_H
#define MEDIA_CUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/str.h"

enum {
    CUES_MAX = 32, /* sent at once */
    CUE_TEXT_BYTES_MAX = 1024,
    CUE_MS_MAX = 60 * 1000, /* how long one takes, and how much later than the
                               first one it begins */
};

struct cue {
    int64_t after_ms;    /* later than the first one of these begins */
    int64_t duration_ms; /* more than 0; 0: nobody said how long */
    struct str text;     /* UTF-8, lines ended by LF, none empty, no other
                            control character; in arena */
};

struct cue_list {
    struct cue cues[CUES_MAX]; /* by after_ms */
    size_t count;              /* at least 1 */
};

/* ERR_INVALID: fault says what is wrong and where, to whoever sent it. */
MUST_USE enum err cues_read(struct str text, struct arena *arena,
                            struct cue_list *ret_list, struct fault *fault);

#endif
