// SPDX-License-Identifier: Apache-2.0
#include "station.h"

#include <assert.h>
#include <pthread.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/time.h"
#include "outlet.h"

enum {
    LOOK_US = 250 * 1000, /* how soon a key's end is noticed */
    LOOKS_A_STATUS = 4,
    REFUSALS_KEPT = 64,
    REFUSAL_US = 1000 * 1000, /* one is told of an address in that time */
};

struct station_channel {
    struct station_channel *next;
    struct station *station;
    const struct ingest_channel *told; /* in the present list; NULL: removed */
    struct id id;
    char name[INGEST_NAME_BYTES_MAX + 1];
    struct intake intake;
    struct packet_ring *ring;
    struct outlet outlet;
    struct feed *feed; /* on air, or NULL */
    char encoder[INGEST_TEXT_BYTES_MAX + 1];
};

struct refusal {
    struct address_peer peer;
    int64_t time_us;
};

struct station {
    struct loop *loop;
    struct loop_timer timer;
    void (*tell)(void *context, const struct ingest_message *told);
    void *context;
    int64_t epoch_us; /* from the clock that only goes forward to 1970 */
    struct station_channel *channels;
    unsigned looks;
    struct refusal refusals[REFUSALS_KEPT];
    unsigned refused; /* so often; modulo is the next place */

    pthread_mutex_t lock; /* guards the two below while they change */
    struct arena arena;   /* of the present list */
    struct ingest_message list;
};

int64_t station_now(const struct station *station)
{
    return (clock_now_us() + station->epoch_us) / 100 * (TIMELINE_HZ / 10000);
}

/* ---- Telling ---------------------------------------------------------------
 */

static void tell_feed(struct station_channel *channel, const struct feed *feed,
                      enum ingest_state state, const char *reason)
{
    char address[ADDRESS_TEXT_BYTES];
    static const char *const messages[] = {
        [INGEST_BEGAN] = "a broadcast began",
        [INGEST_ENDED] = "a broadcast ended",
        [INGEST_TAKEN_OVER] = "a broadcast was taken over",
    };
    address_peer_format(&feed->peer, address);
    log_info(messages[state], LOG_C("channel", channel->name),
             LOG_STR("key", id_str(&feed->key)),
             LOG_C("protocol", ingest_protocol_name(feed->protocol)),
             LOG_C("address", address), LOG_C("encoder", channel->encoder),
             LOG_C("reason", reason));
    const struct ingest_message told = {
        .kind = INGEST_FEED,
        .channel = channel->id,
        .key = feed->key,
        .state = state,
        .protocol = feed->protocol,
        .address = str_from_c(address),
        .encoder = str_from_c(channel->encoder),
        .reason = str_from_c(reason),
    };
    channel->station->tell(channel->station->context, &told);
}

/* Who tries again and again fills neither log nor socket. */
static bool was_told(struct station *station, const struct address_peer *peer)
{
    int64_t now_us = clock_now_us();
    for (unsigned i = 0; i < REFUSALS_KEPT; i++) {
        const struct refusal *refusal = &station->refusals[i];
        if (refusal->time_us && now_us - refusal->time_us < REFUSAL_US &&
            str_eq(address_peer_client(&refusal->peer),
                   address_peer_client(peer)))
            return true;
    }
    station->refusals[station->refused++ % REFUSALS_KEPT] =
        (struct refusal){*peer, now_us};
    return false;
}

static void tell_refused(struct station *station,
                         const struct station_channel *channel,
                         const struct feed *feed, const char *reason)
{
    char address[ADDRESS_TEXT_BYTES];
    if (was_told(station, &feed->peer))
        return;
    address_peer_format(&feed->peer, address);
    log_warn("a broadcast was refused",
             LOG_C("channel", channel ? channel->name : ""),
             LOG_C("protocol", ingest_protocol_name(feed->protocol)),
             LOG_C("address", address), LOG_C("reason", reason));
    struct ingest_message told = {
        .kind = INGEST_REFUSED,
        .protocol = feed->protocol,
        .address = str_from_c(address),
        .encoder = feed->encoder,
        .reason = str_from_c(reason),
    };
    if (channel)
        told.channel = channel->id;
    station->tell(station->context, &told);
}

