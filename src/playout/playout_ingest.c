// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/json_text.h"
#include "base/log.h"
#include "base/time.h"
#include "playout/playout_internal.h"

enum { ARGUMENTS_MAX = 16 };

/* ---- What it says -----------------------------------------------------------
 */

static const char *const states[] = {
    [INGEST_BEGAN] = "a feed began",
    [INGEST_ENDED] = "a feed ended",
    [INGEST_TAKEN_OVER] = "a feed was taken over",
};

static void on_feed(struct channel *channel,
                    const struct ingest_message *message)
{
    bool began = message->state == INGEST_BEGAN;
    log_info(states[message->state], LOG_C("channel", channel->station.name),
             LOG_C("protocol", ingest_protocol_name(message->protocol)),
             LOG_STR("address", message->address),
             LOG_STR("encoder", message->encoder),
             LOG_STR("reason", message->reason));
    if (message->state == INGEST_TAKEN_OVER)
        return; /* the other one's beginning says the rest */
    channel->has_feed = began;
    channel->feed_since = channel->feed_us = clock_now_us();
}

/* What was understood, and nothing that came along with it. */
static json_t *json_of(const struct ingest_message *message)
{
    DEFER(buf_finish) struct buf text;
    buf_init(&text, INGEST_MESSAGE_BYTES_MAX);
    ingest_message_write(&text, message);
    return buf_err(&text) ? NULL : json_text_read(buf_str(&text), NULL);
}

static void on_message(struct playout *playout, struct str text)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct ingest_message message;
    struct fault fault = {0};
    if (ingest_message_read(text, &arena, &message, &fault)) {
        log_error("the ingest says what cannot be understood",
                  LOG_C("cause", fault_text(&fault)));
        return;
    }
    if (message.kind == INGEST_REFUSED)
        log_warn("a feed was refused",
                 LOG_C("protocol", ingest_protocol_name(message.protocol)),
                 LOG_STR("address", message.address),
                 LOG_STR("reason", message.reason));
    struct channel *channel =
        playout_channel(playout, id_str(&message.channel));
    if (channel && message.kind == INGEST_LOOKUP)
        playout_lookup_begin(channel, message.host);
    if (!channel ||
        (message.kind != INGEST_FEED && message.kind != INGEST_STATUS))
        return;
    if (message.kind == INGEST_FEED)
        on_feed(channel, &message);
    else if (message.bits_a_second > 0)
        channel->feed_us = clock_now_us();
    json_t *json = json_of(&message);
    if (message.kind == INGEST_STATUS && channel->feed && json) {
        json_object_update(channel->feed, json);
        json_decref(json);
    } else {
        json_replace(&channel->feed, json);
    }
}

/* ---- Its socket -------------------------------------------------------------
 */

static void close_control(struct playout *playout)
{
    if (playout->control.fd < 0)
        return;
    loop_remove(playout->loop, &playout->control);
    close(playout->control.fd);
    playout->control.fd = -1;
}

/* The makers' packets came from the one that is gone. */
static void lose(struct playout *playout)
{
    close_control(playout);
    for (size_t i = 0; i < playout->channel_count; i++)
        playout->channels[i]->has_feed = false;
}

/* It may live on without listening: then it is of no use. */
static void lose_control(struct playout *playout, const char *why)
{
    log_error("the ingest does not listen; it is started again",
              LOG_C("cause", why), LOG_INT("pid", playout->ingest.pid));
    child_kill(&playout->ingest);
    lose(playout);
}

