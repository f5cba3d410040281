// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/json_text.h"
#include "base/log.h"
#include "playout/playout_internal.h"

enum { BACKLOG = 16 };

static void send_json(struct desk *desk, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    if (text && desk->source.fd >= 0 &&
        send(desk->source.fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) <
            0)
        log_warn("the desk is not told", LOG_C("cause", strerror(errno)));
    free(text);
    json_decref(json);
}

/* ---- Status -----------------------------------------------------------------
 */

static json_t *or_null(json_t *json)
{
    return json ? json_incref(json) : json_null();
}

/* When the oldest that is kept was on air; 0 when nothing is. */
static int64_t past_of(const struct station *station)
{
    int64_t oldest = 0;
    for (size_t i = 0; i < PART_RENDITIONS_MAX; i++) {
        const struct dvr *dvr = &station->rungs[i].dvr;
        if (dvr->count && (!oldest || dvr->segments[0].start_us < oldest))
            oldest = dvr->segments[0].start_us;
    }
    return oldest;
}

/* How many parts came of each rendition, and how many that are missing, since
 * the playout began. */
static json_t *parts_of(const struct station *station)
{
    json_t *parts = json_object();
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++) {
        const struct rung *rung = &station->rungs[i];
        if (rung->part_total || rung->gap_total)
            json_object_set_new(parts, part_rendition_name(i),
                                json_pack("{s:I,s:I}", "made",
                                          (json_int_t)rung->part_total, "gaps",
                                          (json_int_t)rung->gap_total));
    }
    return parts;
}

/* is_short: what others say of it is left out. */
static json_t *status_of(struct channel *channel, bool is_short)
{
    const struct station *station = &channel->station;
    unsigned starts = channel->maker.starts;
    return json_pack(
        "{s:s,s:s,s:b,s:I,s:I,s:o,s:o,s:I,s:I,s:I,s:o,s:I,s:o,s:I}", "id",
        station->id.text, "name", station->name, "on_air", channel->on_air,
        "since", (json_int_t)channel->since_us, "past",
        (json_int_t)past_of(station), "feed",
        channel->has_feed && !is_short ? or_null(channel->feed) : json_null(),
        "media", is_short ? json_null() : or_null(channel->media), "viewers",
        (json_int_t)channel->viewers, "window_seconds",
        (json_int_t)station_window_seconds(station), "disk_bytes",
        (json_int_t)station_bytes(station), "trouble",
        channel->trouble ? json_string(channel->trouble) : json_null(),
        "restarts", (json_int_t)(starts ? starts - 1 : 0), "parts",
        parts_of(station), "pid", (json_int_t)channel->maker.pid);
}

