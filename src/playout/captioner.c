// SPDX-License-Identifier: Apache-2.0
#include "playout/captioner.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/utf8.h"

enum {
    /* 15 characters a second, after a moment to look there. */
    TICKS_A_CHARACTER = LIVE_HZ / 15,
    LOOK_TICKS = 2 * LIVE_HZ,
    SHOWN_TICKS_MAX = 10 * LIVE_HZ,
};

static int64_t least_of(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void drop_first(struct captioner *captioner)
{
    free(captioner->lines[0].text);
    captioner->count--;
    memmove(captioner->lines, captioner->lines + 1,
            captioner->count * sizeof *captioner->lines);
}

void captioner_finish(struct captioner *captioner)
{
    while (captioner->count)
        drop_first(captioner);
}

int64_t captioner_ticks_of(struct str text)
{
    int64_t ticks = LOOK_TICKS + (int64_t)utf8_count(text) * TICKS_A_CHARACTER;
    return least_of(ticks, SHOWN_TICKS_MAX);
}

enum err captioner_say(struct captioner *captioner, int64_t tick,
                       int64_t duration, struct str text)
{
    int64_t from = tick > captioner->given ? tick : captioner->given;
    if (captioner->count) {
        const struct captioner_line *last =
            &captioner->lines[captioner->count - 1];
        int64_t least = last->tick + least_of(last->until - last->tick,
                                              CAPTIONER_LEAST_TICKS);
        if (from < least)
            from = least;
    }
    if (captioner->count == CAPTIONER_WAITING_MAX ||
        from - tick > CAPTIONER_BEHIND_TICKS)
        return ERR_BUSY;
    char *copy = malloc(text.len);
    if (!copy)
        log_panic("no memory for television");
    memcpy(copy, text.ptr, text.len);
    captioner->lines[captioner->count++] =
        (struct captioner_line){from, from + duration, copy, text.len};
    return ERR_OK;
}

bool captioner_next(struct captioner *captioner, int64_t tick,
                    struct live_caption *ret_piece)
{
    while (captioner->count) {
        const struct captioner_line *line = &captioner->lines[0];
        int64_t end = captioner->count > 1 ? least_of(line->until, line[1].tick)
                                           : line->until;
        int64_t from =
            line->tick > captioner->given ? line->tick : captioner->given;
        int64_t until = least_of(end, tick);
        if (until > from) {
            *ret_piece = (struct live_caption){
                .tick = from,
                .duration = least_of(until - from, LIVE_DURATION_MAX),
                .text = str_of(line->text, line->len),
            };
            captioner->given = from + ret_piece->duration;
            return true;
        }
        if (end > tick || line->tick >= tick)
            break;
        drop_first(captioner);
    }
    if (captioner->given < tick)
        captioner->given = tick;
    return false;
}
