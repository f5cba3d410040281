// SPDX-License-Identifier: Apache-2.0
#include "playout/playout.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/time.h"
#include "playout/playout_internal.h"

enum { DVR_SECONDS_LEAST = 60 };

void json_replace(json_t **target, json_t *with)
{
    json_decref(*target);
    *target = with;
}

void channel_set_trouble(struct channel *channel, struct str text)
{
    free(channel->trouble);
    channel->trouble = text.len ? strndup(text.ptr, text.len) : NULL;
}

struct channel *playout_channel(const struct playout *playout, struct str id)
{
    for (size_t i = 0; i < playout->channel_count; i++) {
        if (str_eq(id_str(&playout->channels[i]->station.id), id))
            return playout->channels[i];
    }
    return NULL;
}

/* ---- What the desk tells ----------------------------------------------------
 */

struct telling {
    struct station_config stations[INGEST_CHANNELS_MAX];
    int64_t holds_us[INGEST_CHANNELS_MAX];
    struct ingest_channel *channels;
    struct captioners {
        struct ingest_key *keys;
        size_t count;
    } captioners[INGEST_CHANNELS_MAX];
    struct live_language languages[INGEST_CHANNELS_MAX][LIVE_CAPTION_TRACKS];
    size_t count;
    struct arena arena;
};

static struct str text_of(struct arena *arena, const json_t *json,
                          const char *key)
{
    const char *text = json_string_value(json_object_get(json, key));
    return text ? arena_copy(arena, str_from_c(text)) : STR("");
}

static int64_t time_of(const json_t *json, const char *key, int64_t otherwise)
{
    const json_t *value = json_object_get(json, key);
    return json_is_integer(value) ? json_integer_value(value) : otherwise;
}

static enum err read_key(struct telling *telling, const json_t *json,
                         struct ingest_key *key, struct fault *fault)
{
    struct str digest = text_of(&telling->arena, json, "sha256");
    if (id_parse(text_of(&telling->arena, json, "id"), &key->id) ||
        digest.len != DIGEST_HEX_BYTES - 1 ||
        str_to_c(digest, key->sha256, sizeof key->sha256))
        return fault_set(fault, ERR_INVALID, "keys",
                         "a key has an \"id\" and a \"sha256\" of 64 digits");
    key->priority = json_integer_value(json_object_get(json, "priority"));
    key->from_us = time_of(json, "from", INT64_MIN);
    key->until_us = time_of(json, "until", INT64_MAX);
    key->passphrase = text_of(&telling->arena, json, "passphrase");
    return ERR_OK;
}

static enum err read_keys(struct telling *telling, const json_t *keys,
                          struct ingest_channel *channel,
                          struct captioners *captioners, struct fault *fault)
{
    size_t count = json_array_size(keys);
    enum err err = ERR_OK;
    if (count > INGEST_KEYS_MAX) {
        log_warn("a channel has more keys than can be looked at; the first "
                 "ones count",
                 LOG_INT("keys", count), LOG_STR("channel", channel->name));
        count = INGEST_KEYS_MAX;
    }
    struct ingest_key *read =
        arena_array(&telling->arena, struct ingest_key, count + 1);
    captioners->keys =
        arena_array(&telling->arena, struct ingest_key, count + 1);
    for (size_t i = 0; !err && i < count; i++) {
        const json_t *json = json_array_get(keys, i);
        struct str use = text_of(&telling->arena, json, "for");
        struct ingest_key *key = str_eq(use, STR("captions"))
                                     ? &captioners->keys[captioners->count++]
                                     : &read[channel->key_count++];
        err = read_key(telling, json, key, fault);
    }
    channel->keys = read;
    return err;
}

static unsigned read_ladder(const json_t *ladder)
{
    unsigned bits = 0;
    for (size_t i = 0; i < json_array_size(ladder); i++) {
        const char *name = json_string_value(json_array_get(ladder, i));
        for (unsigned n = 0; name && n < PART_RENDITIONS_MAX; n++) {
            if (strcmp(name, part_rendition_name(n)) == 0)
                bits |= 1u << n;
        }
    }
    return bits;
}

