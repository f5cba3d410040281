// SPDX-License-Identifier: Apache-2.0
#include "control.h"

#include <assert.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"

enum {
    WAITING_MAX = 256, /* messages */
    DESCRIPTORS_MAX = 4,
};

struct waiting {
    struct waiting *next;
    size_t len;
    char bytes[];
};

struct control {
    struct loop *loop;
    struct loop_source source;
    struct control_events events;
    struct waiting *first, *last;
    unsigned waiting;
    unsigned left_out;
    char bytes[INGEST_MESSAGE_BYTES_MAX + 1];
};

/* ---- What it says ----------------------------------------------------------
 */

/* The descriptors of a message; the first is kept, all others closed. */
static int take_descriptor(struct msghdr *head)
{
    int kept = -1;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(head); c; c = CMSG_NXTHDR(head, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (kept < 0)
                kept = fd;
            else
                close(fd);
        }
    }
    return kept;
}

static void take_media(struct control *control,
                       const struct ingest_message *message, int fd)
{
    if (fd < 0)
        log_error("a socket for packets was announced, but none came");
    else
        control->events.on_media(control->events.context, &message->channel,
                                 fd);
}

static void take_message(struct control *control, struct str json, int fd)
{
    struct arena arena;
    struct ingest_message message;
    struct fault fault = {0};
    arena_init(&arena, 0);
    bool is_sound = !ingest_message_read(json, &arena, &message, &fault);
    if (is_sound && message.kind == INGEST_MEDIA) {
        take_media(control, &message, fd);
        fd = -1;
    } else if (is_sound && message.kind == INGEST_CHANNELS) {
        control->events.on_channels(control->events.context, json);
    } else if (is_sound && message.kind == INGEST_FOUND) {
        control->events.on_found(control->events.context, &message);
    } else {
        log_error("the playout said something that is not understood",
                  LOG_C("cause", is_sound ? "it is the ingest's to say that"
                                          : fault_text(&fault)));
    }
    if (fd >= 0)
        close(fd);
    arena_finish(&arena);
}

/* One message: the loop calls again. */
static void receive(struct control *control)
{
    char space[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
    struct iovec part = {control->bytes, sizeof control->bytes};
    struct msghdr head = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = space,
        .msg_controllen = sizeof space,
    };
    ssize_t got =
        recvmsg(control->source.fd, &head, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (got <= 0) {
        control->events.on_closed(control->events.context);
        return;
    }
    take_message(control, str_of(control->bytes, (size_t)got),
                 take_descriptor(&head));
}

/* ---- What it is told -------------------------------------------------------
 */

static bool send_now(struct control *control, struct str json)
{
    ssize_t sent;
    do
        sent = send(control->source.fd, json.ptr, json.len,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0 || errno != EAGAIN; /* the end is noticed by reading */
}

static void drop_first(struct control *control)
{
    struct waiting *first = control->first;
    control->first = first->next;
    control->waiting--;
    free(first);
}

static void send_waiting(struct control *control)
{
    while (control->first && send_now(control, str_of(control->first->bytes,
                                                      control->first->len)))
        drop_first(control);
    if (!control->first && control->left_out) {
        log_warn("the playout did not read: messages were left out",
                 LOG_INT("count", control->left_out));
        control->left_out = 0;
    }
    loop_watch(control->loop, &control->source,
               control->first ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void keep(struct control *control, struct str json)
{
    struct waiting *waiting = malloc(sizeof *waiting + json.len);
    if (!waiting)
        log_panic("out of memory", LOG_C("wanted", "a message's copy"));
    *waiting = (struct waiting){.len = json.len};
    memcpy(waiting->bytes, json.ptr, json.len);
    if (control->first)
        control->last->next = waiting;
    else
        control->first = waiting;
    control->last = waiting;
    control->waiting++;
}

void control_tell(struct control *control, const struct ingest_message *message)
{
    DEFER(buf_finish) struct buf json;
    buf_init(&json, INGEST_MESSAGE_BYTES_MAX);
    ingest_message_write(&json, message);
    assert(!buf_err(&json));
    bool is_late = control->first != NULL;
    if ((is_late && message->kind == INGEST_STATUS) ||
        control->waiting >= WAITING_MAX)
        control->left_out++;
    else if (is_late || !send_now(control, buf_str(&json)))
        keep(control, buf_str(&json));
    if (control->first)
        loop_watch(control->loop, &control->source, EPOLLIN | EPOLLOUT);
}

static void on_events(void *context, uint32_t events)
{
    struct control *control = context;
    if (events & EPOLLOUT)
        send_waiting(control);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive(control);
}

struct control *control_create(struct loop *loop, int fd,
                               const struct control_events *events)
{
    int type = 0;
    socklen_t bytes = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) < 0 ||
        type != SOCK_SEQPACKET)
        return NULL;
    struct control *control = calloc(1, sizeof *control);
    if (!control)
        log_panic("out of memory");
    control->loop = loop;
    control->events = *events;
    control->source = (struct loop_source){
        .fd = fd, .on_events = on_events, .context = control};
    if (loop_add(loop, &control->source, EPOLLIN)) {
        free(control);
        return NULL;
    }
    return control;
}

void control_destroy(struct control *control)
{
    loop_remove(control->loop, &control->source);
    close(control->source.fd);
    while (control->first)
        drop_first(control);
    free(control);
}
