// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json_text.h"
#include "base/log.h"
#include "base/time.h"
#include "base/utf8.h"
#include "playout/playout_internal.h"

enum {
    READ_BYTES = 256 << 10,
    IN_BYTES_MAX = PART_PAYLOAD_BYTES_MAX + PART_HEAD_BYTES + 2 * READ_BYTES,
    OUT_BYTES_MAX = 64 << 10,
    TROUBLE_BYTES_MAX = 400,
    STATUS_BYTES_MAX = 4 << 10,

    /* 100 Mbit/s of all renditions, and what a maker catches up with when it
     * goes on where another one died. */
    BUDGET_BYTES_A_SECOND = 12500000,
    BUDGET_BYTES_MAX = 64 << 20,
};

/* ---- What it says -----------------------------------------------------------
 */

/* Said when it changes: the encoder has no time for what is named. */
static void log_shed(const struct channel *channel, const json_t *shed)
{
    if (!json_is_array(shed) ||
        json_equal(shed, json_object_get(channel->media, "shed")) ||
        (json_array_size(shed) == 0 && !channel->media))
        return;
    if (json_array_size(shed) == 0) {
        log_info("all renditions are made again",
                 LOG_C("channel", channel->station.name));
        return;
    }
    char *names = json_dumps(shed, JSON_COMPACT);
    log_warn("the processor is too busy to make all renditions; viewers of "
             "these have the others",
             LOG_C("channel", channel->station.name),
             LOG_C("shed", names ? names : ""));
    free(names);
}

static bool on_status(struct channel *channel, struct str text)
{
    if (text.len > STATUS_BYTES_MAX) {
        log_warn("what a maker of television says is refused",
                 LOG_C("channel", channel->station.name),
                 LOG_C("cause", "a status has at most 4 KiB"),
                 LOG_INT("bytes", (int64_t)text.len));
        return false;
    }
    json_t *json = json_text_read(text, NULL);
    if (!json)
        return true;
    log_shed(channel, json_object_get(json, "shed"));
    json_replace(&channel->media, json);
    return true;
}

static void on_trouble(struct channel *channel, struct str text)
{
    text = utf8_is_valid(text) ? utf8_cut(text, TROUBLE_BYTES_MAX)
                               : STR("a maker says what is no UTF-8");
    if (text.len)
        log_warn("television has trouble",
                 LOG_C("channel", channel->station.name),
                 LOG_STR("cause", text));
    channel_set_trouble(channel, text);
    channel->is_makers_trouble = true;
}

static bool on_part(struct channel *channel, const struct part *part)
{
    struct buf *out = playout_edge_out(channel);
    switch (part->kind) {
    case PART_STATUS:
        return on_status(channel, part->payload);
    case PART_TROUBLE:
        on_trouble(channel, part->payload);
        return true;
    case PART_PART:
        channel->part_us = clock_now_us();
        return !station_take(&channel->station, part, out);
    default:
        return !station_take(&channel->station, part, out);
    }
}

static bool take_parts(struct channel *channel)
{
    struct str rest = buf_str(&channel->in);
    struct part part;
    enum err err;
    bool fine = true;
    while (fine && !(err = part_read(&rest, &part)))
        fine = on_part(channel, &part);
    buf_drop_front(&channel->in, channel->in.len - rest.len);
    playout_edge_flush(channel->playout);
    if (!fine || err != ERR_AGAIN)
        log_error("a maker of television says what makes no sense",
                  LOG_C("channel", channel->station.name));
    return fine && err == ERR_AGAIN;
}

/* ---- Its socket -------------------------------------------------------------
 */

static void close_socket(struct channel *channel)
{
    if (channel->source.fd < 0)
        return;
    loop_remove(channel->playout->loop, &channel->source);
    close(channel->source.fd);
    channel->source.fd = -1;
    buf_finish(&channel->in);
    buf_finish(&channel->out);
}

/* Whether it may say so much more. */
static bool pay(struct channel *channel, int64_t bytes)
{
    int64_t now = clock_now_us();
    int64_t more =
        (now - channel->budget_us) / 1000 * (BUDGET_BYTES_A_SECOND / 1000);
    int64_t budget = channel->budget + more;
    channel->budget =
        (budget < BUDGET_BYTES_MAX ? budget : BUDGET_BYTES_MAX) - bytes;
    if (more > 0)
        channel->budget_us = now;
    if (channel->budget < 0)
        log_error("a maker of television says more than 100 Mbit/s; it is "
                  "started again",
                  LOG_C("channel", channel->station.name),
                  LOG_INT("pid", channel->maker.pid));
    return channel->budget >= 0;
}