static enum err read_languages(struct telling *telling, const json_t *captions,
                               struct live_language *languages,
                               struct fault *fault)
{
    size_t i;
    const json_t *one;
    json_array_foreach(captions, i, one)
    {
        int64_t track = time_of(one, "track", -1);
        const struct live_language language = {
            text_of(&telling->arena, one, "language"),
            text_of(&telling->arena, one, "name")};
        if (track < 0 || track >= LIVE_CAPTION_TRACKS ||
            !live_language_is_valid(&language))
            return fault_set(fault, ERR_INVALID, "captions",
                             "captions have a \"track\", 0 to %d, a "
                             "\"language\" and its \"name\"",
                             LIVE_CAPTION_TRACKS - 1);
        languages[track] = language;
    }
    return ERR_OK;
}

static enum err read_channel(struct telling *telling, const json_t *json,
                             struct fault *fault)
{
    struct station_config *station = &telling->stations[telling->count];
    struct ingest_channel *channel = &telling->channels[telling->count];
    struct str name = text_of(&telling->arena, json, "name");
    int64_t seconds = time_of(json, "dvr_seconds", 0);
    if (id_parse(text_of(&telling->arena, json, "id"), &station->id) ||
        !live_name_is_valid(name))
        return fault_set(fault, ERR_INVALID, "channels",
                         "a channel has an \"id\" of 13 digits and a \"name\" "
                         "of small letters, digits and '-'");
    station->name = channel->name = name;
    channel->pull = text_of(&telling->arena, json, "pull");
    station->ladder = read_ladder(json_object_get(json, "ladder"));
    if (!station->ladder)
        return fault_set(fault, ERR_INVALID, "ladder",
                         "the ladder names at least one rendition");
    station->dvr_seconds = seconds < DVR_SECONDS_LEAST ? DVR_SECONDS_LEAST
                           : seconds > LIVE_DVR_SECONDS_MAX
                               ? (uint32_t)LIVE_DVR_SECONDS_MAX
                               : (uint32_t)seconds;
    channel->id = station->id;
    telling->holds_us[telling->count] = time_of(json, "hold", INT64_MAX);
    enum err err = read_languages(telling, json_object_get(json, "captions"),
                                  telling->languages[telling->count], fault);
    struct captioners *captioners = &telling->captioners[telling->count++];
    return err ? err
               : read_keys(telling, json_object_get(json, "keys"), channel,
                           captioners, fault);
}

static enum err read_telling(struct telling *telling, const json_t *channels,
                             struct fault *fault)
{
    size_t count = json_array_size(channels);
    if (!json_is_array(channels) || count > INGEST_CHANNELS_MAX)
        return fault_set(fault, ERR_INVALID, "channels",
                         "\"channels\" is a list of at most %d",
                         INGEST_CHANNELS_MAX);
    telling->channels =
        arena_array(&telling->arena, struct ingest_channel, count + 1);
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++)
        err = read_channel(telling, json_array_get(channels, i), fault);
    return err;
}

/* ---- Channels come and go ---------------------------------------------------
 */

static void free_channel(struct channel *channel)
{
    playout_lookup_cancel(channel);
    playout_maker_close(channel);
    station_close(&channel->station);
    json_decref(channel->feed);
    json_decref(channel->media);
    free(channel->trouble);
    free(channel);
}

static void remove_channel(struct playout *playout, size_t at)
{
    struct channel *channel = playout->channels[at];
    struct buf *out = playout_edge_out(channel);
    log_info("a channel is removed", LOG_C("channel", channel->station.name));
    if (out)
        live_put_gone(out, id_number(&channel->station.id));
    playout->channel_count--;
    memmove(playout->channels + at, playout->channels + at + 1,
            (playout->channel_count - at) * sizeof(struct channel *));
    free_channel(channel);
}

static void add_channel(struct playout *playout,
                        const struct station_config *config)
{
    struct channel *channel = calloc(1, sizeof *channel);
    struct fault fault = {0};
    if (!channel)
        log_panic("no memory for a channel");
    channel->playout = playout;
    channel->source.fd = -1;
    channel->is_told = true;
    playout_gone_bring_back(playout, &config->id);
    if (station_open(&channel->station, playout->config.live_folder, config,
                     &fault)) {
        log_error("the recordings of a channel cannot be used",
                  LOG_STR("channel", config->name),
                  LOG_C("cause", fault_text(&fault)));
        channel_set_trouble(channel, str_from_c(fault_text(&fault)));
    }
    playout->channels[playout->channel_count++] = channel;
    log_info(
        "a channel is there", LOG_STR("channel", config->name),
        LOG_INT("window_seconds", station_window_seconds(&channel->station)));
}

