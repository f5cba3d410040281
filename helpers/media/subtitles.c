// SPDX-License-Identifier: Apache-2.0
#include "subtitles.h"

#include <string.h>

#include "media/avc.h"
#include "media/part.h"

enum {
    GROWS_TICKS = PART_CLOCK_HZ / 2, /* then text that grows is told anew */
    TOLD_TICKS_MAX = 30 * PART_CLOCK_HZ,
};

void subtitles_init(struct subtitles *subtitles, struct buf *out)
{
    *subtitles = (struct subtitles){.out = out};
    cea608_init(&subtitles->decoder);
    buf_init(&subtitles->text, CEA608_TEXT_BYTES_MAX);
}

void subtitles_finish(struct subtitles *subtitles)
{
    buf_finish(&subtitles->text);
}

/* ---- Telling ----------------------------------------------------------------
 */

static void tell(struct subtitles *subtitles, int64_t until)
{
    int64_t duration = until - subtitles->since;
    if (subtitles->text.len == 0 || duration <= 0)
        return;
    if (duration > TOLD_TICKS_MAX)
        duration = TOLD_TICKS_MAX;
    part_write(subtitles->out, &(struct part){
                                   .kind = PART_CAPTION,
                                   .tick = subtitles->since,
                                   .duration = (uint32_t)duration,
                                   .payload = buf_str(&subtitles->text),
                               });
}

/* What is shown is another text from tick on. */
static void look(struct subtitles *subtitles, int64_t tick)
{
    DEFER(buf_finish) struct buf now;
    buf_init(&now, CEA608_TEXT_BYTES_MAX);
    cea608_write(&subtitles->decoder, &now);
    struct str before = buf_str(&subtitles->text);
    if (buf_err(&now) || str_eq(buf_str(&now), before))
        return;
    bool grows = before.len && str_starts_with(buf_str(&now), before) &&
                 tick - subtitles->since < GROWS_TICKS;
    if (!grows) {
        tell(subtitles, tick);
        subtitles->since = tick;
    }
    buf_reset(&subtitles->text);
    buf_add(&subtitles->text, buf_str(&now));
}

/* ---- Pictures ---------------------------------------------------------------
 */

static void show_first(struct subtitles *subtitles)
{
    struct subtitles_picture first = subtitles->held[0];
    subtitles->held_count--;
    memmove(subtitles->held, subtitles->held + 1,
            subtitles->held_count * sizeof *subtitles->held);
    bool changed = false;
    for (size_t i = 0; i < first.pairs.count; i++)
        changed |= cea608_take(&subtitles->decoder, first.pairs.bytes[i][0],
                               first.pairs.bytes[i][1]);
    if (changed)
        look(subtitles, first.tick);
}

void subtitles_picture(struct subtitles *subtitles, struct str picture,
                       unsigned length_bytes, int64_t shown)
{
    struct subtitles_picture taken = {.tick = shown};
    struct str unit;
    while (avc_next_unit(&picture, length_bytes, &unit))
        if (h264_unit_type(unit) == H264_SEI)
            a53_read_sei(unit, &taken.pairs);
    if (taken.pairs.count == 0)
        return;
    if (subtitles->held_count == SUBTITLES_HELD)
        show_first(subtitles);
    size_t at = subtitles->held_count++;
    for (; at > 0 && subtitles->held[at - 1].tick > shown; at--)
        subtitles->held[at] = subtitles->held[at - 1];
    subtitles->held[at] = taken;
}

void subtitles_cut(struct subtitles *subtitles, int64_t tick)
{
    while (subtitles->held_count && subtitles->held[0].tick < tick)
        show_first(subtitles);
    if (subtitles->since >= tick)
        return;
    tell(subtitles, tick);
    subtitles->since = tick;
}

void subtitles_break(struct subtitles *subtitles, int64_t tick)
{
    subtitles->held_count = 0;
    tell(subtitles, tick);
    subtitles->since = tick;
    buf_reset(&subtitles->text);
    cea608_init(&subtitles->decoder);
}