/* False when it is gone. */
static bool read_socket(struct channel *channel)
{
    char *room = buf_reserve(&channel->in, READ_BYTES);
    if (!room)
        return false;
    ssize_t got = recv(channel->source.fd, room, READ_BYTES, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    buf_grown(&channel->in, (size_t)got);
    return got > 0 && pay(channel, got) && take_parts(channel);
}

static bool flush(struct channel *channel)
{
    struct buf *out = &channel->out;
    while (out->len) {
        ssize_t n = send(channel->source.fd, out->ptr, out->len,
                         MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return false;
        if (n < 0)
            break;
        buf_drop_front(out, (size_t)n);
    }
    loop_watch(channel->playout->loop, &channel->source,
               EPOLLIN | (out->len ? (uint32_t)EPOLLOUT : 0));
    return true;
}

static void on_events(void *context, uint32_t events)
{
    struct channel *channel = context;
    bool open = true;
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        open = read_socket(channel);
    if (open)
        open = flush(channel);
    if (!open) {
        /* What it said last was taken; another one goes on from there. */
        close_socket(channel);
        child_kill(&channel->maker);
        playout_maker_watch(channel);
    }
}

/* ---- Its life ---------------------------------------------------------------
 */

static enum err adopt(struct channel *channel, int fd)
{
    channel->source = (struct loop_source){
        .fd = fd,
        .on_events = on_events,
        .context = channel,
    };
    channel->budget = BUDGET_BYTES_MAX;
    channel->budget_us = clock_now_us();
    buf_init(&channel->in, IN_BYTES_MAX);
    buf_init(&channel->out, OUT_BYTES_MAX);
    enum err err = loop_add(channel->playout->loop, &channel->source, EPOLLIN);
    if (err) {
        close(fd);
        channel->source.fd = -1;
    }
    return err;
}

/* parts: ours and the maker's; packets: the ingest's and the maker's. */
static enum err run(struct channel *channel, int parts[2], int packets[2],
                    struct fault *fault)
{
    const struct playout_config *config = &channel->playout->config;
    const char *argv[] = {config->media, config->log_json ? "--log-json" : NULL,
                          NULL};
    const int fds[] = {parts[1], packets[1]};
    channel->maker.name = "broadsheet-media";
    return child_start(&channel->maker, argv, fds, 2, fault);
}

static void start(struct channel *channel)
{
    struct playout *playout = channel->playout;
    int parts[2], packets[2];
    struct fault fault = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, parts) < 0)
        return;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, packets) < 0) {
        close(parts[0]);
        close(parts[1]);
        return;
    }
    enum err err = run(channel, parts, packets, &fault);
    close(parts[1]);
    close(packets[1]);
    if (err) {
        log_error("television cannot be made",
                  LOG_C("channel", channel->station.name),
                  LOG_C("cause", fault_text(&fault)));
        close(parts[0]);
    } else if (!adopt(channel, parts[0])) {
        station_begin_maker(&channel->station);
        if (channel->is_makers_trouble) /* it tells what it finds itself */
            channel_set_trouble(channel, STR(""));
        station_write_start(&channel->station, &channel->out);
        channel->feed_since = clock_now_us();
        playout_ingest_connect(playout, channel, packets[0]);
        log_info("television is made", LOG_C("channel", channel->station.name),
                 LOG_INT("pid", channel->maker.pid));
        (void)!flush(channel);
    }
    close(packets[0]);
}

/* The ingest feels nobody's pulse: packets that come while no part does mean
 * that whoever makes parts of them is stuck. */
static bool hangs(const struct channel *channel)
{
    int64_t now = clock_now_us();
    int64_t since = channel->part_us > channel->feed_since
                        ? channel->part_us
                        : channel->feed_since + SILENCE_MS * INT64_C(1000);
    bool is_refused =
        channel->trouble && channel->part_us < channel->feed_since;
    return channel->maker.pid && channel->has_feed && !is_refused &&
           now - channel->feed_us < FEED_FRESH_MS * INT64_C(1000) &&
           now - since > SILENCE_MS * INT64_C(1000);
}

void playout_maker_watch(struct channel *channel)
{
    if (hangs(channel)) {
        log_warn("packets come, but no part of them for two seconds; the "
                 "maker is started again",
                 LOG_C("channel", channel->station.name),
                 LOG_INT("pid", channel->maker.pid));
        playout_maker_close(channel);
    }
    if (channel->playout->ingest.pid && channel->playout->config.media &&
        child_is_due(&channel->maker)) {
        close_socket(channel);
        start(channel);
    }
}

void playout_maker_close(struct channel *channel)
{
    close_socket(channel);
    child_kill(&channel->maker);
}

void playout_maker_restart(struct channel *channel)
{
    close_socket(channel);
    child_dismiss(&channel->maker);
    playout_maker_watch(channel);
}