static bool is_same(const struct station *station,
                    const struct station_config *config)
{
    unsigned ladder = 0;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        ladder |= station->rungs[i].is_wanted ? 1u << i : 0;
    return ladder == config->ladder &&
           str_eq(str_from_c(station->name), config->name) &&
           station->dvr_seconds == config->dvr_seconds;
}

static void change_channel(struct channel *channel,
                           const struct station_config *config)
{
    channel->is_told = true;
    if (is_same(&channel->station, config))
        return;
    station_change(&channel->station, config, playout_edge_out(channel));
    if (channel->maker.pid) /* it makes another ladder from now on */
        playout_maker_restart(channel);
}

static void set_captioners(struct channel *channel,
                           const struct captioners *captioners)
{
    memcpy(channel->captioners, captioners->keys,
           captioners->count * sizeof *captioners->keys);
    channel->captioner_count = captioners->count;
    station_expect_captions(&channel->station, captioners->count > 0,
                            playout_edge_out(channel));
}

enum err playout_set_channels(struct playout *playout, const json_t *channels,
                              struct fault *fault)
{
    struct telling telling = {.count = 0};
    arena_init(&telling.arena, 0);
    enum err err = read_telling(&telling, channels, fault);
    if (err) {
        arena_finish(&telling.arena);
        return err;
    }
    for (size_t i = 0; i < playout->channel_count; i++)
        playout->channels[i]->is_told = false;
    arena_finish(&playout->told);
    playout->told = telling.arena;
    playout->ingest_channels = telling.channels;
    for (size_t i = 0; i < telling.count; i++) {
        struct channel *channel =
            playout_channel(playout, id_str(&telling.stations[i].id));
        if (channel)
            change_channel(channel, &telling.stations[i]);
    }
    for (size_t i = playout->channel_count; i-- > 0;) {
        if (!playout->channels[i]->is_told)
            remove_channel(playout, i);
    }
    for (size_t i = 0; i < telling.count; i++) {
        if (!playout_channel(playout, id_str(&telling.stations[i].id)))
            add_channel(playout, &telling.stations[i]);
    }
    for (size_t i = 0; i < telling.count; i++) {
        struct channel *channel =
            playout_channel(playout, id_str(&telling.stations[i].id));
        channel->hold_us = telling.holds_us[i];
        set_captioners(channel, &telling.captioners[i]);
        station_name_captions(&channel->station, telling.languages[i],
                              playout_edge_out(channel));
        if (telling.channels[i].pull.len && !*playout->config.srt)
            log_warn("a channel's broadcast cannot be fetched: serve was "
                     "started without --srt ADDRESS:PORT",
                     LOG_STR("channel", telling.channels[i].name));
    }
    playout_gone_put_aside(playout);
    playout_ingest_tell_channels(playout);
    playout_ingest_watch(playout);
    playout_edge_watch(playout);
    playout_edge_flush(playout);
    return ERR_OK;
}

/* ---- The watch --------------------------------------------------------------
 */

static void look_at_air(struct channel *channel)
{
    bool on_air = channel->part_us &&
                  clock_now_us() - channel->part_us < AIR_MS * INT64_C(1000);
    if (on_air == channel->on_air)
        return;
    channel->on_air = on_air;
    channel->since_us = time_now_us();
    log_info(on_air ? "on the air" : "off the air",
             LOG_C("channel", channel->station.name));
    playout_desk_tell_air(channel->playout, channel);
}

/* The time by which a channel forgets, later than that of its clock while
 * recordings are to be made. */
static int64_t prune_time(const struct channel *channel, int64_t time_us)
{
    int64_t window_us = channel->station.dvr_seconds * TIME_US_PER_SECOND;
    int64_t least_us = time_us - HOLD_SECONDS_MAX * TIME_US_PER_SECOND;
    if (channel->hold_us >= time_us - window_us)
        return time_us;
    return (channel->hold_us > least_us ? channel->hold_us : least_us) +
           window_us;
}

/* By what was on air last; when nothing is, by the wall clock, unless that has
 * jumped since the last look. */