const char *station_take_share(struct address_shares *shares,
                               const struct address_peer *client,
                               struct address_share **ret_share)
{
    enum err err = address_shares_take(shares, client, ret_share);
    return err == ERR_RATE ? "too many connections from that address are open"
           : err           ? "there is no memory"
                           : NULL;
}

void station_tell_refused(struct station *station, const struct feed *feed,
                          const char *reason)
{
    tell_refused(station, NULL, feed, reason);
}

/* ---- Beginning and end of a broadcast --------------------------------------
 */

static void on_packet(void *context, const struct packet *packet)
{
    struct station_channel *channel = context;
    if (packet->kind == PACKET_END)
        packet_ring_clear(channel->ring);
    else if (packet_ring_add(channel->ring, packet))
        log_error("no memory to keep a channel's last seconds",
                  LOG_C("channel", channel->name));
    outlet_put(&channel->outlet, packet, &channel->intake);
}

static void end(struct station_channel *channel, enum ingest_state state,
                const char *reason)
{
    struct feed *feed = channel->feed;
    intake_end(&channel->intake);
    packet_ring_clear(channel->ring);
    channel->feed = NULL;
    feed->channel = NULL;
    tell_feed(channel, feed, state, reason);
}

void station_end(struct feed *feed, const char *reason)
{
    if (feed->channel)
        end(feed->channel, INGEST_ENDED, reason);
}

static void drop(struct station_channel *channel, enum ingest_state state,
                 const char *reason)
{
    struct feed *feed = channel->feed;
    end(channel, state, reason);
    feed->on_drop(feed, reason);
}

struct intake *station_intake(struct feed *feed)
{
    return &feed->channel->intake;
}

/* Looks at every key, however soon it is found. */
static const struct ingest_key *find_key(const struct station *station,
                                         struct str text,
                                         const struct ingest_channel **channel)
{
    const struct ingest_key *found = NULL;
    char digest[DIGEST_HEX_BYTES];
    digest_hex(text, digest);
    for (size_t i = 0; i < station->list.channel_count; i++) {
        const struct ingest_channel *one = &station->list.channels[i];
        for (size_t j = 0; j < one->key_count; j++)
            if (ingest_key_matches(&one->keys[j], digest)) {
                found = &one->keys[j];
                *channel = one;
            }
    }
    return found;
}

static const char *why_not_valid(const struct ingest_key *key)
{
    int64_t now_us = time_now_us();
    return now_us < key->from_us     ? "the stream key is not valid yet"
           : now_us >= key->until_us ? "the stream key is no longer valid"
                                     : NULL;
}

static struct station_channel *find_channel(const struct station *station,
                                            const struct id *id)
{
    struct station_channel *channel = station->channels;
    while (channel && !str_eq(id_str(&channel->id), id_str(id)))
        channel = channel->next;
    return channel;
}

static enum err may_begin(const struct station_channel *channel,
                          const struct feed *feed, const struct ingest_key *key,
                          struct fault *fault)
{
    const char *reason = why_not_valid(key);
    const struct feed *now = channel->feed;
    if (reason)
        return fault_set(fault, ERR_DENIED, "key", "%s", reason);
    if (key->passphrase.len && feed->protocol != INGEST_SRT)
        return fault_set(fault, ERR_DENIED, "key",
                         "this stream key is good for SRT alone, encrypted by "
                         "its passphrase");
    if (now && !str_eq(id_str(&now->key), id_str(&key->id)) &&
        now->priority >= key->priority)
        return fault_set(fault, ERR_BUSY, "key",
                         "another encoder is on air with a stream key of %s "
                         "priority; end that broadcast first, or raise this "
                         "key's priority",
                         now->priority > key->priority ? "higher" : "the same");
    return ERR_OK;
}

