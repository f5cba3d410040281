// SPDX-License-Identifier: Apache-2.0
/* Whether captioners may say something on a channel, where it stands on its
 * time line, and in which languages it is. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "playout/station_internal.h"

enum err station_say(struct station *station, int64_t after, int64_t duration,
                     struct str text)
{
    return captioner_say(&station->captioner, station_end(station) + after,
                         duration ? duration : captioner_ticks_of(text), text);
}

void station_expect_captions(struct station *station, bool is_expected,
                             struct buf *out)
{
    if (station->has_captioner == is_expected)
        return;
    station->has_captioner = is_expected;
    station_tell_channel(station, out);
}

static bool is_named_so(const struct station *station,
                        const struct live_language *languages)
{
    for (size_t i = 0; i < LIVE_CAPTION_TRACKS; i++)
        if (!str_eq(station->languages[i].tag, languages[i].tag) ||
            !str_eq(station->languages[i].name, languages[i].name))
            return false;
    return true;
}

static struct str keep(char **at, struct str text)
{
    char *start = *at;
    if (text.len)
        memcpy(start, text.ptr, text.len);
    *at += text.len;
    return str_of(start, text.len);
}

void station_name_captions(struct station *station,
                           const struct live_language *languages,
                           struct buf *out)
{
    if (is_named_so(station, languages))
        return;
    char *texts = malloc(LIVE_CAPTION_TRACKS * (LIVE_LANGUAGE_BYTES_MAX +
                                                LIVE_LANGUAGE_NAME_BYTES_MAX));
    if (!texts)
        log_panic("no memory for the names of captions");
    free(station->language_texts);
    station->language_texts = texts;
    for (size_t i = 0; i < LIVE_CAPTION_TRACKS; i++) {
        station->languages[i].tag = keep(&texts, languages[i].tag);
        station->languages[i].name = keep(&texts, languages[i].name);
    }
    station_tell_channel(station, out);
}