static void prune(struct playout *playout, int64_t now)
{
    int64_t wall = time_now_us(), pass = PRUNE_MS * INT64_C(1000);
    int64_t due = playout->prune_wall_us + (now - playout->prune_us) + pass;
    bool has_jumped =
        !playout->prune_wall_us || wall - due > pass || due - wall > pass;
    if (has_jumped && playout->prune_wall_us)
        log_warn("the wall clock jumped; no recordings are forgotten by it "
                 "this time",
                 LOG_INT("seconds", (wall - due) / TIME_US_PER_SECOND));
    for (size_t i = 0; i < playout->channel_count; i++) {
        struct channel *channel = playout->channels[i];
        int64_t end_us = station_end(&channel->station) * 100 / 9;
        if (channel->on_air || !has_jumped)
            station_prune(&channel->station,
                          prune_time(channel, channel->on_air ? end_us : wall),
                          playout_edge_out(channel));
    }
    if (!has_jumped)
        playout_gone_erase(playout);
    playout->prune_wall_us = wall;
    playout->prune_us = now + pass;
}

static void watch(void *context)
{
    struct playout *playout = context;
    int64_t now = loop_now_us(playout->loop);
    playout_ingest_watch(playout);
    for (size_t i = 0; i < playout->channel_count; i++) {
        struct channel *channel = playout->channels[i];
        playout_maker_watch(channel);
        look_at_air(channel);
    }
    if (now >= playout->prune_us)
        prune(playout, now);
    playout_edge_watch(playout);
    playout_edge_flush(playout);
    loop_timer_arm(playout->loop, &playout->watch,
                   now + WATCH_MS * INT64_C(1000));
}

static void on_death(struct playout *playout, pid_t pid, int status)
{
    if (pid == playout->ingest.pid) {
        child_died(&playout->ingest, status);
        playout_ingest_watch(playout);
    }
    for (size_t i = 0; i < playout->channel_count; i++) {
        struct channel *channel = playout->channels[i];
        if (pid == channel->maker.pid) {
            child_died(&channel->maker, status);
            /* Its socket says the rest of what it made, then that it is gone.
             */
            if (channel->source.fd < 0)
                playout_maker_watch(channel);
        }
    }
}

static void reap(struct playout *playout)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        on_death(playout, pid, status);
}

static void on_signal(void *context, uint32_t events)
{
    struct playout *playout = context;
    struct signalfd_siginfo info;
    (void)events;
    while (read(playout->signals.fd, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo != SIGCHLD)
            loop_stop(playout->loop);
    }
    reap(playout);
}

/* ---- Start and end ----------------------------------------------------------
 */

static enum err watch_signals(struct playout *playout, struct fault *fault)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGCHLD);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    playout->signals = (struct loop_source){
        .fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC),
        .on_events = on_signal,
        .context = playout,
    };
    if (playout->signals.fd < 0 ||
        loop_add(playout->loop, &playout->signals, EPOLLIN))
        return fault_set(fault, ERR_IO, NULL, "signalfd: %s", strerror(errno));
    return ERR_OK;
}

static void tell_missing(const struct playout_config *config)
{
    bool wanted = config->rtmp_fd >= 0 || *config->srt;
    if (wanted && (!config->ingest || !config->media))
        log_error("television cannot be taken in: a program is missing, which "
                  "'make install' puts beside this one",
                  LOG_C("program", config->ingest ? "broadsheet-media"
                                                  : "broadsheet-ingest"));
}

static void finish(struct playout *playout)
{
    playout_ingest_close(playout); /* nothing new comes … */
    while (playout->channel_count)
        free_channel(playout->channels[--playout->channel_count]);
    playout_edge_flush(playout); /* … and what was made is told */
    playout_edge_close(playout);
    playout_desk_close(playout);
    loop_timer_cancel(playout->loop, &playout->watch);
    loop_remove(playout->loop, &playout->signals);
    close(playout->signals.fd);
    arena_finish(&playout->told);
    loop_destroy(playout->loop);
    free(playout);
}

enum err playout_run(const struct playout_config *config, struct fault *fault)
{
    assert(config);
    struct playout *playout = calloc(1, sizeof *playout);
    if (!playout)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    playout->config = *config;
    playout->control.fd = playout->edge.fd = -1;
    playout->ingest.name = "broadsheet-ingest";
    arena_init(&playout->told, 0);
    enum err err = folder_make(config->live_folder, fault);
    if (!err && (err = loop_create(&playout->loop)))
        fault_set(fault, err, NULL, "no loop: %s", err_sentence(err));
    if (!err)
        err = watch_signals(playout, fault);
    if (!err)
        err = playout_desk_open(playout, fault);
    if (err) {
        free(playout); /* the process ends */
        return err;
    }
    tell_missing(config);
    playout->watch.on_due = watch;
    playout->watch.context = playout;
    watch(playout);
    log_info("playout ready");
    loop_run(playout->loop);
    finish(playout);
    return ERR_OK;
}
