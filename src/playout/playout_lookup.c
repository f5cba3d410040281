// SPDX-License-Identifier: Apache-2.0
/* Hosts that broadcasts are fetched from, by their names: the program that
 * calls them is locked in and can look up nothing. It may ask for the name that
 * its channel has, and for no other: a name can carry a message, too. */
#include "media/srt_pull.h"
#include "playout/playout_internal.h"

_Static_assert((int)LOOKUP_ADDRESSES_MAX == (int)INGEST_ADDRESSES_MAX,
               "all of them are told");

static bool is_fetched_from(const struct channel *channel, struct str host)
{
    const struct playout *playout = channel->playout;
    struct srt_pull pull;
    struct fault fault = {0};
    for (size_t i = 0; i < playout->channel_count; i++) {
        const struct ingest_channel *told = &playout->ingest_channels[i];
        if (str_eq(id_str(&told->id), id_str(&channel->station.id)))
            return told->pull.len &&
                   !srt_pull_parse(told->pull, &pull, &fault) && pull.is_name &&
                   str_eq(host, str_from_c(pull.host));
    }
    return false;
}

static void on_answer(void *context, const struct lookup_answer *answer)
{
    struct channel *channel = context;
    struct ingest_message message = {
        .kind = INGEST_FOUND,
        .channel = channel->station.id,
        .host = str_from_c(channel->host),
        .reason = str_from_c(answer->reason),
        .address_count = answer->count,
    };
    for (size_t i = 0; i < answer->count; i++)
        message.addresses[i] = str_from_c(answer->addresses[i]);
    channel->lookup = NULL;
    playout_ingest_tell_found(channel->playout, &message);
}

void playout_lookup_begin(struct channel *channel, struct str host)
{
    if (!is_fetched_from(channel, host) ||
        str_to_c(host, channel->host, sizeof channel->host))
        return;
    playout_lookup_cancel(channel);
    channel->lookup =
        lookup_begin(channel->playout->loop, host, on_answer, channel);
    if (!channel->lookup)
        on_answer(channel, &(struct lookup_answer){
                               .reason = "no thread can be started that looks "
                                         "its address up"});
}

void playout_lookup_cancel(struct channel *channel)
{
    lookup_cancel(channel->lookup);
    channel->lookup = NULL;
}