static void put_on_air(struct station_channel *channel, struct feed *feed,
                       struct id key, int64_t priority)
{
    struct station *station = channel->station;
    if (channel->feed)
        drop(channel, INGEST_TAKEN_OVER,
             str_eq(id_str(&channel->feed->key), id_str(&key))
                 ? "another connection took over with the same stream key"
                 : "an encoder with a stream key of higher priority took over");
    if (str_to_c(str_slice(feed->encoder, 0, INGEST_TEXT_BYTES_MAX),
                 channel->encoder, sizeof channel->encoder))
        channel->encoder[0] = '\0';
    feed->channel = channel;
    feed->key = key;
    feed->priority = priority;
    channel->feed = feed;
    intake_begin(&channel->intake, station_now(station), channel->told->tick);
    tell_feed(channel, feed, INGEST_BEGAN, "");
}

enum err station_begin(struct station *station, struct feed *feed,
                       struct str text, struct fault *fault)
{
    const struct ingest_channel *told = NULL;
    const struct ingest_key *key = find_key(station, text, &told);
    struct station_channel *channel =
        key ? find_channel(station, &told->id) : NULL;
    enum err err =
        channel ? may_begin(channel, feed, key, fault)
                : fault_set(fault, ERR_DENIED, "key",
                            "the stream key is not known; copy it anew from "
                            "the newsroom, without spaces around it");
    if (err) {
        tell_refused(station, channel, feed, fault_text(fault));
        return err;
    }
    put_on_air(channel, feed, key->id, key->priority);
    return ERR_OK;
}

enum err station_begin_pull(struct station *station, struct feed *feed,
                            const struct id *id, struct fault *fault)
{
    struct station_channel *channel = find_channel(station, id);
    if (!channel || channel->feed)
        return fault_set(fault, ERR_BUSY, "pull",
                         "somebody else is on air meanwhile");
    put_on_air(channel, feed, *id, 0);
    return ERR_OK;
}

void station_ask_address(struct station *station, const struct id *channel,
                         struct str host)
{
    const struct ingest_message told = {
        .kind = INGEST_LOOKUP,
        .channel = *channel,
        .host = host,
    };
    station->tell(station->context, &told);
}

bool station_next_pull(const struct station *station, size_t *position,
                       struct station_pull *ret_pull)
{
    while (*position < station->list.channel_count) {
        const struct ingest_channel *told =
            &station->list.channels[(*position)++];
        const struct station_channel *channel =
            find_channel(station, &told->id);
        if (!told->pull.len || !channel)
            continue;
        *ret_pull = (struct station_pull){told->id, told->name, told->pull,
                                          channel->feed != NULL};
        return true;
    }
    return false;
}

enum err station_passphrase(struct station *station, struct str text,
                            char target[INGEST_PASSPHRASE_BYTES_MAX + 1])
{
    const struct ingest_channel *told;
    pthread_mutex_lock(&station->lock);
    const struct ingest_key *key = find_key(station, text, &told);
    enum err err =
        key ? str_to_c(key->passphrase, target, INGEST_PASSPHRASE_BYTES_MAX + 1)
            : ERR_DENIED;
    pthread_mutex_unlock(&station->lock);
    return err;
}

/* ---- Channels --------------------------------------------------------------
 */

static void add_channel(struct station *station,
                        const struct ingest_channel *told)
{
    struct station_channel *channel = calloc(1, sizeof *channel);
    if (!channel || packet_ring_create(&channel->ring))
        log_panic("out of memory", LOG_STR("channel", told->name));
    channel->station = station;
    channel->id = told->id;
    intake_init(&channel->intake, on_packet, channel);
    outlet_init(&channel->outlet, station->loop);
    channel->next = station->channels;
    station->channels = channel;
}

static void remove_channel(struct station_channel **place)
{
    struct station_channel *channel = *place;
    if (channel->feed)
        drop(channel, INGEST_ENDED, "the channel was removed");
    *place = channel->next;
    outlet_close(&channel->outlet);
    buf_finish(&channel->outlet.queue);
    packet_ring_destroy(channel->ring);
    intake_finish(&channel->intake);
    free(channel);
}

static const struct ingest_key *key_of_feed(
    const struct station_channel *channel)
{
    for (size_t i = 0; i < channel->told->key_count; i++)
        if (str_eq(id_str(&channel->told->keys[i].id),
                   id_str(&channel->feed->key)))
            return &channel->told->keys[i];
    return NULL;
}

