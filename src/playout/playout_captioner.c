// SPDX-License-Identifier: Apache-2.0
/* What captioners send through the edge. Nothing of it is read before the key
 * was found to be good. */
#include "base/hash.h"
#include "base/log.h"
#include "base/time.h"
#include "base/utf8.h"
#include "link/live.h"
#include "media/cue.h"
#include "playout/playout_internal.h"

_Static_assert(LIVE_DIGEST_DIGITS == DIGEST_HEX_BYTES - 1, "a SHA-256");
_Static_assert((int)CUE_TEXT_BYTES_MAX == (int)LIVE_CAPTION_BYTES_MAX,
               "what can be read can be shown");

static struct live_said answer(uint16_t status, struct str words)
{
    return (struct live_said){status, words};
}

static bool may_say(const struct channel *channel, struct str digest)
{
    char wanted[DIGEST_HEX_BYTES];
    int64_t now_us = time_now_us();
    bool may = false;
    if (str_to_c(digest, wanted, sizeof wanted))
        return false;
    for (size_t i = 0; i < channel->captioner_count; i++) {
        const struct ingest_key *key = &channel->captioners[i];
        if (ingest_key_matches(key, wanted) && key->from_us <= now_us &&
            now_us < key->until_us)
            may = true;
    }
    return may;
}

static struct live_said show(struct channel *channel,
                             const struct cue_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct cue *cue = &list->cues[i];
        if (station_say(&channel->station, cue->after_ms * (LIVE_HZ / 1000),
                        cue->duration_ms * (LIVE_HZ / 1000), cue->text))
            return answer(429, STR("more captions wait than can be shown; "
                                   "what is waiting is not lost, send this "
                                   "one again later"));
    }
    return answer(202, STR("taken"));
}

static struct live_said say(struct channel *channel, struct str text,
                            struct arena *arena)
{
    struct cue_list list;
    struct fault fault = {0};
    if (!channel->on_air)
        return answer(409, STR("the channel is not on the air: there is "
                               "nothing to write captions for"));
    if (!cues_read(text, arena, &list, &fault))
        return show(channel, &list);
    struct str why = str_from_c(fault_text(&fault));
    return answer(400, arena_copy(arena, utf8_cut(why, LIVE_SAID_BYTES_MAX)));
}

static struct channel *find(const struct playout *playout, uint64_t number)
{
    for (size_t i = 0; i < playout->channel_count; i++) {
        if (id_number(&playout->channels[i]->station.id) == number)
            return playout->channels[i];
    }
    return NULL;
}

bool playout_captioner_say(struct playout *playout, uint64_t number,
                           struct str payload, struct buf *out)
{
    struct live_say said;
    if (live_read_say(payload, &said))
        return false;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct channel *channel = find(playout, said.channel);
    struct live_said result =
        channel && may_say(channel, said.digest)
            ? say(channel, said.text, &arena)
            : answer(403, STR("this key is not one for the captions of this "
                              "channel, or is no longer good"));
    if (result.status == 403)
        log_warn("a captioner was refused",
                 LOG_C("channel", channel ? channel->station.name : ""),
                 LOG_C("cause", "there is no such key, or it is not good now"));
    live_put_said(out, number, &result);
    return true;
}