/* For recordings, as far as this process may use it; -1: not known. */
static int64_t free_bytes(const struct playout *playout)
{
    struct statvfs disk;
    if (statvfs(playout->config.live_folder, &disk) < 0)
        return -1;
    return (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
}

static json_t *whole_status(const struct playout *playout, bool is_short)
{
    json_t *channels = json_array();
    for (size_t i = 0; i < playout->channel_count; i++)
        json_array_append_new(channels,
                              status_of(playout->channels[i], is_short));
    const struct child *ingest = &playout->ingest;
    return json_pack("{s:s,s:o,s:{s:I,s:I},s:I}", "type", "status", "channels",
                     channels, "ingest", "pid", (json_int_t)ingest->pid,
                     "restarts",
                     (json_int_t)(ingest->starts ? ingest->starts - 1 : 0),
                     "disk_free_bytes", (json_int_t)free_bytes(playout));
}

static void answer_status(struct desk *desk)
{
    json_t *status = whole_status(desk->playout, false);
    if (json_dumpb(status, NULL, 0, JSON_COMPACT) > PLAYOUT_MESSAGE_BYTES_MAX) {
        log_warn("the status is too long for one message; what ingest and "
                 "makers say is left out");
        json_decref(status);
        status = whole_status(desk->playout, true);
    }
    send_json(desk, status);
}

static void tell_air(struct desk *desk, const struct channel *channel)
{
    send_json(desk,
              json_pack("{s:s,s:s,s:b,s:I,s:I}", "type", "air", "channel",
                        channel->station.id.text, "on_air", channel->on_air,
                        "since", (json_int_t)channel->since_us, "past",
                        (json_int_t)past_of(&channel->station)));
}

void playout_desk_tell_air(struct playout *playout,
                           const struct channel *channel)
{
    for (size_t i = 0; i < DESKS_MAX; i++) {
        if (playout->desks[i].source.fd >= 0)
            tell_air(&playout->desks[i], channel);
    }
}

/* ---- What it says -----------------------------------------------------------
 */

static void answer_error(struct desk *desk, const char *message)
{
    log_warn("a message of the desk was refused", LOG_C("cause", message));
    send_json(desk,
              json_pack("{s:s,s:s}", "type", "error", "message", message));
}

static void on_message(struct desk *desk, struct str text)
{
    struct json_text_fault found;
    json_t *json = json_text_read(text, &found);
    const char *type = json_string_value(json_object_get(json, "type"));
    struct fault fault = {0};
    if (!type)
        answer_error(desk, "a message is a JSON object with a \"type\"");
    else if (strcmp(type, "status") == 0)
        answer_status(desk);
    else if (strcmp(type, "channels") != 0)
        answer_error(desk, "the type is neither \"channels\" nor \"status\"");
    else if (playout_set_channels(desk->playout,
                                  json_object_get(json, "channels"), &fault))
        answer_error(desk, fault_text(&fault));
    json_decref(json);
}

static void hang_up(struct desk *desk)
{
    if (desk->source.fd < 0)
        return;
    loop_remove(desk->playout->loop, &desk->source);
    close(desk->source.fd);
    desk->source.fd = -1;
}

static void on_events(void *context, uint32_t events)
{
    static char text[PLAYOUT_MESSAGE_BYTES_MAX + 1];
    struct desk *desk = context;
    (void)events;
    ssize_t got = recv(desk->source.fd, text, sizeof text, MSG_DONTWAIT);
    if (got > PLAYOUT_MESSAGE_BYTES_MAX)
        answer_error(desk, "a message has at most 64 KiB");
    else if (got > 0)
        on_message(desk, str_of(text, (size_t)got));
    else if (got == 0 || (errno != EAGAIN && errno != EINTR))
        hang_up(desk);
}

/* ---- Its socket -------------------------------------------------------------
 */

static void on_accept(void *context, uint32_t events)
{
    struct playout *playout = context;
    (void)events;
    int fd = accept4(playout->desk_listener.fd, NULL, NULL,
                     SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct desk *desk = NULL;
    for (size_t i = 0; i < DESKS_MAX && !desk; i++) {
        if (playout->desks[i].source.fd < 0)
            desk = &playout->desks[i];
    }
    if (fd < 0)
        return;
    if (!desk) {
        log_warn("too many speak to the playout; one is turned away");
        close(fd);
        return;
    }
    desk->source = (struct loop_source){
        .fd = fd,
        .on_events = on_events,
        .context = desk,
    };
    if (loop_add(playout->loop, &desk->source, EPOLLIN)) {
        close(fd);
        desk->source.fd = -1;
        return;
    }
    for (size_t i = 0; i < playout->channel_count; i++)
        tell_air(desk, playout->channels[i]);
}

enum err playout_desk_open(struct playout *playout, struct fault *fault)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = playout->config.desk_path;
    if (str_to_c(str_from_c(path), address.sun_path, sizeof address.sun_path))
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the path of the folder is too long");
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    unlink(path); /* the site is locked: nobody listens there */
    mode_t before = umask(0177);
    bool open =
        fd >= 0 &&
        bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
        listen(fd, BACKLOG) == 0;
    umask(before);
    if (!open)
        return fault_set(fault, err_from_errno(errno), NULL,
                         "cannot listen on %s: %s", path, strerror(errno));
    playout->desk_listener = (struct loop_source){
        .fd = fd,
        .on_events = on_accept,
        .context = playout,
    };
    for (size_t i = 0; i < DESKS_MAX; i++) {
        playout->desks[i].playout = playout;
        playout->desks[i].source.fd = -1;
    }
    enum err err = loop_add(playout->loop, &playout->desk_listener, EPOLLIN);
    return err ? fault_set(fault, err, NULL, "the desk's socket: %s",
                           err_sentence(err))
               : ERR_OK;
}

void playout_desk_close(struct playout *playout)
{
    for (size_t i = 0; i < DESKS_MAX; i++)
        hang_up(&playout->desks[i]);
    loop_remove(playout->loop, &playout->desk_listener);
    close(playout->desk_listener.fd);
}
