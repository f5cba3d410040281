// SPDX-License-Identifier: Apache-2.0
#include "subtitles.h"

#include <string.h>

#include "base/utf8.h"
#include "media/avc.h"

enum {
    GROWS_TICKS = PART_CLOCK_HZ / 2, /* then text that grows is told anew */
    TOLD_TICKS_MAX = 30 * PART_CLOCK_HZ,
    /* Who sends both says the same in both, not at the same moment. */
    ANALOG_TICKS = 60 * PART_CLOCK_HZ,
    TEXT_BYTES_MAX = 1024, /* of a caption, for the playout */
};

/* By place, as PART_CAPTION has them: the service that says the same, which
 * broadcasters derive from line 21: the main language is in the first of both,
 * the second language in CC3 and service 2. */
static const unsigned services[PART_CAPTIONS] = {
    [CEA608_CC1] = 1,
    [CEA608_CC2] = 3,
    [CEA608_CC3] = 2,
    [CEA608_CC4] = 4,
};

static void init_decoders(struct subtitles *subtitles)
{
    for (unsigned i = 0; i < PART_CAPTIONS; i++) {
        cea608_init(&subtitles->tracks[i].analog, (enum cea608_channel)i);
        cea708_init(&subtitles->tracks[i].digital, services[i]);
    }
}

void subtitles_init(struct subtitles *subtitles, struct buf *out)
{
    *subtitles = (struct subtitles){.out = out};
    init_decoders(subtitles);
    for (unsigned i = 0; i < PART_CAPTIONS; i++)
        buf_init(&subtitles->tracks[i].text, TEXT_BYTES_MAX);
}

void subtitles_finish(struct subtitles *subtitles)
{
    for (unsigned i = 0; i < PART_CAPTIONS; i++)
        buf_finish(&subtitles->tracks[i].text);
}

/* ---- Telling ----------------------------------------------------------------
 */

static void tell(struct subtitles *subtitles, unsigned which, int64_t until)
{
    const struct subtitles_track *track = &subtitles->tracks[which];
    int64_t duration = until - track->since;
    if (track->text.len == 0 || duration <= 0)
        return;
    if (duration > TOLD_TICKS_MAX)
        duration = TOLD_TICKS_MAX;
    part_write(subtitles->out, &(struct part){
                                   .kind = PART_CAPTION,
                                   .rendition = (uint8_t)which,
                                   .tick = track->since,
                                   .duration = (uint32_t)duration,
                                   .payload = buf_str(&track->text),
                               });
}

/* A screen that is full of text is more than one reads, and a caption takes. */
static struct str shortened(struct str text)
{
    return str_trim(utf8_cut(text, TEXT_BYTES_MAX));
}

/* What is shown is another text from tick on. */
static void look(struct subtitles *subtitles, unsigned which, int64_t tick)
{
    struct subtitles_track *track = &subtitles->tracks[which];
    DEFER(buf_finish) struct buf screen;
    buf_init(&screen, CEA708_TEXT_BYTES_MAX);
    cea608_write(&track->analog, &screen);
    if (screen.len)
        track->analog_until = tick + ANALOG_TICKS;
    else if (tick >= track->analog_until)
        cea708_write(&track->digital, &screen);
    struct str before = buf_str(&track->text);
    struct str now = shortened(buf_str(&screen));
    if (buf_err(&screen) || str_eq(now, before))
        return;
    bool grows = before.len && str_starts_with(now, before) &&
                 tick - track->since < GROWS_TICKS;
    if (!grows) {
        tell(subtitles, which, tick);
        track->since = tick;
    }
    buf_reset(&track->text);
    buf_add(&track->text, now);
}

/* ---- Pictures ---------------------------------------------------------------
 */

static bool take_pair(struct subtitles_track *track, uint8_t type,
                      const uint8_t pair[2])
{
    if (type == A53_DTVCC || type == A53_DTVCC_NEW)
        return cea708_take(&track->digital, type == A53_DTVCC_NEW, pair[0],
                           pair[1]);
    return type == cea608_field(track->analog.channel) &&
           cea608_take(&track->analog, pair[0], pair[1]);
}

static void show_first(struct subtitles *subtitles)
{
    struct subtitles_picture first = subtitles->held[0];
    subtitles->held_count--;
    memmove(subtitles->held, subtitles->held + 1,
            subtitles->held_count * sizeof *subtitles->held);
    for (unsigned which = 0; which < PART_CAPTIONS; which++) {
        bool changed = false;
        for (size_t i = 0; i < first.pairs.count; i++)
            changed |= take_pair(&subtitles->tracks[which],
                                 first.pairs.types[i], first.pairs.bytes[i]);
        if (changed)
            look(subtitles, which, first.tick);
    }
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
    for (unsigned i = 0; i < PART_CAPTIONS; i++) {
        if (subtitles->tracks[i].since >= tick)
            continue;
        tell(subtitles, i, tick);
        subtitles->tracks[i].since = tick;
    }
}

void subtitles_break(struct subtitles *subtitles, int64_t tick)
{
    subtitles->held_count = 0;
    for (unsigned i = 0; i < PART_CAPTIONS; i++) {
        tell(subtitles, i, tick);
        subtitles->tracks[i].since = tick;
        buf_reset(&subtitles->tracks[i].text);
    }
    init_decoders(subtitles);
}