static void check_key(struct station_channel *channel)
{
    if (!channel->feed)
        return;
    bool is_pulled = channel->feed->pull.len > 0;
    const struct ingest_key *key = is_pulled ? NULL : key_of_feed(channel);
    const char *reason =
        key ? why_not_valid(key) : "the stream key was revoked";
    if (is_pulled)
        reason = str_eq(channel->feed->pull, channel->told->pull)
                     ? NULL
                     : "it is not to be fetched from there any more";
    if (key)
        channel->feed->priority = key->priority;
    if (reason)
        drop(channel, INGEST_ENDED, reason);
}

static void match_channels(struct station *station)
{
    for (struct station_channel *c = station->channels; c; c = c->next)
        c->told = NULL;
    for (size_t i = 0; i < station->list.channel_count; i++) {
        const struct ingest_channel *told = &station->list.channels[i];
        if (!find_channel(station, &told->id))
            add_channel(station, told);
        struct station_channel *channel = find_channel(station, &told->id);
        channel->told = told;
        if (str_to_c(told->name, channel->name, sizeof channel->name))
            channel->name[0] = '\0';
    }
    for (struct station_channel **place = &station->channels; *place;)
        if ((*place)->told) {
            check_key(*place);
            place = &(*place)->next;
        } else {
            remove_channel(place);
        }
}

void station_set_channels(struct station *station, struct str json,
                          struct fault *fault)
{
    struct arena arena, old = station->arena;
    struct ingest_message list;
    arena_init(&arena, 0);
    if (ingest_message_read(json, &arena, &list, fault)) {
        log_error("the list of channels is not understood: the one before is "
                  "kept",
                  LOG_C("cause", fault_text(fault)));
        arena_finish(&arena);
        return;
    }
    pthread_mutex_lock(&station->lock);
    station->list = list;
    station->arena = arena;
    pthread_mutex_unlock(&station->lock);
    match_channels(station);
    arena_finish(&old);
}

void station_set_media(struct station *station, const struct id *id, int fd)
{
    struct station_channel *channel = find_channel(station, id);
    if (!channel) {
        log_warn("packets are wanted of a channel that is not there",
                 LOG_STR("channel", id_str(id)));
        close(fd);
        return;
    }
    outlet_open(&channel->outlet, fd, channel->ring);
}

/* ---- Time ------------------------------------------------------------------
 */

static void tell_status(struct station_channel *channel)
{
    struct ingest_message told = {.kind = INGEST_STATUS,
                                  .channel = channel->id};
    intake_status(&channel->intake, station_now(channel->station), &told);
    told.dropped += channel->outlet.dropped;
    channel->station->tell(channel->station->context, &told);
}

static void on_due(void *context)
{
    struct station *station = context;
    bool is_status = ++station->looks % LOOKS_A_STATUS == 0;
    for (struct station_channel *c = station->channels; c; c = c->next) {
        check_key(c);
        if (is_status && c->feed)
            tell_status(c);
    }
    loop_timer_arm(station->loop, &station->timer,
                   loop_now_us(station->loop) + LOOK_US);
}

struct station *station_create(struct loop *loop,
                               void (*tell)(void *context,
                                            const struct ingest_message *told),
                               void *context)
{
    struct station *station = calloc(1, sizeof *station);
    if (!station)
        log_panic("out of memory");
    station->loop = loop;
    station->tell = tell;
    station->context = context;
    station->epoch_us = time_now_us() - clock_now_us();
    station->timer.on_due = on_due;
    station->timer.context = station;
    arena_init(&station->arena, 0);
    pthread_mutex_init(&station->lock, NULL);
    loop_timer_arm(loop, &station->timer, loop_now_us(loop) + LOOK_US);
    return station;
}

void station_destroy(struct station *station)
{
    loop_timer_cancel(station->loop, &station->timer);
    while (station->channels)
        remove_channel(&station->channels);
    arena_finish(&station->arena);
    pthread_mutex_destroy(&station->lock);
    free(station);
}