static void on_events(void *context, uint32_t events)
{
    static char text[INGEST_MESSAGE_BYTES_MAX];
    struct playout *playout = context;
    (void)events;
    ssize_t got = recv(playout->control.fd, text, sizeof text, MSG_DONTWAIT);
    if (got > 0)
        on_message(playout, str_of(text, (size_t)got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        lose_control(playout, got ? strerror(errno) : "it hung up");
}

static void send_message(struct playout *playout,
                         const struct ingest_message *message, int fd)
{
    if (playout->control.fd < 0)
        return;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, INGEST_MESSAGE_BYTES_MAX);
    ingest_message_write(&text, message);
    if (buf_err(&text)) {
        log_error("the ingest cannot be told so many channels and keys");
        return;
    }
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof fd)];
    } control = {.bytes = {0}};
    struct iovec part = {text.ptr, text.len};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = sizeof control.bytes;
        struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    if (sendmsg(playout->control.fd, &header, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        lose_control(playout, strerror(errno));
}

void playout_ingest_tell_channels(struct playout *playout)
{
    for (size_t i = 0; i < playout->channel_count; i++) {
        struct ingest_channel *told = &playout->ingest_channels[i];
        const struct channel *channel =
            playout_channel(playout, id_str(&told->id));
        told->tick = channel ? station_end(&channel->station) : 0;
    }
    const struct ingest_message message = {
        .kind = INGEST_CHANNELS,
        .channels = playout->ingest_channels,
        .channel_count = playout->channel_count,
    };
    send_message(playout, &message, -1);
}

void playout_ingest_connect(struct playout *playout,
                            const struct channel *channel, int fd)
{
    const struct ingest_message message = {
        .kind = INGEST_MEDIA,
        .channel = channel->station.id,
    };
    send_message(playout, &message, fd);
}

void playout_ingest_tell_found(struct playout *playout,
                               const struct ingest_message *found)
{
    send_message(playout, found, -1);
}

/* ---- Its life ---------------------------------------------------------------
 */

static bool has_rtmps(const struct playout_config *config)
{
    return config->rtmps && *config->rtmps;
}

static bool is_wanted(const struct playout *playout)
{
    return playout->channel_count && playout->config.ingest &&
           (playout->config.rtmp_fd >= 0 || *playout->config.srt ||
            has_rtmps(&playout->config));
}

static enum err run(struct playout *playout, int control, struct fault *fault)
{
    const struct playout_config *config = &playout->config;
    const char *argv[ARGUMENTS_MAX] = {config->ingest};
    size_t count = 1, fd_count = 1;
    int fds[] = {control, config->rtmp_fd};
    if (config->rtmp_fd >= 0) {
        argv[count++] = "--rtmp";
        argv[count++] = "4";
        fd_count++;
    }
    if (*config->srt) {
        argv[count++] = "--srt";
        argv[count++] = config->srt;
    }
    if (has_rtmps(config)) {
        argv[count++] = "--rtmps";
        argv[count++] = config->rtmps;
        argv[count++] = "--certificate";
        argv[count++] = config->certificate;
        argv[count++] = "--certificate-key";
        argv[count++] = config->certificate_key;
    }
    if (config->log_json)
        argv[count++] = "--log-json";
    return child_start(&playout->ingest, argv, fds, fd_count, fault);
}

static void start(struct playout *playout)
{
    int ends[2];
    struct fault fault = {0};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return;
    enum err err = run(playout, ends[1], &fault);
    close(ends[1]);
    playout->control = (struct loop_source){
        .fd = ends[0],
        .on_events = on_events,
        .context = playout,
    };
    if (!err)
        err = loop_add(playout->loop, &playout->control, EPOLLIN);
    if (err) {
        log_error("broadcasts cannot be taken in",
                  LOG_C("cause", fault_text(&fault)));
        close(ends[0]);
        playout->control.fd = -1;
        child_kill(&playout->ingest);
        return;
    }
    log_info("ready for broadcasts", LOG_INT("pid", playout->ingest.pid));
    playout_ingest_tell_channels(playout);
    for (size_t i = 0; i < playout->channel_count; i++)
        playout_maker_restart(playout->channels[i]);
}

void playout_ingest_watch(struct playout *playout)
{
    if (!is_wanted(playout)) {
        if (playout->ingest.pid)
            playout_ingest_close(playout);
    } else if (child_is_due(&playout->ingest)) {
        close_control(playout);
        start(playout);
    }
}

void playout_ingest_close(struct playout *playout)
{
    lose(playout);
    child_end(&playout->ingest, TIME_US_PER_SECOND);
}
