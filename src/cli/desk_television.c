// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_television.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/time.h"
#include "cli/desk_television_internal.h"
#include "content/change.h"
#include "content/channel.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/programme.h"

enum {
    LOOK_EVERY_MS = 500, /* at the log: others write as well */
    DIAL_EVERY_US = 500 * 1000,
    STATUS_WAIT_US = 3 * 1000 * 1000,
    CHANGES_AT_ONCE = 1000,
};

struct desk_television {
    struct content *content;
    char folder[PATH_MAX]; /* run/ */
    pthread_t thread;
    int wake; /* an eventfd */

    /* The thread's own. */
    int socket; /* -1 while there is no playout */
    int64_t dialled_us;
    int64_t seq; /* of the log, up to which the playout knows all */
    bool changed;
    bool failed; /* said so already */

    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool stopping;
    bool is_connected;
    bool has_answered; /* the socket is the supervisor's: it can be dialled
                          while nobody is there */
    uint64_t asked, asked_sent, answers; /* questions for the status */
    char *status;                        /* the last answer; its own memory */
};

static void log_failure(struct desk_television *television, const char *what,
                        const struct fault *fault)
{
    if (!television->failed)
        log_error(what, LOG_C("cause", fault_text(fault)));
    television->failed = true;
}

/* ---- The playout ------------------------------------------------------------
 */

/* The playout's death is the supervisor's to tell, when nobody asked for it. */
static void hang_up(struct desk_television *television)
{
    if (television->socket >= 0)
        close(television->socket);
    television->socket = -1;
    television->has_answered = false;
    pthread_mutex_lock(&television->lock);
    television->is_connected = false;
    pthread_cond_broadcast(&television->answered);
    pthread_mutex_unlock(&television->lock);
}

