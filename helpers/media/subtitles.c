// SPDX-License-Identifier: Apache-2.0
#include "subtitles.h"

#include <string.h>

#include "base/utf8.h"
#include "media/avc.h"
#include "media/part.h"

enum {
    GROWS_TICKS = PART_CLOCK_HZ / 2, /* then text that grows is told anew */
    TOLD_TICKS_MAX = 30 * PART_CLOCK_HZ,
    /* Who sends both says the same in both, not at the same moment. */
    ANALOG_TICKS = 60 * PART_CLOCK_HZ,
    TEXT_BYTES_MAX = 1024, /* of a caption, for the playout */
};

void subtitles_init(struct subtitles *subtitles, struct buf *out)
{
    *subtitles = (struct subtitles){.out = out};
    cea608_init(&subtitles->decoder);
    cea708_init(&subtitles->digital);
    buf_init(&subtitles->text, TEXT_BYTES_MAX);
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

/* A screen that is full of text is more than one reads, and a caption takes. */
static struct str shortened(struct str text)
{
    return str_trim(utf8_cut(text, TEXT_BYTES_MAX));
}

/* What is shown is another text from tick on. */
static void look(struct subtitles *subtitles, int64_t tick)
{
    DEFER(buf_finish) struct buf screen;
    buf_init(&screen, CEA708_TEXT_BYTES_MAX);
    cea608_write(&subtitles->decoder, &screen);
    if (screen.len)
        subtitles->analog_until = tick + ANALOG_TICKS;
    else if (tick >= subtitles->analog_until)
        cea708_write(&subtitles->digital, &screen);
    struct str before = buf_str(&subtitles->text);
    struct str now = shortened(buf_str(&screen));
    if (buf_err(&screen) || str_eq(now, before))
        return;
    bool grows = before.len && str_starts_with(now, before) &&
                 tick - subtitles->since < GROWS_TICKS;
    if (!grows) {
        tell(subtitles, tick);
        subtitles->since = tick;
    }
    buf_reset(&subtitles->text);
    buf_add(&subtitles->text, now);
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
    for (size_t i = 0; i < first.pairs.count; i++) {
        const uint8_t *pair = first.pairs.bytes[i];
        uint8_t type = first.pairs.types[i];
        changed |= type == A53_LINE_21
                       ? cea608_take(&subtitles->decoder, pair[0], pair[1])
                       : cea708_take(&subtitles->digital, type == A53_DTVCC_NEW,
                                     pair[0], pair[1]);
    }
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
    cea708_init(&subtitles->digital);
}