/* By way of the open folder: a socket's name has at most 107 bytes. */
static int dial(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int run = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    snprintf(address.sun_path, sizeof address.sun_path,
             "/proc/self/fd/%d/playout.sock", run);
    bool connected = run >= 0 && fd >= 0 &&
                     !connect(fd, (struct sockaddr *)&address, sizeof address);
    if (run >= 0)
        close(run);
    if (connected)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

/* False when it cannot be sent: the connection is then given up. */
static bool send_text(struct desk_television *television, struct str text)
{
    struct pollfd writable = {.fd = television->socket, .events = POLLOUT};
    while (send(television->socket, text.ptr, text.len, MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN && poll(&writable, 1, LOOK_EVERY_MS) > 0)
            continue;
        if (errno == EINTR)
            continue;
        hang_up(television);
        return false;
    }
    return true;
}

static void send_channels(struct desk_television *television)
{
    struct fault fault = {0};
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct str text;
    enum err err =
        television_channels_text(television->content, &arena, &text, &fault);
    if (err)
        log_failure(television, "the playout cannot be told the channels",
                    &fault);
    else if (send_text(television, text))
        television->changed = false;
}

static void connect_playout(struct desk_television *television)
{
    int64_t now_us = clock_now_us();
    if (television->socket >= 0 ||
        (television->dialled_us &&
         now_us - television->dialled_us < DIAL_EVERY_US))
        return;
    television->dialled_us = now_us;
    television->socket = dial(television->folder);
    if (television->socket < 0)
        return;
    television->changed = true;
    pthread_mutex_lock(&television->lock);
    television->is_connected = true;
    television->asked++; /* what is on the air may have changed meanwhile */
    pthread_mutex_unlock(&television->lock);
}

static void ask_status(struct desk_television *television)
{
    pthread_mutex_lock(&television->lock);
    bool wanted = television->asked > television->asked_sent;
    television->asked_sent = television->asked;
    pthread_mutex_unlock(&television->lock);
    if (wanted && television->socket >= 0)
        send_text(television, STR("{\"type\":\"status\"}"));
}

/* ---- What it says -----------------------------------------------------------
 */

static void take_air(struct desk_television *television,
                     const struct television_air *air)
{
    struct fault fault = {0};
    DEFER(edit_end) struct edit edit = {0};
    enum err err =
        edit_begin(&edit, television->content, STR("television"), &fault);
    if (!err)
        err =
            channel_set_air(&edit, &air->channel, air->since_us, air->past_us);
    if (!err)
        err = edit_commit(&edit);
    if (err)
        log_failure(television, "it cannot be noted what is on the air",
                    &fault);
    else
        television->failed = false;
}

static void keep_status(struct desk_television *television, char *text)
{
    pthread_mutex_lock(&television->lock);
    free(television->status);
    television->status = text;
    television->answers = television->asked_sent;
    pthread_cond_broadcast(&television->answered);
    pthread_mutex_unlock(&television->lock);
}

static void take(struct desk_television *television, struct str message)
{
    struct television_told told;
    enum err err = television_told_parse(message, &told);
    if (err) {
        log_warn("the playout says what nobody understands");
        return;
    }
    for (size_t i = 0; i < told.count; i++)
        take_air(television, &told.air[i]);
    if (told.status)
        keep_status(television, told.status);
}

static void receive(struct desk_television *television)
{
    static const int at_once = 16;
    char *message = malloc(TELEVISION_MESSAGE_BYTES_MAX);
    if (!message)
        log_panic("no memory for what the playout says");
    for (int i = 0; i < at_once && television->socket >= 0; i++) {
        ssize_t len = recv(television->socket, message,
                           TELEVISION_MESSAGE_BYTES_MAX, MSG_TRUNC);
        if (len < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        if (len <= 0) {
            hang_up(television);
            break;
        }
        if (!television->has_answered)
            log_info("the playout is there");
        television->has_answered = true;
        if (len <= TELEVISION_MESSAGE_BYTES_MAX)
            take(television, str_of(message, (size_t)len));
    }
    free(message);
}

/* ---- The log ----------------------------------------------------------------
 */

/* What the playout has to be told of: not what it told, nor that time goes
 * by. */
static bool concerns_playout(const struct change *change)
{
    return (str_starts_with(change->key, STR("channel:")) ||
            str_starts_with(change->key, STR("channel-keys:"))) &&
           !str_eq(change->kind, STR("air")) &&
           !str_eq(change->kind, STR("off")) &&
           !str_eq(change->kind, STR("turn"));
}

static enum err read_log(struct desk_television *television,
                         struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(television->content);
    struct change_list list = {.count = CHANGES_AT_ONCE};
    while (list.count == CHANGES_AT_ONCE) {
        arena_reset(&arena);
        enum err err = change_read(lease.db, television->seq, CHANGES_AT_ONCE,
                                   &arena, &list);
        if (err)
            return db_fault(lease.db, err, fault);
        for (size_t i = 0; i < list.count; i++)
            television->changed |= concerns_playout(&list.changes[i]);
        if (list.count)
            television->seq = list.changes[list.count - 1].seq;
    }
    return ERR_OK;
}

/* Whether a programme began or ended; answers how long until the next does. */
static enum err turn(struct desk_television *television, int64_t *ret_wait_us,
                     struct fault *fault)
{
    int64_t turned_us = 0, next_us, now_us = time_now_us();
    enum err err;
    {
        DEFER(db_lease_end)
        struct db_lease lease = content_reader(television->content);
        err = programme_turned_at(lease.db, &turned_us);
        if (!err)
            err = programme_next_turn(lease.db, turned_us, &next_us);
        if (err)
            return db_fault(lease.db, err, fault);
    }
    if (next_us <= now_us)
        err = programme_turn(television->content, now_us, fault);
    *ret_wait_us = next_us <= now_us || next_us == INT64_MAX ? INT64_MAX
                                                             : next_us - now_us;
    return err;
}

static int follow(struct desk_television *television)
{
    struct fault fault = {0};
    int64_t wait_us = INT64_MAX;
    enum err err = read_log(television, &fault);
    if (!err)
        err = turn(television, &wait_us, &fault);
    if (err)
        log_failure(television, "the schedule cannot be followed", &fault);
    else
        television->failed = false;
    return wait_us / 1000 < LOOK_EVERY_MS ? (int)(wait_us / 1000) + 1
                                          : LOOK_EVERY_MS;
}

/* ---- The thread -------------------------------------------------------------
 */

static bool is_stopping(struct desk_television *television)
{
    pthread_mutex_lock(&television->lock);
    bool stopping = television->stopping;
    pthread_mutex_unlock(&television->lock);
    return stopping;
}

static void *run(void *argument)
{
    struct desk_television *television = argument;
    while (!is_stopping(television)) {
        int wait_ms = follow(television);
        connect_playout(television);
        if (television->changed && television->socket >= 0)
            send_channels(television);
        ask_status(television);
        struct pollfd fds[2] = {
            {.fd = television->wake, .events = POLLIN},
            {.fd = television->socket, .events = POLLIN},
        };
        eventfd_t count;
        if (poll(fds, 2, wait_ms) <= 0)
            continue;
        if (fds[0].revents)
            (void)!eventfd_read(television->wake, &count);
        if (fds[1].revents)
            receive(television);
    }
    return NULL;
}

static enum err begin(struct desk_television *television)
{
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(television->content);
    enum err err = change_last_seq(lease.db, &television->seq);
    if (err)
        return err;
    pthread_mutex_init(&television->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&television->answered, &monotonic);
    pthread_condattr_destroy(&monotonic);
    television->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (television->wake < 0 ||
        pthread_create(&television->thread, NULL, run, television))
        return ERR_NO_MEMORY;
    return ERR_OK;
}

enum err desk_television_start(struct content *content, const char *directory,
                               struct desk_television **ret_television)
{
    assert(content);
    struct desk_television *television = calloc(1, sizeof *television);
    if (!television)
        return ERR_NO_MEMORY;
    television->content = content;
    television->socket = -1;
    snprintf(television->folder, sizeof television->folder, "%s/run",
             directory);
    enum err err = begin(television);
    if (err) {
        free(television);
        return err;
    }
    *ret_television = television;
    return ERR_OK;
}

void desk_television_wake(struct desk_television *television)
{
    if (television)
        (void)!eventfd_write(television->wake, 1);
}

/* The answer to a question asked now, or NULL. The caller frees it. */
static char *wait_for_status(struct desk_television *television)
{
    int64_t until_us = clock_now_us() + STATUS_WAIT_US;
    struct timespec until = {
        .tv_sec = until_us / TIME_US_PER_SECOND,
        .tv_nsec = until_us % TIME_US_PER_SECOND * 1000,
    };
    char *status = NULL;
    pthread_mutex_lock(&television->lock);
    uint64_t question = ++television->asked;
    desk_television_wake(television);
    while (television->is_connected && television->answers < question &&
           !pthread_cond_timedwait(&television->answered, &television->lock,
                                   &until))
        ;
    if (television->answers >= question && television->status)
        status = strdup(television->status);
    pthread_mutex_unlock(&television->lock);
    return status;
}

enum err desk_television_status(struct desk_television *television,
                                struct buf *out, struct fault *fault)
{
    char *status = wait_for_status(television);
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    DEFER(db_lease_end)
    struct db_lease lease = content_reader(television->content);
    struct channel_list channels;
    enum err err = channel_all(lease.db, &arena, &channels);
    if (err)
        db_fault(lease.db, err, fault);
    else
        err = television_status_write(&channels, status, out);
    free(status);
    return err;
}

void desk_television_stop(struct desk_television *television)
{
    if (!television)
        return;
    pthread_mutex_lock(&television->lock);
    television->stopping = true;
    pthread_mutex_unlock(&television->lock);
    desk_television_wake(television);
    pthread_join(television->thread, NULL);
    if (television->socket >= 0)
        close(television->socket);
    close(television->wake);
    pthread_mutex_destroy(&television->lock);
    pthread_cond_destroy(&television->answered);
    free(television->status);
    free(television);
}
